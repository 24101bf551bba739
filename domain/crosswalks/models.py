from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, Identity, Json


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
    paths: Mapped[list[dict[str, Any]]]
    conflict: Mapped[bool]
    stale: Mapped[bool] = mapped_column(default=False)
    reuse: Mapped[list[str]]
