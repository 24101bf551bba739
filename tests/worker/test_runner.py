"""How attempts at a job end."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import func

from domain.jobs.actions import promise
from domain.jobs.models import Job
from schemas.jobs import AssessSubmission
from services.database import Sessions
from services.worker.jobs import JOBS
from services.worker.runner import carry_out
from tests.worker_in_process import Worker


async def test_a_job_of_a_kind_unknown_here_is_left_to_others_uncounted(sessions: Sessions, worker: Worker):
    async with sessions.begin() as session:
        job = promise(session, AssessSubmission(submission=uuid4(), revision=1))

    await carry_out(worker.tools, job.id, {})

    async with sessions.begin() as session:
        given_back = await session.get_one(Job, job.id)
        assert (given_back.status, given_back.attempts, given_back.problem) == ("queued", 0, None)
        assert (given_back.lease_owner, given_back.lease_until) == (None, None)
        assert given_back.run_after > await session.scalar(func.now())
        given_back.run_after = func.now()

    await carry_out(worker.tools, job.id, JOBS)

    async with sessions() as session:
        done = await session.get_one(Job, job.id)
        assert (done.status, done.attempts) == ("succeeded", 1)
