"""Recording the set-up, data sources and interventions of a plan, markers by persons, reports to forums."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func

from domain.access.rules import Actor
from domain.base import new_id
from domain.calendar.actions import due
from domain.interventions import queries, rules
from domain.interventions.models import (
    DataSource,
    ForumReport,
    Intervention,
    InterventionBudgetLine,
    OfAPlan,
    SetUp,
)
from domain.plans import history, references
from domain.plans import queries as plans
from domain.plans import rules as planning
from domain.plans.models import Plan
from domain.reminders.announcing import announce
from schemas.interventions import (
    DataSourceDraft,
    Forum,
    ForumReportDraft,
    InterventionDraft,
    MarkerDraft,
    SetUpDraft,
)
from schemas.money import BudgetLine
from schemas.plans import RecordedKind

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

ASSIGNED = ("assigned", "assigned_reason")
NAMES: dict[Forum, str] = {
    "imrf": "Report to the International Migration Review Forum",
    "regional-review": "Report to the regional review of the Global Compact",
    "secretary-general-report": "Input to the Secretary-General's report on the Global Compact",
}


async def must_write(session: AsyncSession, plan: Plan, actor: Actor) -> None:
    """Raises Forbidden for the key of another State, Conflict for the plan of another framework."""
    planning.must_write(actor, await plans.states_of(session, plan))
    queries.must_be_six_steps(plan)


def _of(thing: Any, facts: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in facts}


async def _written(session: AsyncSession, thing: OfAPlan, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        setattr(thing, name, value)
    thing.updated_at = func.now()
    await session.flush()
    await session.refresh(thing, ["created_at", "updated_at"])


async def set_up(
    session: AsyncSession,
    plan: Plan,
    draft: SetUpDraft,
    *,
    before: SetUp | None,
    actor: Actor,
    now: datetime,
) -> SetUp:
    """Put this set-up in the place of the one before."""
    await must_write(session, plan, actor)
    facts = draft.model_dump()
    row = before or SetUp(id=new_id(), plan_id=plan.id)
    was = _of(row, facts) if before else dict.fromkeys(facts)
    if history.keep(session, plan, was, facts, actor=actor, now=now, kind="set-up", thing=row.id):
        session.add(row)
        await _written(session, row, facts)
    return row


async def map_source(
    session: AsyncSession,
    plan: Plan,
    draft: DataSourceDraft,
    *,
    before: DataSource | None = None,
    actor: Actor,
    now: datetime,
) -> DataSource:
    """Enter a source of data, or put what is known of it in the place of what was."""
    await must_write(session, plan, actor)
    indicators = [(f"/indicators/{place}", named) for place, named in enumerate(draft.indicators)]
    references.refuse(
        [
            *await references.unknown_provisions(session, draft.objectives, pointer="/objectives"),
            *await references.unknown_indicators(session, indicators),
        ],
        "Something that is named here is not known.",
    )
    wanted = await queries.expected_of(session, draft.indicators)
    facts = draft.model_dump() | {"expected": list(dict.fromkeys([*draft.expected, *wanted]))}
    row = before or DataSource(id=new_id(), plan_id=plan.id)
    was = _of(row, facts) if before else dict.fromkeys(facts)
    if history.keep(session, plan, was, facts, actor=actor, now=now, kind="data-source", thing=row.id):
        session.add(row)
        await _written(session, row, facts)
    return row


async def plan_intervention(
    session: AsyncSession,
    plan: Plan,
    draft: InterventionDraft,
    *,
    before: Intervention | None = None,
    actor: Actor,
    now: datetime,
) -> Intervention:
    """Enter an intervention, or put what is said of it in the place of what was. Markers by persons stay."""
    await must_write(session, plan, actor)
    planning.must_be_in_order(draft.start, draft.end, pointer="/end")
    await _must_know(session, draft, before=before, actor=actor)
    facts = draft.model_dump()
    row = before or Intervention(id=new_id(), plan_id=plan.id)
    was = _of(row, facts) | {"budget": _budget_of(row)} if before else dict.fromkeys(facts)
    if history.keep(session, plan, was, facts, actor=actor, now=now, kind="intervention", thing=row.id):
        session.add(row)
        lines = [InterventionBudgetLine(position=at, **line) for at, line in enumerate(facts["budget"])]
        stated = {name: planning.kept(facts[name]) for name in ("stakeholders", "indicators")}
        await _written(session, row, facts | stated | {"budget": lines})
    return row


def _budget_of(row: Intervention) -> list[dict[str, Any]]:
    return [BudgetLine.model_validate(line).model_dump() for line in row.budget]


async def _must_know(
    session: AsyncSession, draft: InterventionDraft, *, before: Intervention | None, actor: Actor
) -> None:
    """Raises Invalid for provisions, persons, States and indicators that are not known, all at once.

    Persons who had a part before may keep one, whoever changes the rest.
    """
    stood = before.stakeholders if before else ()
    indicators = [
        (f"/indicators/{place}/indicator", one.indicator)
        for place, one in enumerate(draft.indicators)
        if one.indicator is not None
    ]
    references.refuse(
        [
            *await references.unknown_provisions(session, draft.objectives, pointer="/objectives"),
            *await references.unknown_stakeholders(session, draft.stakeholders, actor=actor, before=stood),
            *await references.unknown_indicators(session, indicators),
        ],
        "Something that is named here is not known.",
    )


async def strike(
    session: AsyncSession,
    plan: Plan,
    thing: DataSource | Intervention,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Take it out of the plan. What it was stays in the history of the plan."""
    await must_write(session, plan, actor)
    is_source = isinstance(thing, DataSource)
    shape = DataSourceDraft if is_source else InterventionDraft
    was = _of(thing, dict.fromkeys(shape.model_fields))
    if isinstance(thing, Intervention):
        was |= _of(thing, dict.fromkeys(ASSIGNED)) | {"budget": _budget_of(thing)}
    kind: RecordedKind = "data-source" if is_source else "intervention"
    gone = dict.fromkeys(was)
    history.keep(session, plan, was, gone, actor=actor, now=now, kind=kind, thing=thing.id)
    await session.delete(thing)
    await session.flush()


