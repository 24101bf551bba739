"""Agendas that draft themselves and are edited by people."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.rules import Actor
from domain.agendas import actions, queries, shown
from domain.agendas.models import Agenda as Drafted
from domain.agendas.rules import Sight
from domain.meetings import queries as meetings
from schemas.agendas import (
    Agenda,
    AgendaEdit,
    AgendaPoint,
    PaperLanguage,
    PointChange,
    PointDraft,
)
from services.api.dependencies import (
    KnownCaller,
    MeetingWriter,
    Now,
    SeenVersion,
    Transaction,
)
from services.api.exchange import Exchange
from services.api.languages import Spoken

router = APIRouter(tags=["agendas"], route_class=Exchange)

ALL = Sight()
"""Of those who edit: their keys are not bound to a State."""


async def _answered(
    session: AsyncSession, agenda: Drafted, response: Response, language: PaperLanguage, actor: Actor
) -> Agenda:
    _tagged(agenda, response, language)
    items = await queries.points(session, agenda.meeting)
    return shown.agenda(agenda, items, language, sight=await queries.sight_of(session, actor))


def _tagged(agenda: Drafted, response: Response, language: PaperLanguage) -> None:
    response.headers["ETag"] = agenda.etags(language)[0]
    response.headers.update({"Vary": "Accept-Language", "Content-Language": language})


@router.post(
    "/meetings/{meeting_id}/agenda",
    response_model=Agenda,
    status_code=201,
    summary="Have the agenda of a meeting drafted, or drafted again",
    description=(
        "From the standing points of its kind and from what is open under its framework. Again: brings in "
        "what is newly open and new counts; what people said, their order and what they dropped stay."
    ),
    responses={200: {"model": Agenda, "description": "Drafted again"}},
)
async def draft_agenda(
    meeting_id: UUID,
    response: Response,
    session: Transaction,
    now: Now,
    actor: MeetingWriter,
    language: Spoken,
) -> Agenda:
    meeting = await meetings.find(session, meeting_id, actor=actor, lock=True)
    agenda, is_first = await actions.draft(session, meeting, now=now)
    response.status_code = 201 if is_first else 200
    response.headers["Location"] = f"/v1/meetings/{meeting_id}/agenda"
    return await _answered(session, agenda, response, language, actor)


@router.get("/meetings/{meeting_id}/agenda", response_model=Agenda, summary="The agenda of a meeting")
async def read_agenda(
    meeting_id: UUID, response: Response, session: Transaction, actor: KnownCaller, language: Spoken
) -> Agenda:
    await meetings.find(session, meeting_id, actor=actor)
    agenda = await queries.agenda(session, meeting_id)
    return await _answered(session, agenda, response, language, actor)


@router.put(
    "/meetings/{meeting_id}/agenda",
    response_model=Agenda,
    summary="Edit the whole agenda: order, drop, add and rename (`If-Match`)",
    description="Points that are not listed are dropped; a dropped one that is listed stands on it again.",
)
async def put_agenda(
    meeting_id: UUID,
    edit: AgendaEdit,
    response: Response,
    session: Transaction,
    actor: MeetingWriter,
    language: Spoken,
    seen: SeenVersion,
) -> Agenda:
    agenda = await _held(session, meeting_id, actor)
    seen.must_be(*agenda.etags(language))
    await actions.put(session, agenda, edit)
    return await _answered(session, agenda, response, language, actor)


async def _held(session: AsyncSession, meeting_id: UUID, actor: Actor) -> Drafted:
    await meetings.find(session, meeting_id, actor=actor)
    return await queries.agenda(session, meeting_id, lock=True)


@router.post(
    "/meetings/{meeting_id}/agenda/items",
    response_model=AgendaPoint,
    status_code=201,
    summary="Add a point to an agenda",
    description="`ETag` is that of the agenda.",
)
async def add_point(
    meeting_id: UUID,
    draft: PointDraft,
    response: Response,
    session: Transaction,
    actor: MeetingWriter,
    language: Spoken,
) -> AgendaPoint:
    agenda = await _held(session, meeting_id, actor)
    item = await actions.add(session, agenda, draft)
    response.headers["Location"] = f"/v1/meetings/{meeting_id}/agenda/items/{item.id}"
    _tagged(agenda, response, language)
    return shown.point(item, language, sight=ALL)


@router.get(
    "/meetings/{meeting_id}/agenda/items/{item_id}",
    response_model=AgendaPoint,
    summary="One point of an agenda",
    description="`ETag` is that of the agenda.",
)
async def read_point(
    meeting_id: UUID,
    item_id: UUID,
    response: Response,
    session: Transaction,
    actor: KnownCaller,
    language: Spoken,
) -> AgendaPoint:
    await meetings.find(session, meeting_id, actor=actor)
    item = await queries.point(session, meeting_id, item_id)
    _tagged(await queries.agenda(session, meeting_id), response, language)
    return shown.point(item, language, sight=await queries.sight_of(session, actor))


@router.patch(
    "/meetings/{meeting_id}/agenda/items/{item_id}",
    response_model=AgendaPoint,
    summary="Rename, move, postpone or drop a point, say who presents it (`If-Match`: the agenda's `ETag`)",
)
async def change_point(
    meeting_id: UUID,
    item_id: UUID,
    change: PointChange,
    response: Response,
    session: Transaction,
    actor: MeetingWriter,
    language: Spoken,
    seen: SeenVersion,
) -> AgendaPoint:
    agenda = await _held(session, meeting_id, actor)
    item = await queries.point(session, meeting_id, item_id)
    seen.must_be(*agenda.etags(language))
    await actions.change(session, agenda, item, change)
    _tagged(agenda, response, language)
    return shown.point(item, language, sight=ALL)


@router.delete(
    "/meetings/{meeting_id}/agenda/items/{item_id}",
    status_code=204,
    response_class=Response,
    summary="Drop a point (`If-Match`: the agenda's `ETag`)",
    description="Drafting again does not bring it back. It can be put on the agenda again by its id.",
)
async def drop_point(
    meeting_id: UUID,
    item_id: UUID,
    session: Transaction,
    actor: MeetingWriter,
    language: Spoken,
    seen: SeenVersion,
) -> None:
    agenda = await _held(session, meeting_id, actor)
    item = await queries.point(session, meeting_id, item_id)
    seen.must_be(*agenda.etags(language))
    await actions.drop(session, agenda, item)
