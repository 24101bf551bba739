"""What one line of the ledger says, in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.calendar.ical import local_times
from domain.reminders.letters.layout import one_line, set_apart
from domain.reminders.letters.wordings import Occasion, Wording
from domain.reminders.lines import Line, Subject


@dataclass(frozen=True, slots=True)
class Told:
    """Subject, the sentence that leads to the facts, the title, the facts, one a line, and the notes."""

    subject: str
    lead: str
    title: str
    facts: tuple[str, ...]
    notes: tuple[str, ...] = ()


def tell(line: Line, words: Wording, *, now: datetime) -> Told:
    template = words.templates[line.of.kind][occasion_of(line, now=now)]
    title, day = one_line(line.of.title), _day(line.of, words)
    return Told(
        subject=template.subject.format(title=set_apart(title), day=day),
        lead=template.lead.format(day=day),
        title=title,
        facts=tuple(_facts(line, words)),
        notes=tuple(one_line(row) for row in (line.of.notes or "").splitlines()),
    )


def occasion_of(line: Line, *, now: datetime) -> Occasion:
    """A reminder is about what is ahead or past at the moment of its sending, whenever it was to be sent."""
    if line.cause != "reminder":
        return line.cause
    # A review waits from its start, however long it may take.
    turns = line.of.start if line.of.kind == "review" else line.of.over
    return "past" if now >= turns else "ahead"


def _day(of: Subject, words: Wording) -> str:
    start, _ = local_times(of)
    if of.due_on is not None:
        return words.clock.day(of.due_on)
    return words.clock.day(start) if of.kind == "review" else words.clock.at(start)


def _facts(line: Line, words: Wording) -> list[str]:
    of = line.of
    if of.kind == "review":
        return []
    facts = [f"{_when(of, words)} ({_named(of.time_zone, of.start)})"]
    if line.previous_start is not None:
        former = line.previous_start.astimezone(ZoneInfo(of.time_zone))
        facts.append(words.instead_of.format(when=words.clock.at(former)))
    theirs = line.time_zone
    if theirs is not None and _elsewhere(of, theirs):
        facts.append(_theirs(of, theirs, words))
    if of.location:
        facts.append(words.place.format(place=set_apart(one_line(of.location))))
    if of.url:
        facts.append(words.link.format(address=one_line(of.url)))
    return facts


def _when(of: Subject, words: Wording) -> str:
    if of.due_on is not None:
        return words.until_the_end.format(day=words.clock.day(of.due_on))
    return _span(of, ZoneInfo(of.time_zone), words)


def _theirs(of: Subject, zone_name: str, words: Wording) -> str:
    zone = ZoneInfo(zone_name)
    if of.due_on is not None:
        # The last minute of the day: its end by the clock is already the next day.
        last = (of.over - timedelta(minutes=1)).astimezone(zone)
        return f"{words.theirs_until.format(day=words.clock.at(last))} ({_named(zone_name, last)})"
    when = f"{_span(of, zone, words)} ({_named(zone_name, of.start)})"
    return words.theirs.format(when=when)


def _span(of: Subject, zone: ZoneInfo, words: Wording) -> str:
    start, end = (moment.astimezone(zone) for moment in local_times(of))
    return words.clock.between(start, end) if end > start else words.clock.at(start)


def _elsewhere(of: Subject, zone_name: str) -> bool:
    """Whether clocks of the reader show another time than those of the thing."""
    moment = of.start
    return (
        moment.astimezone(ZoneInfo(of.time_zone)).utcoffset()
        != moment.astimezone(ZoneInfo(zone_name)).utcoffset()
    )


def _named(zone_name: str, moment: datetime) -> str:
    if zone_name == "UTC":
        return zone_name
    offset = moment.astimezone(ZoneInfo(zone_name)).isoformat(timespec="minutes")[-6:]
    return f"{zone_name}, UTC{offset}"
