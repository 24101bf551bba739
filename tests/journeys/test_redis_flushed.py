from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import func, select

from domain.jobs.models import Job
from tests.conftest import SOAK
from tests.journeys.installation import Installation, Promised, long_report
from tests.journeys.processes import until

REPORT = long_report(pages=200)
MANY = 400 if SOAK else 12
WITH_REDIS = 8
OUTAGE_SECONDS = 10.0 if SOAK else 1.0
PATIENCE = 120 if SOAK else 20


@pytest.mark.soak
async def test_what_redis_forgets_and_a_crash_of_it_are_made_good_by_the_same_worker(
    installation: Installation,
) -> None:
    [worker] = installation.workers(1)
    in_hand = await installation.hand_in(REPORT)
    await installation.until_read(in_hand)
    promised = [await installation.hand_in() for _ in range(MANY)]
    await until_handed_over(installation, promised)

    with Redis.from_url(installation.redis.url) as client:
        client.flushall()
    installation.redis.kill()
    await asyncio.sleep(OUTAGE_SECONDS)
    installation.redis.start()

    done = await installation.until_finished([in_hand, *promised], within=PATIENCE)
    assert {job.status for job in done} == {"succeeded"}
    assert {job.attempts for job in done} == {1}
    await installation.must_be_complete_and_single([in_hand, *promised])
    assert worker.lives


async def test_a_worker_that_is_stopped_while_redis_is_away_gives_its_job_back_at_once(
    installation: Installation,
) -> None:
    [worker] = installation.workers(1)
    in_hand = await installation.hand_in(REPORT)
    await installation.until_read(in_hand)
    installation.redis.kill()
    try:
        worker.stop()

        async def given_back() -> bool:
            job = await installation.job(in_hand)
            return (job.status, job.attempts, job.lease_until) == ("queued", 0, None)

        await until(given_back, within=1)
        assert worker.end() == 0
    finally:
        installation.redis.start()
    await installation.cancel(in_hand)


async def until_handed_over(installation: Installation, promised: list[Promised]) -> None:
    """As many of them are with Redis as may be at once."""
    ids: list[UUID] = [one.job for one in promised]
    handed = select(func.count()).where(Job.id.in_(ids), Job.handed_at.is_not(None))

    async def enough() -> bool:
        async with installation.sessions() as session:
            return (await session.scalar(handed) or 0) >= WITH_REDIS

    await until(enough, within=10)
