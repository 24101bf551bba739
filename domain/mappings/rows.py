"""From a row of SSSOM to the columns of the table, and back. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from domain.mappings.merging import Row, record_id_of
from domain.mappings.rules import relation_of
from domain.mappings.sssom import (
    PLAIN_STATUS,
    Absence,
    Own,
    absences,
    empty_side,
    named,
    own_of,
    source_of,
    with_own,
    without_own,
)
from schemas.mappings import SssomMapping, SssomSet

PUBLISHED = ("accepted", "deprecated")
"""Statuses of what everybody may read. The others are for those who work on mappings."""


class Said(NamedTuple):
    """What is held of a mapping and exported."""

    id: UUID
    slots: dict[str, Any]
    status: str
    rationale: str | None
    source: str | None
    joint_group: str | None


def published(rows: Sequence[Said]) -> list[Said]:
    """What everybody may read of a set.

    Where a member of a joint group is not for everybody, the others are told one by one: alone they would be
    taken for the whole.
    """
    partial = {row.joint_group for row in rows if row.status not in PUBLISHED}
    return [
        row._replace(joint_group=None) if row.joint_group in partial else row
        for row in rows
        if row.status in PUBLISHED
    ]


def rows_of(document: SssomSet) -> list[Row]:
    """The mappings of a set, each with its place."""
    names = named(document.extension_definitions)
    absent = absences(document.mappings)
    return [
        row_of(without_own(mapping, names), own_of(mapping, names), absence) | {"position": position}
        for position, (mapping, absence) in enumerate(zip(document.mappings, absent, strict=True))
    ]


def row_of(mapping: SssomMapping, own: Own, absence: Absence | None) -> Row:
    """The mapping by the columns of its table.

    Where there is no counterpart it says itself, though it was understood by the rows beside it: they change.
    """
    slots = mapping.model_dump(mode="json", exclude_defaults=True)
    if absence is not None:
        slots.setdefault(f"{empty_side(mapping)}_source", source_of(absence))
    relation = relation_of(mapping.predicate_id, mapping.predicate_modifier)
    return {
        "subject": mapping.subject_id,
        "object": mapping.object_id,
        "relation": relation.value if relation and absence is None else None,
        "predicate_id": mapping.predicate_id,
        "predicate_modifier": mapping.predicate_modifier,
        "rationale": own.rationale,
        "confidence": mapping.confidence,
        "justification": mapping.mapping_justification,
        "author": mapping.author_label or mapping.author_id,
        "reviewer": mapping.reviewer_label or mapping.reviewer_id,
        "reviewed_at": mapping.review_date,
        "source": own.source_paragraph or mapping.mapping_source,
        "status": own.status or PLAIN_STATUS,
        "comment": mapping.comment,
        "slots": slots,
        "joint_group": own.joint_group,
        "absent_from": absence.framework if absence else None,
        "decided_at": None,
        "version": 1,
    }


def document_of(header: dict[str, Any], rows: Sequence[Said]) -> SssomSet:
    """The set as SSSOM, from its header and what is held of its mappings.

    Either all mappings of a set have a record_id or none: where some have one, the others get theirs here.
    """
    some = any("record_id" in row.slots for row in rows)
    mappings = [({"record_id": record_id_of(row.id)} if some else {}) | row.slots for row in rows]
    document = SssomSet.model_validate(header | {"mappings": mappings})
    return with_own(document, [_own(row) for row in rows])


def _own(row: Said) -> Own:
    source = row.source if row.source != row.slots.get("mapping_source") else None
    status = row.status if row.status != PLAIN_STATUS else None
    return Own(status, row.rationale, source, row.joint_group)
