"""Observations out again: JSON by PostgreSQL, CSV and SDMX-CSV by `COPY`, which nobody here takes apart."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from domain.errors import Invalid, Problem
from domain.indicators import periods
from domain.indicators.codes import TOTAL
from domain.indicators.merging import Driver

Sink = Callable[[bytes], Coroutine[Any, Any, None]]

DATAFLOW = "FOCALPOINT:OBSERVATIONS(1.0)"
NUMBER_AND_DATES = "series, starts, ends"
MAY_BE = "({0} COLLATE \"C\" < 'A' OR {0} COLLATE \"C\" >= '＋')"
NO_FORMULA = f"CASE WHEN {MAY_BE} AND {{0}} ~ '^''*[=+@\\t\\r＝＋－＠-]' THEN '''' || {{0}} ELSE {{0}} END"
"""A text that spreadsheets do not calculate: an apostrophe before what they take for a formula."""

ITEM = """
json_build_object(
    'indicator', s.indicator, 'state', s.area, 'period', o.period, 'start', o.starts, 'end', o.ends,
    'value', CASE WHEN o.said IS NULL THEN to_json(o.value) ELSE to_json(o.said) END,
    'breakdown', s.breakdown, 'status', o.status, 'nature', o.nature, 'unit_multiplier', o.unit_multiplier,
    'proxy', o.proxy, 'source', o.source, 'note', o.note, 'revision', o.revision, 'recorded', i.at, 'by', i.by
    {more}
)::text
"""
REPLACED = ", 'replaced', r.at, 'replaced_by', r.by, 'deleted', o.deleted"


class Place(NamedTuple):
    """Where an observation stands among those of an indicator: series by series, in the order of time."""

    series: int
    starts: date
    ends: date
    revision: int = 0


@dataclass(frozen=True)
class Selection:
    """Which observations of an indicator are asked for."""

    indicator: str
    areas: Sequence[str] | None = None
    """Only of these."""

    starts: date | None = None
    ends: date | None = None
    """Periods that begin no earlier, and end no later."""

    period: periods.Period | None = None
    """This one, and none that lies in it."""

    breakdown: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Which codes of a concept; `_T` is the total."""

    def series(self) -> tuple[str, list[object]]:
        """A condition on `s`, and what stands for its `$1`, `$2`, …"""
        conditions, given = ["s.indicator = $1"], list[object]([self.indicator])
        if self.areas is not None:
            given.append(list(self.areas))
            conditions.append(f"s.area = ANY(${len(given)}::text[])")
        one_each = {concept: codes[0] for concept, codes in self.breakdown.items() if len(codes) == 1}
        one_each = {concept: code for concept, code in one_each.items() if code != TOTAL}
        if one_each:  # a question that is answered for thousands of series in a millisecond
            given.append(json.dumps(one_each))
            conditions.append(f"s.breakdown @> ${len(given)}::jsonb")
        for concept in sorted(self.breakdown.keys() - one_each.keys()):
            given += [concept, list(self.breakdown[concept])]
            code = f"coalesce(s.breakdown ->> ${len(given) - 1}::text, '{TOTAL}')"
            conditions.append(f"{code} = ANY(${len(given)}::text[])")
        return " AND ".join(conditions), given

    def whole(self) -> tuple[str, list[object]]:
        """The same on `s` and `o`, with the periods."""
        conditions, of_period, given = self.parts()
        return conditions + of_period, given

    def parts(self) -> tuple[str, str, list[object]]:
        """A condition on `s`, and what is to be added to one on `o`."""
        conditions, given = self.series()
        of_period = ""
        bounds = [("starts", ">=", self.starts), ("ends", "<=", self.ends)]
        if self.period is not None:
            bounds += [("starts", "=", self.period.starts), ("ends", "=", self.period.ends)]
        for column, sign, day in bounds:
            if day is not None:
                given.append(day)
                of_period += f" AND o.{column} {sign} ${len(given)}::date"
        return conditions, of_period, given

    @property
    def whole_indicator(self) -> bool:
        """Whether nothing narrows it."""
        return self == Selection(self.indicator)


