"""Reviews, and what is to be seen across them: where they stand, what is next, how well proposals do."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from domain.assessments import actions, overview, queries
from domain.assessments.agreement import CATEGORIES
from domain.assessments.confidence import DOUBTFUL
from domain.assessments.overview import Selection
from domain.crosswalks import actions as crosswalks
from schemas.access import Scope
from schemas.agreement import RubricAgreement
from schemas.assessments import (
    Assessment,
    AssessmentStatus,
    AssessmentSummary,
    ChangeRequest,
    CycleRequest,
    DecisionTaken,
    FindingStatus,
    QueuedFinding,
)
from schemas.fields import Key
from schemas.jobs import Job
from schemas.paging import Page
from schemas.submissions import SubmissionStatus
from services.api.addresses import OfFramework, OfPeriod, OfState
from services.api.dependencies import Anyone, KnownCaller, Now, Reviewer, ReviewerOfAll, Transaction
from services.api.exchange import Exchange
from services.api.paging import Paged
from services.api.promises import promised
from services.api.routes.assessments import IF_MATCH_IS_CHECKED, Criterion, Reviewed
from services.api.tagging import tagged

router = APIRouter(tags=["assessments"], route_class=Exchange)


async def selection_of(
    framework: OfFramework = None,
    period: OfPeriod = None,
    state: OfState = None,
    submission_status: Annotated[
        SubmissionStatus | None, Query(description="only of reports in this status")
    ] = None,
) -> Selection:
    return Selection(framework, period, state, submission_status)


Selected = Annotated[Selection, Depends(selection_of)]
Obsolete = Annotated[
    bool | None,
    Query(description="whether a newer rubric, thesaurus or engine would judge undecided findings"),
]


@router.get(
    "/assessments",
    response_model=Page[AssessmentSummary],
    summary="Current assessments, newest first, and how far their review is",
    description="Those of withdrawn reports only with `submission_status=withdrawn`.",
)
async def list_assessments(
    pages: Paged,
    selected: Selected,
    session: Transaction,
    actor: Anyone,
    status: Annotated[AssessmentStatus | None, Query(description="where the review stands")] = None,
    obsolete: Obsolete = None,
) -> dict[str, Any]:
    rows = await overview.assessments(
        session,
        selected,
        actor=actor,
        status=status,
        obsolete=obsolete,
        before=pages.after_id,
        limit=pages.most,
    )
    return pages.answer(rows, lambda row: row.id)


@router.get(
    "/findings",
    response_model=Page[QueuedFinding],
    summary="Findings of current assessments, those first of which the engine is least sure",
    description=(
        "Of reports that are under review (`submitted`, `assessed`), unless another `submission_status` is "
        "asked for. `disputed` is for those who review."
    ),
)
async def list_findings(
    pages: Paged,
    selected: Selected,
    session: Transaction,
    actor: KnownCaller,
    criterion: Annotated[Key | None, Query(description="only on this criterion")] = None,
    status: Annotated[FindingStatus | None, Query(description="`proposed`: yet to be decided on")] = None,
    obsolete: Obsolete = None,
    doubtful: Annotated[
        bool | None, Query(description=f"whether the engine's confidence is below {DOUBTFUL}")
    ] = None,
    disputed: Annotated[
        bool | None, Query(description="whether a second reader's opinion differs from the proposal")
    ] = None,
) -> dict[str, Any]:
    if disputed is not None:
        actor.must_be_allowed(Scope.ASSESSMENTS_REVIEW)
    rows = await overview.findings(
        session,
        selected,
        actor=actor,
        criterion=criterion,
        status=status,
        obsolete=obsolete,
        doubtful=doubtful,
        disputed=disputed,
        after=pages.after_confidence,
        limit=pages.most,
    )
    return pages.answer(rows, lambda row: f"{row.place} {row.id}")


@router.get(
    "/assessments/{assessment_id}/findings/{criterion}/decisions",
    response_model=Page[DecisionTaken],
    summary="Every decision on a finding, the first one first",
    description="For those concerned: the State that reported, and keys that are not bound to a State.",
)
async def list_decisions(
    assessment_id: UUID,
    criterion: Criterion,
    session: Transaction,
    actor: KnownCaller,
) -> dict[str, Any]:
    assessment = await queries.find(session, assessment_id, actor=actor)
    queries.must_concern(assessment, actor)
    finding = queries.finding_on(assessment, criterion)
    return {"items": await queries.decisions_on(session, finding), "next": None}


@router.post(
    "/assessments/{assessment_id}/adopt",
    response_model=Assessment,
    summary="Take again the decisions on the revision before, on findings that have not changed",
    description=(
        "They are taken in the caller's name, where `before` says that the finding is `unchanged` and "
        "nothing has been decided yet. All others are left to be decided one by one. "
        f"{IF_MATCH_IS_CHECKED}"
    ),
)
async def adopt(
    assessment: Reviewed, response: Response, session: Transaction, now: Now, actor: Reviewer
) -> Any:
    await actions.adopt(session, assessment, actor=actor, now=now)
    await crosswalks.derive(session, assessment.id)
    return tagged(assessment, response)


@router.post(
    "/assessments/{assessment_id}/request-changes",
    response_model=Assessment,
    summary="Send the report back to its State with what is asked",
    description=(
        "A criterion without a `reason` is asked for by its gap. The State answers with a revision. "
        f"{IF_MATCH_IS_CHECKED}"
    ),
)
async def request_changes(
    assessment: Reviewed,
    request: ChangeRequest,
    response: Response,
    session: Transaction,
    now: Now,
    actor: Reviewer,
) -> Any:
    await actions.request_changes(session, assessment, request, actor=actor, now=now)
    return tagged(assessment, response)


@router.post(
    "/frameworks/{key}/assessments",
    response_model=Job,
    status_code=202,
    summary="Assess all reports of a cycle again",
    description=(
        "With the newest rubric, thesaurus and engine: every report of the framework, of one period or all, "
        "that they have not judged yet and that is not published. Each is a job of its own (`part_of`); the "
        "progress of the whole counts them. A report whose assessment was overtaken by a newer rubric or "
        "thesaurus meanwhile is assessed, and counted, once more. Decisions are kept."
    ),
)
async def assess_cycle(
    key: Key, request: CycleRequest, response: Response, session: Transaction, actor: ReviewerOfAll
) -> Any:
    job = await actions.assess_cycle(session, key, request.period, actor=actor)
    return await promised(session, job, response)


@router.get(
    "/rubrics/{key}/agreement",
    response_model=RubricAgreement,
    summary="How far decisions agree with proposals",
    description=(
        "Raw, and beyond chance (Cohen's kappa), over decided findings that the caller may read; without "
        "sample States."
    ),
)
async def read_agreement(
    key: Key,
    session: Transaction,
    actor: Anyone,
    edition: Annotated[
        str | None, Query(max_length=40, description="only by this edition of the rubric")
    ] = None,
    engine: Annotated[str | None, Query(max_length=40, description="only what this engine proposed")] = None,
    language: Annotated[str | None, Query(max_length=40, description="of most of the report")] = None,
    framework: OfFramework = None,
) -> dict[str, Any]:
    asked = {"edition": edition, "engine": engine, "language": language, "framework": framework}
    found = await overview.agreement_under(session, key, actor=actor, **asked)
    return {
        "rubric": key,
        **asked,
        "categories": CATEGORIES,
        "overall": found.overall,
        "criteria": [asdict(figures) | {"criterion": name} for name, figures in found.criteria.items()],
        "editions": [asdict(figures) | {"value": name} for name, figures in found.editions.items()],
        "engines": [asdict(figures) | {"value": name} for name, figures in found.engines.items()],
        "languages": [asdict(figures) | {"value": name} for name, figures in found.languages.items()],
    }
