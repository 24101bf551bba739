"""Totals against the sums of their parts, wherever an import wrote one or the other."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import asyncpg

from domain.indicators.intake.tally import Tally
from domain.indicators.merging import STAGED, Driver

FAMILIES = """
CREATE TEMP TABLE families (
    total bigint, indicator text, area text, concept text, rest jsonb, needed int, part boolean, member bigint
) ON COMMIT DROP;
SET LOCAL work_mem = '128MB'
"""
FAMILIES_FOUND = "ANALYZE families; SET LOCAL enable_hashagg = off"
"""Rows come nearly sorted: to sort them takes a third of the time that a hash of so many sums takes."""

FIND_FAMILIES = """
INSERT INTO families
WITH spoken AS MATERIALIZED (SELECT DISTINCT indicator, area FROM {spoken} WHERE indicator = ANY($1)),
observed AS MATERIALIZED (
    SELECT DISTINCT jsonb_object_keys(breakdown) FROM spoken JOIN series USING (indicator, area)
),
breakdowns AS (
    SELECT * FROM unnest($2::text[], $3::text[]) AS given (concept, codes) WHERE concept IN (TABLE observed)
),
members AS (
    SELECT id, indicator, area, concept, string_to_array(codes, ' ') AS parts, breakdown - concept AS rest,
        breakdown ->> concept AS code
    FROM spoken JOIN series USING (indicator, area) CROSS JOIN breakdowns
    WHERE NOT breakdown ? concept
        OR breakdown ->> concept = ANY(string_to_array(codes, ' ') || '{{_O,_U,_X}}'::text[])
),
grouped AS (
    SELECT max(id) FILTER (WHERE code IS NULL) AS total, indicator, area, concept, rest,
        min(cardinality(parts)) AS needed, array_agg(id) AS series,
        array_agg(id) FILTER (WHERE code = ANY(parts)) AS parts
    FROM members GROUP BY indicator, area, concept, rest
    HAVING count(*) FILTER (WHERE code = ANY(parts)) = min(cardinality(parts)) AND bool_or(code IS NULL)
)
SELECT total, indicator, area, concept, rest, needed, member = ANY(parts), member
FROM grouped CROSS JOIN unnest(series) AS of (member)
"""
SCALED = (
    "CASE WHEN unit_multiplier IS NULL THEN value ELSE trim_scale(value * 10::numeric ^ unit_multiplier) END"
)
TOTALS = f"""
WITH compared AS (
    SELECT total, concept, starts, ends, max({SCALED}) FILTER (WHERE series = total) AS stated,
        sum({SCALED}) FILTER (WHERE series <> total) AS summed
    FROM families JOIN observations ON series = member
    WHERE value IS NOT NULL
    GROUP BY total, concept, starts, ends
    HAVING bool_or(import_number = $1) AND count(*) FILTER (WHERE part) = max(needed)
),
different AS (SELECT * FROM compared WHERE stated <> summed ORDER BY total, concept, starts LIMIT 1000)
SELECT total, indicator, area, concept, rest::text, period, stated,
    string_agg(({SCALED})::text, ' + ' ORDER BY series) FILTER (WHERE series <> total) AS said,
    array_agg(series ORDER BY series <> total, series) AS members
FROM different JOIN families USING (total, concept) JOIN observations AS one
    ON series = member AND one.starts = different.starts AND one.ends = different.ends
WHERE value IS NOT NULL
GROUP BY total, indicator, area, concept, rest, period, stated, one.starts
ORDER BY indicator, area, concept, rest, one.starts
"""  # noqa: S608 - made of constants
ROWS_OF = f"""
SELECT series, period, row FROM {STAGED} JOIN unnest($1::bigint[], $2::text[]) AS told (series, period)
USING (series, period)
"""  # noqa: S608 - made of constants


async def compare(
    driver: Driver,
    number: int,
    indicators: Sequence[str],
    parts: Mapping[str, Sequence[str]],
    tally: Tally,
    *,
    staged: bool,
) -> None:
    """Tell which totals are not the sum of their parts, where the import `number` wrote one or the other.

    `parts`: by concept, the codes that make up its total. Which row states the total, or else a part of it,
    is told where rows were staged.
    """
    if not indicators or not parts:
        return
    # In two steps, with statistics between them: of series that are new the planner would know nothing.
    await driver.execute(FAMILIES)
    codes = [" ".join(codes) for codes in parts.values()]
    spoken = "staged_series" if staged else "series"
    await driver.execute(FIND_FAMILIES.format(spoken=spoken), list(indicators), list(parts), codes)
    await driver.execute(FAMILIES_FOUND)
    found = await driver.fetch(TOTALS, number)
    told = {(member, one["period"]) for one in found for member in one["members"]}
    sent = await driver.fetch(ROWS_OF, *map(list, zip(*told, strict=True))) if staged and told else []
    rows = {(one["series"], one["period"]): one["row"] for one in sent}
    for one in found:
        of = ((member, one["period"]) for member in one["members"])
        row = next((rows[key] for key in of if key in rows), None)
        detail = _told(one, of_several=len(indicators) > 1)
        tally.add_one("total-differs", "/value", detail, row, about=detail)


def _told(one: asyncpg.Record, *, of_several: bool) -> str:
    rest = ", ".join(f"{concept} {code}" for concept, code in sorted(json.loads(one["rest"]).items()))
    named = [*([one["indicator"]] if of_several else []), one["area"], one["period"]]
    where = ", ".join([" ".join(named), *([rest] if rest else []), one["concept"]])
    return f"{where}: total {one['stated']} ≠ {one['said']}"
