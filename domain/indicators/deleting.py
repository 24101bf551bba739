"""Observations that should not have been: taken out of the table, and kept as what they were."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from domain.base import Json
from domain.errors import Conflict
from domain.indicators import merging
from domain.indicators.actions import Importer, driver_of, recorded
from domain.indicators.exporting import Selection

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

MOST = 500_000
"""Observations that are deleted at once, while somebody waits."""

COUNT = """
SELECT count(*) FROM (
    SELECT FROM series s JOIN observations o ON o.series = s.id WHERE {conditions} LIMIT {most}
) AS selected
"""
DELETE = """
WITH gone AS (
    DELETE FROM observations o USING series s WHERE o.series = s.id AND {conditions} RETURNING o.*
)
INSERT INTO former_observations ({written}) SELECT {read}, {by}, true FROM gone
"""


async def delete(
    session: AsyncSession, selection: Selection, *, importer: Importer, now: datetime, dry_run: bool
) -> Json:
    """What is selected is there no longer: missing, not zero. How many that were is answered.

    Deleting it again deletes nothing. Raises Conflict when it is more than can be deleted at once.
    """
    driver = await driver_of(session)
    await merging.take_turn(driver, selection.indicator)
    conditions, given = selection.whole()
    found = await driver.fetchval(COUNT.format(conditions=conditions, most=MOST + 1), *given)
    if found > MOST:
        detail = f"These are more than {MOST:,} observations; delete them State by State, or year by year."
        raise Conflict(detail, code="too-many-selected", limit=MOST)
    answer = {"id": None, "dry_run": dry_run, "deleted": found}
    if dry_run or not found:
        return answer
    record = await recorded(session, importer, now, selection.indicator, answer=answer)
    record.wrote = True
    await session.flush()
    columns = [*merging.KEY, *merging.FACTS, "import_number", "revision"]
    statement = DELETE.format(
        conditions=conditions, written=merging.WRITTEN, read=", ".join(columns), by=f"${len(given) + 1}::int"
    )
    await driver.execute(statement, *given, record.number)
    return record.answer
