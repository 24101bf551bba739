from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, CreatedAt, Identity, UpdatedAt
from schemas.plan_progress import RollUp

STATUSES = ("not-started", "under-way", "done", "dropped")
ROLL_UPS = ("leaves", "weighted", "worst", "milestones")
STAGES = ("planned", "committed", "spent")
RECORDED = ("plan", "mandate", "set-up", "data-source", "intervention", "forum")


class Mandate(Base):
    """Terms of reference given to some States, from a day until another; both days are included."""

    __tablename__ = "mandates"
    __table_args__ = (
        CheckConstraint("until >= since", name="period"),
        Index("ix_mandates_framework", "framework", "since"),
    )

    id: Mapped[Identity]
    framework: Mapped[str] = mapped_column(ForeignKey("frameworks.key"))
    terms: Mapped[str] = mapped_column(ForeignKey("frameworks.key"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    holders: Mapped[list[MandateHolder]] = relationship(
        lazy="raise", order_by="MandateHolder.position", cascade="all, delete-orphan"
    )
    carried_out: Mapped[Plan] = relationship(lazy="raise")

    @property
    def plan(self) -> UUID:
        return self.carried_out.id

    @property
    def states(self) -> list[str]:
        return [holder.state for holder in self.holders]

    @property
    def etag(self) -> str:
        return f'"{self.id}.{self.version}"'


class MandateHolder(Base):
    """A State that holds a mandate, and the persons who act for it."""

    __tablename__ = "mandate_holders"

    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandates.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(ForeignKey("states.iso3"), primary_key=True, index=True)
    position: Mapped[int]
    persons: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    role: Mapped[str | None]


class Plan(Base):
    """The tree of an edition, carried out by an owner from a day until another; both days are included.

    That of a mandate has the mandate's period and is owned by its holders, however those change.
    """

    __tablename__ = "plans"
    __table_args__ = (
        ForeignKeyConstraint(["framework", "edition"], ["editions.framework_key", "editions.key"]),
        UniqueConstraint("mandate"),
        CheckConstraint('"end" >= start', name="period"),
        CheckConstraint('"end" is not null or mandate is not null', name="ends"),
        CheckConstraint(f"rollup in {ROLL_UPS}", name="rollup"),
        CheckConstraint("num_nonnulls(from_plan, from_assessment, from_document) <= 1", name="one_origin"),
        Index("ix_plans_owner", "framework", func.lower(text("owner"))),
    )

    id: Mapped[Identity]
    framework: Mapped[str] = mapped_column(ForeignKey("frameworks.key"))
    edition: Mapped[str]
    title: Mapped[str]
    owner: Mapped[str]
    state: Mapped[str | None] = mapped_column(ForeignKey("states.iso3"), index=True)
    mandate: Mapped[UUID | None] = mapped_column(ForeignKey("mandates.id"))
    start: Mapped[date]
    end: Mapped[date | None]
    rollup: Mapped[RollUp] = mapped_column(Text, server_default=ROLL_UPS[0])
    from_plan: Mapped[UUID | None] = mapped_column(ForeignKey("plans.id"), index=True)
    from_item: Mapped[str | None]
    from_assessment: Mapped[UUID | None] = mapped_column(ForeignKey("assessments.id", ondelete="SET NULL"))
    from_document: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    @property
    def called(self) -> str:
        """Its name among plans of the same title. That of a mandate has none of an owner: holders change."""
        named = self.mandate is not None or self.owner in self.title
        return self.title if named else f"{self.title}, {self.owner}"

    @property
    def origin(self) -> dict[str, UUID | str | None] | None:
        """What it follows from."""
        named = {
            "plan": self.from_plan,
            "item": self.from_item,
            "assessment": self.from_assessment,
            "document": self.from_document,
        }
        return named if any(named.values()) else None

    @property
    def etag(self) -> str:
        return f'"{self.id}.{self.version}"'


class PlanItem(Base):
    """A provision as the owner of a plan carries it out. What it is stays as the edition had it."""

    __tablename__ = "plan_items"
    __table_args__ = (
        UniqueConstraint("plan_id", "ref"),
        CheckConstraint(f"status in {STATUSES}", name="status"),
        CheckConstraint("due >= start", name="dates"),
        CheckConstraint("weight >= 0", name="weight"),
        Index("ix_plan_items_reading_order", "plan_id", "position"),
    )

    id: Mapped[Identity]
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"))
    ref: Mapped[str]
    parent: Mapped[str | None]
    position: Mapped[int]
    depth: Mapped[int]
    kind: Mapped[str]
    title: Mapped[dict[str, str]]
    counts: Mapped[bool] = mapped_column(server_default=false())
    """Whether it is work that the progress counts: a leaf of the tree, and no heading."""

    status: Mapped[str] = mapped_column(server_default=STATUSES[0])
    responsible: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    """Names, and ids of persons."""

    stakeholders: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'"))
    weight: Mapped[Decimal] = mapped_column(server_default=text("1"))
    note: Mapped[str | None]
    start: Mapped[date | None]
    due: Mapped[date | None]
    evidence: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    progressed_at: Mapped[datetime | None]
    """When it was last changed or noted upon. Not a part of its version: a note makes no edit stale."""

    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(server_default=text("1"))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    budget: Mapped[list[ItemBudgetLine]] = relationship(
        lazy="raise", order_by="ItemBudgetLine.position", cascade="all, delete-orphan"
    )

    @property
    def etag(self) -> str:
        return f'"{self.id}.{self.version}"'


class Money:
    """A line of a budget: an amount for one thing, from one source."""

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount: Mapped[Decimal]
    currency: Mapped[str]
    stage: Mapped[str]
    source: Mapped[str | None]
    year: Mapped[int | None]
    gender_responsive: Mapped[bool]


def lines_of_money() -> tuple[CheckConstraint, ...]:
    """What the database holds lines of budgets to."""
    return (
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint(f"stage in {STAGES}", name="stage"),
    )


class ItemBudgetLine(Money, Base):
    __tablename__ = "plan_item_budgets"
    __table_args__ = lines_of_money()

    item_id: Mapped[UUID] = mapped_column(ForeignKey("plan_items.id", ondelete="CASCADE"), primary_key=True)


class PlanChange(Base):
    """Who changed what of a plan beside its items, or of a mandate, and when. Only added to."""

    __tablename__ = "plan_changes"
    __table_args__ = (
        CheckConstraint("num_nonnulls(plan_id, mandate_id) = 1", name="subject"),
        CheckConstraint(f"kind in {RECORDED}", name="kind"),
        Index("ix_plan_changes_plan", "plan_id", "id"),
        Index("ix_plan_changes_mandate", "mandate_id", "id"),
    )

    id: Mapped[Identity]
    plan_id: Mapped[UUID | None] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"))
    mandate_id: Mapped[UUID | None] = mapped_column(ForeignKey("mandates.id", ondelete="CASCADE"))
    kind: Mapped[str]
    thing: Mapped[UUID]
    changes: Mapped[list[dict[str, Any]]]
    by: Mapped[str]
    key: Mapped[UUID | None]
    at: Mapped[datetime]


class ItemChange(Base):
    """Who changed what of an item, and when: each changed field with what it was before. Only added to."""

    __tablename__ = "plan_item_changes"

    id: Mapped[Identity]
    item_id: Mapped[UUID] = mapped_column(ForeignKey("plan_items.id", ondelete="CASCADE"), index=True)
    changes: Mapped[list[dict[str, Any]]]
    by: Mapped[str]
    key: Mapped[UUID | None]
    at: Mapped[datetime]


class ItemNote(Base):
    """What was done for an item on a day. Only added to."""

    __tablename__ = "plan_item_notes"
    __table_args__ = (Index("ix_plan_item_notes_days", "item_id", "on"),)

    id: Mapped[Identity]
    item_id: Mapped[UUID] = mapped_column(ForeignKey("plan_items.id", ondelete="CASCADE"))
    on: Mapped[date]
    text: Mapped[str]
    evidence: Mapped[list[str]]
    by: Mapped[str]
    key: Mapped[UUID | None]
    at: Mapped[datetime]
