"""Reads that are asked for most, answered by PostgreSQL as JSON in one query over the driver's connection.

The text of an answer has the shape of `schemas.frameworks.Provision` and `Indicator`; decision 0009 says why
it is not made by the models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import NotFound

if TYPE_CHECKING:
    import asyncpg

PROVISION = """
    e.framework_key || ':' || p.ref AS reference, e.framework_key AS framework, e.key AS edition, p.ref,
    p.parent, p.depth, p.position, p.kind, p.title, p.summary, p.assessable, p.themes, p.source, p.verified,
    p.title_source, NULL AS deprecated
"""
INDICATOR = """
    e.framework_key || ':' || i.ref AS reference, e.framework_key AS framework, e.key AS edition, i.ref,
    e.framework_key || ':' || i.provision_ref AS provision, i.title, i.kind, i.unit, i.direction,
    i.disaggregation, i.baselines, i.targets, i.data_sources, i.responsible, i.source, i.verified,
    NULL AS deprecated
"""
LATEST = """
    SELECT id, framework_key, key FROM editions WHERE framework_key = $1 AND status = 'published'
    ORDER BY published DESC, key DESC LIMIT 1
"""

TREE = f"""
WITH e AS ({LATEST})
SELECT e.framework_key, e.key,
    (SELECT string_agg((SELECT row_to_json(r) FROM (SELECT {PROVISION}) r)::text, ',' ORDER BY p.position)
     FROM provisions p WHERE p.edition_id = e.id),
    (SELECT string_agg((SELECT row_to_json(r) FROM (SELECT {INDICATOR}) r)::text, ',' ORDER BY i.position)
     FROM indicators i WHERE i.edition_id = e.id)
FROM e
"""  # noqa: S608 - made of constants

PAGE = f"""
WITH e AS ({LATEST}), found AS (
    SELECT {PROVISION} FROM e JOIN provisions p ON p.edition_id = e.id
    WHERE ($2::text IS NULL OR p.themes @> ARRAY[$2::text]) AND p.position > $3
    ORDER BY p.position LIMIT $4 + 1
), page AS (SELECT * FROM found ORDER BY position LIMIT $4)
SELECT (SELECT string_agg(row_to_json(page)::text, ',' ORDER BY position) FROM page),
    (SELECT max(position) FROM page), (SELECT count(*) FROM found) > $4, EXISTS (SELECT FROM e)
"""  # noqa: S608 - made of constants


async def tree(connection: asyncpg.Connection, framework: str) -> str:
    """The latest edition whole: its provisions and indicators in reading order. Raises NotFound."""
    row = await connection.fetchrow(TREE, framework)
    if row is None:
        raise _missing(framework)
    key, edition, provisions, indicators = row
    return (
        f'{{"framework":"{key}","edition":"{edition}",'
        f'"provisions":[{provisions or ""}],"indicators":[{indicators or ""}]}}'
    )


@dataclass(frozen=True, slots=True)
class ProvisionPage:
    items: str
    """A JSON array."""

    last: int | None
    """Position of the last one, when more follow."""


async def provisions(
    connection: asyncpg.Connection, framework: str, *, theme: str | None, after: int | None, limit: int
) -> ProvisionPage:
    """A page of the latest edition's provisions after a position. Raises NotFound."""
    row = await connection.fetchrow(PAGE, framework, theme, -1 if after is None else after, limit)
    assert row is not None  # a statement that selects from nothing has one row
    items, last, more, known = row
    if not known:
        raise _missing(framework)
    return ProvisionPage(f"[{items or ''}]", last if more else None)


def _missing(framework: str) -> NotFound:
    return NotFound(f"There is no framework `{framework}` with a published edition.", framework=framework)
