"""How a request goes on, and what is left to ask."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from domain.errors import Conflict
from domain.followup import rules


@dataclass
class Finding:
    gap: str | None = "Please say how many."
    decided_level: int | None = 1
    decided_applicable: bool = True


@pytest.mark.parametrize(
    ("finding", "asks"),
    [
        (Finding(), True),
        (Finding(decided_level=None), True),
        (Finding(decided_level=3), False),
        (Finding(decided_applicable=False), False),
        (Finding(gap=None), False),
    ],
)
def test_what_reviewers_find_in_order_is_not_asked_about(finding: Finding, asks: bool):
    assert rules.asks(finding) is asks


def test_what_is_over_does_not_begin_again():
    for over in ("closed", "withdrawn"):
        for status in ("open", "answered", "closed", "withdrawn"):
            with pytest.raises(Conflict):
                rules.move(over, status)


def test_a_draft_is_not_answered_and_an_answer_may_be_asked_for_again():
    with pytest.raises(Conflict):
        rules.move("draft", "answered")
    assert rules.move("answered", "open") == "open"
    assert rules.move("answered", "answered") == "answered"


def test_a_title_is_one_line_of_bounded_length():
    title = rules.title("Croatia", "How many\nwomen were " + "trained and " * 60)

    assert title.startswith("Information request to Croatia: How many women were trained")
    assert title.endswith(" …")
    assert len(title) < 200
