"""What a second reader is asked about an assessment, with the passages to judge by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Integer, Select, cast, func, literal, select

from domain.assessments.decisions import evidence_id
from domain.assessments.models import Assessment, Finding, Verdict
from domain.assessments.queries import rubric_named
from domain.assessments.verdicts import MOST_PASSAGES, Question, Quoted, SecondReader
from domain.submissions.models import Document, Passage
from schemas.rubrics import Criterion

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def questions_for(session: AsyncSession, assessment_id: UUID, reader: SecondReader) -> list[Question]:
    """What a second reader is to be asked of an assessment, in the rubric's order.

    Nothing is asked where a person has decided, or nothing can be read.
    """
    assessment = await session.get(Assessment, assessment_id)
    if assessment is None or assessment.status == "published":
        return []
    rubric = await rubric_named(session, assessment.rubric)
    criteria = {criterion.key: criterion for criterion in rubric.criteria}
    questions = [
        await _question(session, assessment, finding, criteria[finding.criterion])
        for finding in await _undecided(session, assessment_id, reader)
    ]
    return [question for question in questions if question.passages]


async def _undecided(session: AsyncSession, assessment_id: UUID, reader: SecondReader) -> Sequence[Finding]:
    settled = select(Verdict.finding_id).where(
        Verdict.model == reader.model, Verdict.prompt == reader.prompt, Verdict.status != "asked"
    )
    found = await session.scalars(
        select(Finding)
        .where(
            Finding.assessment_id == assessment_id,
            Finding.status == "proposed",
            Finding.obsolete.is_(False),
            Finding.id.not_in(settled),
        )
        .order_by(Finding.position)
    )
    return found.all()


async def _question(
    session: AsyncSession, assessment: Assessment, finding: Finding, criterion: Criterion
) -> Question:
    evidence = [Quoted(item["id"], item["language"], item["text"]) for item in finding.evidence]
    related = [
        Quoted(
            evidence_id(number, passage.section, passage.start, passage.end), passage.language, passage.text
        )
        for passage, number in await session.execute(_related(assessment, criterion.themes))
    ]
    passages = {quoted.id: quoted for quoted in [*evidence, *related]}
    return Question(
        assessment=assessment.id,
        finding=finding.id,
        criterion=_english(criterion.title),
        asked_for=_english(criterion.gap) if criterion.gap else None,
        passages=tuple(passages.values())[:MOST_PASSAGES],
        level=finding.level,
        applicable=finding.applicable,
    )


def _related(assessment: Assessment, themes: list[str]) -> Select[Passage, int]:
    """Passages on the criterion's themes: those first that touch most of them, then those that tell most."""
    touched = sum((cast(Passage.themes.contains([theme]), Integer) for theme in themes), literal(0))
    return (
        select(Passage, Document.number)
        .outerjoin(Document, Document.id == Passage.document)
        .where(
            Passage.submission_id == assessment.submission_id,
            Passage.revision == assessment.revision,
            Passage.themes.overlap(themes),
        )
        .order_by(touched.desc(), func.cardinality(Passage.signals).desc(), Passage.number)
        .limit(MOST_PASSAGES)
    )


def _english(said: dict[str, str]) -> str:
    """In English where the rubric has it, else in its first language."""
    return said.get("en") or next(iter(said.values()))
