"""Reading and loading the catalogue, each in ratio to what the same machine does at its barest.

python -m bench.catalogue [ROUNDS] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from bench.load import Target, rate
from services.database import open_engine, sessions_of
from services.loading import SHIPPED, load
from services.migrating import migrate
from services.stack.postgres import EmbeddedPostgres
from services.stack.redis import EmbeddedRedis

TREE = "/v1/frameworks/sdg/tree"
PAGE = "/v1/frameworks/cim-plan/provisions?theme=women-and-girls&limit=50"
WORKS, MEASURES = (0, 1) if (os.cpu_count() or 1) > 1 else (None, None)
"""The server has a core of its own; the load and PostgreSQL share the other."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(command: list[str], ready: str, *, pin: bool = True, **environment: str) -> Iterator[int]:
    """A Python process on the server's core, until the address `ready` answers and to the end: its id."""
    with subprocess.Popen([sys.executable, "-m", *command], env=os.environ | environment) as started:
        if pin and WORKS is not None:
            os.sched_setaffinity(started.pid, {WORKS})
        try:
            for _ in range(600):
                try:
                    httpx.get(ready, trust_env=False)
                    break
                except httpx.TransportError:
                    time.sleep(0.05)
            yield started.pid
        finally:
            started.terminate()


@contextmanager
def servers(home: Path) -> Iterator[tuple[str, str]]:
    """Embedded PostgreSQL and Redis: their addresses."""
    postgres, redis = EmbeddedPostgres(home), EmbeddedRedis(home)
    postgres.start()
    redis.start()
    try:
        yield postgres.url, redis.url
    finally:
        redis.stop()
        postgres.stop()


async def loading(url: str) -> tuple[float, float]:
    """Seconds to load the whole catalogue into an empty database, and again when nothing has changed."""
    engine = open_engine(url, pool=2)
    await migrate(engine)
    took = []
    for _ in range(2):
        begun = time.perf_counter()
        await load(sessions_of(engine), SHIPPED)
        took.append(time.perf_counter() - begun)
    await engine.dispose()
    return took[0], took[1]


def compared(ours: Target, bare: Target, *, rounds: int, least: float) -> dict[str, Any]:
    """Both in turn, round after round; the ratio of each round, so that what disturbs one disturbs both."""
    pairs = []
    for _ in range(rounds):
        below = rate(bare, seconds=3)
        pairs.append((rate(ours, seconds=3), below))
    ratios = sorted(mine / theirs for mine, theirs in pairs)
    found = {
        "name": ours.name,
        "least": least,
        "ratio": statistics.median(ratios),
        "lowest": ratios[0],
        "highest": ratios[-1],
        "requests_per_second": statistics.median(mine for mine, _ in pairs),
        "bare_requests_per_second": statistics.median(theirs for _, theirs in pairs),
    }
    print(
        f"{ours.name:32} {found['ratio']:.2f} [{ratios[0]:.2f}-{ratios[-1]:.2f}] of "
        f"{found['bare_requests_per_second']:,.0f}/s  (at least {least:g})",
        flush=True,
    )
    return found


def reading(api: str, bare: str, answers: dict[str, httpx.Response], rounds: int) -> list[dict[str, Any]]:
    seen = (f"If-None-Match: {answers['tree'].headers['etag']}",)
    return [
        compared(
            Target("whole SDG tree", api, TREE), Target("bare", bare, "/tree"), rounds=rounds, least=0.4
        ),
        compared(
            Target("SDG tree, not modified", api, TREE, seen, 304),
            Target("bare", bare, "/not-modified", (), 304),
            rounds=rounds,
            least=0.4,
        ),
        compared(
            Target("page of 50 from the database", api, PAGE),
            Target("bare", bare, "/page"),
            rounds=rounds,
            least=0.12,
        ),
    ]


def measured(home: Path, rounds: int) -> dict[str, Any]:
    with servers(home) as (database, redis):
        empty, again = asyncio.run(loading(database))
        print(f"load the whole catalogue          {empty:.2f} s  (at most 4)")
        print(f"load it again, nothing changed    {again:.3f} s  (at most 0.5)", flush=True)
        api, bare = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        folder = home / "answers"
        folder.mkdir()
        environment = {
            "FOCALPOINT_DATABASE_URL": database.replace("+asyncpg", ""),
            "FOCALPOINT_REDIS_URL": redis,
            "FOCALPOINT_PORT": api.rpartition(":")[2],
            "FOCALPOINT_LOG_LEVEL": "warning",
        }
        with process(["services.api"], f"{api}/healthz", **environment):
            answers = {
                name: httpx.get(api + path, trust_env=False)
                for name, path in (("tree", TREE), ("page", PAGE))
            }
            for name, answer in answers.items():
                (folder / name).write_bytes(answer.raise_for_status().content)
            with process(["bench.bare", bare.rpartition(":")[2], str(folder)], f"{bare}/page"):
                found = reading(api, bare, answers, rounds)
    return {"load_seconds": empty, "load_again_seconds": again, "reads": found}


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("rounds", nargs="?", type=int, default=5)
    asked.add_argument("--json", type=Path, default=Path("var/bench/catalogue.json"))
    given = asked.parse_args()
    if MEASURES is not None:
        os.sched_setaffinity(0, {MEASURES})  # inherited by the servers and by the load
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o755)
        found = measured(Path(home), given.rounds)
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
