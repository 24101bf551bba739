"""What an endpoint is told: the same facts as a letter, as data (Standard Webhooks). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.reminders.lines import Line, by_date

TYPES = {
    "reminder": "reminder.due",
    "escalation": "reminder.escalated",
    "moved": "entry.moved",
    "changed": "entry.changed",
    "cancelled": "entry.cancelled",
    "restored": "entry.restored",
}


@dataclass(frozen=True, slots=True)
class Event:
    """`id` is the same however often it is told, and in whichever order: it is that of the letter."""

    id: str
    type: str
    body: dict[str, Any]


def event(lines: Sequence[Line]) -> Event:
    """One thing, or several that are due together; `timestamp` is when they were to be told."""
    first = min(lines, key=lambda line: (line.due_at, line.id))
    kind = TYPES[first.cause]
    items = [_told(line) for line in sorted(lines, key=by_date)]
    data = items[0] if len(items) == 1 else {"items": items}
    return Event(
        _id(first.message_id), kind, {"type": kind, "timestamp": _written(first.due_at), "data": data}
    )


def _id(message_id: str) -> str:
    """What is before the `@` of `<…@…>`: receivers sign and keep it, some in few characters."""
    return message_id.strip("<>").partition("@")[0]


def _told(line: Line) -> dict[str, Any]:
    of = line.of
    return {
        "delivery": str(line.id),
        "rule": str(line.rule),
        "cause": line.cause,
        "offset": line.offset,
        "previous_start": _written(line.previous_start) if line.previous_start else None,
        "entry": {
            "id": str(of.id),
            "kind": of.kind,
            "title": of.title,
            "framework": of.framework,
            "state": of.state,
            "committee": of.committee,
            "start": _written(of.start),
            "due_on": of.due_on.isoformat() if of.due_on else None,
            "time_zone": of.time_zone,
            "duration_minutes": of.duration_minutes,
            "location": of.location,
            "url": of.url,
            "notes": of.notes,
            "status": of.status,
            "reason": of.reason,
            "sequence": of.sequence,
            "path": of.path,
        },
    }


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
