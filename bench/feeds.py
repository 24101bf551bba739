"""Calendar feeds over HTTP: with 50 and with 5,000 entries, as sent and as found unchanged.

python -m bench.feeds [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from bench.catalogue import MEASURES, free_port, process, servers
from services.settings import Settings
from services.stack.preparing import prepare

SIZES = (50, 5_000)
CALLS = 30
SENT_LIMIT, UNCHANGED_LIMIT = 0.5, 0.05
"""Seconds, with 5,000 entries."""

ENTRIES = """
INSERT INTO calendar_entries (
    id, kind, title, framework, start, over, due_on, time_zone, duration_minutes, status, sequence, path
)
SELECT id, kind, 'Article 7 report or meeting number ' || number, 'ccm', start, start,
    CASE kind WHEN 'obligation' THEN start::date END,
    (ARRAY['Europe/Zurich', 'America/New_York', 'Asia/Kathmandu'])[1 + number % 3],
    CASE kind WHEN 'meeting' THEN 90 END, 'open', 0, '/v1/meetings/' || id
FROM (
    SELECT gen_random_uuid() AS id, number,
        CASE number % 2 WHEN 0 THEN 'meeting' ELSE 'obligation' END AS kind,
        date_trunc('hour', now()) + number * interval '3 hours' AS start
    FROM generate_series(1, $1::int) AS number
) AS entry
"""


async def fill(url: str, entries: int) -> None:
    """The calendar has so many entries and no others."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    await connection.execute("DELETE FROM calendar_entries")
    await connection.execute(ENTRIES, entries)
    await connection.execute("VACUUM ANALYZE calendar_entries")
    await connection.close()


def read(client: httpx.Client, path: str, status: int, **headers: str) -> tuple[float, httpx.Response]:
    """Median seconds, warm, and an answer."""
    took = []
    for number in range(CALLS + 3):
        begun = time.perf_counter()
        answer = client.get(path, headers=headers)
        if number >= 3:
            took.append(time.perf_counter() - begun)
        assert answer.status_code == status, answer.text
    return statistics.median(took), answer


def round_of(client: httpx.Client, path: str, entries: int) -> dict[str, Any]:
    sent, answer = read(client, path, 200)
    unchanged, _ = read(client, path, 304, **{"If-None-Match": answer.headers["etag"]})
    print(
        f"{entries:5} entries     sent in {sent * 1000:.1f} ms, {len(answer.content) / 1e6:.2f} MB; "
        f"unchanged in {unchanged * 1000:.1f} ms",
        flush=True,
    )
    return {"sent_seconds": sent, "bytes": len(answer.content), "unchanged_seconds": unchanged}


def measured(home: Path) -> dict[str, Any]:
    with servers(home) as (url, redis):
        address = f"http://127.0.0.1:{free_port()}"
        environment = {
            "FOCALPOINT_DATABASE_URL": url.replace("+asyncpg", ""),
            "FOCALPOINT_REDIS_URL": redis,
            "FOCALPOINT_PORT": address.rpartition(":")[2],
            "FOCALPOINT_HOME": str(home),
            "FOCALPOINT_LOG_LEVEL": "warning",
        }
        asyncio.run(
            prepare(Settings(home=home, database_url=url, redis_url=redis), home / "key", samples=False)
        )
        key = {"Authorization": f"Bearer {(home / 'key').read_text().strip()}"}
        found: dict[str, Any] = {}
        with (
            process(["services.api"], f"{address}/healthz", **environment),
            httpx.Client(base_url=address, timeout=60, trust_env=False) as client,
        ):
            draft = {"subject": {"kind": "framework", "key": "ccm"}}
            made = client.post("/v1/calendar-feeds", json=draft, headers=key).raise_for_status().json()
            path = made["address"].removeprefix(address)
            for entries in SIZES:
                asyncio.run(fill(url, entries))
                found[f"{entries}"] = round_of(client, path, entries)
    full = found[f"{SIZES[-1]}"]
    ok = full["sent_seconds"] <= SENT_LIMIT and full["unchanged_seconds"] <= UNCHANGED_LIMIT
    return found | {"sent_limit": SENT_LIMIT, "unchanged_limit": UNCHANGED_LIMIT, "ok": ok}


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--json", type=Path, default=Path("var/bench/feeds.json"))
    given = asked.parse_args()
    if MEASURES is not None:
        os.sched_setaffinity(0, {MEASURES})  # inherited by the servers
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o755)
        found = measured(Path(home))
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
