"""Local times and instants. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_BEGINS = time(9)
"""What is due on a date has no time of day: reminders of it are reckoned from this one, local."""

_OFFSET = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?)?",
    re.ASCII,
)


def localised(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which clocks in `zone` show `local` (naive), as RFC 5545 §3.3.5 reads it."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)


def due_on(day: date, time_zone: str) -> tuple[datetime, datetime]:
    """For what is due on a date: the moment from which offsets count, and the end of that day (UTC)."""
    zone = ZoneInfo(time_zone)
    begins = localised(datetime.combine(day, DAY_BEGINS), zone)
    ends = localised(datetime.combine(day + timedelta(days=1), time.min), zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)


def offset_from(start: datetime, offset: str, time_zone: str) -> datetime:
    """The instant (UTC) that lies an ISO 8601 duration such as `-P7D` or `P1DT2H` from `start`.

    Weeks and days are counted by the local calendar, so that `-P7D` before a meeting at 10:00 is 10:00
    there too when the clocks change between; hours and minutes are exact. Where an offset has both, the
    days are counted first (RFC 5545 §3.3.6).
    """
    days, exact = _offset_parts(offset)
    if days:
        zone = ZoneInfo(time_zone)
        start = localised(start.astimezone(zone).replace(tzinfo=None) + days, zone)
    return start.astimezone(UTC) + exact


def _offset_parts(offset: str) -> tuple[timedelta, timedelta]:
    match = _OFFSET.fullmatch(offset)
    if not match:
        raise ValueError(f"not an offset: {offset!r}")
    sign = -1 if match["sign"] == "-" else 1
    weeks, days, hours, minutes = (int(match[unit] or 0) for unit in ("weeks", "days", "hours", "minutes"))
    return sign * timedelta(weeks=weeks, days=days), sign * timedelta(hours=hours, minutes=minutes)
