"""How the progress of a plan is rolled up its tree, by each of the rules that a plan may declare."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.plans import rollup
from domain.plans.models import ROLL_UPS
from schemas.plan_progress import RollUp

STATUSES = ("not-started", "under-way", "done", "dropped")
PLAN = UUID(int=1)
TODAY = date(2026, 6, 30)


@dataclass(frozen=True)
class Item:
    ref: str
    parent: str | None = None
    counts: bool = True
    status: str = "not-started"
    weight: Decimal = Decimal(1)
    due: date | None = None
    depth: int = 0
    title: dict[str, str] = field(default_factory=dict)


STEP = Item("s1", counts=False)


def progress(*items: Item, rule: RollUp = "leaves") -> dict[str, Any]:
    return rollup.progress(PLAN, items, rule=rule, as_of=TODAY)


def share(*items: Item, rule: RollUp = "leaves") -> float | None:
    found: float | None = progress(*items, rule=rule)["share_done"]
    return found


def test_the_database_and_the_wire_know_the_same_rules():
    assert get_args(RollUp) == ROLL_UPS


def test_a_share_is_0_only_when_nothing_is_done():
    many = [Item(f"m{number}", status="under-way") for number in range(30_000)]

    assert share(Item("m", status="done"), *many) == 0.0001
    assert share(*many) == 0.0


TREE = [
    STEP,
    Item("s1.a1", "s1", counts=False),
    Item("s1.a1.m1", "s1.a1", status="done"),
    Item("s1.a1.m2", "s1.a1", status="under-way"),
    Item("s1.a2", "s1", status="done"),
    Item("s2", counts=False),
    Item("s2.a1", "s2"),
]


def test_leaves_are_counted_under_each_item_above_them():
    found = progress(*TREE)

    lines = {line["ref"]: (line["done"], line["counted"], line["share_done"]) for line in found["items"]}
    assert lines["s1.a1"] == (1, 2, 0.5)
    assert lines["s1"] == (2, 3, 0.6667)
    assert lines["s2"] == (0, 1, 0.0)
    assert (found["done"], found["under_way"], found["not_started"]) == (2, 1, 1)
    assert (found["share_done"], found["status"]) == (0.5, "under-way")


def test_by_weights_an_item_is_as_far_as_those_directly_below_it_on_average():
    found = progress(*TREE, rule="weighted")

    lines = {line["ref"]: line["share_done"] for line in found["items"]}
    assert lines["s1.a1"] == 0.5
    assert lines["s1"] == 0.75, "a1 half, a2 wholly"
    assert found["share_done"] == 0.375, "s1 three quarters, s2 not at all: each is one of two"


def test_a_heavier_item_counts_for_more_and_one_without_weight_for_nothing():
    light, heavy = Item("m1", "s1", status="done"), Item("m2", "s1", weight=Decimal(3))
    nothing = Item("m3", "s1", weight=Decimal(0))

    assert share(STEP, light, heavy, rule="weighted") == 0.25
    assert share(STEP, light, nothing, rule="weighted") == 1.0
    assert progress(STEP, nothing, rule="weighted")["reason"] == "nothing-counted"
    assert share(STEP, light, heavy) == 0.5, "by leaves, weights do not matter"


def test_what_was_dropped_has_no_weight_either():
    dropped = Item("m2", "s1", status="dropped", weight=Decimal(9))

    assert share(STEP, Item("m1", "s1", status="done"), dropped, rule="weighted") == 1.0
    assert share(STEP, Item("m1", "s1"), Item("s2", counts=False), dropped, rule="weighted") == 0.0


def test_by_the_worst_an_item_is_no_further_than_the_least_of_its_leaves():
    found = progress(*TREE, rule="worst")

    lines = {line["ref"]: (line["status"], line["share_done"]) for line in found["items"]}
    assert lines["s1"] == ("under-way", 0.0)
    assert lines["s1.a2"] == ("done", 1.0)
    assert (found["status"], found["share_done"]) == ("not-started", 0.0)
    assert progress(*TREE)["status"] == "under-way", "by the other rules something is under way"


def test_by_milestones_whatever_has_a_date_counts_as_one_and_what_is_due_is_said():
    items = [
        Item("s1", counts=False, status="done", due=date(2026, 6, 30)),
        Item("m1", "s1", due=date(2026, 6, 29)),
        Item("m2", "s1", status="done"),
        Item("m3", "s1", status="under-way", due=date(2026, 12, 31)),
        Item("m4", "s1", status="dropped", due=date(2026, 1, 31)),
    ]

    found = progress(*items, rule="milestones")

    assert (found["counted"], found["done"], found["dropped"]) == (3, 1, 1)
    assert (found["share_done"], found["share_due"], found["overdue"]) == (0.3333, 0.6667, 1)
    assert progress(*items)["share_due"] is None
    assert progress(*items)["overdue"] == 1
    assert progress(STEP, Item("m1", "s1"), rule="milestones")["reason"] == "nothing-counted"


def test_what_is_due_today_is_not_overdue():
    assert progress(Item("m1", due=TODAY))["overdue"] == 0
    assert progress(Item("m1", due=TODAY, status="done"), rule="milestones")["share_due"] == 1.0


def test_what_an_item_says_of_itself_is_not_counted_when_others_stand_below_it():
    assert share(Item("s1", counts=False, status="done"), Item("m1", "s1")) == 0.0


def test_what_was_dropped_is_out_of_the_denominator():
    found = progress(STEP, Item("m1", "s1", status="done"), Item("m2", "s1", status="dropped"))

    assert (found["share_done"], found["counted"], found["dropped"]) == (1.0, 1, 1)
    assert (found["status"], found["reason"]) == ("done", None)


@pytest.mark.parametrize("rule", ROLL_UPS)
@pytest.mark.parametrize("items", [[], [STEP], [STEP, Item("m1", "s1", status="dropped")]])
def test_where_nothing_is_counted_there_is_no_share_and_it_says_why(items: list[Item], rule: RollUp):
    found = progress(*items, rule=rule)

    assert (found["share_done"], found["reason"]) == (None, "nothing-counted")


@st.composite
def trees(draw: st.DrawFn) -> list[Item]:
    """Trees in reading order: the parent of each item is one of those before it, or none. Leaves count."""
    parents: list[str | None] = []
    for number in range(draw(st.integers(0, 30))):
        earlier = st.sampled_from([str(one) for one in range(number)]) if number else st.none()
        parents.append(draw(st.none() | earlier))
    return [
        Item(
            str(number),
            parent,
            str(number) not in parents and draw(st.booleans()),
            draw(st.sampled_from(STATUSES)),
            Decimal(draw(st.integers(0, 5))),
            draw(st.none() | st.dates(date(2025, 1, 1), date(2027, 1, 1))),
        )
        for number, parent in enumerate(parents)
    ]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(trees(), st.sampled_from(ROLL_UPS))
def test_each_item_that_counts_is_counted_once_in_the_whole(items: list[Item], rule: RollUp):
    whole, below = rollup.rolled_up(items, rule, as_of=TODAY)

    counted = [item for item in items if rollup.is_counted(item, rule)]
    assert {name: whole[name] for name in STATUSES} == {
        name: Counter(item.status for item in counted)[name] for name in STATUSES
    }
    for item in items:
        own = 1 if item in counted else 0
        under = sum(below[part.ref][name] for part in items if part.parent == item.ref for name in STATUSES)
        assert sum(below[item.ref][name] for name in STATUSES) == own + under


@settings(max_examples=80, deadline=None, derandomize=True)
@given(trees(), st.sampled_from(ROLL_UPS))
def test_no_rule_goes_below_nothing_or_beyond_all(items: list[Item], rule: RollUp):
    found = progress(*items, rule=rule)

    for line in (found, *found["items"]):
        assert line["share_done"] is None or 0 <= line["share_done"] <= 1
        assert (line["share_done"] == 1) <= (line["done"] > 0)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(STATUSES), max_size=8))
def test_among_equals_weights_and_leaves_agree(statuses: list[str]):
    items = [STEP, *(Item(str(number), "s1", status=status) for number, status in enumerate(statuses))]

    assert share(*items, rule="weighted") == share(*items)
