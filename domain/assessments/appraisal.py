"""Everything that is done with a report's bytes, in one pure step: read, mark, judge.

Meant to run where a document can do no harm; what comes back is plain data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

from domain.assessments import rules
from domain.assessments.rules import Proposal, Source
from domain.assessments.scores import Score, assessed, score_of
from domain.assessments.statements import languages_of
from domain.reading.documents import Extracted, Page, Unreadable, read
from domain.reading.extracts import Extent, check_report
from domain.reading.passages import extent_of
from domain.reading.signals import Lexicon, Marked, mark
from schemas.rubrics import Rubric
from schemas.thesauri import Thesaurus

WORD = re.compile(r"[^\W\d_]")


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
def _compiled(thesaurus: str, states: str) -> tuple[str, Lexicon]:
    document = Thesaurus.model_validate_json(thesaurus)
    return document.key, Lexicon(document, json.loads(states))


@lru_cache(maxsize=8)
def _rubric(document: str) -> Rubric:
    return Rubric.model_validate_json(document)


def look_into(content: bytes, media_type: str) -> Extent:
    """Read a document and throw the text away. Raises Unreadable when it cannot be read or judged."""
    return extent_of(read(content, media_type).text)


def look_into_sections(texts: Mapping[str, str]) -> None:
    """Raises Unreadable when these sections, by key, cannot be judged together."""
    whole = Extent()
    for key, text in texts.items():
        if WORD.search(text):
            with about(f"Section `{key}`"):
                whole += extent_of(text)
    if not whole.sentences:
        raise Unreadable("document-empty", "The sections have no words.")
    check_report(whole)


def appraise(
    rubric: str,
    thesaurus: str,
    materials: Sequence[Material],
    *,
    states: str = "{}",
    filed_by: str | None = None,
) -> Appraisal:
    """Proposals for every criterion of `rubric` (JSON), by `thesaurus` (JSON). Same input, same output.

    `filed_by`, one of the `states` (JSON: their names by code and language), is who speaks in the materials;
    what other States say is heard. Where it is not known, only words like `a delegation` tell others.

    Raises Unreadable, naming the document or section where it is about one.
    """
    by = _rubric(rubric)
    edition, lexicon = _compiled(thesaurus, states)
    if filed_by is not None:
        lexicon = lexicon.filed_by(filed_by)
    sources = _sources(materials, lexicon)
    proposals = rules.judge(by, lexicon, [source for source, _ in sources])
    return Appraisal(
        rubric=f"{by.key}@{by.edition}",
        thesaurus=edition,
        engine=rules.ENGINE,
        languages=languages_of([source for source, _ in sources]),
        read=tuple(_read(source, extracted) for source, extracted in sources),
        proposals=tuple(proposals),
        score=score_of(by, assessed((one.criterion, one.level, one.applicable) for one in proposals)),
    )


def _sources(materials: Sequence[Material], lexicon: Lexicon) -> list[tuple[Source, Extracted]]:
    sources: list[tuple[Source, Extracted]] = []
    whole = Extent()
    for material in materials:
        section = material.section
        with about(f"Document {material.number}" if section is None else f"Section `{section}`"):
            source, extracted = _source(material, lexicon)
        whole += Extent(len(source.text), len(source.passages))
        check_report(whole)
        sources.append((source, extracted))
    return sources


@contextmanager
def about(place: str) -> Iterator[None]:
    """Refusals that are raised inside say what they are about."""
    try:
        yield
    except Unreadable as refusal:
        raise refusal.within(place) from None


def _source(material: Material, lexicon: Lexicon) -> tuple[Source, Extracted]:
    extracted = _extracted(material)
    marked = mark(extracted.text, extracted.pages, lexicon)
    return Source(material.number, material.section, extracted.text, marked), extracted


def _extracted(material: Material) -> Extracted:
    if isinstance(material.content, str):
        return Extracted(material.content, material.pages)
    assert material.media_type is not None  # documents always have one
    return read(material.content, material.media_type)


def _read(source: Source, extracted: Extracted) -> Read:
    return Read(
        number=source.document,
        section=source.section,
        text=extracted.text,
        pages=extracted.pages,
        language=next(iter(languages_of([source])), None),
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
