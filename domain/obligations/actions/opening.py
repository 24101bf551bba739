"""Having every State owe what it owes, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert

from domain.base import new_id
from domain.calendar.times import due_on as moments_of
from domain.obligations import queries, rules
from domain.obligations.actions.telling import is_changed, tell
from domain.obligations.models import Cycle, Obligation, Schedule
from domain.obligations.rules import Owed

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def keep_up(session: AsyncSession, *, now: datetime) -> None:
    """Make the cycles that schedules ask for by now, and open whatever is owed.

    A cycle that somebody has put stands before the schedule. Doing this twice changes nothing. Cycles whose
    day passed long ago stay as they are: `look_again` brings what one learns of them.
    """
    rows = await session.scalars(select(Schedule).order_by(Schedule.framework).with_for_update())
    schedules = rows.all()
    for schedule in schedules:
        await _make_cycles(session, schedule, today=rules.day_in(schedule.time_zone, now))
    # All cycles before any obligation: whoever puts one holds it before what is owed for it, too.
    await _open_cycles(session, Cycle.due_on >= now.date() - rules.WATCHED, now=now)
    for schedule in schedules:
        await _open_initial(session, schedule, now=now)


async def look_again(session: AsyncSession, *, now: datetime) -> None:
    """Bring what is owed for every cycle, of long ago too, to what is now known of who is bound by what."""
    await _open_cycles(session, now=now)


async def _open_cycles(session: AsyncSession, *which: ColumnElement[bool], now: datetime) -> None:
    rows = select(Cycle).where(*which).order_by(Cycle.framework, Cycle.period).with_for_update()
    for cycle in (await session.scalars(rows)).all():
        await open_cycle(session, cycle, now=now)


async def _make_cycles(session: AsyncSession, schedule: Schedule, *, today: date) -> None:
    rows = [
        {
            "framework": schedule.framework,
            "period": str(year),
            "report": schedule.report,
            "covers_from": date(year, 1, 1),
            "covers_to": date(year, 12, 31),
            "due_on": rules.due_in(year, schedule.due),
            "time_zone": schedule.time_zone,
            "source": schedule.source,
            "version": 1,
        }
        for year in rules.years(schedule.first, schedule.due, kept_from=schedule.kept_from, today=today)
    ]
    if rows:
        await session.execute(insert(Cycle).values(rows).on_conflict_do_nothing())


async def _open_initial(session: AsyncSession, schedule: Schedule, *, now: datetime) -> None:
    if schedule.initial_days is None:
        return
    bound = await queries.bound_by(session, schedule.framework)
    today = rules.day_in(schedule.time_zone, now)
    owed = list(rules.initial_reports(bound, schedule.initial_days, first=schedule.first, today=today))
    await _open(session, schedule, {item.period for item in owed}, owed, initial=True, now=now)


async def open_cycle(session: AsyncSession, cycle: Cycle, *, now: datetime) -> None:
    """One obligation for each State that owes the report; what turns out not to be owed is called off."""
    schedule = await queries.schedule_of(session, cycle.framework)
    owed = rules.periodic_reports(
        await queries.bound_by(session, cycle.framework, named=cycle.states),
        cycle.period,
        covers_to=cycle.covers_to,
        due_on=cycle.due_on,
        initial_days=schedule.initial_days if schedule else None,
        among=cycle.states,
    )
    await _open(session, cycle, {cycle.period}, list(owed), initial=False, now=now)


async def _open(
    session: AsyncSession,
    by: Cycle | Schedule,
    periods: set[str],
    owed: Sequence[Owed],
    *,
    initial: bool,
    now: datetime,
) -> None:
    """Bring the obligations of one kind for these periods to what is owed. A State owes one per period.

    A first report whose day had passed when one learned that it is owed is news to nobody: it is not opened.
    """
    held = await queries.held(session, by.framework, periods, initial=initial)
    of_states = defaultdict(list)
    for obligation in held:
        of_states[obligation.state].append(obligation)
    found = [(item, _held_for(item, of_states[item.state])) for item in owed]
    meant = {obligation.id: item for item, obligation in found if obligation is not None}
    changed = [
        obligation
        for obligation in held
        if obligation.initial == initial and _is_brought_to(obligation, by, meant.get(obligation.id))
    ]
    new = [_obligation(by, item) for item, obligation in found if obligation is None]
    opened = [obligation for obligation in new if not initial or obligation.over > now]
    session.add_all(opened)
    await tell(session, [*changed, *opened], now=now)


def _held_for(owed: Owed, of_state: Sequence[Obligation]) -> Obligation | None:
    """The one of the State that is there for what is owed. There is one first report: when the day is
    corrected on which the treaty came to bind the State, it goes along with all that was decided of it.
    """
    for obligation in of_state:
        if obligation.period == owed.period:
            return obligation
    first = [
        obligation
        for obligation in of_state
        if obligation.initial
        and owed.initial
        and not rules.is_of_before(owed, obligation.status, obligation.first_due_on)
    ]
    return max(first, key=lambda obligation: (obligation.owed, obligation.id), default=None)


def _obligation(by: Cycle | Schedule, owed: Owed) -> Obligation:
    return Obligation(
        id=new_id(),
        framework=by.framework,
        state=owed.state,
        period=owed.period,
        report=by.report,
        initial=owed.initial,
        first_due_on=owed.due_on,
        due_on=owed.due_on,
        over=moments_of(owed.due_on, by.time_zone)[1],
        time_zone=by.time_zone,
        owed=True,
        status="open",
    )


def _is_brought_to(obligation: Obligation, by: Cycle | Schedule, owed: Owed | None) -> bool:
    """Have the obligation say what is owed now; whether that is something else than before."""
    facts: dict[str, object] = {"owed": owed is not None}
    if owed is not None:
        extended = obligation.due_on > obligation.first_due_on
        due_on = max(obligation.due_on, owed.due_on) if extended else owed.due_on
        facts |= {
            "period": owed.period,
            "report": by.report,
            "first_due_on": owed.due_on,
            "due_on": due_on,
            "time_zone": by.time_zone,
            "over": moments_of(due_on, by.time_zone)[1],
        }
    return is_changed(obligation, facts)
