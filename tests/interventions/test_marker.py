"""The gender marker of an intervention: each criterion by itself, and what they make together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain, combinations
from typing import Any

import pytest

from domain.interventions.marker import CRITERIA, ONLY_FOR_A, category, checked, source_of


@dataclass(frozen=True)
class Case:
    """An intervention of which everything is recorded that the guide asks."""

    aim: str = "principal"
    analysis: str | None = "Most are women."
    needs: str | None = "Hearings on Sundays."
    stakeholders: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"role": "consulted", "organisation": "Union", "kind": "migrant-womens-organization"},
            {"role": "beneficiary", "organisation": "Domestic workers"},
        ]
    )
    indicators: list[dict[str, Any]] = field(
        default_factory=lambda: [{"indicator": "sdg:5.2.2", "text": None, "gender_specific": True}]
    )
    budget: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"amount": "1", "currency": "USD", "stage": "planned", "gender_responsive": True}
        ]
    )


WHOLE = Case()
LINE = WHOLE.budget[0]
CONSULTED, BENEFICIARY = WHOLE.stakeholders

LACKING = {
    "gender-analysis": {"analysis": None},
    "needs-integrated": {"needs": None},
    "participation": {"stakeholders": [BENEFICIARY]},
    "beneficiaries": {"stakeholders": [CONSULTED]},
    "gender-specific-indicator": {"indicators": [WHOLE.indicators[0] | {"gender_specific": False}]},
    "gender-responsive-budget": {"budget": [LINE | {"gender_responsive": False}]},
    "principal-aim": {"aim": "significant"},
}


def judged(case: Case) -> tuple[str, list[str]]:
    return category(checked(case))


def test_what_meets_every_criterion_is_a():
    assert judged(WHOLE) == ("A", [])


def test_what_meets_all_but_the_principal_aim_is_b_and_says_so():
    assert judged(replace(WHOLE, aim="significant")) == ("B", ["principal-aim"])


@pytest.mark.parametrize("code", sorted(LACKING.keys() - ONLY_FOR_A))
def test_whatever_else_is_lacking_makes_it_c_and_is_named(code: str):
    assert judged(replace(WHOLE, **LACKING[code])) == ("C", [code])


def test_without_gender_among_its_aims_it_is_c():
    assert judged(replace(WHOLE, aim="none")) == ("C", ["significant-aim"])


def test_nothing_recorded_is_c_and_every_criterion_says_why():
    checks = checked(Case("none", None, None, [], [], []))

    assert category(checks)[0] == "C"
    assert not any(check.met for check in checks)
    assert [check.code for check in checks] == [criterion.code for criterion in CRITERIA]
    assert all(check.why.endswith(".") for check in checks)


@pytest.mark.parametrize(
    "facts",
    [
        {"indicators": []},
        {"budget": [LINE | {"amount": "0"}]},
        {"budget": []},
        {"stakeholders": [BENEFICIARY, CONSULTED | {"role": "informed"}]},
        {"stakeholders": [BENEFICIARY, CONSULTED | {"kind": "private-sector"}]},
        {"stakeholders": [BENEFICIARY, CONSULTED | {"kind": None}]},
    ],
)
def test_a_criterion_is_not_met_by_what_only_looks_like_it(facts: dict[str, Any]):
    assert judged(replace(WHOLE, **facts))[0] == "C"


def test_more_that_is_met_never_makes_the_category_lower():
    order = "CBA"
    codes = sorted(LACKING)
    subsets = list(chain.from_iterable(combinations(codes, size) for size in range(len(codes) + 1)))
    found = {subset: judged(_without(subset))[0] for subset in subsets}

    for subset in subsets:
        for code in subset:
            fewer = tuple(one for one in subset if one != code)
            assert order.index(found[fewer]) >= order.index(found[subset])


def _without(codes: tuple[str, ...]) -> Case:
    case = WHOLE
    for code in codes:
        case = replace(case, **LACKING[code])
    if {"participation", "beneficiaries"} <= set(codes):
        case = replace(case, stakeholders=[])
    return case


def test_each_criterion_cites_a_measure_of_the_guide():
    assert source_of("s3.a4.m2") == (
        "Mainstreaming Gender into the Six-Step Process, step 3, action 4, measure 2"
    )
    assert len({criterion.code for criterion in CRITERIA}) == len(CRITERIA)
