from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import contains_eager, selectinload

from domain.access.rules import Actor
from domain.assessments.appraisal import Material
from domain.assessments.models import Assessment, RubricEdition, ThesaurusEdition
from domain.errors import Conflict, NotFound
from domain.reading.documents import Page
from domain.submissions import queries as submissions
from domain.submissions.models import Document, Section, Submission
from domain.submissions.queries import visible_to
from schemas.access import Scope

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def rubrics(session: AsyncSession) -> Sequence[RubricEdition]:
    """By key, the newest edition first."""
    rows = select(RubricEdition).order_by(RubricEdition.key, RubricEdition.id.desc())
    return (await session.scalars(rows)).all()


async def rubric_for(session: AsyncSession, framework: str) -> RubricEdition:
    """The rubric that submissions under a framework are judged by: the newest one brought."""
    found = await session.scalar(
        select(RubricEdition)
        .where(RubricEdition.framework == framework)
        .order_by(RubricEdition.id.desc())
        .limit(1)
    )
    if found is None:
        raise Conflict(
            f"There is no rubric yet to assess submissions under `{framework}` by.", code="no-rubric"
        )
    return found


async def latest_thesaurus(session: AsyncSession) -> ThesaurusEdition:
    found = await session.scalar(
        select(ThesaurusEdition)
        .order_by(ThesaurusEdition.created.desc(), ThesaurusEdition.key.desc())
        .limit(1)
    )
    if found is None:
        raise Conflict("No thesaurus has been loaded.", code="no-thesaurus")
    return found


def readable_by(actor: Actor) -> ColumnElement[bool]:
    """Besides what hides the submission: others than those concerned see published assessments only."""
    published = Assessment.status == "published"
    if actor.anonymous:
        return published
    if actor.state is None or actor.may(Scope.ADMIN):
        return true()
    return or_(published, Submission.state == actor.state)


async def find(session: AsyncSession, assessment_id: UUID, *, actor: Actor, lock: bool = False) -> Assessment:
    wanted = (
        select(Assessment)
        .join(Assessment.of)
        .where(Assessment.id == assessment_id, visible_to(actor), readable_by(actor))
        .options(contains_eager(Assessment.of), selectinload(Assessment.findings))
    )
    if lock:
        wanted = wanted.with_for_update(of=Assessment)
    found = await session.scalar(wanted)
    if found is None:
        raise NotFound(f"There is no assessment {assessment_id}.")
    return found


async def current(session: AsyncSession, submission: Submission, *, actor: Actor) -> Assessment:
    """The latest assessment of the submission's present revision that the caller may read."""
    found = await session.scalar(
        select(Assessment)
        .join(Assessment.of)
        .where(
            Assessment.submission_id == submission.id,
            Assessment.revision == submission.revision,
            readable_by(actor),
        )
        .order_by(Assessment.id.desc())
        .limit(1)
        .options(contains_eager(Assessment.of), selectinload(Assessment.findings))
    )
    if found is None:
        raise NotFound("This revision has not been assessed yet.", code="not-assessed")
    return found


@dataclass(frozen=True, slots=True)
class Task:
    """What an assessment needs: the rubric and thesaurus as JSON, and the material."""

    rubric: str
    thesaurus: str
    materials: list[Material]


async def task(session: AsyncSession, submission_id: UUID, revision: int) -> Task | None:
    """None when this revision is not there to be assessed any more."""
    submission = await session.get(Submission, submission_id)
    if submission is None or not _awaits(submission, revision):
        return None
    rubric = await rubric_for(session, submission.framework)
    thesaurus = await latest_thesaurus(session)
    sections = await session.scalars(
        select(Section)
        .where(Section.submission_id == submission_id, Section.revision == revision)
        .order_by(Section.position)
    )
    documents = await submissions.documents_with_content(session, submission_id, revision)
    return Task(
        json.dumps(rubric.document),
        json.dumps(thesaurus.document),
        [Material(None, section.key, None, section.text) for section in sections]
        + [_material(document) for document in documents],
    )


def _material(document: Document) -> Material:
    """A document is read once: later assessments judge the same text, so that offsets never shift."""
    if document.text is None:
        return Material(document.number, None, document.media_type, document.content)
    pages = tuple(Page(*span) for span in document.page_spans)
    return Material(document.number, None, None, document.text, pages)


def _awaits(submission: Submission, revision: int) -> bool:
    return submission.revision == revision and submission.status in ("submitted", "assessed")
