"""Meetings as iCalendar (RFC 5545, RFC 7986). Pure: the same meetings give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vDuration, vText

PRODUCT = "-//focalpoint//calendar//EN"
ALARM_BEFORE = timedelta(days=1)
REFRESH_EVERY = timedelta(hours=1)
"""How often a calendar program is asked to fetch a feed again."""


class CalendarMeeting(Protocol):
    """What a calendar must know of a meeting."""

    @property
    def uid(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def framework(self) -> str: ...
    @property
    def start(self) -> datetime: ...
    @property
    def duration_minutes(self) -> int: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def sequence(self) -> int: ...
    @property
    def updated_at(self) -> datetime: ...


def feed(name: str, meetings: Iterable[CalendarMeeting]) -> bytes:
    """A calendar to subscribe to: one event per meeting, in order of time, in each meeting's own zone.

    Nothing in it depends on when it is made, so its hash can serve as an entity tag. A cancelled meeting
    stays in the feed as cancelled: programs that merely miss it may keep showing it.
    """
    calendar = _calendar(sorted(meetings, key=lambda meeting: (meeting.start, meeting.uid)))
    # Not by icalendar's own setters: they do not escape the name, nor state the type of the interval.
    calendar["NAME"] = calendar["X-WR-CALNAME"] = vText(name)
    calendar["REFRESH-INTERVAL"] = vDuration(REFRESH_EVERY, params={"VALUE": "DURATION"})
    calendar["X-PUBLISHED-TTL"] = vDuration(REFRESH_EVERY)
    return bytes(calendar.to_ical())


def publication(meeting: CalendarMeeting, *, organizer: str) -> bytes:
    """One meeting as a letter carries it: to be put into a calendar, not to be answered (RFC 5546 §3.2.1).

    `organizer` is an e-mail address.
    """
    calendar = _calendar([meeting])
    calendar["METHOD"] = vText("PUBLISH")
    for event in calendar.events:
        event.add("ORGANIZER", f"mailto:{organizer}")
    return bytes(calendar.to_ical())


def local_times(meeting: CalendarMeeting) -> tuple[datetime, datetime]:
    """Start and end in the meeting's zone; the duration is real time, across a clock change too."""
    zone = ZoneInfo(meeting.time_zone)
    start = meeting.start.astimezone(UTC)
    end = start + timedelta(minutes=meeting.duration_minutes)
    return start.astimezone(zone), end.astimezone(zone)


def _calendar(meetings: Sequence[CalendarMeeting]) -> Calendar:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODUCT)
    for meeting in meetings:
        calendar.add_component(_event(meeting))
    calendar.subcomponents[:0] = _time_zones(calendar, meetings)
    return calendar


def _event(meeting: CalendarMeeting) -> Event:
    start, end = local_times(meeting)
    event = Event()
    event.add("UID", meeting.uid)
    # Without METHOD, DTSTAMP is when the entry was last revised, not when the feed was made (§3.8.7.2).
    event.add("DTSTAMP", meeting.updated_at.astimezone(UTC))
    event.add("LAST-MODIFIED", meeting.updated_at.astimezone(UTC))
    event.add("SEQUENCE", meeting.sequence)
    event.add("DTSTART", _unambiguous(start))
    event.add("DTEND", _unambiguous(end))
    event.add("SUMMARY", meeting.title)
    event.add("CATEGORIES", [meeting.framework])
    cancelled = meeting.status == "cancelled"
    event.add("STATUS", "CANCELLED" if cancelled else "CONFIRMED")
    if not cancelled:
        event.add_component(_alarm(meeting))
    return event


def _unambiguous(moment: datetime) -> datetime:
    """In UTC where clocks show this time for the second time: with a zone it would mean the first."""
    return moment.astimezone(UTC) if moment.fold else moment


def _alarm(meeting: CalendarMeeting) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", meeting.title)
    alarm.add("TRIGGER", -ALARM_BEFORE)
    return alarm


def _time_zones(calendar: Calendar, meetings: Sequence[CalendarMeeting]) -> Iterator[Timezone]:
    """A VTIMEZONE for each zone that the calendar names, for the years of its meetings."""
    for name in sorted(calendar.get_used_tzids()):
        moments = [local_times(meeting) for meeting in meetings if meeting.time_zone == name]
        first_year = min(start.year for start, _ in moments)
        yield _time_zone(name, first_year=first_year, last_year=max(end.year for _, end in moments))


def _time_zone(name: str, *, first_year: int, last_year: int) -> Timezone:
    """The zone's clock changes in these years, each an observance of its own.

    icalendar can make this itself, but begins each summer time when the new clocks show it, an hour late:
    RFC 5545 §3.6.5 wants the onset by the old clocks.
    """
    zone = ZoneInfo(name)
    component = Timezone()
    component.add("TZID", name)
    moment = datetime(first_year, 1, 1, tzinfo=UTC) - timedelta(days=2)
    component.add_component(_observance(moment.astimezone(zone), before=moment.astimezone(zone)))
    for before, after in _clock_changes(zone, moment, datetime(last_year + 1, 1, 3, tzinfo=UTC)):
        component.add_component(_observance(after, before=before))
    return component


def _clock_changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The last second before and the first second after every clock change between two instants."""
    day = first
    while day < last:
        following = day + timedelta(days=1)
        if _clock(day, zone) != _clock(following, zone):
            yield _narrowed(zone, day, following)
        day = following


def _narrowed(zone: ZoneInfo, before: datetime, after: datetime) -> tuple[datetime, datetime]:
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if _clock(middle, zone) == _clock(before, zone):
            before = middle
        else:
            after = middle
    return before.astimezone(zone), after.astimezone(zone)


def _clock(moment: datetime, zone: ZoneInfo) -> tuple[timedelta | None, timedelta | None, str | None]:
    local = moment.astimezone(zone)
    return local.utcoffset(), local.dst(), local.tzname()


def _observance(after: datetime, *, before: datetime) -> TimezoneStandard | TimezoneDaylight:
    onset = after.astimezone(UTC).replace(tzinfo=None) + _offset(before)
    observance = TimezoneDaylight() if after.dst() else TimezoneStandard()
    observance.add("DTSTART", onset)
    observance.add("TZOFFSETFROM", _offset(before))
    observance.add("TZOFFSETTO", _offset(after))
    observance.add("TZNAME", after.tzname())
    return observance


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()
