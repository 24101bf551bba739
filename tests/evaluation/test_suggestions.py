"""The measures that suggestions are reported in."""

from __future__ import annotations

import numpy as np

from bench.evaluation.suggestions import interval, measured, rrf


def test_recall_is_the_share_of_what_experts_gave_and_the_first_right_one_gives_the_reciprocal_rank() -> None:
    scores = np.array([np.linspace(1, 0.1, 12)])  # the columns in order
    recall_5, recall_10, reciprocal = measured(scores, [frozenset({1, 6, 11})])[:, 0]
    assert (recall_5, recall_10) == (1 / 3, 2 / 3)
    assert reciprocal == 1 / 2


def test_of_equal_scores_the_first_column_comes_first() -> None:
    assert measured(np.ones((1, 3)), [frozenset({1})])[2, 0] == 1 / 2


def test_two_rankings_make_one_and_what_neither_sees_stays_out() -> None:
    fused = rrf(np.array([[3.0, 2.0, 0.0]]), np.array([[0.0, 2.0, 0.0]]))
    assert fused.argmax() == 1
    assert fused[0, 2] == 0


def test_a_difference_of_nothing_has_nothing_around_it() -> None:
    same = np.array([0.2, 0.4, 0.9])
    assert interval(same, same) == (0.0, 0.0)
