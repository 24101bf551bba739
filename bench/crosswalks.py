"""Applying a crosswalk of 686 mappings to a full assessment over HTTP, with one report and with 10,000.

python -m bench.crosswalks [--reports N] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from bench.catalogue import MEASURES, free_port, process, servers
from services.settings import Settings
from services.stack.preparing import prepare

FROM, TO = "bench-134", "bench-140"
SIZES = {FROM: 134, TO: 140}
ROWS = 686
SHARES = {
    "skos:relatedMatch": 0.85,
    "skos:exactMatch": 0.05,
    "skos:broadMatch": 0.05,
    "skos:narrowMatch": 0.05,
}
TEXT = (
    "In 2024, 112 women and 96 men among the survivors received rehabilitation services. "
    "The ministry plans to adopt a gender policy in 2025. "
    "Casualty data are collected by sex and age: 14 girls and 22 boys were injured."
)

BASELINE = 1.8
"""Seconds that the same took in the tool that it is compared with."""

APPLY_LIMIT, APPLY_AIM = BASELINE / 20, BASELINE / 60
GROWTH_LIMIT = 1.2
LIMITS = {
    "baseline_seconds": BASELINE,
    "limit_seconds": APPLY_LIMIT,
    "aim_seconds": APPLY_AIM,
    "growth_limit": GROWTH_LIMIT,
}
CALLS = 40

COPIES = (
    """
    CREATE TEMP TABLE copies AS
        SELECT time_ordered_id() AS submission, time_ordered_id() AS assessment, number
        FROM generate_series(1, $1) AS number
    """,
    """
    INSERT INTO submissions SELECT (jsonb_populate_record(s, jsonb_build_object(
        'id', c.submission, 'period', 'copy-' || c.number))).* FROM submissions s, copies c WHERE s.id = $1
    """,
    """
    INSERT INTO assessments SELECT (jsonb_populate_record(a, jsonb_build_object(
        'id', c.assessment, 'submission_id', c.submission))).* FROM assessments a, copies c WHERE a.id = $1
    """,
    """
    INSERT INTO findings SELECT (jsonb_populate_record(f, jsonb_build_object(
        'id', time_ordered_id(), 'assessment_id', c.assessment))).*
    FROM findings f, copies c WHERE f.assessment_id = $1 AND f.position < 16
    """,
    """
    INSERT INTO crosswalk_items SELECT (jsonb_populate_record(i, jsonb_build_object(
        'id', time_ordered_id(), 'assessment_id', c.assessment))).*
    FROM crosswalk_items i, copies c WHERE i.assessment_id = $1 AND i.position < 20
    """,
    """
    INSERT INTO crosswalk_derivations SELECT c.assessment, d.graph, d.decisions, d.fingerprint
    FROM crosswalk_derivations d, copies c WHERE d.assessment_id = $1
    """,
)
"""Each copy has the size of an ordinary report: 16 findings, and items on 20 provisions."""


def framework(key: str) -> dict[str, Any]:
    return {
        "framework": {"key": key, "kind": "action-plan", "title": {"en": key}},
        "edition": {"key": "2026", "published": "2026-01-01", "languages": ["en"], "source": "bench"},
        "provisions": [
            {"ref": f"p{number}", "kind": "action", "title": {"en": f"Action number {number}"}}
            for number in range(SIZES[key])
        ],
    }


def rubric() -> dict[str, Any]:
    criteria = [
        {
            "key": f"c{number}",
            "title": {"en": f"Criterion {number}"},
            "provisions": [f"{FROM}:p{number}"],
            "concepts": [{"all": ["survivors", "women"]}],
        }
        for number in range(SIZES[FROM])
    ]
    return {
        "key": "bench", "edition": "1", "framework": FROM, "title": {"en": "Bench"}, "criteria": criteria
    }  # fmt: skip


def mapping_set(version: str) -> dict[str, Any]:
    """The same rows each time; another version makes it another set."""
    chance = random.Random(686)
    pairs = chance.sample([(a, b) for a in range(SIZES[FROM]) for b in range(SIZES[TO])], ROWS)
    predicates = chance.choices(list(SHARES), list(SHARES.values()), k=ROWS)
    return {
        "mapping_set_id": "https://bench.example/686",
        "mapping_set_version": version,
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "mappings": [
            {
                "subject_id": f"{FROM}:p{a}",
                "predicate_id": predicate,
                "object_id": f"{TO}:p{b}",
                "mapping_justification": "semapv:ManualMappingCuration",
                "confidence": 0.8,
            }
            for (a, b), predicate in zip(pairs, predicates, strict=True)
        ],
    }


def full_assessment(client: httpx.Client) -> str:
    """The address of a report whose 134 findings have all been decided on."""
    for key in SIZES:
        client.put(f"/v1/frameworks/{key}/editions/2026", json=framework(key)).raise_for_status()
    client.put("/v1/rubrics/bench/editions/1", json=rubric()).raise_for_status()
    client.put("/v1/mapping-sets/bench", json=mapping_set("1")).raise_for_status()
    filed = {"framework": FROM, "state": "HRV", "period": "2024", "sections": [{"key": "all", "text": TEXT}]}
    path = str(client.post("/v1/submissions", json=filed).raise_for_status().headers["location"])
    client.post(f"{path}/submit").raise_for_status()
    while client.get(f"{path}/assessment").status_code != 200:
        time.sleep(0.05)
    return path


def decided(client: httpx.Client, path: str) -> float:
    """Decides on every finding; the median seconds of a decision, which derives the crosswalk too."""
    read = client.get(f"{path}/assessment")
    tag, assessment = read.headers["etag"], read.json()["id"]
    took = []
    for number in range(SIZES[FROM]):
        decision = {"level": number % 4, "reason": "As the bench has it."}
        begun = time.perf_counter()
        answer = client.patch(
            f"/v1/assessments/{assessment}/findings/c{number}", json=decision, headers={"If-Match": tag}
        )
        took.append(time.perf_counter() - begun)
        tag = answer.raise_for_status().headers["etag"]
    return statistics.median(took)


class Database:
    """What the measurements do behind the API's back."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("+asyncpg", "")

    def execute(self, *statements: str, values: tuple[Any, ...] = ()) -> None:
        async def run() -> None:
            connection = await asyncpg.connect(self.url)
            for statement in statements:
                await connection.execute(statement, *values)
            await connection.close()

        asyncio.run(run())

    def forget(self, submission: str) -> None:
        """As if nothing had been derived yet."""
        of = f"WHERE assessment_id IN (SELECT id FROM assessments WHERE submission_id = '{submission}')"
        self.execute(*(f"DELETE FROM {table} {of}" for table in ("crosswalk_items", "crosswalk_derivations")))

    def fill(self, submission: str, reports: int) -> None:
        """So many more reports with crosswalks."""

        async def run() -> None:
            connection = await asyncpg.connect(self.url)
            found = f"SELECT id FROM assessments WHERE submission_id = '{submission}'"
            assessment = await connection.fetchval(found)
            await connection.execute("SET synchronous_commit = off")
            for statement, value in zip(COPIES, (reports, submission, *[assessment] * 4), strict=True):
                await connection.execute(statement, value)
            for settle in ("VACUUM ANALYZE", "CHECKPOINT"):
                await connection.execute(settle)
            await connection.close()

        asyncio.run(run())


