from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, CreatedAt, Identity, UpdatedAt


class Round(Base):
    """By when States return which indicators, and which States are asked."""

    __tablename__ = "indicator_rounds"
    __table_args__ = (UniqueConstraint("framework", "key"),)

    id: Mapped[Identity]
    framework: Mapped[str] = mapped_column(ForeignKey("frameworks.key"))
    key: Mapped[str]
    title: Mapped[str | None]
    due: Mapped[date]
    indicators: Mapped[list[str]]
    expected: Mapped[list[str]]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    @property
    def round(self) -> str:
        return self.key

    @property
    def etag(self) -> str:
        return f'"{self.id}.{self.version}"'


class IndicatorReturn(Base):
    """What a State returned for a round, and what was found of it."""

    __tablename__ = "indicator_returns"
    __table_args__ = (UniqueConstraint("round_id", "state"),)

    id: Mapped[Identity]
    round_id: Mapped[UUID] = mapped_column(ForeignKey("indicator_rounds.id"))
    state: Mapped[str] = mapped_column(ForeignKey("states.iso3"), index=True)
    submitted_on: Mapped[date | None]
    in_proper_format: Mapped[bool | None]
    format_reasons: Mapped[list[str]]
    answers: Mapped[list[dict[str, Any]]]
    evidence: Mapped[list[str]]
    note: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    of: Mapped[Round] = relationship(lazy="raise")

    @property
    def etag(self) -> str:
        return f'"{self.id}.{self.version}"'


class ReturnChange(Base):
    """Who changed what of a round or a return, and when; the first entry says who made it. Only added to."""

    __tablename__ = "indicator_return_changes"
    __table_args__ = (
        CheckConstraint("num_nonnulls(round_id, return_id) = 1", name="subject"),
        Index("ix_indicator_return_changes_round", "round_id", "id"),
        Index("ix_indicator_return_changes_return", "return_id", "id"),
    )

    id: Mapped[Identity]
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("indicator_rounds.id", ondelete="CASCADE"))
    return_id: Mapped[UUID | None] = mapped_column(ForeignKey("indicator_returns.id", ondelete="CASCADE"))
    changes: Mapped[list[dict[str, Any]]]
    by: Mapped[str]
    key: Mapped[UUID | None]
    at: Mapped[datetime]
