"""Whether Redis answers. Only the worker uses it for anything else."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.exceptions import RedisError


async def answers(client: Redis) -> bool:
    try:
        await client.ping()
    except (RedisError, OSError, TimeoutError):
        return False
    return True
