"""What makes a mapping set acceptable beyond the shape of its slots."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from domain.errors import Invalid, Problem
from domain.mappings.graph import framework_of
from domain.mappings.groups import Member, whole_of
from domain.mappings.rules import NO_TERM_FOUND, Relation, Statement, contradictions, relation_of
from domain.mappings.sssom.absence import Absence, absences, empty_side, says_where
from domain.mappings.sssom.own import PLAIN_STATUS, VALUES, named, own_of
from domain.mappings.sssom.slots import propagated
from schemas.mappings import SssomMapping, SssomSet


class Row(NamedTuple):
    """A mapping and where it stands: its position in the set from 0, and its line or number from 1."""

    position: int
    line: int
    mapping: SssomMapping

    def problem(self, slot: str, code: str, detail: str) -> Problem:
        return Problem(f"/mappings/{self.position}/{slot}", code, detail, self.line)

    @property
    def relation(self) -> Relation | None:
        return relation_of(self.mapping.predicate_id, self.mapping.predicate_modifier)


class Reading(NamedTuple):
    """A set as it was read, and everything that is wrong with it."""

    header: SssomSet | None
    """What holds for all of the set, without its mappings; None if it has not the right shape."""
    rows: Sequence[Row]
    """The mappings that have the right shape."""
    own: Mapping[str, str]
    """By the name that they have in the set, which of its extensions are our slots."""
    problems: Sequence[Problem]

    def accepted(self) -> SssomSet:
        """The set. Raises Invalid if anything is wrong with it."""
        if self.problems or self.header is None:
            raise refusal(self.problems)
        return self.header.model_copy(update={"mappings": [row.mapping for row in self.rows]})


def accept(mapping_set: SssomSet) -> SssomSet:
    """A set of the right shape, held to the rules for files, each shared slot moved to its mappings.

    Raises Invalid with everything that is wrong, each with the number of its mapping, from 1.
    """
    rows = [Row(position, position + 1, mapping) for position, mapping in enumerate(mapping_set.mappings)]
    return judged(mapping_set, rows).accepted()


def judged(header: SssomSet, rows: Sequence[Row], found: Sequence[Problem] = ()) -> Reading:
    """What came of the right shape, held to the rules for files; `found` is what came of another."""
    header, rows = spread(header, rows)
    own = named(header.extension_definitions)
    whole = not any(problem.row for problem in found)
    return Reading(header, rows, own, [*found, *problems_of_set(header, rows, whole=whole)])


def spread(header: SssomSet, rows: Sequence[Row]) -> tuple[SssomSet, list[Row]]:
    """The same with each shared slot moved to the mappings."""
    whole = propagated(header.model_copy(update={"mappings": [row.mapping for row in rows]}))
    moved = [row._replace(mapping=mapping) for row, mapping in zip(rows, whole.mappings, strict=True)]
    return whole.model_copy(update={"mappings": []}), moved


def problems_of_set(mapping_set: SssomSet, rows: Sequence[Row], *, whole: bool) -> list[Problem]:
    """What is wrong with a set and these mappings of it, which each have the right shape; `whole`: all."""
    declared = {definition.slot_name for definition in mapping_set.extension_definitions}
    found = [_undeclared(name) for name in sorted(mapping_set.extensions.keys() - declared)]
    return found + problems(rows, declared, named(mapping_set.extension_definitions), whole=whole)


def refusal(found: Sequence[Problem]) -> Invalid:
    """The refusal of a set, its problems in the order of their lines."""
    in_order = sorted(found, key=lambda problem: problem.row or 0)
    return Invalid("The mapping set has problems.", in_order, code="invalid-mapping-set")


def problems(
    rows: Sequence[Row], declared: set[str], own: Mapping[str, str], *, whole: bool
) -> list[Problem]:
    """What is wrong with mappings that each have the right shape.

    `declared` names the extensions, `own` those of them that are ours. Rows that are not accepted contradict
    nothing: what was rejected may stand beside what was accepted instead. Unless these are the `whole` set,
    nothing is said of what a row that cannot be read could mend: who else is in a joint group, and where
    there is no counterpart.
    """
    accepted = [row for row in rows if own_of(row.mapping, own).status in (None, PLAIN_STATUS)]
    absent = _absences(rows, whole=whole)
    checks: list[Iterator[Problem]] = [
        _unknown_relations(rows),
        _with_themselves(rows, absent),
        _contradictions(accepted),
        _absent_and_present(accepted, absent),
        _repetitions(accepted, absent, own),
        _record_ids(rows),
        _cardinalities(rows),
        _undeclared_extensions(rows, declared),
        _unknown_values(rows, own),
        _joint_groups(rows if whole else (), own),
    ]
    return [problem for check in checks for problem in check]


def _absences(rows: Sequence[Row], *, whole: bool) -> dict[int, Absence]:
    """What rows say to be absent, by position: from where, the others tell only if all of them are there."""
    found = zip(rows, absences([row.mapping for row in rows]), strict=True)
    return {
        row.position: absence
        for row, absence in found
        if absence is not None and (whole or says_where(row.mapping))
    }


def _unknown_relations(rows: Sequence[Row]) -> Iterator[Problem]:
    for row in rows:
        predicate, modifier = row.mapping.predicate_id, row.mapping.predicate_modifier
        if relation_of(predicate, modifier) is None:
            detail = f"`{predicate}` with the modifier `{modifier}` states no relation that is known here."
            yield row.problem("predicate_modifier", "unknown-relation", detail)
        elif modifier and NO_TERM_FOUND in (row.mapping.subject_id, row.mapping.object_id):
            detail = f"With {NO_TERM_FOUND} the modifier `{modifier}` would say that there is a counterpart."
            yield row.problem("predicate_modifier", "unknown-relation", detail)


def _with_themselves(rows: Sequence[Row], absent: Mapping[int, Absence]) -> Iterator[Problem]:
    """A provision is its own counterpart, and the one in its own framework."""
    for row in rows:
        absence = absent.get(row.position)
        if absence and absence.framework == framework_of(absence.provision):
            detail = f"`{absence.provision}` is itself in `{absence.framework}`."
            yield row.problem(f"{empty_side(row.mapping)}_id", "same-provision", detail)
        if row.mapping.subject_id == row.mapping.object_id:
            detail = f"`{row.mapping.object_id}` is mapped to itself."
            yield row.problem("object_id", "same-provision", detail)


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
        mapping, relation = row.mapping, row.relation
        if relation and NO_TERM_FOUND not in (mapping.subject_id, mapping.object_id):
            yield Statement(mapping.subject_id, mapping.object_id, relation, row.position)


def _absent_and_present(rows: Sequence[Row], absent: Mapping[int, Absence]) -> Iterator[Problem]:
    """A provision without a counterpart in a framework, or in any, has none there by any other row."""
    present: dict[Absence, Row] = {}
    for row in rows:
        one, other = row.mapping.subject_id, row.mapping.object_id
        if NO_TERM_FOUND not in (one, other) and row.relation is not Relation.NOT_RELATED:
            for provision, far in ((one, other), (other, one)):
                present.setdefault(Absence(provision, framework_of(far)), row)
                present.setdefault(Absence(provision, None), row)
    for row in rows:
        absence = absent.get(row.position)
        if absence in present:
            found = present[absence]
            where = f"`{found.mapping.subject_id}` and `{found.mapping.object_id}`"
            detail = f"`{absence.provision}` has a counterpart by line {found.line}: {where}."
            yield row.problem("object_id", "contradiction", detail)
            yield found.problem("object_id", "contradiction", f"Line {row.line} says that there is none.")


def _repetitions(
    rows: Sequence[Row], absent: Mapping[int, Absence], own: Mapping[str, str]
) -> Iterator[Problem]:
    """The same statement for another reason, or in another joint group, is no repetition."""
    first: dict[tuple[object, ...], Row] = {}
    for row, content in _contents(rows, absent):
        said = own_of(row.mapping, own)
        key = (content, said.rationale, said.joint_group, row.mapping.mapping_justification)
        before = first.setdefault(key, row)
        if before is not row:
            yield row.problem("object_id", "duplicate-mapping", f"Line {before.line} says the same.")


def _contents(rows: Sequence[Row], absent: Mapping[int, Absence]) -> Iterator[tuple[Row, tuple[object, ...]]]:
    """What each row says, whichever way round."""
    statements = {statement.place: statement for statement in _statements(rows)}
    for row in rows:
        if row.position in absent:
            yield row, absent[row.position]
        elif row.position in statements:
            yield row, statements[row.position].content


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


def _unknown_values(rows: Sequence[Row], own: Mapping[str, str]) -> Iterator[Problem]:
    for row in rows:
        for name, slot in own.items():
            said, values = row.mapping.extensions.get(name), VALUES[slot]
            if said is not None and values is not None and said not in values:
                detail = f"{slot} `{said[:80]}`: one of {', '.join(values)}."
                yield row.problem(f"extensions/{name}", "unknown-value", detail)


def _joint_groups(rows: Sequence[Row], own: Mapping[str, str]) -> Iterator[Problem]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        group = own_of(row.mapping, own).joint_group
        if group:
            groups[group].append(row)
    for group, members in groups.items():
        if whole_of([_member(row) for row in members]) is None:
            detail = (
                f"Joint group `{group}`: at least two rows, each with another subject, must all have "
                "skos:broadMatch and the same object."
            )
            for row in members:
                yield row.problem("extensions/joint_group", "joint-group-mismatch", detail)


def _member(row: Row) -> Member:
    return Member(row.mapping.subject_id, row.relation, row.mapping.object_id)
