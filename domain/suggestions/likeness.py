"""How like each provision of one edition is to each of another, in four ways.

A way gives a table of scores: a row per provision of the source, a column per provision of the target, 0
where it sees nothing in common. Scores of one row can be compared with each other and with nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Scores = NDArray[np.float64]
Bag = Mapping[str, float]
"""Terms, and how often each occurs."""
Encode = Callable[[list[str]], NDArray[np.float32]]
"""Texts to vectors of length 1, each text to the same vector whatever stands beside it."""

K1, B = 1.5, 0.75
"""The usual constants of BM25: how soon repetition stops to count, and how much long texts are held back."""
SHORTEST, LONGEST = 3, 5
"""Letters of a run."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Two tables, a row per text and a column per term: their product is the table of scores."""

    source: Any
    target: Any
    terms: list[str]

    @property
    def scores(self) -> Scores:
        return np.asarray((self.source @ self.target.T).todense())

    def shared(self, rows: Sequence[int], columns: Sequence[int], most: int) -> list[list[str]]:
        """Of each pair the terms that weigh most in its score, at most so many, the heaviest first."""
        joint = self.source[rows].multiply(self.target[columns]).tocsr()
        joint.sort_indices()
        found = []
        for start, end in pairwise(joint.indptr):
            heaviest = np.argsort(-joint.data[start:end].round(9), kind="stable")[:most]
            found.append([self.terms[term] for term in joint.indices[start:end][heaviest]])
        return found


def by_words(source: Sequence[Bag], target: Sequence[Bag]) -> Weights:
    """BM25: the source asks, the target answers."""
    terms = _terms(source, target)
    asking, answering = _table(source, terms), _table(target, terms)
    holding = np.bincount(answering.indices, minlength=len(terms))
    rarity = np.log(1 + (len(target) - holding + 0.5) / (holding + 0.5))
    lengths = np.asarray(answering.sum(axis=1)).ravel()
    longer = np.repeat(lengths / max(lengths.mean(), 1), np.diff(answering.indptr))
    counts = answering.data
    answering.data = rarity[answering.indices] * counts * (K1 + 1) / (counts + K1 * (1 - B + B * longer))
    return Weights(asking, answering, terms)


def by_terms(source: Sequence[Bag], target: Sequence[Bag]) -> Weights:
    """The cosine of TF-IDF vectors, with the rarity of a term in both editions taken together."""
    terms = _terms(source, target)
    return _cosines(_table(source, terms), _table(target, terms), terms)


def by_letters(source: Sequence[Bag], target: Sequence[Bag]) -> Weights:
    """The same of the runs of three to five letters in words, the edges of a word among them."""
    words = _terms(source, target)
    spelt: list[Bag] = [Counter(_runs(word)) for word in words]
    runs = _terms(spelt, [])
    spelling = _table(spelt, runs)
    return _cosines(_table(source, words) @ spelling, _table(target, words) @ spelling, runs)


def by_meaning(source: Sequence[str], target: Sequence[str], *, encode: Encode) -> Scores:
    """The cosine of what a sentence encoder makes of the texts, to five decimals."""
    vectors = encode([*source, *target]).astype(np.float64)
    found: Scores = vectors[: len(source)] @ vectors[len(source) :].T
    return np.maximum(found.round(5), 0)


def _runs(word: str) -> list[str]:
    padded = f" {word} "
    return [
        padded[start : start + length]
        for length in range(SHORTEST, LONGEST + 1)
        for start in range(len(padded) - length + 1)
    ]


def _terms(source: Sequence[Bag], target: Sequence[Bag]) -> list[str]:
    return sorted(set().union(*source, *target))


def _table(bags: Sequence[Bag], terms: Sequence[str]) -> Any:
    """A row per bag, a column per term."""
    places = {term: place for place, term in enumerate(terms)}
    columns = [places[term] for bag in bags for term in bag]
    counts = [float(count) for bag in bags for count in bag.values()]
    starts = np.cumsum([0, *map(len, bags)])
    found = sparse.csr_matrix((counts, columns, starts), shape=(len(bags), len(terms)))
    found.sort_indices()
    return found


def _cosines(source: Any, target: Any, terms: list[str]) -> Weights:
    texts = source.shape[0] + target.shape[0]
    holding = np.bincount(np.concatenate([source.indices, target.indices]), minlength=len(terms))
    rarity = np.log((1 + texts) / (1 + holding)) + 1
    return Weights(_directions(source, rarity), _directions(target, rarity), terms)


def _directions(table: Any, rarity: NDArray[np.float64]) -> Any:
    """Rows of length 1: a term's repetitions count by their logarithm, times its rarity."""
    weighed = table.copy()
    weighed.data = (1 + np.log(weighed.data)) * rarity[weighed.indices]
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    return sparse.diags(1 / np.where(lengths > 0, lengths, 1)) @ weighed
