"""What was heard of the items of a plan in each quarter, and how they stood at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from domain.plans.quarters import Heard, Quarter, by_quarter, covered
from tests.plans.test_rollup import Item


@dataclass(frozen=True)
class Note:
    on: date


@dataclass(frozen=True)
class Change:
    at: datetime
    changes: list[dict[str, Any]] = field(default_factory=list)


def became(status: str, at: datetime) -> Change:
    return Change(at, [{"field": "status", "before": "?", "after": status}])


@pytest.mark.parametrize(
    ("day", "name", "first", "last"),
    [
        (date(2026, 1, 1), "2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 6, 30), "2026-Q2", date(2026, 4, 1), date(2026, 6, 30)),
        (date(2024, 2, 29), "2024-Q1", date(2024, 1, 1), date(2024, 3, 31)),
        (date(2026, 12, 31), "2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_quarters_are_those_of_the_calendar(day: date, name: str, first: date, last: date):
    quarter = Quarter.of(day)

    assert (quarter.name, quarter.starts, quarter.ends) == (name, first, last)


def test_quarters_without_news_are_there_and_later_ones_only_with_news():
    found = covered(date(2026, 2, 1), date(2026, 9, 30), [date(2025, 5, 5), date(2027, 7, 7)])

    assert [quarter.name for quarter in found] == ["2025-Q2", "2026-Q1", "2026-Q2", "2026-Q3", "2027-Q3"]


def told(*items: Item, **heard: Heard) -> tuple[list[dict[str, Any]], dict[str, list[dict[str, Any]]]]:
    return by_quarter(items, heard, rule="leaves", first=date(2026, 1, 1), last=date(2026, 9, 30))


def test_an_item_stands_at_the_end_of_a_quarter_as_the_last_change_left_it():
    changes = [
        became("under-way", datetime(2026, 2, 1, tzinfo=UTC)),
        Change(datetime(2026, 2, 2, tzinfo=UTC), [{"field": "note", "before": None, "after": "a"}]),
        became("done", datetime(2026, 7, 1, tzinfo=UTC)),
        became("under-way", datetime(2026, 9, 1, tzinfo=UTC)),
    ]

    whole, lines = told(Item("a", status="under-way"), Item("b"), a=Heard([], changes))

    assert [line["status"] for line in lines["a"]] == ["under-way", "under-way", "under-way"]
    assert [line["changes"] for line in lines["a"]] == [2, 0, 2]
    assert [line["status"] for line in lines["b"]] == ["not-started"] * 3
    assert [quarter["changes"] for quarter in whole] == [2, 0, 2]


def test_the_whole_is_rolled_up_as_it_stood_then():
    done = became("done", datetime(2026, 5, 1, tzinfo=UTC))

    whole, _ = told(Item("a", status="done"), Item("b"), a=Heard([], [done]))

    assert [quarter["share_done"] for quarter in whole] == [0.0, 0.5, 0.5]


def test_a_note_belongs_to_the_day_of_which_it_speaks_and_notes_come_in_that_order():
    notes = [Note(date(2026, 3, 31)), Note(date(2026, 4, 1)), Note(date(2026, 1, 15))]

    whole, lines = told(Item("a"), a=Heard(notes))

    assert [[note.on.isoformat() for note in line["notes"]] for line in lines["a"]] == [
        ["2026-01-15", "2026-03-31"], ["2026-04-01"], [],
    ]  # fmt: skip
    assert [quarter["notes"] for quarter in whole] == [2, 1, 0]


def test_a_change_belongs_to_its_quarter_by_the_clock_of_the_world():
    evening = datetime(2026, 3, 31, 22, tzinfo=timezone(timedelta(hours=-5)))

    _, lines = told(Item("a"), a=Heard([], [became("done", evening)]))

    assert [line["changes"] for line in lines["a"]] == [0, 1, 0]
