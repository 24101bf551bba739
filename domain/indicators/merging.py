"""Checked rows into the table, set by set: staged by `COPY`, compared, then written in a few statements.

Everything happens on one connection of the driver, inside its caller's transaction. Imports of one indicator
take turns, so that what was compared is still so when it is written.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from domain.errors import Conflict
from domain.indicators.codes import MISSING as STATUSES_OF_NOTHING
from domain.indicators.intake.cells import DELETE, MERGE, Deletes
from domain.indicators.intake.tally import Tally

Driver: TypeAlias = asyncpg.Connection | PoolConnectionProxy

FACTS = ("period", "value", "said", "status", "nature", "unit_multiplier", "proxy", "source", "note")
COMPARED = FACTS[1:]
WRITTEN_BY = ("import_number", "revision")
KEY = ("series", "starts", "ends")

PREPARE = """
CREATE TEMP TABLE staged_series (number bigint, indicator text, area text, breakdown jsonb) ON COMMIT DROP;
CREATE TEMP TABLE staged (
    row int, number bigint, starts date, ends date, period text, value numeric, said text, status text,
    nature text, unit_multiplier int2, proxy boolean, source text, action text, note text
) ON COMMIT DROP;
SET LOCAL work_mem = '128MB';
SET LOCAL jit = off
"""
"""Rows that are looked up one by one seem dear enough to be compiled for, which takes longer than they do."""

PATIENCE = 5
"""Seconds for which a request waits for its turn."""

LOCK = "pg_advisory_xact_lock(hashtextextended('observations of ' || indicator, 0))"
TAKE_TURNS = f"SELECT {LOCK} FROM (SELECT DISTINCT indicator FROM staged_series ORDER BY 1) AS named"  # noqa: S608 - made of constants
TAKE_A_TURN = f"SELECT {LOCK} FROM (SELECT $1::text AS indicator) AS named"  # noqa: S608 - made of constants

RESOLVE = """
ANALYZE staged_series;
INSERT INTO series (id, indicator, area, breakdown)
SELECT min(number), indicator, area, breakdown FROM staged_series AS new
WHERE NOT EXISTS (
    SELECT FROM series AS known WHERE known.indicator = new.indicator AND known.area = new.area
    AND known.breakdown = new.breakdown
)
GROUP BY indicator, area, breakdown;
CREATE TEMP TABLE resolved ON COMMIT DROP AS
SELECT number, id AS series FROM staged_series JOIN series USING (indicator, area, breakdown);
ANALYZE resolved;
ANALYZE staged
"""

STAGED = "staged AS new JOIN resolved USING (number)"
BESIDE = f"{STAGED} LEFT JOIN observations AS old USING ({', '.join(KEY)})"
MISSING = f"'{{{', '.join(sorted(STATUSES_OF_NOTHING))}}}'::text[]"
OMITTED = "(new.value IS NULL AND new.said IS NULL AND new.status IS NULL)"
DIFFERS = " OR ".join(f"new.{name} IS DISTINCT FROM old.{name}" for name in COMPARED)

STATES = f"new.action <> '{DELETE}'"

FILL_IN = f"""
UPDATE staged SET value = kept.value, said = kept.said, status = kept.status, nature = kept.nature,
    unit_multiplier = kept.unit_multiplier, proxy = kept.proxy, source = kept.source, note = kept.note
FROM (
    SELECT new.row, CASE WHEN {OMITTED} THEN old.value ELSE new.value END AS value,
        CASE WHEN {OMITTED} THEN old.said ELSE new.said END AS said,
        coalesce(
            new.status, CASE WHEN {OMITTED} OR old.status <> ALL({MISSING}) THEN old.status END,
            CASE WHEN {OMITTED} THEN 'O' ELSE 'A' END
        ) AS status,
        coalesce(new.nature, old.nature) AS nature,
        nullif(coalesce(new.unit_multiplier, old.unit_multiplier), 0) AS unit_multiplier,
        coalesce(new.proxy, old.proxy, false) AS proxy,
        coalesce(new.source, old.source) AS source, coalesce(new.note, old.note) AS note
    FROM {BESIDE} WHERE new.action = '{MERGE}'
) AS kept WHERE staged.row = kept.row
"""  # noqa: S608 - made of constants
"""What rows leave out that are to be merged is as it was."""

FINDABLE = "CREATE INDEX ON staged (number, starts, ends); CREATE INDEX ON resolved (series)"
"""What is staged is looked up even where statistics take `observations` for empty, as they do when they were
taken while the import that filled it was under way; else each row of it would be held against all staged."""

COMPARE = f"""
SELECT count(*) AS staged, count(*) FILTER (WHERE old.revision IS NULL AND {STATES}) AS unknown,
    count(*) FILTER (WHERE old.revision IS NOT NULL AND {STATES} AND ({DIFFERS})) AS changed,
    count(*) FILTER (WHERE old.revision IS NOT NULL AND NOT {STATES}) AS deleted
