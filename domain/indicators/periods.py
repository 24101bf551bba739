"""Time periods as SDMX writes them: 2012, 2012-S1, 2012-Q1, 2012-03, 2012-W05, 2012-03-04, ranges. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

FIRST_YEAR, LAST_YEAR = 1500, 2200
LAST_DAY = date(LAST_YEAR, 12, 31)
"""No period is later. One that ends then has no end that anybody set."""

MONTHS = {"A": 12, "S": 6, "T": 4, "Q": 3, "M": 1}
"""Length of the parts that a year can be divided into."""

YEAR = re.compile(r"([0-9]{4})")
PART = re.compile(r"([0-9]{4})-([ASTQMWD])([0-9]{1,3})")
MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
DURATION = re.compile(r"P(?=[0-9])(?:([0-9]{1,4})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?")
YEAR_OF_TWO = re.compile(r"([0-9]{4})/([0-9]{2})")


class Unreadable(ValueError):
    """The text names no period, or more than one; why, in a code and a sentence."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From the first to the last day, both included. There is one name for each."""

    starts: date
    ends: date

    @property
    def name(self) -> str:
        """In the shortest form that SDMX has for it."""
        return _named_by_months(self) or _named_by_days(self) or f"{self.starts}/{_duration(self)}"


class MonthDay(NamedTuple):
    """The day on which a year begins that is no calendar year."""

    month: int
    day: int


def read(text: str, *, year_starts: MonthDay | None = None) -> Period:
    """The period that a text names; `2004/05` is the year that begins on `year_starts` in 2004.

    Raises Unreadable: `invalid-period`, or `ambiguous-period` for `2004/05` without such a day.
    """
    text = text.strip()
    two = YEAR_OF_TWO.fullmatch(text)
    try:
        if two is not None and int(two[2]) == (int(two[1]) + 1) % 100:
            period = _financial_year(text, int(two[1]), year_starts)
        else:
            first, slash, rest = text.partition("/")
            period = _range(first, rest) if slash else _single(text)
    except Unreadable:
        raise
    except (ValueError, OverflowError):
        raise _invalid(text) from None
    if not FIRST_YEAR <= period.starts.year <= period.ends.year <= LAST_YEAR:
        raise _invalid(text)
    return period


def _invalid(text: str) -> Unreadable:
    what = f"`{text[:40]}` is no period" if text.strip() else "No period is given"
    written = "2012, 2012-Q1, 2012-S1, 2012-03, 2012-W05, 2012-03-04 or a range such as 2010/P3Y"
    return Unreadable("invalid-period", f"{what}: write {written}.")


def _financial_year(text: str, year: int, begins: MonthDay | None) -> Period:
    if begins is None:
        raise Unreadable(
            "ambiguous-period",
            f"`{text}` is a year of two calendar years; say when it begins: `year_starts`.",
        )
    return _lasting(date(year, *begins), months=12)


def _single(text: str) -> Period:
    for pattern, made in FORMS:
        if found := pattern.fullmatch(text):
            return made(*found.groups())
    raise _invalid(text)


def _year(year: str) -> Period:
    return Period(date(int(year), 1, 1), date(int(year), 12, 31))


def _month(year: str, month: str) -> Period:
    return _lasting(date(int(year), int(month), 1), months=1)


def _day(*parts: str) -> Period:
    day = date(*map(int, parts))
    return Period(day, day)


def _part(year: str, kind: str, number: str) -> Period:
    if kind == "W":
        return _lasting(date.fromisocalendar(int(year), int(number), 1), days=7)
    if kind == "D":
        day = date(int(year), 1, 1) + timedelta(days=int(number) - 1)
        if day.year != int(year):
            raise ValueError(number)
        return Period(day, day)
    months = MONTHS[kind]
    return _lasting(date(int(year), months * (int(number) - 1) + 1, 1), months=months)


FORMS: tuple[tuple[re.Pattern[str], Callable[..., Period]], ...] = (
    (YEAR, _year), (MONTH, _month), (DAY, _day), (PART, _part),
)  # fmt: skip


def _range(first: str, rest: str) -> Period:
    begins = _single(first)
    if (duration := DURATION.fullmatch(rest)) is None:
        ends = _single(rest)
        if ends.ends < begins.starts:
            raise ValueError(rest)
        return Period(begins.starts, ends.ends)
    years, months, weeks, days = (int(part or 0) for part in duration.groups())
    return _lasting(begins.starts, months=12 * years + months, days=7 * weeks + days)


def _lasting(starts: date, *, months: int = 0, days: int = 0) -> Period:
    after = _later(starts, months) + timedelta(days=days)
    if after <= starts:
        raise ValueError("a period has at least a day")
    return Period(starts, after - timedelta(days=1))


def _later(day: date, months: int) -> date:
    """So many months later; the last day of the month where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _named_by_months(period: Period) -> str | None:
    starts, after = period.starts, period.ends + timedelta(days=1)
    months = 12 * (after.year - starts.year) + after.month - starts.month
    if starts.day != 1 or after.day != 1 or months not in MONTHS.values() or (starts.month - 1) % months:
        return None
    if months == 12:
        return f"{starts.year:04}"
    if months == 1:
        return f"{starts:%Y-%m}"
    [kind] = (kind for kind, length in MONTHS.items() if length == months)
    return f"{starts.year:04}-{kind}{(starts.month - 1) // months + 1}"


def _named_by_days(period: Period) -> str | None:
    if period.starts == period.ends:
        return period.starts.isoformat()
    year, week, weekday = period.starts.isocalendar()
    if weekday == 1 and period.ends - period.starts == timedelta(days=6):
        return f"{year:04}-W{week:02}"
    return None


def _duration(period: Period) -> str:
    starts, after = period.starts, period.ends + timedelta(days=1)
    months = 12 * (after.year - starts.year) + after.month - starts.month
    if months > 0 and starts.day == after.day:
        return f"P{months // 12}Y" if months % 12 == 0 else f"P{months}M"
    return f"P{(after - starts).days}D"
