from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Identity, Json


class Derivation(Base):
    """What an assessment's crosswalk items were derived from. Where that differs from now, they are stale."""

    __tablename__ = "crosswalk_derivations"

    assessment_id: Mapped[UUID] = mapped_column(
        ForeignKey("assessments.id", ondelete="CASCADE"), primary_key=True
    )
    graph: Mapped[int] = mapped_column(BigInteger)
    """The version of the graph of accepted mappings."""

    decisions: Mapped[int]
    """How many had been taken on the findings. None is ever taken back or changed."""

    fingerprint: Mapped[str]
    """Of the items: those that would come out the same are not written again."""


class CrosswalkItem(Base):
    """What an assessment establishes for one provision of another framework: derived, never entered."""

    __tablename__ = "crosswalk_items"
    __table_args__ = (
        UniqueConstraint("assessment_id", "provision"),
        Index("ix_crosswalk_items_framework", "assessment_id", "framework", "position"),
    )

    id: Mapped[Identity]
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id", ondelete="CASCADE"))
    framework: Mapped[str]
    position: Mapped[int]
    provision: Mapped[str]
    established: Mapped[str]
    bounds: Mapped[Json | None]
    confidence: Mapped[float]
    statement: Mapped[str]
    level: Mapped[int | None]
    paths: Mapped[list[dict[str, Any]]]
    conflict: Mapped[bool]
    stale: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Written by the release before. What holds is what the derivation says."""

    reuse: Mapped[list[str]]


class CrosswalkOverride(Base):
    """A person's word on a provision, for as long as it is not taken back: whatever is derived meanwhile."""

    __tablename__ = "crosswalk_overrides"
    __table_args__ = (UniqueConstraint("submission_id", "provision"),)

    id: Mapped[Identity]
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    revision: Mapped[int]
    provision: Mapped[str]
    established: Mapped[str]
    reason: Mapped[str]
    by: Mapped[str]
    key: Mapped[UUID | None]
    at: Mapped[datetime]
    derived_then: Mapped[str]
