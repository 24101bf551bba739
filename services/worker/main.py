"""The worker: two arq queues, the relay and the timetable in one process."""

from __future__ import annotations

import asyncio
import json
import signal
from typing import Any
from uuid import UUID

import structlog
from arq import Worker, create_pool
from arq.connections import RedisSettings
from arq.worker import func
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSlow

from schemas.jobs import Queue
from services.database import expected_revision, open_engine, present_revision, sessions_of
from services.sandbox import Sandbox
from services.settings import Settings
from services.worker.jobs import JOBS
from services.worker.post import post_for
from services.worker.relay import FUNCTION, queue_name, relay_for_ever
from services.worker.runner import carry_out
from services.worker.timetable import timetable
from services.worker.tools import Tools

log = structlog.get_logger(__name__)

SIDE_BY_SIDE = {Queue.DOCUMENTS: 1, Queue.ERRANDS: 8}
LONGEST_JOB = 3_600


async def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; jobs in hand are then given back. Raises when Redis stays away."""
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    engine = open_engine(settings.require_database(), pool=settings.database_pool)
    sandbox = Sandbox(settings.reading_seconds, settings.reading_megabytes)
    tools = Tools(settings, sessions_of(engine), sandbox, post_for(settings.smtp_url))
    try:
        await _wait_for_migrations(engine, stop)
        await _work(tools, stop)
    finally:
        sandbox.close()
        await engine.dispose()


async def _wait_for_migrations(engine: Any, stop: asyncio.Event) -> None:
    """A worker that starts before the migrations have run waits for them."""
    expected = expected_revision()
    while not stop.is_set() and await present_revision(engine) != expected:
        log.info("waiting for migrations", expected=expected)
        await asyncio.sleep(0.5)


async def _work(tools: Tools, stop: asyncio.Event) -> None:
    redis = await create_pool(redis_settings(tools.settings), **SERIALISED)
    workers = [dispatcher(tools, queue) for queue in Queue]
    tasks = [asyncio.create_task(worker.async_run()) for worker in workers]
    tasks.append(asyncio.create_task(relay_for_ever(tools, redis)))
    stopped = asyncio.create_task(stop.wait())
    log.info("worker ready", name=tools.name)
    await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
    failed = [task for task in tasks if task.done() and not task.cancelled() and task.exception()]
    for task in tasks:
        task.cancel()
    for worker in workers:
        await worker.close()
    await asyncio.gather(*tasks, return_exceptions=True)
    stopped.cancel()
    await redis.aclose()
    for task in failed:
        await task


def _pack(data: dict[str, Any]) -> bytes:
    return json.dumps(data).encode()


def _unpack(data: bytes) -> dict[str, Any]:
    unpacked: dict[str, Any] = json.loads(data)
    return unpacked


# JSON, because arq's own choice, pickle, would let whoever can write to Redis run code here.
SERIALISED: dict[str, Any] = {"job_serializer": _pack, "job_deserializer": _unpack}


def redis_settings(settings: Settings) -> RedisSettings:
    """Connections that outlive a restart of Redis."""
    found = RedisSettings.from_dsn(settings.require_redis())
    found.retry_on_error = [RedisAway, RedisSlow]
    found.retry = Retry(ExponentialBackoff(cap=1.0, base=0.05), 20)
    found.conn_retries = 20
    return found


def dispatcher(tools: Tools, queue: Queue) -> Worker:
    """An arq worker for one queue. It keeps no results: the rows do."""
    prefix = tools.settings.redis_prefix

    async def carry_out_promised(ctx: dict[str, Any], job_id: str) -> None:
        await carry_out(tools, UUID(job_id), JOBS)

    return Worker(
        [func(carry_out_promised, name=FUNCTION)],
        queue_name=queue_name(prefix, queue.value),
        cron_jobs=timetable(prefix) if queue is Queue.ERRANDS else None,
        redis_settings=redis_settings(tools.settings),
        max_jobs=SIDE_BY_SIDE[queue],
        job_timeout=LONGEST_JOB,
        keep_result=0,
        max_tries=100,
        poll_delay=0.1,
        queue_read_limit=2_000,
        handle_signals=False,
        ctx={"tools": tools},
        **SERIALISED,
    )
