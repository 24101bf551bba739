"""What was read and proposed is kept: once, however often it is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import selectinload

from domain.assessments import queries
from domain.assessments.actions.carry import carry_over
from domain.assessments.actions.renewal import retire
from domain.assessments.appraisal import Appraisal, Read
from domain.assessments.decisions import evidence_id
from domain.assessments.models import Assessment, Finding
from domain.assessments.rules import EvidenceItem, Proposal
from domain.base import new_id
from domain.submissions import rules as submissions
from domain.submissions.models import Document, Passage, Submission
from domain.submissions.reviewing import await_review
from schemas.submissions import SubmissionStatus

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

AT_ONCE = 1_000
"""Passages that are prepared for the database at a time: a long report has fifty thousand."""

IN_ONE_GO = {"render_nulls": True}
"""Else rows that have a page, a paragraph or a section and rows that have none are sent apart, in turn."""


async def record(
    session: AsyncSession, submission_id: UUID, revision: int, appraisal: Appraisal
) -> Assessment | None:
    """Keep what was read and proposed. Recording the same twice leaves one, the first.

    None when the revision is no longer there to be assessed.
    """
    submission = await session.get(Submission, submission_id, with_for_update=True)
    if submission is None or submission.revision != revision:
        return None
    if submission.status not in (SubmissionStatus.SUBMITTED, SubmissionStatus.ASSESSED):
        return None
    submission.status = submissions.move(submission.status, SubmissionStatus.ASSESSED)
    documents = await _record_reading(session, submission, appraisal.read)
    assessment = await _standing(session, submission, appraisal)
    if assessment is None:
        assessment = await _propose(session, submission, appraisal, documents)
    return assessment


async def _standing(session: AsyncSession, submission: Submission, appraisal: Appraisal) -> Assessment | None:
    """The assessment of this revision by the same rubric, thesaurus and engine, if there is one."""
    found: Assessment | None = await session.scalar(
        select(Assessment)
        .where(
            Assessment.submission_id == submission.id,
            Assessment.revision == submission.revision,
            Assessment.rubric == appraisal.rubric,
            Assessment.thesaurus == appraisal.thesaurus,
            Assessment.engine == appraisal.engine,
        )
        .options(selectinload(Assessment.findings))
        .with_for_update()
    )
    return found


async def _record_reading(
    session: AsyncSession, submission: Submission, read: tuple[Read, ...]
) -> dict[int, UUID]:
    """Texts and passages of the revision; returns the ids of its documents by number."""
    place = (Document.submission_id == submission.id, Document.revision == submission.revision)
    numbered = {
        number: key
        for key, number in await session.execute(select(Document.id, Document.number).where(*place))
    }
    for one in read:
        if one.number is not None:
            await session.execute(
                update(Document)
                .where(Document.id == numbered[one.number], Document.text.is_(None))
                .values(
                    text=one.text,
                    page_spans=[[page.number, page.start, page.end] for page in one.pages],
                    language=one.language,
                )
            )
    await session.execute(
        delete(Passage).where(Passage.submission_id == submission.id, Passage.revision == submission.revision)
    )
    passages = _passages(submission, read, numbered)
    while some := list(islice(passages, AT_ONCE)):
        await session.execute(insert(Passage), some, execution_options=IN_ONE_GO)
    return numbered


def _passages(
    submission: Submission, read: tuple[Read, ...], documents: dict[int, UUID]
) -> Iterator[dict[str, Any]]:
    number = 0
    for one in read:
        for passage in one.passages:
            number += 1
            yield {
                "id": new_id(),
                "submission_id": submission.id,
                "revision": submission.revision,
                "number": number,
                "document": documents[one.number] if one.number is not None else None,
                "section": one.section,
                "page": passage.page,
                "paragraph": passage.paragraph,
                "start": passage.start,
                "end": passage.end,
                "language": passage.language,
                "text": one.text[passage.start : passage.end],
                "themes": passage.themes,
                "signals": passage.signals,
            }


async def _propose(
    session: AsyncSession, submission: Submission, appraisal: Appraisal, documents: dict[int, UUID]
) -> Assessment:
    await _make_obsolete(session, submission)
    rubric = await queries.rubric_named(session, appraisal.rubric)
    provisions = {criterion.key: criterion.provisions for criterion in rubric.criteria}
    assessment = Assessment(
        id=new_id(),
        submission_id=submission.id,
        revision=submission.revision,
        rubric=appraisal.rubric,
        thesaurus=appraisal.thesaurus,
        engine=appraisal.engine,
        languages=appraisal.languages,
        score=asdict(appraisal.score) if appraisal.score else None,
    )
    assessment.findings = [
        _finding(position, proposal, provisions[proposal.criterion], documents)
        for position, proposal in enumerate(appraisal.proposals)
    ]
    session.add(assessment)
    await session.flush()
    await await_review(session, submission, assessment.id, since=assessment.created)
    await carry_over(session, assessment)
    return assessment


async def _make_obsolete(session: AsyncSession, submission: Submission) -> None:
    """Findings that an older rubric, thesaurus or engine proposed for this revision, unless decided on."""
    older = select(Assessment.id).where(
        Assessment.submission_id == submission.id, Assessment.revision == submission.revision
    )
    await retire(session, (await session.scalars(older)).all())


def _finding(position: int, proposal: Proposal, provisions: list[str], documents: dict[int, UUID]) -> Finding:
    return Finding(
        id=new_id(),
        position=position,
        criterion=proposal.criterion,
        provisions=provisions,
        level=proposal.level,
        applicable=proposal.applicable,
        why=proposal.why,
        why_not_higher=proposal.why_not_higher,
        gap=proposal.gap,
        evidence=[_evidence(item, documents) for item in proposal.evidence],
        confidence=proposal.confidence,
        doubts=list(proposal.doubts),
    )


def _evidence(item: EvidenceItem, documents: dict[int, UUID]) -> dict[str, Any]:
    return {
        "id": evidence_id(item.document, item.section, item.start, item.end),
        "document": str(documents[item.document]) if item.document is not None else None,
        "section": item.section,
        "page": item.page,
        "start": item.start,
        "end": item.end,
        "language": item.language,
        "text": item.text,
        "signals": list(item.signals),
    }
