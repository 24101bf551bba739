from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import delete, func, insert, select

from domain.base import new_id
from domain.errors import Invalid, Problem
from domain.frameworks import editions
from domain.frameworks import queries as frameworks
from domain.mappings.models import Mapping, MappingSet
from domain.mappings.rules import NO_TERM_FOUND, relation_of
from domain.mappings.sssom import Reading
from schemas.frameworks import Deprecated
from schemas.mappings import SssomMapping, SssomSet

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

GRAPH = 0x6D617073
"""The lock under which the graph of mappings is changed, and, shared, read to derive from it."""

Outcome = Literal["created", "replaced", "unchanged"]


async def bring(
    session: AsyncSession, key: str, reading: Reading, *, seen: Callable[[str], None] | None = None
) -> tuple[MappingSet, Outcome]:
    """Make the set hold exactly these mappings, accepted. The same document again changes nothing.

    Raises Invalid with every mapping whose subject or object does not exist or cannot be assessed.
    Editions that drop provisions leave a set as it is: it is asked again only when it is to change.
    `seen` is given the version that stands, and refuses when it is not the one that the caller saw.
    """
    await session.execute(select(func.pg_advisory_xact_lock(GRAPH)))
    document = reading.mapping_set
    mark = hashlib.sha256(document.model_dump_json().encode()).hexdigest()
    found = await session.scalar(select(MappingSet).where(MappingSet.key == key).with_for_update())
    if found is not None and seen is not None:
        seen(found.etag)
    if found is not None and found.fingerprint == mark:
        return found, "unchanged"
    await _must_exist(session, reading)
    outcome: Outcome = "created" if found is None else "replaced"
    if found is None:
        found = MappingSet(id=new_id(), key=key)
        session.add(found)
    _describe(found, document, mark)
    await session.flush()
    await _replace(session, found, document)
    return found, outcome


async def _replace(session: AsyncSession, found: MappingSet, document: SssomSet) -> None:
    """A mapping that says the same as before keeps its id: what was derived over it still finds it."""
    same = (Mapping.subject, Mapping.predicate_id, Mapping.predicate_modifier, Mapping.object)
    before = await session.execute(select(Mapping.id, *same).where(Mapping.set_id == found.id))
    known = {tuple(facts): key for key, *facts in before}
    await session.execute(delete(Mapping).where(Mapping.set_id == found.id))
    rows = [_row(found, position, row) for position, row in enumerate(document.mappings)]
    for row in rows:
        said = (row["subject"], row["predicate_id"], row["predicate_modifier"], row["object"])
        row["id"] = known.pop(said, None) or new_id()
    if rows:
        await session.execute(insert(Mapping), rows)


async def _must_exist(session: AsyncSession, reading: Reading) -> None:
    assessable = await frameworks.assessable(session)
    dangling = list(_dangling(reading, assessable, {}))
    if dangling:
        dangling = list(_dangling(reading, assessable, await editions.dropped(session)))
        raise Invalid("The mapping set has problems.", dangling, code="invalid-mapping-set")


def _dangling(
    reading: Reading, assessable: dict[str, bool], dropped: dict[str, Deprecated]
) -> Iterator[Problem]:
    for number, row in enumerate(reading.mapping_set.mappings):
        line = reading.lines[number] if reading.lines else None
        for slot, reference in (("subject_id", row.subject_id), ("object_id", row.object_id)):
            place = f"/mappings/{number}/{slot}"
            if reference == NO_TERM_FOUND:
                continue
            if reference in dropped:
                yield Problem(place, "dropped-reference", _gone(reference, dropped[reference]), line)
            elif reference not in assessable:
                yield Problem(place, "dangling-reference", f"There is no provision `{reference}`.", line)
            elif not assessable[reference]:
                yield Problem(place, "not-assessable", f"`{reference}` is a heading.", line)


def _gone(reference: str, deprecated: Deprecated) -> str:
    successors = ", ".join(f"`{successor}`" for successor in deprecated.successors)
    instead = f"its place is taken by {successors}" if successors else "nothing is named to take its place"
    return f"`{reference}` is not in edition {deprecated.edition} any more; {instead}."


def _describe(found: MappingSet, document: SssomSet, mark: str) -> None:
    found.mapping_set_id = document.mapping_set_id
    found.title = document.mapping_set_title
    found.description = document.mapping_set_description
    found.version = document.mapping_set_version
    found.license = document.license
    found.unknown_slots = document.unknown_slots
    found.header = document.model_dump(mode="json", exclude={"mappings"}, exclude_defaults=True)
    found.fingerprint = mark


def _row(found: MappingSet, position: int, row: SssomMapping) -> dict[str, Any]:
    relation = None if NO_TERM_FOUND in (row.subject_id, row.object_id) else _relation(row)
    return {
        "set_id": found.id,
        "set": found.key,
        "position": position,
        "subject": row.subject_id,
        "object": row.object_id,
        "relation": relation,
        "predicate_id": row.predicate_id,
        "predicate_modifier": row.predicate_modifier,
        "rationale": None,
        "confidence": row.confidence,
        "justification": row.mapping_justification,
        "author": row.author_label or row.author_id,
        "reviewer": row.reviewer_label or row.reviewer_id,
        "reviewed_at": row.review_date,
        "source": row.mapping_source,
        "status": "accepted",
        "comment": row.comment,
        "slots": row.model_dump(mode="json", exclude_defaults=True),
    }


def _relation(row: SssomMapping) -> str | None:
    relation = relation_of(row.predicate_id, row.predicate_modifier)
    return relation.value if relation else None
