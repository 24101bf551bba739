"""Assessments and their review."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from domain.assessments import actions, queries
from domain.assessments.models import Assessment as Row
from domain.crosswalks import actions as crosswalks
from domain.submissions import actions as filing
from domain.submissions import queries as submissions
from schemas.assessments import Assessment, Decision, Publication
from schemas.fields import Key
from schemas.jobs import Job
from services.api.dependencies import (
    Anyone,
    Now,
    Reviewer,
    SeenVersion,
    SeenVersionIfAny,
    Transaction,
)
from services.api.exchange import Exchange
from services.api.found import SubmissionToRead
from services.api.promises import promised
from services.api.tagging import tagged

router = APIRouter(tags=["assessments"], route_class=Exchange)

IF_MATCH_IS_CHECKED = (
    "`If-Match` may be left out; where it is sent, the assessment must be as it was seen (412)."
)

AS_PROPOSED = Publication()
Criterion = Annotated[Key, Path(examples=["victim-assistance"])]


@router.get(
    "/submissions/{submission_id}/assessment", response_model=Assessment, summary="The current assessment"
)
async def read_current(
    submission: SubmissionToRead, response: Response, session: Transaction, actor: Anyone
) -> Any:
    return tagged(await queries.current(session, submission, actor=actor), response)


@router.post(
    "/submissions/{submission_id}/assessments",
    response_model=Job,
    status_code=202,
    summary="Assess again",
    description="With the newest rubric, thesaurus and engine. Where none is newer, nothing changes.",
)
async def assess_again(submission_id: UUID, response: Response, session: Transaction, actor: Reviewer) -> Any:
    submission = await submissions.find(session, submission_id, actor=actor, lock=True)
    actor.must_write_for(submission.state)
    await queries.rubric_for(session, submission.framework)
    return await promised(session, await filing.assess_again(session, submission, actor=actor), response)


async def the_one_reviewed(
    assessment_id: UUID, session: Transaction, actor: Reviewer, seen: SeenVersionIfAny
) -> Row:
    """What the caller reviews, if it is as they saw it; nobody else changes it before they are answered."""
    assessment = await queries.find(session, assessment_id, actor=actor, lock=True)
    actor.must_write_for(assessment.state)
    if seen is not None:
        seen.must_be(*assessment.etags)
    return assessment


Reviewed = Annotated[Row, Depends(the_one_reviewed)]


@router.get("/assessments/{assessment_id}", response_model=Assessment, summary="One assessment")
async def read_assessment(
    assessment_id: UUID, response: Response, session: Transaction, actor: Anyone
) -> Any:
    return tagged(await queries.find(session, assessment_id, actor=actor), response)


@router.patch(
    "/assessments/{assessment_id}/findings/{criterion}",
    response_model=Assessment,
    summary="Decide on a finding (`If-Match`: the assessment's ETag)",
)
async def decide(
    assessment: Reviewed,
    criterion: Criterion,
    decision: Decision,
    response: Response,
    session: Transaction,
    now: Now,
    actor: Reviewer,
    _: SeenVersion,
) -> Any:
    await actions.decide(session, assessment, criterion, decision, actor=actor, now=now)
    await crosswalks.derive(session, assessment.id)
    return tagged(assessment, response)


@router.post(
    "/assessments/{assessment_id}/publish",
    response_model=Assessment,
    summary="Publish the assessment and the submission it is of",
    description=(
        "What nobody has decided on is published as proposed, and its `status` says so to everyone; with "
        '`{"undecided": "refused"}` it is answered 409 `undecided` instead. Always refused: an assessment '
        "that a newer one has taken the place of (`obsolete`), and proposals that a newer rubric, thesaurus "
        "or engine would judge anew (`obsolete-proposals`; assess again, or decide on them). "
        f"{IF_MATCH_IS_CHECKED}"
    ),
)
async def publish(
    assessment: Reviewed,
    response: Response,
    session: Transaction,
    _: Reviewer,
    publication: Publication = AS_PROPOSED,
) -> Any:
    await actions.publish(session, assessment, undecided=publication.undecided)
    return tagged(assessment, response)
