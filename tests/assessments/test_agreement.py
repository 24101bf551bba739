"""Agreement by tables computed by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from domain.assessments.agreement import CATEGORIES, category, measure


@pytest.mark.parametrize(
    ("pairs", "raw", "kappa"),
    [
        # 0.7 observed; by chance (25·30 + 25·20) / 50² = 0.5
        ({("3", "3"): 20, ("3", "2"): 5, ("2", "3"): 10, ("2", "2"): 15}, 0.7, 0.4),
        # 0.7 observed; by chance (2·4 + 3·2 + 1·0 + 2·3 + 2·1) / 10² = 0.22
        (
            {
                ("0", "0"): 2,
                ("1", "1"): 2,
                ("1", "0"): 1,
                ("2", "3"): 1,
                ("3", "3"): 2,
                ("not-applicable", "not-applicable"): 1,
                ("not-applicable", "0"): 1,
            },
            0.7,
            0.6154,
        ),
        # always the same proposal: what agrees is what chance gives
        ({("1", "1"): 3, ("1", "2"): 1}, 0.75, 0.0),
        # never the same: worse than chance
        ({("0", "1"): 1, ("1", "0"): 1}, 0.0, -1.0),
        ({("0", "0"): 1, ("3", "3"): 1}, 1.0, 1.0),
    ],
)
def test_kappa_is_the_agreement_beyond_chance(pairs: dict[tuple[str, str], int], raw: float, kappa: float):
    found = measure(Counter(pairs))

    assert (found.n, found.raw, found.kappa) == (sum(pairs.values()), raw, kappa)
    assert found.why_no_kappa is None


def test_kappa_is_not_defined_where_chance_alone_would_agree():
    found = measure(Counter({("2", "2"): 7}))

    assert (found.n, found.raw, found.kappa) == (7, 1.0, None)
    assert found.why_no_kappa == (
        "All proposals and all decisions are of one category: chance alone would agree."
    )


def test_nothing_decided_is_no_agreement():
    found = measure(Counter())

    assert (found.n, found.raw, found.kappa) == (0, None, None)
    assert found.why_no_kappa == "Nothing has been decided."
    assert found.matrix == [[0] * 5] * 5


def test_the_matrix_has_proposals_as_rows_and_decisions_as_columns():
    matrix = measure(Counter({("1", "not-applicable"): 4})).matrix

    assert matrix[CATEGORIES.index("1")] == [0, 0, 0, 0, 4]
    assert sum(map(sum, matrix)) == 4


@pytest.mark.parametrize(
    ("level", "applicable", "expected"), [(0, True, "0"), (3, True, "3"), (None, False, "not-applicable")]
)
def test_not_applicable_is_a_category_of_its_own(level: int | None, applicable: bool, expected: str):
    assert category(level, applicable) == expected
