"""Changing a series from a day on. Meetings that are past, held, cancelled or moved are left alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from domain.calendar.times import localised
from domain.errors import Conflict, Invalid, Problem
from domain.meetings import queries
from domain.meetings.actions.following import brought, extend_followers, follow, place_of
from domain.meetings.actions.keeping import (
    OF_SERIES,
    bring,
    drop,
    enter,
    facts_of,
    is_free,
    refuse_unknown,
    row,
    settle,
    stand,
)
from domain.meetings.actions.scheduling import ahead, reach, refuse_empty, taking_place
from domain.meetings.course import Named
from domain.meetings.filling import refuse_unknown_countries
from domain.meetings.models import Meeting, MeetingSeries
from schemas.series import BY_RULE, SeriesChange

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

OF_COURSE = frozenset({"rrule", "anchor", "time_zone", "exceptions", "additions", "holidays", "ends_on"})
"""What decides when a series by rule meets."""


async def edit(
    session: AsyncSession, series: MeetingSeries, wanted: SeriesChange, *, now: datetime
) -> MeetingSeries:
    """Change a series; its meetings follow, from `begins` on.

    A meeting on a day that the changed series names, too, stays the same meeting, moved where the time of
    day changed. One on a day that it no longer names is cancelled, and stands again if a later change names
    that day. The same change a second time changes nothing, but what it did not reach the first time.
    """
    _refuse_other_sort(series, wanted)
    facts = _facts(series, wanted)
    await refuse_unknown(session, facts)
    refuse_unknown_countries(facts.get("holidays"))
    since = _since(wanted.begins, facts.get("time_zone", series.time_zone), now=now)
    changes = {name: value for name, value in facts.items() if getattr(series, name) != value}
    sooner = series.rule_from is not None and since < series.rule_from
    new_course = series.distance is None and bool(OF_COURSE & (facts if sooner else changes).keys())
    if new_course:
        _refuse_pending(series, facts, since=since)
    present = await queries.of_series(session, series, since=since)
    _refuse_unscheduled(series, present, since=since, now=now)
    left = {meeting.id: place_of(meeting) for meeting in present}
    for name, value in changes.items():
        setattr(series, name, value)
    if new_course:
        refuse_empty(series)
    if changes or new_course:
        series.version += 1
    changed = _shared(series, present, facts.keys(), now=now)
    if series.distance is not None:
        changed += await _by_distance(session, series, present, facts.keys(), now=now)
    elif new_course:
        changed += await _by_rule(session, series, present, since=since, now=now)
    await follow(session, await settle(session, changed, now=now), now=now, left=left)
    await extend_followers(session, series, now=now)
    await session.flush()
    await session.refresh(series)
    return series


def _facts(series: MeetingSeries, wanted: SeriesChange) -> dict[str, Any]:
    """What is to be, by column."""
    facts = wanted.given(series, without={"begins", "time"})
    if wanted.time is not None and series.anchor is not None:
        anchor = wanted.anchor or series.anchor
        facts["anchor"] = datetime.combine(anchor.date(), time.fromisoformat(wanted.time))
    if "relative_to" in facts:
        facts["distance"] = facts.pop("relative_to")
        del facts["distance"]["series"]
    return facts


def _refuse_other_sort(series: MeetingSeries, wanted: SeriesChange) -> None:
    by_rule = series.distance is None
    foreign = sorted(wanted.model_fields_set & ({"relative_to"} if by_rule else {*BY_RULE, "time"}))
    if foreign:
        sort = "is computed from a rule" if by_rule else "follows another"
        raise Invalid(
            f"This series {sort}; it has no {', '.join(foreign)}.",
            [Problem(f"/{name}", "not-of-this-series", "This series has none.") for name in foreign],
            code="not-of-this-series",
        )


def _since(begins: date | None, time_zone: str, *, now: datetime) -> datetime:
    """The instant after which meetings change: not before now, as the past is left alone."""
    if begins is None:
        return now
    return max(now, localised(datetime.combine(begins, time.min), ZoneInfo(time_zone)).astimezone(UTC))


def _refuse_pending(series: MeetingSeries, facts: dict[str, Any], *, since: datetime) -> None:
    """Before a rule begins to hold another one names the meetings: which one, a change must say again."""
    if series.rule_from is not None and since < series.rule_from and "rrule" not in facts:
        raise Conflict(
            f"Another rule named the meetings before {series.rule_from:%Y-%m-%dT%H:%M:%SZ}. Let the change"
            " begin then (`from`), or name the rule in it.",
            code="rule-pending",
            rule_from=series.rule_from.isoformat(),
        )


def _refuse_unscheduled(
    series: MeetingSeries, present: Sequence[Meeting], *, since: datetime, now: datetime
) -> None:
    """Meetings that are entered later have what the series says then: a change cannot begin after them.

    A series that follows another is scheduled as far as those that are `present`, wherever one was moved.
    """
    if series.distance is None:
        entered = series.scheduled_until >= since
    else:
        entered = any(meeting.status != "moved" for meeting in present)
    if since > now and not entered:
        raise Invalid(
            f"The meetings of this series are not entered as far as {since:%Y-%m-%d} yet.",
            [Problem("/from", "beyond-schedule", "Let the change begin earlier, or make it later.")],
            code="beyond-schedule",
        )


def _shared(
    series: MeetingSeries, present: Sequence[Meeting], named: Collection[str], *, now: datetime
) -> list[Meeting]:
    """Give meetings what the series now says of this; what one was given by itself stays.

    In what is not `named` one may be to change later only.
    """
    shared = {name: getattr(series, name) for name in OF_SERIES if name in named}
    return [
        meeting
        for meeting in present
        if is_free(meeting, now=now)
        and bring(meeting, {name: value for name, value in shared.items() if name not in meeting.own})
    ]


async def _by_distance(
    session: AsyncSession,
    series: MeetingSeries,
    present: Sequence[Meeting],
    named: Collection[str],
    *,
    now: datetime,
) -> list[Meeting]:
    free = [meeting for meeting in present if is_free(meeting, now=now)]
    led_by = {name: getattr(series, name) for name in ("distance", "time_zone") if name in named}
    return [meeting for meeting in free if bring(meeting, led_by)] + await brought(session, free, now=now)


async def _by_rule(
    session: AsyncSession,
    series: MeetingSeries,
    present: Sequence[Meeting],
    *,
    since: datetime,
    now: datetime,
) -> list[Meeting]:
    found = ahead(series, after=since - timedelta(days=1), now=now)
    wanted = {item.day: item for item in found if item.left_out is None}
    changed = []
    for meeting in present:
        item = wanted.pop(meeting.named_on, None)
        if is_free(meeting, now=now) and _moved(meeting, item, series.time_zone, now=now):
            changed.append(meeting)
    await session.flush()
    facts = facts_of(series)
    new = [item for item in taking_place(list(wanted.values()), now=now) if item.named > since]
    await enter(session, [row(item.start, item.named, **facts) for item in new], now=now)
    series.scheduled_until = max(reach(found, now=now), since)
    series.rule_from = since
    return changed


def _moved(meeting: Meeting, item: Named | None, time_zone: str, *, now: datetime) -> bool:
    """A meeting whose day is still named stays where it is rather than move to an hour that has passed."""
    if item is None:
        return drop(meeting)
    return item.start > now and stand(meeting, start=item.start, occurrence=item.named, time_zone=time_zone)
