"""What one line of the ledger tells one reader. Pure: values that letters and webhooks are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

Cause = Literal["reminder", "escalation", "moved", "changed", "cancelled", "restored"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The dated thing as it stood when the line was claimed; a `domain.calendar.ical.CalendarEntry`."""

    id: UUID
    kind: str
    title: str
    framework: str | None
    state: str | None
    committee: str | None
    start: datetime
    over: datetime
    due_on: date | None
    time_zone: str
    duration_minutes: int | None
    location: str | None
    url: str | None
    notes: str | None
    status: str
    reason: str | None
    sequence: int
    path: str
    updated_at: datetime

    @property
    def uid(self) -> str:
        return f"{self.id}@focalpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """That `recipient` is told of `of`: why (`cause`), and when it was to be told.

    `recipient` is an e-mail address, or the id of a webhook endpoint where `channel` is "webhook".
    `offset` is the rule's (`-P7D`); a notice has none. Several lines of one rule, recipient and channel may
    be one letter (a digest): they then have the same `message_id`. `previous_start` is when a meeting that
    moved was to take place, as far as the recipient knows.
    """

    id: UUID
    rule: UUID
    of: Subject
    cause: Cause
    offset: str | None
    occurrence: datetime
    due_at: datetime
    channel: str
    recipient: str
    name: str | None
    language: str | None
    time_zone: str | None
    message_id: str
    previous_start: datetime | None = None


def by_date(line: Line) -> tuple[datetime, UUID]:
    """The order in which one letter tells several things."""
    return line.of.start, line.of.id
