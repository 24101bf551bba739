"""How long a client waits for the counterparts of one provision in a large graph.

python -m bench.counterparts_http [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from bench.catalogue import free_port, process, servers
from domain.access import actions as access
from domain.mappings.rules import Relation, predicate_of
from schemas.access import KeyDraft, Scope
from services.database import open_engine, sessions_of
from services.migrating import migrate

FRAMEWORKS, PROVISIONS, LINKS, SETS = 20, 300, 40_000, 10
ASKED = 200
LIMIT = 0.050
"""Seconds, at the median."""

USUAL = {Relation.INTERSECT: 70, Relation.SUBSET: 12, Relation.SUPERSET: 12, Relation.EQUAL: 4}
TELLING = {Relation.SUBSET: 40, Relation.SUPERSET: 40, Relation.EQUAL: 15, Relation.EQUIVALENT: 5}
"""Relations by how often they occur: as in most crosswalks, and where nearly every chain proves something."""


def edition(framework: str) -> dict[str, Any]:
    provisions = [
        {"ref": f"p{number}", "kind": "article", "title": {"en": f"{number}"}} for number in range(PROVISIONS)
    ]
    return {
        "framework": {"key": framework, "kind": "treaty", "title": {"en": framework}},
        "edition": {"key": "1", "published": "2020-01-31", "languages": ["en"], "source": "bench"},
        "provisions": provisions,
    }


def mapping_set(key: str, size: int, mix: dict[Relation, int], chance: random.Random) -> dict[str, Any]:
    rows = {}
    while len(rows) < size:
        one, other = chance.sample(range(FRAMEWORKS), 2)
        ends = (f"f{one}:p{chance.randrange(PROVISIONS)}", f"f{other}:p{chance.randrange(PROVISIONS)}")
        predicate, _ = predicate_of(chance.choices(list(mix), list(mix.values()))[0])
        rows[tuple(sorted(ends))] = {
            "subject_id": ends[0],
            "predicate_id": predicate,
            "object_id": ends[1],
            "mapping_justification": "semapv:ManualMappingCuration",
            "confidence": round(chance.uniform(0.3, 0.9), 2),
        }
    licence = "https://creativecommons.org/licenses/by/4.0/"
    return {
        "mapping_set_id": f"https://example.org/{key}",
        "license": licence,
        "mappings": list(rows.values()),
    }


async def key_for(database: str) -> str:
    engine = open_engine(database, pool=2)
    await migrate(engine)
    async with sessions_of(engine).begin() as session:
        _, secret = await access.issue_key(session, KeyDraft(name="bench", scopes=[Scope.ADMIN]))
    await engine.dispose()
    return secret


def bring(client: httpx.Client, mix: dict[Relation, int]) -> float:
    """Have the sets hold such links; the seconds that one takes."""
    chance = random.Random(5)
    took = []
    for number in range(SETS):
        document = mapping_set(f"s{number}", LINKS // SETS, mix, chance)
        begun = time.perf_counter()
        client.put(f"/v1/mapping-sets/s{number}", json=document).raise_for_status()
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


def asked(client: httpx.Client, **params: str) -> dict[str, float]:
    """Of as many provisions, each asked once, after one that lets the process read the graph."""
    chance = random.Random(7)
    refs = [f"f{chance.randrange(1, FRAMEWORKS)}:p{chance.randrange(PROVISIONS)}" for _ in range(ASKED)]
    client.get(f"/v1/provisions/{refs[0]}/counterparts")
    took, items = [], []
    for ref in refs:
        begun = time.perf_counter()
        answer = client.get(f"/v1/provisions/{ref}/counterparts", params=params)
        took.append(time.perf_counter() - begun)
        items.append(len(answer.raise_for_status().json()["items"]))
    return {
        "median": statistics.median(took),
        "p95": statistics.quantiles(took, n=20)[-1],
        "items": statistics.median(items),
    }


def measured(home: Path) -> list[dict[str, Any]]:
    with servers(home) as (database, redis):
        secret = asyncio.run(key_for(database))
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        environment = {
            "FOCALPOINT_DATABASE_URL": database.replace("+asyncpg", ""),
            "FOCALPOINT_REDIS_URL": redis,
            "FOCALPOINT_HOME": str(home),
            "FOCALPOINT_PORT": str(port),
            "FOCALPOINT_LOG_LEVEL": "warning",
        }
        with process(["services.api"], f"{address}/healthz", **environment):
            headers = {"Authorization": f"Bearer {secret}"}
            with httpx.Client(base_url=address, headers=headers, timeout=120, trust_env=False) as client:
                for number in range(FRAMEWORKS):
                    document = edition(f"f{number}")
                    client.put(f"/v1/frameworks/f{number}/editions/1", json=document).raise_for_status()
                return [figures(client, name, mix) for name, mix in (("usual", USUAL), ("telling", TELLING))]


def figures(client: httpx.Client, name: str, mix: dict[Relation, int]) -> dict[str, Any]:
    brought = bring(client, mix)
    found: dict[str, Any] = {"mix": name, "bring": brought, "limit": LIMIT}
    begun = time.perf_counter()
    client.get("/v1/provisions/f1:p1/counterparts").raise_for_status()
    found["first"] = time.perf_counter() - begun
    print(f"{name}: a set of {LINKS // SETS:,} links {brought:.2f} s, first answer {found['first']:.2f} s")
    for title, params in (("all frameworks", {}), ("one framework", {"to": "f0"})):
        found[title] = took = asked(client, **params)
        median, p95 = took["median"] * 1000, took["p95"] * 1000
        print(
            f"{name}: counterparts in {title} {median:.1f} ms, 95 % {p95:.1f} ms, {took['items']:.0f} items  "
            f"(at most {LIMIT * 1000:.0f} ms)",
            flush=True,
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path, default=Path("var/bench/counterparts-http.json"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o755)
        results = measured(home)
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
