"""A mapping set that is brought again, put together with the one that is held. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from domain.mappings.consistency import Stated
from domain.mappings.rules import NO_TERM_FOUND, Relation
from domain.mappings.sssom import MAPPINGS, PLAIN_STATUS

Row: TypeAlias = dict[str, Any]
"""A mapping by the columns of its table; one that is not held yet has no id."""

Pair: TypeAlias = tuple[Any, ...]
"""Two provisions whichever way round, or one and the framework that has no counterpart of it, if not all."""

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
    out what stands. What is held and what is brought agree each in itself; so do therefore the rows. No
    row takes over the record_id of one that stands: it goes on without.
    """
    matches = _matched(held, brought)
    confirmed = {match.held["id"] for match in matches if match.held is not None and match.confirms}
    otherwise = [row for row in held if row["id"] not in confirmed]
    pairs = set() if seen else _standing(held, brought, otherwise)
    rows = [row for row in held if _pair(row) in pairs]
    kept = [row for row in otherwise if _pair(row) in pairs]
    taken = {_record_id(row) for row in rows}
    rows += [_continued(match, taken) for match in matches if _pair(match.row) not in pairs]
    return Merge(rows, kept)


def record_id_of(mapping: UUID) -> str:
    """What a mapping is exported under that has no record_id of its own, beside others that have."""
    return f"{MAPPINGS}:{mapping}"


def _record_id(held: Row) -> str:
    """What it is exported under, where others have a record_id."""
    own: str = held["slots"].get("record_id", record_id_of(held["id"]))
    return own


def _without_record_id(row: Row) -> Row:
    return row | {"slots": {name: value for name, value in row["slots"].items() if name != "record_id"}}


class _Match(NamedTuple):
    """A row of the document, and the one held that it goes on from, if there is any."""

    row: Row
    """Without a record_id that it has from an export."""
    record_id: str | None
    """The one that it came with."""
    held: Row | None = None
    confirms: bool = False
    """It leaves the one held and its review as they are."""


def _matched(held: Sequence[Row], brought: Sequence[Row]) -> list[_Match]:
    """Each row of the document with one held that makes the same statement, and each of these at most once.

    Who is meant is decided by what they say besides: first all of it, then their record_id, then the reason.
    """
    exported = {record_id_of(row["id"]) for row in held if "record_id" not in row["slots"]}
    matches = [_told(row, exported) for row in brought]
    free: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in held:
        free[_statement(row)].append(row)
    for alike, confirms in _ALIKE:
        for place, match in enumerate(matches):
            left = free[_statement(match.row)] if match.held is None else []
            found = next((row for row in left if alike(match, row)), None)
            if found is not None:
                left.remove(found)
                matches[place] = match._replace(held=found, confirms=confirms)
    return matches


def _told(row: Row, exported: Collection[str]) -> _Match:
    record_id = row["slots"].get("record_id")
    return _Match(_without_record_id(row) if record_id in exported else row, record_id)


def _reason(row: Row) -> tuple[Any, ...]:
    return row["rationale"], row["joint_group"], row["justification"]


_ALIKE: Sequence[tuple[Callable[[_Match, Row], bool], bool]] = (
    (lambda match, held: _facts(match.row) == _facts(held), True),
    (lambda match, held: _is_silent(match.row) and _content(match.row) == _content(held), True),
    (lambda match, held: match.record_id == _record_id(held), False),
    (lambda match, held: _reason(match.row) == _reason(held), False),
    (lambda match, held: True, False),
)
"""By what a row of the document and one held are taken for the same, and whether the one then confirms the
other: the first that holds."""


def _continued(match: _Match, taken: Collection[str]) -> Row:
    """The row as it goes on from the one held."""
    row = match.row
    if match.record_id in taken:
        row = _without_record_id(row)
    if match.held is None:
        return row
    if match.confirms or _facts(row) == _facts(match.held):
        return match.held | {"position": row["position"]}
    return row | {"id": match.held["id"], "version": match.held["version"] + 1}


def _standing(held: Sequence[Row], brought: Sequence[Row], otherwise: Sequence[Row]) -> set[Pair]:
    """The pairs on which what is held stands."""
    pairs: set[Pair] = set()
    more = {_pair(row) for row in otherwise if row["decided_at"] is not None}
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
    """Rows of other pairs that cannot be beside what stands: absences, counterparts."""
    beside: dict[str, list[Stated]] = defaultdict(list)
    for row in stands:
        if row["status"] == PLAIN_STATUS:
            for end in {row["subject"], row["object"]} - {NO_TERM_FOUND}:
                beside[end].append(_stated(row))
    for row in brought:
        said = _stated(row)
        others = (other for end in (said.subject, said.object) for other in beside.get(end, ()))
        if row["status"] == PLAIN_STATUS and any(
            said.denies(other) or other.denies(said) for other in others
        ):
            yield row


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
