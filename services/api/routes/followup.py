"""Information requests: what States are asked, and what they answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from domain.followup import actions, queries
from domain.followup.models import InformationRequest as Asked
from schemas.followup import (
    Drafted,
    DraftingOrder,
    InformationRequest,
    RequestChange,
    RequestDraft,
    RequestStatus,
)
from schemas.paging import Page
from services.api.addresses import DueBefore, OfFramework, OfState
from services.api.dependencies import (
    FollowUpForAll,
    FollowUpWriter,
    KnownCaller,
    Now,
    SeenVersion,
    Transaction,
)
from services.api.exchange import Exchange
from services.api.paging import Paged

router = APIRouter(tags=["follow-up"], route_class=Exchange)


def _shown(request: Asked, response: Response, now: datetime) -> InformationRequest:
    response.headers["ETag"] = request.etags(now)[0]
    return queries.on(now, request)


@router.post(
    "/information-requests",
    response_model=InformationRequest,
    status_code=201,
    summary="Draft what a State is to be asked, or ask it",
    description="A draft is not shown to the State. What has been asked is in the calendar until answered.",
)
async def draft_request(
    draft: RequestDraft, response: Response, session: Transaction, now: Now, actor: FollowUpForAll
) -> Any:
    request = await actions.draft(session, draft, actor=actor, now=now)
    response.headers["Location"] = f"/v1/information-requests/{request.id}"
    return _shown(request, response, now)


@router.post(
    "/submissions/{submission_id}/information-requests",
    response_model=Drafted,
    status_code=201,
    summary="Draft a request for each gap that the assessment found",
    description=(
        "In the words of the finding, for whoever drafts to change. A criterion that reviewers have put at "
        "the highest level, or found not applicable, asks for nothing. Again answers the same drafts."
    ),
    responses={200: {"model": Drafted, "description": "Nothing new to ask"}},
)
async def draft_from_gaps(
    submission_id: UUID,
    order: DraftingOrder,
    response: Response,
    session: Transaction,
    now: Now,
    actor: FollowUpForAll,
) -> Any:
    requests, new = await actions.draft_from_gaps(session, submission_id, order, actor=actor, now=now)
    response.status_code = 201 if new else 200
    response.headers["Location"] = f"/v1/information-requests?submission={submission_id}"
    return {"drafted": new, "items": [queries.on(now, request) for request in requests]}


@router.get(
    "/information-requests",
    response_model=Page[InformationRequest],
    summary="Information requests, newest first",
    description="A State's key sees what its State has been asked.",
)
async def list_requests(
    pages: Paged,
    session: Transaction,
    now: Now,
    actor: KnownCaller,
    framework: OfFramework = None,
    state: OfState = None,
    submission: Annotated[UUID | None, Query(description="only those about this submission")] = None,
    status: Annotated[RequestStatus | None, Query(description="only those in this status")] = None,
    owner: Annotated[UUID | None, Query(description="only what this person follows up")] = None,
    due_before: DueBefore = None,
) -> dict[str, Any]:
    rows = await queries.page(
        session,
        actor=actor,
        framework=framework,
        state=state,
        submission=submission,
        status=status,
        owner=owner,
        due_before=due_before,
        before=pages.after_id,
        limit=pages.most,
    )
    return pages.answer(rows, lambda row: row.id, shown=lambda row: queries.on(now, row))


@router.get(
    "/information-requests/{request_id}",
    response_model=InformationRequest,
    summary="One information request",
)
async def read_request(
    request_id: UUID, response: Response, session: Transaction, now: Now, actor: KnownCaller
) -> Any:
    return _shown(await queries.find(session, request_id, actor=actor), response, now)


@router.patch(
    "/information-requests/{request_id}",
    response_model=InformationRequest,
    summary="Ask, answer, accept, withdraw or change a request (`If-Match`)",
    description="A State's key answers what its State was asked. Reminders that are not sent yet follow.",
)
async def change_request(
    request_id: UUID,
    change: RequestChange,
    response: Response,
    session: Transaction,
    now: Now,
    actor: FollowUpWriter,
    seen: SeenVersion,
) -> Any:
    request = await queries.find(session, request_id, actor=actor, lock=True)
    seen.must_be(*request.etags(now))
    await actions.change(session, request, change, actor=actor, now=now)
    return _shown(request, response, now)
