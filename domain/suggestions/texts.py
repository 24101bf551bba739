"""What is compared: the provisions of two editions, and in which languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from domain.suggestions.words import Word, words_in

TITLE, ANYTHING_ELSE = 2, 1
"""How much a word counts. A title says in a few words what the rest is about."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A provision as it is compared. Texts are by language."""

    reference: str
    title: Mapping[str, str]
    summary: Mapping[str, str] = field(default_factory=dict)
    heading: Mapping[str, str] = field(default_factory=dict)
    """The title of its parent, where that is to count."""
    counted: Sequence[Mapping[str, str]] = ()
    """The titles of its indicators."""
    themes: frozenset[str] = frozenset()
    """As the catalogue has them."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two editions: what can be mapped of it, in the order of its tree."""

    framework: str
    languages: Sequence[str]
    """The first is the one that it is compared in if there is a choice."""
    entries: Sequence[Entry]

    def written_in(self, language: str) -> list[Entry]:
        return [entry for entry in self.entries if language in entry.title]


@dataclass(frozen=True, slots=True)
class Written:
    """A provision in one language."""

    entry: Entry
    language: str

    @property
    def title(self) -> str:
        return self.entry.title[self.language]

    @property
    def text(self) -> str:
        """Title, summary and heading, as sentences."""
        parts = (
            texts.get(self.language) for texts in (self.entry.title, self.entry.summary, self.entry.heading)
        )
        return ". ".join(part.rstrip(" .") for part in parts if part)

    def weighted(self, *, counted: bool) -> Iterator[tuple[Word, int]]:
        """Its words and how much each counts; those of its indicators too, if `counted`."""
        entry = self.entry
        fields = [(entry.title, TITLE), (entry.summary, ANYTHING_ELSE), (entry.heading, ANYTHING_ELSE)]
        if counted:
            fields += [(title, ANYTHING_ELSE) for title in entry.counted]
        for texts, weight in fields:
            for word in words_in(texts.get(self.language, ""), self.language):
                yield word, weight


def languages_of(source: Side, target: Side) -> tuple[str, str] | None:
    """The languages to compare in: one that both are written in, else the main one of each.

    Of several that they share, the one in which the most provisions can be compared; of equal ones, that
    which the source has first. None when one of them has no texts at all.
    """
    texts, other = _texts_by_language(source), _texts_by_language(target)
    if not texts or not other:
        return None
    shared = [language for language in texts if language in other]
    if shared:
        best = max(shared, key=lambda language: texts[language] * other[language])
        return best, best
    return _main(texts), _main(other)


def _texts_by_language(side: Side) -> dict[str, int]:
    """How many provisions have a title in each language, in the order that the edition has them."""
    counts = Counter(language for entry in side.entries for language in entry.title)
    ordered = [*side.languages, *sorted(set(counts) - set(side.languages))]
    return {language: counts[language] for language in ordered if counts[language]}


def _main(texts: Mapping[str, int]) -> str:
    return max(texts, key=lambda language: texts[language])
