from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from operator import eq, ge, lt
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_

from domain.access.rules import Actor
from domain.base import asked
from domain.errors import NotFound
from domain.frameworks import queries as frameworks
from domain.frameworks.models import Framework
from domain.obligations import rules
from domain.obligations.models import Cycle, Obligation, Schedule
from domain.obligations.rules import Bound
from domain.states.models import Membership, State
from schemas import obligations as shapes
from schemas.access import Scope
from schemas.obligations import CycleRates, ObligationStatus, Rates, ReportingRates

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A State's key sees what its State owes; other keys see what every State does."""
    if actor.state is None or actor.may(Scope.ADMIN):
        return Obligation.owed.is_(True)
    return and_(Obligation.owed.is_(True), Obligation.state == actor.state)


async def find(session: AsyncSession, obligation_id: UUID, *, actor: Actor, lock: bool = False) -> Obligation:
    wanted = select(Obligation).where(Obligation.id == obligation_id, visible_to(actor))
    found = await session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFound(f"There is no obligation {obligation_id}.")
    return found


def on(now: datetime, obligation: Obligation) -> shapes.Obligation:
    """The obligation as it stands at a moment."""
    stored = {name: getattr(obligation, name) for name in shapes.Obligation.model_fields if name != "status"}
    return shapes.Obligation(status=_standing(now, obligation), **stored)


def _standing(now: datetime, obligation: Obligation) -> ObligationStatus:
    return rules.standing(
        obligation.status,
        over=obligation.over,
        due_on=obligation.due_on,
        first_due_on=obligation.first_due_on,
        now=now,
    )


def _stands(status: ObligationStatus, now: datetime) -> ColumnElement[bool]:
    """`rules.standing`, as a condition on rows."""
    if status in ("met", "waived"):
        return Obligation.status == status
    if status == "overdue":
        return and_(Obligation.status == "open", Obligation.over <= now)
    extended = Obligation.due_on > Obligation.first_due_on
    ahead = and_(Obligation.status == "open", Obligation.over > now)
    return and_(ahead, extended if status == "extended" else ~extended)


async def page(
    session: AsyncSession,
    *,
    actor: Actor,
    now: datetime,
    framework: str | None,
    state: str | None,
    period: str | None,
    status: ObligationStatus | None,
    due_after: date | None,
    due_before: date | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Obligation]:
    """Those due first come first; from `due_after` on, up to the day before `due_before`."""
    rows = select(Obligation).where(visible_to(actor)).order_by(Obligation.over, Obligation.id).limit(limit)
    rows = rows.where(
        *asked(
            (Obligation.framework, eq, framework),
            (Obligation.state, eq, state),
            (Obligation.period, eq, period),
            (Obligation.due_on, ge, due_after),
            (Obligation.due_on, lt, due_before),
        )
    )
    if status is not None:
        rows = rows.where(_stands(status, now))
    if after is not None:
        rows = rows.where(tuple_(Obligation.over, Obligation.id) > tuple_(*after))
    return (await session.scalars(rows)).all()


async def overdue(
    session: AsyncSession, framework: str | None, as_of: datetime, *, state: str | None = None
) -> Sequence[Obligation]:
    """What was due before a moment and has not been met, of sample States too; the longest overdue first."""
    rows = (
        select(Obligation)
        .where(Obligation.owed, _stands("overdue", as_of))
        .order_by(Obligation.over, Obligation.state)
    )
    if framework is not None:
        rows = rows.where(Obligation.framework == framework)
    if state is not None:
        rows = rows.where(Obligation.state == state)
    return (await session.scalars(rows)).all()


async def find_cycle(session: AsyncSession, framework: str, period: str, *, lock: bool = False) -> Cycle:
    wanted = select(Cycle).where(Cycle.framework == framework, Cycle.period == period)
    found = await session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFound(f"`{framework}` has no reporting cycle `{period}`.")
    return found


