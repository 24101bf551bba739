from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from operator import eq, ge, lt
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, true, tuple_
from sqlalchemy.orm import aliased

from domain.access.rules import Actor
from domain.base import asked
from domain.calendar.models import Entry
from domain.errors import NotFound
from domain.meetings.models import Meeting, MeetingSeries
from domain.plans import queries as plans
from domain.plans.models import Plan
from schemas.access import Scope

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A State's key sees meetings that concern its State or none in particular, and those of plans that it
    sees; others see all."""
    if actor.state is None or actor.may(Scope.ADMIN):
        return true()
    common = Meeting.plan.is_(None) & Meeting.state.is_(None)
    of_plans = Meeting.plan.in_(select(Plan.id).where(plans.visible_to(actor)))
    return or_(common, Meeting.state == actor.state, of_plans)


async def seen_by_states(session: AsyncSession, meeting: Meeting) -> list[str] | None:
    """The same for calendars: the only States that see it, where its plan says so."""
    plan = await session.get(Plan, meeting.plan) if meeting.plan is not None else None
    return await plans.seen_by(session, plan) if plan is not None else None


async def find_series(
    session: AsyncSession, series_id: UUID, *, lock: bool = False, hold: bool = False
) -> MeetingSeries:
    """With `hold` it stays as it is, for as many as hold it at once."""
    found = await session.get(
        MeetingSeries,
        series_id,
        with_for_update={"read": hold, "key_share": not hold} if lock or hold else None,
    )
    if found is None:
        raise NotFound(f"There is no meeting series {series_id}.")
    return found


async def series_page(
    session: AsyncSession, *, framework: str | None, before: UUID | None, limit: int
) -> Sequence[MeetingSeries]:
    """Newest first."""
    rows = select(MeetingSeries).order_by(MeetingSeries.id.desc()).limit(limit)
    if framework is not None:
        rows = rows.where(MeetingSeries.framework == framework)
    if before is not None:
        rows = rows.where(MeetingSeries.id < before)
    return (await session.scalars(rows)).all()


async def series_to_extend(session: AsyncSession, *, until: datetime) -> Sequence[UUID]:
    """Series whose meetings are not yet scheduled as far as `until`."""
    rows = select(MeetingSeries.id).where(MeetingSeries.scheduled_until < until).order_by(MeetingSeries.id)
    return (await session.scalars(rows)).all()


async def find(
    session: AsyncSession,
    meeting_id: UUID,
    *,
    actor: Actor | None = None,
    lock: bool = False,
    hold: bool = False,
) -> Meeting:
    """The meeting, if the caller may see it; any, where nobody in particular asks.

    With `hold` it stays as it is, for as many as hold it at once. With `lock` it is the caller's to change,
    while rows that refer to it may be written: as everywhere here, else those who change a meeting and the
    one that it goes with would wait for each other.
    """
    wanted = select(Meeting).where(Meeting.id == meeting_id)
    if actor is not None:
        wanted = wanted.where(visible_to(actor))
    if lock or hold:
        wanted = wanted.with_for_update(read=hold, key_share=lock).execution_options(populate_existing=True)
    found: Meeting | None = await session.scalar(wanted)
    if found is None:
        raise NotFound(f"There is no meeting {meeting_id}.")
    return found


async def by_id(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Meeting]:
    """As they are now, whatever was read of them before."""
    rows = select(Meeting).where(Meeting.id.in_(ids)).execution_options(populate_existing=True)
    return {meeting.id: meeting for meeting in await session.scalars(rows)}


async def of_series(session: AsyncSession, series: MeetingSeries, *, since: datetime) -> Sequence[Meeting]:
    """What a series named after an instant, its additional meetings apart; locked.

    Of one that follows another: what takes place after it, whenever the other's meetings do.
    """
    named = Meeting.occurrence if series.distance is None else Meeting.start
    rows = select(Meeting).where(Meeting.series == series.id, Meeting.kind != "additional", named > since)
    return (await session.scalars(rows.order_by(Meeting.id).with_for_update(key_share=True))).all()


async def of_plan(session: AsyncSession, plan: UUID, *, kinds: Collection[str]) -> Sequence[Meeting]:
    """The meetings that a plan's period asked for; locked."""
    rows = select(Meeting).where(Meeting.plan == plan, Meeting.kind.in_(kinds))
    return (await session.scalars(rows.order_by(Meeting.id).with_for_update(key_share=True))).all()


async def followers(session: AsyncSession, leads: Collection[UUID]) -> Sequence[Meeting]:
    """The meetings that go with these; locked."""
    rows = (
        select(Meeting).where(Meeting.follows.in_(leads)).order_by(Meeting.id).with_for_update(key_share=True)
    )
    return (await session.scalars(rows.execution_options(populate_existing=True))).all()


