"""The catalogue as it is shipped: every file is well formed, and all of them agree with one another."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from schemas.catalogue import MembershipEntry, MembershipList, StateList, ThemeList
from schemas.libraries import Library, LibraryProvision

CATALOGUE = Path(__file__).parents[2] / "catalogue"
FRAMEWORKS = {
    "apmbc", "belem-do-para", "ccm", "ccm-gfp-tor", "ccm-synergies", "cedaw", "cim-plan", "crc", "crpd",
    "dac-gender-marker", "dap", "gcm", "gcm-six-steps", "iasc-gam", "lap", "mesecvi-indicators",
    "mesecvi-plan", "mptf-gender-marker", "oap", "sdg", "sisdehm", "un-swap", "wps",
}  # fmt: skip
TREATIES = {"apmbc", "ccm", "cedaw", "crc", "crpd"}
RELIED_ON = {
    "women-and-girls", "children", "persons-with-disabilities", "sogiesc", "survivors", "older-persons",
    "migrants", "indigenous-peoples", "minorities", "participation", "disaggregated-data",
    "gender-based-violence", "trafficking", "victim-assistance", "risk-education", "survey-and-clearance",
    "training", "employment", "budget", "institutions", "monitoring", "cross-reporting",
}  # fmt: skip
CLOSE_OF_THE_REVIEW_CONFERENCE = date(2021, 9, 21)
RELATIONS = {"skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch"}


def read(path: str) -> Any:
    return yaml.safe_load((CATALOGUE / path).read_text(encoding="utf-8"))


@cache
def library(key: str) -> Library:
    return Library.model_validate(read(f"frameworks/{key}.yaml"))


@cache
def memberships(key: str) -> list[MembershipEntry]:
    return MembershipList.model_validate(read(f"memberships/{key}.yaml")).memberships


@cache
def theme_keys() -> frozenset[str]:
    return frozenset(theme.key for theme in ThemeList.model_validate(read("themes.yaml")).themes)


@cache
def states() -> StateList:
    return StateList.model_validate(read("states.yaml"))


def parties(key: str, day: date = CLOSE_OF_THE_REVIEW_CONFERENCE) -> set[str]:
    return {
        entry.state
        for entry in memberships(key)
        if entry.consent and entry.consent <= day and not (entry.withdrawal and entry.withdrawal <= day)
    }


def signatories(key: str, day: date = CLOSE_OF_THE_REVIEW_CONFERENCE) -> set[str]:
    signed = {entry.state for entry in memberships(key) if entry.signed and entry.signed <= day}
    return signed - {entry.state for entry in memberships(key) if entry.consent and entry.consent <= day}


def assessable_provisions() -> dict[str, LibraryProvision]:
    return {
        f"{key}:{provision.ref}": provision
        for key in FRAMEWORKS
        for provision in library(key).provisions
        if provision.assessable
    }


def languages_used(edition: Library) -> Iterator[str]:
    yield from edition.framework.title
    for provision in edition.provisions:
        yield from provision.title
        yield from provision.summary or {}
    for indicator in edition.indicators:
        yield from indicator.title


def mapping_lines() -> tuple[list[str], list[str]]:
    """The header's YAML lines, without their `#`, and the lines of the table."""
    lines = (CATALOGUE / "mappings/ccm-synergies.sssom.tsv").read_text(encoding="utf-8").splitlines()
    return [line[1:] for line in lines if line.startswith("#")], [
        line for line in lines if not line.startswith("#")
    ]


def mapping_set() -> dict[str, Any]:
    header: dict[str, Any] = yaml.safe_load("\n".join(mapping_lines()[0]))
    return header


def mapping_rows() -> list[dict[str, str]]:
    return list(csv.DictReader(mapping_lines()[1], delimiter="\t", quoting=csv.QUOTE_NONE, strict=True))


def test_the_catalogue_holds_the_files_it_says_it_holds() -> None:
    assert {path.stem for path in (CATALOGUE / "frameworks").glob("*.yaml")} == FRAMEWORKS
    assert {path.stem for path in (CATALOGUE / "memberships").glob("*.yaml")} == TREATIES


@pytest.mark.parametrize("key", sorted(FRAMEWORKS))
def test_a_file_is_named_after_the_framework_it_describes(key: str) -> None:
    assert library(key).framework.key == key


