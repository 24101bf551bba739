"""The worker: three arq queues, the relay, the timetable and the sending of reminders in one process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import structlog
import uvloop
from arq import Worker, create_pool
from arq.connections import RedisSettings
from arq.worker import func
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSlow
from sqlalchemy.ext.asyncio import AsyncEngine

from schemas.jobs import Queue
from services.database import (
    Sessions,
    close,
    cut_off,
    expected_revision,
    is_current,
    open_engine,
    present_revision,
    sessions_of,
)
from services.sandbox import Sandbox, return_memory_early
from services.settings import Settings, read_settings
from services.telemetry import set_up_logging
from services.worker.jobs import JOBS
from services.worker.post import post_for
from services.worker.relay import FUNCTION, queue_name, relay_for_ever
from services.worker.runner import carry_out
from services.worker.sending import Sender
from services.worker.timetable import timetable
from services.worker.tools import Tools
from services.worker.webhooks import Courier

log = structlog.get_logger(__name__)

SIDE_BY_SIDE = {Queue.DOCUMENTS: 1, Queue.OPINIONS: 2, Queue.IMPORTS: 1, Queue.ERRANDS: 8}
LONGEST_JOB, LONGEST_IMPORT = 3_600, 12 * 3_600
"""Seconds. A file of 2 GB takes half an hour on two busy cores, and is not begun again on slower ones."""

LEAVE_WITHIN = 2.0
"""Seconds; whoever asked us to stop may lose patience after ten."""

CANCELLED_AGAIN = 4.0
"""Seconds after which work that was cancelled and goes on is cancelled again, and is not left to wait for the
database: before Python 3.12 a cancellation is lost when what `asyncio.wait_for` waits for ends in that
instant, and the client of Redis sends by it.
"""

WORKER_ATTEMPTS, RELAY_ATTEMPTS = 20, 3
"""How often Redis is tried again (for 18 s, for 0.7 s) before its outage ends the worker, or is logged."""


def main() -> None:
    settings = read_settings()
    set_up_logging(settings)
    return_memory_early()
    uvloop.run(run(settings))


async def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; jobs in hand are then given back. Raises when Redis stays away."""
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    engine = open_engine(settings.require_database(), pool=settings.database_pool)
    sandbox = Sandbox(settings.reading_seconds, settings.reading_megabytes)
    tools = _tools(settings, sessions_of(engine), sandbox)
    try:
        await _until(stop, _work(engine, tools), partial(cut_off, engine))
    finally:
        sandbox.close()
        await tools.post.close()
        await tools.courier.close()
        await close(engine)


def _tools(settings: Settings, sessions: Sessions, sandbox: Sandbox) -> Tools:
    post = post_for(settings.smtp_url, connections=settings.smtp_connections, seconds=settings.smtp_seconds)
    return Tools(settings, sessions, sandbox, post, Courier(sessions, settings))


async def _until(
    stop: asyncio.Event, work: Coroutine[Any, Any, None], lose_patience: Callable[[], None]
) -> None:
    """Let `work` go on until a stop is asked for, wherever it is then, or until it fails."""
    working, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
    asyncio.get_running_loop().set_exception_handler(_complaints_while_leaving)
    stopped.cancel()
    working.cancel()
    await asyncio.wait({working}, timeout=CANCELLED_AGAIN)
    while not working.done():
        lose_patience()
        working.cancel()
        await asyncio.wait({working}, timeout=CANCELLED_AGAIN)
    if not working.cancelled():
        working.result()


def _complaints_while_leaving(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A look at the queue that was cut short leaves its pipeline behind, and redis-py complains of that."""
    if not str(context.get("message")).startswith("Unclosed "):
        loop.default_exception_handler(context)


async def _work(engine: AsyncEngine, tools: Tools) -> None:
    await _wait_for_migrations(engine)
    await _together(Sender(tools).run(), _carry_out_jobs(tools))


async def _together(*works: Coroutine[Any, Any, None]) -> None:
    """Until one fails or this is cancelled; the others are then cancelled.

    As a task group, except that being cancelled again is handed on again.
    """
    tasks = [asyncio.create_task(one) for one in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        await _cancel(tasks)
    for failure in [task.exception() for task in tasks if not task.cancelled()]:
        if failure is not None:
            raise failure


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    cancelled = None
    while unfinished := [task for task in tasks if not task.done()]:
        for task in unfinished:
            task.cancel()
        try:
            await asyncio.wait(unfinished)
        except asyncio.CancelledError as again:
            cancelled = again
    if cancelled is not None:
        raise cancelled


async def _carry_out_jobs(tools: Tools) -> None:
    redis = await create_pool(redis_settings(tools.settings, attempts=RELAY_ATTEMPTS), **SERIALISED)
    dispatchers = [dispatcher(tools, queue) for queue in Queue]
    log.info("worker ready", name=tools.name)
    try:
        await _together(relay_for_ever(tools, redis), *(one.async_run() for one in dispatchers))
    finally:
        await _leave(dispatchers)
        await redis.aclose()


async def _wait_for_migrations(engine: AsyncEngine) -> None:
    """A worker that starts before the database answers, or before the migrations have run, waits for both."""
    expected = expected_revision()
    while not is_current(present := await _revision_if_any(engine)):
        log.info("waiting for migrations", expected=expected, present=present)
        await asyncio.sleep(0.5)


async def _revision_if_any(engine: AsyncEngine) -> str | None:
    try:
        return await present_revision(engine)
    except Exception as error:  # of every kind: the driver, the pool and the system each have their own
        log.warning("the database does not answer", error=type(error).__name__)
        return None


async def _leave(dispatchers: Sequence[Worker]) -> None:
    """Have the jobs in hand given back; Redis is told as well, unless it is away."""
    leaving = asyncio.gather(*(one.close() for one in dispatchers), return_exceptions=True)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LEAVE_WITHIN):
            await leaving


def _pack(data: dict[str, Any]) -> bytes:
    return json.dumps(data, default=str).encode()  # arq also packs the errors of hand-overs that expired


def _unpack(data: bytes) -> dict[str, Any]:
    unpacked: dict[str, Any] = json.loads(data)
    return unpacked


# JSON, because arq's own choice, pickle, would let whoever can write to Redis run code here.
SERIALISED: dict[str, Any] = {"job_serializer": _pack, "job_deserializer": _unpack}


def redis_settings(settings: Settings, *, attempts: int) -> RedisSettings:
    """Connections that outlive a restart of Redis."""
    found = RedisSettings.from_dsn(settings.require_redis())
    found.retry_on_error = [RedisAway, RedisSlow, OSError]  # the last is a connection that is refused
    found.retry = Retry(ExponentialBackoff(cap=1.0, base=0.05), attempts)
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
        redis_settings=redis_settings(tools.settings, attempts=WORKER_ATTEMPTS),
        max_jobs=SIDE_BY_SIDE[queue],
        job_timeout=LONGEST_IMPORT if queue is Queue.IMPORTS else LONGEST_JOB,
        keep_result=0,
        max_tries=100,
        poll_delay=0.1,
        queue_read_limit=2_000,
        handle_signals=False,
        ctx={"tools": tools},
        **SERIALISED,
    )
