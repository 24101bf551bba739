"""Periods, who owes a report for one and by when, and where an obligation stands. Pure."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from schemas.obligations import ObligationStatus

WATCHED = timedelta(days=366)
"""How long after its last day a cycle is looked at every hour."""

MONTHS_OF = {"S1": (1, 6), "S2": (7, 12), "Q1": (1, 3), "Q2": (4, 6), "Q3": (7, 9), "Q4": (10, 12)}


def bounds(period: str) -> tuple[date, date]:
    """First and last day of a period in SDMX notation (`2024`, `2024-S1`, `2024-Q1`, `2024-03`)."""
    year, _, part = period.partition("-")
    if not part:
        first, last = 1, 12
    elif part in MONTHS_OF:
        first, last = MONTHS_OF[part]
    else:
        first = last = int(part)
    days = calendar.monthrange(int(year), last)[1]
    return date(int(year), first, 1), date(int(year), last, days)


@dataclass(frozen=True, slots=True)
class Bound:
    """From when a treaty binds a State, and from when no longer.

    Where the entry into force is not known it is the day of the deposit.
    """

    state: str
    since: date
    until: date | None

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Owed:
    """A report that a State owes."""

    state: str
    period: str
    due_on: date
    initial: bool = False


def day_in(time_zone: str, now: datetime) -> date:
    """The day that it is there."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def due_in(year: int, due: str) -> date:
    """The day (`MM-DD`) on which the report on a year is due: in the year after it."""
    return date.fromisoformat(f"{year + 1}-{due}")


def years(first: int, due: str, *, kept_from: date, today: date) -> list[int]:
    """The years to report on that have begun: a report on a running year may be filed early.

    None whose report was due before the day from which reports are kept: of those others know better.
    """
    return [year for year in range(first, today.year + 1) if due_in(year, due) >= kept_from]


def initial(bound: Bound, days: int) -> Owed:
    """The first report. Its period is the month in which the treaty entered into force for the State."""
    return Owed(bound.state, f"{bound.since:%Y-%m}", bound.since + timedelta(days=days), initial=True)


def initial_reports(states: Sequence[Bound], days: int, *, first: int, today: date) -> Iterator[Owed]:
    """First reports of the States that the treaty has come to bind since the first year kept here."""
    for bound in states:
        owed = initial(bound, days)
        if date(first, 1, 1) <= bound.since <= today and bound.on(owed.due_on):
            yield owed


def is_of_before(owed: Owed, status: str, due_on: date) -> bool:
    """Whether a first report that has been settled is none of this membership: it was due, and so the State
    bound, before this one began.
    """
    return status != "open" and due_on < bounds(owed.period)[0]


def periodic_reports(
    states: Sequence[Bound],
    period: str,
    *,
    covers_to: date,
    due_on: date,
    initial_days: int | None,
    among: Sequence[str] | None = None,
) -> Iterator[Owed]:
    """Who owes the report of a cycle: whoever was bound at the end of what it covers and still is when it is
    due. Where there are first reports it updates one: it is not owed before the first one was.
    """
    for bound in states:
        has_begun = initial_days is None or initial(bound, initial_days).due_on < due_on
        asked = among is None or bound.state in among
        if asked and has_begun and bound.since <= covers_to and bound.on(due_on):
            yield Owed(bound.state, period, due_on)


def standing(
    status: str, *, over: datetime, due_on: date, first_due_on: date, now: datetime
) -> ObligationStatus:
    """Where an obligation stands at a moment."""
    if status == "met":
        return "met"
    if status == "waived":
        return "waived"
    if over <= now:
        return "overdue"
    return "extended" if due_on > first_due_on else "open"


def title(report: str, framework: str, period: str, state: str, *, initial: bool) -> str:
    """What the calendar calls it: treaties have reports of the same name, due on the same day."""
    if framework not in report:
        report = f"{report} ({framework})"
    return f"Initial {report}: {state}" if initial else f"{report} for {period}: {state}"


def share(part: int, of: int) -> float | None:
    """None where there is nothing to have a share of."""
    return part / of if of else None
