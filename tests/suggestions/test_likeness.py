"""The ways of comparing, held against the libraries that are known for them."""

from __future__ import annotations

import random

import bm25s
import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from domain.suggestions.fusion import STEEPNESS, fused, ranks_of
from domain.suggestions.likeness import K1, B, by_letters, by_meaning, by_terms, by_words

VOCABULARY = ("mine", "clearance", "girls", "women", "victims", "assistance", "survey", "training", "data")


@pytest.fixture(scope="module")
def texts() -> tuple[list[list[str]], list[list[str]]]:
    dice = random.Random(7)
    return tuple([dice.choices(VOCABULARY, k=dice.randint(2, 9)) for _ in range(12)] for _ in range(2))


def bag(words: list[str]) -> dict[str, float]:
    return {word: float(words.count(word)) for word in words}


def test_words_are_weighed_as_by_bm25(texts):
    source, target = texts
    known = bm25s.BM25(method="lucene", k1=K1, b=B)
    known.index(target, show_progress=False)
    # The library counts a word of the question once and leaves out the constant factor k1 + 1.
    asked = [sorted(set(words)) for words in source]
    expected = np.array([known.get_scores(words) for words in asked]) * (K1 + 1)

    found = by_words([dict.fromkeys(words, 1) for words in asked], [bag(words) for words in target]).scores

    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_letters_are_weighed_as_by_tfidf_of_their_runs_within_words(texts):
    source, target = ([" ".join(words) for words in side] for side in texts)
    known = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit([*source, *target])
    expected = (known.transform(source) @ known.transform(target).T).toarray()

    found = by_letters(*([bag(words) for words in side] for side in texts)).scores

    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_terms_of_a_pair_are_told_by_what_they_weigh():
    source = [{"health": 1.0, "care": 1.0, "other": 1.0}]
    target = [{"health": 1.0, "care": 1.0}, {"care": 1.0}, {"care": 1.0}]
    weights = by_terms(source, target)
    assert weights.shared([0, 0], [0, 1], 5) == [["health", "care"], ["care"]]
    assert weights.shared([0], [0], 1) == [["health"]]


def test_a_text_without_words_is_like_nothing():
    assert by_terms([{}], [{"care": 1.0}]).scores.tolist() == [[0.0]]
    assert by_words([{"care": 1.0}], [{}]).scores.tolist() == [[0.0]]
    assert by_letters([{}], [{}]).scores.tolist() == [[0.0]]


def test_a_meaning_that_points_the_other_way_counts_as_none():
    vectors = {"up": [0.0, 1.0], "down": [0.0, -1.0]}
    scores = by_meaning(
        ["up"], ["up", "down"], encode=lambda asked: np.array([vectors[word] for word in asked])
    )
    assert scores.tolist() == [[1.0, 0.0]]


def test_equals_share_the_mean_of_their_ranks_and_what_has_nothing_in_common_has_none():
    ranks = ranks_of(np.array([[0.5, 0.9, 0.5, 0.0], [0.0, 0.0, 0.0, 0.0]]))
    assert ranks.tolist() == [[2.5, 1.0, 2.5, 0.0], [0.0, 0.0, 0.0, 0.0]]


def test_what_every_way_puts_first_scores_one_and_what_none_sees_scores_none():
    scores = fused([np.array([[1.0, 2.0, 0.0]]), np.array([[1.0, 0.0, 0.0]])])
    second = (STEEPNESS + 1) / (STEEPNESS + 2) / 2
    assert scores.tolist() == [[1.0, round(second, 6), 0.0]]
