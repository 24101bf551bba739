"""Observations in and out by the million, against PostgreSQL's own `COPY` of the same rows in the same table.

python -m bench.observations [ROWS] [--rounds N] [--many ROWS] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from bench.catalogue import free_port, process, servers
from services.settings import Settings
from services.stack.preparing import prepare

PATH = "/v1/indicators/{}/observations"
SHARE = "sdg:5.5.1"
"""A percentage: nothing to be summed."""

AREAS, AGES, YEARS = 240, 56, 25
SEXES = ("F", "M", "_T")
FEW = 100_000
CALLS = 40
PIECE = 256 * 1024
ASKED_EVERY = 0.1
"""Seconds between two looks at a job: asking all the time would take the processor that does it."""

IMPORT_LEAST, IMPORT_AIM = 0.25, 0.5
AGAIN_LEAST, AGAIN_AIM = 1.0, 2.0
EXPORT_LEAST, EXPORT_AIM = 0.5, 0.8
GROWTH_MOST, MEGABYTES_MOST = 2.0, 200.0


def rows(states: list[str], count: int) -> Iterator[str]:
    """Parts that sum to their totals, for all States, ages and years, until there are enough."""
    number = 0
    for state in states:
        for age in range(AGES):
            for year in range(1995, 1995 + YEARS):
                women, men = (number * 7919) % 4_999 / 100, (number * 104_729) % 4_999 / 100
                for sex, value in zip(SEXES, (women, men, women + men), strict=True):
                    yield f'{state},{year},{value:.2f},{sex},Y{age}T{age + 4},A,"UN Global SDG Database"\n'
                    number += 1
                    if number == count:
                        return


def written(states: list[str], count: int, file: Path) -> None:
    with file.open("w") as out:
        out.write("state,period,value,sex,age,status,source\n")
        out.writelines(rows(states, count))


class Database:
    """The server's own measure: `COPY` of the rows as they stand in the table."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("+asyncpg", "")

    def execute(self, *statements: str) -> None:
        async def run() -> None:
            connection = await asyncpg.connect(self.url)
            for statement in statements:
                await connection.execute(statement)
            await connection.close()

        asyncio.run(run())

    def count(self) -> int:
        async def run() -> int:
            connection = await asyncpg.connect(self.url)
            found = await connection.fetchval("SELECT count(*) FROM observations")
            await connection.close()
            return int(found)

        return asyncio.run(run())

    def copied_out(self, file: Path) -> float:
        """Seconds of `COPY observations TO STDOUT (FORMAT csv)`."""

        async def run() -> float:
            connection = await asyncpg.connect(self.url)
            begun = time.perf_counter()
            with file.open("wb") as out:
                await connection.copy_from_table("observations", output=out, format="csv")
            took = time.perf_counter() - begun
            await connection.close()
            return took

        return asyncio.run(run())

    def copied_in(self, file: Path) -> float:
        """Seconds of `COPY observations FROM STDIN` into the emptied table."""

        async def run() -> float:
            connection = await asyncpg.connect(self.url)
            await connection.execute("TRUNCATE observations")
            await connection.execute("CHECKPOINT")
            begun = time.perf_counter()
            await connection.copy_to_table("observations", source=_pieces(file), format="csv")
            took = time.perf_counter() - begun
            await connection.close()
            return took

        return asyncio.run(run())


