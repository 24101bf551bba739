"""Words of two languages that are spelled alike, and so perhaps are one: `formation`, `formación`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from domain.suggestions import likeness
from domain.suggestions.texts import Written

LEAST = 0.35
"""The cosine from which two words count as alike."""


class AlikeWords:
    """The words of each text, and which words of the other language each of them is like."""

    def __init__(self, source: Sequence[Written], target: Sequence[Written]) -> None:
        self._source, self._target = _words(source), _words(target)
        self._like = _pairs_alike(self._source, self._target)

    def between(self, row: int, column: int, most: int) -> list[str]:
        """`word ~ its like`, the most alike first; each word of the source once."""
        theirs = self._target[column]
        found = []
        for word in self._source[row]:
            like = {other: share for other, share in self._like[word].items() if other in theirs}
            if like:
                best = min(like, key=lambda other: (-like[other], other))
                found.append((-like[best], word, best))
        return [f"{word} ~ {best}" for _, word, best in sorted(found)[:most]]


def _words(texts: Sequence[Written]) -> list[dict[str, str]]:
    """Of each text its words as shown, and bare."""
    return [{word.shown: word.bare for word, _ in text.weighted(counted=False)} for text in texts]


def _pairs_alike(source: list[dict[str, str]], target: list[dict[str, str]]) -> dict[str, dict[str, float]]:
    words, others = (
        {shown: bare for text in side for shown, bare in text.items()} for side in (source, target)
    )
    weights = likeness.by_letters(*([{bare: 1} for bare in side.values()] for side in (words, others)))
    shares = (weights.source @ weights.target.T).tocoo()
    names, their_names = list(words), list(others)
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for row, column, share in zip(shares.row, shares.col, shares.data.round(9), strict=True):
        if share >= LEAST:
            found[names[row]][their_names[column]] = float(share)
    return found
