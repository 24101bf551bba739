"""Mapping sets as they are exchanged: nothing is lost on the way, and nothing wrong comes in unseen."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.errors import Invalid
from domain.mappings import sssom
from domain.mappings.rules import Relation, predicate_of
from domain.mappings.sssom.slots import CURIE_SLOTS, MAPPING_SLOTS, PROPAGATABLE, SET_SLOTS, URI_SLOTS
from schemas.mappings import Predicate, SssomExtension, SssomMapping, SssomSet

HEADER = """\
#sssom_version: "1.1"
#mapping_set_id: https://example.org/sets/ccm-crpd
#license: https://creativecommons.org/licenses/by/4.0/
"""
COLUMNS = "subject_id\tpredicate_id\tobject_id\tmapping_justification"
CURATED = "semapv:ManualMappingCuration"
SHIPPED = Path(__file__).parents[2] / "catalogue" / "mappings"
FIRST_ROW = HEADER.count("\n") + 2


def table(*rows: str, columns: str = COLUMNS) -> str:
    return "".join(f"{line}\n" for line in [columns, *rows])


def row(subject: str, predicate: str, object_: str, *more: str) -> str:
    return "\t".join([subject, predicate, object_, CURATED, *more])


def refused(text: str) -> list[tuple[int | None, str, str]]:
    with pytest.raises(Invalid) as refusal:
        sssom.parse(text)
    assert refusal.value.code == "invalid-mapping-set"
    return [(problem.row, problem.code, problem.pointer) for problem in refusal.value.problems]


def mapping(subject: str = "ccm:art-5", object_: str = "crpd:art-6", **slots: Any) -> SssomMapping:
    required = {"subject_id": subject, "object_id": object_, "mapping_justification": CURATED}
    return SssomMapping.model_validate({"predicate_id": "skos:broadMatch"} | required | slots)


def mapping_set(*mappings: SssomMapping, **slots: Any) -> SssomSet:
    required = {"mapping_set_id": "https://example.org/sets/s", "license": "https://example.org/licence"}
    return SssomSet.model_validate(required | slots | {"mappings": list(mappings)})


# Reading


def test_a_file_gives_its_set_and_its_mappings_in_their_order():
    found = sssom.parse(
        HEADER
        + table(
            row("ccm:art-5", "skos:broadMatch", "crpd:art-6", "0.8"),
            row("ccm:art-4", "skos:relatedMatch", "crc:art-2", ""),
            columns=f"{COLUMNS}\tconfidence",
        )
    )

    assert found.mapping_set_id == "https://example.org/sets/ccm-crpd"
    assert [(m.subject_id, m.object_id, m.confidence) for m in found.mappings] == [
        ("ccm:art-5", "crpd:art-6", 0.8),
        ("ccm:art-4", "crc:art-2", None),
    ]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_and_a_byte_order_mark_make_no_difference(end):
    text = HEADER + table(row("ccm:art-5", "skos:broadMatch", "crpd:art-6"))

    assert sssom.parse("\ufeff" + text.replace("\n", end)) == sssom.parse(text)


def test_the_header_may_be_indented_and_give_a_single_value_without_its_list():
    text = HEADER.replace("#", "# ") + "# creator_label: ISU\n# mapping_date: 2021-09-21\n# comment:\n"

    found = sssom.parse(text + table(row("ccm:art-5", "skos:broadMatch", "crpd:art-6")))

    assert found.creator_label == ["ISU"]
    assert found.mappings[0].mapping_date == date(2021, 9, 21)


def test_each_mapping_is_found_on_the_line_where_it_begins():
    spanning = row("ccm:art-5", "skos:broadMatch", "crpd:art-6", '"two\nlines, ""quoted"""')
    after = row("ccm:art-4", "skos:broadMatch", "crpd:art-5", "")

    reading = sssom.read(HEADER + table(spanning, "", after, columns=f"{COLUMNS}\tcomment"))

    assert reading.accepted().mappings[0].comment == 'two\nlines, "quoted"'
    assert [row.line for row in reading.rows] == [FIRST_ROW, FIRST_ROW + 3]


