"""On which dates a series meets: its rule, its exceptions and additions, and holidays. Pure.

A series meets at most once on a local date, and that date is what an occurrence is known by: when the
time of day or the zone of a series changes, the meeting of that day moves and stays the same meeting.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from domain.calendar.times import localised
from domain.meetings import rules, workdays
from schemas.series import RuleWarning

MARGIN = workdays.MOST_MOVED + 1
"""Days on either side that are looked at, so that a meeting moved by a holiday meets no other."""


class Course(Protocol):
    """What a series by rule is computed from; `holidays` as `schemas.series.Holidays` in JSON."""

    @property
    def rrule(self) -> str | None: ...
    @property
    def anchor(self) -> datetime | None: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def exceptions(self) -> Sequence[date]: ...
    @property
    def additions(self) -> Sequence[datetime]: ...
    @property
    def holidays(self) -> dict[str, Any] | None: ...
    @property
    def ends_on(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Named:
    """One date of a series. `named` is what the rule says, `start` when the meeting takes place."""

    day: date
    named: datetime
    start: datetime
    holidays: tuple[tuple[str, str], ...] = ()
    left_out: Literal["exception", "holiday"] | None = None


def named(
    course: Course,
    *,
    after: datetime | None = None,
    until: datetime | None = None,
    count: int | None = None,
) -> list[Named]:
    """The dates of a series in order, those left out among them.

    `after` (exclusive) and `until` (inclusive) are instants and are compared with what the rule names.
    """
    margin = timedelta(days=MARGIN)
    starts = _starts(
        course,
        after=after and after - margin,
        until=until and until + margin,
        count=None if count is None else count + MARGIN,
    )
    asked = [
        item
        for item in _without_holidays(course, starts)
        if (after is None or item.named > after) and (until is None or item.named <= until)
    ]
    return asked[:count]


def warnings(course: Course, found: Sequence[Named]) -> list[RuleWarning]:
    """What the author of a series may not expect of it; `found` is what was previewed."""
    assert course.rrule is not None
    assert course.anchor is not None
    said = rules.warnings(course.rrule, course.anchor)
    met = [item for item in found if item.holidays]
    if met:
        first = met[0]
        where, name = first.holidays[0]
        detail = (
            f"{len(met)} of {len(found)} dates are public holidays; the first is {first.day:%Y-%m-%d},"
            f" {name} ({where})."
        )
        said.append(RuleWarning(code="on-holidays", detail=detail, rrule=None))
    return said


def _starts(
    course: Course, *, after: datetime | None, until: datetime | None, count: int | None
) -> dict[date, datetime]:
    """What rule and additions name, by local date, up to the last date of the series."""
    assert course.rrule is not None
    assert course.anchor is not None
    zone = ZoneInfo(course.time_zone)
    by_rule = rules.occurrences(
        course.rrule, course.anchor, course.time_zone, after=after, until=until, count=count
    )
    added = [localised(local, zone) for local in course.additions]
    wanted = [start for start in added if _between(start, after, until)]
    starts = {start.date(): start for start in (*by_rule, *wanted)}
    last = course.ends_on or date.max
    return {day: starts[day] for day in sorted(starts) if day <= last}


def _between(start: datetime, after: datetime | None, until: datetime | None) -> bool:
    return (after is None or start > after) and (until is None or start <= until)


def _without_holidays(course: Course, starts: dict[date, datetime]) -> Iterator[Named]:
    zone = ZoneInfo(course.time_zone)
    countries: list[str] = course.holidays["countries"] if course.holidays else []
    policy: str = course.holidays["policy"] if course.holidays else "warn"
    exceptions = set(course.exceptions)
    taken = starts.keys() | exceptions
    for day, start in starts.items():
        met = tuple(workdays.holidays_on(day, countries))
        item = Named(day, start, start, met)
        if day in exceptions:
            yield replace(item, left_out="exception")
        elif not met or policy == "warn":
            yield item
        else:
            other = _instead(day, countries, policy)
            if other is None or other in taken:
                yield replace(item, left_out="holiday")
            else:
                taken = taken | {other}
                yield replace(item, start=_at(other, start.time(), zone))


def _instead(day: date, countries: Sequence[str], policy: str) -> date | None:
    if policy == "skip":
        return None
    return workdays.working_day(day, countries, step=1 if policy == "next-working-day" else -1)


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return localised(datetime.combine(day, clock), zone)
