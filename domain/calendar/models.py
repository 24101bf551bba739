from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, CreatedAt, Identity, UpdatedAt

KINDS = ("meeting", "obligation", "information-request", "action-item", "review", "milestone")


class Entry(Base):
    """A dated thing: a meeting, or something due. Its id is that of the thing itself.

    Reminders and feeds are about entries; whoever owns the thing announces it here, in the transaction of
    the change (`domain.reminders.announcing`).
    """

    __tablename__ = "calendar_entries"
    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint("status in ('open','cancelled','done')", name="status"),
        Index("ix_calendar_entries_start", "start", "id"),
        Index("ix_calendar_entries_framework", "framework", "start", "id"),
    )

    id: Mapped[Identity]
    kind: Mapped[str]
    title: Mapped[str]
    framework: Mapped[str | None] = mapped_column(ForeignKey("frameworks.key"))
    state: Mapped[str | None] = mapped_column(ForeignKey("states.iso3"), index=True)
    committee: Mapped[str | None] = mapped_column(ForeignKey("committees.key"), index=True)
    owner: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    series: Mapped[UUID | None] = mapped_column(index=True)
    plan: Mapped[UUID | None] = mapped_column(index=True)
    seen_by: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """The only States that see what belongs to a plan. Null where `state` says it: that one, or every one."""
    start: Mapped[datetime]
    over: Mapped[datetime]
    due_on: Mapped[date | None]
    time_zone: Mapped[str]
    duration_minutes: Mapped[int | None]
    location: Mapped[str | None]
    url: Mapped[str | None]
    notes: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="open")
    reason: Mapped[str | None]
    sequence: Mapped[int] = mapped_column(default=0)
    path: Mapped[str]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    @property
    def uid(self) -> str:
        return f"{self.id}@focalpoint"


class Feed(Base):
    """An address under which a calendar program reads some of the entries. Its token is nowhere kept."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        UniqueConstraint("digest"),
        CheckConstraint("kind in ('person', 'committee', 'framework', 'all')", name="kind"),
        CheckConstraint("deadlines in ('to-dos', 'events')", name="deadlines"),
        CheckConstraint(
            "num_nonnulls(person, committee, framework) = (kind <> 'all')::int", name="one_subject"
        ),
    )

    id: Mapped[Identity]
    digest: Mapped[str]
    kind: Mapped[str]
    person: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    committee: Mapped[str | None] = mapped_column(ForeignKey("committees.key"), index=True)
    framework: Mapped[str | None] = mapped_column(ForeignKey("frameworks.key"), index=True)
    state: Mapped[str | None] = mapped_column(ForeignKey("states.iso3"))
    """What concerns other States is not shown."""
    alarms: Mapped[list[str]]
    deadlines: Mapped[str]
    language: Mapped[str | None]
    made_by: Mapped[str]
    created_at: Mapped[CreatedAt]
    revoked_at: Mapped[datetime | None]

    @property
    def subject(self) -> dict[str, object]:
        named = {"id": self.person, "key": self.committee or self.framework}
        return {"kind": self.kind} | {name: value for name, value in named.items() if value is not None}