def test_columns_and_keys_that_nobody_declared_are_named_and_not_kept():
    text = (
        HEADER
        + "#reviewed_in: Geneva\n"
        + table(row("ccm:art-5", "skos:broadMatch", "crpd:art-6", "9"), columns=f"{COLUMNS}\tstrength")
    )

    found = sssom.parse(text)

    assert found.unknown_slots == ["reviewed_in", "strength"]
    assert "strength" not in sssom.render(found)


def test_declared_extensions_are_kept():
    text = (
        HEADER
        + "#curie_map:\n#  ex: https://example.org/\n"
        + "#extension_definitions:\n#  - slot_name: rationale\n#    property: ex:rationale\n"
        + table(
            row("ccm:art-5", "skos:broadMatch", "crpd:art-6", "semantic"), columns=f"{COLUMNS}\trationale"
        )
    )

    found = sssom.parse(text)

    assert found.mappings[0].extensions == {"rationale": "semantic"}
    assert found.unknown_slots == []
    assert sssom.parse(sssom.render(found)).mappings == found.mappings


def test_the_bar_separates_values_and_a_backslash_escapes_it():
    text = HEADER + table(
        row("ccm:art-5", "skos:broadMatch", "crpd:art-6", r"a|b\|c|d\\|\e"),
        columns=f"{COLUMNS}\tauthor_label",
    )

    assert sssom.parse(text).mappings[0].author_label == ["a", "b|c", "d\\", "\\e"]


def test_what_the_set_says_for_all_counts_for_each_mapping_unless_one_speaks_for_itself():
    text = (
        HEADER
        + "#mapping_tool: expert\n#subject_source_version: 2008\n"
        + table(
            row("ccm:art-5", "skos:broadMatch", "crpd:art-6", "2010"),
            row("ccm:art-4", "skos:broadMatch", "crpd:art-6", ""),
            columns=f"{COLUMNS}\tsubject_source_version",
        )
    )

    found = sssom.parse(text)

    assert [m.mapping_tool for m in found.mappings] == ["expert", "expert"]
    assert [m.subject_source_version for m in found.mappings] == ["2010", None]
    assert (found.mapping_tool, found.subject_source_version) == (None, "2008")


def test_a_provision_may_have_no_counterpart():
    text = HEADER + table(
        row("ccm:art-3", "skos:exactMatch", "sssom:NoTermFound", "1:0"),
        row("ccm:art-4", "skos:exactMatch", "sssom:NoTermFound", "1:0"),
        row("sssom:NoTermFound", "skos:relatedMatch", "crpd:art-9", "0:1"),
        columns=f"{COLUMNS}\tmapping_cardinality",
    )

    assert len(sssom.parse(text).mappings) == 3


# Refusing


def test_everything_that_is_wrong_is_said_at_once_each_with_its_line():
    text = HEADER + table(
        row("ccm:art-5", "skos:broadMatch", "crpd:art-6", "0.8"),
        row("ccm:art-5", "skos:sortOf", "crpd:art-6", "90"),
        row("art-5", "skos:broadMatch", "https://example.org/art 6", "high"),
        row("ccm:art-4", "skos:exactMatch", "crc:art-2", "1"),
        row("", "skos:exactMatch", "crc:art-3", "nan"),
        row("crc:art-2", "skos:narrowMatch", "ccm:art-4", "1"),
        columns=f"{COLUMNS}\tconfidence",
    )

    assert refused(text) == [
        (FIRST_ROW + 1, "unknown-relation", "/mappings/1/predicate_id"),
        (FIRST_ROW + 1, "out-of-range", "/mappings/1/confidence"),
        (FIRST_ROW + 2, "malformed-curie", "/mappings/2/subject_id"),
        (FIRST_ROW + 2, "malformed-curie", "/mappings/2/object_id"),
        (FIRST_ROW + 2, "not-a-number", "/mappings/2/confidence"),
        (FIRST_ROW + 3, "contradiction", "/mappings/3/predicate_id"),
        (FIRST_ROW + 4, "required", "/mappings/4/subject_id"),
        (FIRST_ROW + 4, "not-a-number", "/mappings/4/confidence"),
        (FIRST_ROW + 5, "contradiction", "/mappings/5/predicate_id"),
    ]


