"""When a treaty binds a State, who is party on a day, what is shared, and whom a framework speaks to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.states.rules import (
    Addressed,
    Basis,
    Member,
    combinations,
    entry_into_force,
    held,
    problems,
    shared_over_time,
    speaks_to,
    standing,
    status,
)  # fmt: skip
from schemas.catalogue import EntryIntoForce, MembershipEntry, MembershipList, StateEntry
from schemas.states import MembershipStatus, PartyBy, Period

NEVER = date(1900, 1, 1)
DEPOSIT, IN_FORCE = PartyBy.DEPOSIT, PartyBy.ENTRY_INTO_FORCE


def rule(*, convention: date = NEVER, **counted: int) -> EntryIntoForce:
    return EntryIntoForce(convention=convention, source="article 17", **counted)


def day(text: str) -> date:
    return date.fromisoformat(text)


def entry(consent: str | None = None, **facts: Any) -> MembershipEntry:
    return MembershipEntry(state="HRV", consent=day(consent) if consent else None, **facts)


def member(state: str = "HRV", *dates: str | None, kind: str = "state", region: str = "Europe") -> Member:
    """Signed, consented, in force, withdrawn; the last ones may be left out."""
    filled = [day(item) if item else None for item in dates] + [None] * (4 - len(dates))
    return Member(state, kind, region, f"Southern {region}", *filled)


@pytest.mark.parametrize(
    ("deposit", "bound"),
    [
        ("2010-02-16", "2010-08-01"),
        ("2010-02-01", "2010-08-01"),
        ("2010-02-28", "2010-08-01"),
        ("2012-02-29", "2012-08-01"),
        ("2010-06-30", "2010-12-01"),
        ("2010-07-01", "2011-01-01"),
        ("2010-07-31", "2011-01-01"),
        ("2010-12-01", "2011-06-01"),
        ("2010-12-31", "2011-06-01"),
        ("2099-12-31", "2100-06-01"),
    ],
)
def test_the_first_day_of_the_sixth_month_after_that_of_the_deposit(deposit: str, bound: str):
    assert entry_into_force(rule(first_of_month=6), entry(deposit)) == day(bound)


@pytest.mark.parametrize("months", range(1, 25))
def test_counting_months_never_leaves_the_calendar(months: int):
    for number in range(366 * 2):
        deposit = date(2023, 1, 1) + timedelta(days=number)

        bound = entry_into_force(rule(first_of_month=months), entry(deposit.isoformat()))

        assert bound is not None
        assert bound.day == 1
        assert (bound.year - deposit.year) * 12 + bound.month - deposit.month == months


@pytest.mark.parametrize(
    ("deposit", "bound"),
    [
        ("2008-04-03", "2008-05-03"),
        ("2011-01-31", "2011-03-02"),
        ("2012-01-31", "2012-03-01"),
        ("2012-02-28", "2012-03-29"),
        ("2011-12-02", "2012-01-01"),
        ("2011-12-31", "2012-01-30"),
    ],
)
def test_the_thirtieth_day_after_the_deposit(deposit: str, bound: str):
    assert entry_into_force(rule(days=30), entry(deposit)) == day(bound)


@pytest.mark.parametrize("action", ["ratification", "succession", None])
def test_nobody_is_bound_before_the_treaty_itself_is_in_force(action: str | None):
    treaty = rule(days=30, convention=date(2008, 5, 3))

    assert entry_into_force(treaty, entry("2007-04-03", action=action)) == date(2008, 5, 3)


def test_a_succession_binds_from_the_day_of_its_deposit_at_the_latest():
    assert entry_into_force(rule(days=30), entry("2006-10-23", action="succession")) == date(2006, 10, 23)


def test_a_day_that_is_stated_goes_before_the_rule():
    stated = entry("2010-02-16", entry_into_force=date(2010, 3, 1))

    assert entry_into_force(rule(first_of_month=6), stated) == date(2010, 3, 1)
    assert entry_into_force(None, stated) == date(2010, 3, 1)


def test_without_consent_or_without_a_rule_no_day_is_known():
    assert entry_into_force(rule(days=30), entry(signed=date(2010, 1, 1))) is None
    assert entry_into_force(None, entry("2010-01-01")) is None


@pytest.mark.parametrize("counted", [{}, {"days": 30, "first_of_month": 6}])
def test_a_rule_counts_either_in_days_or_in_months(counted: dict[str, int]):
    with pytest.raises(ValidationError):
        rule(**counted)


@pytest.mark.parametrize(
    ("as_of", "by_deposit", "by_entry_into_force"),
    [
        ("2008-12-02", "none", "none"),
        ("2008-12-03", "signatory", "signatory"),
        ("2010-02-15", "signatory", "signatory"),
        ("2010-02-16", "party", "signatory"),
        ("2010-07-31", "party", "signatory"),
        ("2010-08-01", "party", "party"),
        ("2025-03-05", "party", "party"),
        ("2025-03-06", "withdrawn", "withdrawn"),
    ],
)
def test_what_a_state_is_on_a_day(as_of: str, by_deposit: str, by_entry_into_force: str):
    of = member("LTU", "2008-12-03", "2010-02-16", "2010-08-01", "2025-03-06")

    assert status(day(as_of), of, DEPOSIT) == by_deposit
    assert status(day(as_of), of, IN_FORCE) == by_entry_into_force


def test_a_state_of_which_no_entry_into_force_is_known_is_party_by_deposit_alone():
    acceded = member("HRV", None, "2010-02-16")

    assert status(date(2030, 1, 1), acceded, DEPOSIT) is MembershipStatus.PARTY
    assert status(date(2030, 1, 1), acceded, IN_FORCE) is MembershipStatus.NONE


def test_an_organisation_is_a_party_and_told_apart():
    members = [member("HRV", None, "2007-08-15"), member("EU", None, "2010-12-23", kind="organisation")]

    found = standing(members, Basis(date(2021, 9, 21)))

    assert (found.parties, found.organisations) == ({"HRV", "EU"}, {"EU"})


@pytest.mark.parametrize("region", ["Africa", "Southern Africa"])
def test_a_region_or_subregion_leaves_out_the_rest(region: str):
    members = [member("HRV", None, "2007-08-15"), member("LSO", "2008-12-02", region="Africa")]

    found = standing(members, Basis(date(2021, 9, 21), region=region))

    assert (found.parties, found.signatories) == (frozenset(), {"LSO"})


def test_what_is_shared_changes_when_the_second_is_joined_and_the_first_is_left():
    ours = [member("AAA", None, "2001-01-01", None, "2009-01-01"), member("BBB", None, "2005-01-01")]
    theirs = [
        member("BBB", None, "2003-01-01"),
        member("AAA", None, "2002-01-01"),
        member("CCC", None, "2000-01-01"),
    ]

    counts = shared_over_time(ours, theirs, DEPOSIT)

    assert counts == [(date(2002, 1, 1), 1), (date(2005, 1, 1), 2), (date(2009, 1, 1), 1)]


def test_one_that_left_before_it_joined_the_other_was_never_shared():
    ours = [member("AAA", None, "2001-01-01", None, "2002-01-01")]

    assert shared_over_time(ours, [member("AAA", None, "2002-01-01")], DEPOSIT) == []


def test_a_day_on_which_one_comes_and_one_goes_changes_nothing():
    ours = [member("AAA", None, "2001-01-01", None, "2002-01-01"), member("BBB", None, "2002-01-01")]
    theirs = [member("AAA", None, "2000-01-01"), member("BBB", None, "2000-01-01")]

    assert shared_over_time(ours, theirs, DEPOSIT) == [(date(2001, 1, 1), 1)]


def test_a_figure_held_in_every_period_in_which_it_was_the_count():
    counts = [(date(2001, 1, 1), 1), (date(2002, 1, 1), 2), (date(2003, 1, 1), 1)]

    assert held(1, counts) == [
        Period(first=date(2001, 1, 1), last=date(2001, 12, 31)),
        Period(first=date(2003, 1, 1), last=None),
    ]
    assert held(2, counts) == [Period(first=date(2002, 1, 1), last=date(2002, 12, 31))]
    assert held(3, counts) == []
    assert held(0, []) == []


def test_combinations_are_exact_and_name_every_party_once():
    found = combinations({"ccm": {"A", "B", "C"}, "cedaw": {"A", "B"}, "crpd": {"A", "D"}})

    assert found == [
        (["ccm"], ["C"]),
        (["ccm", "cedaw"], ["B"]),
        (["ccm", "cedaw", "crpd"], ["A"]),
        (["crpd"], ["D"]),
    ]


ADOPTED = date(2015, 9, 25)
FRAMEWORKS = {
    "ccm": Addressed("treaty", None, ADOPTED),
    "lap": Addressed("action-plan", "ccm", ADOPTED),
    "ccm-gfp-tor": Addressed("terms-of-reference", "ccm", ADOPTED),
    "ccm-synergies": Addressed("working-paper", "ccm", ADOPTED),
    "crpd": Addressed("treaty", None, ADOPTED),
    "unjoined": Addressed("treaty", None, ADOPTED),
    "sdg": Addressed("goals", None, ADOPTED),
    "wps": Addressed("resolution-series", None, ADOPTED),
    "sdg-plan": Addressed("action-plan", "sdg", ADOPTED),
    "orphan": Addressed("action-plan", None, ADOPTED),
    "cim-plan": Addressed("strategic-plan", None, ADOPTED),
    "un-swap": Addressed("scale", None, ADOPTED),
    "a": Addressed("action-plan", "b", ADOPTED),
    "b": Addressed("action-plan", "a", ADOPTED),
}


def addressed(*party_to: str, on: date = ADOPTED) -> set[str]:
    joinable = {"ccm", "crpd"}
    return {
        key for key in FRAMEWORKS if speaks_to(key, FRAMEWORKS, on=on, joinable=joinable, party_to=party_to)
    }


def test_agendas_speak_to_every_state_and_so_do_plans_adopted_under_them():
    assert addressed() == {"sdg", "wps", "sdg-plan"}


def test_a_treaty_speaks_to_its_parties_and_so_do_plans_under_it():
    assert addressed("ccm") - addressed() == {"ccm", "lap"}


def test_terms_of_reference_speak_to_those_who_hold_the_office_and_to_no_state():
    assert "ccm-gfp-tor" not in addressed("ccm")


def test_agendas_and_plans_speak_to_nobody_before_they_are_adopted():
    assert addressed("ccm", on=ADOPTED - timedelta(days=1)) == {"ccm"}


def given(*entries: MembershipEntry) -> list[tuple[str, str]]:
    kinds = {"HRV": "state", "EU": "organisation", "GRL": "territory"}
    document = MembershipList(framework="ccm", memberships=list(entries))
    return [(problem.pointer, problem.code) for problem in problems(document, kinds, {"ccm"})]


def test_states_and_organisations_can_be_party_and_territories_cannot():
    assert given(MembershipEntry(state="HRV"), MembershipEntry(state="EU")) == []
    assert given(MembershipEntry(state="HRV"), MembershipEntry(state="GRL")) == [
        ("/memberships/1/state", "territory")
    ]


def test_every_problem_of_a_list_is_named_at_once():
    assert given(
        MembershipEntry(state="QQQ", withdrawal=date(2020, 1, 1)),
        entry("2010-01-01", withdrawal=date(2009, 1, 1)),
        entry(entry_into_force=date(2010, 1, 1)),
    ) == [
        ("/memberships/0/state", "unknown-state"),
        ("/memberships/2/state", "duplicate-state"),
        ("/memberships/0/withdrawal", "dates-out-of-order"),
        ("/memberships/1/withdrawal", "dates-out-of-order"),
        ("/memberships/2/entry_into_force", "dates-out-of-order"),
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "state", "administered_by": "DNK"},
        {"kind": "organisation", "un_member": True},
        {"kind": "territory", "un_member": True},
    ],
)
def test_only_territories_are_administered_and_only_states_are_members_of_the_united_nations(
    facts: dict[str, Any],
):
    with pytest.raises(ValidationError):
        StateEntry(iso3="GRL", name={"en": "Greenland"}, **facts)


@pytest.mark.parametrize("by", PartyBy)
def test_who_has_withdrawn_is_no_signatory_even_if_the_treaty_never_bound_it(by: PartyBy):
    left = entry("2009-01-05", signed=day("2008-12-03"), withdrawal=day("2010-03-06"))

    assert status(day("2010-03-05"), left, by) is not MembershipStatus.WITHDRAWN
    assert status(day("2010-03-06"), left, by) is MembershipStatus.WITHDRAWN
