"""How progress is rolled up, and which words say how an item stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from domain.access.rules import Actor
from domain.errors import Forbidden, Invalid
from domain.plans import rules
from schemas.access import Scope
from schemas.plans import ItemChange, MandateChange, MandateDraft, NoteDraft, PlanChange, PlanDraft, person_of

STATUSES = ("not-started", "under-way", "done", "dropped")
PLAN = UUID(int=1)
ANA = "0198c0de-0000-7000-8000-00000000000a"


@dataclass(frozen=True)
class Item:
    ref: str
    parent: str | None = None
    counts: bool = True
    status: str = "not-started"
    depth: int = 0
    title: dict[str, str] = field(default_factory=dict)


STEP = Item("s1", counts=False)


def share(*items: Item) -> float | None:
    found: float | None = rules.progress(PLAN, items)["share_done"]
    return found


def test_leaves_are_counted_under_each_item_above_them():
    tree = [
        STEP,
        Item("s1.a1", "s1", counts=False),
        Item("s1.a1.m1", "s1.a1", status="done"),
        Item("s1.a1.m2", "s1.a1", status="under-way"),
        Item("s1.a2", "s1", status="done"),
        Item("s2", counts=False),
        Item("s2.a1", "s2"),
    ]

    found = rules.progress(PLAN, tree)

    lines = {line["ref"]: (line["done"], line["counted"], line["share_done"]) for line in found["items"]}
    assert lines["s1.a1"] == (1, 2, 0.5)
    assert lines["s1"] == (2, 3, 0.6667)
    assert lines["s2"] == (0, 1, 0.0)
    assert (found["done"], found["under_way"], found["not_started"]) == (2, 1, 1)
    assert found["share_done"] == 0.5


def test_what_an_item_says_of_itself_is_not_counted_when_others_stand_below_it():
    assert share(Item("s1", counts=False, status="done"), Item("m1", "s1")) == 0.0


def test_what_was_dropped_is_out_of_the_denominator():
    items = [STEP, Item("m1", "s1", status="done"), Item("m2", "s1", status="dropped")]

    found = rules.progress(PLAN, items)

    assert (found["share_done"], found["counted"], found["dropped"]) == (1.0, 1, 1)
    assert found["reason"] is None


@pytest.mark.parametrize("items", [[], [STEP], [STEP, Item("m1", "s1", status="dropped")]])
def test_where_nothing_is_counted_there_is_no_share_and_it_says_why(items: list[Item]):
    found = rules.progress(PLAN, items)

    assert (found["share_done"], found["reason"]) == (None, "nothing-counted")


@st.composite
def trees(draw: st.DrawFn) -> list[Item]:
    """Trees in reading order: the parent of each item is one of those before it, or none."""
    items: list[Item] = []
    for number in range(draw(st.integers(0, 30))):
        parent = draw(st.none() | st.sampled_from([item.ref for item in items])) if items else None
        items.append(Item(str(number), parent, draw(st.booleans()), draw(st.sampled_from(STATUSES))))
    return items


@settings(max_examples=80, deadline=None, derandomize=True)
@given(trees())
def test_each_item_that_counts_is_counted_once_in_the_whole(items: list[Item]):
    whole, below = rules.rolled_up(items)

    assert +whole == Counter(item.status for item in items if item.counts)
    for item in items:
        parts = Counter({item.status: 1} if item.counts else {})
        for part in items:
            if part.parent == item.ref:
                parts.update(below[part.ref])
        assert +below[item.ref] == +parts


def test_only_what_differs_is_kept_of_a_change():
    before: dict[str, Any] = {"status": "not-started", "due": None, "note": "a"}

    found = rules.differences(before, {"status": "done", "due": date(2027, 6, 30), "note": "a"})

    assert found == [
        {"field": "status", "before": "not-started", "after": "done"},
        {"field": "due", "before": None, "after": "2027-06-30"},
    ]


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


@pytest.mark.parametrize("shape", [PlanDraft, PlanChange, ItemChange, NoteDraft, MandateDraft, MandateChange])
def test_examples_are_what_they_are_examples_of(shape: type[BaseModel]):
    for example in shape.model_json_schema()["examples"]:
        shape.model_validate(example)


DRAFT = {"framework": "cim-plan", "owner": "OAS", "start": "2016-01-01", "end": "2021-12-31"}
MANDATE = {"framework": "ccm", "terms": "ccm-gfp-tor", "holders": [{"state": "XAA"}], "from": "2026-09-01"}


@pytest.mark.parametrize(
    ("shape", "data"),
    [
        (PlanDraft, DRAFT | {"end": "2015-12-31"}),
        (PlanDraft, DRAFT | {"start": "9999-12-31", "end": "9999-12-31"}),
        (PlanDraft, DRAFT | {"end": None}),
        (PlanDraft, DRAFT | {"owner": " "}),
        (PlanDraft, DRAFT | {"budget": 1}),
        (PlanChange, {}),
        (PlanChange, {"title": None}),
        (ItemChange, {}),
        (ItemChange, {"status": None}),
        (ItemChange, {"status": "finished"}),
        (ItemChange, {"responsible": None}),
        (ItemChange, {"responsible": ["a", "a"]}),
        (ItemChange, {"responsible": ["two\nlines"]}),
        (ItemChange, {"due": "2027-06-31"}),
        (ItemChange, {"due": "9999-12-31"}),
        (ItemChange, {"ref": "act-a"}),
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