def test_a_missing_column_is_said_once_not_for_each_row():
    text = HEADER + "subject_id\tobject_id\nccm:art-5\tcrpd:art-6\nccm:art-4\tcrpd:art-6\n"

    assert refused(text) == [(4, "required", "/mappings"), (4, "required", "/mappings")]


def test_the_set_needs_its_identifier_and_its_licence():
    text = "#mapping_set_id: not a uri\n" + table(row("ccm:art-5", "skos:broadMatch", "crpd:art-6"))

    assert refused(text) == [(1, "malformed-uri", "/mapping_set_id"), (1, "required", "/license")]


def test_what_is_wrong_in_the_header_is_said_beside_what_is_wrong_in_the_rows():
    text = HEADER + "#mapping_set_confidence: 2\n" + table(row("ccm:art-5", "skos:near", "crpd:art-6"))

    assert refused(text) == [
        (4, "out-of-range", "/mapping_set_confidence"),
        (6, "unknown-relation", "/mappings/0/predicate_id"),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("skos:exactMatch", ""), ("skos:relatedMatch", "Not")),
        (("skos:broadMatch", ""), ("skos:relatedMatch", "Not")),
        (("skos:exactMatch", ""), ("skos:broadMatch", "")),
        (("skos:exactMatch", ""), ("skos:narrowMatch", "")),
        (("skos:exactMatch", ""), ("skos:relatedMatch", "")),
    ],
)
def test_rows_that_contradict_each_other_are_both_refused(one, other):
    rows = [
        f"ccm:art-5\t{predicate}\t{modifier}\tcrpd:art-6\t{CURATED}" for predicate, modifier in (one, other)
    ]
    columns = "subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification"

    assert [found[:2] for found in refused(HEADER + table(*rows, columns=columns))] == [
        (FIRST_ROW, "contradiction"),
        (FIRST_ROW + 1, "contradiction"),
    ]


@pytest.mark.parametrize(
    ("columns", "cells", "code"),
    [
        ("predicate_modifier", "Not", "unknown-relation"),
        ("predicate_modifier", "not", "unknown-value"),
        ("mapping_cardinality", "1:0", "cardinality-mismatch"),
        ("subject_type", "treaty", "unknown-value"),
        ("mapping_date", "21 September 2021", "not-a-date"),
        ("reviewer_agreement", "-1.5", "out-of-range"),
        ("author_id", "https://orcid.org/0000-0001-0000-0001", "malformed-curie"),
        ("author_id", "Jane Doe", "malformed-curie"),
        ("see_also", "annex.pdf", "malformed-uri"),
        ("review_date", "2021-09-21", "invalid"),
        ("comment\tcomment", "a\tb", "duplicate-column"),
        ("comment", "a\tb", "too-many-cells"),
        ("comment", '"never closed', "malformed-table"),
        ("comment", "a\x00b", "invalid"),
    ],
)
def test_a_row_that_is_not_as_it_should_be_is_refused(columns, cells, code):
    text = HEADER + table(
        row("ccm:art-5", "skos:exactMatch", "crpd:art-6", cells), columns=f"{COLUMNS}\t{columns}"
    )

    assert [found[1] for found in refused(text)] == [code]


