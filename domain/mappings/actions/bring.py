from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from domain.base import new_id
from domain.errors import Invalid, Problem
from domain.frameworks import editions
from domain.frameworks import queries as frameworks
from domain.mappings import sssom
from domain.mappings.actions.lock import lock
from domain.mappings.graph import framework_of
from domain.mappings.merging import Merge, Row, merge
from domain.mappings.models import SUGGESTED_SETS, Mapping, MappingSet
from domain.mappings.rows import rows_of
from domain.mappings.rules import NO_TERM_FOUND
from domain.mappings.sssom import Reading
from schemas.frameworks import Deprecated
from schemas.mappings import SssomSet

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

Outcome = Literal["created", "replaced", "unchanged"]

OVER = ("rejected", "deprecated")
"""Rows of these statuses may name what an edition has dropped: they say what no longer counts."""


class Brought(NamedTuple):
    mapping_set: MappingSet
    outcome: Outcome
    kept: list[Row]
    """Mappings that were decided on here, and that stand although the document has them otherwise."""


async def bring(
    session: AsyncSession, key: str, reading: Reading, *, seen: Callable[[str], None] | None = None
) -> Brought:
    """Make the set hold these mappings, accepted where they say nothing else. The same again changes nothing.

    `seen` is given the version that stands, and refuses when it is not the one that the caller saw; then
    the set holds exactly what the document has. Without it, pairs that somebody decided on here stand.
    Raises Invalid for a key that is reserved, and with everything that is wrong with the reading and every
    mapping whose subject or object does not exist or cannot be assessed.
    Editions that drop provisions leave a set as it is: it is asked again only when it is to change.
    """
    if key.startswith(SUGGESTED_SETS):
        raise Invalid(f"Sets called `{SUGGESTED_SETS}…` keep what the machine suggests.", code="reserved-key")
    if reading.problems:
        raise sssom.refusal([*reading.problems, *await _dangling(session, reading)])
    document = reading.accepted()
    await lock(session)
    found = await session.scalar(select(MappingSet).where(MappingSet.key == key).with_for_update())
    if found is not None and seen is not None:
        seen(found.etag)
    held = await _held(session, found)
    merged = merge(held, rows_of(document), seen=seen is not None)
    header = _header(document)
    if found is not None and found.header == header and _by_id(merged.rows) == _by_id(held):
        return Brought(found, "unchanged", merged.kept)
    dangling = await _dangling(session, reading)
    if dangling:
        raise sssom.refusal(dangling)
    outcome: Outcome = "created" if found is None else "replaced"
    if found is None:
        found = MappingSet(id=new_id(), key=key, revision=-1)
        session.add(found)
    _describe(found, document, header)
    await session.flush()
    await _replace(session, found, held, merged)
    return Brought(found, outcome, merged.kept)


def _header(document: SssomSet) -> dict[str, Any]:
    return document.model_dump(mode="json", exclude={"mappings"}, exclude_defaults=True)


def _describe(found: MappingSet, document: SssomSet, header: dict[str, Any]) -> None:
    found.mapping_set_id = document.mapping_set_id
    found.title = document.mapping_set_title
    found.description = document.mapping_set_description
    found.version = document.mapping_set_version
    found.license = document.license
    found.unknown_slots = document.unknown_slots
    found.header = header
    found.fingerprint = hashlib.sha256(document.model_dump_json().encode()).hexdigest()
    found.revision += 1


COLUMNS = [column for column in Mapping.__table__.columns if column.key not in ("set_id", "set")]


async def _held(session: AsyncSession, found: MappingSet | None) -> list[Row]:
    if found is None:
        return []
    rows = select(*COLUMNS).where(Mapping.set_id == found.id).order_by(Mapping.position, Mapping.id)
    return [dict(row) for row in (await session.execute(rows)).mappings()]


def _by_id(rows: Sequence[Row]) -> dict[UUID | None, Row]:
    """Those that are not held yet stand under None."""
    return {row.get("id"): row for row in rows}


async def _replace(session: AsyncSession, found: MappingSet, held: Sequence[Row], merged: Merge) -> None:
    """Write what differs, and that alone: what says the same as before keeps what was derived over it."""
    before = _by_id(held)
    gone = before.keys() - _by_id(merged.rows).keys()
    await session.execute(delete(Mapping).where(Mapping.id.in_(gone)))
    changed = [row for row in merged.rows if "id" in row and before[row["id"]] != row]
    added = [
        row | {"id": new_id(), "set_id": found.id, "set": found.key} for row in merged.rows if "id" not in row
    ]
    if changed:
        await session.execute(update(Mapping), changed)
    if added:
        await session.execute(insert(Mapping), added)


async def _dangling(session: AsyncSession, reading: Reading) -> list[Problem]:
    """What the mappings name that they cannot."""
    assessable = await frameworks.assessable(session)
    found = list(_misnamed(reading, assessable, {}))
    return found and list(_misnamed(reading, assessable, await editions.dropped(session)))


def _misnamed(
    reading: Reading, assessable: dict[str, bool], dropped: dict[str, Deprecated]
) -> Iterator[Problem]:
    known = {framework_of(reference) for reference in assessable}
    absences = sssom.absences([row.mapping for row in reading.rows])
    for row, absence in zip(reading.rows, absences, strict=True):
        if absence and absence.framework is not None and absence.framework not in known:
            side = "object_source" if row.mapping.object_id == NO_TERM_FOUND else "subject_source"
            yield row.problem(side, "dangling-reference", f"There is no framework `{absence.framework}`.")
        over = sssom.own_of(row.mapping, reading.own).status in OVER
        for slot in ("subject_id", "object_id"):
            reference = getattr(row.mapping, slot)
            found = None if over and reference in dropped else not_standing(reference, assessable, dropped)
            if found is not None:
                yield row.problem(slot, *found)


def not_standing(
    reference: str, assessable: dict[str, bool], dropped: dict[str, Deprecated]
) -> tuple[str, str] | None:
    """Why a mapping cannot name this: a code and a sentence; None when it can."""
    if reference == NO_TERM_FOUND or assessable.get(reference):
        return None
    if reference in dropped:
        return "dropped-reference", _gone(reference, dropped[reference])
    if reference not in assessable:
        return "dangling-reference", f"There is no provision `{reference}`."
    return "not-assessable", f"`{reference}` is a heading."


def _gone(reference: str, deprecated: Deprecated) -> str:
    successors = ", ".join(f"`{successor}`" for successor in deprecated.successors)
    instead = f"its place is taken by {successors}" if successors else "nothing is named to take its place"
    return f"`{reference}` is not in edition {deprecated.edition} any more; {instead}."
