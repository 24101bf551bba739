from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, CreatedAt, Identity, Json, UpdatedAt


class MappingSet(Base):
    """A set of mappings from one source. Sets of the same pair of frameworks stand side by side."""

    __tablename__ = "mapping_sets"

    id: Mapped[Identity]
    key: Mapped[str]
    mapping_set_id: Mapped[str]
    title: Mapped[str | None]
    description: Mapped[str | None]
    version: Mapped[str | None]
    license: Mapped[str]
    unknown_slots: Mapped[list[str]]
    header: Mapped[Json]
    fingerprint: Mapped[str]
    created: Mapped[CreatedAt]
    updated: Mapped[UpdatedAt]

    __table_args__ = (UniqueConstraint("key"),)

    @property
    def etag(self) -> str:
        return f'"{self.fingerprint[:20]}"'


class Mapping(Base):
    """One row: `subject` stands in `relation` to `object`. `slots` is the SSSOM row, whole."""

    __tablename__ = "mappings"
    __table_args__ = (
        CheckConstraint("status in ('suggested','accepted','rejected','deprecated')", name="status"),
        Index("ix_mappings_reading_order", "set_id", "position"),
    )

    id: Mapped[Identity]
    set_id: Mapped[UUID] = mapped_column(ForeignKey("mapping_sets.id", ondelete="CASCADE"))
    set: Mapped[str]
    position: Mapped[int]
    subject: Mapped[str] = mapped_column(index=True)
    object: Mapped[str] = mapped_column(index=True)
    relation: Mapped[str | None]
    predicate_id: Mapped[str]
    predicate_modifier: Mapped[str | None]
    rationale: Mapped[str | None]
    confidence: Mapped[float | None]
    justification: Mapped[str]
    author: Mapped[list[str]]
    reviewer: Mapped[list[str]]
    reviewed_at: Mapped[date | None]
    source: Mapped[str | None]
    status: Mapped[str]
    comment: Mapped[str | None]
    slots: Mapped[Json]
