"""A thesaurus made ready for matching: one index per language, by the first word of each term."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from domain.reading.folding import Token, tokens_of
from schemas.thesauri import SHORTEST_STEM, Cue, Terms, Thesaurus, covers

NEGATION = "negation"
HEDGING = "hedging"
ATTRIBUTION = "attribution"
DONE = "act.done"
PLANNED = "act.planned"
RECOMMENDED = "act.recommended"
FIGURE = "figure"
PERCENT = "figure.percent"
MONEY = "figure.money"

GAP = "…"
ANY_NUMBER = "#"
WIDEST_GAP = 4
GAP_ENDS = frozenset(".;:")
# Inner keys: cues that shape what is detected and are not signals themselves.
SPEAKER, VERB, PHRASE, REMARK, OWN = "~speaker", "~verb", "~phrase", "~remark", "~own"
HARD, SOFT, DEPENDENT = "~hard", "~soft", "~dependent"
NUMBER_WORD, PERCENT_WORD, MONEY_WORD = "~number", "~percent", "~money"
REFERENCE, UNIT = "~reference", "~unit"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a term: exact, a stem, or any number; possibly after a gap."""

    text: str
    stem: bool = False
    after_gap: bool = False

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


@dataclass(frozen=True, slots=True)
class Match:
    """A term, or what was made of several, found at `text[start:end]`."""

    key: str
    start: int
    end: int
    excludes: bool = False


@dataclass(slots=True)
class Index:
    """The terms of one language."""

    exact: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    stems: dict[str, list[tuple[str, Entry]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, key: str, term: str, excludes: bool) -> None:
        first, *rest = words_of(term)
        entry = Entry(key, tuple(rest), excludes)
        if first.stem:
            self.stems[first.text[:SHORTEST_STEM]].append((first.text, entry))
        else:
            self.exact[first.text].append(entry)

    def candidates(self, word: str) -> Iterator[Entry]:
        """The terms that begin with a word."""
        yield from self.exact.get(word, ())
        for stem, entry in self.stems.get(word[:SHORTEST_STEM], ()):
            if word.startswith(stem):
                yield entry


class Lexicon:
    """A thesaurus edition, compiled. Equal thesauri give lexicons that detect the same."""

    def __init__(self, thesaurus: Thesaurus) -> None:
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
        self._indices = {language: index_of(thesaurus, language) for language in thesaurus.languages}

    def reads(self, language: str) -> bool:
        """Whether passages in that language can have signals."""
        return language in self._indices

    def themes_of(self, keys: Sequence[str]) -> list[str]:
        """The themes of the concepts among these signals, each once, in their order."""
        return list(dict.fromkeys(theme for key in keys for theme in self.themes.get(key, ())))

    def matches(self, tokens: list[Token], language: str) -> list[Match]:
        """Every term that stands in the tokens, in their order, exclusions still among them."""
        index = self._indices[language]
        return [
            Match(entry.key, token.start, tokens[after - 1].end, entry.excludes)
            for place, token in enumerate(tokens)
            for entry in index.candidates(token.word)
            if (after := end_of(entry.rest, tokens, place + 1))
        ]


def figure_keys(counted: frozenset[str]) -> frozenset[str]:
    return frozenset({FIGURE, PERCENT, MONEY, *(f"{FIGURE}.{key}" for key in counted)})


def index_of(thesaurus: Thesaurus, language: str) -> Index:
    index = Index()
    for key, terms, excludes in vocabulary(thesaurus):
        for term in terms.get(language, ()):
            index.add(key, term, excludes)
    return index


def vocabulary(thesaurus: Thesaurus) -> Iterator[tuple[str, Terms, bool]]:
    """Every list of terms, with the key that it fires and whether it excludes instead."""
    cues: list[tuple[str, Cue]] = [(c.key, c) for c in (*thesaurus.concepts, *thesaurus.acts)]
    cues += [
        (NEGATION, thesaurus.negation),
        (HEDGING, thesaurus.hedging),
        (REMARK, thesaurus.attribution.remarks),
    ]
    for key, cue in cues:
        yield key, cue.terms, False
        yield key, cue.exclusions, True
    yield from ((key, terms, False) for key, terms in inner_cues(thesaurus))


def inner_cues(thesaurus: Thesaurus) -> Iterator[tuple[str, Terms]]:
    attribution, clauses, figures = thesaurus.attribution, thesaurus.clauses, thesaurus.figures
    yield SPEAKER, attribution.speakers
    yield VERB, attribution.verbs
    yield PHRASE, attribution.phrases
    yield OWN, attribution.own
    yield HARD, clauses.hard
    yield SOFT, clauses.soft
    yield DEPENDENT, clauses.dependent
    yield NUMBER_WORD, figures.numbers
    yield PERCENT_WORD, figures.percent
    yield MONEY_WORD, figures.money
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
