from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, CreatedAt, Identity, Json, UpdatedAt
from domain.meetings.models import Meeting

LANGUAGES = ("en", "fr", "es")


class Agenda(Base):
    """That a meeting has an agenda, and which version of it people edit: it goes up with every change."""

    __tablename__ = "agendas"

    meeting: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    drafted_at: Mapped[datetime]
    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    def etags(self, language: str) -> list[str]:
        """That of an answer in a language first; each of the others guards a change as well."""
        languages = sorted(LANGUAGES, key=lambda other: other != language)
        return [f'"{self.meeting}.{self.version}.{other}"' for other in languages]


class AgendaItem(Base):
    """A point of an agenda: as it is drafted, and beside it what people say of it.

    `key` names what was drafted, so that drafting again finds it; a point that people added has none.
    `title` and `below` are drafted, `renamed` is a person's title. What was dropped has no position.
    """

    __tablename__ = "agenda_items"
    __table_args__ = (
        UniqueConstraint("meeting", "key"),
        CheckConstraint("status in ('planned','treated','postponed','dropped')", name="status"),
        CheckConstraint("(status = 'dropped') = (position is null)", name="position"),
        CheckConstraint("key is not null or renamed is not null", name="title"),
        Index("ix_agenda_items_meeting", "meeting", "position"),
        Index("ix_agenda_items_carrying", "meeting", postgresql_where=text("kind = 'action-items'")),
    )

    id: Mapped[Identity]
    meeting: Mapped[UUID] = mapped_column(ForeignKey("agendas.meeting", ondelete="CASCADE"))
    key: Mapped[str | None]
    kind: Mapped[str]
    position: Mapped[int | None]
    title: Mapped[dict[str, str]]
    renamed: Mapped[str | None]
    source: Mapped[Json | None]
    below: Mapped[list[dict[str, Any]]]
    note: Mapped[str | None]
    presenter: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    minutes: Mapped[int | None]
    status: Mapped[str] = mapped_column(default="planned")
    edited: Mapped[bool] = mapped_column(server_default=false())


class Minutes(Base):
    """What was said at a meeting, in Markdown, and who took part."""

    __tablename__ = "minutes"

    meeting: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    text: Mapped[str]
    language: Mapped[str]
    attendees: Mapped[Json]
    by: Mapped[str]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    @property
    def etag(self) -> str:
        return f'"{self.meeting}.minutes.{self.version}"'


class Decision(Base):
    """What a meeting decided. It is under the meeting's framework and concerns the same State."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("meeting", "number"),
        CheckConstraint("status in ('taken','carried-out','superseded')", name="status"),
        Index("ix_decisions_standing", "meeting", postgresql_where=text("status = 'taken'")),
    )

    id: Mapped[Identity]
    meeting: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    number: Mapped[int]
    text: Mapped[str]
    status: Mapped[str] = mapped_column(default="taken")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    of: Mapped[Meeting] = relationship(lazy="raise")

    @property
    def framework(self) -> str:
        return self.of.framework

    @property
    def state(self) -> str | None:
        return self.of.state

    @property
    def etag(self) -> str:
        return f'"{self.id}.{self.version}"'


class ActionItem(Base):
    """What somebody is to do after a meeting. `over` is the end of the day on which it is due.

    It is under the meeting's framework and concerns the same State.
    """

    __tablename__ = "action_items"
    __table_args__ = (
        CheckConstraint("status in ('open','done','cancelled')", name="status"),
        CheckConstraint("(status = 'done') = (done_on is not null)", name="done_on"),
        CheckConstraint("(due_on is null) = (over is null)", name="over"),
        Index("ix_action_items_meeting", "meeting"),
        Index("ix_action_items_open", "meeting", postgresql_where=text("status = 'open'")),
        Index("ix_action_items_owner", "owner"),
    )

    id: Mapped[Identity]
    meeting: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    decision: Mapped[UUID | None] = mapped_column(ForeignKey("decisions.id"))
    text: Mapped[str]
    owner: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    due_on: Mapped[date | None]
    over: Mapped[datetime | None]
    time_zone: Mapped[str]
    status: Mapped[str] = mapped_column(default="open")
    done_on: Mapped[date | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    of: Mapped[Meeting] = relationship(lazy="raise")

    @property
    def framework(self) -> str:
        return self.of.framework

    @property
    def state(self) -> str | None:
        return self.of.state

    def overdue(self, now: datetime) -> bool:
        return self.status == "open" and self.over is not None and self.over <= now
