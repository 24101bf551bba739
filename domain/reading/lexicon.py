"""A thesaurus made ready for matching: one index per language, by the first word of each term."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from domain.reading.folding import Token, tokens_of
from schemas.thesauri import SHORTEST_STEM, Cue, Terms, Thesaurus, covers

NEGATION = "negation"
HEDGING = "hedging"
ATTRIBUTION = "attribution"
DONE = "act.done"
DONE_BY_FORM = "act.done.other"
OUTCOME = "outcome"
PLANNED = "act.planned"
RECOMMENDED = "act.recommended"
FIGURE = "figure"
PERCENT = "figure.percent"
MONEY = "figure.money"

GAP = "…"
ANY_NUMBER = "#"
WIDEST_GAP = 4
OPENING = 24
IN_BRACKETS = re.compile(r"\s*\(.*\)")
OF_WHAT = re.compile(r"(.+?[\s-].+?)\s(?:of\s|de\s|d['’])")
GAP_ENDS = frozenset(".;:")
# Inner keys: cues that shape what is detected and are not signals themselves.
SPEAKER, VERB, PHRASE, REMARK, OWN = "~speaker", "~verb", "~phrase", "~remark", "~own"
PASSIVE, TITLE, STATE = "~passive", "~title", "~state"
HARD, SOFT, DEPENDENT = "~hard", "~soft", "~dependent"
NUMBER_WORD, PERCENT_WORD, MONEY_WORD = "~number", "~percent", "~money"
REFERENCE, UNIT = "~reference", "~unit"
IDLE, PAST, PARTICIPLE = "~idle", "~past", "~participle"
THEME, TREATY, TITLE_OF_TREATY, QUESTION = "~theme.", "~treaty", "~treaty-title", "~question"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a term: exact, a stem, or any number; possibly after a gap."""

    text: str
    stem: bool = False
    after_gap: bool = False

    @property
    def literal(self) -> bool:
        """Whether only this very word matches, and only right here."""
        return not (self.stem or self.after_gap or self.text == ANY_NUMBER)

    def matches(self, word: str) -> bool:
        if self.text == ANY_NUMBER:
            return word.isdigit()
        return word.startswith(self.text) if self.stem else word == self.text


@dataclass(frozen=True, slots=True)
class Entry:
    """A term by what follows its first word, which the index has matched."""

    key: str
    rest: tuple[Word, ...]
    excludes: bool


class Match(NamedTuple):
    """A term, or what was made of several, found at `text[start:end]`."""

    key: str
    start: int
    end: int
    excludes: bool = False

    def within(self, other: Match) -> bool:
        return other.start <= self.start and self.end <= other.end