FROM {BESIDE}
"""  # noqa: S608 - made of constants, as all statements here

THE_SAME = "old.series = resolved.series AND old.starts = new.starts AND old.ends = new.ends"
LAST_DELETED = f"""
LEFT JOIN LATERAL (
    SELECT max(revision) AS last FROM former_observations AS old WHERE {THE_SAME} AND deleted
) AS gone ON true
"""  # noqa: S608 - made of constants
"""Looked up for each row: statistics know only what series have deleted on average, and of a series that has
much more, a join would hold each row against all of it."""

INSERT = f"""
INSERT INTO observations ({", ".join((*KEY, *FACTS))}, import_number, revision)
SELECT series, starts, ends, {", ".join(f"new.{name}" for name in FACTS)}, $1, coalesce(gone.last, 0) + 1
FROM {STAGED} {LAST_DELETED}
WHERE NOT EXISTS (SELECT FROM observations AS old WHERE {THE_SAME}) AND {STATES} ORDER BY series, starts, ends
"""  # noqa: S608 - made of constants
"""What is not known is asked for by `NOT EXISTS`. Every revision has a number, so that of joined rows without
one, which say the same, the planner expects one at most."""

WRITTEN = f"{', '.join((*KEY, *FACTS))}, import_number, revision, replaced_by, deleted"
KEEP_FORMER = f"""
INSERT INTO former_observations ({WRITTEN})
SELECT series, starts, ends, {", ".join(f"old.{name}" for name in (*FACTS, *WRITTEN_BY))},
    $1, NOT {STATES}
FROM {STAGED} JOIN observations AS old USING ({", ".join(KEY)}) WHERE NOT {STATES} OR {DIFFERS}
"""  # noqa: S608 - made of constants

REMOVE = f"DELETE FROM observations AS old USING {STAGED} WHERE {THE_SAME} AND NOT {STATES}"  # noqa: S608 - made of constants

UPDATE = f"""
UPDATE observations AS old
SET {", ".join(f"{name} = new.{name}" for name in COMPARED)}, import_number = $1, revision = old.revision + 1
FROM {STAGED} WHERE {THE_SAME} AND {STATES} AND ({DIFFERS})
"""  # noqa: S608 - made of constants

FIND_REPEATED = f"""
CREATE TEMP TABLE repeated ON COMMIT DROP AS
SELECT {", ".join(KEY)} FROM {STAGED} GROUP BY {", ".join(KEY)} HAVING count(*) > 1;
ANALYZE repeated
"""  # noqa: S608 - made of constants

REPEATED = f"""
SELECT array_agg(new.row ORDER BY new.row) AS rows,
    bool_or({STATES}) AND (
        bool_or(NOT {STATES}) OR count(DISTINCT ({", ".join(f"new.{name}" for name in COMPARED)})) > 1
    ) AS disagree,
    array_agg(
        CASE WHEN {STATES} THEN coalesce(new.value::text, new.said, 'nothing') ELSE 'deleted' END
        ORDER BY new.row
    ) AS said
FROM {STAGED} JOIN repeated USING ({", ".join(KEY)}) GROUP BY {", ".join(KEY)} ORDER BY 1
"""  # noqa: S608 - made of constants


@dataclass(slots=True)
class Outcome:
    """How many rows were written, and how."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    conflicting: int = 0

    @property
    def wrote(self) -> bool:
        return bool(self.imported or self.updated or self.deleted)


async def number_of_series(driver: Driver) -> int:
    """A number that no import has, for the series of a file that is staged before it has its own."""
    return int(await driver.fetchval("SELECT nextval(pg_get_serial_sequence('imports', 'number'))"))


async def stage(driver: Driver, rows: AsyncIterator[bytes], series: BinaryIO, *, patient: bool) -> None:
    """Bring lines to the database as they are, to be merged when it is their turn: that is when this ends.

    `series` is read when `rows` has ended. Raises Conflict as `take_turn` does.
    """
    await driver.execute(PREPARE)
    await driver.copy_to_table("staged", source=rows, schema_name="pg_temp")
    series.seek(0)
    await driver.copy_to_table("staged_series", source=series, schema_name="pg_temp")
    await _wait(driver, TAKE_TURNS, patient=patient)


