"""Carrying out a framework: plans are drawn up, their items change and are noted upon."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.orm import aliased

from domain.access.rules import Actor
from domain.base import new_id
from domain.errors import Conflict, Invalid, NotFound, Problem
from domain.frameworks import queries as frameworks
from domain.frameworks.models import Edition, Provision
from domain.plans import history, milestones, queries, references, rules
from domain.plans.models import ItemBudgetLine, ItemChange, ItemNote, Plan, PlanItem
from domain.states.models import State
from schemas import plans as shapes
from schemas.money import BudgetLine
from schemas.plan_items import ItemChange as ItemPatch
from schemas.plan_items import NoteDraft

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

DRAWN_UP = ("framework", "edition", "title", "owner", "mandate", "start", "end", "rollup")
"""What the first entry in the history of a plan says."""


async def draw_up(session: AsyncSession, draft: shapes.PlanDraft, *, actor: Actor, now: datetime) -> Plan:
    """A plan with an item for every provision of the edition.

    An owner has one plan for a framework at any time. An owner who is the code of a State, in letters of any
    case, is that State.
    """
    edition = await edition_of(session, draft.framework, draft.edition)
    state = await session.get(State, draft.owner.upper())
    rules.must_write(actor, {state.iso3 if state else None})
    if draft.origin is not None:
        await references.origin_must_be_known(session, draft.origin, actor=actor)
    plan = Plan(
        id=new_id(),
        framework=edition.framework_key,
        edition=edition.key,
        title=draft.title or await _title(session, edition),
        owner=state.iso3 if state else draft.owner,
        state=state.iso3 if state else None,
        start=draft.start,
        end=draft.end,
        rollup=draft.rollup,
        **_origin(draft.origin),
    )
    await _refuse_second(session, plan, draft.start, draft.end, actor=actor)
    await enter(session, plan, edition, actor=actor, now=now)
    return plan


def _origin(origin: shapes.Origin | None) -> dict[str, Any]:
    return {f"from_{name}": value for name, value in origin.model_dump().items()} if origin else {}


async def edition_of(
    session: AsyncSession, framework: str, key: str | None, *, pointer: str = "/framework"
) -> Edition:
    """The published edition that a request names. Raises Invalid where there is none."""
    try:
        await frameworks.find(session, framework)
    except NotFound:
        raise Invalid(
            f"There is no framework `{framework}`.",
            [Problem(pointer, "unknown-framework", f"`{framework}` is not a framework known here.")],
            code="unknown-framework",
        ) from None
    try:
        return await frameworks.edition(session, framework, key)
    except NotFound as unknown:
        raise Invalid(
            unknown.message,
            [Problem("/edition", "unknown-edition", f"`{key}` is no published edition of `{framework}`.")],
            code="unknown-edition",
        ) from None


async def _title(session: AsyncSession, edition: Edition) -> str:
    framework = await frameworks.find(session, edition.framework_key)
    return framework.short_title or rules.name_of(framework.title)


async def _refuse_second(
    session: AsyncSession, plan: Plan, start: date, end: date | None, *, actor: Actor
) -> None:
    """Raises Conflict for a second plan in a period; whoever draws one up at the same moment waits."""
    await frameworks.find(session, plan.framework, lock=True)
    other = await queries.in_the_way(session, plan, start, end)
    if other is None:
        return
    if not rules.sees_all(actor) and actor.state != other.state:
        raise Conflict(f"`{plan.owner}` has a plan for `{plan.framework}` then.", code="plans-overlap")
    raise Conflict(
        f"{other.owner} has a plan for `{plan.framework}` from {other.start} to {other.end}.",
        code="plans-overlap",
        plan=str(other.id),
    )


async def enter(session: AsyncSession, plan: Plan, edition: Edition, *, actor: Actor, now: datetime) -> None:
    """Keep the plan and who drew it up, with an item for every provision of the edition."""
    session.add(plan)
    await session.flush()
    below = aliased(Provision)
    is_leaf = ~select(below.id).where(below.edition_id == edition.id, below.parent == Provision.ref).exists()
    copied = ("ref", "parent", "position", "depth", "kind", "title")
    provisions = select(
        func.time_ordered_id(),
        literal(plan.id),
        *(getattr(Provision, name) for name in copied),
        Provision.assessable & is_leaf,
    ).where(Provision.edition_id == edition.id)
    await session.execute(
        insert(PlanItem).from_select(["id", "plan_id", *copied, "counts"], provisions, include_defaults=False)
    )
    await session.refresh(plan)
    facts = {name: getattr(plan, name) for name in DRAWN_UP} | {"from": plan.origin}
    history.keep(session, plan, dict.fromkeys(facts), facts, actor=actor, now=now)


async def amend(
    session: AsyncSession, plan: Plan, change: shapes.PlanChange, *, actor: Actor, now: datetime
) -> Plan:
    """Rename a plan, change its period or its rule. The period of a mandate's follows the mandate."""
    rules.must_write(actor, await queries.states_of(session, plan))
    facts = change.given()
    if facts.keys() & {"start", "end"}:
        await _move(session, plan, facts.get("start", plan.start), facts.get("end", plan.end), actor=actor)
    renamed = facts.get("title", plan.title) != plan.title
    if not history.keep(session, plan, _now(plan, facts), facts, actor=actor, now=now):
        return plan
    for name, value in facts.items():
        setattr(plan, name, value)
    plan.updated_at = func.now()
    await session.flush()
    await session.refresh(plan)
    if renamed:
        await milestones.tell_all(session, plan, now=now)
    return plan


