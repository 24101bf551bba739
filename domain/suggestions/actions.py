"""Suggestions are asked for, and written down. Nothing is accepted here: that is for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from sqlalchemy import Float, case, delete, func, insert, select, update

from domain.access.rules import Actor
from domain.base import Json, new_id
from domain.jobs import actions as jobs
from domain.jobs.models import Job
from domain.jobs.queries import open_job
from domain.mappings.actions.filled import filled_here
from domain.mappings.actions.lock import lock
from domain.mappings.graph import framework_of
from domain.mappings.models import Mapping, MappingSet
from domain.mappings.rows import row_of
from domain.mappings.sssom import Own
from domain.suggestions import queries, records
from domain.suggestions.tasks import Pair, Proposed
from schemas.jobs import SuggestMappings
from schemas.mappings import SssomMapping
from schemas.suggestions import SuggestionRequest

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def ask(session: AsyncSession, request: SuggestionRequest, *, actor: Actor) -> Job:
    """Have mappings suggested; the job that already is to, if there is one. Raises NotFound or Invalid."""
    source = request.from_ or framework_of(request.provision or "")
    await queries.must_be_possible(session, source, request.to, request.provision)
    order = SuggestMappings(
        source=source,
        target=request.to,
        only=request.provision,
        most=request.most,
        headings=request.headings,
        mapped=request.mapped,
    )
    subject = f"{request.provision or source}>{request.to}"
    under_way = await open_job(session, order, subject)
    return under_way or jobs.promise(session, order, subject=subject, actor=actor)


async def record(session: AsyncSession, order: SuggestMappings, proposed: Proposed) -> None:
    """Replace what is open between the two frameworks, or for the one provision, by what is proposed now.

    What somebody has decided on stays, if only since the comparison began, and is not proposed.
    """
    await lock(session)
    key = queries.set_key(order.source, order.target)
    found = await filled_here(session, key, records.header(key, order.source, order.target))
    before = await _take_away(session, found, order)
    decided = await queries.decided_pairs(session, order)
    rows = [
        _row(found, records.sssom(proposal, proposed), before)
        for proposal in proposed.proposals
        if (proposal.subject, proposal.object) not in decided
    ]
    if rows:
        await session.execute(insert(Mapping), rows)
    await _put_in_order(session, found)
    found.revision += 1
    if order.only is None:
        found.header = found.header | {"comment": records.note(proposed)}


class Before(NamedTuple):
    """A suggestion that was open."""

    id: UUID
    version: int
    slots: Json


async def _take_away(session: AsyncSession, found: MappingSet, order: SuggestMappings) -> dict[Pair, Before]:
    """The open suggestions that are to be replaced, for those that are made again."""
    gone = delete(Mapping).where(
        Mapping.set_id == found.id, Mapping.status == "suggested", Mapping.decided_at.is_(None)
    )
    if order.only is not None:
        gone = gone.where(Mapping.subject == order.only)
    columns = (Mapping.subject, Mapping.object, Mapping.id, Mapping.version, Mapping.slots)
    rows = await session.execute(gone.returning(*columns))
    return {(one, other): Before(key, version, slots) for one, other, key, version, slots in rows}


def _row(found: MappingSet, mapping: SssomMapping, before: dict[Pair, Before]) -> dict[str, Any]:
    """What is proposed again goes on: as the version that it was, if it says the same."""
    row = row_of(mapping, Own(status="suggested"), None)
    row |= {"set_id": found.id, "set": found.key, "position": 0, "id": new_id()}
    last = before.get((mapping.subject_id, mapping.object_id))
    if last is not None:
        row |= {"id": last.id, "version": last.version + (last.slots != row["slots"])}
    return row


async def _put_in_order(session: AsyncSession, found: MappingSet) -> None:
    """What was decided on first, as it stood; then what is open, the best first."""
    opened = Mapping.status == "suggested"
    order = (
        opened,
        case((opened, 0), else_=Mapping.position),
        case((opened, Mapping.slots["similarity_score"].astext.cast(Float))).desc(),
        Mapping.subject,
        Mapping.object,
        Mapping.id,
    )
    places = (
        select(Mapping.id, (func.row_number().over(order_by=order) - 1).label("place"))
        .where(Mapping.set_id == found.id)
        .subquery()
    )
    await session.execute(
        update(Mapping)
        .where(Mapping.id == places.c.id, Mapping.position != places.c.place)
        .values(position=places.c.place)
        .execution_options(synchronize_session=False)
    )
