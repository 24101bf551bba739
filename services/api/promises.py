"""How work that was promised is answered: with the job, and where to look for it."""

from __future__ import annotations

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from domain.jobs.models import Job


async def promised(session: AsyncSession, job: Job, response: Response) -> Job:
    """The job as it was kept; `Location` says where it can be followed."""
    await session.flush()
    await session.refresh(job)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job
