"""What frameworks ask their parties to report, and by when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from domain.errors import Invalid, Problem
from domain.frameworks import queries as frameworks
from domain.frameworks.models import Framework
from domain.frameworks.rules import repeated
from domain.obligations import queries, rules
from domain.obligations.actions.opening import open_cycle
from domain.obligations.models import Cycle, Schedule
from domain.states.models import State
from schemas.obligations import CycleDraft, ReportingSchedules

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

SCHEDULED = ("report", "due", "initial_days", "time_zone", "first", "source")


async def load_schedules(session: AsyncSession, document: ReportingSchedules, *, now: datetime) -> None:
    """Know these schedules, or correct them. Cycles that have been made by them stay as they are.

    A schedule that is new here asks for what is due from today on; correcting it later does not change that.

    Raises Invalid with every problem at once: frameworks that are not known or named twice.
    """
    schedules = document.reporting_schedules
    known = set(await session.scalars(select(Framework.key)))
    found = list(repeated((item.framework for item in schedules), "/reporting_schedules/{}/framework"))
    found += [
        Problem(
            f"/reporting_schedules/{number}/framework",
            "unknown-framework",
            f"There is no framework `{item.framework}`.",
        )
        for number, item in enumerate(schedules)
        if item.framework not in known
    ]
    if found:
        raise Invalid("The schedules have problems.", found, code="invalid-schedules")
    rows = [item.model_dump() | {"kept_from": rules.day_in(item.time_zone, now)} for item in schedules]
    statement = insert(Schedule).values(rows)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Schedule.framework],
            set_={name: statement.excluded[name] for name in SCHEDULED},
        )
    )


async def put_cycle(
    session: AsyncSession, framework: str, period: str, draft: CycleDraft, *, now: datetime
) -> tuple[Cycle, bool]:
    """Let a cycle be as drafted, and open what States owe for it; whether the cycle is new.

    Whoever was given an extension keeps it, if it reaches further than the cycle's new day.
    """
    title = (await frameworks.find(session, framework, lock=True)).short_title
    await _must_be_states(session, draft.states)
    first, last = rules.bounds(period)
    facts = draft.model_dump() | {
        "report": draft.report or f"{title or framework} report",
        "covers_from": draft.covers_from or first,
        "covers_to": draft.covers_to or last,
    }
    _must_follow(facts["covers_from"], facts["covers_to"], draft.due_on)
    place = {"framework": framework, "period": period, "version": 1}
    made = insert(Cycle).values(place | facts).on_conflict_do_nothing().returning(Cycle.period)
    is_new = await session.scalar(made) is not None
    cycle = await queries.find_cycle(session, framework, period, lock=True)
    for name, value in facts.items():
        if getattr(cycle, name) != value:
            setattr(cycle, name, value)
            cycle.updated_at = func.now()
    await session.flush()
    await session.refresh(cycle)
    await open_cycle(session, cycle, now=now)
    return cycle, is_new


async def _must_be_states(session: AsyncSession, named: Sequence[str] | None) -> None:
    known = set(await session.scalars(select(State.iso3).where(State.iso3.in_(named or ()))))
    found = list(repeated(named or (), "/states/{}"))
    found += [
        Problem(f"/states/{number}", "unknown-state", f"`{state}` is not the code of a State known here.")
        for number, state in enumerate(named or ())
        if state not in known
    ]
    if found:
        raise Invalid("Not all of these can be asked to report.", found, code="invalid-states")


def _must_follow(covers_from: date, covers_to: date, due_on: date) -> None:
    if covers_to < covers_from:
        detail = "What is covered would end before it begins."
        raise Invalid(
            detail, [Problem("/covers_to", "dates-out-of-order", detail)], code="dates-out-of-order"
        )
    if due_on < covers_from:
        detail = "A report is not due before the period that it covers begins."
        raise Invalid(detail, [Problem("/due_on", "dates-out-of-order", detail)], code="dates-out-of-order")
