"""When a meeting takes place that is reckoned from another one. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.calendar.times import localised
from schemas.recurrence import WEEKDAYS


def reckoned(start: datetime, zone_of_start: str, distance: dict[str, Any], time_zone: str) -> datetime:
    """The start, in `time_zone`, of a meeting at a distance (`schemas.meetings.Distance` in JSON) from
    another that starts at `start`.

    Days are counted by the other meeting's calendar. A weekday is that of the week, from Monday to
    Sunday, into which the offset leads. Without a time of day the other's local time is kept.
    """
    base = start.astimezone(ZoneInfo(zone_of_start))
    day = base.date() + whole_days(distance["offset"])
    if distance["weekday"] is not None:
        day += timedelta(days=WEEKDAYS.index(distance["weekday"]) - day.weekday())
    clock = time.fromisoformat(distance["time"]) if distance["time"] else base.time()
    return localised(datetime.combine(day, clock), ZoneInfo(time_zone))


def farthest(distance: dict[str, Any]) -> timedelta:
    """No meeting lies further than this after the other one, whatever the weekday, the hour and the zones."""
    return whole_days(distance["offset"]) + timedelta(days=8)


def whole_days(offset: str) -> timedelta:
    """`-P3W` as -21 days; the offset has passed `schemas.meetings.Distance`."""
    number = int(offset.lstrip("+-")[1:-1]) * (7 if offset.endswith("W") else 1)
    return timedelta(days=-number if offset.startswith("-") else number)
