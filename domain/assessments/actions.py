"""Rubrics and thesauri come in, assessments are recorded, people decide."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import selectinload

from domain.access.rules import Actor
from domain.assessments import queries, rules
from domain.assessments.appraisal import Appraisal, Read
from domain.assessments.models import Assessment, Finding, RubricEdition, ThesaurusEdition
from domain.assessments.rules import EvidenceItem, Proposal
from domain.base import new_id
from domain.errors import Conflict, Invalid, NotFound, Problem
from domain.frameworks import queries as frameworks
from domain.reading.lexicon import Lexicon
from domain.submissions import rules as submissions
from domain.submissions.models import Document, Passage, Submission
from schemas.assessments import Decision
from schemas.rubrics import Rubric
from schemas.submissions import SubmissionStatus
from schemas.thesauri import Thesaurus

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

Outcome = Literal["created", "unchanged"]


def _fingerprint(document: BaseModel) -> str:
    canonical = json.dumps(document.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _same(name: str, before: str, mark: str) -> Outcome:
    if before != mark:
        raise Conflict(f"{name} is in use; a changed document needs a new edition.", code="edition-published")
    return "unchanged"


async def bring_rubric(session: AsyncSession, rubric: Rubric) -> tuple[RubricEdition, Outcome]:
    """A rubric edition, immutable. Raises Invalid with every provision and concept that it names in vain."""
    dangling = await _named_in_vain(session, rubric)
    if dangling:
        raise Invalid("The rubric names what does not exist.", dangling, code="invalid-rubric")
    mark = _fingerprint(rubric)
    before = await session.scalar(
        select(RubricEdition).where(RubricEdition.key == rubric.key, RubricEdition.edition == rubric.edition)
    )
    if before is not None:
        return before, _same(f"Edition {rubric.edition} of `{rubric.key}`", before.fingerprint, mark)
    edition = RubricEdition(
        id=new_id(),
        key=rubric.key,
        edition=rubric.edition,
        framework=rubric.framework,
        document=rubric.model_dump(mode="json"),
        fingerprint=mark,
    )
    session.add(edition)
    return edition, "created"


async def _named_in_vain(session: AsyncSession, rubric: Rubric) -> list[Problem]:
    known = await frameworks.assessable(session)
    thesaurus = await queries.latest_thesaurus(session)
    lexicon = Lexicon(Thesaurus.model_validate(thesaurus.document))
    return [
        Problem(
            f"/criteria/{number}/provisions", "dangling-reference", f"There is no provision `{reference}`."
        )
        for number, criterion in enumerate(rubric.criteria)
        for reference in criterion.provisions
        if reference not in known
    ] + [
        Problem("/criteria", "unknown-concept", f"Thesaurus {thesaurus.key} has no concept `{key}`.")
        for key in rules.unknown_concepts(rubric, lexicon)
    ]


async def bring_thesaurus(session: AsyncSession, thesaurus: Thesaurus) -> Outcome:
    """A thesaurus edition, immutable."""
    mark = _fingerprint(thesaurus)
    before = await session.get(ThesaurusEdition, thesaurus.key)
    if before is not None:
        return _same(f"Thesaurus {thesaurus.key}", before.fingerprint, mark)
    document = thesaurus.model_dump(mode="json")
    session.add(ThesaurusEdition(key=thesaurus.key, document=document, fingerprint=mark))
    return "created"


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
                .where(Document.id == numbered[one.number])
                .values(text=one.text, pages=one.pages, language=one.language)
            )
    await session.execute(
        delete(Passage).where(Passage.submission_id == submission.id, Passage.revision == submission.revision)
    )
    passages = list(_passages(submission, read, numbered))
    if passages:
        await session.execute(insert(Passage), passages)
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
    rubric = await _rubric(session, appraisal.rubric)
    provisions = {criterion.key: criterion.provisions for criterion in rubric.criteria}
    assessment = Assessment(
        id=new_id(),
        submission_id=submission.id,
        revision=submission.revision,
        rubric=appraisal.rubric,
        thesaurus=appraisal.thesaurus,
        engine=appraisal.engine,
        languages=appraisal.languages,
    )
    assessment.findings = [
        _finding(position, proposal, provisions[proposal.criterion], documents)
        for position, proposal in enumerate(appraisal.proposals)
    ]
    session.add(assessment)
    await session.flush()
    return assessment


async def _make_obsolete(session: AsyncSession, submission: Submission) -> None:
    """Findings that an older rubric, thesaurus or engine proposed for this revision, unless decided on."""
    older = select(Assessment.id).where(
        Assessment.submission_id == submission.id, Assessment.revision == submission.revision
    )
    await session.execute(
        update(Finding)
        .where(Finding.assessment_id.in_(older), Finding.review.is_(None))
        .values(obsolete=True)
    )


async def _rubric(session: AsyncSession, name: str) -> Rubric:
    key, _, edition = name.partition("@")
    document = await session.scalar(
        select(RubricEdition.document).where(RubricEdition.key == key, RubricEdition.edition == edition)
    )
    return Rubric.model_validate(document)


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
    )


def _evidence(item: EvidenceItem, documents: dict[int, UUID]) -> dict[str, Any]:
    source = f"d{item.document}" if item.document is not None else f"s.{item.section}"
    return {
        "id": f"{source}:{item.start}-{item.end}",
        "document": str(documents[item.document]) if item.document is not None else None,
        "section": item.section,
        "page": item.page,
        "start": item.start,
        "end": item.end,
        "language": item.language,
        "text": item.text,
        "signals": list(item.signals),
    }


async def decide(
    session: AsyncSession,
    assessment: Assessment,
    criterion: str,
    decision: Decision,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Confirm a proposal or set another level with a reason. The proposal stays as it was."""
    finding = next((item for item in assessment.findings if item.criterion == criterion), None)
    if finding is None:
        raise NotFound(f"This assessment has no criterion `{criterion}`.", criterion=criterion)
    differs = (decision.level, decision.applicable) != (finding.level, finding.applicable)
    if differs and decision.reason is None:
        raise Invalid(
            "A decision that differs from the proposal needs a reason.",
            [Problem("/reason", "reason-missing", "Say why.")],
            code="reason-missing",
        )
    finding.review = decision.model_dump() | {"by": actor.name, "at": now.isoformat()}
    finding.status = "changed" if differs else "confirmed"
    assessment.status = "in-review" if assessment.status == "proposed" else assessment.status
    await _touch(session, assessment)


async def publish(session: AsyncSession, assessment: Assessment) -> None:
    """Let everyone read the assessment and the submission that it is of."""
    submission = assessment.of
    if submission.revision != assessment.revision:
        raise Conflict("A later revision has been filed since.", code="revised-since")
    submission.status = submissions.move(submission.status, SubmissionStatus.PUBLISHED)
    assessment.status = "published"
    await _touch(session, assessment)


async def _touch(session: AsyncSession, assessment: Assessment) -> None:
    """Give the assessment a new version, whichever of its parts has changed."""
    await session.execute(
        update(Assessment)
        .where(Assessment.id == assessment.id)
        .values(version=Assessment.version + 1, status=assessment.status)
        .execution_options(synchronize_session=False)
    )
    await session.flush()
    await session.refresh(assessment, ["version"])
