"""The dates that follow from the period of a plan (CIM Strategic Plan, section 4.7). Pure."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from itertools import count, takewhile

from domain.errors import Invalid
from schemas.meetings import PlanKind

MONTHS_TO_MONITORING_PLAN = 4
YEARS_TO_MID_TERM = 3


def dates_of(kind: PlanKind, start: date, end: date) -> list[date]:
    """When a plan from `start` to `end` (both included) asks for what; empty where its period is too short.

    - `monitoring-plan`: the last day of the first four months.
    - `annual-review`: the last day of each full year of the plan.
    - `mid-term-evaluation`: the last day of the third year, if the plan goes on after it.
    - `external-evaluation`: one year after the last day.
    """
    if end < start:
        raise Invalid("A plan ends after it begins.", code="invalid-period")
    if kind == "external-evaluation":
        return [_later(end, 12)]
    if kind == "annual-review":
        years = (last_day(start, 12 * year) for year in count(1))
        return list(takewhile(lambda day: day <= end, years))
    if kind == "mid-term-evaluation":
        day = last_day(start, 12 * YEARS_TO_MID_TERM)
        return [day] if day < end else []
    day = last_day(start, MONTHS_TO_MONITORING_PLAN)
    return [day] if day <= end else []


def last_day(start: date, months: int) -> date:
    """The last day of so many months from `start` on: the day before the next month begins.

    Where that month lacks the day on which it would begin, it is the month's own last day.
    """
    later = _later(start, months)
    return later - timedelta(days=1) if later.day == start.day else later


def _later(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    number = 12 * day.year + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def weekday_up_to(day: date) -> date:
    """The last day from Monday to Friday that is not after `day`."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def weekday_from(day: date) -> date:
    """The first day from Monday to Friday that is not before `day`."""
    return day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)
