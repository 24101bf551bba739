"""Dated things as calendars see them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from domain.calendar.times import due_on


@dataclass(frozen=True, slots=True)
class Entry:
    uid: str = "0198a000@focalpoint.example"
    kind: str = "meeting"
    title: str = "GFP quarterly meeting"
    framework: str | None = "ccm"
    state: str | None = None
    start: datetime = datetime(2026, 3, 4, 9, tzinfo=UTC)
    due_on: date | None = None
    duration_minutes: int | None = 90
    time_zone: str = "Europe/Zurich"
    location: str | None = None
    url: str | None = None
    notes: str | None = None
    status: str = "open"
    sequence: int = 0
    path: str = "/v1/meetings/0198a000"
    updated_at: datetime = datetime(2026, 1, 5, 12, 30, tzinfo=UTC)


MEETING = Entry()


def deadline(day: date = date(2026, 4, 30), *, time_zone: str = "Europe/Zurich", **changes: object) -> Entry:
    """Something due on a date, as `domain.calendar.actions.due` enters it."""
    start, _ = due_on(day, time_zone)
    entry = Entry(
        uid="0198b000@focalpoint.example",
        kind="obligation",
        title="Article 7 report for 2025: Croatia",
        state="HRV",
        start=start,
        due_on=day,
        duration_minutes=None,
        time_zone=time_zone,
        path="/v1/obligations/0198b000",
    )
    return replace(entry, **changes)
