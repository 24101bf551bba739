"""Long work: where it stands, as it happens, and how to stop it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from domain.access.rules import Actor
from domain.jobs import actions, parts, queries
from schemas.jobs import Job, JobStatus
from schemas.paging import Page
from services.api.dependencies import KnownCaller, Now, Transaction
from services.api.exchange import Exchange
from services.api.paging import Paged

router = APIRouter(prefix="/jobs", tags=["jobs"], route_class=Exchange)

WATCH_SECONDS = 0.5
FINISHED = ("succeeded", "failed", "cancelled")


@router.get("", response_model=Page[Job], summary="Jobs, newest first")
async def list_jobs(
    pages: Paged,
    session: Transaction,
    actor: KnownCaller,
    status: Annotated[JobStatus | None, Query(description="only those in this status")] = None,
    part_of: Annotated[UUID | None, Query(description="parts of this job only")] = None,
) -> dict[str, Any]:
    rows = await queries.page(
        session, actor=actor, status=status, part_of=part_of, before=pages.after_id, limit=pages.most
    )
    return pages.answer(rows, lambda row: row.id)


@router.get("/{job_id}", response_model=Job, summary="One job")
async def read_job(job_id: UUID, session: Transaction, actor: KnownCaller) -> Any:
    return await queries.find(session, job_id, actor=actor)


@router.delete(
    "/{job_id}",
    response_model=Job,
    summary="Cancel a job",
    description=(
        "By whoever asked for the work, or an administrator. A cancelled job leaves no effects but those of "
        "its parts that had ended; one that has finished is answered 409."
    ),
)
async def cancel_job(job_id: UUID, session: Transaction, actor: KnownCaller, now: Now) -> Any:
    job = await queries.find(session, job_id, actor=actor)
    await session.refresh(job, with_for_update=True)
    actions.cancel(job, actor=actor, now=now)
    await parts.cancel_parts(session, job)
    return job


async def visible_job(job_id: UUID, session: Transaction, actor: KnownCaller) -> Actor:
    """The caller, once it is sure that they may see this job."""
    await queries.find(session, job_id, actor=actor)
    return actor


@router.get(
    "/{job_id}/events",
    summary="Follow a job",
    description="Server-sent events `job`, one per change, until the job has finished.",
    response_class=EventSourceResponse,
)
async def follow_job(
    job_id: UUID, request: Request, actor: Annotated[Actor, Depends(visible_job)]
) -> AsyncIterator[ServerSentEvent]:
    told: Job | None = None
    while told is None or told.status not in FINISHED:
        if told is not None:
            await asyncio.sleep(WATCH_SECONDS)
        async with request.app.state.sessions() as session:
            job = Job.model_validate(await queries.find(session, job_id, actor=actor))
        if job != told:
            yield ServerSentEvent(event="job", data=job)
        told = job
