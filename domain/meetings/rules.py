"""When meetings take place. Pure: values in, values out.

A series is computed from its anchor, never from the meeting before, and in the local time of its zone:
10:00 stays 10:00 on either side of a clock change. Three things follow from RFC 5545:

- A local time that the clocks skip moves forward by what they skip (02:30 becomes 03:30), one that they
  show twice is the first of the two (§3.3.5), and two starts that thereby coincide are one (§3.8.5.3).
- A date that a month does not have is left out, not moved (§3.3.10); `warnings` says so beforehand.
- What an anchor means that its own rule does not name is left undefined (§3.8.5.3). Here it gives the
  time of day and the date from which `INTERVAL` counts, and is not itself a meeting: the first meeting
  is the first date that the rule names on or after it, and `COUNT` counts from there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from datetime import UTC, datetime, time, timedelta
from itertools import groupby, islice, takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from domain.calendar.times import localised
from domain.errors import Invalid, Problem
from schemas.recurrence import WEEKDAYS, rule_parts
from schemas.series import RuleWarning

HORIZON = timedelta(days=100 * 365)
"""No series is computed further than this from its anchor."""

_MONTHS_TO_HORIZON = 99 * 12
_PERIODS = 48
"""Visits after which months repeat: at most twelve different ones, each once in a leap year."""


def occurrences(
    rrule: str,
    anchor: datetime,
    time_zone: str,
    *,
    after: datetime | None = None,
    count: int | None = None,
    until: datetime | None = None,
) -> list[datetime]:
    """The starts of a series, in order, each with the offset that `time_zone` has on that day.

    `anchor` is naive local time; `after` (exclusive) and `until` (inclusive) are instants. At most
    `count` are given, and none beyond `HORIZON`. The rule must have passed `schemas.recurrence.check_rule`.
    """
    zone = ZoneInfo(time_zone)
    parts = rule_parts(rrule)
    limits = [until] if until else []
    if "UNTIL" in parts:
        limits.append(_last_instant(parts["UNTIL"], zone))
    # Compared in UTC: Python compares two times of one zone by their clock faces.
    starts = (localised(local, zone).astimezone(UTC) for local in _local_starts(parts, anchor))
    distinct = (start for start, _ in groupby(starts))
    in_time = takewhile(lambda start: all(start <= limit for limit in limits), distinct)
    wanted = (start.astimezone(zone) for start in in_time if after is None or start > after)
    return list(islice(wanted, count))


def refuse_empty(rrule: str, anchor: datetime, time_zone: str) -> None:
    """A series whose rule names no date at all is refused: it would never meet and never say so."""
    if not occurrences(rrule, anchor, time_zone, count=1):
        raise Invalid(
            f"No date on or after {anchor:%Y-%m-%d} satisfies this rule.",
            [Problem("/rrule", "rule-without-date", "Give a rule that names a date.")],
            code="rule-without-date",
            rrule=rrule,
        )


def warnings(rrule: str, anchor: datetime) -> list[RuleWarning]:
    """What the author of this rule may not expect of it."""
    parts = rule_parts(rrule)
    found = []
    short = _month_cut_short(parts, anchor)
    if short is not None:
        found.append(_months_skipped(parts, anchor, short))
    first = next(_local_starts(parts, anchor), None)
    if first and first != anchor.replace(microsecond=0):
        detail = (
            f"The rule does not name the anchor, {anchor:%Y-%m-%d %H:%M}; the first meeting is on "
            f"{first:%Y-%m-%d} at {first:%H:%M}."
        )
        found.append(RuleWarning(code="anchor-not-met", detail=detail, rrule=None))
    return found


def _local_starts(parts: dict[str, str], anchor: datetime) -> Iterator[datetime]:
    """Every date and local time that the rule names, without regard to `UNTIL`, up to `HORIZON`.

    dateutil searches up to the year 9999 for a date that may not exist. The calendar repeats every 400
    years, weekdays included, so the search is made where that end is near.
    """
    years = 400 * ((9799 - anchor.year) // 400)
    late_anchor = anchor.replace(year=anchor.year + years)
    rule = rrulestr(_written(parts, without={"UNTIL"}), dtstart=late_anchor)
    horizon = late_anchor + HORIZON
    return (late.replace(year=late.year - years) for late in takewhile(lambda late: late <= horizon, rule))


def _written(parts: dict[str, str], *, without: Set[str] = frozenset()) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items() if name not in without)


def _last_instant(until: str, zone: ZoneInfo) -> datetime:
    """`UNTIL` in UTC as the standard asks, or as local time; a bare date includes its whole day."""
    moment = datetime.fromisoformat(until)
    if moment.tzinfo:
        return moment
    if "T" not in until:
        moment = datetime.combine(moment, time.max)
    return localised(moment, zone)


def _month_cut_short(parts: dict[str, str], anchor: datetime) -> int | None:
    """The first month in which the rule meets less often than in another that it visits, if any."""
    if not _follows_months(parts):
        return None
    visited = _visited_months(parts, anchor)
    last = max(visited, default=_month_number(anchor))
    endless = rule_parts(_written(parts, without={"UNTIL", "COUNT"}))
    months = map(_month_number, _local_starts(endless, anchor))
    meetings = Counter(takewhile(lambda month: month <= last, months))
    most = max(meetings.values(), default=0)
    return next((month for month in visited if meetings[month] < most), None)


def _follows_months(parts: dict[str, str]) -> bool:
    """Whether the rule means to meet equally often in every month that it visits.

    Plain weekdays meet four times in one month and five in the next without anything being left out.
    """
    if "BYYEARDAY" in parts or "BYWEEKNO" in parts:
        return False
    plain_weekday = any(item in WEEKDAYS for item in parts.get("BYDAY", "").split(","))
    if parts["FREQ"] == "MONTHLY":
        return "BYSETPOS" in parts or not plain_weekday
    weekday_of_year = "BYDAY" in parts and "BYMONTH" not in parts
    return parts["FREQ"] == "YEARLY" and not (plain_weekday or weekday_of_year or "BYSETPOS" in parts)


def _visited_months(parts: dict[str, str], anchor: datetime) -> list[int]:
    """The months (numbered) that the rule looks into, as far as they differ from each other.

    The anchor's own month is not among them: the anchor may stand late in it.
    """
    monthly = parts["FREQ"] == "MONTHLY"
    interval = int(parts.get("INTERVAL", "1"))
    in_year = _months_of_the_year(parts, anchor)
    first = _month_number(anchor)
    reach = min(_PERIODS * interval * (1 if monthly else 12), _MONTHS_TO_HORIZON)
    return [
        month
        for month in range(first + 1, first + 1 + reach)
        if month % 12 + 1 in in_year
        and (month - first if monthly else month // 12 - anchor.year) % interval == 0
    ]


def _month_number(start: datetime) -> int:
    """Months since the year 0, so that the next month is the next number."""
    return 12 * start.year + start.month - 1


def _months_of_the_year(parts: dict[str, str], anchor: datetime) -> set[int]:
    if "BYMONTH" in parts:
        return {int(month) for month in parts["BYMONTH"].split(",")}
    if parts["FREQ"] == "MONTHLY" or "BYMONTHDAY" in parts:
        return set(range(1, 13))
    return {anchor.month}


def _months_skipped(parts: dict[str, str], anchor: datetime, short: int) -> RuleWarning:
    detail = (
        f"The rule names a day that {short // 12}-{short % 12 + 1:02} does not have; "
        "no meeting takes its place (RFC 5545)."
    )
    even = _counted_from_the_other_end(parts, anchor)
    if _month_cut_short(even, anchor) is not None:
        return RuleWarning(code="months-skipped", detail=detail, rrule=None)
    rrule = _written(even)
    return RuleWarning(code="months-skipped", detail=f"{detail} {rrule} leaves none out.", rrule=rrule)


def _counted_from_the_other_end(parts: dict[str, str], anchor: datetime) -> dict[str, str]:
    """The rule with its last days (`BYMONTHDAY=-1`) or last weekdays (`-1FR`) in place of the 29th to
    31st or the fifth; likewise the first ones in place of those counted as far from the end."""
    if "BYDAY" in parts:
        weekdays = parts["BYDAY"].split(",")
        return parts | {"BYDAY": _joined(_nearer(item[:-2], most=4) + item[-2:] for item in weekdays)}
    days = parts.get("BYMONTHDAY", str(anchor.day)).split(",")
    even = parts | {"BYMONTHDAY": _joined(_nearer(day, most=28) for day in days)}
    if parts["FREQ"] == "YEARLY" and "BYMONTHDAY" not in parts:
        even.setdefault("BYMONTH", str(anchor.month))
    return even


def _nearer(number: str, *, most: int) -> str:
    """A number that every month has: itself up to `most`, else the first from the other end."""
    if not number or abs(int(number)) <= most:
        return number
    return "-1" if int(number) > 0 else "1"


def _joined(items: Iterable[str]) -> str:
    return ",".join(dict.fromkeys(items))
