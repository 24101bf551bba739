"""A set that is brought again over one that was reviewed: the rows that come of it agree with each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from random import Random
from typing import Any
from uuid import UUID

import pytest

from domain.errors import Invalid
from domain.mappings import sssom
from domain.mappings.merging import Row, merge
from domain.mappings.rows import Said, document_of, rows_of
from schemas.mappings import SssomSet

NOWHERE = "sssom:NoTermFound"
SUBJECTS = ("a:1", "a:2", "a:3")
OBJECTS = ("b:1", "b:2")


def document(rows: Sequence[dict[str, Any]]) -> SssomSet:
    return SssomSet.model_validate(
        {
            "mapping_set_id": "https://example.org/sets/s",
            "license": "https://example.org/licence",
            "extension_definitions": [{"slot_name": "joint_group"}, {"slot_name": "status"}],
            "mappings": rows,
        }
    )


def said(subject: str, match: str, object_: str, **slots: Any) -> dict[str, Any]:
    required = {"subject_id": subject, "predicate_id": f"skos:{match}Match", "object_id": object_}
    return required | {"mapping_justification": "semapv:ManualMappingCuration"} | slots


def absent(subject: str, **slots: Any) -> dict[str, Any]:
    return said(subject, "exact", NOWHERE, **slots)


IN_B = {"object_source": "frameworks:b"}


def any_document(chance: Random) -> SssomSet:
    """Single rows, absences and joint groups, as far as they can stand together."""
    rows: list[dict[str, Any]] = []
    for group in chance.sample(["g", "h"], chance.randint(0, 2)):
        whole, parts = chance.choice(OBJECTS), chance.sample(SUBJECTS, chance.randint(2, 3))
        rows += [said(part, "broad", whole, extensions={"joint_group": group}) for part in parts]
    if not acceptable(document(rows)):
        rows = []
    for subject in SUBJECTS:
        counterpart = said(subject, chance.choice(["exact", "related"]), chance.choice(OBJECTS))
        extra = chance.choice([absent(subject, **IN_B), absent(subject), counterpart])
        if chance.random() < 0.7 and acceptable(document([*rows, extra])):
            rows.append(extra)
    if chance.random() < 0.5:
        rows = [row | {"record_id": f"r:{number}"} for number, row in enumerate(rows)]
    return document(rows)


def acceptable(mapping_set: SssomSet) -> bool:
    try:
        sssom.accept(mapping_set)
    except Invalid:
        return False
    return True


def held(mapping_set: SssomSet, chance: Random) -> list[Row]:
    """Some of the rows were decided on since."""
    rows = [row | {"id": UUID(int=number)} for number, row in enumerate(rows_of(mapping_set))]
    for row in rows:
        if chance.random() < 0.4:
            row |= {"decided_at": "then", "confidence": 0.6, "version": 2}
            row["status"] = chance.choice(["accepted", "rejected"])
    return rows


def exported(rows: Sequence[Row]) -> SssomSet:
    """As `GET /v1/mapping-sets/{key}` gives them."""
    said = [
        Said(
            row.get("id", UUID(int=1000 + number)),
            *(row[name] for name in ("slots", "status", "rationale", "source", "joint_group")),
        )
        for number, row in enumerate(rows)
    ]
    return document_of(document([]).model_dump(mode="json", exclude_defaults=True), said)


def groups(rows: Sequence[Row]) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        if row["joint_group"]:
            found[row["joint_group"]].add((row["subject"], row["object"]))
    return found


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_brought_over_whatever_was_decided_agrees_and_leaves_joint_groups_whole(seed: int):
    chance = Random(seed)
    for _ in range(25):
        before, brought = held(any_document(chance), chance), rows_of(any_document(chance))

        rows = merge(before, brought, seen=False).rows

        document = sssom.accept(exported(rows))
        where = [absence and absence.framework for absence in sssom.absences(document.mappings)]
        assert where == [row["absent_from"] for row in rows]
        ids = [row["slots"]["record_id"] for row in rows if "record_id" in row["slots"]]
        assert len(ids) == len(set(ids))
        for group, members in groups(rows).items():
            assert members in (groups(before)[group], groups(brought)[group])


def test_what_was_decided_stands_with_its_joint_group_whole_and_is_named():
    grouped = [said(part, "broad", "b:1", extensions={"joint_group": "g"}) for part in SUBJECTS]
    apart = [said(part, "broad", "b:1") for part in SUBJECTS]
    for first, second in ((grouped, apart), (apart, grouped)):
        before = [row | {"id": UUID(int=number)} for number, row in enumerate(rows_of(document(first)))]
        before[0] |= {"decided_at": "then", "confidence": 0.6}

        merged = merge(before, rows_of(document(second)), seen=False)

        assert merged.rows == merged.kept == before


def test_a_rejected_statement_rules_nothing_out():
    [rejected] = rows_of(document([absent("a:1", **IN_B)]))
    rejected |= {"id": UUID(int=1), "status": "rejected", "decided_at": "then"}
    brought = rows_of(document([said("a:1", "exact", "b:1")]))

    assert merge([rejected], brought, seen=False).rows == [rejected, *brought]