async def cycles(
    session: AsyncSession, framework: str, *, after: str | None = None, limit: int = 1_000
) -> Sequence[Cycle]:
    """By period. Raises NotFound for a framework that there is not."""
    await frameworks.find(session, framework)
    rows = select(Cycle).where(Cycle.framework == framework).order_by(Cycle.period).limit(limit)
    if after is not None:
        rows = rows.where(Cycle.period > after)
    return (await session.scalars(rows)).all()


async def schedule_of(session: AsyncSession, framework: str) -> Schedule | None:
    return await session.get(Schedule, framework)


async def day_under(session: AsyncSession, framework: str, now: datetime) -> date:
    """The day by the clocks of those who take the framework's reports in; of UTC where no rule says whose."""
    schedule = await schedule_of(session, framework)
    return rules.day_in(schedule.time_zone if schedule else "UTC", now)


async def bound_by(
    session: AsyncSession, framework: str, *, named: Sequence[str] | None = None
) -> list[Bound]:
    """Who is, will be or was bound by the framework, sample States among them.

    What was adopted under another framework binds whoever that one binds. What nobody can join binds those
    who are `named`.
    """
    key: str | None = framework
    while key is not None:
        if found := await _members(session, key):
            return found
        key = await session.scalar(select(Framework.parent).where(Framework.key == key))
    return [Bound(state, date.min, None) for state in named or ()]


async def _members(session: AsyncSession, framework: str) -> list[Bound]:
    since = func.coalesce(Membership.entry_into_force, Membership.consent)
    rows = (
        select(Membership.state, since, Membership.withdrawal)
        .where(Membership.framework == framework, since.is_not(None))
        .order_by(Membership.state)
    )
    return [Bound(*row) for row in await session.execute(rows)]


async def held(
    session: AsyncSession, framework: str, periods: Collection[str], *, initial: bool
) -> Sequence[Obligation]:
    """Locked: every obligation for these periods, of either kind and owed or not; with `initial` all first
    reports besides.
    """
    meant = Obligation.period.in_(periods)
    rows = (
        select(Obligation)
        .where(Obligation.framework == framework, or_(meant, Obligation.initial) if initial else meant)
        .order_by(Obligation.id)
        .with_for_update()
    )
    return (await session.scalars(rows)).all()


async def rates(session: AsyncSession, framework: str, *, cycle: str | None, now: datetime) -> ReportingRates:
    """For one cycle, or for each and over all whose day has passed. First reports are in no cycle."""
    each = await _rates_by_cycle(session, framework)
    if cycle is None:
        counted = [item for item in each if item.due_on < now.date()]
    else:
        await find_cycle(session, framework, cycle)
        counted = [item for item in each if item.cycle == cycle]
    total = _rates(
        sum(item.expected for item in counted),
        sum(item.actual for item in counted),
        sum(item.on_time for item in counted),
    )
    return ReportingRates(
        framework=framework, cycle=cycle, cycles=each if cycle is None else [], **total.model_dump()
    )


async def _rates_by_cycle(session: AsyncSession, framework: str) -> list[CycleRates]:
    counted = (
        select(
            Obligation.period,
            func.count(),
            func.count(Obligation.met_on),
            func.count().filter(Obligation.met_on <= Obligation.due_on),
        )
        .join(State, State.iso3 == Obligation.state)
        .where(
            Obligation.framework == framework,
            Obligation.owed,
            ~Obligation.initial,
            Obligation.status != "waived",
            ~State.sample,
        )
        .group_by(Obligation.period)
    )
    figures = {period: _rates(*numbers) for period, *numbers in await session.execute(counted)}
    return [
        CycleRates(
            cycle=cycle.period,
            due_on=cycle.due_on,
            **figures.get(cycle.period, _rates(0, 0, 0)).model_dump(),
        )
        for cycle in await cycles(session, framework)
    ]


def _rates(expected: int, actual: int, on_time: int) -> Rates:
    return Rates(
        expected=expected,
        actual=actual,
        on_time=on_time,
        rate=rules.share(actual, expected),
        rate_on_time=rules.share(on_time, expected),
    )
