"""How a plan stands, as a chart."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain.charts import plans
from domain.charts.wording import INDICATOR_STATUSES
from schemas.charts import Chart
from schemas.plan_progress import PlanProgress
from tests.charts.test_charts import drawn, texts


def of_plan(*items: tuple[str, str | None, int, int, int, int]) -> PlanProgress:
    """Items with how many are not started, under way, done, dropped."""

    def line(not_started: int, under_way: int, done: int, dropped: int) -> dict[str, Any]:
        counted = not_started + under_way + done
        counts = {"not_started": not_started, "under_way": under_way, "done": done, "dropped": dropped}
        rest = {"share_done": 0.25, "status": None, "overdue": 0, "share_due": None}
        return counts | rest | {"counted": counted}

    return PlanProgress.model_validate(
        line(0, 0, 0, 0)
        | {"plan": UUID(int=0), "rule": "leaves", "as_of": date(2026, 1, 1), "reason": None, "quarters": None}
        | {
            "items": [
                line(*counts)
                | {"ref": ref, "parent": parent, "depth": 0, "title": {"en": f"Title of {ref}"}}
                | {"weight": 1, "quarters": None}
                for ref, parent, *counts in items
            ]
        }
    )


TODAY = date(2026, 11, 23)
ASKED = plans.Asked("A plan", "en", "/v1/x", TODAY)


def keys(found: Chart) -> list[str]:
    return [one.key for one in found.categories]


def test_objectives_are_those_at_the_top_that_have_work_below_them():
    found = plans.item_progress(
        of_plan(
            ("h", None, 0, 0, 0, 0),
            ("a", None, 1, 2, 3, 4),
            ("b", None, 0, 0, 1, 0),
            ("b.1", "b", 0, 0, 1, 0),
        ),
        ASKED,
    )

    assert keys(found) == ["a", "b"]
    assert [(one.key, one.values) for one in found.series] == [
        ("done", [3, 1]), ("under-way", [2, 0]), ("not-started", [1, 0]), ("dropped", [4, 0]),
    ]  # fmt: skip
    assert found.table.head == ["Objective", "done", "under way", "not started", "dropped", "Total"]
    assert found.table.rows[-1] == ["In all", 4, 2, 1, 4, 11]
    assert found.description.endswith(
        "b: done 1. Done, by the rule `leaves`: 25\u00a0%. As recorded on 2026-11-23."
    )


def test_a_single_objective_at_the_top_gives_way_to_its_parts():
    found = of_plan(("s", None, 1, 0, 1, 0), ("s.a", "s", 1, 0, 0, 0), ("s.b", "s", 0, 0, 1, 0))

    assert keys(plans.item_progress(found, ASKED)) == ["s.a", "s.b"]


def test_an_item_without_parts_stands_for_itself():
    found = of_plan(("a", None, 1, 0, 0, 0), ("b", None, 1, 0, 0, 0))
    of_a = plans.Asked("A plan", "en", "/v1/x", TODAY, "a")

    assert keys(plans.item_progress(found, of_a)) == ["a"]


def test_a_plan_with_nothing_to_count_says_so():
    found = plans.item_progress(of_plan(("h", None, 0, 0, 0, 0)), ASKED)

    assert (found.categories, found.empty) == ([], "No items are counted here.")
    drawn(found)


def test_indicators_are_counted_with_the_objectives_that_they_stand_below():
    found = plans.indicator_progress(
        of_plan(("a", None, 1, 0, 0, 0), ("a.1", "a", 1, 0, 0, 0), ("b", None, 1, 0, 0, 0)),
        [("a.1", "behind"), ("a", "achieved"), ("a.1", "behind")],
        ASKED,
    )

    assert keys(found) == ["a", "b"]
    assert [one.key for one in found.series] == list(INDICATOR_STATUSES)
    assert {one.key: one.values for one in found.series if any(one.values)} == {
        "achieved": [1, 0],
        "behind": [2, 0],
    }
    legend = set(texts(drawn(found)))
    assert {"achieved", "behind"} <= legend
    assert "on track" not in legend


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "0"), (0.0001, "0.1"), (0.25, "25"), (0.9999, "99.9"), (1.0, "100")]
)
def test_neither_hardly_is_nothing_nor_almost_all(share: float, said: str):
    found = plans.item_progress(
        of_plan(("s1", None, 1, 0, 1, 0)).model_copy(update={"share_done": share}), ASKED
    )

    assert f"Done, by the rule `leaves`: {said}\u00a0%." in found.description
