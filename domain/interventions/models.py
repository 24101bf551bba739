from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from domain.base import Base, CreatedAt, Identity, UpdatedAt
from domain.plans.models import STATUSES, Money, lines_of_money
from schemas.interventions import Forum

AIMS = ("principal", "significant", "none")
CATEGORIES = ("A", "B", "C")
FORUMS = ("imrf", "regional-review", "secretary-general-report")


class OfAPlan:
    """What belongs to a plan, and is edited by several people."""

    id: Mapped[Identity]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(default=1)

    @declared_attr
    def plan_id(cls) -> Mapped[UUID]:  # noqa: N805 - SQLAlchemy gives the class
        return mapped_column(ForeignKey("plans.id", ondelete="CASCADE"))

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy gives the class
        return {"version_id_col": cls.version}

    @property
    def etag(self) -> str:
        return f'"{self.id}.{self.version}"'


class SetUp(OfAPlan, Base):
    """The body that carries the implementation, and who is in it."""

    __tablename__ = "set_ups"
    __table_args__ = (UniqueConstraint("plan_id"), CheckConstraint("option in (1, 2)", name="option"))

    option: Mapped[int]
    body: Mapped[str]
    since: Mapped[date | None]
    members: Mapped[list[dict[str, Any]]]
    considered: Mapped[list[str]]
    note: Mapped[str | None]


class DataSource(OfAPlan, Base):
    __tablename__ = "data_sources"
    __table_args__ = (Index("ix_data_sources_plan", "plan_id", "id"),)

    title: Mapped[str]
    producer: Mapped[str | None]
    kind: Mapped[str]
    address: Mapped[str | None]
    objectives: Mapped[list[str]]
    indicators: Mapped[list[str]]
    expected: Mapped[list[str]]
    """With what the indicators expected when they were named."""

    disaggregations: Mapped[list[str]]
    sex_is_required: Mapped[bool | None]
    is_protected: Mapped[bool | None]
    note: Mapped[str | None]


class Intervention(OfAPlan, Base):
    """What is done for objectives of a framework. The computed category of its marker is kept nowhere."""

    __tablename__ = "interventions"
    __table_args__ = (
        CheckConstraint('"end" >= start', name="dates"),
        CheckConstraint(f"status in {STATUSES}", name="status"),
        CheckConstraint(f"aim in {AIMS}", name="aim"),
        CheckConstraint(f"assigned in {CATEGORIES}", name="assigned"),
        Index("ix_interventions_plan", "plan_id", "id"),
    )

    title: Mapped[str]
    description: Mapped[str | None]
    objectives: Mapped[list[str]]
    status: Mapped[str]
    start: Mapped[date | None]
    end: Mapped[date | None]
    aim: Mapped[str]
    analysis: Mapped[str | None]
    needs: Mapped[str | None]
    stakeholders: Mapped[list[dict[str, Any]]]
    indicators: Mapped[list[dict[str, Any]]]
    assigned: Mapped[str | None]
    assigned_reason: Mapped[str | None]
    assigned_by: Mapped[str | None]
    assigned_at: Mapped[datetime | None]

    budget: Mapped[list[InterventionBudgetLine]] = relationship(
        lazy="raise", order_by="InterventionBudgetLine.position", cascade="all, delete-orphan"
    )


class InterventionBudgetLine(Money, Base):
    __tablename__ = "intervention_budgets"
    __table_args__ = lines_of_money()

    intervention_id: Mapped[UUID] = mapped_column(
        ForeignKey("interventions.id", ondelete="CASCADE"), primary_key=True
    )


class ForumReport(OfAPlan, Base):
    """What is known of a forum in a year of a plan, and of the report to it."""

    __tablename__ = "forum_reports"
    __table_args__ = (
        UniqueConstraint("plan_id", "forum", "year"),
        CheckConstraint(f"forum in {FORUMS}", name="forum"),
    )

    forum: Mapped[Forum] = mapped_column(Text)
    year: Mapped[int]
    on: Mapped[date | None]
    due: Mapped[date | None]
    submitted_on: Mapped[date | None]
    evidence: Mapped[list[str]]
