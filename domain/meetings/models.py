from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, CreatedAt, Identity, Json, UpdatedAt


class MeetingSeries(Base):
    """Meetings that recur: computed from the anchor, or each from one of the series that this one follows.

    `version` goes up with every change that people make, not with the scheduling ahead.
    """

    __tablename__ = "meeting_series"

    id: Mapped[Identity]
    title: Mapped[str]
    framework: Mapped[str] = mapped_column(ForeignKey("frameworks.key"))
    kind: Mapped[str]
    rrule: Mapped[str | None]
    time_zone: Mapped[str]
    anchor: Mapped[datetime | None] = mapped_column(DateTime(timezone=False))
    duration_minutes: Mapped[int]
    committee: Mapped[str | None] = mapped_column(ForeignKey("committees.key"))
    location: Mapped[str | None]
    url: Mapped[str | None]
    notes: Mapped[str | None]
    exceptions: Mapped[list[date]] = mapped_column(ARRAY(Date), server_default="{}")
    additions: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=False)), server_default="{}")
    holidays: Mapped[Json | None]
    ends_on: Mapped[date | None]
    follows: Mapped[UUID | None] = mapped_column(ForeignKey("meeting_series.id"), index=True)
    distance: Mapped[Json | None]
    rule_from: Mapped[datetime | None]
    scheduled_until: Mapped[datetime]
    created_at: Mapped[CreatedAt]
    version: Mapped[int] = mapped_column(server_default=text("1"))

    @property
    def relative_to(self) -> Json | None:
        return {"series": self.follows} | self.distance if self.distance else None

    @property
    def etag(self) -> str:
        return f'"{self.id}.{self.version}"'


class Meeting(Base):
    """One meeting. A series has at most one on each local date that it names, `named_on`; one that follows
    another has at most one for each meeting of the other.

    `occurrence` is the start that was named. `dropped`: it was cancelled because its series, the meeting
    that it follows or its plan no longer names it, and stands again if that names it again. `own`: the
    columns that it was given by itself, which its series leaves alone.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        CheckConstraint("status in ('scheduled','moved','cancelled','held')", name="status"),
        Index("ix_meetings_calendar", "start", "id"),
        Index("ix_meetings_series", "series", "start"),
        Index(
            "uq_meetings_series_day",
            "series",
            text("((occurrence AT TIME ZONE time_zone)::date)"),
            unique=True,
            postgresql_where=text("kind <> 'additional' AND follows IS NULL"),
        ),
        Index(
            "uq_meetings_series_follows",
            "series",
            "follows",
            unique=True,
            postgresql_where=text("kind <> 'additional'"),
        ),
        UniqueConstraint("plan", "kind", "ordinal"),
    )

    id: Mapped[Identity]
    kind: Mapped[str] = mapped_column(server_default="other")
    series: Mapped[UUID | None] = mapped_column(ForeignKey("meeting_series.id"))
    occurrence: Mapped[datetime]
    title: Mapped[str]
    framework: Mapped[str] = mapped_column(ForeignKey("frameworks.key"), index=True)
    committee: Mapped[str | None] = mapped_column(ForeignKey("committees.key"), index=True)
    state: Mapped[str | None] = mapped_column(ForeignKey("states.iso3"))
    start: Mapped[datetime]
    time_zone: Mapped[str]
    duration_minutes: Mapped[int]
    location: Mapped[str | None]
    url: Mapped[str | None]
    notes: Mapped[str | None]
    own: Mapped[list[str]] = mapped_column(server_default="{}")
    follows: Mapped[UUID | None] = mapped_column(ForeignKey("meetings.id"), index=True)
    distance: Mapped[Json | None]
    plan: Mapped[UUID | None] = mapped_column(ForeignKey("plans.id"))
    ordinal: Mapped[int | None]
    status: Mapped[str] = mapped_column(default="scheduled")
    dropped: Mapped[bool] = mapped_column(server_default=false())
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    @property
    def named_on(self) -> date:
        return self.occurrence.astimezone(ZoneInfo(self.time_zone)).date()

    @property
    def relative_to(self) -> Json | None:
        return {"meeting": self.follows} | self.distance if self.distance else None

    @property
    def uid(self) -> str:
        return f"{self.id}@focalpoint"

    @property
    def etag(self) -> str:
        return f'"{self.id}.{self.version}"'