@pytest.mark.parametrize("key", sorted(FRAMEWORKS))
def test_references_are_unique_within_an_edition(key: str) -> None:
    edition = library(key)
    references = [provision.ref for provision in edition.provisions]
    references += [indicator.ref for indicator in edition.indicators]

    assert len(references) == len(set(references))


@pytest.mark.parametrize("key", sorted(FRAMEWORKS))
def test_a_parent_stands_before_its_children(key: str) -> None:
    seen: set[str] = set()
    for provision in library(key).provisions:
        assert provision.parent is None or provision.parent in seen
        seen.add(provision.ref)


@pytest.mark.parametrize("key", sorted(FRAMEWORKS))
def test_an_indicator_counts_for_an_assessable_provision(key: str) -> None:
    provisions = {provision.ref for provision in library(key).provisions if provision.assessable}

    assert {indicator.provision for indicator in library(key).indicators} <= provisions


@pytest.mark.parametrize("key", sorted(FRAMEWORKS))
def test_a_provision_names_only_known_themes_and_each_once(key: str) -> None:
    for provision in library(key).provisions:
        assert set(provision.themes) <= theme_keys()
        assert len(provision.themes) == len(set(provision.themes))


@pytest.mark.parametrize("key", sorted(FRAMEWORKS))
def test_an_edition_uses_exactly_the_languages_it_declares(key: str) -> None:
    edition = library(key)

    assert set(languages_used(edition)) == set(edition.edition.languages)


@pytest.mark.parametrize("key", sorted(FRAMEWORKS))
def test_every_provision_says_in_english_what_it_is_and_where_it_comes_from(key: str) -> None:
    for provision in library(key).provisions:
        assert "en" in provision.title
        assert provision.source


@pytest.mark.parametrize("key", sorted(FRAMEWORKS))
def test_a_framework_under_another_and_a_claim_name_known_frameworks(key: str) -> None:
    edition = library(key)

    assert edition.framework.parent in {None, *FRAMEWORKS}
    assert {claim.other for claim in edition.claims} <= TREATIES


@pytest.mark.parametrize(
    ("key", "articles"), [("apmbc", 22), ("ccm", 23), ("cedaw", 30), ("crc", 54), ("crpd", 50)]
)
def test_a_treaty_has_all_its_articles_in_order(key: str, articles: int) -> None:
    assert [item.ref for item in library(key).provisions] == [f"art-{n}" for n in range(1, articles + 1)]


def test_the_terms_of_reference_have_activities_a_to_h_and_no_section_7() -> None:
    provisions = library("ccm-gfp-tor").provisions

    assert [item.ref for item in provisions if item.assessable] == [f"act-{letter}" for letter in "abcdefgh"]
    assert "section-7" not in {item.ref for item in provisions}


def test_nothing_of_the_lausanne_action_plan_passes_as_checked() -> None:
    plan = library("lap")

    assert not any(provision.verified for provision in plan.provisions)
    assert not any(indicator.verified for indicator in plan.indicators)
    assert {item.title_source for item in plan.provisions} == {"paraphrased"}


def test_goal_5_has_its_fourteen_indicators_and_the_migration_guide_finds_its_five() -> None:
    indicators = {indicator.ref for indicator in library("sdg").indicators}

    assert len([ref for ref in indicators if ref.startswith("5.")]) == 14
    assert indicators >= {"5.1.1", "5.2.2", "5.6.2", "5.c.1", "8.8.2"}


def test_the_vocabulary_has_the_themes_that_clients_rely_on_in_three_languages() -> None:
    themes = ThemeList.model_validate(read("themes.yaml")).themes

    assert theme_keys() >= RELIED_ON
    assert len(themes) == len(theme_keys())
    assert all(set(theme.title) == {"en", "fr", "es"} for theme in themes)


def test_every_state_is_there_once_with_its_name_in_three_languages() -> None:
    entries = states().states

    assert len({entry.iso3 for entry in entries}) == len(entries)
    assert len([entry for entry in entries if entry.un_member]) == 193
    assert {entry.iso3 for entry in entries if not entry.un_member} == {"COK", "EU", "NIU", "PSE", "VAT"}
    assert all(set(entry.name) == {"en", "fr", "es"} for entry in entries)
    assert not any(entry.sample for entry in entries)


