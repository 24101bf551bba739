"""The mapping sets as they are shipped: well formed, resting on what exists, and each row on a paragraph."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from urllib.parse import urlsplit

import pytest

from domain.mappings import sssom
from domain.mappings.rules import NO_TERM_FOUND, Relation, Statement, contradictions, relation_of
from schemas.libraries import LibraryProvision
from schemas.mappings import SssomMapping, SssomSet
from tests.catalogue.shipped import CATALOGUE, FRAMEWORKS, library

SETS = {
    "ccm-gfp-activities": 18,
    "ccm-recommendations": 35,
    "ccm-synergies": 47,
    "cim-plan-links": 20,
    "gcm-six-steps-links": 12,
    "mesecvi-plan-links": 11,
}
"""Each set, and how many rows it has."""

SOURCES = {
    "ccm-gfp-activities": r"section 8|para 15\(e\)",
    "ccm-recommendations": r"para (10\([a-f]\), recommendation [1-4]|1[126])$",
    "ccm-synergies": r"paras? 10\([a-f]\)",
    "cim-plan-links": r"sections? (2\.1|3\.)",
    "gcm-six-steps-links": r"step [1-6], action [1-5], measure [1-5]$",
    "mesecvi-plan-links": r"(part|action) [1-4]",
}
"""Where in its source each row of a set says that it comes from."""

ORACLE = """
import sys
from pathlib import Path
from sssom.parsers import parse_sssom_table
for path in map(Path, sys.argv[1:]):
    print(path.name, len(parse_sssom_table(path).df))
