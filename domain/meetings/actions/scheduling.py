"""Series become meetings, two years ahead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import update

from domain.base import new_id
from domain.errors import Invalid, Problem
from domain.meetings import course, queries, rules
from domain.meetings.actions.following import (
    FOR_ALL_TIME,
    bring_astray,
    extend_followers,
    extend_following,
    followed_series,
)
from domain.meetings.actions.keeping import enter, facts_of, refuse_unknown, row
from domain.meetings.announcements import announce
from domain.meetings.course import Named
from domain.meetings.distances import reckoned
from domain.meetings.filling import series_facts
from domain.meetings.models import Meeting, MeetingSeries
from schemas.series import RuleWarning, SeriesDraft

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

HORIZON = timedelta(days=730)
"""How far ahead the meetings of a series are scheduled."""

MOST_AHEAD = 800
REPAIRED_AT_ONCE = 1_000

OF_THE_KIND_OF_ITS_SERIES = (
    update(Meeting)
    .where(Meeting.series == MeetingSeries.id, Meeting.kind == "other", MeetingSeries.kind != "other")
    .values(kind=MeetingSeries.kind)
    .execution_options(synchronize_session=False)
)
"""A process of the release before does not say of which kind the meetings are that it schedules."""


async def drafted(session: AsyncSession, draft: SeriesDraft) -> MeetingSeries:
    """The series that a draft describes, checked and not yet entered."""
    lead = await followed_series(session, draft.relative_to) if draft.relative_to is not None else None
    facts = series_facts(draft, lead)
    await refuse_unknown(session, facts)
    series = MeetingSeries(id=new_id(), version=1, **facts)
    if lead is None:
        refuse_empty(series)
    return series


def refuse_empty(series: MeetingSeries) -> None:
    """A series that never meets is refused: nobody would ever hear of it."""
    assert series.rrule is not None
    assert series.anchor is not None
    if not series.additions:
        rules.refuse_empty(series.rrule, series.anchor, series.time_zone)
    if not any(item.left_out is None for item in course.named(series, count=MOST_AHEAD)):
        raise Invalid(
            "With its exceptions and its end, this series has no date left.",
            [Problem("", "series-without-date", "Leave it a date.")],
            code="series-without-date",
        )


async def found_series(session: AsyncSession, draft: SeriesDraft, *, now: datetime) -> MeetingSeries:
    """A series and its meetings from now to the horizon. What lies before now is not back-filled."""
    series = await drafted(session, draft)
    series.scheduled_until = FOR_ALL_TIME if series.distance else now
    session.add(series)
    await session.flush()
    await extend(session, series, now=now)
    await session.refresh(series)
    return series


async def extend(session: AsyncSession, series: MeetingSeries, *, now: datetime, wait: bool = True) -> None:
    """Schedule what the series yields up to the horizon. An occurrence that stands is left alone."""
    if series.distance is not None:
        await extend_following(session, series, now=now, wait=wait)
        return
    found = ahead(series, after=series.scheduled_until, now=now)
    series.scheduled_until = reach(found, now=now)
    facts = facts_of(series)
    rows = [row(item.start, item.named, **facts) for item in taking_place(found, now=now)]
    await enter(session, rows, now=now)
    await extend_followers(session, series, now=now, wait=wait)


def ahead(series: MeetingSeries, *, after: datetime, now: datetime) -> list[Named]:
    """What a series by rule names between two instants, as far as one scheduling goes."""
    return course.named(series, after=after, until=now + HORIZON, count=MOST_AHEAD)


def reach(found: Sequence[Named], *, now: datetime) -> datetime:
    """Up to when a series is scheduled once these are."""
    return found[-1].named if len(found) == MOST_AHEAD else now + HORIZON


def taking_place(found: Sequence[Named], *, now: datetime) -> list[Named]:
    return [item for item in found if item.left_out is None and item.start > now]


async def preview(
    session: AsyncSession, series: MeetingSeries, *, count: int
) -> tuple[list[Named], list[RuleWarning]]:
    """The first dates of a series from its anchor on, and what its author may not expect of them.

    Of a series that follows another: from the first meeting of the other that stands in the calendar.
    """
    if series.distance is None:
        found = course.named(series, count=count)
        return found, course.warnings(series, found)
    assert series.follows is not None
    zone = ZoneInfo(series.time_zone)
    leads = await queries.leads(session, series.follows, limit=count)
    starts = [
        reckoned(lead.start, lead.time_zone, series.distance, series.time_zone).astimezone(zone)
        for lead in leads
    ]
    return [Named(start.date(), start, start) for start in starts], []


async def all_series_ahead(session: AsyncSession, *, now: datetime) -> None:
    """Keep every series scheduled at least a month short of the horizon.

    What a process of the release before entered or changed is announced as well, and what goes with it
    follows.
    """
    await session.execute(OF_THE_KIND_OF_ITS_SERIES)
    for series_id in await queries.series_to_extend(session, until=now + HORIZON - timedelta(days=30)):
        await _extend_by_id(session, series_id, now=now)
    for series in await queries.following_series(session):
        await extend_following(session, series, now=now, wait=False)
    await bring_astray(session, now=now)
    missing = await queries.unannounced(session, start_after=now, limit=REPAIRED_AT_ONCE)
    await announce(session, missing, now=now)


async def _extend_by_id(session: AsyncSession, series_id: UUID, *, now: datetime) -> None:
    free = {"skip_locked": True, "key_share": True}
    series = await session.get(MeetingSeries, series_id, with_for_update=free)
    if series is not None:
        await extend(session, series, now=now, wait=False)
