"""Which mappings to propose between two editions, and why each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from domain.reading.lexicon import Lexicon
from domain.suggestions import encoding
from domain.suggestions.alike import AlikeWords
from domain.suggestions.comparison import Compared, compare
from domain.suggestions.likeness import Weights
from domain.suggestions.tasks import Known, Pair, Proposal, Proposed, Task
from domain.suggestions.texts import Written
from schemas.thesauri import Thesaurus

MOST_WORDS = 6
LEAST_CLOSENESS = 0.1
"""Below it a mapping has too little in common with a proposal to be worth a look."""

Place = tuple[int, int]
"""A row and a column."""


def suggest(task: Task) -> Proposed:
    """Raises NothingToCompare."""
    lexicon = _lexicon(task.thesaurus) if task.thesaurus is not None else None
    encode = encoding.installed() if task.encoder else None
    compared = compare(task.source, task.target, lexicon=lexicon, encode=encode)
    places = [
        (row, column)
        for row, text in enumerate(compared.source)
        if task.only in (None, text.entry.reference)
        for column in _best(row, compared, task)
    ]
    found = _proposals(compared, places, task.known)
    found.sort(key=lambda proposal: (-proposal.score, proposal.subject, proposal.object))
    languages = (compared.source[0].language, compared.target[0].language)
    return Proposed(tuple(found), tuple(compared.ranks), languages, compared.notes)


@lru_cache(maxsize=1)
def _lexicon(thesaurus: str) -> Lexicon:
    return Lexicon(Thesaurus.model_validate_json(thesaurus))


def _best(row: int, compared: Compared, task: Task) -> Iterator[int]:
    """The columns of the best candidates of a row; of equal ones those that the edition has first."""
    subject, left = compared.source[row].entry.reference, task.most
    for column in np.argsort(-compared.scores[row], kind="stable").tolist():
        if left == 0 or compared.scores[row, column] == 0:
            return
        if _may_be_proposed((subject, compared.target[column].entry.reference), task):
            left -= 1
            yield column


def _may_be_proposed(pair: Pair, task: Task) -> bool:
    return pair not in task.passed_over and task.without.isdisjoint(pair)


def _proposals(compared: Compared, places: Sequence[Place], known: Sequence[Known]) -> list[Proposal]:
    closeness = _Closeness(compared, known)
    return [
        Proposal(
            subject=compared.source[row].entry.reference,
            object=compared.target[column].entry.reference,
            labels=(compared.source[row].title, compared.target[column].title),
            score=float(compared.scores[row, column]),
            ranks={way: float(rank) for way, ranks in compared.ranks.items() if (rank := ranks[row, column])},
            words=tuple(words),
            themes=tuple(themes),
            closest=closeness.closest(row, column),
        )
        for (row, column), words, themes in zip(
            places, _words(compared, places), _themes(compared, places), strict=True
        )
    ]


def _words(compared: Compared, places: Sequence[Place]) -> list[list[str]]:
    """What both say, as the source first has it; across languages words that look alike."""
    if compared.words is None:
        alike = AlikeWords(compared.source, compared.target)
        return [alike.between(row, column, MOST_WORDS) for row, column in places]
    shown = _words_as_shown(compared.source)
    return [[shown[stem] for stem in stems] for stems in _shared(compared.words, places)]


def _themes(compared: Compared, places: Sequence[Place]) -> list[list[str]]:
    return _shared(compared.themes, places) if compared.themes is not None else [[] for _ in places]


def _shared(weights: Weights, places: Sequence[Place]) -> list[list[str]]:
    return weights.shared([row for row, _ in places], [column for _, column in places], MOST_WORDS)


class _Closeness:
    """Which accepted mapping is most like a pair: in both of its ends."""

    def __init__(self, compared: Compared, known: Sequence[Known]) -> None:
        rows = {text.entry.reference: row for row, text in enumerate(compared.source)}
        columns = {text.entry.reference: column for column, text in enumerate(compared.target)}
        here = [one for one in known if one.pair[0] in rows and one.pair[1] in columns]
        self._mappings = [one.mapping for one in here]
        letters = compared.letters
        ends = [rows[one.pair[0]] for one in here], [columns[one.pair[1]] for one in here]
        self._of_subjects = np.asarray((letters.source @ letters.source[ends[0]].T).todense())
        self._of_objects = np.asarray((letters.target @ letters.target[ends[1]].T).todense())

    def closest(self, row: int, column: int) -> str | None:
        if not self._mappings:
            return None
        likeness = (self._of_subjects[row] * self._of_objects[column]).round(9)
        best = int(np.argmax(likeness))
        return self._mappings[best] if likeness[best] >= LEAST_CLOSENESS else None


def _words_as_shown(texts: Sequence[Written]) -> dict[str, str]:
    """Of each stem the word in which the texts have it first."""
    shown: dict[str, str] = {}
    for text in texts:
        for word, _ in text.weighted(counted=True):
            shown.setdefault(word.stem, word.shown)
    return shown
