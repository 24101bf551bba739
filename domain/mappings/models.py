from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, CreatedAt, Identity, Json, UpdatedAt

SUGGESTED_SETS = "suggested-"
"""How the keys of sets begin that the machine fills. Nobody brings them."""


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
    """Of the document that was brought last."""

    revision: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Rises whenever single mappings of the set are stated or reviewed."""

    created: Mapped[CreatedAt]
    updated: Mapped[UpdatedAt]

    __table_args__ = (UniqueConstraint("key"),)

    @property
    def etag(self) -> str:
        return f'"{self.fingerprint[:20]}-{self.revision}"'


class Mapping(Base):
    """One row: `subject` stands in `relation` to `object`.

    `slots` is the SSSOM row but for what stands in columns and is no slot of the specification: its status,
    rationale, source paragraph and joint group.
    """

    __tablename__ = "mappings"
    __table_args__ = (
        CheckConstraint("status in ('suggested','accepted','rejected','deprecated')", name="status"),
        Index("ix_mappings_reading_order", "set_id", "position"),
        Index(
            "ix_mappings_frameworks",
            text("split_part(subject, ':', 1)"),
            text("split_part(object, ':', 1)"),
            "id",
        ),
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
    joint_group: Mapped[str | None]
    """In the set: its members together equal what they all lie within."""

    absent_from: Mapped[str | None]
    """The framework in which there is no counterpart, where that is what the mapping states."""

    decided_at: Mapped[datetime | None]
    """When somebody stated or reviewed it here; null while it stands as its document had it."""

    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))

    @property
    def etag(self) -> str:
        return f'"{self.id.hex[-12:]}-{self.version}"'


class MappingGraph(Base):
    """One row: the version of what accepted mappings connect. Triggers raise it, whoever makes the change."""

    __tablename__ = "mapping_graph"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default=text("1"))
    version: Mapped[int] = mapped_column(BigInteger)
