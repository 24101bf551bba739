"""Jobs of many parts: each part is a job of its own, and the whole ends when the last of them has.

While it waits, nobody holds the whole: it is running without a lease, so that no worker can lose it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from domain.jobs.actions import Claim, row_of, while_held
from domain.jobs.models import Job
from schemas.jobs import Order

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

OPEN = ("queued", "running")
WAITING = (Job.status == "running", Job.lease_until.is_(None))


@dataclass(frozen=True, slots=True)
class Part:
    """What is to be done about one subject."""

    order: Order
    subject: str
    state: str | None


async def have_been_promised(session: AsyncSession, whole: UUID) -> bool:
    """Whether the job has had parts before."""
    return bool(await session.scalar(select(exists().where(Job.part_of == whole))))


async def promise_parts(session: AsyncSession, whole: UUID, parts: Sequence[Part]) -> None:
    """Have each part carried out, unless it failed before or its subject has an open job of its own.

    One that succeeded before is carried out again.
    """
    job = await session.get_one(Job, whole)
    failed = Job.status.in_(("failed", "cancelled"))
    in_vain = set(await session.scalars(select(Job.subject).where(Job.part_of == whole, failed)))
    rows = [
        row_of(part.order, subject=part.subject, promised_by=job.promised_by, state=part.state)
        | {"part_of": whole}
        for part in parts
        if part.subject not in in_vain
    ]
    if rows:
        await session.execute(insert(Job).on_conflict_do_nothing(), rows)


async def wait(session: AsyncSession, held: Claim, *, phase: str) -> bool:
    """Let go of a job until its parts have ended, without counting the attempt. False when they have."""
    counts = select(func.count(), func.count().filter(Job.status.not_in(OPEN))).where(Job.part_of == held.id)
    total, ended = (await session.execute(counts)).one()
    if ended == total:
        return False
    # The next epoch, so that a late heartbeat cannot give the job a lease again.
    await while_held(
        session,
        held,
        phase=phase,
        done=ended,
        total=total,
        epoch=Job.epoch + 1,
        attempts=Job.attempts - 1,
        lease_owner=None,
        lease_until=None,
    )
    return True


async def follow(session: AsyncSession) -> None:
    """Tell how far waiting jobs are, and queue those again whose parts have all ended."""
    part = aliased(Job)
    ended = select(func.count()).where(part.part_of == Job.id, part.status.not_in(OPEN)).scalar_subquery()
    await session.execute(
        update(Job)
        .where(*WAITING, Job.done != ended)
        .values(done=ended)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Job)
        .where(*WAITING, ~exists().where(part.part_of == Job.id, part.status.in_(OPEN)))
        .values(status="queued", run_after=func.now(), handed_at=None)
        .execution_options(synchronize_session=False)
    )


async def cancel_parts(session: AsyncSession, whole: Job) -> None:
    """What has not ended of a cancelled job is cancelled with it."""
    await session.execute(
        update(Job)
        .where(Job.part_of == whole.id, Job.status.in_(OPEN))
        .values(status="cancelled", finished=whole.finished)
        .execution_options(synchronize_session=False)
    )
