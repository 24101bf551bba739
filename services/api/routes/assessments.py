"""Assessments and their review."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response

from domain.assessments import actions, queries
from domain.crosswalks import actions as crosswalks
from domain.submissions import actions as filing
from domain.submissions import queries as submissions
from schemas.assessments import Assessment, Decision
from schemas.fields import Key
from schemas.jobs import Job
from services.api.dependencies import (
    Anyone,
    Now,
    Reviewer,
    SeenVersion,
    Transaction,
)
from services.api.exchange import Exchange

router = APIRouter(tags=["assessments"], route_class=Exchange)


def shown(assessment: Any, response: Response) -> Any:
    response.headers["ETag"] = assessment.etag
    return assessment


@router.get(
    "/submissions/{submission_id}/assessment", response_model=Assessment, summary="The current assessment"
)
async def read_current(submission_id: UUID, response: Response, session: Transaction, actor: Anyone) -> Any:
    submission = await submissions.find(session, submission_id, actor=actor)
    return shown(await queries.current(session, submission, actor=actor), response)


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
    job = await filing.assess_again(session, submission, actor=actor)
    await session.flush()
    await session.refresh(job)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job


@router.get("/assessments/{assessment_id}", response_model=Assessment, summary="One assessment")
async def read_assessment(
    assessment_id: UUID, response: Response, session: Transaction, actor: Anyone
) -> Any:
    return shown(await queries.find(session, assessment_id, actor=actor), response)


@router.patch(
    "/assessments/{assessment_id}/findings/{criterion}",
    response_model=Assessment,
    summary="Decide on a finding (`If-Match`: the assessment's ETag)",
)
async def decide(
    assessment_id: UUID,
    criterion: Annotated[Key, Path(examples=["victim-assistance"])],
    decision: Decision,
    response: Response,
    session: Transaction,
    now: Now,
    actor: Reviewer,
    seen: SeenVersion,
) -> Any:
    assessment = await queries.find(session, assessment_id, actor=actor, lock=True)
    actor.must_write_for(assessment.of.state)
    seen.must_be(*assessment.etags)
    await actions.decide(session, assessment, criterion, decision, actor=actor, now=now)
    await crosswalks.derive(session, assessment)
    return shown(assessment, response)


@router.post(
    "/assessments/{assessment_id}/publish",
    response_model=Assessment,
    summary="Publish the assessment and the submission it is of",
)
async def publish(assessment_id: UUID, response: Response, session: Transaction, actor: Reviewer) -> Any:
    assessment = await queries.find(session, assessment_id, actor=actor, lock=True)
    actor.must_write_for(assessment.of.state)
    await actions.publish(session, assessment)
    return shown(assessment, response)
