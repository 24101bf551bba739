"""What makes a mapping set acceptable beyond the shape of its slots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from domain.errors import Invalid, Problem
from domain.mappings.rules import NO_TERM_FOUND, Statement, contradictions, relation_of
from domain.mappings.sssom.slots import propagated
from schemas.mappings import SssomMapping, SssomSet


class Row(NamedTuple):
    """A mapping and where it stands: its position in the set from 0, and its line or number from 1."""

    position: int
    line: int
    mapping: SssomMapping

    def problem(self, slot: str, code: str, detail: str) -> Problem:
        return Problem(f"/mappings/{self.position}/{slot}", code, detail, self.line)


def accept(mapping_set: SssomSet) -> SssomSet:
    """A set that came as JSON, held to the rules for files, each shared slot moved to its mappings.

    Raises Invalid with everything that is wrong, each with the number of its mapping, from 1.
    """
    rows = [Row(position, position + 1, mapping) for position, mapping in enumerate(mapping_set.mappings)]
    declared = {definition.slot_name for definition in mapping_set.extension_definitions}
    found = [_undeclared(name) for name in sorted(mapping_set.extensions.keys() - declared)]
    found += problems(rows, declared)
    if found:
        raise refusal(found)
    return propagated(mapping_set)


def refusal(found: Sequence[Problem]) -> Invalid:
    """The refusal of a set, its problems in the order of their lines."""
    in_order = sorted(found, key=lambda problem: problem.row or 0)
    return Invalid("The mapping set has problems.", in_order, code="invalid-mapping-set")


def problems(rows: Sequence[Row], declared: set[str]) -> list[Problem]:
    """What is wrong with mappings that each have the right shape; `declared` names the extensions."""
    checks: list[Callable[[Sequence[Row]], Iterator[Problem]]] = [
        _unknown_relations,
        _contradictions,
        _record_ids,
        _cardinalities,
    ]
    found = [problem for check in checks for problem in check(rows)]
    return found + list(_undeclared_extensions(rows, declared))


def _unknown_relations(rows: Sequence[Row]) -> Iterator[Problem]:
    for row in rows:
        predicate, modifier = row.mapping.predicate_id, row.mapping.predicate_modifier
        if relation_of(predicate, modifier) is None:
            detail = f"`{predicate}` with the modifier `{modifier}` states no relation that is known here."
            yield row.problem("predicate_modifier", "unknown-relation", detail)


def _contradictions(rows: Sequence[Row]) -> Iterator[Problem]:
    against = contradictions(_statements(rows))
    by_position = {row.position: row for row in rows}
    for position, other in against.items():
        row, excluded = by_position[position], by_position[other]
        detail = (
            f"`{row.mapping.subject_id}` and `{row.mapping.object_id}`: this cannot stand beside "
            f"what line {excluded.line} says of them."
        )
        yield row.problem("predicate_id", "contradiction", detail)


def _statements(rows: Sequence[Row]) -> Iterator[Statement]:
    for row in rows:
        mapping = row.mapping
        relation = relation_of(mapping.predicate_id, mapping.predicate_modifier)
        if relation and NO_TERM_FOUND not in (mapping.subject_id, mapping.object_id):
            yield Statement(mapping.subject_id, mapping.object_id, relation, row.position)


def _record_ids(rows: Sequence[Row]) -> Iterator[Problem]:
    """Either all mappings have an id or none, and no two the same."""
    times = Counter(row.mapping.record_id for row in rows)
    if set(times) == {None}:
        return
    for row in rows:
        record_id = row.mapping.record_id
        if record_id is None:
            yield row.problem("record_id", "required", "Other mappings of the set have a record_id.")
        elif times[record_id] > 1:
            yield row.problem(
                "record_id", "duplicate-record", f"`{record_id}` stands {times[record_id]} times."
            )


def _cardinalities(rows: Sequence[Row]) -> Iterator[Problem]:
    """A side is 0 exactly where there is no counterpart."""
    for row in rows:
        mapping = row.mapping
        if mapping.mapping_cardinality is None:
            continue
        sides = zip(
            mapping.mapping_cardinality.split(":"), (mapping.subject_id, mapping.object_id), strict=True
        )
        if any((side == "0") != (reference == NO_TERM_FOUND) for side, reference in sides):
            detail = f"`{mapping.mapping_cardinality}` does not fit: 0 stands for {NO_TERM_FOUND}."
            yield row.problem("mapping_cardinality", "cardinality-mismatch", detail)


def _undeclared_extensions(rows: Sequence[Row], declared: set[str]) -> Iterator[Problem]:
    for row in rows:
        for name in sorted(row.mapping.extensions.keys() - declared):
            yield _undeclared(name, f"/mappings/{row.position}", row.line)


def _undeclared(name: str, place: str = "", line: int | None = None) -> Problem:
    detail = f"`{name}` is not among the extension_definitions of the set."
    return Problem(f"{place}/extensions/{name}", "undeclared-extension", detail, line)
