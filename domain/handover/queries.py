from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import contains_eager, selectinload

from domain.access.rules import Actor
from domain.agendas.rules import EVENTS
from domain.assessments.models import Assessment
from domain.assessments.queries import superseded
from domain.calendar.models import Entry
from domain.calendar.queries import seen_by
from domain.meetings.models import Meeting
from domain.meetings.queries import visible_to
from domain.obligations.models import Cycle, Obligation
from domain.plans.models import Mandate
from domain.plans.queries import WHOLE
from domain.states.models import State
from domain.submissions.models import Submission
from schemas.access import Scope

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

YEAR_AHEAD = timedelta(days=366)
MOST_AHEAD = 500
MOST_ASSESSMENTS = 300


async def snapshot(session: AsyncSession) -> None:
    """Have all that this transaction reads be of one moment. Before its first statement; it cannot write."""
    await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


async def successors(session: AsyncSession, mandate: Mandate) -> Sequence[Mandate]:
    """Mandates by the same terms that begin after this one, the next first."""
    rows = (
        select(Mandate)
        .where(
            Mandate.framework == mandate.framework,
            Mandate.terms == mandate.terms,
            Mandate.id != mandate.id,
            Mandate.since > mandate.since,
        )
        .options(*WHOLE)
        .order_by(Mandate.since, Mandate.id)
    )
    return (await session.scalars(rows)).all()


async def last_meeting(
    session: AsyncSession, framework: str, *, actor: Actor, now: datetime
) -> Meeting | None:
    """The last one that has begun and was not cancelled; none with guests, or on one State alone, or that
    the caller may not see."""
    rows = select(Meeting).where(
        Meeting.framework == framework,
        Meeting.status != "cancelled",
        Meeting.start <= now,
        Meeting.state.is_(None),
        Meeting.kind.not_in(EVENTS),
        visible_to(actor),
    )
    found: Meeting | None = await session.scalar(rows.order_by(Meeting.start.desc()).limit(1))
    return found


async def entries_ahead(
    session: AsyncSession, framework: str, *, actor: Actor, now: datetime
) -> Sequence[Entry]:
    """Meetings and milestones within a year that the caller may see, in order; the last one may be one more
    than there is room for. What else has a day is open work, or due by cycle."""
    rows = select(Entry).where(
        Entry.framework == framework,
        Entry.status == "open",
        Entry.kind.in_(("meeting", "milestone")),
        Entry.over >= now,
        Entry.start < now + YEAR_AHEAD,
    )
    if actor.state is not None and not actor.may(Scope.ADMIN):
        rows = rows.where(seen_by(actor.state))
    return (await session.scalars(rows.order_by(Entry.start, Entry.id).limit(MOST_AHEAD + 1))).all()


async def cycles_ahead(session: AsyncSession, framework: str, day: date) -> list[tuple[Cycle, int]]:
    """Reporting cycles due within a year, and how many States owe a report; sample States are not counted."""
    owing = (
        select(func.count())
        .select_from(Obligation)
        .join(State, State.iso3 == Obligation.state)
        .where(
            Obligation.framework == Cycle.framework,
            Obligation.period == Cycle.period,
            Obligation.owed,
            Obligation.status == "open",
            ~Obligation.initial,
            ~State.sample,
        )
        .correlate(Cycle)
        .scalar_subquery()
    )
    rows = (
        select(Cycle, owing)
        .where(Cycle.framework == framework, Cycle.due_on >= day, Cycle.due_on < day + YEAR_AHEAD)
        .order_by(Cycle.due_on, Cycle.period)
    )
    return [(cycle, count) for cycle, count in await session.execute(rows)]


async def published_last(session: AsyncSession, framework: str) -> Sequence[Assessment]:
    """The current assessments published for the latest period that has any, with their findings, by State."""
    conditions: list[Any] = [
        Submission.framework == framework,
        Assessment.status == "published",
        Assessment.revision == Submission.revision,
        ~superseded(),
        ~State.sample,
    ]
    rows = (
        select(Assessment).join(Assessment.of).join(State, State.iso3 == Submission.state).where(*conditions)
    )
    latest = rows.with_only_columns(Submission.period).order_by(Submission.period_end.desc()).limit(1)
    period = await session.scalar(latest)
    of_period = rows.where(Submission.period == period).order_by(Submission.state).limit(MOST_ASSESSMENTS)
    loaded = of_period.options(contains_eager(Assessment.of), selectinload(Assessment.findings))
    return (await session.scalars(loaded)).all()


async def names_of(session: AsyncSession, states: Collection[str]) -> dict[str, dict[str, str]]:
    rows = await session.execute(select(State.iso3, State.name).where(State.iso3.in_(states)))
    return dict(rows.all())