@pytest.mark.parametrize(
    ("ids", "code"), [(["ex:1", "ex:1"], "duplicate-record"), (["ex:1", ""], "required")]
)
def test_either_every_mapping_has_its_own_record_id_or_none_has(ids, code):
    rows = [row(f"ccm:art-{number}", "skos:broadMatch", "crpd:art-6", id_) for number, id_ in enumerate(ids)]

    assert {found[1] for found in refused(HEADER + table(*rows, columns=f"{COLUMNS}\trecord_id"))} == {code}


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("#a: [1\n", 2),
        ("#- a\n#- b\n", 1),
        ("#a: 1\n#b: &b [x]\n#c: [*b, *b]\n", 3),
        (f"#a: {'[' * 1200}\n", 1),
    ],
    ids=["broken", "a list", "aliases", "bottomless"],
)
def test_a_header_that_is_no_plain_yaml_mapping_is_refused(header, line):
    problems = refused(header + table(row("ccm:art-5", "skos:broadMatch", "crpd:art-6")))

    assert (line, "malformed-header", "") in problems


@pytest.mark.parametrize("text", ["", HEADER, HEADER + "\n\n"])
def test_a_file_without_a_table_is_refused(text):
    assert "no-table" in [code for _, code, _ in refused(text)]


def test_a_set_that_came_as_json_is_held_to_the_same_rules():
    one, other = mapping(predicate_id="skos:exactMatch"), mapping(predicate_id="skos:relatedMatch")
    undeclared = mapping("ccm:art-4", extensions={"rationale": "semantic"})

    with pytest.raises(Invalid) as refusal:
        sssom.accept(mapping_set(one, other, undeclared, extensions={"reviewed_in": "Geneva"}))

    assert [(problem.row, problem.code) for problem in refusal.value.problems] == [
        (None, "undeclared-extension"),
        (1, "contradiction"),
        (2, "contradiction"),
        (3, "undeclared-extension"),
    ]


def test_a_set_that_came_as_json_has_what_counts_for_all_moved_to_its_mappings():
    accepted = sssom.accept(mapping_set(mapping(), mapping_tool="expert"))

    assert (accepted.mapping_tool, accepted.mappings[0].mapping_tool) == (None, "expert")


def test_a_slot_that_does_not_exist_is_refused_in_json():
    with pytest.raises(ValidationError):
        mapping(strength=9)


OWN = (
    "#extension_definitions:\n"
    "#  - slot_name: status\n"
    "#    property: focalpoint:status\n"
    "#  - slot_name: rationale\n"
    "#  - slot_name: joint_group\n"
    "#    property: focalpoint:joint_group\n"
)
"""Six lines that declare slots of ours, one of them by its name alone."""


def with_own(*rows: str, column: str) -> str:
    return HEADER + OWN + table(*rows, columns=f"{COLUMNS}\t{column}")


@pytest.mark.parametrize(
    ("column", "said"), [("status", "candidate"), ("rationale", "parce que"), ("status", "Accepted")]
)
def test_our_slots_have_only_the_values_that_are_known(column, said):
    text = with_own(row("ccm:art-5", "skos:broadMatch", "crpd:art-6", said), column=column)

    assert refused(text) == [(FIRST_ROW + 6, "unknown-value", f"/mappings/0/extensions/{column}")]


def test_a_slot_of_the_same_name_that_is_somebody_elses_is_kept_and_not_read():
    text = (
        HEADER
        + "#curie_map:\n#  ex: https://example.org/\n"
        + "#extension_definitions:\n#  - slot_name: status\n#    property: ex:status\n"
        + table(row("ccm:art-5", "skos:broadMatch", "crpd:art-6", "candidate"), columns=f"{COLUMNS}\tstatus")
    )
    found = sssom.parse(text)

    assert found.mappings[0].extensions == {"status": "candidate"}
    assert sssom.named(found.extension_definitions) == {}
    ours = sssom.with_own(found, [sssom.Own(status="rejected")])
    assert ours.mappings[0].extensions == {"status": "candidate", "focalpoint_status": "rejected"}
    again = sssom.parse(sssom.render(ours))
    assert sssom.own_of(again.mappings[0], sssom.named(again.extension_definitions)).status == "rejected"


