from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from domain.base import Base, CreatedAt, Identity, Json, UpdatedAt
from domain.calendar.models import KINDS, Entry
from domain.reminders.rules import kind_in_plural

STATUSES = ("scheduled", "sending", "sent", "failed", "skipped", "bounced")
CAUSES = ("reminder", "escalation", "moved", "changed", "cancelled", "restored")


class ReminderRule(Base):
    """That some people be told, at some times, of one entry, of a series, or of all entries of a kind.

    `entry` or `series` is set, or neither: then all of the kind are meant, of one framework or State where
    those are set. A rule that was withdrawn stays for the sake of the ledger.
    """

    __tablename__ = "reminder_rules"
    __table_args__ = (
        CheckConstraint("num_nonnulls(meeting_id, series_id) <= 1", name="one_subject"),
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        Index("ix_reminder_rules_meeting_id", "meeting_id"),
        Index(
            "ix_reminder_rules_all_of_a_kind",
            "kind",
            postgresql_where=text("meeting_id is null and series_id is null"),
        ),
    )

    id: Mapped[Identity]
    kind: Mapped[str] = mapped_column(server_default=text("'meeting'"))
    entry: Mapped[UUID | None] = mapped_column("meeting_id")
    """In a column that is named for what it was first: a meeting, whose id is that of its entry."""
    series: Mapped[UUID | None] = mapped_column("series_id", ForeignKey("meeting_series.id"), index=True)
    framework: Mapped[str | None] = mapped_column(ForeignKey("frameworks.key"))
    state: Mapped[str | None] = mapped_column(ForeignKey("states.iso3"))
    offsets: Mapped[list[str]]
    recipients: Mapped[list[dict[str, Any]]]
    channel: Mapped[str]
    digest: Mapped[bool] = mapped_column(server_default=text("false"))
    working_hours: Mapped[Json | None]
    escalations: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'"))
    notices: Mapped[bool] = mapped_column(server_default=text("true"))
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    @property
    def etag(self) -> str:
        return f'"{self.id}.{self.version}"'

    @property
    def subject(self) -> dict[str, Any]:
        about: dict[str, Any] = dict.fromkeys(("id", "framework", "state"))
        if self.series is not None:
            return about | {"kind": "meeting-series", "id": self.series}
        if self.entry is not None:
            return about | {"kind": self.kind, "id": self.entry}
        return about | {
            "kind": kind_in_plural(self.kind),
            "framework": self.framework,
            "state": self.state,
        }


class Delivery(Base):
    """One line of the ledger, unique per rule, entry and start, cause and offset, recipient and channel.

    Planned ahead as `scheduled`; `sending` while one worker holds it, until `leased_until` by the clock of
    the database; then what became of it.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        # In the order in which the ledger is asked: what is there for one person about one entry?
        UniqueConstraint(
            "meeting", "recipient", "rule", "occurrence", "cause", "offset", "channel",
            name="uq_deliveries_ledger",
        ),
        UniqueConstraint("message_id"),
        CheckConstraint(f"status in {STATUSES}", name="status"),
        CheckConstraint(f"cause in {CAUSES}", name="cause"),
        Index(
            "ix_deliveries_due",
            text("coalesce(retry_at, due_at)"),
            "id",
            postgresql_where=text("status = 'scheduled'"),
        ),
        Index("ix_deliveries_sending", "meeting", "recipient", postgresql_where=text("status = 'sending'")),
        Index("ix_deliveries_person", "person", postgresql_where=text("person is not null")),
        Index("ix_deliveries_letter", "letter", postgresql_where=text("letter is not null")),
        Index("ix_deliveries_recipient", text("lower(recipient)"), "id"),
        Index("ix_deliveries_status", "status", "id"),
        Index("ix_deliveries_cause", "cause", "id"),
    )  # fmt: skip

    id: Mapped[Identity]
    rule: Mapped[UUID] = mapped_column(ForeignKey("reminder_rules.id"), index=True)
    entry: Mapped[UUID] = mapped_column("meeting")
    """In a column that is named for what it was first. No key: a meeting of the release before has no entry
    until it is announced."""
    occurrence: Mapped[datetime]
    cause: Mapped[str] = mapped_column(server_default=text("'reminder'"))
    step: Mapped[str] = mapped_column("offset")
    """The rule's offset, or the sequence of the entry of whose change this is news."""
    recipient: Mapped[str]
    name: Mapped[str | None]
    language: Mapped[str | None]
    time_zone: Mapped[str | None]
    person: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    channel: Mapped[str]
    digest: Mapped[bool] = mapped_column(server_default=text("false"))
    due_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="scheduled")
    line_id: Mapped[str] = mapped_column("message_id")
    """The `Message-ID` of a letter that tells this alone."""
    told: Mapped[str | None]
    """What the recipient was told of time, place and length, as `planned.told_of` has it; with an attempt."""
    previous_start: Mapped[datetime | None]
    """Of news of a move: the time that the recipient was told before."""
    letter: Mapped[str | None]
    """The `Message-ID` of the letter that told this together with other lines."""
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    job: Mapped[UUID | None]
    """Of a line that the release before promised."""
    owner: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    detail: Mapped[str | None]
    history: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'"))

    of: Mapped[Entry | None] = relationship(
        primaryjoin=lambda: foreign(Delivery.entry) == Entry.id, lazy="raise", viewonly=True
    )

    @property
    def message_id(self) -> str:
        return self.letter or self.line_id

    @property
    def offset(self) -> str | None:
        return self.step if self.cause in ("reminder", "escalation") else None

    @property
    def meeting(self) -> UUID | None:
        """The meeting that this is about, if it is about one."""
        return self.entry if self.of is None or self.of.kind == "meeting" else None


DUE = func.coalesce(Delivery.retry_at, Delivery.due_at)
"""When a scheduled line is to be looked at next, as the index has it."""