SERIES_COUNTED = "ANALYZE series (id, indicator, area)"
"""Else an export that comes before the server's own turn takes them for one, and sorts all rows on disk."""


async def write(driver: Driver, rows: AsyncIterator[bytes], series: BinaryIO) -> bool:
    """Bring lines of an indicator that has no observations yet straight to their table.

    False, and nothing written, when an observation is there twice, or is to be deleted.
    """
    try:
        async with driver.transaction():
            await driver.copy_to_table("observations", source=rows, columns=(*KEY, *FACTS, *WRITTEN_BY))
            series.seek(0)
            await driver.copy_to_table(
                "series", source=series, columns=("id", "indicator", "area", "breakdown")
            )
            await driver.execute(SERIES_COUNTED)
    except (asyncpg.UniqueViolationError, Deletes):
        return False
    return True


async def take_turn(driver: Driver, indicator: str, *, patient: bool = False) -> bool:
    """Wait for whoever imports the same indicator. Whether there is nothing of it yet.

    Raises Conflict when that takes long, unless one is `patient`: a job waits, a person is told.
    """
    await _wait(driver, TAKE_A_TURN, indicator, patient=patient)
    known = await driver.fetchval("SELECT EXISTS (SELECT FROM series WHERE indicator = $1)", indicator)
    return not known


async def _wait(driver: Driver, locked: str, *given: str, patient: bool) -> None:
    if patient:
        await driver.fetch(locked, *given)
        return
    await driver.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
    try:
        await driver.fetch(locked, *given)
    except asyncpg.LockNotAvailableError:
        detail = (
            "Observations of this indicator are being written just now; send this again when they are in."
        )
        raise Conflict(detail, code="import-running") from None
    await driver.execute("SET LOCAL lock_timeout = DEFAULT")


async def merge(driver: Driver, number: int, tally: Tally, *, acts: bool) -> Outcome:
    """Write what is staged as the import `number`. `acts`: some rows are to be merged, or delete.

    A row that says again what another says counts as unchanged, as does a deletion of what is not there. Rows
    that disagree on one observation are all left out, and told: which of them is meant, nobody knows.
    """
    await driver.execute(RESOLVE)
    if acts:
        await driver.execute(FILL_IN)
    outcome = Outcome()
    compared = await _compared(driver)
    if acts or compared["changed"] or not await _insert_all(driver, number, compared["unknown"]):
        await _set_repeated_aside(driver, tally, outcome)
        compared = await _compared(driver)
        await driver.execute(FINDABLE)
        await driver.execute(KEEP_FORMER, number)
        await driver.execute(REMOVE)
        await driver.execute(UPDATE, number)
        await driver.execute(INSERT, number)
    outcome.imported, outcome.updated = compared["unknown"], compared["changed"]
    outcome.deleted = compared["deleted"]
    outcome.unchanged += compared["staged"] - outcome.imported - outcome.updated - outcome.deleted
    return outcome


async def _compared(driver: Driver) -> asyncpg.Record:
    found = await driver.fetchrow(COMPARE)
    assert found is not None, "counts have a row"
    return found


async def _insert_all(driver: Driver, number: int, unknown: int) -> bool:
    """Write what is not known yet. False, and nothing written, when an observation is there twice.

    The table's key finds that out by the way; a look at all rows beforehand would cost a tenth of an import.
    """
    try:
        async with driver.transaction():
            if unknown:
                await driver.execute(INSERT, number)
    except asyncpg.UniqueViolationError:
        return False
    return True


async def _set_repeated_aside(driver: Driver, tally: Tally, outcome: Outcome) -> None:
    await driver.execute(FIND_REPEATED)
    drop: list[int] = []
    async for found in driver.cursor(REPEATED):
        rows = found["rows"]
        if found["disagree"]:
            first, second = _two_that_differ(found["said"])
            detail = f"Rows {_listed(rows)} disagree on one observation: {first} and {second}."
            tally.add("conflicting-rows", "/value", detail, rows)
            outcome.conflicting += len(rows)
            drop += rows
        else:
            outcome.unchanged += len(rows) - 1
            drop += rows[1:]
    if drop:
        await driver.execute("DELETE FROM staged WHERE row = ANY($1)", drop)


def _two_that_differ(said: Sequence[str]) -> tuple[str, str]:
    other = next((value for value in said if value != said[0]), said[0])
    return said[0][:40], other[:40]


def _listed(rows: Sequence[int]) -> str:
    few = [str(row) for row in rows[:5]]
    return " and ".join([", ".join(few[:-1]), few[-1]])