def test_what_is_not_accepted_contradicts_nothing():
    text = with_own(
        row("ccm:art-5", "skos:exactMatch", "crpd:art-6", "rejected"),
        row("ccm:art-5", "skos:narrowMatch", "crpd:art-6", "deprecated"),
        row("ccm:art-5", "skos:broadMatch", "crpd:art-6", "suggested"),
        row("ccm:art-5", "skos:exactMatch", "crpd:art-6", ""),
        column="status",
    )

    assert len(sssom.parse(text).mappings) == 4


@pytest.mark.parametrize(
    "second",
    [
        ("ccm:art-4", "skos:broadMatch", "crpd:art-7"),
        ("ccm:art-4", "skos:relatedMatch", "crpd:art-6"),
        ("ccm:art-5", "skos:broadMatch", "crpd:art-6"),
        ("crpd:art-6", "skos:broadMatch", "ccm:art-4"),
    ],
    ids=["another object", "another relation", "the same subject", "the other way round"],
)
def test_the_members_of_a_joint_group_lie_in_one_and_the_same_provision(second):
    text = with_own(
        row("ccm:art-5", "skos:broadMatch", "crpd:art-6", "g"), row(*second, "g"), column="joint_group"
    )

    assert [line for line, code, _ in refused(text) if code == "joint-group-mismatch"] == [
        FIRST_ROW + 6, FIRST_ROW + 7
    ]  # fmt: skip


def test_a_joint_group_has_more_than_one_member():
    text = with_own(row("ccm:art-5", "skos:broadMatch", "crpd:art-6", "g"), column="joint_group")

    assert [code for _, code, _ in refused(text)] == ["joint-group-mismatch"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ccm:art-5", "skos:broadMatch", "crpd:art-6"), ("ccm:art-4", "skos:broadMatch", "crpd:art-6")),
        (("crpd:art-6", "skos:narrowMatch", "ccm:art-5"), ("crpd:art-6", "skos:narrowMatch", "ccm:art-4")),
    ],
    ids=["parts of a whole", "a whole and its parts"],
)
def test_a_joint_group_is_read_either_way_round(one, other):
    text = with_own(row(*one, "g"), row(*other, "g"), column="joint_group")

    assert [found.extensions["joint_group"] for found in sssom.parse(text).mappings] == ["g", "g"]


def test_what_has_no_counterpart_in_a_framework_has_none_there_by_another_row():
    text = HEADER + table(
        row("ccm:art-5", "skos:exactMatch", "sssom:NoTermFound", "frameworks:crpd"),
        row("ccm:art-5", "skos:broadMatch", "cedaw:art-12", ""),
        row("ccm:art-5", "skos:relatedMatch", "crpd:art-6", ""),
        columns=f"{COLUMNS}\tobject_source",
    )

    assert refused(text) == [
        (FIRST_ROW, "contradiction", "/mappings/0/object_id"),
        (FIRST_ROW + 2, "contradiction", "/mappings/2/object_id"),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ccm:art-5", "skos:broadMatch", "crpd:art-6"), ("ccm:art-5", "skos:broadMatch", "crpd:art-6")),
        (("ccm:art-5", "skos:broadMatch", "crpd:art-6"), ("crpd:art-6", "skos:narrowMatch", "ccm:art-5")),
        (("ccm:art-5", "skos:exactMatch", "sssom:NoTermFound"),) * 2,
    ],
    ids=["the same row", "the other way round", "no counterpart"],
)
def test_a_set_says_the_same_once(one, other):
    between = row("ccm:art-4", "skos:broadMatch", "crpd:art-6")
    text = HEADER + table(row(*one), between, row(*other))

    with pytest.raises(Invalid) as refusal:
        sssom.parse(text)

    [problem] = refusal.value.problems
    assert (problem.row, problem.code) == (FIRST_ROW + 2, "duplicate-mapping")
    assert f"Line {FIRST_ROW} " in problem.detail


