from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, CreatedAt, Identity, Json, UpdatedAt


class Person(Base):
    """Somebody who is written to: a focal point, an official, a member of a secretariat."""

    __tablename__ = "persons"
    __table_args__ = (Index("uq_persons_email", text("lower(email)"), unique=True),)

    id: Mapped[Identity]
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[str | None]
    time_zone: Mapped[str | None]
    working_hours: Mapped[Json | None]
    state: Mapped[str | None] = mapped_column(ForeignKey("states.iso3"), index=True)
    organisation: Mapped[str | None]
    role: Mapped[str | None]
    telephone: Mapped[str | None]
    left: Mapped[date | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    def is_there(self, day: date) -> bool:
        """Whether they can still be asked."""
        return self.left is None or self.left > day

    @property
    def etag(self) -> str:
        return f'"{self.id}.{self.version}"'


class Committee(Base):
    """Persons who meet and are written to together, under a framework or beside all."""

    __tablename__ = "committees"

    key: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[dict[str, str]]
    framework: Mapped[str | None] = mapped_column(ForeignKey("frameworks.key"), index=True)
    created_at: Mapped[CreatedAt]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    @property
    def etag(self) -> str:
        return f'"{self.key}.{self.version}"'


class CommitteeMember(Base):
    """That a person belongs to a committee from a day until another; both days are included."""

    __tablename__ = "committee_members"

    id: Mapped[Identity]
    committee: Mapped[str] = mapped_column(ForeignKey("committees.key"), index=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    role: Mapped[str | None]
    since: Mapped[date]
    until: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    of: Mapped[Person] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    @property
    def etag(self) -> str:
        return f'"{self.id}.{self.version}"'
