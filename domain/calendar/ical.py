"""Dated things as iCalendar (RFC 5545, 5546, 7986). Pure: the same entries give the same bytes.

A meeting is an event; whatever is due is a to-do, with a date where it is due on a date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from domain.calendar import zones
from domain.calendar.contentlines import day, folded, local, moment, quoted, text, uri
from domain.calendar.times import offset_from

PRODUCT = "-//focalpoint//calendar//EN"
ALARMS = ("-P1D",)
REFRESH_EVERY = "PT1H"
"""How often a calendar program is asked to fetch a feed again."""


class CalendarEntry(Protocol):
    """What a calendar must know of a dated thing; `domain.calendar.models.Entry` is one."""

    @property
    def uid(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def framework(self) -> str | None: ...
    @property
    def state(self) -> str | None: ...
    @property
    def start(self) -> datetime: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def duration_minutes(self) -> int | None: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def location(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def notes(self) -> str | None: ...
    @property
    def status(self) -> str: ...
    @property
    def sequence(self) -> int: ...
    @property
    def path(self) -> str: ...
    @property
    def updated_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Somebody with an e-mail address, as organizer or attendee."""

    email: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How entries are shown. `address` is where the service is found: entries link to their path there.

    `deadlines_as_events` shows what is due as events of a whole day, for programs that show no to-dos.
    """

    address: str = ""
    alarms: Sequence[str] = ALARMS
    deadlines_as_events: bool = False


def feed(name: str, entries: Iterable[CalendarEntry], manner: Manner = Manner(), *, note: str = "") -> bytes:
    """A calendar to subscribe to, in order of time, each entry in its own zone; `note` describes it.

    Nothing in it depends on when it is made. What is cancelled stays in the feed as cancelled: programs
    that merely miss it may keep showing it.
    """
    described = [f"DESCRIPTION:{text(note)}", f"X-WR-CALDESC:{text(note)}"] if note else []
    headers = [
        f"NAME:{text(name)}",
        f"X-WR-CALNAME:{text(name)}",
        *described,
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH_EVERY}",
        f"X-PUBLISHED-TTL:{REFRESH_EVERY}",
    ]
    return _calendar(headers, sorted(entries, key=lambda entry: (entry.start, entry.uid)), manner)


def publication(entry: CalendarEntry, *, organizer: Mailbox, address: str = "") -> bytes:
    """One entry as a letter carries it: to be kept, not to be answered (RFC 5546 §3.2.1, §3.4.1)."""
    return _message("PUBLISH", entry, [_organizer(organizer)], address)


def request(entry: CalendarEntry, *, organizer: Mailbox, attendee: Mailbox, address: str = "") -> bytes:
    """An invitation that mail programs offer to accept, and that replaces what they know of the meeting
    when its SEQUENCE is higher (RFC 5546 §3.2.2)."""
    answerable = f"ATTENDEE{_called(attendee)};PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:{attendee.email}"
    return _message("REQUEST", entry, [_organizer(organizer), answerable], address)


def cancellation(entry: CalendarEntry, *, organizer: Mailbox, attendee: Mailbox, address: str = "") -> bytes:
    """That the meeting is off: mail programs take it out of the calendar (RFC 5546 §3.2.5).

    The entry must be cancelled already, so that its SEQUENCE is higher than that of every invitation.
    """
    invited = f"ATTENDEE{_called(attendee)}:mailto:{attendee.email}"
    return _message("CANCEL", entry, [_organizer(organizer), invited], address)


def local_times(entry: CalendarEntry) -> tuple[datetime, datetime]:
    """Start and end in the entry's zone; the duration is real time, across a clock change too."""
    zone = ZoneInfo(entry.time_zone)
    start = entry.start.astimezone(UTC)
    end = start + timedelta(minutes=entry.duration_minutes or 0)
    return start.astimezone(zone), end.astimezone(zone)


def _message(method: str, entry: CalendarEntry, people: list[str], address: str) -> bytes:
    return _calendar([f"METHOD:{method}"], [entry], Manner(address=address), people)


def _organizer(mailbox: Mailbox) -> str:
    return f"ORGANIZER{_called(mailbox)}:mailto:{mailbox.email}"


def _called(mailbox: Mailbox) -> str:
    return f";CN={quoted(mailbox.name)}" if mailbox.name else ""


def _calendar(
    headers: list[str], entries: Sequence[CalendarEntry], manner: Manner, people: Sequence[str] = ()
) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", *headers]
    components = [line for entry in entries for line in _component(entry, manner, people)]
    return folded([*lines, *_time_zones(entries, components), *components, "END:VCALENDAR"])


