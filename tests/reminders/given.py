"""Lines of the ledger, as letters and webhooks are made of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from domain.reminders.lines import Line, Subject

MESSAGE_ID = "<9b74c9897bac770ffc029102a200c5de9b74c989@focalpoint>"

MEETING = Subject(
    id=UUID("0198c0de-0000-7000-8000-000000000001"),
    kind="meeting",
    title="GFP quarterly meeting",
    framework="ccm",
    state=None,
    committee="coordination",
    start=datetime(2026, 3, 4, 9, tzinfo=UTC),
    over=datetime(2026, 3, 4, 9, tzinfo=UTC),
    due_on=None,
    time_zone="Europe/Zurich",
    duration_minutes=90,
    location=None,
    url=None,
    notes=None,
    status="open",
    reason=None,
    sequence=0,
    path="/v1/meetings/0198c0de-0000-7000-8000-000000000001",
    updated_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
)

OBLIGATION = replace(
    MEETING,
    kind="obligation",
    title="Article 7 report for 2026: Croatia",
    state="HRV",
    committee=None,
    start=datetime(2027, 4, 30, 7, tzinfo=UTC),
    over=datetime(2027, 4, 30, 22, tzinfo=UTC),
    due_on=date(2027, 4, 30),
    duration_minutes=None,
    path="/v1/obligations/0198c0de-0000-7000-8000-000000000001",
)


def of_kind(kind: str, **changes: Any) -> Subject:
    return replace(MEETING if kind == "meeting" else replace(OBLIGATION, kind=kind), **changes)


def line(of: Subject = MEETING, **changes: Any) -> Line:
    facts: dict[str, Any] = {
        "id": UUID("0198c0de-0000-7000-8000-0000000000aa"),
        "rule": UUID("0198c0de-0000-7000-8000-0000000000bb"),
        "of": of,
        "cause": "reminder",
        "offset": "-P7D",
        "occurrence": of.start,
        "due_at": datetime(2026, 2, 25, 9, tzinfo=UTC),
        "channel": "email",
        "recipient": "focal.point@example.org",
        "name": None,
        "language": None,
        "time_zone": None,
        "message_id": MESSAGE_ID,
    }
    return Line(**facts | changes)
