"""Everything that is done with a report's bytes, in one pure step: read, mark, judge.

Meant to run where a document can do no harm; what comes back is plain data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from domain.assessments import rules
from domain.assessments.rules import Proposal, Source
from domain.assessments.scores import Score, score_of
from domain.reading.documents import Extracted, Page, Unreadable, read
from domain.reading.signals import Lexicon, Marked, mark
from schemas.rubrics import Rubric
from schemas.thesauri import Thesaurus


@dataclass(frozen=True, slots=True)
class Material:
    """One thing to be judged: document `number` as bytes or as read before, or a section as text."""

    number: int | None
    section: str | None
    media_type: str | None
    content: bytes | str
    pages: tuple[Page, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """What was read in one material."""

    number: int | None
    section: str | None
    text: str
    pages: tuple[Page, ...]
    language: str | None
    passages: tuple[ReadPassage, ...]


@dataclass(frozen=True, slots=True)
class ReadPassage:
    page: int | None
    paragraph: str | None
    start: int
    end: int
    language: str
    themes: list[str]
    signals: list[str]


@dataclass(frozen=True, slots=True)
class Appraisal:
    """A report read and judged, and by what."""

    rubric: str
    thesaurus: str
    engine: str
    languages: list[str]
    read: tuple[Read, ...]
    proposals: tuple[Proposal, ...]
    score: Score | None


@lru_cache(maxsize=4)
def _compiled(thesaurus: str) -> tuple[str, Lexicon]:
    document = Thesaurus.model_validate_json(thesaurus)
    return document.key, Lexicon(document)


@lru_cache(maxsize=8)
def _rubric(document: str) -> Rubric:
    return Rubric.model_validate_json(document)


def look_into(content: bytes, media_type: str) -> None:
    """Read a document and throw the text away. Raises Unreadable when it cannot be read."""
    read(content, media_type)


def appraise(rubric: str, thesaurus: str, materials: Sequence[Material]) -> Appraisal:
    """Proposals for every criterion of `rubric` (JSON), by `thesaurus` (JSON). Same input, same output.

    Raises Unreadable, naming the document by its number where there are several.
    """
    by = _rubric(rubric)
    edition, lexicon = _compiled(thesaurus)
    sources = [_source(material, lexicon) for material in materials]
    proposals = rules.judge(by, lexicon, [source for source, _ in sources])
    return Appraisal(
        rubric=f"{by.key}@{by.edition}",
        thesaurus=edition,
        engine=rules.ENGINE,
        languages=_languages(sources),
        read=tuple(_read(source, extracted) for source, extracted in sources),
        proposals=tuple(proposals),
        score=score_of(by, {proposal.criterion: proposal.level for proposal in proposals}),
    )


def _source(material: Material, lexicon: Lexicon) -> tuple[Source, Extracted]:
    extracted = _extracted(material)
    marked = mark(extracted.text, extracted.pages, lexicon)
    return Source(material.number, material.section, extracted.text, marked), extracted


def _extracted(material: Material) -> Extracted:
    if isinstance(material.content, str):
        return Extracted(material.content, material.pages)
    assert material.media_type is not None  # documents always have one
    try:
        return read(material.content, material.media_type)
    except Unreadable as refusal:
        raise Unreadable(refusal.code, f"Document {material.number}: {refusal.detail}") from None


def _languages(sources: Sequence[tuple[Source, Extracted]]) -> list[str]:
    """Languages of the whole report, the most frequent first."""
    counted = Counter(marked.passage.language for source, _ in sources for marked in source.passages)
    return [language for language, _ in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))]


def _read(source: Source, extracted: Extracted) -> Read:
    languages = Counter(marked.passage.language for marked in source.passages)
    return Read(
        number=source.document,
        section=source.section,
        text=extracted.text,
        pages=extracted.pages,
        language=min(languages, key=lambda name: (-languages[name], name)) if languages else None,
        passages=tuple(_passage(marked) for marked in source.passages),
    )


def _passage(marked: Marked) -> ReadPassage:
    keys = list(dict.fromkeys(signal.key for signal in marked.signals))
    return ReadPassage(
        page=marked.passage.page,
        paragraph=marked.passage.paragraph,
        start=marked.passage.start,
        end=marked.passage.end,
        language=marked.passage.language,
        themes=list(marked.themes),
        signals=keys,
    )
