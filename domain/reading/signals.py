"""What a passage tells: concepts, acts, figures, negation, plans and hearsay, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from domain.reading.asides import without_asides
from domain.reading.clauses import clause_at, clause_starts, heard_clauses, lists_people
from domain.reading.extracts import Page
from domain.reading.figures import figures_in
from domain.reading.folding import Token, mended, tokens_of
from domain.reading.lexicon import ATTRIBUTION, Lexicon, Match
from domain.reading.passages import Passage, split
from domain.reading.themes import themes_in
from domain.reading.verbs import verbs_in

__all__ = ["Lexicon", "Marked", "Signal", "detect", "mark", "themes_of"]


# "97.19. Take measures to … (Ghana);": an item of a list of recommendations, with who made it.
LISTED_RECOMMENDATION = re.compile(
    r"\d{2,3}\.\d{1,3}\.?\s.*\([^\W\d_][^()]{3,}\)[⁰¹²³⁴-⁹]*\s*(?:[;.]|\d{0,2}\Z)", re.DOTALL
)
QUESTION = re.compile(r"\?[\s\d⁰¹²³⁴-⁹»”\"')]*\Z")


class Signal(NamedTuple):
    """`key` at `passage[start:end]`, in the passage's statement number `clause` (from 0).

    `negation`, `hedging`, `act.planned` and `attribution` bear upon the whole of their clause.
    """

    key: str
    start: int
    end: int
    clause: int


@dataclass(frozen=True, slots=True)
class Marked:
    """A passage with its signals and the themes that it is about, in the order of the text."""

    passage: Passage
    signals: tuple[Signal, ...]
    themes: tuple[str, ...] = ()


def mark(text: str, pages: Sequence[Page], lexicon: Lexicon) -> tuple[Marked, ...]:
    """The passages of a text, each with its signals and themes."""
    passages = split(text, pages)
    listed = listed_recommendations(text, passages)
    return tuple(
        marked(passage, text[passage.start : passage.end], lexicon, listed=passage.number in listed)
        for passage in passages
    )


def marked(passage: Passage, text: str, lexicon: Lexicon, *, listed: bool) -> Marked:
    tokens = tokens_of(text)
    found = found_among(tokens, text, passage.language, lexicon)
    matches = without_covered(found)
    return Marked(
        passage,
        signals_of(text, tokens, passage.language, matches, lexicon, listed=listed),
        themes_in(text, found, matches, lexicon),
    )


def listed_recommendations(text: str, passages: Sequence[Passage]) -> frozenset[int]:
    """Numbers of the passages in items like `97.19. Adopt a law … (Ghana);`: what other States asked for."""
    found: set[int] = set()
    for paragraph, group in groupby(passages, key=lambda passage: passage.paragraph):
        item = list(group)
        if paragraph and LISTED_RECOMMENDATION.match(text, item[0].start, item[-1].end):
            found.update(passage.number for passage in item)
    return frozenset(found)


def detect(text: str, language: str, lexicon: Lexicon, *, listed: bool = False) -> tuple[Signal, ...]:
    """The signals of one passage in the order of the text, with offsets in it.

    Empty where the thesaurus has no terms in the language, or no concept is found. A `listed` passage is
    a recommendation of others from beginning to end.
    """
    told = terms_in(text, language, lexicon)
    return signals_of(text, tokens_of(text), language, told, lexicon, listed=listed)


def themes_of(text: str, language: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The themes that one passage is about, each once, in the order of the text."""
    found = terms_found(text, language, lexicon)
    return themes_in(text, found, without_covered(found), lexicon)


def signals_of(
    text: str, tokens: list[Token], language: str, terms: Sequence[Match], lexicon: Lexicon, *, listed: bool
) -> tuple[Signal, ...]:
    told = without_asides(text, terms, lexicon)
    if not any(match.key in lexicon.concepts for match in told) or lists_people(told):
        return ()
    listed = bool(listed or LISTED_RECOMMENDATION.match(text) or QUESTION.search(text))
    matches: Sequence[Match] = told
    if not listed:
        verbs = verbs_in(text, mended(text, tokens) or tokens, language, told, lexicon.letters)
        matches = sorted([*told, *verbs], key=place)
    starts = clause_starts(matches)
    found = [match for match in matches if not match.key.startswith("~")]
    found += figures_in(text, matches, lexicon.counted)
    found += hearsay(text, matches, starts, listed=listed)
    return tuple(
        sorted({Signal(m.key, m.start, m.end, clause_at(starts, m.start)) for m in found}, key=order)
    )


def place(match: Match) -> tuple[int, int, str]:
    return match.start, match.end, match.key


def order(signal: Signal) -> tuple[int, int, str]:
    return signal.start, signal.end, signal.key


def terms_in(text: str, language: str, lexicon: Lexicon) -> list[Match]:
    return without_covered(terms_found(text, language, lexicon))


def terms_found(text: str, language: str, lexicon: Lexicon) -> list[Match]:
    """Every term and exclusion in the text; none where the thesaurus does not have the language."""
    return found_among(tokens_of(text), text, language, lexicon)


def found_among(tokens: list[Token], text: str, language: str, lexicon: Lexicon) -> list[Match]:
    if not lexicon.reads(language):
        return []
    found = lexicon.matches(tokens, language)
    whole = mended(text, tokens)
    if whole is not None:
        found += lexicon.matches(whole, language)
    return found


def without_covered(matches: Iterable[Match]) -> list[Match]:
    """Matches that no exclusion of their key covers, of overlapping ones of a key the longest."""
    by_key: dict[str, list[Match]] = {}
    for match in matches:
        by_key.setdefault(match.key, []).append(match)
    kept = [match for same in by_key.values() for match in longest(same)]
    return sorted(kept, key=place)


def longest(matches: list[Match]) -> list[Match]:
    kept: list[Match] = []
    for match in sorted(matches, key=lambda m: (m.start, -m.end, not m.excludes)):
        if not any(match.within(other) for other in kept):
            kept.append(match)
    return [match for match in kept if not match.excludes]


def hearsay(text: str, matches: Sequence[Match], starts: list[int], *, listed: bool) -> list[Match]:
    """One signal for each clause in which others speak or ask."""
    heard = range(len(starts)) if listed else heard_clauses(matches, starts)
    ends = [*starts[1:], len(text)]
    return [Match(ATTRIBUTION, starts[clause], ends[clause]) for clause in heard]
