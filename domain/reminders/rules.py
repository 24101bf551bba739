"""When reminders fall due, when they have lost their use, and when they are tried again. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.calendar.times import DAY_BEGINS, localised, offset_from
from schemas import people

PLURALS = {"obligation": "obligations", "meeting": "meetings", "information-request": "information-requests",
           "action-item": "action-items", "review": "reviews", "milestone": "milestones"}  # fmt: skip
NEWS = ("moved", "changed", "cancelled", "restored")
USEFUL_FOR = timedelta(days=3)
"""How long what is told after a date is still worth telling."""

LAST_CHANCE = timedelta(minutes=5)
"""How long before it loses its use something is tried, however long it is to wait."""

WORTH_WAITING = timedelta(minutes=1)

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_TWO_WEEKS = 15


def kind_in_plural(kind: str) -> str:
    return PLURALS[kind]


def kind_of_plural(plural: str) -> str:
    return next(kind for kind, several in PLURALS.items() if several == plural)


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """From `start` to `end`, both included, on `weekdays`, by the reader's clocks."""

    start: time
    end: time
    weekdays: tuple[str, ...] = WEEKDAYS


AT_WORK = people.WorkingHours().model_dump()


def hours_of(facts: Mapping[str, Any] | None) -> WorkingHours | None:
    """Working hours as rules and persons keep them; what was kept in part is completed as it is shown."""
    if facts is None:
        return None
    whole = {**AT_WORK, **facts}
    start, end = (time.fromisoformat(whole[name]) for name in ("start", "end"))
    return WorkingHours(start, end, tuple(whole["weekdays"]))


@dataclass(frozen=True, slots=True)
class Manner:
    """How one reader is told: in which zone they live, when they work, whether a day is one letter."""

    time_zone: str
    hours: WorkingHours | None = None
    digest: bool = False


@dataclass(frozen=True, slots=True)
class ReminderMoment:
    """When one offset of a reminder rule falls due (UTC); `superseded` when a later one does just then."""

    offset: str
    due_at: datetime
    superseded: bool = False


def moments(start: datetime, offsets: Sequence[str], time_zone: str, manner: Manner) -> list[ReminderMoment]:
    """When each offset from `start` falls due, in order of time.

    Offsets are counted in the zone of the thing. What comes to lie outside working hours moves to their
    next opening, or back to the last working moment where that opening is not before the thing.
    """
    asked = sorted((offset_from(start, offset, time_zone), offset) for offset in offsets)
    found = [ReminderMoment(offset, told_at(moment, start, manner)) for moment, offset in asked]
    return [
        ReminderMoment(one.offset, one.due_at, superseded=any(one.due_at == later.due_at for later in rest))
        for one, rest in ((one, found[number + 1 :]) for number, one in enumerate(found))
    ]


def told_at(moment: datetime, start: datetime, manner: Manner) -> datetime:
    """When a reader is told what is due at `moment` about something at `start` (UTC)."""
    if manner.digest:
        return _by_digest(moment, start, manner)
    if manner.hours is None:
        return moment
    return _in_working_hours(moment, start, manner.hours, ZoneInfo(manner.time_zone))


def _in_working_hours(moment: datetime, start: datetime, hours: WorkingHours, zone: ZoneInfo) -> datetime:
    day = moment.astimezone(zone).date()
    ahead = (max(moment, opens) for opens, closes in _windows(day, hours, zone, step=1) if moment <= closes)
    at_work = next(ahead, moment)
    if not moment < start <= at_work:
        return at_work
    earlier = (closes for _, closes in _windows(day, hours, zone, step=-1) if closes <= moment)
    return next(earlier, moment)


def _by_digest(moment: datetime, start: datetime, manner: Manner) -> datetime:
    """At the opening of the day on which it is due, or the nearest one on the same side of the thing."""
    zone = ZoneInfo(manner.time_zone)
    hours = manner.hours or WorkingHours(DAY_BEGINS, DAY_BEGINS)
    day = moment.astimezone(zone).date()
    openings = (opens for opens, _ in _windows(day, hours, zone, step=1))
    if moment >= start:
        return next((opens for opens in openings if opens >= start), moment)
    opening = next(openings, moment)
    if opening < start:
        return opening
    earlier = (opens for opens, _ in _windows(day, hours, zone, step=-1) if opens < start)
    return next(earlier, moment)


