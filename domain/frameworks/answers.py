"""Reads that are asked for most, answered by PostgreSQL as JSON in one query over the driver's connection.

The bytes have the shape of `schemas.frameworks.Tree` and `Page[Provision]`; decision 0009 says why they are
not made by the models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from domain.errors import NotFound

if TYPE_CHECKING:
    from asyncpg import Connection
    from asyncpg.pool import PoolConnectionProxy

    Driver: TypeAlias = Connection | PoolConnectionProxy

LATEST = """
    SELECT id, framework_key AS framework, key FROM editions WHERE framework_key = $1 AND status = 'published'
    ORDER BY published DESC, order_key DESC LIMIT 1
"""
PROVISION = """
    '{"reference":"' || e.framework || ':' || p.ref || '","framework":"' || e.framework
    || '","edition":"' || e.key || '",' || p.answer
"""
"""Keys and references have no characters that JSON would escape."""

INDICATOR = """
    (SELECT row_to_json(answer) FROM (
        SELECT e.framework || ':' || i.ref AS reference, e.framework, e.key AS edition, i.ref,
            e.framework || ':' || i.provision_ref AS provision, i.title, i.kind, i.unit, i.direction,
            i.scale, i.growth, i.counting, i.disaggregation, i.baselines, i.targets, i.data_sources,
            i.responsible, i.source, i.verified,
            NULL AS deprecated
    ) AS answer)::text
"""

TREE = f"""
WITH e AS ({LATEST})
SELECT convert_to(
    '{{"framework":"' || e.framework || '","edition":"' || e.key || '","provisions":['
    || coalesce((SELECT string_agg({PROVISION}, ',' ORDER BY p.position)
                 FROM provisions p WHERE p.edition_id = e.id), '')
    || '],"indicators":['
    || coalesce((SELECT string_agg({INDICATOR}, ',' ORDER BY i.position)
                 FROM indicators i WHERE i.edition_id = e.id), '')
    || ']}}', 'UTF8')
FROM e
"""  # noqa: S608 - made of constants

PAGE = f"""
WITH e AS ({LATEST}), found AS (
    SELECT p.position, {PROVISION} AS item, row_number() OVER (ORDER BY p.position) AS nth
    FROM e JOIN provisions p ON p.edition_id = e.id
    WHERE ($2::text IS NULL OR p.themes @> ARRAY[$2::text]) AND p.position > $3
    ORDER BY p.position LIMIT $4 + 1
)
SELECT convert_to(string_agg(item, ',' ORDER BY nth) FILTER (WHERE nth <= $4), 'UTF8'),
    max(position) FILTER (WHERE nth <= $4), count(*) > $4
FROM found
"""  # noqa: S608 - made of constants


async def tree(connection: Driver, framework: str) -> bytes:
    """The latest edition whole: its provisions and indicators in reading order. Raises NotFound."""
    found: bytes | None = await connection.fetchval(TREE, framework)
    if found is None:
        raise _missing(framework)
    return found


@dataclass(frozen=True, slots=True)
class ProvisionPage:
    items: bytes
    """As they stand between the brackets of a JSON array."""

    last: int | None
    """Position of the last one, when more follow."""


async def provisions(
    connection: Driver, framework: str, *, theme: str | None, after: int | None, limit: int
) -> ProvisionPage:
    """A page of the latest edition's provisions after a position. Raises NotFound."""
    row = await connection.fetchrow(PAGE, framework, theme, -1 if after is None else after, limit)
    assert row is not None  # an aggregate over nothing has one row
    items, last, more = row
    if items is None and await connection.fetchrow(LATEST, framework) is None:
        raise _missing(framework)
    return ProvisionPage(items or b"", last if more else None)


def _missing(framework: str) -> NotFound:
    return NotFound(f"There is no framework `{framework}`.", framework=framework)
