from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    Text,
    cast,
    collate,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased, contains_eager, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.base import ExecutableOption

from domain.access.rules import Actor
from domain.assessments.appraisal import Material
from domain.assessments.models import (
    Assessment,
    Finding,
    FindingDecision,
    RubricEdition,
    ThesaurusEdition,
    Verdict,
)
from domain.errors import Conflict, NotFound
from domain.reading.documents import Page
from domain.states.models import State
from domain.submissions import queries as submissions
from domain.submissions import rules as submission_rules
from domain.submissions.models import Document, Section, Submission
from domain.submissions.queries import visible_to
from schemas.access import Scope
from schemas.rubrics import Rubric

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


_BY_EDITION = collate(func.natural_order(RubricEdition.edition), "C").desc(), RubricEdition.id.desc()
"""By what the numbers of an edition say: 2024.10 follows 2024.9, whichever of them came first."""


async def rubrics(session: AsyncSession) -> Sequence[RubricEdition]:
    """By key, the newest edition first."""
    rows = select(RubricEdition).order_by(RubricEdition.key, *_BY_EDITION)
    return (await session.scalars(rows)).all()


def judging(framework: SQLColumnExpression[str]) -> Select[RubricEdition]:
    """The rubric of a framework that judges: of the key that was brought last, the newest edition.

    An edition that is brought after a newer one of its key changes nothing. The framework may be that of the
    submissions which an enclosing query is about.
    """
    brought = aliased(RubricEdition)
    key = select(brought.key).where(brought.framework == framework).order_by(brought.id.desc()).limit(1)
    return (
        select(RubricEdition)
        .where(
            RubricEdition.framework == framework,
            RubricEdition.key == key.correlate(Submission).scalar_subquery(),
        )
        .order_by(*_BY_EDITION)
        .limit(1)
        .correlate(Submission)
    )


async def rubric_for(session: AsyncSession, framework: str) -> RubricEdition:
    """The rubric that submissions under a framework are judged by. Raises Conflict where there is none."""
    found = await session.scalar(judging(literal(framework)))
    if found is None:
        raise Conflict(
            f"There is no rubric yet to assess submissions under `{framework}` by.", code="no-rubric"
        )
    return found


async def rubric_edition(session: AsyncSession, key: str, edition: str) -> RubricEdition:
    found = await session.scalar(
        select(RubricEdition).where(RubricEdition.key == key, RubricEdition.edition == edition)
    )
    if found is None:
        raise NotFound(f"There is no edition `{edition}` of a rubric `{key}`.")
    return found


async def rubric_named(session: AsyncSession, name: str) -> Rubric:
    """The document of an edition by its name, `key@edition`, as assessments have it."""
    key, _, edition = name.partition("@")
    return Rubric.model_validate((await rubric_edition(session, key, edition)).document)


LATEST_THESAURUS = (
    select(ThesaurusEdition).order_by(ThesaurusEdition.created.desc(), ThesaurusEdition.key.desc()).limit(1)
)


async def latest_thesaurus(session: AsyncSession) -> ThesaurusEdition:
    found = await session.scalar(LATEST_THESAURUS)
    if found is None:
        raise no_thesaurus()
    return found


def no_thesaurus() -> Conflict:
    return Conflict("No thesaurus has been loaded.", code="no-thesaurus")


def readable_by(actor: Actor) -> ColumnElement[bool]:
    """Besides what hides the submission: others than those concerned see published assessments only."""
    published = Assessment.status == "published"
    if actor.anonymous:
        return published
    if actor.state is None or actor.may(Scope.ADMIN):
        return true()
    return or_(published, Submission.state == actor.state)


def _findings_for(actor: Actor) -> ExecutableOption:
    """What a second reader said of them, as far as it has been heard, is for those who review."""
    heard = Verdict.status != "asked" if actor.may(Scope.ASSESSMENTS_REVIEW) else false()
    return selectinload(Assessment.findings).selectinload(Finding.verdicts.and_(heard))


async def find(session: AsyncSession, assessment_id: UUID, *, actor: Actor, lock: bool = False) -> Assessment:
    """With `lock`, what it is of stays as it is, too: not revised, withdrawn or assessed anew meanwhile."""
    if lock:
        await _lock_what_is_assessed(session, assessment_id)
    wanted = (
        select(Assessment)
        .join(Assessment.of)
        .where(Assessment.id == assessment_id, visible_to(actor), readable_by(actor))
        .options(contains_eager(Assessment.of), _findings_for(actor))
    )
    if lock:
        wanted = wanted.with_for_update(of=Assessment)
    found = await session.scalar(wanted)
    if found is None:
        raise NotFound(f"There is no assessment {assessment_id}.")
    return _as_seen_by(actor, found)


async def _lock_what_is_assessed(session: AsyncSession, assessment_id: UUID) -> None:
    """The report before its assessment, as whoever records one does: else each could wait for the other."""
    of = select(Assessment.submission_id).where(Assessment.id == assessment_id).scalar_subquery()
    await session.execute(select(Submission.id).where(Submission.id == of).with_for_update())


def _as_seen_by(actor: Actor, assessment: Assessment) -> Assessment:
    """What was decided on an earlier revision is for those concerned, even where this one is published."""
    if not concerns(assessment, actor):
        for finding in assessment.findings:
            set_committed_value(finding, "before", None)
    return assessment


