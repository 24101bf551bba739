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
from domain.reading.terms import COMMA, Company, Word, accompanied, companies, end_of, words_of
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

OPENING = 24
IN_BRACKETS = re.compile(r"\s*\(.*\)")
OF_WHAT = re.compile(r"(.+?[\s-].+?)\s(?:of\s|de\s|d['’])")
# Inner keys: cues that shape what is detected and are not signals themselves.
SPEAKER, VERB, PHRASE, REMARK, OWN = "~speaker", "~verb", "~phrase", "~remark", "~own"
PASSIVE, TITLE, STATE = "~passive", "~title", "~state"
HARD, SOFT, DEPENDENT = "~hard", "~soft", "~dependent"
NUMBER_WORD, PERCENT_WORD, MONEY_WORD = "~number", "~percent", "~money"
REFERENCE, UNIT = "~reference", "~unit"
IDLE, PAST, PARTICIPLE = "~idle", "~past", "~participle"
THEME, TREATY, TITLE_OF_TREATY, QUESTION = "~theme.", "~treaty", "~treaty-title", "~question"


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

    def add(self, key: str, term: str, excludes: bool, company: Company | None = None) -> None:
        first, *rest = accompanied(list(words_of(term)), company) if company else words_of(term)
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
        """Whether a sentence begins, perhaps after `However,`, as the speaker of the one before goes on."""
        tokens = [token.word for token in tokens_of(text[:OPENING])]
        first = next((word for word in tokens if word.isalpha()), "")
        after = tokens[tokens.index(COMMA) + 1 :] if COMMA in tokens else []
        return any(
            word.matches(opening)
            for word in self._resuming.get(language, ())
            for opening in (first, *after[:1])
        )

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
    concepts = {concept.key for concept in thesaurus.concepts}
    company = companies(thesaurus).get(language)
    forms = thesaurus.company.modifiers.get(language, {})
    for key, terms, excludes in vocabulary(thesaurus):
        among = company if key in concepts else None
        for term in terms.get(language, ()):
            for form in written(term, forms) if among else (term,):
                index.add(key, form, excludes, among)
    return index


def written(term: str, forms: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """A term, and with its first word in other forms: `child protection`, `children's protection`."""
    yield term
    first, space, rest = term.partition(" ")
    if rest:
        yield from (form + space + rest for form in forms.get(first, ()))


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
