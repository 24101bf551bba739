"""What is kept of a change, which words say how an item stands, and what cannot be said of a plan."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, ValidationError

from domain.access.rules import Actor
from domain.errors import Forbidden, Invalid
from domain.plans import rules
from schemas.access import Scope
from schemas.money import BudgetLine
from schemas.plan_items import ItemChange, NoteDraft, Stakeholder, person_of
from schemas.plans import MandateChange, MandateDraft, Origin, PlanChange, PlanDraft

ANA = "0198c0de-0000-7000-8000-00000000000a"


def test_only_what_differs_is_kept_of_a_change():
    before: dict[str, Any] = {"status": "not-started", "due": None, "note": "a"}

    found = rules.differences(before, {"status": "done", "due": date(2027, 6, 30), "note": "a"})

    assert found == [
        {"field": "status", "before": "not-started", "after": "done"},
        {"field": "due", "before": None, "after": "2027-06-30"},
    ]


def test_the_same_amount_in_other_digits_is_no_change():
    before = {"budget": [{"amount": Decimal("25000"), "year": None}], "weight": Decimal("1.0")}
    after = {"budget": [{"amount": Decimal("25000.00"), "year": None}], "weight": Decimal("1")}

    assert rules.differences(before, after) == []
    after["budget"] = [{"amount": Decimal("25000.50"), "year": 2026}]
    [change] = rules.differences(before, after)
    assert change["before"] == [{"amount": "25000", "year": None}]
    assert change["after"] == [{"amount": "25000.5", "year": 2026}]


@pytest.mark.parametrize(
    ("status", "entry"),
    [
        ("not-started", ("open", None)),
        ("under-way", ("open", None)),
        ("done", ("done", "done")),
        ("dropped", ("cancelled", "dropped")),
    ],
)
def test_what_is_done_or_dropped_is_no_longer_open(status: str, entry: tuple[str, str | None]):
    assert rules.standing(status) == entry


def test_a_name_is_one_line_and_english_where_it_can_be():
    assert rules.name_of({"es": "Uno", "en": "One\n  line"}) == "One line"
    assert rules.name_of({"es": "Uno", "fr": "Un"}) == "Uno"


def test_a_note_may_be_of_today_wherever_today_has_begun():
    now = datetime(2026, 3, 4, 12, tzinfo=UTC)

    rules.must_be_over(date(2026, 3, 5), now=now)  # in Apia it is tomorrow already
    with pytest.raises(Invalid, match="has not come yet"):
        rules.must_be_over(date(2026, 3, 6), now=now)


def test_a_states_key_writes_only_for_those_that_carry_the_plan_out():
    croatia = Actor(UUID(int=2), "Croatia", frozenset({Scope.PLANS_WRITE}), "HRV")

    rules.must_write(croatia, {"HRV", "PAN"})
    for others in (set[str | None](), {None}, {"PAN"}):
        with pytest.raises(Forbidden):
            rules.must_write(croatia, others)


def test_a_person_is_told_from_a_name():
    assert person_of(ANA) == UUID(ANA)
    assert person_of("Ministry of Labour") is None
    assert ItemChange(responsible=[ANA.upper()]).responsible == [ANA]


@pytest.mark.parametrize(
    "evidence",
    [
        "https://example.org/a",
        "http://example.org",
        "CCM/MSP/2023/5, paragraph 12",
        "Report: page 4",
        "a://b"[3:],
    ],
)
def test_evidence_is_an_address_or_a_reference(evidence: str):
    assert ItemChange(evidence=[evidence]).evidence == [evidence]


@pytest.mark.parametrize(
    "evidence", ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", "ftp://a/b", ""]
)
def test_evidence_runs_nothing(evidence: str):
    with pytest.raises(ValidationError):
        ItemChange(evidence=[evidence])


@pytest.mark.parametrize(
    "shape",
    [
        PlanDraft, PlanChange, ItemChange, NoteDraft, MandateDraft, MandateChange, Origin, Stakeholder,
        BudgetLine,
    ],
)  # fmt: skip
def test_examples_are_what_they_are_examples_of(shape: type[BaseModel]):
    for example in shape.model_json_schema()["examples"]:
        shape.model_validate(example)


DRAFT = {"framework": "cim-plan", "owner": "OAS", "start": "2016-01-01", "end": "2021-12-31"}
LINE = {"amount": "1", "currency": "USD", "stage": "planned"}
MANDATE = {"framework": "ccm", "terms": "ccm-gfp-tor", "holders": [{"state": "XAA"}], "from": "2026-09-01"}


@pytest.mark.parametrize(
    ("shape", "data"),
    [
        (PlanDraft, DRAFT | {"end": "2015-12-31"}),
        (PlanDraft, DRAFT | {"start": "9999-12-31", "end": "9999-12-31"}),
        (PlanDraft, DRAFT | {"end": None}),
        (PlanDraft, DRAFT | {"owner": " "}),
        (PlanDraft, DRAFT | {"budget": 1}),
        (PlanDraft, DRAFT | {"rollup": "best"}),
        (PlanDraft, DRAFT | {"from": {}}),
        (PlanDraft, DRAFT | {"from": {"plan": ANA, "document": "An audit"}}),
        (PlanDraft, DRAFT | {"from": {"document": "An audit", "item": "act-a"}}),
        (PlanDraft, DRAFT | {"from": {"document": "javascript:alert(1)"}}),
        (PlanChange, {}),
        (PlanChange, {"title": None}),
        (PlanChange, {"rollup": None}),
        (ItemChange, {}),
        (ItemChange, {"status": None}),
        (ItemChange, {"status": "finished"}),
        (ItemChange, {"responsible": None}),
        (ItemChange, {"responsible": ["a", "a"]}),
        (ItemChange, {"responsible": ["two\nlines"]}),
        (ItemChange, {"due": "2027-06-31"}),
        (ItemChange, {"due": "9999-12-31"}),
        (ItemChange, {"ref": "act-a"}),
        (ItemChange, {"weight": -1}),
        (ItemChange, {"weight": "heavy"}),
        (ItemChange, {"budget": None}),
        (ItemChange, {"budget": [LINE | {"amount": "-1"}]}),
        (ItemChange, {"budget": [LINE | {"amount": "2,5"}]}),
        (ItemChange, {"budget": [LINE | {"amount": "NaN"}]}),
        (ItemChange, {"budget": [LINE | {"amount": "0.00001"}]}),
        (ItemChange, {"budget": [LINE | {"currency": "US$"}]}),
        (ItemChange, {"budget": [LINE | {"currency": "XYZ"}]}),
        (ItemChange, {"budget": [LINE | {"stage": "hoped for"}]}),
        (ItemChange, {"budget": [LINE | {"year": 20}]}),
        (ItemChange, {"stakeholders": [{"role": "lead"}]}),
        (ItemChange, {"stakeholders": [{"role": "boss", "organisation": "a"}]}),
        (ItemChange, {"stakeholders": [{"role": "lead", "organisation": "a", "state": "HRV"}]}),
        (ItemChange, {"stakeholders": [{"role": "lead", "organisation": "a"}] * 2}),
        (MandateDraft, MANDATE | {"until": "2026-08-31"}),
        (MandateDraft, MANDATE | {"holders": []}),
        (MandateDraft, MANDATE | {"holders": [{"state": "XAA"}, {"state": "XAA"}]}),
        (MandateDraft, MANDATE | {"holders": [{"state": "XAA", "persons": [ANA, ANA]}]}),
        (MandateChange, {}),
        (MandateChange, {"overlapping": True}),
        (MandateChange, {"holders": None}),
        (MandateChange, {"from": None}),
    ],
)
def test_what_cannot_be_is_refused(shape: type[BaseModel], data: dict[str, Any]):
    with pytest.raises(ValidationError):
        shape.model_validate(data)
