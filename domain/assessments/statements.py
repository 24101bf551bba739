"""What a submission states: its clauses, who makes each, and what surrounds it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

from domain.reading.figures import COLUMN
from domain.reading.lexicon import ATTRIBUTION, HEDGING, NEGATION, PLANNED, RECOMMENDED, Lexicon
from domain.reading.signals import Marked, Signal
from schemas.rubrics import Reach

UNREALISED = frozenset({HEDGING, PLANNED, RECOMMENDED})


@dataclass(frozen=True, slots=True)
class Source:
    """One document, or one section, of a submission, read and marked."""

    document: int | None
    section: str | None
    text: str
    passages: Sequence[Marked]


class Standing(Enum):
    """Whether a statement is the State's own, and whether it is so."""

    HEARD = "heard"
    DENIED = "denied"
    PLANNED = "planned"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Statement:
    """A clause of a passage: `sources[source].passages[passage]`.

    `context` has the concepts of the heading above, the section, the sentence before and the clauses before
    in its own; a heading is a statement only if it tells an act or a figure.
    """

    source: int
    passage: int
    signals: tuple[Signal, ...]
    keys: frozenset[str]
    standing: Standing
    context: frozenset[str]


class Record:
    """Everything that a submission states. `unread` has the languages without signals, and their shares."""

    def __init__(self, sources: Sequence[Source], lexicon: Lexicon) -> None:
        self.sources = sources
        self.unread = unread(sources, lexicon)
        self.statements = [
            statement
            for place, source in enumerate(sources)
            for statement in statements_in(source, place, lexicon)
        ]
        self._told: defaultdict[tuple[int, int], list[Statement]] = defaultdict(list)
        self._all: defaultdict[tuple[int, int], list[Statement]] = defaultdict(list)
        for statement in self.statements:
            self._all[statement.source, statement.passage].append(statement)
            if statement.standing is Standing.TOLD:
                self._told[statement.source, statement.passage].append(statement)

    def beside(self, statement: Statement) -> Iterator[Statement]:
        """The other statements of its sentence."""
        together = self._all[statement.source, statement.passage]
        return (other for other in together if other is not statement)

    def length(self, statement: Statement) -> int:
        """Of its sentence, in code points."""
        passage = self.sources[statement.source].passages[statement.passage].passage
        return passage.end - passage.start

    def near(self, statement: Statement, reach: Reach) -> Iterator[Statement]:
        """The statement, then what else its sentence tells, then the one that follows in the paragraph."""
        yield statement
        if reach == "clause":
            return
        yield from self._told.get((statement.source, statement.passage), ())
        following = statement.passage + 1
        if reach == "paragraph" and continues(self.sources[statement.source], following):
            yield from self._told.get((statement.source, following), ())


def sizes(sources: Sequence[Source]) -> Counter[str]:
    """How many characters are in each language."""
    counted: Counter[str] = Counter()
    for passage in (marked.passage for source in sources for marked in source.passages):
        counted[passage.language] += passage.end - passage.start
    return counted


def languages_of(sources: Sequence[Source]) -> list[str]:
    """Those of the text, that first in which most of it is."""
    counted = sizes(sources)
    return sorted(counted, key=lambda language: (-counted[language], language))


def unread(sources: Sequence[Source], lexicon: Lexicon) -> dict[str, float]:
    counted = sizes(sources)
    total = counted.total() or 1
    return {
        language: counted[language] / total
        for language in languages_of(sources)
        if not lexicon.reads(language)
    }


def statements_in(source: Source, place: int, lexicon: Lexicon) -> Iterator[Statement]:
    section = frozenset(key for key, themes in lexicon.themes.items() if source.section in themes)
    heading = before = frozenset[str]()
    others = False
    for number, marked in enumerate(source.passages):
        others = others_speak(source, number, lexicon, before=others)
        before = surrounding(source, number, before, lexicon)
        if marked.passage.heading and is_label(marked):
            heading = concepts(marked, lexicon)
            continue
        around = section | heading | before
        for signals in clauses(marked):
            keys = frozenset(signal.key for signal in signals)
            standing = Standing.HEARD if others else standing_of(keys)
            yield Statement(place, number, signals, keys, standing, around)
            around |= keys & lexicon.concepts


def others_speak(source: Source, number: int, lexicon: Lexicon, *, before: bool) -> bool:
    """Whether those heard in the sentence before go on in this one: `Chad asked …`. `It also saw …`."""
    if not continues(source, number):
        return False
    marked, last = source.passages[number], source.passages[number - 1]
    if not (before or any(signal.key == ATTRIBUTION and signal.clause == 0 for signal in last.signals)):
        return False
    text = source.text[marked.passage.start : marked.passage.end]
    return lexicon.resumes(text, marked.passage.language)


def surrounding(source: Source, number: int, before: frozenset[str], lexicon: Lexicon) -> frozenset[str]:
    """The concepts of the sentence before in the paragraph; a row has those of its table and its title."""
    if not continues(source, number):
        return frozenset()
    last = concepts(source.passages[number - 1], lexicon)
    return last | before if is_row(source, number) else last


def concepts(marked: Marked, lexicon: Lexicon) -> frozenset[str]:
    return frozenset(signal.key for signal in marked.signals) & lexicon.concepts


def is_label(marked: Marked) -> bool:
    return not any(signal.key.startswith(("act.", "figure")) for signal in marked.signals)


def continues(source: Source, number: int) -> bool:
    """Whether a passage stands in the same paragraph as the one before it."""
    if number <= 0 or number >= len(source.passages):
        return False
    before, passage = source.passages[number - 1].passage, source.passages[number].passage
    if before.heading or passage.heading:
        return False
    if is_row(source, number):
        return True
    if passage.paragraph is not None:
        return passage.paragraph == before.paragraph
    return before.paragraph is None and "\n" not in source.text[before.end : passage.start]


def is_row(source: Source, number: int) -> bool:
    passage = source.passages[number].passage
    return COLUMN in source.text[passage.start : passage.end]


def clauses(marked: Marked) -> list[tuple[Signal, ...]]:
    ordered = sorted(marked.signals, key=lambda signal: signal.clause)
    return [tuple(group) for _, group in groupby(ordered, key=lambda signal: signal.clause)]


def standing_of(keys: frozenset[str]) -> Standing:
    if ATTRIBUTION in keys:
        return Standing.HEARD
    if NEGATION in keys:
        return Standing.DENIED
    return Standing.PLANNED if keys & UNREALISED else Standing.TOLD
