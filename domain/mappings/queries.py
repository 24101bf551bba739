from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, or_, select

from domain.errors import NotFound
from domain.frameworks import queries as frameworks
from domain.mappings.models import Mapping, MappingSet
from domain.mappings.rules import Graph, Link, Path, Relation
from schemas.mappings import ChainLink, Counterpart, SssomSet

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

LONGEST_CHAIN = 3
UNSTATED_CONFIDENCE = 0.5
"""What a mapping counts for that states no confidence."""


async def sets(session: AsyncSession) -> Sequence[tuple[MappingSet, int]]:
    """All sets by key, with how many mappings each has."""
    rows = await session.execute(
        select(MappingSet, func.count(Mapping.id))
        .outerjoin(Mapping, Mapping.set_id == MappingSet.id)
        .group_by(MappingSet.id)
        .order_by(MappingSet.key)
    )
    return [(found, count) for found, count in rows]


async def find(session: AsyncSession, key: str) -> MappingSet:
    found = await session.scalar(select(MappingSet).where(MappingSet.key == key))
    if found is None:
        raise NotFound(f"There is no mapping set `{key}`.", mapping_set=key)
    return found


async def exported(session: AsyncSession, found: MappingSet) -> SssomSet:
    """The set as SSSOM, every slot kept."""
    rows = await session.scalars(
        select(Mapping.slots).where(Mapping.set_id == found.id).order_by(Mapping.position)
    )
    return SssomSet.model_validate(found.header | {"mappings": list(rows)})


async def page(
    session: AsyncSession,
    *,
    key: str | None,
    provision: str | None,
    status: str | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Mapping]:
    rows = select(Mapping).order_by(Mapping.id).limit(limit)
    if key is not None:
        rows = rows.where(Mapping.set == key)
    if provision is not None:
        rows = rows.where(or_(Mapping.subject == provision, Mapping.object == provision))
    if status is not None:
        rows = rows.where(Mapping.status == status)
    if after is not None:
        rows = rows.where(Mapping.id > after)
    return (await session.scalars(rows)).all()


async def graph(session: AsyncSession) -> Graph:
    """All accepted mappings, to be walked in both directions."""
    rows = await session.scalars(
        select(Mapping).where(Mapping.status == "accepted").order_by(Mapping.set, Mapping.position)
    )
    return Graph(
        Link(
            row.subject,
            row.object,
            Relation(row.relation),
            UNSTATED_CONFIDENCE if row.confidence is None else row.confidence,
            str(row.id),
            row.set,
        )
        for row in rows
        if row.relation is not None
    )


async def counterparts(session: AsyncSession, reference: str, *, to: str | None) -> list[Counterpart]:
    """Every provision that mappings lead to, stated, inverted or chained, each with its chain."""
    provision = await frameworks.provision(session, reference)
    paths = (await graph(session)).paths(provision.reference, to, LONGEST_CHAIN)
    return [_counterpart(path) for path in paths]


def _counterpart(path: Path) -> Counterpart:
    return Counterpart(
        provision=path.target,
        relation=path.relation.value if path.relation else None,
        kind=path.kind.value,
        confidence=round(path.confidence, 4),
        chain=[
            ChainLink(
                mapping=UUID(step.link.mapping), set=step.link.mapping_set, relation=step.relation.value
            )
            for step in path.steps
        ],
    )