def days(from_: str | None, to: str | None) -> tuple[date | None, date | None]:
    """The first and the last day that are asked for. Raises Invalid for one that ends before it begins."""
    starts = read_period(from_, parameter="from").starts if from_ is not None else None
    ends = read_period(to, parameter="to").ends if to is not None else None
    if starts is not None and ends is not None and ends < starts:
        detail = f"{ends} lies before {starts}."
        raise Invalid(detail, [Problem("?to", "end-before-start", detail)], code="end-before-start")
    return starts, ends


def read_period(period: str, *, parameter: str) -> periods.Period:
    """Raises Invalid for what names no period."""
    try:
        return periods.read(period)
    except periods.Unreadable as why:
        raise Invalid(why.detail, [Problem(f"?{parameter}", why.code, why.detail)], code=why.code) from None


async def page(
    driver: Driver, selection: Selection, *, after: Place | None, limit: int, former: bool = False
) -> list[tuple[Place, str]]:
    """Observations as JSON, each with its place; or what was in their places before."""
    conditions, given = selection.whole()
    key = "o.series, o.starts, o.ends, o.revision" if former else "o.series, o.starts, o.ends"
    if after is not None:
        given += [after.series, after.starts, after.ends, *([after.revision] if former else [])]
        first = len(given) - (3 if former else 2)
        marks = ", ".join(f"${number}" for number in range(first, len(given) + 1))
        conditions += f" AND ({key}) > ({marks})"
    given.append(limit)
    table, more = ("former_observations", REPLACED) if former else ("observations", "")
    replaced = "JOIN imports r ON r.number = o.replaced_by" if former else ""
    rows = await driver.fetch(
        f"SELECT o.series, o.starts, o.ends, o.revision, {ITEM.format(more=more)} AS item"  # noqa: S608 - made of constants
        f" FROM series s JOIN {table} o ON o.series = s.id"
        f" JOIN imports i ON i.number = o.import_number {replaced}"
        f" WHERE {conditions} ORDER BY {key} LIMIT ${len(given)}",
        *given,
    )
    return [(Place(*row[:4]), row[4]) for row in rows]


async def series_page(
    driver: Driver, selection: Selection, *, after: int | None, limit: int
) -> list[tuple[int, str]]:
    """What there are observations for, as JSON, each with the number of its series."""
    conditions, of_period, given = selection.parts()
    given += [after or 0, limit]
    rows = await driver.fetch(
        "SELECT s.id, json_build_object('state', s.area, 'breakdown', s.breakdown,"  # noqa: S608 - made of constants
        " 'observations', found.count, 'first', found.first, 'last', found.last)::text AS item"
        " FROM series s CROSS JOIN LATERAL ("
        "  SELECT count(*), (array_agg(period ORDER BY starts, ends))[1] AS first,"
        "   (array_agg(period ORDER BY starts DESC, ends DESC))[1] AS last"
        f"  FROM observations o WHERE o.series = s.id{of_period}"
        f" ) found WHERE {conditions} AND s.id > ${len(given) - 1} AND found.count > 0"
        f" ORDER BY s.id LIMIT ${len(given)}",
        *given,
    )
    return [(row["id"], row["item"]) for row in rows]


async def concepts(driver: Driver, selection: Selection) -> list[str]:
    """By what the observations are broken down. A series may have none, when they were deleted."""
    conditions, of_period, given = selection.parts()
    rows = await driver.fetch(
        "SELECT concept FROM ("  # noqa: S608 - made of constants
        f"  SELECT DISTINCT jsonb_object_keys(s.breakdown) AS concept FROM series s WHERE {conditions}"
        " ) AS named CROSS JOIN LATERAL ("  # one observation of each is enough
        "  SELECT FROM series s JOIN observations o ON o.series = s.id"
        f"  WHERE s.breakdown ? concept AND {conditions}{of_period} LIMIT 1"
        " ) AS observed ORDER BY 1",
        *given,
    )
    return [row["concept"] for row in rows]