async def assign(
    session: AsyncSession,
    plan: Plan,
    row: Intervention,
    draft: MarkerDraft,
    *,
    actor: Actor,
    now: datetime,
) -> Intervention:
    """A person's category beside the computed one; without one, it is withdrawn."""
    await must_write(session, plan, actor)
    facts = {"assigned": draft.category, "assigned_reason": draft.reason}
    was = _of(row, facts)
    if history.keep(session, plan, was, facts, actor=actor, now=now, kind="intervention", thing=row.id):
        stands = draft.category is not None
        signed = {"assigned_by": actor.name if stands else None, "assigned_at": now if stands else None}
        await _written(session, row, facts | signed)
    return row


async def report(
    session: AsyncSession,
    plan: Plan,
    forum: Forum,
    year: int,
    draft: ForumReportDraft,
    *,
    before: ForumReport | None,
    actor: Actor,
    now: datetime,
) -> ForumReport:
    """Say when a forum meets and what became of the report to it, which is in the calendar when it is due."""
    await must_write(session, plan, actor)
    queries.must_be_held(plan, forum, year, before)
    references.refuse(
        [
            *rules.misdated(forum, year, draft, latest=planning.latest_day(now)),
            *await references.unknown_evidence(
                session, draft.evidence, actor=actor, before=before.evidence if before else ()
            ),
        ],
        "This cannot be recorded as it is.",
    )
    facts = draft.model_dump()
    row = before or ForumReport(id=new_id(), plan_id=plan.id, forum=forum, year=year)
    was = _of(row, facts) if before else dict.fromkeys(facts)
    changed = history.keep(session, plan, was, facts, actor=actor, now=now, kind="forum", thing=row.id)
    if changed or not before:
        session.add(row)
        was_due = row.due
        await _written(session, row, facts)
        await _tell(session, plan, row, was_due=was_due, now=now)
    return row


async def _tell(
    session: AsyncSession, plan: Plan, row: ForumReport, *, was_due: date | None, now: datetime
) -> None:
    """The report as a milestone of the day on which it is due; without the day that it had, withdrawn."""
    day = row.due or was_due
    if day is None:
        return
    status, reason = ("done", "submitted") if row.submitted_on else ("open", None)
    if row.due is None:
        status, reason = "cancelled", "undated"
    name = NAMES[row.forum]
    await plans.hold(session, plan)
    entry = due(
        id=row.id,
        kind="milestone",
        title=f"{name}, {row.year}: {plan.owner}",
        day=day,
        time_zone="UTC",
        path=f"/v1/plans/{plan.id}/forums/{row.forum}/{row.year}",
        framework=await plans.framework_served(session, plan),
        state=plan.state,
        plan=plan.id,
        seen_by=await plans.seen_by(session, plan),
        status=status,
        reason=reason,
    )
    await announce(session, entry, now=now)
