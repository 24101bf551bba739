from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from domain.base import Base, Identity


class Statement:
    """What somebody states about an indicator of a plan or a State. Only added to: the last number counts."""

    id: Mapped[Identity]
    indicator: Mapped[str]
    """By reference, whatever the edition."""

    number: Mapped[int]
    reason: Mapped[str | None]
    by: Mapped[str]
    key: Mapped[UUID | None]
    at: Mapped[datetime]

    @declared_attr
    def plan_id(cls) -> Mapped[UUID | None]:  # noqa: N805 - SQLAlchemy gives the class
        return mapped_column(ForeignKey("plans.id", ondelete="CASCADE"))

    @declared_attr
    def state(cls) -> Mapped[str | None]:  # noqa: N805 - SQLAlchemy gives the class
        return mapped_column(ForeignKey("states.iso3"))

    @property
    def plan(self) -> UUID | None:
        return self.plan_id

    @property
    def etag(self) -> str:
        return f'"{self.id}"'


def _numbered(table: str, *within: str) -> tuple[CheckConstraint | Index, ...]:
    return (
        CheckConstraint("num_nonnulls(plan_id, state) = 1", name="subject"),
        *(
            Index(f"uq_{table}_{subject}", subject, "indicator", *within, "number", unique=True)
            for subject in ("plan_id", "state")
        ),
    )


class AgreedTerms(Statement, Base):
    """What takes the place of what the framework prints of an indicator, or leaves open."""

    __tablename__ = "agreed_terms"
    __table_args__ = _numbered("agreed_terms")

    baseline: Mapped[str | None]
    target: Mapped[str | None]
    direction: Mapped[str | None]
    growth: Mapped[str | None]
    counting: Mapped[str | None]


class AssignedProgress(Statement, Base):
    """How far a person says an indicator is at the end of a period. Without a status it was withdrawn."""

    __tablename__ = "assigned_progress"
    __table_args__ = _numbered("assigned_progress", "period")

    period: Mapped[str]
    ends: Mapped[date]
    status: Mapped[str | None]
