from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import asyncpg
from redis import Redis

from tests.conftest import execute
from tests.journeys.conftest import Machine
from tests.journeys.processes import until

PROJECT = Path(__file__).parents[2]
OURS = "journeys"
"""In all keys of the installation beside it, whose workers go on."""

SMALL_MODULE = "tests/api/test_frameworks.py"


async def databases(machine: Machine) -> set[str]:
    connection = await asyncpg.connect(machine.postgres.url.replace("+asyncpg", ""))
    try:
        return {row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")}
    finally:
        await connection.close()


async def test_a_run_on_given_servers_makes_names_of_its_own_there_and_removes_them(
    machine: Machine, bytecode: dict[str, str]
) -> None:
    await execute(machine.postgres.url, "CREATE TABLE marker AS SELECT 'untouched' AS value")
    with Redis.from_url(machine.redis.url, decode_responses=True) as redis:
        redis.flushall()
        redis.set("marker", "untouched")
        before = await databases(machine)

        run = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "pytest", SMALL_MODULE, "-p", "no:cacheprovider"),
            cwd=PROJECT,
            env={
                **os.environ,
                **bytecode,
                "FOCALPOINT_DATABASE_URL": machine.postgres.url,
                "FOCALPOINT_REDIS_URL": machine.redis.url,
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )

        async def of_the_run() -> set[str]:
            return await databases(machine) - before

        made = await until(of_the_run, within=30)
        output, _ = await run.communicate()

        assert run.returncode == 0, output.decode()
        assert all(name.startswith("focalpoint_test_") for name in made)
        assert await databases(machine) == before
        assert [key for key in redis.scan_iter() if OURS not in key] == ["marker"]
        assert redis.get("marker") == "untouched"
    await execute(machine.postgres.url, "DROP TABLE marker")