def test_only_the_european_union_is_an_organisation_and_only_it_has_no_number() -> None:
    entries = states().states
    numbers = [entry.m49 for entry in entries if entry.m49]

    assert {entry.iso3 for entry in entries if entry.kind == "organisation"} == {"EU"}
    assert {entry.iso3 for entry in entries if not (entry.m49 and entry.region)} == {"EU"}
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("key", sorted(TREATIES))
def test_a_membership_names_a_known_state_once(key: str) -> None:
    named = [entry.state for entry in memberships(key)]

    assert MembershipList.model_validate(read(f"memberships/{key}.yaml")).framework == key
    assert set(named) <= {entry.iso3 for entry in states().states}
    assert len(named) == len(set(named))


@pytest.mark.parametrize("key", sorted(TREATIES))
def test_nobody_consents_before_signing_or_leaves_before_joining(key: str) -> None:
    for entry in memberships(key):
        steps = [step for step in (entry.signed, entry.consent, entry.withdrawal) if step]
        assert steps
        assert steps == sorted(steps)
        assert bool(entry.consent) == bool(entry.action)


@pytest.mark.parametrize(
    ("key", "count"), [("apmbc", 164), ("ccm", 110), ("cedaw", 189), ("crc", 196), ("crpd", 184)]
)
def test_parties_are_as_many_as_the_depositary_counted(key: str, count: int) -> None:
    assert len(parties(key)) == count


@pytest.mark.parametrize(
    ("other", "shared", "missing"),
    [
        ("apmbc", 107, {"CUB", "LAO", "LBN"}),
        ("crpd", 105, {"CMR", "LBN", "LIE", "NIU", "VAT"}),
        ("crc", 110, set()),
        ("cedaw", 106, {"NIU", "PLW", "SOM", "VAT"}),
    ],
)
def test_parties_to_the_ccm_are_party_to_other_treaties(other: str, shared: int, missing: set[str]) -> None:
    assert len(parties("ccm") & parties(other)) == shared
    assert parties("ccm") - parties(other) == missing


def test_all_thirteen_signatories_of_the_ccm_are_party_to_the_crc() -> None:
    assert len(signatories("ccm")) == 13
    assert signatories("ccm") <= parties("crc")


def test_the_working_papers_figures_hold_save_the_one_on_cedaw() -> None:
    claims = {claim.other: claim for claim in library("ccm").claims}
    holds = {
        other: len(parties("ccm", claim.as_of) & parties(other, claim.as_of)) == claim.figure
        for other, claim in claims.items()
        if claim.as_of
    }

    assert holds == {"apmbc": True, "crpd": True, "crc": True, "cedaw": False}
    assert claims["cedaw"].figure == 94


def test_a_mapping_set_has_what_sssom_requires() -> None:
    header = mapping_set()

    assert header["sssom_version"] == "1.1"
    assert urlsplit(header["mapping_set_id"]).scheme == "https"
    assert header["license"].startswith("https://creativecommons.org/licenses/by/4.0")
    assert header["mapping_set_title"]
    assert isinstance(header["mapping_set_version"], str)


def test_every_prefix_of_a_mapping_is_declared() -> None:
    columns = ("subject_id", "predicate_id", "object_id", "mapping_justification")
    used = {row[column].partition(":")[0] for row in mapping_rows() for column in columns}

    assert used == set(mapping_set()["curie_map"])


def test_a_mapping_joins_assessable_provisions_under_their_own_titles() -> None:
    provisions = assessable_provisions()

    for row in mapping_rows():
        assert row["subject_label"] == provisions[row["subject_id"]].title["en"]
        assert row["object_label"] == provisions[row["object_id"]].title["en"]


def test_a_mapping_gives_its_relation_its_reason_and_less_than_certainty() -> None:
    for row in mapping_rows():
        assert row["predicate_id"] in RELATIONS
        assert row["predicate_modifier"] in {"", "Not"}
        assert row["mapping_justification"] == "semapv:ManualMappingCuration"
        assert 0 < float(row["confidence"]) < 1
        assert row["comment"].startswith("Working paper, para 10(")


def test_two_provisions_are_joined_once_and_the_ccm_reaches_all_six_frameworks() -> None:
    pairs = [(row["subject_id"], row["object_id"]) for row in mapping_rows()]

    assert len(pairs) == len(set(pairs))
    assert {subject.partition(":")[0] for subject, _ in pairs} == {"ccm", "lap"}
    assert {target.partition(":")[0] for _, target in pairs} == {
        "apmbc",
        "cedaw",
        "crc",
        "crpd",
        "sdg",
        "wps",
    }