def _leads(series: UUID) -> Select[Meeting]:
    return select(Meeting).where(
        Meeting.series == series, Meeting.kind != "additional", Meeting.status != "cancelled"
    )


async def leads(session: AsyncSession, series: UUID, *, limit: int) -> Sequence[Meeting]:
    """The first meetings of a series that take place, in order."""
    return (await session.scalars(_leads(series).order_by(Meeting.start, Meeting.id).limit(limit))).all()


async def leads_without(
    session: AsyncSession, follower: MeetingSeries, *, start_after: datetime, wait: bool
) -> Sequence[Meeting]:
    """The meetings of the series that another follows to which that one has no meeting yet.

    They stay as they are; those that others are changing are waited for or left out.
    """
    assert follower.follows is not None
    other = aliased(Meeting)
    named = (other.series == follower.id) & (other.kind != "additional")
    has_one = select(other.id).where(named, other.follows == Meeting.id).exists()
    rows = _leads(follower.follows).where(Meeting.start > start_after, ~has_one)
    held = rows.order_by(Meeting.id).with_for_update(read=True, skip_locked=not wait, of=Meeting)
    return (await session.scalars(held.execution_options(populate_existing=True))).all()


async def series_by_id(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, MeetingSeries]:
    """As they are now, whatever was read of them before."""
    rows = select(MeetingSeries).where(MeetingSeries.id.in_(ids)).execution_options(populate_existing=True)
    return {series.id: series for series in await session.scalars(rows)}


async def pairs(
    session: AsyncSession, *, start_after: datetime
) -> list[tuple[Meeting, Meeting, date | None]]:
    """Coming meetings that go with others and were not changed by themselves: with those others, and the last
    day of their series."""
    lead = aliased(Meeting)
    rows = (
        select(Meeting, lead, MeetingSeries.ends_on)
        .join(lead, Meeting.follows == lead.id)
        .outerjoin(MeetingSeries, Meeting.series == MeetingSeries.id)
        .where(Meeting.start > start_after, or_(Meeting.status == "scheduled", Meeting.dropped))
        .order_by(Meeting.start, Meeting.id)
    )
    return [(one, other, ends_on) for one, other, ends_on in await session.execute(rows)]


async def free_to_change(session: AsyncSession, ids: Collection[UUID]) -> Sequence[Meeting]:
    """Those of these that nobody is changing; locked."""
    rows = select(Meeting).where(Meeting.id.in_(ids)).order_by(Meeting.id)
    held = rows.with_for_update(key_share=True, skip_locked=True)
    return (await session.scalars(held.execution_options(populate_existing=True))).all()


async def series_following(session: AsyncSession, series: UUID) -> Sequence[MeetingSeries]:
    rows = select(MeetingSeries).where(MeetingSeries.follows == series).order_by(MeetingSeries.id)
    return (await session.scalars(rows)).all()


async def following_series(session: AsyncSession) -> Sequence[MeetingSeries]:
    """All series that follow another."""
    rows = select(MeetingSeries).where(MeetingSeries.follows.is_not(None)).order_by(MeetingSeries.id)
    return (await session.scalars(rows)).all()


async def unannounced(session: AsyncSession, *, start_after: datetime, limit: int) -> Sequence[Meeting]:
    """Coming meetings that the calendar does not have, or has otherwise than they are."""
    agrees = (
        (Entry.start == Meeting.start)
        & (Entry.title == Meeting.title)
        & ((Entry.status == "cancelled") == (Meeting.status == "cancelled"))
    )
    entered = select(Entry.id).where(Entry.id == Meeting.id, agrees).exists()
    rows = select(Meeting).where(Meeting.start > start_after, ~entered).order_by(Meeting.start).limit(limit)
    # Whoever is changing one announces it.
    return (await session.scalars(rows.with_for_update(read=True, skip_locked=True))).all()


async def page(
    session: AsyncSession,
    *,
    actor: Actor | None = None,
    framework: str | None = None,
    series: UUID | None = None,
    kind: str | None = None,
    committee: str | None = None,
    plan: UUID | None = None,
    start_after: datetime | None = None,
    start_before: datetime | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> Sequence[Meeting]:
    """In the order of the calendar."""
    rows = select(Meeting).order_by(Meeting.start, Meeting.id).limit(limit)
    if actor is not None:
        rows = rows.where(visible_to(actor))
    rows = rows.where(
        *asked(
            (Meeting.framework, eq, framework),
            (Meeting.series, eq, series),
            (Meeting.kind, eq, kind),
            (Meeting.committee, eq, committee),
            (Meeting.plan, eq, plan),
            (Meeting.start, ge, start_after),
            (Meeting.start, lt, start_before),
        )
    )
    if after is not None:
        rows = rows.where(tuple_(Meeting.start, Meeting.id) > tuple_(*after))
    return (await session.scalars(rows)).all()
