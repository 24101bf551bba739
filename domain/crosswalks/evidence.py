"""The findings of a report, and what each piece of their evidence is about."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Text, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB

from domain.assessments.models import Assessment, Finding, RubricEdition, ThesaurusEdition
from domain.crosswalks.derivation import Report, Reported
from domain.crosswalks.fitting import Themes, piece
from domain.crosswalks.passages import texts
from domain.frameworks import queries as frameworks
from domain.mappings.rules import Bounds

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

_EVIDENCE = func.coalesce(Finding.decided["evidence"], Finding.evidence)
"""What a finding rests on, as decided or else as proposed."""


async def reported(session: AsyncSession, assessment_id: UUID) -> list[Reported]:
    """The findings of an assessment as they hold."""
    subjects = await frameworks.subject_themes(session)
    about = await _about(session, assessment_id, subjects)
    criteria = await _criteria(session, assessment_id, subjects)
    return [
        finding._replace(
            evidence={quoted: piece(about[quoted], criteria[finding.criterion]) for quoted in quotes}
        )
        for finding, quotes in await _found(session, assessment_id)
    ]


async def known(session: AsyncSession, assessment_id: UUID) -> dict[str, Bounds]:
    """How far each provision is addressed of which the findings say anything."""
    return Report(finding for finding, _ in await _found(session, assessment_id)).known


async def _found(session: AsyncSession, assessment_id: UUID) -> list[tuple[Reported, list[str]]]:
    """The findings, each with the ids of its evidence, of which nothing is told."""
    columns: list[Any] = [
        Finding.criterion,
        Finding.provisions,
        Finding.level,
        Finding.applicable,
        Finding.decided.op("-", return_type=JSONB())(literal("evidence", Text)),
        func.jsonb_path_query_array(_EVIDENCE, literal_column("'$[*].id'"), type_=JSONB()),
    ]
    wanted = select(*columns).where(Finding.assessment_id == assessment_id).order_by(Finding.position)
    return [
        (
            Reported(
                criterion,
                provisions,
                decided["level"] if decided else level,
                decided["applicable"] if decided else applicable,
                {},
            ),
            quotes,
        )
        for criterion, provisions, level, applicable, decided, quotes in await session.execute(wanted)
    ]


class Recognised(NamedTuple):
    """By what evidence can be known to fit."""

    subjects: frozenset[str]
    """Those that it can be about, by the thesaurus and the rubric of the assessment."""
    criteria: Mapping[str, Themes]
    """What each criterion of the rubric is about."""


async def recognised(session: AsyncSession, assessment_id: UUID) -> Recognised:
    subjects = await frameworks.subject_themes(session)
    criteria = await _criteria(session, assessment_id, subjects)
    told = (
        func.jsonb_path_query_array(ThesaurusEdition.document, literal_column(f"'{place}'"), type_=JSONB())
        for place in ("$.concepts[*].themes[*]", "$.acts[*].themes[*]", "$.themes[*].key")
    )
    row = await session.execute(
        select(*told)
        .join(Assessment, Assessment.thesaurus == ThesaurusEdition.key)
        .where(Assessment.id == assessment_id)
    )
    by_words = chain.from_iterable(cast("tuple[list[str], ...]", row.one()))
    by_rubric = (themes.subjects for themes in criteria.values())
    return Recognised(subjects.intersection(by_words).union(*by_rubric), criteria)


async def _criteria(
    session: AsyncSession, assessment_id: UUID, subjects: Collection[str]
) -> dict[str, Themes]:
    """What each criterion is about: its themes, and the subject that it is named after."""
    entry = func.jsonb_path_query(RubricEdition.document, literal_column("'$.criteria[*]'"), type_=JSONB())
    edition = RubricEdition.key + "@" + RubricEdition.edition
    entries = (
        select(entry.label("entry"))
        .join(Assessment, Assessment.rubric == edition)
        .where(Assessment.id == assessment_id)
        .subquery()
    )
    rows = await session.execute(select(entries.c.entry["key"].astext, entries.c.entry["themes"]))
    named = {key: {*(themes or ()), *{key}.intersection(subjects)} for key, themes in rows}
    return {key: _sorted_out(themes, subjects) for key, themes in named.items()}


async def _about(session: AsyncSession, assessment_id: UUID, subjects: Collection[str]) -> dict[str, Themes]:
    """What each piece of evidence is about, by its id: the themes of the passage that it was taken from.

    Whom a sentence does not name, its paragraph does.
    """
    of = select(Assessment.submission_id, Assessment.revision).where(Assessment.id == assessment_id)
    read = await texts(session, *(await session.execute(of)).one())
    pieces = func.jsonb_array_elements(_EVIDENCE, type_=JSONB()).label("piece")
    quoted_here = select(pieces).where(Finding.assessment_id == assessment_id).subquery()
    place = (quoted_here.c.piece[name].astext for name in ("id", "document", "section", "start"))
    rows = await session.execute(select(*place).distinct())
    about: dict[str, Themes] = {}
    for quoted, document, section, start in rows:
        text = read.get((UUID(document) if document else None, section))
        own, around = text.themes(int(start)) if text else ((), ())
        said, beside = _sorted_out(own, subjects), _sorted_out(around, subjects)
        about[quoted] = Themes(said.subjects, said.people or beside.people)
    return about


def _sorted_out(themes: Collection[str], subjects: Collection[str]) -> Themes:
    return Themes(
        frozenset(theme for theme in themes if theme in subjects),
        frozenset(theme for theme in themes if theme not in subjects),
    )
