from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import aliased, with_expression
from sqlalchemy.sql.base import ExecutableOption

from domain.access.rules import Actor
from domain.errors import NotFound
from domain.jobs.models import Job
from schemas.access import Scope
from schemas.jobs import Order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A key bound to a State sees the work of its own making and of its State."""
    if actor.state is None or actor.may(Scope.ADMIN):
        return true()
    return or_(Job.promised_by == actor.id, Job.state == actor.state)


def _with_failed_parts() -> ExecutableOption:
    part = aliased(Job)
    failed = select(func.count()).where(part.part_of == Job.id, part.status == "failed")
    return with_expression(Job.failed, failed.correlate(Job).scalar_subquery())


async def find(session: AsyncSession, job_id: UUID, *, actor: Actor) -> Job:
    wanted = select(Job).where(Job.id == job_id, visible_to(actor)).options(_with_failed_parts())
    job = await session.scalar(wanted)
    if job is None:
        raise NotFound(f"There is no job {job_id}.")
    return job


async def page(
    session: AsyncSession,
    *,
    actor: Actor,
    status: str | None,
    part_of: UUID | None,
    before: UUID | None,
    limit: int,
) -> Sequence[Job]:
    """Newest first."""
    rows = (
        select(Job)
        .where(visible_to(actor))
        .order_by(Job.id.desc())
        .limit(limit)
        .options(_with_failed_parts())
    )
    if status is not None:
        rows = rows.where(Job.status == status)
    if part_of is not None:
        rows = rows.where(Job.part_of == part_of)
    if before is not None:
        rows = rows.where(Job.id < before)
    return (await session.scalars(rows)).all()


async def open_job(session: AsyncSession, order: Order, subject: str) -> Job | None:
    """The job of this kind about this subject that is yet to finish, if there is one."""
    found: Job | None = await session.scalar(
        select(Job).where(
            Job.kind == order.kind, Job.subject == subject, Job.status.in_(["queued", "running"])
        )
    )
    return found
