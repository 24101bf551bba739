from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, CreatedAt, Identity, Json, UpdatedAt


class InformationRequest(Base):
    """What a State is asked. On a criterion of a submission at most one is under way at a time."""

    __tablename__ = "information_requests"
    __table_args__ = (
        CheckConstraint("status in ('draft','open','answered','closed','withdrawn')", name="status"),
        CheckConstraint("status <> 'open' or (asked_on is not null and due_on is not null)", name="asked"),
        CheckConstraint("criterion is null or submission is not null", name="criterion"),
        Index(
            "uq_information_requests_under_way",
            "submission",
            "criterion",
            unique=True,
            postgresql_where=text("criterion is not null and status in ('draft','open','answered')"),
        ),
        Index("ix_information_requests_submission", "submission"),
        Index("ix_information_requests_framework", "framework", "status"),
    )

    id: Mapped[Identity]
    framework: Mapped[str] = mapped_column(ForeignKey("frameworks.key"))
    state: Mapped[str] = mapped_column(ForeignKey("states.iso3"), index=True)
    submission: Mapped[UUID | None] = mapped_column(ForeignKey("submissions.id"))
    revision: Mapped[int | None]
    criterion: Mapped[str | None]
    questions: Mapped[list[dict[str, Any]]]
    asked_on: Mapped[date | None]
    due_on: Mapped[date | None]
    over: Mapped[datetime | None]
    time_zone: Mapped[str]
    owner: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    status: Mapped[str] = mapped_column(default="draft")
    answer: Mapped[Json | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    def overdue(self, now: datetime) -> bool:
        return self.status == "open" and self.over is not None and self.over <= now

    def etags(self, now: datetime) -> list[str]:
        """Another one once it is overdue, though nobody changed it: that does not stand in anyone's way."""
        etags = [f'"{self.id}.{self.version}"', f'"{self.id}.{self.version}.overdue"']
        return etags[::-1] if self.overdue(now) else etags
