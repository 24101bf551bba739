"""The catalogue as it is shipped: every file is well formed, and all of them agree with one another."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from domain.states.rules import entry_into_force, problems
from schemas.catalogue import (
    InstrumentEntry,
    InstrumentList,
    MembershipEntry,
    MembershipList,
    StateList,
    ThemeList,
)
from schemas.obligations import ReportingSchedules
from tests.catalogue.shipped import CATALOGUE, FRAMEWORKS, library, read, theme_keys

TREATIES = {"apmbc", "belem-do-para", "ccm", "cedaw", "crc", "crpd"}
RELIED_ON = {
    "women-and-girls", "children", "persons-with-disabilities", "sogiesc", "survivors", "older-persons",
    "migrants", "indigenous-peoples", "minorities", "participation", "disaggregated-data",
    "gender-based-violence", "trafficking", "victim-assistance", "risk-education", "survey-and-clearance",
    "training", "employment", "budget", "institutions", "monitoring", "cross-reporting",
}  # fmt: skip
CLOSE_OF_THE_REVIEW_CONFERENCE = date(2021, 9, 21)


@cache
def membership_list(key: str) -> MembershipList:
    return MembershipList.model_validate(read(f"memberships/{key}.yaml"))


def memberships(key: str) -> list[MembershipEntry]:
    return membership_list(key).memberships


@cache
def instruments() -> list[InstrumentEntry]:
    return InstrumentList.model_validate(read("instruments.yaml")).instruments


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


def test_the_catalogue_holds_the_files_it_says_it_holds() -> None:
    assert {path.stem for path in (CATALOGUE / "frameworks").glob("*.yaml")} == FRAMEWORKS
    assert {path.stem for path in (CATALOGUE / "memberships").glob("*.yaml")} == TREATIES


def test_an_instrument_is_named_once_and_leads_to_a_known_framework() -> None:
    keys = [instrument.key for instrument in instruments()]

    assert len(keys) == len(set(keys)) == 42
    assert {instrument.framework for instrument in instruments()} <= {None, *FRAMEWORKS}


def test_the_vocabulary_has_the_themes_that_clients_rely_on_in_three_languages() -> None:
    themes = ThemeList.model_validate(read("themes.yaml")).themes

    assert theme_keys() >= RELIED_ON
    assert len(themes) == len(theme_keys())
    assert all(set(theme.title) == {"en", "fr", "es"} for theme in themes)


def test_every_state_is_there_once_with_its_name_in_three_languages() -> None:
    entries = states().states

    assert len({entry.iso3 for entry in entries}) == len(entries)
    assert len([entry for entry in entries if entry.un_member]) == 193
    outside = {entry.iso3 for entry in entries if entry.kind == "state" and not entry.un_member}
    assert outside == {"COK", "NIU", "PSE", "VAT"}
    assert all(set(entry.name) == {"en", "fr", "es"} for entry in entries)
    assert not any(entry.sample for entry in entries)


def test_only_the_european_union_is_an_organisation_and_only_it_has_no_number() -> None:
    entries = states().states
    numbers = [entry.m49 for entry in entries if entry.m49]

    assert {entry.iso3 for entry in entries if entry.kind == "organisation"} == {"EU"}
    assert {entry.iso3 for entry in entries if not (entry.m49 and entry.region and entry.subregion)} == {"EU"}
    assert len(numbers) == len(set(numbers))


def test_a_territory_is_administered_by_a_member_of_the_united_nations_if_by_anyone() -> None:
    members = {entry.iso3 for entry in states().states if entry.un_member}
    territories = {
        entry.iso3: entry.administered_by for entry in states().states if entry.kind == "territory"
    }

    assert len(territories) == 44
    assert {iso3 for iso3, state in territories.items() if state not in members} == {"ESH"}


@pytest.mark.parametrize("key", sorted(TREATIES))
def test_a_membership_list_is_about_its_framework_and_has_no_problems(key: str) -> None:
    assert membership_list(key).framework == key
    kinds = {entry.iso3: entry.kind for entry in states().states}
    assert problems(membership_list(key), kinds, {key}) == []


@pytest.mark.parametrize(
    ("key", "instruments"), [("apmbc", 40), ("belem-do-para", 2), ("ccm", 30), ("crc", 20), ("crpd", 20)]
)
def test_a_treaty_entered_into_force_as_its_own_rule_counts_from_the_last_instrument_it_took(
    key: str, instruments: int
) -> None:
    rule = membership_list(key).entry_into_force
    assert rule is not None
    by_deposit = sorted(entry.consent for entry in memberships(key) if entry.consent)
    last = MembershipEntry(state="QQQ", consent=by_deposit[instruments - 1])

    assert entry_into_force(rule.model_copy(update={"convention": date.min}), last) == rule.convention


@pytest.mark.parametrize("key", sorted(TREATIES))
def test_nobody_consents_before_signing_or_leaves_before_joining(key: str) -> None:
    for entry in memberships(key):
        steps = [step for step in (entry.signed, entry.consent, entry.withdrawal) if step]
        assert steps
        assert steps == sorted(steps)


@pytest.mark.parametrize("key", sorted(TREATIES - {"belem-do-para"}))
def test_who_consented_did_so_by_a_known_action(key: str) -> None:
    assert all(bool(entry.consent) == bool(entry.action) for entry in memberships(key))


@pytest.mark.parametrize(
    ("key", "count"),
    [("apmbc", 164), ("ccm", 110), ("cedaw", 189), ("crc", 196), ("crpd", 184), ("belem-do-para", 32)],
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


def test_reports_under_both_conventions_are_due_each_30_april_by_their_article_7():
    shipped = ReportingSchedules.model_validate(read("reporting-cycles.yaml")).reporting_schedules

    assert {item.framework: (item.due, item.initial_days, item.report) for item in shipped} == {
        "ccm": ("04-30", 180, "Article 7 report"),
        "apmbc": ("04-30", 180, "Article 7 report"),
    }
    assert all("article 7(1)" in item.source and "article 7(2)" in item.source for item in shipped)