def test_the_same_may_be_said_for_another_reason_in_another_joint_group_or_in_what_is_not_accepted():
    found = mapping()
    other = "semapv:LexicalMatching"
    groups = [
        mapping(part, "crpd:art-7", extensions={"joint_group": group})
        for group, parts in (("g", ("ccm:art-4", "ccm:art-5")), ("h", ("ccm:art-5", "ccm:art-6")))
        for part in parts
    ]
    rows = [
        found,
        mapping(mapping_justification=other),
        mapping(extensions={"rationale": "functional"}),
        mapping(extensions={"status": "rejected"}),
        *groups,
    ]
    ours = [{"slot_name": name} for name in ("joint_group", "rationale", "status")]

    assert sssom.accept(mapping_set(*rows, extension_definitions=ours)).mappings == rows


def test_that_there_is_no_counterpart_cannot_be_denied():
    text = HEADER + table(
        row("ccm:art-5", "skos:relatedMatch", "sssom:NoTermFound", "Not"),
        columns=f"{COLUMNS}\tpredicate_modifier",
    )

    assert refused(text) == [(FIRST_ROW, "unknown-relation", "/mappings/0/predicate_modifier")]


def test_a_row_that_does_not_say_where_there_is_no_counterpart_means_where_the_others_lead():
    absent = mapping("ccm:art-3", "sssom:NoTermFound")
    elsewhere = mapping("ccm:art-4", "sssom:NoTermFound", object_source="frameworks:crc")

    assert sssom.absences([mapping(), absent, elsewhere]) == [
        None, ("ccm:art-3", "crpd"), ("ccm:art-4", "crc")
    ]  # fmt: skip
    assert sssom.absences([mapping(), mapping(object_="crc:art-2"), absent])[2] == ("ccm:art-3", None)


def test_where_there_is_no_counterpart_may_be_said_once_for_all_and_is_held_against_the_others():
    source = "#object_source: frameworks:crpd\n"
    text = HEADER + source + table(
        row("ccm:art-3", "skos:exactMatch", "sssom:NoTermFound"),
        row("ccm:art-3", "skos:relatedMatch", "crpd:art-6"),
        row("ccm:art-4", "skos:relatedMatch", "crc:art-6"),
    )  # fmt: skip

    assert [code for _, code, _ in refused(text)] == ["contradiction"] * 2


def test_a_provision_is_not_mapped_to_itself():
    text = HEADER + table(row("ccm:art-5", "skos:relatedMatch", "ccm:art-5"))

    assert refused(text) == [(FIRST_ROW, "same-provision", "/mappings/0/object_id")]


# Writing


def test_a_set_is_written_in_canonical_form():
    written = sssom.render(
        mapping_set(
            mapping("ccm:art-7", confidence=0.8125, author_label=["B|C", "A"], mapping_tool="expert"),
            mapping("ccm:art-5", confidence=1, comment='tab\tand "quote"', mapping_tool="expert"),
            curie_map={"crpd": "https://example.org/crpd/", "unused": "https://example.org/unused/"},
            creator_id=["orcid:0000-0001-0000-0001"],
            mapping_set_version="2021",
            mapping_set_title="Synergies: a reading",
        )
    )

    assert written == (
        '#sssom_version: "1.1"\n'
        "#curie_map:\n"
        "#  ccm: https://focalpoint.example/frameworks/ccm/\n"
        "#  crpd: https://example.org/crpd/\n"
        "#  orcid: https://orcid.org/\n"
        "#mapping_set_id: https://example.org/sets/s\n"
        '#mapping_set_version: "2021"\n'
        '#mapping_set_title: "Synergies: a reading"\n'
        "#creator_id:\n"
        "#  - orcid:0000-0001-0000-0001\n"
        "#license: https://example.org/licence\n"
        "#mapping_tool: expert\n"
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\tauthor_label\tconfidence\tcomment\n"
        f'ccm:art-5\tskos:broadMatch\tcrpd:art-6\t{CURATED}\t\t1\t"tab\tand ""quote"""\n'
        f"ccm:art-7\tskos:broadMatch\tcrpd:art-6\t{CURATED}\tB\\|C|A\t0.813\t\n"
    )


