"""How sure a proposal is: what speaks against it, each with what it costs, and in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.assessments.matching import Hit, distance
from domain.assessments.statements import Record, Standing, Statement
from domain.assessments.wording import shares_in_words
from domain.reading.lexicon import DONE_BY_FORM, HEDGING, PLANNED

MOST = 0.95
LEAST = 0.05
DOUBTFUL = 0.75
"""A proposal below this says why."""
FAR = 45
"""Characters between the words that make a statement relevant; most that are right stand nearer."""
LONG = 450
"""Code points of a sentence; two lines in three of a page."""
UNREAD = 0.2
"""The share of a report that may be in languages without signals before it matters."""
MOSTLY_UNREAD = 0.5
"""From this share on, that nothing was found says nothing."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason to doubt. Costs add up."""

    cost: float
    doubt: str


ONE_PASSAGE = Ground(0.10, "It rests on one passage only.")
ALONE = Ground(0.06, "No other passage comes within one level of it.")
ELSEWHERE = Ground(
    0.12, "The subject is named in the heading, the section or the sentence before, not in the passage."
)
FAR_APART = Ground(0.10, "The words that make the passage relevant stand far apart.")
MIXED = Ground(0.10, "The sentence also tells what is planned, missing or said by others.")
NEXT_SENTENCE = Ground(0.08, "The result stands in another sentence than the measure.")
LONG_SENTENCE = Ground(0.08, "The sentence is long; who did what may have been mistaken.")
CONTRADICTED = Ground(0.15, "Another passage says that it is missing.")
BY_FORM = Ground(0.06, "That it was done is known from the form of a verb that is not listed.")
MENTIONED = Ground(0.20, "It is mentioned, and nothing says that it is done or planned.")
WISHED = Ground(0.10, "It is called possible or desirable, not planned.")
NEARLY = Ground(0.30, "A sentence names all that this criterion is about, though not as one subject.")
ANSWERED = Ground(0.25, "A sentence that denies it or quotes others also tells or plans something.")
ONLY_HEARD = Ground(
    0.15, "Others speak of it; the State may have answered in words that were not recognised."
)
TOUCHED = Ground(0.20, "The report speaks of the subject all the same.")

NOT_READ = 0.20
NOT_READ_OF_ALL = 0.40
"""Of this as much as the share that is not read."""


def weigh(grounds: Sequence[Ground]) -> tuple[float, tuple[str, ...]]:
    """The confidence between 0 and 1, with two decimals, and the doubts of a doubtful proposal."""
    confidence = round(max(LEAST, MOST - sum(ground.cost for ground in grounds)), 2)
    return confidence, tuple(ground.doubt for ground in grounds) if confidence < DOUBTFUL else ()


def against(level: int, hits: Sequence[Hit], record: Record, *, nearly: bool) -> list[Ground]:
    """What speaks against a level, given every statement about the criterion, the best first.

    `nearly`: some statement has what the criterion looks for, though too far apart.
    """
    absent = level == 0
    found = against_absence(hits, record, nearly=nearly) if absent else against_presence(level, hits, record)
    return [*found, *against_reading(record)]


def against_reading(record: Record) -> Iterator[Ground]:
    share = sum(record.unread.values())
    if share >= UNREAD:
        doubt = f"A good part of the report is not read: {shares_in_words(record.unread)}."
        yield Ground(NOT_READ + NOT_READ_OF_ALL * share, doubt)


def proves_nothing(hits: Sequence[Hit], record: Record) -> bool:
    """Whether the State is silent, and too much is not read for its silence to be an answer."""
    silent = all(hit.statement.standing is Standing.HEARD for hit in hits)
    return silent and sum(record.unread.values()) >= MOSTLY_UNREAD


def against_exemption(hits: Sequence[Hit]) -> list[Ground]:
    """What speaks against calling a criterion not applicable."""
    mentioned = any(hit.level > 0 for hit in hits)
    return [ONE_PASSAGE, TOUCHED] if mentioned else [ONE_PASSAGE]


def against_absence(hits: Sequence[Hit], record: Record, *, nearly: bool) -> Iterator[Ground]:
    if hits and all(hit.statement.standing is Standing.HEARD for hit in hits):
        yield ONLY_HEARD
    if any(is_told(other) for hit in hits for other in record.beside(hit.statement)):
        yield ANSWERED
    if nearly:
        yield NEARLY


def is_told(statement: Statement) -> bool:
    return statement.standing in (Standing.TOLD, Standing.PLANNED)


def against_presence(level: int, hits: Sequence[Hit], record: Record) -> Iterator[Ground]:
    best = hits[0]
    passages = {place(hit.statement) for hit in hits if hit.level == level}
    if len(passages) == 1:
        yield ONE_PASSAGE
    if any(place(hit.statement) not in passages for hit in hits) and not supported(level, hits, passages):
        yield ALONE
    yield from against_passage(best, record)
    if level >= 2 and any(hit.statement.standing is Standing.DENIED for hit in hits):
        yield CONTRADICTED
    if level == 1:
        yield from against_commitment(best.statement)


def supported(level: int, hits: Sequence[Hit], passages: set[tuple[int, int]]) -> bool:
    """Whether the next best level is told by another passage, or the level itself by several."""
    near = (hit for hit in hits if hit.level >= max(1, level - 1) and place(hit.statement) not in passages)
    return len(passages) > 1 or any(near)


def against_passage(hit: Hit, record: Record) -> Iterator[Ground]:
    if hit.elsewhere:
        yield ELSEWHERE
    if any(distance(hit.about[0], other) > FAR for other in hit.about):
        yield FAR_APART
    if any(other.standing is not hit.statement.standing for other in record.beside(hit.statement)):
        yield MIXED
    if hit.support is not None:
        yield NEXT_SENTENCE
    if hit.acts and all(act.key == DONE_BY_FORM for act in hit.acts):
        yield BY_FORM
    if record.length(hit.statement) > LONG:
        yield LONG_SENTENCE


def against_commitment(statement: Statement) -> Iterator[Ground]:
    if statement.standing is Standing.TOLD:
        yield MENTIONED
    elif HEDGING in statement.keys and PLANNED not in statement.keys:
        yield WISHED


def place(statement: Statement) -> tuple[int, int]:
    return statement.source, statement.passage
