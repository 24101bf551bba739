"""The door to judging: a rubric, a lexicon and what was submitted give one proposal per criterion.

Pure and deterministic: the same input gives the same proposals, in any process. What others say or ask
for, and what is denied, is level 0: it is the State's own practice that is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.assessments import wording
from domain.assessments.confidence import against, against_exemption, proves_nothing, weigh
from domain.assessments.matching import Hit, Yardstick, hits_of, met, nearly_met
from domain.assessments.statements import Record, Source, Standing, languages_of
from domain.reading.lexicon import Lexicon
from schemas.rubrics import Alternative, Criterion, Rubric
from schemas.thesauri import covers

__all__ = ["ENGINE", "EvidenceItem", "Proposal", "Source", "judge", "unknown_concepts"]

ENGINE = "1.2.0"
MOST_EVIDENCE = 12


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """A passage that a level rests on; `text` is `[start:end]` of its document's or section's text."""

    document: int | None
    section: str | None
    page: int | None
    start: int
    end: int
    language: str
    text: str
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the engine proposes for a criterion. A level above 0 always has evidence, the best first.

    `level` is none where the criterion is not applicable, and where it is not assessed: then `applicable`
    holds, and there is no `confidence`, which else lies between 0 and 1. `why_not_higher` and `gap` are none
    at level 3 and without a level. A doubtful proposal, and no other, has `doubts`.
    """

    criterion: str
    level: int | None
    applicable: bool
    why: str
    why_not_higher: str | None
    gap: str | None
    evidence: tuple[EvidenceItem, ...]
    confidence: float | None
    doubts: tuple[str, ...]


def judge(rubric: Rubric, lexicon: Lexicon, sources: Sequence[Source]) -> list[Proposal]:
    """A proposal for each criterion of the rubric, in its order."""
    record = Record(sources, lexicon)
    language = next(iter(languages_of(sources)), "en")
    return [propose(criterion, rubric, lexicon, record, language) for criterion in rubric.criteria]


def unknown_concepts(rubric: Rubric, lexicon: Lexicon) -> list[str]:
    """Keys that a rubric names and no signal can have: statements on them would never be found."""
    named = (key for criterion in rubric.criteria for key in keys_named(criterion))
    return [key for key in dict.fromkeys(named) if not any(covers(key, known) for known in lexicon.keys)]


def keys_named(criterion: Criterion) -> Iterable[str]:
    alternatives: list[Alternative] = [*criterion.concepts, *criterion.not_applicable_when]
    groups: list[str | list[str]] = []
    for rule in (rule for rules in criterion.levels.values() for rule in rules):
        alternatives += rule.concepts or []
        groups += [*rule.signals, *rule.beside]
    for alternative in alternatives:
        if isinstance(alternative, str):
            groups.append(alternative)
        else:
            groups += [*alternative.all, alternative.topic, alternative.without]
    for group in groups:
        yield from [group] if isinstance(group, str) else group


def propose(
    criterion: Criterion, rubric: Rubric, lexicon: Lexicon, record: Record, language: str
) -> Proposal:
    sources = record.sources
    yardstick = Yardstick(criterion, lexicon)
    hits = sorted(hits_of(yardstick, record), key=rank)
    level = hits[0].level if hits else 0
    exempt = exemption(yardstick, record) if level < 2 else None
    if exempt:
        return not_applicable(criterion, sources, exempt, hits)
    if level == 0 and proves_nothing(hits, record):
        return not_assessed(criterion, record)
    best = [hit for hit in hits if hit.level == level]
    nearly = not hits and nearly_met(yardstick.about, record)
    confidence, doubts = weigh(against(level, hits, record, nearly=nearly))
    return Proposal(
        criterion=criterion.key,
        level=level,
        applicable=True,
        why=wording.why(criterion, level, best, quote(sources, best), lexicon),
        why_not_higher=wording.why_not_higher(level, best, lexicon, yardstick.needed(level + 1)),
        gap=wording.gap(criterion, wording.leads(rubric, level, best), language) if level < 3 else None,
        evidence=evidence_of(sources, hits, level),
        confidence=confidence,
        doubts=doubts,
    )


def rank(hit: Hit) -> tuple[int, bool, int, int, int]:
    """The best evidence first: the highest level, the State's own words, the most that it tells."""
    told = len({signal.key for signal in hit.told}) + len(hit.beside)
    heard = hit.statement.standing is Standing.HEARD
    return -hit.level, heard, -told, hit.statement.source, hit.statement.passage


def exemption(yardstick: Yardstick, record: Record) -> Hit | None:
    """A statement of the State's own that it has no such obligation."""
    for statement in record.statements:
        told = met(yardstick.exempting, statement)
        if told and statement.standing is not Standing.HEARD:
            return Hit(statement, 0, told.signals)
    return None


def not_applicable(
    criterion: Criterion, sources: Sequence[Source], hit: Hit, hits: Sequence[Hit]
) -> Proposal:
    confidence, doubts = weigh(against_exemption(hits))
    return Proposal(
        criterion=criterion.key,
        level=None,
        applicable=False,
        why=wording.not_applicable(quote(sources, [hit])),
        why_not_higher=None,
        gap=None,
        evidence=(item_of(sources, hit, hit.statement.passage),),
        confidence=confidence,
        doubts=doubts,
    )


def not_assessed(criterion: Criterion, record: Record) -> Proposal:
    return Proposal(
        criterion=criterion.key,
        level=None,
        applicable=True,
        why=wording.not_assessed(criterion, record.unread),
        why_not_higher=None,
        gap=None,
        evidence=(),
        confidence=None,
        doubts=(),
    )


def quote(sources: Sequence[Source], hits: Sequence[Hit]) -> str:
    if not hits:
        return ""
    statement = hits[0].statement
    source = sources[statement.source]
    passage = source.passages[statement.passage].passage
    return source.text[passage.start : passage.end]


def evidence_of(sources: Sequence[Source], hits: Sequence[Hit], level: int) -> tuple[EvidenceItem, ...]:
    """The passages behind the hits, each once; at level 0 those that state the gap, no hearsay."""
    chosen: dict[tuple[int, int], EvidenceItem] = {}
    for hit in hits:
        if hit.level == 0 and (level > 0 or hit.statement.standing is Standing.HEARD):
            continue
        for passage in (hit.statement.passage, hit.support):
            if passage is not None:
                chosen.setdefault((hit.statement.source, passage), item_of(sources, hit, passage))
    return tuple(chosen.values())[:MOST_EVIDENCE]


def item_of(sources: Sequence[Source], hit: Hit, number: int) -> EvidenceItem:
    source = sources[hit.statement.source]
    marked = source.passages[number]
    passage = marked.passage
    own = number == hit.statement.passage
    signals = hit.statement.signals if own else marked.signals
    return EvidenceItem(
        document=source.document,
        section=source.section,
        page=passage.page,
        start=passage.start,
        end=passage.end,
        language=passage.language,
        text=source.text[passage.start : passage.end],
        signals=tuple(dict.fromkeys(signal.key for signal in signals)),
    )
