"""From promised rows to the dispatcher. The rows are the record; what Redis loses is handed over again."""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog
from arq import ArqRedis

from domain.jobs import actions, parts
from schemas.jobs import Queue
from services.worker.tools import Tools

log = structlog.get_logger(__name__)

EVERY = 0.3
EXPIRES = 120
FUNCTION = "carry_out"


def queue_name(prefix: str, queue: str) -> str:
    return f"{prefix}:{queue}"


async def relay_for_ever(tools: Tools, redis: ArqRedis) -> None:
    """Every 0.3 s. An outage of either server is waited out."""
    while True:
        try:
            await relay(tools, redis)
        except Exception as error:
            log.warning("relay waits", error=type(error).__name__, detail=str(error)[:200])
        await asyncio.sleep(EVERY)


async def relay(tools: Tools, redis: ArqRedis) -> None:
    """Take back what dead workers held, go on with what waited, hand what is due to the dispatcher."""
    async with tools.sessions.begin() as session:
        await actions.take_back_dead_leases(session)
        await parts.follow(session)
        handed = {queue: await actions.hand_over(session, queue.value) for queue in Queue}
    for queue, jobs in handed.items():
        for job_id, times in jobs:
            await _dispatch(tools, redis, queue, job_id, times)


async def _dispatch(tools: Tools, redis: ArqRedis, queue: Queue, job_id: UUID, times: int) -> None:
    """Each hand-over has an id of its own, so that none is held up by what a dead worker left in Redis."""
    prefix = tools.settings.redis_prefix
    await redis.enqueue_job(
        FUNCTION,
        str(job_id),
        _job_id=f"{prefix}:{job_id}.{times}",
        _queue_name=queue_name(prefix, queue.value),
        _expires=EXPIRES,
    )
