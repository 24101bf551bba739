"""Several rankings made one: reciprocal ranks, added up."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from domain.suggestions.likeness import Scores

STEEPNESS = 5
"""The constant of reciprocal rank fusion.

It is usually 60, for lists of thousands. These are short, and it is the first few places that are read.
"""


def ranks_of(scores: Scores) -> NDArray[np.float64]:
    """Each column's rank in its row: 1 for the best; equals share the mean of theirs; 0 for a score of 0."""
    found = np.zeros(scores.shape)
    for row, values in enumerate(scores.round(9)):
        _, place, counts = np.unique(-values, return_inverse=True, return_counts=True)
        last = np.cumsum(counts)
        found[row] = (last - (counts - 1) / 2)[place]
    return np.where(scores > 0, found, 0)


def fused(rankings: Iterable[NDArray[np.float64]]) -> Scores:
    """0 to 1: 1 for what is alone at the top of every ranking, 0 for what stands in none."""
    shares = [np.where(ranks > 0, (STEEPNESS + 1) / (STEEPNESS + ranks), 0) for ranks in rankings]
    found: Scores = np.mean(shares, axis=0)
    return found.round(6)
