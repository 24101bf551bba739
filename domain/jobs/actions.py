"""Promise work, hand it over, hold it, finish it. The row is the record; a queue only says when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import case, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB

from domain.access.rules import Actor
from domain.base import new_id
from domain.errors import Conflict, Forbidden
from domain.jobs import rules
from domain.jobs.models import Job
from schemas.access import Scope
from schemas.jobs import Order

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


LOST = literal(
    {
        "code": "worker-lost",
        "detail": "The worker was lost each time it tried this; something in it may be what ends it.",
    },
    JSONB,
)


class Fenced(Exception):
    """The job was taken over or cancelled while this holder worked on it: record nothing."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job held by one worker: valid while `epoch` is the job's epoch."""

    id: UUID
    kind: str
    arguments: dict[str, Any]
    epoch: int


def promise(
    session: AsyncSession,
    order: Order,
    *,
    subject: str | None = None,
    actor: Actor | None = None,
    state: str | None = None,
) -> Job:
    """Have the worker carry out `order` if, and only if, this transaction commits.

    At most one open job may exist per (kind, `subject`); a second one fails the transaction.
    """
    job = Job(**row_of(order, subject=subject, promised_by=actor.id if actor else None, state=state))
    session.add(job)
    return job


def row_of(
    order: Order, *, subject: str | None, promised_by: UUID | None, state: str | None
) -> dict[str, Any]:
    """A job as it is promised."""
    return {
        "id": new_id(),
        "kind": order.kind,
        "queue": order.queue.value,
        "arguments": order.model_dump(mode="json"),
        "subject": subject,
        "max_attempts": order.max_attempts,
        "promised_by": promised_by,
        "state": state,
        "status": "queued",
        "attempts": 0,
        "done": 0,
    }


async def take_back_dead_leases(session: AsyncSession) -> None:
    """Jobs whose worker has not been heard of for a lease are queued again."""
    dead = (
        select(Job.id)
        .where(Job.status == "running", Job.lease_until < func.now())
        .limit(500)
        .with_for_update(skip_locked=True)
    )
    await session.execute(
        update(Job)
        .where(Job.id.in_(dead.scalar_subquery()))
        .values(
            status=case((Job.attempts >= Job.max_attempts, "failed"), else_="queued"),
            problem=case((Job.attempts >= Job.max_attempts, LOST), else_=Job.problem),
            finished=case((Job.attempts >= Job.max_attempts, func.now()), else_=None),
            handed_at=None,
            lease_owner=None,
            lease_until=None,
            run_after=func.now(),
        )
        .execution_options(synchronize_session=False)
    )


async def hand_over(session: AsyncSession, queue: str) -> list[tuple[UUID, int]]:
    """Mark due jobs as handed to the dispatcher; returns (id, how many times handed).

    A bounded number is with the dispatcher at a time, so a backlog stays in the table. What somebody asked
    for by itself goes before the parts of larger jobs.
    """
    waiting_since = func.now() - rules.HAND_AGAIN_AFTER
    unclaimed = await session.scalar(
        select(func.count()).where(Job.queue == queue, Job.status == "queued", Job.handed_at >= waiting_since)
    )
    room = rules.WINDOW[queue] - (unclaimed or 0)
    if room <= 0:
        return []
    due = (
        select(Job.id)
        .where(
            Job.queue == queue,
            Job.status == "queued",
            Job.run_after <= func.now(),
            or_(Job.handed_at.is_(None), Job.handed_at < waiting_since),
        )
        .order_by(Job.part_of.is_not(None), Job.run_after)
        .limit(room)
        .with_for_update(skip_locked=True)
    )
    handed = await session.execute(
        update(Job)
        .where(Job.id.in_(due.scalar_subquery()))
        .values(handed_at=func.now(), handed=Job.handed + 1)
        .returning(Job.id, Job.handed)
        .execution_options(synchronize_session=False)
    )
    return [(row.id, row.handed) for row in handed]


async def claim(session: AsyncSession, job_id: UUID, *, owner: str) -> Claim | None:
    """Take a queued job for one lease; None if it is not there to be taken."""
    taken = await session.execute(
        update(Job)
        .where(Job.id == job_id, Job.status == "queued", Job.run_after <= func.now())
        .values(
            status="running",
            attempts=Job.attempts + 1,
            epoch=Job.epoch + 1,
            lease_owner=owner,
            lease_until=func.now() + rules.LEASE,
            started=func.coalesce(Job.started, func.now()),
        )
        .returning(Job.id, Job.kind, Job.arguments, Job.epoch)
        .execution_options(synchronize_session=False)
    )
    row = taken.one_or_none()
    return Claim(row.id, row.kind, row.arguments, row.epoch) if row else None


async def while_held(session: AsyncSession, held: Claim, **values: Any) -> None:
    """Write to a job's row. Raises Fenced when the job is no longer this holder's."""
    done = await session.execute(
        update(Job)
        .where(Job.id == held.id, Job.epoch == held.epoch, Job.status == "running")
        .values(**values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    if done.one_or_none() is None:
        raise Fenced


async def hold(session: AsyncSession, held: Claim) -> None:
    """Renew the lease. Raises Fenced when the job is no longer this holder's."""
    await while_held(session, held, lease_until=func.now() + rules.LEASE)


async def report(session: AsyncSession, held: Claim, *, phase: str, done: int, total: int) -> None:
    """Tell those who watch how far the job is."""
    await while_held(session, held, phase=phase, done=done, total=total)


async def succeed(session: AsyncSession, held: Claim, *, result: str | None) -> None:
    """Finish in the transaction of the job's effects: both commit together, or neither."""
    ended = func.clock_timestamp()  # the transaction may have begun when the job did
    await while_held(
        session, held, status="succeeded", result=result, problem=None, finished=ended, lease_until=None
    )


async def fail(session: AsyncSession, held: Claim, problem: dict[str, Any]) -> None:
    """Give up for good: trying again would end the same way."""
    await while_held(session, held, status="failed", problem=problem, finished=func.now(), lease_until=None)


async def try_again(session: AsyncSession, held: Claim, problem: dict[str, Any], *, wait: timedelta) -> None:
    """Queue the job again after `wait`, or fail it when its attempts are used up."""
    exhausted = Job.attempts >= Job.max_attempts
    await while_held(
        session,
        held,
        status=case((exhausted, "failed"), else_="queued"),
        finished=case((exhausted, func.now()), else_=None),
        problem=problem,
        handed_at=None,
        lease_owner=None,
        lease_until=None,
        run_after=func.now() + wait,
    )


async def let_go(session: AsyncSession, held: Claim, *, wait: timedelta = timedelta()) -> None:
    """Give the job back unfinished, without counting the attempt: the worker stops, or knows it not."""
    await while_held(
        session,
        held,
        status="queued",
        attempts=Job.attempts - 1,
        handed_at=None,
        lease_owner=None,
        lease_until=None,
        run_after=func.now() + wait,
    )


def cancel(job: Job, *, actor: Actor, now: datetime) -> None:
    """A job that has not finished will leave no effects. Cancelling twice is once."""
    if job.promised_by != actor.id and not actor.may(Scope.ADMIN):
        raise Forbidden("Whoever asked for this work cancels it, or an administrator.", code="others-job")
    if job.status in ("succeeded", "failed"):
        raise Conflict(f"This job has already {job.status}.", code="job-finished", status_now=job.status)
    if job.status != "cancelled":
        job.status, job.finished = "cancelled", now