def _windows(
    day: date, hours: WorkingHours, zone: ZoneInfo, *, step: int
) -> Iterator[tuple[datetime, datetime]]:
    """The working hours (UTC) of each working day from `day` on, or backwards, for two weeks."""
    for number in range(_TWO_WEEKS):
        one = day + timedelta(days=step * number)
        if WEEKDAYS[one.weekday()] in hours.weekdays:
            local = (datetime.combine(one, hours.start), datetime.combine(one, hours.end))
            opens, closes = (localised(moment, zone).astimezone(UTC) for moment in local)
            yield opens, closes


def too_late(cause: str, due_at: datetime, over: datetime, *, now: datetime) -> str | None:
    """Why a line is not worth sending any more, or None while it is."""
    until = _useful_until(cause, due_at, over)
    if now < until:
        return None
    if until == over:
        return f"It had begun or was over at {_written(over)}, before this could be sent."
    return f"It was to be sent at {_written(due_at)} and could not be for {USEFUL_FOR.days} days."


def _useful_until(cause: str, due_at: datetime, over: datetime) -> datetime:
    """What was to come before the thing has no use once that is over, nor has news of a change. What comes
    after it is worth telling for `USEFUL_FOR`.
    """
    return over if due_at < over or cause in NEWS else due_at + USEFUL_FOR


def next_attempt(
    cause: str, due_at: datetime, over: datetime, *, now: datetime, wait: timedelta
) -> datetime | None:
    """When a line is tried again after a wait; None when too little of its use is left.

    A wait beyond its use, as another side may ask for, ends `LAST_CHANCE` before that, or halfway there.
    """
    until = _useful_until(cause, due_at, over)
    if now + wait < until:
        return now + wait
    sooner = until - min(LAST_CHANCE, (until - now) / 2)
    return sooner if sooner - now >= WORTH_WAITING else None


def why_given_up(cause: str, due_at: datetime, over: datetime, *, now: datetime) -> str:
    """Why a line that was attempted is not tried again."""
    until = _written(_useful_until(cause, due_at, over))
    passed = f"The next attempt would have come after {until}, when it has lost its use."
    return too_late(cause, due_at, over, now=now) or passed


def closed(kind: str, status: str, reason: str | None) -> str:
    """Why nobody is reminded of a thing that is no longer open."""
    if status == "cancelled":
        return "The meeting was called off." if kind == "meeting" else "It was cancelled."
    return f"Nothing is left to be done: {reason}." if reason else "Nothing is left to be done."


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the next attempt waits: `first`, then twice as long each time, up to `longest`."""

    first: timedelta
    longest: timedelta


FOR_ONE = Pace(timedelta(seconds=2), timedelta(minutes=5))
FOR_ALL = Pace(timedelta(seconds=2), timedelta(seconds=30))
"""While nothing can be sent few try, and all is to go out soon after that has passed."""

PERHAPS_TAKEN = Pace(timedelta(seconds=20), timedelta(days=1))
"""Each attempt may be one letter too many."""


def wait_before(attempt: int, pace: Pace = FOR_ONE, *, jitter: float) -> timedelta:
    """How long after attempt number `attempt` the next one is made; `jitter` about 1 spreads them."""
    doublings = min(attempt - 1, 20)
    return min(pace.first * (1 << doublings), pace.longest) * jitter


@dataclass(frozen=True, slots=True)
class DeliveryKey:
    """What makes a delivery one and the same: the ledger holds each once."""

    rule: UUID
    entry: UUID
    occurrence: datetime
    offset: str
    recipient: str
    channel: str
    cause: str = "reminder"


def message_id(key: DeliveryKey, domain: str) -> str:
    """The `Message-ID` of a delivery, in angle brackets: the same however often it is made or sent.

    A meeting that moved has another start, and its letters other ids. The recipient cannot be read from it.
    """
    return message_ids(key.rule, key.entry, key.occurrence, key.channel, domain)(
        key.cause, key.offset, key.recipient
    )


def message_ids(
    rule: UUID, entry: UUID, occurrence: datetime, channel: str, domain: str
) -> Callable[[str, str, str], str]:
    """`message_id` for many lines about one thing: by cause, offset and recipient."""
    about = "\0".join((str(rule), str(entry), occurrence.astimezone(UTC).isoformat()))

    def made(cause: str, offset: str, recipient: str) -> str:
        # Reminders have the ids that the release before gave them.
        why = () if cause == "reminder" else (cause,)
        return _identifier("\0".join((about, offset, recipient.casefold(), channel, *why)), domain)

    return made


def letter_id(message_ids: Sequence[str], domain: str) -> str:
    """The `Message-ID` of a letter that tells several lines together: another when they are others."""
    return _identifier("\0".join(sorted(message_ids)), domain)


def _identifier(facts: str, domain: str) -> str:
    return f"<{hashlib.sha256(facts.encode()).hexdigest()[:40]}@{domain}>"