def _now(thing: Plan | PlanItem, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in facts}


async def _move(session: AsyncSession, plan: Plan, start: date, end: date | None, *, actor: Actor) -> None:
    if plan.mandate is not None:
        raise Conflict(
            "The period of this plan is that of its mandate; change the mandate.",
            code="follows-the-mandate",
            mandate=str(plan.mandate),
        )
    rules.must_be_in_order(start, end, pointer="/end")
    await _refuse_second(session, plan, start, end, actor=actor)


async def change_item(
    session: AsyncSession,
    plan: Plan,
    item: PlanItem,
    change: ItemPatch,
    *,
    actor: Actor,
    now: datetime,
) -> PlanItem:
    """Change an item and keep who changed what. What changes nothing leaves no trace."""
    rules.must_write(actor, await queries.states_of(session, plan))
    facts = change.given()
    rules.must_be_in_order(facts.get("start", item.start), facts.get("due", item.due), pointer="/due")
    await references.must_be_known(session, item, change, actor=actor)
    changes = rules.differences(_now(item, facts) | _budget_now(item), facts)
    if not changes:
        return item
    was_due = item.due
    session.add(
        ItemChange(id=new_id(), item_id=item.id, changes=changes, by=actor.name, key=actor.id, at=now)
    )
    await _set(session, item, facts | {"progressed_at": now})
    await milestones.tell(session, plan, item, was_due=was_due, now=now)
    return item


def _budget_now(item: PlanItem) -> dict[str, Any]:
    return {"budget": [BudgetLine.model_validate(line).model_dump() for line in item.budget]}


async def _set(session: AsyncSession, item: PlanItem, facts: dict[str, Any]) -> None:
    if "budget" in facts:
        item.budget = [ItemBudgetLine(position=place, **line) for place, line in enumerate(facts["budget"])]
    if "stakeholders" in facts:
        item.stakeholders = rules.kept(facts["stakeholders"])
    for name, value in facts.items():
        if name not in {"budget", "stakeholders"}:
            setattr(item, name, value)
    item.updated_at = func.now()
    await session.flush()
    await session.refresh(item, ["updated_at"])


async def note_progress(
    session: AsyncSession,
    plan: Plan,
    item: PlanItem,
    draft: NoteDraft,
    *,
    actor: Actor,
    now: datetime,
) -> ItemNote:
    """Enter what was done for an item on a day. It makes no edit of the item stale."""
    rules.must_write(actor, await queries.states_of(session, plan))
    rules.must_be_over(draft.on, now=now)
    references.refuse(
        await references.unknown_evidence(session, draft.evidence, actor=actor),
        "Some of the evidence is not known here.",
    )
    note = ItemNote(id=new_id(), item_id=item.id, by=actor.name, key=actor.id, at=now, **draft.model_dump())
    session.add(note)
    await session.flush()
    await session.execute(
        update(PlanItem)
        .where(PlanItem.id == item.id)
        .values(progressed_at=func.greatest(PlanItem.progressed_at, now), updated_at=PlanItem.updated_at)
    )
    return note
