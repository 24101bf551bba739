"""How attempts at a job end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
import structlog
from arq.worker import JobExecutionFailed
from sqlalchemy import func, text

from domain.jobs import rules
from domain.jobs.actions import promise
from domain.jobs.models import Job
from schemas.jobs import AssessSubmission, ImportObservations, Queue
from services.database import Sessions
from services.worker.jobs import JOBS
from services.worker.main import SERIALISED, SIDE_BY_SIDE
from services.worker.runner import Run, carry_out
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


async def test_a_job_that_has_written_its_end_is_not_taken_for_lost(
    sessions: Sessions, worker: Worker, monkeypatch: pytest.MonkeyPatch
):
    """The server tells everybody else that a transaction has committed before it tells the one who asked."""
    monkeypatch.setattr(rules, "HEARTBEAT", 0.02)
    ended = []

    async def work(run: Run, order: AssessSubmission) -> None:
        async with run.record():
            pass
        await asyncio.sleep(0.2)
        ended.append(order.submission)

    async with sessions.begin() as session:
        job = promise(session, AssessSubmission(submission=uuid4(), revision=1))

    with structlog.testing.capture_logs() as told:
        await carry_out(worker.tools, job.id, {job.kind: (AssessSubmission, work)})

    assert len(ended) == 1
    assert told == []


async def test_a_job_is_finished_when_its_effects_are_and_not_when_they_began(
    sessions: Sessions, worker: Worker
):
    async def work(run: Run, _: AssessSubmission) -> None:
        async with run.record() as session:
            await session.execute(text("SELECT pg_sleep(0.3)"))

    async with sessions.begin() as session:
        job = promise(session, AssessSubmission(submission=uuid4(), revision=1))

    await carry_out(worker.tools, job.id, {job.kind: (AssessSubmission, work)})

    async with sessions() as session:
        done = await session.get_one(Job, job.id)
        assert done.started is not None
        assert done.finished is not None
        assert done.finished - done.started >= timedelta(seconds=0.3)


async def test_a_job_that_is_taken_away_is_stopped(
    sessions: Sessions, worker: Worker, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(rules, "HEARTBEAT", 0.02)

    async def work(run: Run, order: AssessSubmission) -> None:
        async with sessions.begin() as session:
            (await session.get_one(Job, run.held.id)).status = "cancelled"
        await asyncio.sleep(60)

    async with sessions.begin() as session:
        job = promise(session, AssessSubmission(submission=uuid4(), revision=1))

    with structlog.testing.capture_logs() as told:
        async with asyncio.timeout(10):
            await carry_out(worker.tools, job.id, {job.kind: (AssessSubmission, work)})

    assert [line["event"] for line in told] == ["job taken away"]


def test_every_queue_has_its_bounds():
    assert set(SIDE_BY_SIDE) == set(Queue)
    assert set(rules.WINDOW) == {queue.value for queue in Queue}


def test_a_large_file_of_figures_holds_up_no_report():
    assert ImportObservations.queue is not AssessSubmission.queue


def test_what_waited_too_long_with_the_dispatcher_is_told_without_a_stack_trace():
    packed = SERIALISED["job_serializer"]({"s": False, "r": JobExecutionFailed("job expired")})

    assert b"job expired" in packed
