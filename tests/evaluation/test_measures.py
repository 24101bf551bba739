"""The measures that the accuracy of the engine is reported in."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bench.evaluation import recommendations, translations
from bench.evaluation.alignment import Letters
from bench.evaluation.engine import WOMEN
from bench.evaluation.long_reports import shares_half
from bench.evaluation.scores import scored


def test_precision_counts_what_was_found_and_recall_what_was_there() -> None:
    scores = scored([(True, True), (True, False), (True, False), (False, True), (False, False)])
    assert scores.figures() == {"precision": 0.5, "recall": 0.333, "f1": 0.4, "n": 5}


def test_nothing_found_and_nothing_there_is_no_division_by_zero() -> None:
    assert scored([]).figures() == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "n": 0}


def test_a_text_is_found_whatever_stands_between_its_letters() -> None:
    text = "1. Adopt a law on vio-\nlence, without\n4 GE.10\ndelay."
    span = Letters(text).find("Adopt a law on violence", near=0.0)
    assert span is not None
    assert text[slice(*span)] == "Adopt a law on vio-\nlence"
    assert Letters(text).find("Adopt another law", near=0.0) is None


def test_of_several_places_the_one_that_is_expected_is_taken() -> None:
    letters = Letters("Ratify it. More words stand here between the two. Ratify it.")
    assert letters.find("Ratify it", near=0.0) == (0, 9)
    assert letters.find("Ratify it", near=1.0) == (50, 59)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((0, 10), (5, 15), True),
        ((0, 10), (6, 40), False),
        ((0, 100), (90, 95), True),
        ((0, 5), (5, 9), False),
    ],
)
def test_passages_count_where_they_share_half(
    one: tuple[int, int], other: tuple[int, int], expected: bool
) -> None:
    assert shares_half(one, other) is expected


def test_the_later_sessions_are_reported_by_themselves(tmp_path: Path) -> None:
    path = tmp_path / "recommendations.tsv"
    with path.open("w", encoding="utf-8", newline="") as lines:
        rows = csv.writer(lines, delimiter="\t")
        rows.writerow(["session", "issues", "text"])
        rows.writerow([1, "Women's rights", "Adopt a law on violence against women."])
        rows.writerow([2, "Other", "Adopt a law on roads."])
        rows.writerow([3, "Women's rights|Other", "Adopt a law on roads."])

    parts = recommendations.measure(recommendations.read_recommendations(path), WOMEN)

    assert {name: (found.right, found.missed, found.n) for name, found in parts.items()} == {
        "all": (1, 1, 3),
        "earlier": (1, 0, 2),
        "later": (0, 1, 1),
    }


def test_only_lines_that_are_positive_in_some_language_count(tmp_path: Path) -> None:
    for language, text in (
        ("en", "Women vote.\nIt rains.\nThe wives vote."),
        ("fr", "Les femmes votent.\nIl pleut.\nOn vote."),
        ("es", "Las mujeres votan.\nLlueve.\nVotan las esposas."),
    ):
        (tmp_path / f"un.{language}").write_text(text, encoding="utf-8")

    lines = translations.read_lines(tmp_path)

    assert translations.agreement(lines, WOMEN, "fr") == (0.5, 2)
    assert translations.agreement(lines, WOMEN, "es") == (1.0, 2)
