from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, CreatedAt, Identity, UpdatedAt


class MeetingSeries(Base):
    """Meetings that recur, always computed from the anchor."""

    __tablename__ = "meeting_series"

    id: Mapped[Identity]
    title: Mapped[str]
    framework: Mapped[str] = mapped_column(ForeignKey("frameworks.key"))
    kind: Mapped[str]
    rrule: Mapped[str]
    time_zone: Mapped[str]
    anchor: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    duration_minutes: Mapped[int]
    scheduled_until: Mapped[datetime]
    created_at: Mapped[CreatedAt]


class Meeting(Base):
    """One meeting. Of a series each occurrence stands once; its first start stays its identity."""

    __tablename__ = "meetings"
    __table_args__ = (
        UniqueConstraint("series", "occurrence"),
        CheckConstraint("status in ('scheduled','moved','cancelled','held')", name="status"),
        Index("ix_meetings_calendar", "start", "id"),
    )

    id: Mapped[Identity]
    series: Mapped[UUID | None] = mapped_column(ForeignKey("meeting_series.id"))
    occurrence: Mapped[datetime]
    title: Mapped[str]
    framework: Mapped[str] = mapped_column(ForeignKey("frameworks.key"), index=True)
    start: Mapped[datetime]
    time_zone: Mapped[str]
    duration_minutes: Mapped[int]
    status: Mapped[str] = mapped_column(default="scheduled")
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    @property
    def uid(self) -> str:
        return f"{self.id}@focalpoint"

    @property
    def etag(self) -> str:
        return f'"{self.id}.{self.version}"'


class ReminderRule(Base):
    """That some people be told of a meeting, or of every meeting of a series, at some times."""

    __tablename__ = "reminder_rules"
    __table_args__ = (CheckConstraint("num_nonnulls(meeting_id, series_id) = 1", name="one_subject"),)

    id: Mapped[Identity]
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meetings.id"), index=True)
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("meeting_series.id"), index=True)
    offsets: Mapped[list[str]]
    recipients: Mapped[list[dict[str, Any]]]
    channel: Mapped[str]
    created_at: Mapped[CreatedAt]

    @property
    def subject(self) -> dict[str, Any]:
        if self.meeting_id is not None:
            return {"kind": "meeting", "id": self.meeting_id}
        return {"kind": "meeting-series", "id": self.series_id}

    @property
    def digest(self) -> bool:
        return False

    @property
    def working_hours(self) -> None:
        return None


class Delivery(Base):
    """One line of the ledger: unique per rule, meeting and start, offset, recipient and channel."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint(
            "rule", "meeting", "occurrence", "offset", "recipient", "channel", name="uq_deliveries_ledger"
        ),
        UniqueConstraint("message_id"),
        CheckConstraint("status in ('scheduled','sending','sent','failed','skipped')", name="status"),
        Index("ix_deliveries_due", "due_at", postgresql_where=text("status = 'scheduled'")),
        Index("ix_deliveries_open", "meeting", postgresql_where=text("status = 'scheduled'")),
        Index("ix_deliveries_sending", "job", postgresql_where=text("status = 'sending'")),
    )

    id: Mapped[Identity]
    rule: Mapped[UUID] = mapped_column(ForeignKey("reminder_rules.id"), index=True)
    meeting: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    occurrence: Mapped[datetime]
    offset: Mapped[str]
    recipient: Mapped[str]
    name: Mapped[str | None]
    language: Mapped[str | None]
    channel: Mapped[str]
    due_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="scheduled")
    message_id: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    job: Mapped[UUID | None]
    sent_at: Mapped[datetime | None]
    detail: Mapped[str | None]

    of: Mapped[Meeting] = relationship(lazy="raise")
