"""Meetings that go with others: moved with them and called off with them, until moved by themselves.

Whoever enters a meeting that goes with another holds that one, and whoever changes one holds those that go
with it: so none is reckoned from where another no longer is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.errors import Invalid, NotFound, Problem
from domain.meetings import queries
from domain.meetings.actions.keeping import (
    DROPPED,
    bring,
    differs,
    enter,
    facts_of,
    is_free,
    known_series,
    owned,
    row,
    settle,
    standing,
)
from domain.meetings.distances import farthest, reckoned
from domain.meetings.kinds import KINDS
from domain.meetings.models import Meeting, MeetingSeries
from schemas.meetings import DistanceFromMeeting
from schemas.series import DistanceFromSeries

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

FOR_ALL_TIME = datetime(9000, 1, 1, tzinfo=UTC)
"""A series that follows another is scheduled with it, and never by itself."""

Place: TypeAlias = dict[str, str | None]
"""Room and link of a meeting, by the names of its columns."""

Places: TypeAlias = Mapping[UUID, Place]
"""Those of several, by meeting."""

MOST_IN_A_CHAIN = 10
"""How many may follow one upon another: all of them move in one request."""

REPAIRED_AT_ONCE = 1_000


async def followed(session: AsyncSession, named: DistanceFromMeeting) -> Meeting:
    """The meeting from which a request reckons another; it stays as it is until that is entered."""
    pointer = "/relative_to/meeting"
    try:
        found = await queries.find(session, named.meeting, hold=True)
    except NotFound as missing:
        problem = Problem(pointer, "unknown-meeting", "No meeting with this id is known here.")
        raise Invalid(missing.message, [problem], code="unknown-meeting") from None
    if found.status == "cancelled":
        raise Invalid(
            "The meeting from which this one is reckoned was cancelled.",
            [Problem(pointer, "cancelled-meeting", "Name a meeting that takes place.")],
            code="cancelled-meeting",
        )
    await _refuse_long_chain(session, found, pointer)
    return found


async def followed_series(session: AsyncSession, named: DistanceFromSeries) -> MeetingSeries:
    """The series that a request has another follow; it stays as it is until that is founded."""
    pointer = "/relative_to/series"
    found = await known_series(session, named.series, pointer=pointer, hold=True)
    await _refuse_long_chain(session, found, pointer)
    return found


async def _refuse_long_chain(session: AsyncSession, lead: Meeting | MeetingSeries, pointer: str) -> None:
    above = lead
    for _ in range(MOST_IN_A_CHAIN):
        if above.follows is None:
            return
        above = await session.get_one(type(above), above.follows)
    raise Invalid(
        f"At most {MOST_IN_A_CHAIN} go with one another in a row.",
        [Problem(pointer, "chain-too-long", "Reckon from one that is nearer to the first.")],
        code="chain-too-long",
    )


def place_of(meeting: Meeting) -> Place:
    return {"location": meeting.location, "url": meeting.url}


async def follow(
    session: AsyncSession, meetings: Sequence[Meeting], *, now: datetime, left: Places | None = None
) -> None:
    """Bring the meetings that go with these to where these are now, and those that go with them in turn.

    A meeting that would have to have taken place already stays where it is. `left` is where these were
    before: companions that were there too come along.
    """
    led: Sequence[Meeting] = meetings
    while led:
        followers = await queries.followers(session, [meeting.id for meeting in led])
        led = await settle(session, await brought(session, followers, now=now, left=left), now=now)


async def brought(
    session: AsyncSession, followers: Sequence[Meeting], *, now: datetime, left: Places | None = None
) -> list[Meeting]:
    """Those of these meetings, which the caller has locked, that were not where others led them."""
    leads = await queries.by_id(session, {one.follows for one in followers if one.follows})
    of = await queries.series_by_id(session, {one.series for one in followers if one.series})
    changed = []
    for follower in followers:
        if follower.follows not in leads or not is_free(follower, now=now):
            continue
        lead = leads[follower.follows]
        series = of[follower.series] if follower.series is not None else None
        place = _placed(follower, lead, (left or {}).get(lead.id, {}))
        wanted = _led_to(follower, lead, series.ends_on if series is not None else None, now=now)
        by_itself = {name: place[name] for name in place if name in lead.own or name in follower.own}
        if bring(follower, wanted | place | owned(follower, series, by_itself)):
            changed.append(follower)
    return changed


def _placed(follower: Meeting, lead: Meeting, left: Place) -> Place:
    """Companions are where the other meeting is, in the room and at the link that they shared with it."""
    if follower.kind not in {one.kind for one in KINDS[lead.kind].companions}:
        return {}
    place = place_of(lead)
    return {name: place[name] for name in left if getattr(follower, name) == left[name] != place[name]}


def _led_to(follower: Meeting, lead: Meeting, ends_on: date | None, *, now: datetime) -> dict[str, Any]:
    """What is to become of a meeting by that with which it goes."""
    assert follower.distance is not None
    start = reckoned(lead.start, lead.time_zone, follower.distance, follower.time_zone)
    if lead.status == "cancelled" or (ends_on is not None and start.date() > ends_on):
        return DROPPED
    if start <= now:
        return {}
    return standing(start=start, occurrence=follower.occurrence, time_zone=follower.time_zone)


async def bring_astray(session: AsyncSession, *, now: datetime) -> None:
    """Bring along what goes with meetings that somebody changed who knew of none that do.

    What others are changing at this moment is left for the next time.
    """
    astray = [
        follower
        for follower, lead, ends_on in await queries.pairs(session, start_after=now)
        if differs(follower, _led_to(follower, lead, ends_on, now=now))
    ]
    held = await queries.free_to_change(session, [one.id for one in astray[:REPAIRED_AT_ONCE]])
    await follow(session, await settle(session, await brought(session, held, now=now), now=now), now=now)


async def extend_followers(
    session: AsyncSession, series: MeetingSeries, *, now: datetime, wait: bool = True
) -> None:
    """Give every series that follows this one its meetings, and those that follow them in turn."""
    waiting = [*await queries.series_following(session, series.id)]
    for follower in waiting:
        await extend_following(session, follower, now=now, wait=wait)
        waiting += await queries.series_following(session, follower.id)


async def extend_following(
    session: AsyncSession, series: MeetingSeries, *, now: datetime, wait: bool = True
) -> None:
    """Give a series that follows another a meeting for each of the other one's that has none yet.

    Whoever does not `wait` leaves out what others are changing.
    """
    assert series.distance is not None
    since = now - max(farthest(series.distance), timedelta())
    leads = await queries.leads_without(session, series, start_after=since, wait=wait)
    rows = (_row(series, lead) for lead in leads)
    await enter(session, [row for row in rows if _is_wanted(series, row["start"], now=now)], now=now)


def _row(series: MeetingSeries, lead: Meeting) -> dict[str, Any]:
    assert series.distance is not None
    start = reckoned(lead.start, lead.time_zone, series.distance, series.time_zone)
    facts = facts_of(series) | {"follows": lead.id, "distance": series.distance}
    return row(start, lead.occurrence, **facts)


def _is_wanted(series: MeetingSeries, start: datetime, *, now: datetime) -> bool:
    last = series.ends_on
    return start > now and (last is None or start.astimezone(ZoneInfo(series.time_zone)).date() <= last)