@dataclass(slots=True)
class Index:
    """The terms of one language, by their first word; by their first two where the second is exact too."""

    pairs: dict[str, dict[str, list[Entry]]] = field(default_factory=dict)
    exact: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    stems: dict[str, list[tuple[str, Entry]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, key: str, term: str, excludes: bool) -> None:
        first, *rest = words_of(term)
        entry = Entry(key, tuple(rest), excludes)
        if first.stem:
            self.stems[first.text[:SHORTEST_STEM]].append((first.text, entry))
        elif rest and rest[0].literal:
            self.pairs.setdefault(first.text, {}).setdefault(rest[0].text, []).append(entry)
        else:
            self.exact[first.text].append(entry)

    def candidates(self, word: str, following: str) -> Sequence[Entry]:
        """The terms that may begin with a word that another follows."""
        found: Sequence[Entry] = self.exact.get(word, ())
        seconds = self.pairs.get(word)
        if seconds is not None and following in seconds:
            found = [*found, *seconds[following]]
        stems = self.stems.get(word[:SHORTEST_STEM])
        if stems is not None:
            found = [*found, *(entry for stem, entry in stems if word.startswith(stem))]
        return found


class Lexicon:
    """A thesaurus edition, compiled. Equal thesauri give lexicons that detect the same.

    `states`: the names of States by code and language. They count once it is known which State speaks.
    """

    def __init__(self, thesaurus: Thesaurus, states: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self.edition = thesaurus.key
        self.labels = {c.key: c.label for c in (*thesaurus.concepts, *thesaurus.acts)}
        self.themes = {c.key: tuple(c.themes) for c in thesaurus.concepts}
        self.concepts = frozenset(self.themes)
        self.acts = frozenset(self.labels) - self.concepts
        self.counted = frozenset(
            key for key in self.concepts if any(covers(counted, key) for counted in thesaurus.figures.counts)
        )
        self.keys = frozenset(self.labels) | figure_keys(self.counted)
        self.results = thesaurus.results
        self.letters = letters_by_key(self.concepts, self.acts)
        self._below: dict[str, frozenset[str]] = {}
        self._resuming = {
            language: frozenset(word for term in terms for word in words_of(term))
            for language, terms in thesaurus.attribution.resuming.items()
        }
        self._indices = {language: index_of(thesaurus, language) for language in thesaurus.languages}
        self._states = states or {}
        self._voices: dict[str, str] = {}
        for language, index in self._indices.items():
            for key, name in names_in(self._states, language):
                index.add(key, name, excludes=False)

    def filed_by(self, state: str) -> Lexicon:
        """The lexicon for what that State says: its name is its own voice, other States' are others'."""
        spoken = copy(self)
        spoken._voices = {f"{STATE}.{code}": OWN if code == state else STATE for code in self._states}
        return spoken

    def below(self, key: str) -> frozenset[str]:
        """The keys of signals that a key stands for: its own and those of its children."""
        if key not in self._below:
            self._below[key] = frozenset(known for known in self.keys if covers(key, known))
        return self._below[key]

    def reads(self, language: str) -> bool:
        """Whether passages in that language can have signals."""
        return language in self._indices

    def resumes(self, text: str, language: str) -> bool:
        """Whether a sentence begins with a word by which the speaker of the one before goes on."""
        first = next((token.word for token in tokens_of(text[:OPENING]) if token.word.isalpha()), "")
        return any(word.matches(first) for word in self._resuming.get(language, ()))

    def themes_told(self, key: str) -> tuple[str, ...]:
        """The themes that a match of this key tells of."""
        return (key.removeprefix(THEME),) if key.startswith(THEME) else self.themes.get(key, ())

    def matches(self, tokens: list[Token], language: str) -> list[Match]:
        """Every term that stands in the tokens, in their order, exclusions still among them."""
        index = self._indices[language]
        words = [token.word for token in tokens]
        found = [
            Match(entry.key, tokens[place].start, tokens[after - 1].end, entry.excludes)
            for place, (word, following) in enumerate(pairwise([*words, ""]))
            if word in index.exact or word in index.pairs or word[:SHORTEST_STEM] in index.stems
            for entry in index.candidates(word, following)
            if (after := end_of(entry.rest, tokens, place + 1))
        ]
        return [self._heard(match) for match in found] if self._voices else found

    def _heard(self, match: Match) -> Match:
        """A State's name as the voice that it is for the one that speaks."""
        voice = self._voices.get(match.key)
        return match._replace(key=voice) if voice else match


def figure_keys(counted: frozenset[str]) -> frozenset[str]:
    return frozenset({FIGURE, PERCENT, MONEY, *(f"{FIGURE}.{key}" for key in counted)})


def names_in(states: Mapping[str, Mapping[str, str]], language: str) -> Iterator[tuple[str, str]]:
    """Names of States in a language, with their keys, as they are and in short.

    `Iran (Islamic Republic of)` is called `Iran`, and `United States of America` the `United States`, too.
    """
    for code, names in states.items():
        if language in names:
            name = IN_BRACKETS.sub("", names[language])
            short = OF_WHAT.match(name)
            yield from ((f"{STATE}.{code}", each) for each in (name, *(short.groups() if short else ())))


def letters_by_key(concepts: frozenset[str], acts: frozenset[str]) -> dict[str, str]:
    """What a match says of its words, as a letter of the grammars."""
    idle = (IDLE, VERB, REMARK, RECOMMENDED, PLANNED, HEDGING)
    done = (key for key in acts if covers(DONE, key))
    return {
        **dict.fromkeys(idle, "I"),
        **dict.fromkeys(concepts, "W"),
        PAST: "T",
        PARTICIPLE: "U",
        **dict.fromkeys(done, "t"),
    }


def index_of(thesaurus: Thesaurus, language: str) -> Index:
    index = Index()
    for key, terms, excludes in vocabulary(thesaurus):
        for term in terms.get(language, ()):
            index.add(key, term, excludes)
    return index


def vocabulary(thesaurus: Thesaurus) -> Iterator[tuple[str, Terms, bool]]:
    """Every list of terms, with the key that it fires and whether it excludes instead."""
    cues: list[tuple[str, Cue]] = [(c.key, c) for c in (*thesaurus.concepts, *thesaurus.acts)]
    cues += [(THEME + theme.key, theme) for theme in thesaurus.themes]
    cues += [
        (NEGATION, thesaurus.negation),
        (HEDGING, thesaurus.hedging),
        (REMARK, thesaurus.attribution.remarks),
    ]
    for key, cue in cues:
        yield key, cue.terms, False
        yield key, cue.exclusions, True
    yield OWN, thesaurus.attribution.others, True
    yield from ((key, terms, False) for key, terms in inner_cues(thesaurus))


def inner_cues(thesaurus: Thesaurus) -> Iterator[tuple[str, Terms]]:
    attribution, clauses, figures = thesaurus.attribution, thesaurus.clauses, thesaurus.figures
    yield SPEAKER, attribution.speakers
    yield VERB, attribution.verbs
    yield PHRASE, attribution.phrases
    yield OWN, attribution.own
    yield PASSIVE, attribution.passive
    yield TITLE, attribution.titles
    yield QUESTION, attribution.questions
    yield TITLE_OF_TREATY, thesaurus.treaty_titles
    yield IDLE, thesaurus.verbs.idle
    yield PAST, thesaurus.verbs.pasts
    yield PARTICIPLE, thesaurus.verbs.participles
    yield HARD, clauses.hard
    yield SOFT, clauses.soft
    yield DEPENDENT, clauses.dependent
    yield NUMBER_WORD, figures.numbers
    yield PERCENT_WORD, figures.percent
    yield MONEY_WORD, figures.money
    yield TREATY, thesaurus.treaties
    yield REFERENCE, figures.references
    yield UNIT, figures.units


def words_of(term: str) -> Iterator[Word]:
    after_gap = False
    for piece in term.split():
        if piece == GAP:
            after_gap = True
        elif piece == ANY_NUMBER:
            yield Word(ANY_NUMBER, after_gap=after_gap)
            after_gap = False
        else:
            yield from spelled(piece, after_gap)
            after_gap = False


def spelled(piece: str, after_gap: bool) -> Iterator[Word]:
    """The words of a piece without spaces: `l'égalité` and `gender-based` are two."""
    tokens = [token.word for token in tokens_of(piece)]
    for place, word in enumerate(tokens):
        stem = piece.endswith("*") and place == len(tokens) - 1
        yield Word(word, stem, after_gap and place == 0)


def end_of(words: tuple[Word, ...], tokens: list[Token], place: int) -> int:
    """The token after `words` if they stand at `place`, else 0."""
    for word in words:
        last = place + (WIDEST_GAP if word.after_gap else 0)
        while place < len(tokens) and not word.matches(tokens[place].word):
            if place >= last or tokens[place].word in GAP_ENDS:
                return 0
            place += 1
        if place >= len(tokens):
            return 0
        place += 1
    return place
