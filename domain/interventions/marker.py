"""The gender marker of an intervention, computed from what the six-step guide asks of interventions. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from schemas.interventions import Category, Check
from schemas.money import BudgetLine
from schemas.plan_items import Stakeholder

RULE = (
    "A: all criteria are met. B: all but that gender equality is the principal aim. C: anything else. The "
    "guide asks for A or B (step 4, action 3, measure 3) without saying what makes them; the criteria are "
    "what it asks of interventions elsewhere, and that these make A and B is a rule of this service."
)
WHO_SPEAKS = {"migrant-women-and-girls", "womens-organization", "migrant-womens-organization",
              "lgbtiq-organization"}  # fmt: skip
TAKES_PART = {"accountable", "lead", "implementing-partner", "support", "consulted"}


class Case(Protocol):
    """An intervention, as far as its marker is concerned."""

    @property
    def aim(self) -> str: ...
    @property
    def analysis(self) -> str | None: ...
    @property
    def needs(self) -> str | None: ...
    @property
    def stakeholders(self) -> Sequence[Any]: ...
    @property
    def indicators(self) -> Sequence[Any]: ...
    @property
    def budget(self) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True)
class Criterion:
    """Something that is asked: met or not by what was recorded, with the words for both."""

    code: str
    ref: str
    is_met: Callable[[Case], bool]
    met: str
    unmet: str


def source_of(ref: str) -> str:
    """`s3.a4.m2` as people cite it."""
    step, action, measure = (part[1:] for part in ref.split("."))
    return f"Mainstreaming Gender into the Six-Step Process, step {step}, action {action}, measure {measure}"


def _has_participants(case: Case) -> bool:
    parts = map(Stakeholder.model_validate, case.stakeholders)
    return any(one.kind in WHO_SPEAKS and one.role in TAKES_PART for one in parts)


def _has_beneficiaries(case: Case) -> bool:
    return any(Stakeholder.model_validate(one).role == "beneficiary" for one in case.stakeholders)


def _is_funded(case: Case) -> bool:
    lines = map(BudgetLine.model_validate, case.budget)
    return any(line.gender_responsive and line.amount > 0 for line in lines)


CRITERIA = (
    Criterion(
        "gender-analysis",
        "s3.a1.m2",
        lambda case: bool(case.analysis),
        "What the gender analysis found is recorded.",
        "No finding of a gender analysis is recorded.",
    ),
    Criterion(
        "needs-integrated",
        "s3.a4.m2",
        lambda case: bool(case.needs),
        "It is recorded how needs of migrant women and girls are built in.",
        "It is not recorded how needs of migrant women and girls are built in.",
    ),
    Criterion(
        "participation",
        "s3.a3.m2",
        _has_participants,
        "Those concerned, or organizations that represent them, take part.",
        "Nobody is named as taking part who speaks for women, girls or people with diverse SOGIESC.",
    ),
    Criterion(
        "beneficiaries",
        "s3.a3.m3",
        _has_beneficiaries,
        "Target beneficiaries are named.",
        "No target beneficiaries are named.",
    ),
    Criterion(
        "gender-specific-indicator",
        "s3.a5.m1",
        lambda case: any(one["gender_specific"] for one in case.indicators),
        "At least one indicator is specific to gender.",
        "No indicator is specific to gender.",
    ),
    Criterion(
        "gender-responsive-budget",
        "s4.a2.m1",
        _is_funded,
        "Some of the budget answers to needs that differ by gender.",
        "None of the budget is marked as answering to needs that differ by gender.",
    ),
    Criterion(
        "significant-aim",
        "s4.a3.m1",
        lambda case: case.aim in {"significant", "principal"},
        "Gender equality is one of its aims.",
        "Gender equality is none of its aims.",
    ),
    Criterion(
        "principal-aim",
        "s3.a4.m1",
        lambda case: case.aim == "principal",
        "Gender equality is its principal aim.",
        "Gender equality is not its principal aim.",
    ),
)
ONLY_FOR_A = {"principal-aim"}


def checked(case: Case) -> list[Check]:
    """Every criterion, with whether it is met and why."""
    return [
        Check(
            code=criterion.code,
            met=(is_met := criterion.is_met(case)),
            why=criterion.met if is_met else criterion.unmet,
            provision=f"gcm-six-steps:{criterion.ref}",
            source=source_of(criterion.ref),
        )
        for criterion in CRITERIA
    ]


def category(checks: Sequence[Check]) -> tuple[Category, list[str]]:
    """The category, and the criteria that stand between it and the next."""
    unmet = [check.code for check in checks if not check.met]
    if not unmet:
        return "A", []
    if ONLY_FOR_A.issuperset(unmet):
        return "B", unmet
    return "C", [code for code in unmet if code not in ONLY_FOR_A]
