"""Two editions compared: in which languages, in which ways, and what follows from all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from domain.reading import signals
from domain.reading.lexicon import Lexicon
from domain.reading.themes import themes_in
from domain.suggestions import likeness
from domain.suggestions.fusion import fused, ranks_of
from domain.suggestions.likeness import Bag, Encode, Scores, Weights
from domain.suggestions.tasks import NothingToCompare
from domain.suggestions.texts import Side, Written, languages_of
from domain.suggestions.words import Word

WORDS, LETTERS, THEMES, MEANING = "words", "letters", "themes", "meaning"

STEM, BARE = attrgetter("stem"), attrgetter("bare")


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found. Rows and columns are those of `source` and `target`."""

    source: Sequence[Written]
    target: Sequence[Written]
    words: Weights | None
    """Not across languages."""
    letters: Weights
    themes: Weights | None
    """Only where the catalogue gives themes to provisions of both."""
    ranks: dict[str, Scores]
    """By way; 0 where a way sees nothing in common."""
    scores: Scores
    """All ways together, 0 to 1."""
    notes: tuple[str, ...] = ()


def compare(source: Side, target: Side, *, lexicon: Lexicon | None, encode: Encode | None) -> Compared:
    """Every provision of the source with every one of the target. The same input gives the same scores.

    Raises NothingToCompare.
    """
    languages = _languages(source, target)
    alike = languages[0] == languages[1]
    asking, answering = _written(source, languages[0]), _written(target, languages[1])
    words = _by_stems(asking, answering) if alike else None
    letters = _by_letters(asking, answering, counted=alike)
    themes = _by_themes(asking, answering, lexicon)
    ways = {WORDS: words, LETTERS: letters, THEMES: themes}
    scores = {name: way.scores for name, way in ways.items() if way is not None}
    if encode is not None:
        texts = ([text.text for text in side] for side in (asking, answering))
        scores[MEANING] = likeness.by_meaning(*texts, encode=encode)
    ranks = {name: ranks_of(found) for name, found in scores.items()}
    notes = _notes(source, target, languages, encoded=encode is not None)
    return Compared(asking, answering, words, letters, themes, ranks, fused(ranks.values()), tuple(notes))


def _languages(source: Side, target: Side) -> tuple[str, str]:
    for side in (source, target):
        if not side.entries:
            raise NothingToCompare(f"Nothing in `{side.framework}` can be mapped: all of it is headings.")
    found = languages_of(source, target)
    if found is None:
        raise NothingToCompare(f"`{source.framework}` or `{target.framework}` has no texts.")
    return found


def _written(side: Side, language: str) -> list[Written]:
    return [Written(entry, language) for entry in side.written_in(language)]


def _by_stems(source: Sequence[Written], target: Sequence[Written]) -> Weights:
    return likeness.by_words(*(_bags(side, STEM, counted=True) for side in (source, target)))


def _by_letters(source: Sequence[Written], target: Sequence[Written], *, counted: bool) -> Weights:
    """Across languages without what indicators count (`counted`).

    There only words of one root are alike, and the longer the texts, the more words are so by accident.
    """
    return likeness.by_letters(*(_bags(side, BARE, counted=counted) for side in (source, target)))


def _bags(texts: Sequence[Written], spelling: Callable[[Word], str], *, counted: bool) -> list[Bag]:
    bags: list[Bag] = []
    for text in texts:
        bag: Counter[str] = Counter()
        for word, weight in text.weighted(counted=counted):
            bag[spelling(word)] += weight
        bags.append(bag)
    return bags


def _by_themes(
    source: Sequence[Written], target: Sequence[Written], lexicon: Lexicon | None
) -> Weights | None:
    """By themes of the catalogue and concepts of the thesaurus, between provisions that have themes.

    Concepts that are read in a text add to what an editor said it is about. By themselves they mislead:
    of two texts on other subjects, they know only what they say by the way.
    """
    bags = [[_themes_of(text, lexicon) for text in side] for side in (source, target)]
    return likeness.by_terms(*bags) if all(map(any, bags)) else None


def _themes_of(text: Written, lexicon: Lexicon | None) -> Bag:
    found = set(text.entry.themes)
    if found and lexicon is not None:
        terms = signals.terms_found(text.text, text.language, lexicon)
        matches = signals.without_covered(terms)
        found |= {match.key for match in matches if match.key in lexicon.concepts}
        found |= set(themes_in(text.text, terms, matches, lexicon))
    return dict.fromkeys(sorted(found), 1)


def _notes(source: Side, target: Side, languages: tuple[str, str], *, encoded: bool) -> list[str]:
    notes = []
    if languages[0] != languages[1]:
        spoken = f"`{source.framework}` in {languages[0]} and `{target.framework}` in {languages[1]}"
        notes.append(f"They share no language: {spoken} were compared.")
        if not encoded:
            notes.append("Without the sentence encoder, only words of one root were seen.")
    for side, language in zip((source, target), languages, strict=True):
        left = len(side.entries) - len(side.written_in(language))
        if left:
            notes.append(f"{left} of `{side.framework}` left out, having no text in {language}.")
    return notes
