from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, CreatedAt, Identity, UpdatedAt


class Schedule(Base):
    """The rule by which cycles of a framework, and first reports under it, follow from year to year.

    `kept_from` is the day on which the rule came to be known here: it asks for nothing that was due before.
    """

    __tablename__ = "reporting_schedules"

    framework: Mapped[str] = mapped_column(ForeignKey("frameworks.key"), primary_key=True)
    report: Mapped[str]
    due: Mapped[str]
    initial_days: Mapped[int | None]
    time_zone: Mapped[str]
    first: Mapped[int]
    kept_from: Mapped[date] = mapped_column(server_default=func.current_date())
    source: Mapped[str]


class Cycle(Base):
    """What a framework asks for a period: made by its schedule, or put by somebody, which then stands."""

    __tablename__ = "reporting_cycles"
    __table_args__ = (CheckConstraint("covers_from <= covers_to", name="covers"),)

    framework: Mapped[str] = mapped_column(ForeignKey("frameworks.key"), primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    report: Mapped[str]
    covers_from: Mapped[date]
    covers_to: Mapped[date]
    due_on: Mapped[date]
    time_zone: Mapped[str]
    locked_on: Mapped[date | None]
    states: Mapped[list[str] | None]
    source: Mapped[str]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    @property
    def etag(self) -> str:
        return f'"{self.framework}.{self.period}.{self.version}"'


class Obligation(Base):
    """That a State owes a report for a period; at most one, which the database sees to.

    `over` is the end of the day on which it is due. One that turns out not to be owed, because the State
    was not bound after all, stays as such (`owed` false) and is shown to nobody. `submission` is the report
    that was handed in here first, `elsewhere_on` the day of one that people say was handed in elsewhere: it
    was met on the earlier of the two.
    """

    __tablename__ = "obligations"
    __table_args__ = (
        UniqueConstraint("framework", "state", "period"),
        CheckConstraint("status in ('open','met','waived')", name="status"),
        CheckConstraint("(status = 'met') = (met_on is not null)", name="met_on"),
        Index("ix_obligations_over", "over", "id", postgresql_where=text("owed")),
        Index("ix_obligations_cycle", "framework", "period"),
    )

    id: Mapped[Identity]
    framework: Mapped[str] = mapped_column(ForeignKey("frameworks.key"))
    state: Mapped[str] = mapped_column(ForeignKey("states.iso3"), index=True)
    period: Mapped[str]
    report: Mapped[str]
    initial: Mapped[bool]
    first_due_on: Mapped[date]
    due_on: Mapped[date]
    over: Mapped[datetime]
    time_zone: Mapped[str]
    owed: Mapped[bool] = mapped_column(default=True)
    status: Mapped[str] = mapped_column(default="open")
    reason: Mapped[str | None]
    decided_by: Mapped[str | None]
    submission: Mapped[UUID | None] = mapped_column(index=True)
    met_on: Mapped[date | None]
    elsewhere_on: Mapped[date | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    @property
    def kind(self) -> str:
        return "initial" if self.initial else "periodic"

    def etags(self, now: datetime) -> list[str]:
        """Another one once it is overdue, though nobody changed it: that does not stand in anyone's way."""
        etags = [f'"{self.id}.{self.version}"', f'"{self.id}.{self.version}.overdue"']
        return etags[::-1] if self.status == "open" and self.over <= now else etags

    @property
    def on_time(self) -> bool | None:
        return self.met_on <= self.due_on if self.met_on is not None else None
