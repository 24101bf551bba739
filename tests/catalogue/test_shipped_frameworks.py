"""The frameworks as they are shipped: every file keeps the rules, and holds what its document holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from schemas.libraries import Library
from tests.catalogue.shipped import CATALOGUE, FRAMEWORKS, library, theme_keys

MODELINE = "# yaml-language-server: $schema=../../schemas/library.json"
UNCHECKED = re.compile(r"general knowledge|from memory|to be checked", re.IGNORECASE)
ABOUT_PEOPLE = re.compile(
    r"\b(?:gender\w*|wom[ae]n\w*|girls?|boys?|sex|sexual\w*|maternal|reproductive|age|ages|child\w*|youth"
    r"|elderly|older persons|disab\w+|minorit\w+|indigenous|ethnic\w*|migra\w+|refugees?|violence"
    r"|discrimination|vulnerab\w+|survivors?|victims?|disaggregat\w+"
    r"|femmes?|filles?|sexes?|enfants?|handicap\w*|autochtones?|minorités|violences?"
    r"|mujer\w*|niñ\w+|género|discapacidad|indígenas|minorías|violencia)\b",
    re.IGNORECASE,
)


def languages_used(edition: Library) -> Iterator[str]:
    yield from edition.framework.title
    for provision in edition.provisions:
        yield from provision.title
        yield from provision.summary or {}
    for indicator in edition.indicators:
        yield from indicator.title
    for level in edition.scale.levels if edition.scale else []:
        yield from level.title
        yield from level.meaning


@pytest.mark.parametrize("key", sorted(FRAMEWORKS))
def test_a_file_is_named_after_the_framework_it_describes(key: str) -> None:
    assert library(key).framework.key == key


@pytest.mark.parametrize("key", sorted(FRAMEWORKS))
def test_a_file_tells_the_editor_its_schema(key: str) -> None:
    text = (CATALOGUE / f"frameworks/{key}.yaml").read_text(encoding="utf-8")

    assert text.partition("\n")[0] == MODELINE


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
def test_every_indicator_says_where_it_comes_from(key: str) -> None:
    assert all(indicator.source for indicator in library(key).indicators)


@pytest.mark.parametrize("key", sorted(FRAMEWORKS))
def test_what_rests_on_general_knowledge_does_not_pass_as_checked(key: str) -> None:
    edition = library(key)
    marks = [(item.source, item.verified) for item in edition.provisions]
    marks += [(item.source, item.verified) for item in edition.indicators]

    assert not any(verified and UNCHECKED.search(source or "") for source, verified in marks)


@pytest.mark.parametrize("key", sorted(FRAMEWORKS))
def test_a_provision_that_speaks_of_gender_or_diversity_has_a_theme(key: str) -> None:
    texts = {
        provision.ref: " ".join([*provision.title.values(), *(provision.summary or {}).values()])
        for provision in library(key).provisions
        if not provision.themes
    }

    assert {ref: text for ref, text in texts.items() if ABOUT_PEOPLE.search(text)} == {}


@pytest.mark.parametrize("key", sorted(FRAMEWORKS))
def test_a_framework_is_a_scale_if_and_only_if_it_has_levels(key: str) -> None:
    edition = library(key)

    assert (edition.framework.kind == "scale") == (edition.scale is not None)
    if edition.scale:
        assert set(edition.scale.criteria) <= {provision.ref for provision in edition.provisions}


@pytest.mark.parametrize("key", sorted(FRAMEWORKS))
def test_a_framework_under_another_and_a_claim_name_known_frameworks(key: str) -> None:
    edition = library(key)

    assert edition.framework.parent in {None, *FRAMEWORKS}
    assert {claim.other for claim in edition.claims} <= FRAMEWORKS


@pytest.mark.parametrize(
    ("key", "articles"), [("apmbc", 22), ("ccm", 23), ("cedaw", 30), ("crc", 54), ("crpd", 50)]
)
def test_a_treaty_has_all_its_articles_in_order(key: str, articles: int) -> None:
    assert [item.ref for item in library(key).provisions] == [f"art-{n}" for n in range(1, articles + 1)]


def test_the_terms_of_reference_have_activities_a_to_h_and_no_section_7() -> None:
    provisions = library("ccm-gfp-tor").provisions

    assert [item.ref for item in provisions if item.assessable] == [f"act-{letter}" for letter in "abcdefgh"]
    assert "section-7" not in {item.ref for item in provisions}


@pytest.mark.parametrize("key", ["dap", "lap", "oap"])
def test_nothing_of_an_action_plan_passes_as_checked(key: str) -> None:
    plan = library(key)

    assert not any(provision.verified for provision in plan.provisions)
    assert not any(indicator.verified for indicator in plan.indicators)


def test_the_working_papers_recommendations_are_counted_per_framework() -> None:
    refs = [item.ref for item in library("ccm-synergies").provisions if item.kind == "recommendation"]
    expected = {"a": 2, "b": 3, "c": 4, "d": 4, "e": 2, "f": 3}

    assert refs == [
        *(f"rec-{letter}-{number}" for letter, count in expected.items() for number in range(1, count + 1)),
        *("rec-11", "rec-12", "rec-16"),
    ]


def test_each_activity_of_the_working_paper_says_how_the_terms_of_reference_differ() -> None:
    activities = [item for item in library("ccm-synergies").provisions if item.kind == "activity"]

    assert [item.ref for item in activities] == [f"act-{letter}" for letter in "abcdefg"]
    assert all("Terms of Reference" in (item.summary or {})["en"] for item in activities)


def test_the_two_lost_headings_of_the_six_steps_are_marked_as_reconstructed() -> None:
    steps = {item.ref: item for item in library("gcm-six-steps").provisions if item.kind == "step"}

    reconstructed = {ref for ref, item in steps.items() if item.title_source == "reconstructed"}
    assert reconstructed == {ref for ref, item in steps.items() if not item.verified} == {"s3", "s6"}


def test_every_area_of_the_mesecvi_indicators_has_each_kind() -> None:
    provisions = library("mesecvi-indicators").provisions
    areas = [item.ref for item in provisions if item.kind == "area"]

    assert [item.ref for item in provisions if item.kind == "indicator-kind"] == [
        f"{area}.{kind}" for area in areas for kind in ("structural", "process", "result")
    ]


def test_an_indicator_by_sex_is_expected_to_be_broken_down_by_sex() -> None:
    for indicator in library("sdg").indicators:
        assert ("sex" in indicator.disaggregation) or not re.search(r"\bby sex\b", indicator.title["en"])


def test_goal_5_has_its_fourteen_indicators_and_the_migration_guide_finds_its_five() -> None:
    indicators = {indicator.ref for indicator in library("sdg").indicators}

    assert len([ref for ref in indicators if ref.startswith("5.")]) == 14
    assert indicators >= {"5.1.1", "5.2.2", "5.6.2", "5.c.1", "8.8.2"}
