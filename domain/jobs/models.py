from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column, query_expression

from domain.base import Base, CreatedAt, Identity, Json


class Job(Base):
    """Work that was promised: the record of what remains to be done and of what became of it.

    `epoch` counts the claims. Whoever holds the present epoch may finish the job; an earlier
    holder that comes back late is fenced off. `handed` counts the times it was given to the
    dispatcher, each under an id of its own. `part_of` is the job that this one is a part of.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("status in ('queued','running','succeeded','failed','cancelled')", name="status"),
        Index("ix_jobs_due", "queue", "run_after", postgresql_where=text("status = 'queued'")),
        Index("ix_jobs_leases", "lease_until", postgresql_where=text("status = 'running'")),
        Index(
            "uq_jobs_open_subject",
            "kind",
            "subject",
            unique=True,
            postgresql_where=text("status in ('queued','running')"),
        ),
        Index("ix_jobs_parts", "part_of", postgresql_where=text("part_of is not null")),
    )

    id: Mapped[Identity]
    kind: Mapped[str]
    queue: Mapped[str]
    arguments: Mapped[Json]
    subject: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="queued")
    phase: Mapped[str | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    result: Mapped[str | None]
    problem: Mapped[Json | None]
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int]
    epoch: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    run_after: Mapped[datetime] = mapped_column(server_default=text("now()"))
    handed_at: Mapped[datetime | None]
    handed: Mapped[int] = mapped_column(default=0)
    promised_by: Mapped[UUID | None]
    state: Mapped[str | None]
    part_of: Mapped[UUID | None]
    created: Mapped[CreatedAt]
    started: Mapped[datetime | None]
    finished: Mapped[datetime | None]
    failed: Mapped[int | None] = query_expression()
    """Parts that have failed, counted where a job is read in order to be shown."""

    @property
    def progress(self) -> dict[str, int | str | None]:
        return {"done": self.done, "failed": self.failed or 0, "total": self.total, "phase": self.phase}