async def _pieces(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as source:
        while piece := source.read(PIECE):
            yield piece


def imported(client: httpx.Client, indicator: str, file: Path) -> tuple[float, dict[str, Any]]:
    """Seconds from the first byte to the answer, of the job where the file is a large one."""
    begun = time.perf_counter()
    with file.open("rb") as source:
        headers = {"Content-Type": "text/csv"}
        answer = client.post(PATH.format(indicator), content=source, headers=headers).raise_for_status()
    if answer.status_code == 200:
        return time.perf_counter() - begun, answer.json()
    while (job := client.get(answer.headers["location"]).json())["status"] in ("queued", "running"):
        time.sleep(ASKED_EVERY)
    took = time.perf_counter() - begun
    assert job["status"] == "succeeded", job
    return took, client.get(job["result"]).json()


def exported(client: httpx.Client, indicator: str, file: Path) -> float:
    begun = time.perf_counter()
    headers = {"Accept": "text/csv"}
    with client.stream("GET", PATH.format(indicator), headers=headers) as answer, file.open("wb") as out:
        answer.raise_for_status()
        for chunk in answer.iter_raw():
            out.write(chunk)
    return time.perf_counter() - begun


def one_series(client: httpx.Client, state: str) -> float:
    """Median seconds to read one series."""
    asked = {"state": state, "sex": "F", "age": "Y10T14"}
    took = []
    for number in range(CALLS + 5):
        begun = time.perf_counter()
        answer = client.get(PATH.format(SHARE), params=asked)
        if number >= 5:
            took.append(time.perf_counter() - begun)
        assert len(answer.raise_for_status().json()["items"]) == YEARS
    return statistics.median(took)


def round_of(
    client: httpx.Client, database: Database, indicator: str, file: Path, count: int
) -> dict[str, float]:
    """Import, again, export; then the same rows by `COPY` alone."""
    database.execute("TRUNCATE observations, series, former_observations, imports", "CHECKPOINT")
    first, answer = imported(client, indicator, file)
    assert answer["imported"] == count, answer
    assert not answer["warnings"], answer["warnings"][:3]
    database.execute("VACUUM ANALYZE observations", "CHECKPOINT")
    again, answer = imported(client, indicator, file)
    assert answer["unchanged"] == count, answer
    other = file.with_suffix(".other")
    other.write_bytes(file.read_bytes().replace(b",A,", b", A,"))
    compared, answer = imported(client, indicator, other)
    assert answer["unchanged"] == count, answer
    out = exported(client, indicator, file.with_suffix(".out"))
    raw_out = database.copied_out(file.with_suffix(".raw"))
    raw_in = database.copied_in(file.with_suffix(".raw"))
    return {
        "first": first,
        "again": again,
        "compared": compared,
        "raw_in": raw_in,
        "export": out,
        "raw_out": raw_out,
    }


FILL = """
INSERT INTO observations (
    series, starts, ends, period, value, status, proxy, source, import_number, revision
)
SELECT s.id, make_date(1994 + y, 1, 1), make_date(1994 + y, 12, 31), (1994 + y)::text,
    ((s.id * 31 + y) % 10000 / 100.0)::numeric(7, 2), 'A', false,
    'UN Global SDG Database', (SELECT min(number) FROM imports), 1
FROM (SELECT id FROM series WHERE indicator = '{indicator}' ORDER BY id LIMIT {series}) s,
    generate_series(1, {years}) y
"""
SERIES = """
INSERT INTO series (id, indicator, area, breakdown)
SELECT row_number() OVER (), '{indicator}', state, CASE n WHEN 0 THEN '{{"AGE": "Y10T14", "SEX": "F"}}'::jsonb
    ELSE jsonb_build_object('AGE', 'Y' || 20 + n, 'SEX', (ARRAY['F', 'M'])[1 + n % 2]) END
FROM unnest(ARRAY[{states}]) state, generate_series(0, {each} - 1) n
"""


def growth(client: httpx.Client, database: Database, states: list[str], many: int) -> dict[str, float]:
    """One series out of a hundred thousand observations and out of so many more."""
    named = ", ".join(f"'{state}'" for state in states)
    found = {}
    for name, count in (("few", FEW), ("many", many)):
        each = max(1, count // YEARS // len(states))
        database.execute(
            "TRUNCATE observations, series, former_observations",
            SERIES.format(indicator=SHARE, states=named, each=each),
            FILL.format(indicator=SHARE, series=each * len(states), years=YEARS),
            "VACUUM ANALYZE observations",
            "VACUUM ANALYZE series",
            "CHECKPOINT",
        )
        found[name] = one_series(client, states[len(states) // 2])
        found[f"{name}_rows"] = database.count()
    return found


def measured(home: Path, count: int, rounds: int, many: int) -> dict[str, Any]:
    with servers(home) as (url, redis), ExitStack() as stack:
        settings = Settings(home=home, database_url=url, redis_url=redis)
        asyncio.run(prepare(settings, home / "key", samples=False))
        address = f"http://127.0.0.1:{free_port()}"
        environment = {
            "FOCALPOINT_DATABASE_URL": url.replace("+asyncpg", ""),
            "FOCALPOINT_REDIS_URL": redis,
            "FOCALPOINT_PORT": address.rpartition(":")[2],
            "FOCALPOINT_HOME": str(home),
            "FOCALPOINT_LOG_LEVEL": "warning",
        }
        api = stack.enter_context(process(["services.api"], f"{address}/healthz", pin=False, **environment))
        worker = stack.enter_context(
            process(["services.worker"], f"{address}/healthz", pin=False, **environment)
        )
        key = {"Authorization": f"Bearer {(home / 'key').read_text().strip()}"}
        client = stack.enter_context(
            httpx.Client(base_url=address, headers=key, timeout=600, trust_env=False)
        )
        states = _states(client)
        file = home / "observations.csv"
        written(states, count, file)
        database = Database(url)
        _warm(client, states, home / "warm.csv")
        shares, counted = [], []
        for _ in range(rounds):
            shares.append(round_of(client, database, SHARE, file, count))
            counted.append(round_of(client, database, _counted(client), file, count))
        series = growth(client, database, states, many)
        held = {"api": peak(api), "worker": peak(worker)}
    return said(
        count=count,
        megabytes=file.stat().st_size / 1e6,
        shares=shares,
        counted=counted,
        series=series,
        held=held,
    )


def _warm(client: httpx.Client, states: list[str], file: Path) -> None:
    """A file that is just large enough for the worker, when that has come so far."""
    written(states, 250_000, file)
    imported(client, "sdg:5.5.2", file)


def peak(process_id: int) -> float:
    """The most memory that a process has held, in megabytes."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process_id}/status").read_text())
    assert found
    return int(found[1]) / 1024


def _states(client: httpx.Client) -> list[str]:
    found = client.get("/v1/states", params={"limit": 500}).raise_for_status().json()["items"]
    return [state["iso3"] for state in found][:AREAS]


def _counted(client: httpx.Client) -> str:
    """An indicator whose parts are compared with their totals."""
    found = client.get("/v1/indicators", params={"framework": "cim-plan", "limit": 500}).json()["items"]
    return next(item["reference"] for item in found if item["unit"] == "people trained")


Rounds = list[dict[str, float]]


def ratio(of: str, to: str, rounds: Rounds) -> float:
    return statistics.median(run[of] / run[to] for run in rounds)


def spread(of: str, to: str, rounds: Rounds) -> str:
    """The median, and the lowest and highest, of the rounds."""
    ratios = [run[of] / run[to] for run in rounds]
    return f"{statistics.median(ratios):.2f} [{min(ratios):.2f}-{max(ratios):.2f}]"


def said(
    *,
    count: int,
    megabytes: float,
    shares: Rounds,
    counted: Rounds,
    series: dict[str, float],
    held: dict[str, float],
) -> dict[str, Any]:
    found = {
        "rows": count,
        "megabytes": megabytes,
        "import": ratio("raw_in", "first", shares),
        "import_of_counts": ratio("raw_in", "first", counted),
        "again": ratio("first", "again", shares),
        "compared": ratio("first", "compared", shares),
        "again_of_counts": ratio("first", "again", counted),
        "export": ratio("raw_out", "export", shares),
        "series_growth": series["many"] / series["few"],
        "held_megabytes": held,
        "rounds": shares,
        "counted": counted,
        "series": series,
    }
    rate = count / statistics.median(run["first"] for run in shares)
    told = [
        (
            f"import {count:,} rows, {rate:,.0f}/s",
            f"{spread('raw_in', 'first', shares)} of COPY",
            IMPORT_LEAST,
            IMPORT_AIM,
        ),
        (
            "of counts, with their totals",
            f"{spread('raw_in', 'first', counted)} of COPY",
            IMPORT_LEAST,
            IMPORT_AIM,
        ),
        ("the same file again", f"{spread('first', 'again', shares)} times as fast", AGAIN_LEAST, AGAIN_AIM),
        ("the same rows in other bytes", f"{spread('first', 'compared', shares)} times as fast", None, None),
        ("export as CSV", f"{spread('raw_out', 'export', shares)} of COPY", EXPORT_LEAST, EXPORT_AIM),
    ]
    for what, figure, least, aim in told:
        limits = f"  (at least {least:g}, aim {aim:g})" if least else ""
        print(f"{what:34} {figure}{limits}")
    print(
        f"{'one series of':34} {series['many_rows']:,} {series['many'] * 1000:.1f} ms, of"
        f" {series['few_rows']:,} {series['few'] * 1000:.1f} ms: {found['series_growth']:.2f}"
        f"  (at most {GROWTH_MOST:g})"
    )
    print(
        f"{'memory':34} API {held['api']:.0f} MB, worker {held['worker']:.0f} MB  (below {MEGABYTES_MOST:g})",
        flush=True,
    )
    return found


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("rows", nargs="?", type=int, default=100_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--many", type=int, default=1_000_000)
    asked.add_argument("--json", type=Path, default=Path("var/bench/observations.json"))
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o755)
        found = measured(Path(home), given.rows, given.rounds, given.many)
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
