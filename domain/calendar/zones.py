"""Time zones as calendars describe them (RFC 5545 §3.6.5). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.calendar.contentlines import text


@lru_cache(maxsize=1_000)
def description(name: str, *, first_year: int, last_year: int) -> tuple[str, ...]:
    """The lines of a VTIMEZONE: the zone's clock changes in these years, each an observance of its own."""
    zone = ZoneInfo(name)
    moment = datetime(first_year, 1, 1, tzinfo=UTC) - timedelta(days=2)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    lines += _observance(moment.astimezone(zone), before=moment.astimezone(zone))
    for before, after in _clock_changes(zone, moment, datetime(last_year + 1, 1, 3, tzinfo=UTC)):
        lines += _observance(after, before=before)
    return (*lines, "END:VTIMEZONE")


def _clock_changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The last second before and the first second after every clock change between two instants."""
    day = first
    while day < last:
        following = day + timedelta(days=1)
        if _clock(day, zone) != _clock(following, zone):
            yield _narrowed(zone, day, following)
        day = following


def _narrowed(zone: ZoneInfo, before: datetime, after: datetime) -> tuple[datetime, datetime]:
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if _clock(middle, zone) == _clock(before, zone):
            before = middle
        else:
            after = middle
    return before.astimezone(zone), after.astimezone(zone)


def _clock(moment: datetime, zone: ZoneInfo) -> tuple[timedelta | None, timedelta | None, str | None]:
    local = moment.astimezone(zone)
    return local.utcoffset(), local.dst(), local.tzname()


def _observance(after: datetime, *, before: datetime) -> list[str]:
    """From when on these clocks hold, by the clocks before them: summer time begins at 02:00, not 03:00."""
    onset = after.astimezone(UTC).replace(tzinfo=None) + _offset(before)
    kind = "DAYLIGHT" if after.dst() else "STANDARD"
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{onset:%Y%m%dT%H%M%S}",
        f"TZNAME:{text(after.tzname() or '')}",
        f"TZOFFSETFROM:{_written(_offset(before))}",
        f"TZOFFSETTO:{_written(_offset(after))}",
        f"END:{kind}",
    ]


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()


def _written(offset: timedelta) -> str:
    seconds = abs(int(offset.total_seconds()))
    sign = "-" if offset < timedelta() else "+"
    rest = f"{seconds % 60:02}" if seconds % 60 else ""
    return f"{sign}{seconds // 3600:02}{seconds % 3600 // 60:02}{rest}"