"""

each_set = pytest.mark.parametrize("key", sorted(SETS))


def text(key: str) -> str:
    return (CATALOGUE / f"mappings/{key}.sssom.tsv").read_text(encoding="utf-8")


@cache
def mapping_set(key: str) -> SssomSet:
    return sssom.parse(text(key))


@cache
def assessable() -> dict[str, LibraryProvision]:
    return {
        f"{key}:{provision.ref}": provision
        for key in FRAMEWORKS
        for provision in library(key).provisions
        if provision.assessable
    }


def sides(row: SssomMapping) -> list[tuple[str, str | None]]:
    return [(row.subject_id, row.subject_label), (row.object_id, row.object_label)]


def relation(row: SssomMapping) -> Relation:
    found = relation_of(row.predicate_id, row.predicate_modifier)
    assert found
    return found


def pairs(key: str, *relations: Relation) -> set[tuple[str, str]]:
    """What a set joins, by these relations or by any."""
    rows = mapping_set(key).mappings
    return {(row.subject_id, row.object_id) for row in rows if not relations or relation(row) in relations}


def test_the_catalogue_holds_the_mapping_sets_it_says_it_holds() -> None:
    files = (CATALOGUE / "mappings").iterdir()

    assert {path.name.removesuffix(".sssom.tsv") for path in files} == set(SETS)
    assert {key: len(mapping_set(key).mappings) for key in SETS} == SETS


@each_set
def test_a_set_says_what_it_is_and_under_which_licence(key: str) -> None:
    found = mapping_set(key)

    assert (found.sssom_version, found.unknown_slots) == ("1.1", [])
    assert urlsplit(found.mapping_set_id).path == f"/mapping-sets/{key}"
    assert found.license == "https://creativecommons.org/licenses/by/4.0/"
    assert found.mapping_set_title
    assert found.mapping_set_description
    assert found.mapping_set_version


@each_set
def test_a_file_is_written_as_we_write_it(key: str) -> None:
    assert sssom.render(mapping_set(key)) == text(key)


def test_another_implementation_reads_every_row() -> None:
    files = [str(CATALOGUE / f"mappings/{key}.sssom.tsv") for key in SETS]

    read = subprocess.run([sys.executable, "-c", ORACLE, *files], capture_output=True, text=True, check=True)

    assert read.stdout.splitlines() == [f"{key}.sssom.tsv {rows}" for key, rows in SETS.items()]


@each_set
def test_a_mapping_joins_assessable_provisions_of_two_frameworks_under_their_own_titles(key: str) -> None:
    for row in mapping_set(key).mappings:
        prefixes = {reference.partition(":")[0] for reference, _ in sides(row)}
        assert len(prefixes) == 2
        for reference, label in sides(row):
            assert label == (None if reference == NO_TERM_FOUND else assessable()[reference].title["en"])


@each_set
def test_a_mapping_says_who_decided_how_and_less_than_certainly(key: str) -> None:
    for row in mapping_set(key).mappings:
        assert row.mapping_justification == "semapv:ManualMappingCuration"
        assert row.author_label == ["focalpoint catalogue editors"]
        assert 0 < (row.confidence or 0) < 1
        assert row.extensions["rationale"] in {"syntactic", "semantic", "functional"}
        assert row.comment


@each_set
def test_a_mapping_cites_its_paragraph(key: str) -> None:
    for row in mapping_set(key).mappings:
        assert re.search(SOURCES[key], row.extensions["source_paragraph"])


@each_set
def test_two_provisions_are_joined_once(key: str) -> None:
    assert len(pairs(key)) == SETS[key]


def test_no_set_contradicts_another() -> None:
    rows = [row for key in SETS for row in mapping_set(key).mappings]
    stated = [
        Statement(row.subject_id, row.object_id, relation(row), place)
        for place, row in enumerate(rows)
        if NO_TERM_FOUND not in (row.subject_id, row.object_id)
    ]

    assert contradictions(stated) == {}


def test_the_ccm_reaches_all_six_frameworks_of_the_paper() -> None:
    reached = {target.partition(":")[0] for subject, target in pairs("ccm-synergies")}

    assert {"apmbc", "cedaw", "crc", "crpd", "sdg", "wps"} <= reached
    assert {subject.partition(":")[0] for subject, _ in pairs("ccm-synergies")} == {"ccm", "dap", "lap"}


@pytest.mark.parametrize(
    "target", ["crpd:art-5", "crpd:art-6", "crc:art-2", "crc:art-19", "crc:art-23", "crc:art-30", "sdg:5"]
)
def test_victim_assistance_overlaps_with_what_the_paper_names_and_is_not_said_to_lie_within(
    target: str,
) -> None:
    assert ("ccm:art-5", target) in pairs("ccm-synergies", Relation.INTERSECT)


def test_only_reports_on_mines_are_equivalent_to_reports_on_cluster_munitions() -> None:
    treaties = {pair for pair in pairs("ccm-synergies", Relation.EQUIVALENT) if pair[0].startswith("ccm:")}

    assert treaties == {("ccm:art-7", "apmbc:art-7")}
    assert not pairs("ccm-synergies", Relation.EQUAL, Relation.SUBSET, Relation.SUPERSET)


def test_every_activity_of_the_focal_points_has_its_place_or_is_said_to_have_none() -> None:
    joined = pairs("ccm-gfp-activities")
    terms, paper = ({side[place] for side in joined} - {NO_TERM_FOUND} for place in (0, 1))

    assert terms == {f"ccm-gfp-tor:act-{letter}" for letter in "abcdefgh"}
    assert {f"ccm-synergies:act-{letter}" for letter in "abcdefg"} <= paper


def test_only_what_both_documents_word_alike_is_equal_between_them() -> None:
    def letters(*relations: Relation) -> set[tuple[str, str]]:
        return {(one[-1], other[-1]) for one, other in pairs("ccm-gfp-activities", *relations)}

    assert letters(Relation.EQUAL) == {("c", "c"), ("f", "g")}
    assert letters(Relation.EQUIVALENT) == {("a", "a")}
    assert letters(Relation.SUBSET) == {("d", "d")}
    assert letters(Relation.SUPERSET) == {("e", "f")}


def test_what_has_no_counterpart_says_in_which_framework() -> None:
    rows = [row for key in SETS for row in mapping_set(key).mappings]
    alone = {
        (row.subject_id, row.object_id, row.subject_source or row.object_source, row.mapping_cardinality)
        for row in rows
        if NO_TERM_FOUND in (row.subject_id, row.object_id)
    }

    assert alone == {
        ("ccm-gfp-tor:act-g", NO_TERM_FOUND, "frameworks:ccm-synergies", "1:0"),
        (NO_TERM_FOUND, "ccm-synergies:act-e", "frameworks:ccm-gfp-tor", "0:1"),
    }


def test_a_recommendation_lies_within_the_provision_and_never_the_other_way_round() -> None:
    assert pairs("ccm-recommendations", Relation.SUBSET) == {
        ("ccm-synergies:rec-b-2", "crpd:art-16"),
        ("ccm-synergies:rec-b-2", "crpd:art-6"),
        ("ccm-synergies:rec-c-2", "crpd:art-16"),
        ("ccm-synergies:rec-d-1", "crc:art-19"),
        ("ccm-synergies:rec-d-3", "ccm:art-7"),
    }
    assert not pairs("ccm-recommendations", Relation.EQUAL, Relation.EQUIVALENT, Relation.SUPERSET)


def test_the_six_steps_lead_to_the_five_indicators_that_the_guide_names() -> None:
    of = {f"sdg:{indicator.ref}": f"sdg:{indicator.provision}" for indicator in library("sdg").indicators}
    named = {
        row.extensions["object_indicator"]: row
        for row in mapping_set("gcm-six-steps-links").mappings
        if "object_indicator" in row.extensions
    }

    assert set(named) == {"sdg:5.1.1", "sdg:5.2.2", "sdg:5.6.2", "sdg:5.c.1", "sdg:8.8.2"}
    assert all(row.object_id == of[indicator] for indicator, row in named.items())
    assert {row.subject_id for row in named.values()} == {"gcm-six-steps:s5.a1.m1"}


def test_the_four_goals_of_the_mesecvi_plan_lie_within_the_objective_that_names_it() -> None:
    within = pairs("cim-plan-links", Relation.SUPERSET)

    assert within == {("cim-plan:3.2.io1", f"mesecvi-plan:{goal}") for goal in range(1, 5)}


def test_the_one_article_that_the_mesecvi_plan_names_is_the_surest() -> None:
    surest = max(mapping_set("mesecvi-plan-links").mappings, key=lambda row: row.confidence or 0)

    assert (surest.subject_id, surest.object_id) == ("mesecvi-plan:4.1", "belem-do-para:art-9")
