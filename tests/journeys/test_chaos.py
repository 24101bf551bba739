"""Everything fails, at random and again and again: what was acknowledged is done once all the same."""

from __future__ import annotations

import asyncio
import logging
import os
import random
from collections.abc import Callable

import pytest
from redis import Redis

from tests.conftest import SOAK
from tests.journeys.installation import Installation, Promised
from tests.journeys.processes import Process

log = logging.getLogger(__name__)

JOBS = 600 if SOAK else 24
SECONDS_BETWEEN = 1.2 if SOAK else 0.4
MISFORTUNES = 60 if SOAK else 6
PATIENCE = 240 if SOAK else 30
WORKERS = 2
SEED = int(os.environ.get("FOCALPOINT_CHAOS_SEED", "2010"))


class Misfortunes:
    """What may happen to an installation; a worker that ends is started again, as a supervisor would."""

    def __init__(self, installation: Installation, chance: random.Random) -> None:
        self._installation = installation
        self._chance = chance
        self._workers = installation.workers(WORKERS)
        self._kinds: list[Callable[[], None]] = [
            self._kill_worker,
            self._stop_worker,
            self._empty_redis,
            self._crash_redis,
            self._restart_postgres,
            self._crash_postgres,
        ]
        self._next: list[Callable[[], None]] = []

    def strike(self) -> str:
        """Another one. Each kind strikes before any strikes again. Returns which it was."""
        if not self._next:
            self._next = self._chance.sample(self._kinds, len(self._kinds))
        kind = self._next.pop()
        kind()
        return kind.__name__

    def keep_workers(self) -> None:
        for number, worker in enumerate(self._workers):
            if not worker.lives:
                self._workers[number] = self._installation.start_worker()

    def _worker(self) -> Process:
        return self._chance.choice(self._workers)

    def _kill_worker(self) -> None:
        self._worker().kill()

    def _stop_worker(self) -> None:
        self._worker().stop()

    def _empty_redis(self) -> None:
        with Redis.from_url(self._installation.redis.url) as client:
            client.flushall()

    def _crash_redis(self) -> None:
        self._installation.redis.kill()
        self._installation.redis.start()

    def _restart_postgres(self) -> None:
        self._installation.postgres.restart()

    def _crash_postgres(self) -> None:
        self._installation.postgres.kill()
        self._installation.postgres.start()


async def file_for(installation: Installation, acknowledged: list[Promised]) -> None:
    """Hand in reports, one after the other; what fails is not acknowledged and not repeated."""
    while len(acknowledged) < JOBS:
        try:
            acknowledged.append(await installation.hand_in())
        except Exception:  # of any kind: the server went away in the middle
            await asyncio.sleep(0.05)
        await asyncio.sleep(MISFORTUNES * SECONDS_BETWEEN / JOBS / 2)  # so that some are always under way


async def keep_workers_for_ever(misfortunes: Misfortunes) -> None:
    while True:
        misfortunes.keep_workers()
        await asyncio.sleep(0.1)


@pytest.mark.soak
async def test_whatever_fails_each_acknowledged_job_has_exactly_one_effect(
    installation: Installation,
) -> None:
    log.warning("seed %d", SEED)  # shown, as all that happened, when it fails
    acknowledged: list[Promised] = []
    misfortunes = Misfortunes(installation, random.Random(SEED))
    filing = asyncio.create_task(file_for(installation, acknowledged))
    keeping = asyncio.create_task(keep_workers_for_ever(misfortunes))
    await installation.until_some_finished(acknowledged, 1)

    for _ in range(MISFORTUNES):
        log.warning("%s with %d acknowledged", misfortunes.strike(), len(acknowledged))
        await asyncio.sleep(SECONDS_BETWEEN)
    await filing
    done = await installation.until_finished(acknowledged, within=PATIENCE)
    keeping.cancel()

    assert [job.problem for job in done if job.status != "succeeded"] == []
    assert len(done) == JOBS
    await installation.must_be_complete_and_single(acknowledged)