def concerns(assessment: Assessment, actor: Actor) -> bool:
    """Whether the caller is of the State that reported, or of no State."""
    own = actor.state in (None, assessment.state) or actor.may(Scope.ADMIN)
    return own and not actor.anonymous


def superseded() -> ColumnElement[bool]:
    """Whether there is a later assessment of the same revision."""
    later = aliased(Assessment)
    return exists().where(
        later.submission_id == Assessment.submission_id,
        later.revision == Assessment.revision,
        later.id > Assessment.id,
    )


async def is_superseded(session: AsyncSession, assessment: Assessment) -> bool:
    found = await session.scalar(select(superseded()).where(Assessment.id == assessment.id))
    return bool(found)


def finding_on(assessment: Assessment, criterion: str) -> Finding:
    found = next((item for item in assessment.findings if item.criterion == criterion), None)
    if found is None:
        raise NotFound(f"This assessment has no criterion `{criterion}`.", criterion=criterion)
    return found


def must_concern(assessment: Assessment, actor: Actor) -> None:
    """What led to a published assessment is for those concerned. Raises NotFound for others."""
    if not concerns(assessment, actor):
        raise NotFound("There is nothing to see here for other States.")


async def decisions_on(session: AsyncSession, finding: Finding) -> Sequence[FindingDecision]:
    """All of them, in the order taken."""
    rows = (
        select(FindingDecision)
        .where(FindingDecision.finding_id == finding.id)
        .order_by(FindingDecision.at, FindingDecision.id)
    )
    return (await session.scalars(rows)).all()


async def current(session: AsyncSession, submission: Submission, *, actor: Actor) -> Assessment:
    """The latest assessment of the submission's present revision that the caller may read."""
    found = await session.scalar(
        _newest(select(Assessment), submission, actor).options(
            contains_eager(Assessment.of), _findings_for(actor)
        )
    )
    if found is None:
        raise _not_assessed()
    return _as_seen_by(actor, found)


async def current_id(session: AsyncSession, submission: Submission, *, actor: Actor) -> UUID:
    """Of the same assessment, without its findings."""
    found: UUID | None = await session.scalar(_newest(select(Assessment.id), submission, actor))
    if found is None:
        raise _not_assessed()
    return found


def _newest(wanted: Select[Any], submission: Submission, actor: Actor) -> Select[Any]:
    return (
        wanted.join(Assessment.of)
        .where(
            Assessment.submission_id == submission.id,
            Assessment.revision == submission.revision,
            readable_by(actor),
        )
        .order_by(Assessment.id.desc())
        .limit(1)
    )


def _not_assessed() -> NotFound:
    return NotFound("This revision has not been assessed yet.", code="not-assessed")


@dataclass(frozen=True, slots=True)
class Unread:
    """A document that is still to be read. Its content is large: it is fetched when its turn has come."""

    id: UUID
    number: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Task:
    """What an assessment needs: the rubric and thesaurus as JSON, and what was filed, in its order.

    `states`: the names of States by code and language, as JSON, among which `filed_by` speaks of itself.
    """

    rubric: str
    thesaurus: str
    states: str
    filed_by: str
    filed: list[Material | Unread]


async def task(session: AsyncSession, submission_id: UUID, revision: int) -> Task | None:
    """None when this revision is not there to be assessed any more."""
    submission = await session.get(Submission, submission_id)
    if submission is None or not _awaits(submission, revision):
        return None
    rubric = await rubric_for(session, submission.framework)
    sections = await session.scalars(
        select(Section)
        .where(Section.submission_id == submission_id, Section.revision == revision)
        .order_by(Section.position)
    )
    documents = await submissions.documents_with_text(session, submission_id, revision)
    return Task(
        json.dumps(rubric.document),
        await _latest_thesaurus_as_json(session),
        await _names_of_states_as_json(session),
        submission.state,
        [
            *(Material(None, section.key, None, section.text) for section in sections),
            *(_filed(document) for document in documents),
        ],
    )


async def _latest_thesaurus_as_json(session: AsyncSession) -> str:
    """As the database writes it: parsing and writing a quarter of a megabyte again would take 10 ms."""
    document = cast(ThesaurusEdition.document, Text)
    found: str | None = await session.scalar(LATEST_THESAURUS.with_only_columns(document))
    if found is None:
        raise no_thesaurus()
    return found


async def _names_of_states_as_json(session: AsyncSession) -> str:
    """The same letters as long as no State changes. Territories speak through the State that files."""
    named = select(State.iso3, State.name).where(State.kind != "territory").order_by(State.iso3)
    return json.dumps({state.iso3: state.name for state in await session.execute(named)})


def _filed(document: Document) -> Material | Unread:
    """A document is read once: later assessments judge the same text, so that offsets never shift."""
    if document.text is None:
        return Unread(document.id, document.number, document.media_type)
    pages = tuple(Page(*span) for span in document.page_spans)
    return Material(document.number, None, None, document.text, pages)


def _awaits(submission: Submission, revision: int) -> bool:
    return submission.revision == revision and submission.status in submission_rules.UNDER_REVIEW
