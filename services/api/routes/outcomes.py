"""What comes of meetings: minutes, decisions, action items, and the summary of it all."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from domain.agendas import actions, queries, shown, summary, writing
from domain.agendas.models import ActionItem as Agreed
from domain.agendas.models import Minutes
from domain.errors import NotFound, PreconditionRequired
from schemas.agendas import (
    ActionItem,
    ActionItemChange,
    ActionItemDraft,
    ActionStatus,
    DecisionChange,
    DecisionDraft,
    DecisionStatus,
    MeetingDecision,
    MeetingMinutes,
    MeetingSummary,
    MinutesDraft,
)
from schemas.paging import Page
from services.api import papers
from services.api.addresses import DueBefore, OfFramework
from services.api.dependencies import (
    KnownCaller,
    MeetingWriter,
    Now,
    SeenVersion,
    SeenVersionIfAny,
    Transaction,
    Version,
)
from services.api.exchange import Exchange
from services.api.found import MeetingToRead, MeetingToWrite
from services.api.languages import Spoken
from services.api.paging import Paged
from services.api.tagging import tagged

router = APIRouter(tags=["agendas"], route_class=Exchange)

OfMeeting = Annotated[UUID | None, Query(description="only of this meeting")]


@router.put(
    "/meetings/{meeting_id}/minutes",
    response_model=MeetingMinutes,
    summary="Write the minutes of a meeting",
    description="To write them anew, send `If-Match`.",
    responses={201: {"model": MeetingMinutes, "description": "New minutes"}},
)
async def put_minutes(
    meeting: MeetingToWrite,
    draft: MinutesDraft,
    response: Response,
    session: Transaction,
    actor: MeetingWriter,
    seen: SeenVersionIfAny,
) -> Any:
    found = await session.get(Minutes, meeting.id, with_for_update=True)
    _guard(seen, found)
    minutes = await actions.note_minutes(session, meeting, draft, found=found, actor=actor)
    response.status_code = 200 if found else 201
    return tagged(minutes, response, at=f"/v1/meetings/{meeting.id}/minutes")


def _guard(seen: Version | None, found: Minutes | None) -> None:
    """Whoever writes over minutes must have seen them."""
    if found is None and seen is not None:
        raise NotFound("There are no minutes of this meeting.", code="no-minutes")
    if found is not None and seen is None:
        raise PreconditionRequired("There are minutes already: send `If-Match` with their ETag.")
    if found is not None and seen is not None:
        seen.must_be(found.etag)


@router.get(
    "/meetings/{meeting_id}/minutes", response_model=MeetingMinutes, summary="The minutes of a meeting"
)
async def read_minutes(meeting: MeetingToRead, response: Response, session: Transaction) -> Any:
    return tagged(await queries.minutes(session, meeting.id), response)


@router.get(
    "/meetings/{meeting_id}/summary",
    response_model=MeetingSummary,
    summary="What came of a meeting, for the Presidency and the Coordination Committee",
    description=(
        "Who took part, the agenda, minutes, decisions, action items, the next meeting. JSON, Markdown "
        "(`Accept: text/markdown`) or a Word document."
    ),
    responses=papers.ALSO,
)
async def read_summary(
    meeting: MeetingToRead,
    request: Request,
    response: Response,
    session: Transaction,
    now: Now,
    actor: KnownCaller,
    language: Spoken,
) -> Any:
    found = await summary.summary(session, meeting, language, actor=actor, now=now)
    name = f"{meeting.title} {found.meeting.start:%Y-%m-%d}"
    return await papers.answered(request, response, found, writing.paper, language=language, name=name)


@router.post(
    "/decisions", response_model=MeetingDecision, status_code=201, summary="Enter a decision of a meeting"
)
async def enter_decision(
    draft: DecisionDraft, response: Response, session: Transaction, actor: MeetingWriter
) -> Any:
    decision = await actions.decide(session, draft, actor=actor)
    return tagged(decision, response, at=f"/v1/decisions/{decision.id}")


@router.get("/decisions", response_model=Page[MeetingDecision], summary="Decisions of meetings, newest first")
async def list_meeting_decisions(
    pages: Paged,
    session: Transaction,
    actor: KnownCaller,
    meeting: OfMeeting = None,
    framework: OfFramework = None,
    status: Annotated[DecisionStatus | None, Query(description="only those in this status")] = None,
) -> dict[str, Any]:
    rows = await queries.decisions(
        session,
        actor=actor,
        meeting=meeting,
        framework=framework,
        status=status,
        before=pages.after_id,
        limit=pages.most,
    )
    return pages.answer(rows, lambda row: row.id)


@router.get("/decisions/{decision_id}", response_model=MeetingDecision, summary="One decision of a meeting")
async def read_decision(
    decision_id: UUID, response: Response, session: Transaction, actor: KnownCaller
) -> Any:
    return tagged(await queries.decision(session, decision_id, actor=actor), response)


@router.patch(
    "/decisions/{decision_id}",
    response_model=MeetingDecision,
    summary="Say otherwise what was decided, or how it stands (`If-Match`)",
)
async def change_decision(
    decision_id: UUID,
    change: DecisionChange,
    response: Response,
    session: Transaction,
    actor: MeetingWriter,
    seen: SeenVersion,
) -> Any:
    decision = await queries.decision(session, decision_id, actor=actor, lock=True)
    seen.must_be(decision.etag)
    return tagged(await actions.amend(session, decision, change), response)


@router.post(
    "/action-items",
    response_model=ActionItem,
    status_code=201,
    summary="Enter an action item of a meeting",
    description="With a day it is in the calendar. It is on each following agenda until it is done.",
)
async def enter_action_item(
    draft: ActionItemDraft, response: Response, session: Transaction, now: Now, actor: MeetingWriter
) -> ActionItem:
    item = await actions.agree(session, draft, actor=actor, now=now)
    response.headers["Location"] = f"/v1/action-items/{item.id}"
    return await _standing(session, item, response, now)


async def _standing(session: AsyncSession, item: Agreed, response: Response, now: datetime) -> ActionItem:
    [found] = await shown.action_items(session, [item], now=now)
    response.headers["ETag"] = shown.etags(found, item.version)[0]
    return found


@router.get("/action-items", response_model=Page[ActionItem], summary="Action items, newest first")
async def list_action_items(
    pages: Paged,
    session: Transaction,
    now: Now,
    actor: KnownCaller,
    meeting: OfMeeting = None,
    framework: OfFramework = None,
    owner: Annotated[UUID | None, Query(description="only what this person is to do")] = None,
    status: Annotated[ActionStatus | None, Query(description="only those in this status")] = None,
    due_before: DueBefore = None,
) -> dict[str, Any]:
    rows = await queries.action_items(
        session,
        actor=actor,
        meeting=meeting,
        framework=framework,
        owner=owner,
        status=status,
        due_before=due_before,
        before=pages.after_id,
        limit=pages.most,
    )
    found = pages.answer(rows, lambda row: row.id)
    return found | {"items": await shown.action_items(session, found["items"], now=now)}


@router.get("/action-items/{item_id}", response_model=ActionItem, summary="One action item")
async def read_action_item(
    item_id: UUID, response: Response, session: Transaction, now: Now, actor: KnownCaller
) -> ActionItem:
    return await _standing(session, await queries.action_item(session, item_id, actor=actor), response, now)


@router.patch(
    "/action-items/{item_id}",
    response_model=ActionItem,
    summary="Say that an action item is done, or otherwise what is to be done by when (`If-Match`)",
    description="Reminders that are not sent yet follow.",
)
async def change_action_item(
    item_id: UUID,
    change: ActionItemChange,
    response: Response,
    session: Transaction,
    now: Now,
    actor: MeetingWriter,
    seen: SeenVersion,
) -> ActionItem:
    item = await queries.action_item(session, item_id, actor=actor, lock=True)
    [before] = await shown.action_items(session, [item], now=now)
    seen.must_be(*shown.etags(before, item.version))
    return await _standing(session, await actions.change_item(session, item, change, now=now), response, now)