def test_the_order_of_the_mappings_makes_no_difference_to_what_is_written():
    one, other = mapping("ccm:art-4"), mapping("ccm:art-5")

    assert sssom.render(mapping_set(one, other)) == sssom.render(mapping_set(other, one))


def test_what_only_some_mappings_say_stays_with_them():
    written = sssom.render(mapping_set(mapping("ccm:art-4", mapping_tool="expert"), mapping("ccm:art-5")))

    assert "#mapping_tool" not in written


def test_prefixes_are_expanded_under_the_namespace_that_is_given():
    written = sssom.render(mapping_set(mapping()), namespace="https://example.org/v1/")

    assert "#  ccm: https://example.org/v1/ccm/\n" in written


def test_a_set_without_mappings_keeps_its_column_names():
    assert sssom.parse(sssom.render(mapping_set())).mappings == []


WORDS = {"subject_label", "mapping_tool", "other", "comment", "similarity_measure"}


def filled(name: str) -> Any:
    """A value for a slot of a mapping, by what the slot holds."""
    exact: dict[str, Any] = {
        "subject_id": "ccm:art-5@2008",
        "object_id": "sdg:5.2.1",
        "predicate_id": "skos:closeMatch",
        "predicate_modifier": None,
        "mapping_justification": "semapv:MappingReview",
        "mapping_cardinality": "n:n",
        "confidence": 0.125,
        "reviewer_agreement": -0.5,
        "similarity_score": 0.999,
    }
    if name in exact:
        return exact[name]
    if name.endswith("_date"):
        return date(2021, 9, 21)
    if name.endswith("_type"):
        return "skos concept"
    value = "ex:1" if name in CURIE_SLOTS else "https://example.org/1" if name in URI_SLOTS else "a | b"
    return [value] if SssomMapping.model_fields[name].default_factory is list else value


def test_every_slot_survives_writing_and_reading():
    definition = SssomExtension(slot_name="rationale", property="ex:rationale", type_hint="xsd:string")
    whole = mapping_set(
        SssomMapping(**{name: filled(name) for name in MAPPING_SLOTS}, extensions={"rationale": "semantic"}),
        curie_map={name: f"https://example.org/{name}/" for name in ("ccm", "ex", "sdg")},
        mapping_set_version="1.0",
        mapping_set_source=["https://example.org/paper.pdf"],
        mapping_set_title="# no comment",
        mapping_set_description="two\nlines \\ \u2028 \x85 \U0001f54a",
        mapping_set_confidence=0.5,
        creator_id=["ex:2"],
        creator_label=["- dash", "2021-09-21", "yes"],
        publication_date=date(2021, 9, 21),
        see_also=["https://example.org/2"],
        issue_tracker="https://example.org/issues",
        other="{}",
        comment="&anchor",
        extension_definitions=[definition],
        extensions={"rationale": "functional"},
    )
    own = set(SET_SLOTS) - set(PROPAGATABLE)

    assert not [name for name in own if not getattr(whole, name)]
    assert sssom.parse(sssom.render(whole)) == whole


@settings(max_examples=150, deadline=None, database=None, derandomize=True)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1))
def test_any_text_survives_in_the_header_and_in_the_table(text):
    if not text.strip():
        return
    whole = mapping_set(
        mapping(comment=text, match_string=[text, "b"]),
        curie_map={name: f"https://example.org/{name}/" for name in ("ccm", "crpd")},
        comment=text,
        creator_label=[text],
    )

    assert sssom.parse(sssom.render(whole)) == whole


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.sssom.tsv")), ids=lambda path: path.name)
def test_a_shipped_set_is_read_whole_and_written_the_same_again(path):
    shipped = sssom.parse(path.read_text(encoding="utf-8"))
    written = sssom.render(shipped)

    assert shipped.mappings
    assert shipped.unknown_slots == []
    assert sssom.render(sssom.parse(written)) == written


def test_the_predicates_on_the_wire_are_those_of_the_relations():
    assert set(get_args(Predicate)) == {predicate_of(relation)[0] for relation in Relation}