def _component(entry: CalendarEntry, manner: Manner, people: Sequence[str]) -> Iterator[str]:
    if entry.kind == "meeting":
        name, proper = "VEVENT", _meeting(entry)
    elif manner.deadlines_as_events:
        name, proper = "VEVENT", _deadline_as_event(entry)
    else:
        name, proper = "VTODO", _deadline(entry)
    yield f"BEGIN:{name}"
    yield from _common(entry, manner)
    yield from proper
    yield from people
    if entry.status == "open" and entry.kind != "review":
        for alarm in manner.alarms:
            yield from _alarm(entry, alarm)
    yield f"END:{name}"


def _common(entry: CalendarEntry, manner: Manner) -> Iterator[str]:
    revised = moment(entry.updated_at)
    yield f"UID:{text(entry.uid)}"
    # When the entry was last revised, not when these bytes were made: they are the same each time.
    yield f"DTSTAMP:{revised}"
    yield f"LAST-MODIFIED:{revised}"
    yield f"SEQUENCE:{entry.sequence}"
    yield f"SUMMARY:{text(entry.title)}"
    categories = (entry.kind, entry.framework, entry.state)
    yield f"CATEGORIES:{','.join(text(item) for item in categories if item)}"
    place = entry.location or entry.url
    if place:
        yield f"LOCATION:{text(place)}"
    # Not all programs show the URL, so that what has a place besides says it in words too.
    described = [part for part in (entry.notes, entry.url if entry.location else None) if part]
    if described:
        yield "DESCRIPTION:" + text("\n\n".join(described))
    if entry.url or manner.address:
        yield f"URL:{uri(entry.url or manner.address + entry.path)}"


def _meeting(entry: CalendarEntry) -> Iterator[str]:
    start, end = local_times(entry)
    yield local("DTSTART", start, entry.time_zone)
    if entry.duration_minutes:
        yield local("DTEND", end, entry.time_zone)
    yield f"STATUS:{'CANCELLED' if entry.status == 'cancelled' else 'CONFIRMED'}"


TODO_STATUSES = {
    "open": ("STATUS:NEEDS-ACTION",),
    "done": ("STATUS:COMPLETED", "PERCENT-COMPLETE:100"),
    "cancelled": ("STATUS:CANCELLED",),
}


def _deadline(entry: CalendarEntry) -> Iterator[str]:
    """A review waits since its start and is due on no day; no alarm rings for it."""
    if entry.due_on is not None:
        yield day("DUE", entry.due_on)
    else:
        start, _ = local_times(entry)
        yield local("DTSTART" if entry.kind == "review" else "DUE", start, entry.time_zone)
    yield from TODO_STATUSES[entry.status]


def _deadline_as_event(entry: CalendarEntry) -> Iterator[str]:
    """All of the day, and nobody is taken to be busy on it."""
    due = entry.due_on or local_times(entry)[0].date()
    yield day("DTSTART", due)
    yield day("DTEND", due + timedelta(days=1))
    yield "TRANSP:TRANSPARENT"
    yield f"STATUS:{'CANCELLED' if entry.status == 'cancelled' else 'CONFIRMED'}"


def _alarm(entry: CalendarEntry, offset: str) -> Iterator[str]:
    """Before a meeting, by an offset; for what is due, at an instant.

    A date has no time of day, and an offset from it would ring at midnight of wherever the reader is.
    """
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{text(entry.title)}"
    if entry.kind == "meeting":
        yield f"TRIGGER:{offset}"
    else:
        at = offset_from(entry.start, offset, entry.time_zone)
        yield f"TRIGGER;VALUE=DATE-TIME:{moment(at)}"
    yield "END:VALARM"


def _time_zones(entries: Sequence[CalendarEntry], components: Sequence[str]) -> Iterator[str]:
    """A description of each zone that is named, for the years in which it is."""
    used = {
        line.partition(";TZID=")[2].partition(":")[0]
        for line in components
        if line.startswith(("DTSTART;TZID=", "DTEND;TZID=", "DUE;TZID="))
    }
    for zone in sorted(used):
        years = [year for entry in entries if entry.time_zone == zone for year in _years(entry)]
        yield from zones.description(zone, first_year=min(years), last_year=max(years))


def _years(entry: CalendarEntry) -> tuple[int, int]:
    start, end = local_times(entry)
    return start.year, end.year
