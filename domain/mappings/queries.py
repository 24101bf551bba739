from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Engine, and_, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from domain.access.rules import Actor
from domain.errors import NotFound
from domain.frameworks import queries as frameworks
from domain.mappings import standing
from domain.mappings.counterparts import answer
from domain.mappings.graph import LONGEST_CHAIN
from domain.mappings.models import Mapping, MappingGraph, MappingSet
from domain.mappings.rows import PUBLISHED, Said, document_of, published
from domain.mappings.rules import NO_TERM_FOUND
from domain.mappings.standing import Known
from schemas.mappings import Mapping as Shown
from schemas.mappings import MappingStatus, RelationName, SssomSet

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

__all__ = ["LONGEST_CHAIN"]


def _readable(actor: Actor) -> ColumnElement[bool]:
    return Mapping.status.in_(PUBLISHED) if actor.anonymous else true()


async def sets(session: AsyncSession, *, actor: Actor) -> Sequence[tuple[MappingSet, int]]:
    """The sets in which the caller may read anything, by key, with how many mappings that is."""
    rows = await session.execute(
        select(MappingSet, func.count(Mapping.id))
        .outerjoin(Mapping, and_(Mapping.set_id == MappingSet.id, _readable(actor)))
        .group_by(MappingSet.id)
        .order_by(MappingSet.key)
    )
    return [(found, count) for found, count in rows if count or not actor.anonymous]


class Exported(NamedTuple):
    document: SssomSet
    etag: str
    whole: bool
    """Whether it has all that the set holds."""


async def exported(session: AsyncSession, key: str, *, actor: Actor) -> Exported:
    """The set as SSSOM, every slot kept, as far as the caller may read it. Raises NotFound."""
    found = await session.scalar(select(MappingSet).where(MappingSet.key == key))
    held = await _said(session, found) if found is not None else []
    said = published(held) if actor.anonymous else held
    if found is None or (actor.anonymous and not said):
        raise NotFound(f"There is no mapping set `{key}`.", mapping_set=key)
    return Exported(document_of(found.header, said), found.etag, len(said) == len(held))


async def _said(session: AsyncSession, found: MappingSet) -> list[Said]:
    columns = [getattr(Mapping, name) for name in Said._fields]
    rows = select(*columns).where(Mapping.set_id == found.id).order_by(Mapping.position, Mapping.id)
    return [Said(*row) for row in await session.execute(rows)]


async def count(session: AsyncSession, found: MappingSet) -> int:
    """How many mappings the set has, whatever their status."""
    return await session.scalar(select(func.count(Mapping.id)).where(Mapping.set_id == found.id)) or 0


async def mapping(session: AsyncSession, mapping_id: UUID, *, actor: Actor, lock: bool = False) -> Mapping:
    """Raises NotFound, too, where the caller may not read it."""
    rows = select(Mapping).where(Mapping.id == mapping_id, _readable(actor))
    found: Mapping | None = await session.scalar(rows.with_for_update() if lock else rows)
    if found is None:
        raise NotFound(f"There is no mapping `{mapping_id}`.", mapping=str(mapping_id))
    return found


async def page(
    session: AsyncSession,
    *,
    actor: Actor,
    key: str | None = None,
    provision: str | None = None,
    from_: str | None = None,
    to: str | None = None,
    relation: RelationName | None = None,
    status: MappingStatus | None = None,
    after: UUID | None,
    limit: int,
) -> Sequence[Shown]:
    """Mappings that the caller may read, by id; `from_` and `to` are the frameworks of subject and object."""
    rows = select(Mapping).where(_readable(actor)).order_by(Mapping.id).limit(limit)
    asked: dict[ColumnElement[Any] | InstrumentedAttribute[Any], str | None] = {
        Mapping.set: key,
        func.split_part(Mapping.subject, ":", 1): from_,
        func.split_part(Mapping.object, ":", 1): to,
        Mapping.relation: relation,
        Mapping.status: status,
    }
    rows = rows.where(*(column == value for column, value in asked.items() if value is not None))
    if provision is not None:
        rows = rows.where(or_(Mapping.subject == provision, Mapping.object == provision))
    if after is not None:
        rows = rows.where(Mapping.id > after)
    return await shown(session, (await session.scalars(rows)).all())


async def shown(session: AsyncSession, rows: Sequence[Mapping]) -> list[Shown]:
    """Mappings as clients see them."""
    ends = {end for row in rows for end in (row.subject, row.object)} - {NO_TERM_FOUND}
    standing_ = await frameworks.standing(session, ends)
    return [_shown(row, standing_) for row in rows]


def _shown(row: Mapping, standing_: set[str]) -> Shown:
    slots = row.slots
    beyond = {
        "dropped": [end for end in (row.subject, row.object) if end not in standing_ | {NO_TERM_FOUND}],
        "reviewer_agreement": slots.get("reviewer_agreement"),
        "similarity_score": slots.get("similarity_score"),
        "match_string": slots.get("match_string", []),
    }
    columns = {name: getattr(row, name) for name in Shown.model_fields if name not in beyond}
    return Shown.model_validate(columns | beyond)


async def version(session: AsyncSession) -> int:
    """Of the graph of accepted mappings: another one whenever what it is made of has changed."""
    found: int = (await session.execute(select(MappingGraph.version))).scalar_one()
    return found


class _Kept:
    """What this process knows of one database."""

    def __init__(self) -> None:
        self.known: Known | None = None
        self.reading = asyncio.Lock()


_KEPT: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()


async def known(session: AsyncSession) -> Known:
    """What accepted mappings say now, as far as this transaction sees.

    Read anew only when the database says that it has changed: whoever publishes a set, in whichever
    process, every other one sees it at its next question.
    """
    number = await version(session)
    kept = _KEPT.setdefault(session.get_bind().engine, _Kept())
    found = kept.known
    if found is None or found.version != number:
        async with kept.reading:
            found = kept.known
            if found is None or found.version != number:
                found = kept.known = await _read(session, number)
    return found


async def counterparts(session: AsyncSession, reference: str, *, to: str | None) -> bytes:
    """Where accepted mappings lead from a provision: JSON as `schemas.mappings.Counterparts` has it."""
    said = await known(session)
    if reference not in said.assessable:
        reference = (await frameworks.provision(session, reference)).reference
    paths = said.graph.paths(reference, to)
    return answer(paths, said.absent(reference, to))


async def _read(session: AsyncSession, number: int) -> Known:
    columns = (
        Mapping.id, Mapping.set, Mapping.subject, Mapping.relation, Mapping.object, Mapping.confidence,
        Mapping.joint_group, Mapping.absent_from, Mapping.status,
    )  # fmt: skip
    counts = or_(Mapping.status == "accepted", Mapping.joint_group.is_not(None))
    rows = await session.execute(select(*columns).where(counts).order_by(Mapping.set, Mapping.position))
    assessable, titles = await frameworks.assessable(session), await frameworks.titles(session, "en")
    subjects = await frameworks.subjects(session)
    return await asyncio.to_thread(standing.known, number, rows.all(), assessable, titles, subjects)
