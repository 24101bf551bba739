"""When a return came in, and what a round of returns amounts to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel

from domain.returns import rules
from schemas.returns import ReturnDraft, ReturnFacts, RoundDraft, RoundTable

DUE = date(2026, 6, 30)


@dataclass(frozen=True)
class Round:
    framework: str = "mesecvi-indicators"
    round: str = "2026"
    due: date = DUE
    indicators: list[str] = field(default_factory=lambda: ["x:a", "x:b"])
    expected: list[str] = field(default_factory=lambda: ["PAN", "CHL", "PER"])


@dataclass(frozen=True)
class Return:
    state: str
    submitted_on: date | None = DUE
    in_proper_format: bool | None = True
    format_reasons: list[str] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)


@pytest.mark.parametrize(
    ("submitted", "as_of", "found"),
    [
        (DUE, DUE, "on-time"),
        (date(2026, 7, 1), DUE, "late"),
        (None, DUE, "awaited"),
        (None, date(2026, 7, 1), "missing"),
        (date(2026, 1, 1), date(2027, 1, 1), "on-time"),
    ],
)
def test_the_day_on_which_returns_are_due_is_included(submitted: date | None, as_of: date, found: str):
    assert rules.timeliness(submitted, DUE, expected=True, as_of=as_of) == found


def test_nobody_misses_what_nobody_asked_for():
    assert rules.timeliness(None, DUE, expected=False, as_of=date(2027, 1, 1)) == "not-asked"
    assert rules.timeliness(DUE, DUE, expected=False, as_of=date(2027, 1, 1)) == "on-time"


def table(*returns: Return) -> RoundTable:
    return rules.table(Round(), returns, as_of=date(2026, 7, 15))


GOOD = {"indicator": "x:a", "comparable": True, "reasons": []}
BAD = {"indicator": "x:b", "comparable": False, "reasons": [{"code": "other-period", "detail": None}]}


def test_the_table_says_who_returned_what_and_who_did_not():
    found = table(
        Return("PAN", answers=[GOOD, BAD]),
        Return("CHL", date(2026, 7, 2), in_proper_format=False, format_reasons=["incomplete"]),
    )

    lines = [(line.state, line.timeliness, line.in_proper_format) for line in found.states]
    assert lines == [("CHL", "late", False), ("PAN", "on-time", True), ("PER", "missing", None)]
    panama = found.states[1]
    assert (panama.comparable, panama.not_comparable, panama.not_judged, panama.not_answered) == (1, 1, 0, 0)
    counts = found.counts
    assert (counts.expected, counts.submitted, counts.on_time) == (3, 2, 1)
    assert (counts.in_proper_format, counts.on_time_and_in_proper_format) == (1, 1)
    assert (counts.comparable, counts.wholly_comparable) == (1, 0)


def test_for_each_indicator_it_is_said_whose_data_can_be_compared_and_why_not():
    unjudged = {"indicator": "x:b", "comparable": None, "reasons": []}

    first, second = table(Return("PAN", answers=[GOOD, BAD]), Return("CHL", answers=[unjudged])).indicators

    assert (first.comparable, first.not_comparable, first.not_answered) == (["PAN"], [], ["CHL", "PER"])
    [panama] = second.not_comparable
    assert (panama.state, panama.reasons[0].code) == ("PAN", "other-period")
    assert (second.comparable, second.not_judged, second.not_answered) == ([], ["CHL"], ["PER"])


def test_whoever_was_not_asked_is_shown_and_in_no_count():
    found = table(Return("CAN", answers=[GOOD, GOOD | {"indicator": "x:b"}]))

    assert (found.states[-1].state, found.states[-1].expected) == ("CAN", False)
    assert (found.counts.unasked, found.counts.submitted, found.counts.wholly_comparable) == (1, 0, 0)
    assert found.indicators[0].comparable == ["CAN"]


def test_on_time_in_another_format_is_not_on_time_and_in_the_proper_format():
    found = table(
        Return("PAN", in_proper_format=False, format_reasons=["incomplete"]),
        Return("CHL", date(2026, 7, 2)),
        Return("PER", in_proper_format=None),
    )

    assert (found.counts.on_time, found.counts.in_proper_format) == (2, 1)
    assert found.counts.on_time_and_in_proper_format == 0


def test_the_lines_of_the_file_say_why_data_cannot_be_compared():
    lines = rules.rows(table(Return("PAN", answers=[GOOD, BAD])))

    assert {line["state"]: line["why_not_comparable"] for line in lines} == {
        "CHL": "", "PAN": "x:b (other-period)", "PER": "",
    }  # fmt: skip
    assert all(line.keys() == set(rules.COLUMNS) for line in lines)


def test_what_came_in_after_the_day_is_not_there_yet():
    later = [Return("PAN", date(2026, 7, 16), answers=[GOOD]), Return("CAN", date(2026, 7, 16))]

    assert table(*later) == table()
    assert table(Return("PAN", date(2026, 7, 15))).counts.submitted == 1


def test_whoever_was_not_asked_and_returned_nothing_is_in_no_count():
    nothing = Return("CAN", submitted_on=None, in_proper_format=None)

    assert table(nothing).counts == table().counts


@pytest.mark.parametrize("shape", [RoundDraft, ReturnDraft, ReturnFacts])
def test_examples_are_what_they_are_examples_of(shape: type[BaseModel]):
    for example in shape.model_json_schema()["examples"]:
        shape.model_validate(example)