def median(call: Callable[[], httpx.Response], *, before: Callable[[], None] | None = None) -> float:
    """Seconds of a call, warm."""
    took = []
    for number in range(CALLS + 3):
        if before is not None:
            before()
        begun = time.perf_counter()
        answer = call()
        if number >= 3:
            took.append(time.perf_counter() - begun)
        answer.raise_for_status()
    return statistics.median(took)


def round_of(client: httpx.Client, database: Database, path: str) -> dict[str, float]:
    submission, order = path.rpartition("/")[2], {"to": TO, "all": True}

    def apply() -> httpx.Response:
        return client.post(f"{path}/crosswalk", json=order)

    return {
        "apply": median(apply, before=lambda: database.forget(submission)),
        "apply again": median(apply),
        "read": median(lambda: client.get(f"{path}/crosswalk?to={TO}&all=true")),
    }


@contextmanager
def serving(home: Path) -> Iterator[tuple[httpx.Client, Database, Callable[[], Any]]]:
    """An API with its client and its database, and what starts a worker."""
    with servers(home) as (url, redis):
        address = f"http://127.0.0.1:{free_port()}"
        environment = {
            "FOCALPOINT_DATABASE_URL": url.replace("+asyncpg", ""),
            "FOCALPOINT_REDIS_URL": redis,
            "FOCALPOINT_PORT": address.rpartition(":")[2],
            "FOCALPOINT_HOME": str(home),
            "FOCALPOINT_LOG_LEVEL": "warning",
        }
        settings = Settings(home=home, database_url=url, redis_url=redis)
        asyncio.run(prepare(settings, home / "key", samples=False))
        key = {"Authorization": f"Bearer {(home / 'key').read_text().strip()}"}
        started = partial(process, ready=f"{address}/healthz", **environment)
        with (
            started(["services.api"]),
            httpx.Client(base_url=address, headers=key, timeout=60, trust_env=False) as client,
        ):
            yield client, Database(url), partial(started, ["services.worker"])


def measured(home: Path, reports: int) -> dict[str, Any]:
    with serving(home) as (client, database, worker):
        with worker():
            path = full_assessment(client)
        decision = decided(client, path)
        one = round_of(client, database, path)
        said(one, "1 report")
        database.fill(path.rpartition("/")[2], reports)
        many = round_of(client, database, path)
        said(many, f"{reports:,} reports")
        changes = iter(range(2, 1_000))
        change = median(lambda: client.put("/v1/mapping-sets/bench", json=mapping_set(str(next(changes)))))
    growth = {name: many[name] / one[name] for name in one}
    told = ", ".join(f"{name} {ratio:.2f}" for name, ratio in growth.items())
    print(f"growth            {told}  (at most {GROWTH_LIMIT})")
    print(f"decide            {decision * 1000:.1f} ms; bring 686 rows {change * 1000:.0f} ms")
    return LIMITS | {
        "times_faster": BASELINE / one["apply"],
        "one_report": one,
        "reports": reports,
        "many_reports": many,
        "growth": growth,
        "decide_seconds": decision,
        "bring_seconds": change,
    }


def said(found: dict[str, float], with_: str) -> None:
    times = ", ".join(f"{name} {seconds * 1000:.1f} ms" for name, seconds in found.items())
    print(
        f"{with_:17} {times}  (apply at most {APPLY_LIMIT * 1000:.0f}, aim {APPLY_AIM * 1000:.0f}; "
        f"{BASELINE / found['apply']:.0f} times faster than {BASELINE} s)",
        flush=True,
    )


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--reports", type=int, default=10_000)
    asked.add_argument("--json", type=Path, default=Path("var/bench/crosswalks.json"))
    given = asked.parse_args()
    if MEASURES is not None:
        os.sched_setaffinity(0, {MEASURES})  # inherited by the servers
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o755)
        found = measured(Path(home), given.reports)
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