async def copy_csv(driver: Driver, selection: Selection, sink: Sink) -> None:
    """CSV with the columns that an import takes; texts cannot be taken for formulas."""
    broken_down = await concepts(driver, selection)
    said, source, note = (NO_FORMULA.format(f"o.{name}") for name in ("said", "source", "note"))
    columns = [
        "s.area AS state",
        "o.period",
        f"CASE WHEN o.said IS NULL THEN o.value::text ELSE {said} END AS value",
        *(f's."{concept}" AS "{concept.lower()}"' for concept in broken_down),
        "o.status",
        "o.nature",
        "o.unit_multiplier",
        "CASE WHEN o.proxy THEN 'true' END AS proxy",
        f"{source} AS source",
        f"{note} AS note",
    ]
    await _copy(driver, selection, broken_down, columns, sink)


async def copy_sdmx(driver: Driver, selection: Selection, sink: Sink) -> None:
    """SDMX-CSV 2.0: structure, dimensions, time, value, attributes. Texts stand as they are."""
    broken_down = await concepts(driver, selection)
    columns = [
        "'dataflow' AS \"STRUCTURE\"",
        f"'{DATAFLOW}' AS \"STRUCTURE_ID\"",
        "'I' AS \"ACTION\"",
        's.indicator AS "INDICATOR"',
        's.area AS "REF_AREA"',
        *(f's."{concept}" AS "{concept}"' for concept in broken_down),
        'o.period AS "TIME_PERIOD"',
        'coalesce(o.said, o.value::text) AS "OBS_VALUE"',
        'o.status AS "OBS_STATUS"',
        'o.nature AS "NATURE"',
        'o.unit_multiplier AS "UNIT_MULT"',
        "CASE WHEN o.proxy THEN 'true' END AS \"PROXY\"",
        'o.source AS "SOURCE_DETAIL"',
        'o.note AS "COMMENT_OBS"',
    ]
    await _copy(driver, selection, broken_down, columns, sink)


async def copy_lines(driver: Driver, selection: Selection, sink: Sink) -> None:
    """NDJSON: an observation on each line, as in the list."""
    conditions, given = selection.whole()

    async def unescaped(rows: bytes) -> None:
        """`COPY` doubles backslashes, and JSON has nothing else that it would change."""
        await sink(rows.replace(rb"\\", b"\\"))

    await driver.copy_from_query(
        f"SELECT {ITEM.format(more='')} FROM series s JOIN observations o ON o.series = s.id"  # noqa: S608 - made of constants
        f" JOIN imports i ON i.number = o.import_number WHERE {conditions} ORDER BY {_key('o')}",
        *given,
        output=unescaped,
    )


def _key(table: str) -> str:
    return f"{table}.series, {table}.starts, {table}.ends"


async def _copy(
    driver: Driver, selection: Selection, broken_down: Sequence[str], columns: Sequence[str], sink: Sink
) -> None:
    """The breakdown is taken apart once for each series, not for each observation."""
    conditions, of_period, given = selection.parts()
    codes = "".join(
        f""", coalesce(s.breakdown ->> '{name}', '{TOTAL}') AS "{name}\"""" for name in broken_down
    )
    await driver.copy_from_query(
        f"WITH s AS MATERIALIZED (SELECT s.id, s.indicator, s.area{codes} FROM series s WHERE {conditions})"  # noqa: S608 - made of constants
        f" SELECT {', '.join(columns)} FROM s JOIN observations o ON o.series = s.id"
        f" WHERE true{of_period} ORDER BY {_key('o')}",
        *given,
        output=sink,
        format="csv",
        header=True,
    )
