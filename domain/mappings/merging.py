"""A mapping set that is brought again, put together with the one that is held. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from domain.mappings.consistency import Stated
from domain.mappings.rules import NO_TERM_FOUND, Relation
from domain.mappings.sssom import MAPPINGS, PLAIN_STATUS

Row: TypeAlias = dict[str, Any]
"""A mapping by the columns of its table; one that is not held yet has no id."""

Pair: TypeAlias = tuple[Any, ...]
"""Two provisions whichever way round, or one and the framework that has no counterpart of it."""

REVIEW = ("reviewer_id", "reviewer_label", "review_date", "reviewer_agreement")
"""Slots that say who reviewed the row, and with what result."""

STATEMENT = ("subject", "predicate_id", "predicate_modifier", "object", "absent_from")
CONTENT = (*STATEMENT, "rationale", "source", "joint_group")
OURS = ("id", "version", "decided_at", "position")
"""What no document says."""


class Merge(NamedTuple):
    rows: list[Row]
    """What the set is to hold; each says as before keeps its id."""

    kept: list[Row]
    """Those of them that the document has otherwise, or not at all: decided on, or held with what was."""


def merge(held: Sequence[Row], brought: Sequence[Row], *, seen: bool) -> Merge:
    """The rows of the document, without losing what was decided on single ones meanwhile.

    A row that says the same as the one held, and nothing of a review, keeps the review that this one has.
    Where somebody decided on a pair and the document does not have it so, everything held on that pair
    stands in place of the document's rows, unless the caller has `seen` the set as it is. So it does on
    the other pairs of a joint group, which says something only as a whole, and where the document rules
    out what stands. What is held and what is brought agree each in itself; so do therefore the rows.
    """
    brought = _as_held(held, brought)
    pairs = set() if seen else _standing(held, brought)
    rows = [row for row in held if _pair(row) in pairs]
    kept = list(_otherwise(rows, brought))
    before: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in held:
        if _pair(row) not in pairs:
            before[_statement(row)].append(row)
    rows += [_continued(row, before[_statement(row)]) for row in brought if _pair(row) not in pairs]
    return Merge(rows, kept)


def record_id_of(mapping: UUID) -> str:
    """What a mapping is exported under that has no record_id of its own, beside others that have."""
    return f"{MAPPINGS}:{mapping}"


def _as_held(held: Sequence[Row], brought: Sequence[Row]) -> list[Row]:
    """The rows without the record_ids that they have from an export."""
    ours = {record_id_of(row["id"]): _statement(row) for row in held if "record_id" not in row["slots"]}
    return [
        row | {"slots": {name: value for name, value in row["slots"].items() if name != "record_id"}}
        if ours.get(row["slots"].get("record_id")) == _statement(row)
        else row
        for row in brought
    ]


def _standing(held: Sequence[Row], brought: Sequence[Row]) -> set[Pair]:
    """The pairs on which what is held stands."""
    decided = [row for row in held if row["decided_at"] is not None]
    pairs: set[Pair] = set()
    more = {_pair(row) for row in _otherwise(decided, brought)}
    while not more <= pairs:
        pairs |= more
        stands = [row for row in held if _pair(row) in pairs]
        out = [row for row in brought if _pair(row) in pairs]
        rows = [*_of_groups_of([*stands, *out], [*held, *brought]), *_ruled_out(brought, stands)]
        more = {_pair(row) for row in rows}
    return pairs


def _of_groups_of(some: Sequence[Row], rows: Sequence[Row]) -> Iterator[Row]:
    groups = {row["joint_group"] for row in some} - {None}
    return (row for row in rows if row["joint_group"] in groups)


def _ruled_out(brought: Sequence[Row], stands: Sequence[Row]) -> Iterator[Row]:
    """Rows of other pairs that cannot be beside what stands: absences, counterparts, ids that are taken."""
    ids = {row["slots"].get("record_id") for row in stands} - {None}
    beside: dict[str, list[Stated]] = defaultdict(list)
    for row in stands:
        if row["status"] == PLAIN_STATUS:
            for end in {row["subject"], row["object"]} - {NO_TERM_FOUND}:
                beside[end].append(_stated(row))
    for row in brought:
        said = _stated(row)
        others = (other for end in (said.subject, said.object) for other in beside.get(end, ()))
        against = row["status"] == PLAIN_STATUS and any(
            said.denies(other) or other.denies(said) for other in others
        )
        if against or row["slots"].get("record_id") in ids:
            yield row


def _otherwise(held: Sequence[Row], brought: Sequence[Row]) -> Iterator[Row]:
    """Those of the rows that the document has otherwise, or not at all."""
    by_statement: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in brought:
        by_statement[_statement(row)].append(row)
    for row in held:
        same = any(_confirms(other, row) for other in by_statement[_statement(row)])
        if not same:
            yield row


def _confirms(brought: Row, held: Row) -> bool:
    """Whether the document leaves the row and its review as they are."""
    return _facts(brought) == _facts(held) or (_is_silent(brought) and _content(brought) == _content(held))


def _continued(row: Row, before: list[Row]) -> Row:
    """The row as it goes on from one of those that made the same statement, which it uses up."""
    if not before:
        return row
    found = next((held for held in before if _confirms(row, held)), None)
    if found is not None:
        before.remove(found)
        return found | {"position": row["position"]}
    held = before.pop(0)
    return row | {"id": held["id"], "version": held["version"] + 1}


def _stated(row: Row) -> Stated:
    relation = Relation(row["relation"]) if row["relation"] else None
    return Stated(row["subject"], relation, row["object"], row["absent_from"])


def _pair(row: Row) -> Pair:
    return (*sorted((row["subject"], row["object"])), row["absent_from"])


def _statement(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in STATEMENT)


def _facts(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in OURS}


def _content(row: Row) -> Row:
    slots = {name: value for name, value in row["slots"].items() if name not in REVIEW}
    return {name: row[name] for name in CONTENT} | {"slots": slots}


def _is_silent(row: Row) -> bool:
    """Whether the row says nothing of its review."""
    return row["status"] == PLAIN_STATUS and not any(name in row["slots"] for name in REVIEW)
