"""Agendas that draft themselves and are edited by people."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.rules import Actor
from domain.agendas import actions, queries, shown
from domain.agendas.models import Agenda as Drafted
from domain.agendas.models import AgendaItem as Point
from domain.agendas.rules import Sight
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
from services.api.found import MeetingToRead, MeetingToWrite
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
    meeting: MeetingToWrite,
    response: Response,
    session: Transaction,
    now: Now,
    actor: MeetingWriter,
    language: Spoken,
) -> Agenda:
    agenda, is_first = await actions.draft(session, meeting, now=now)
    response.status_code = 201 if is_first else 200
    response.headers["Location"] = f"/v1/meetings/{meeting.id}/agenda"
    return await _answered(session, agenda, response, language, actor)


@router.get("/meetings/{meeting_id}/agenda", response_model=Agenda, summary="The agenda of a meeting")
async def read_agenda(
    meeting: MeetingToRead, response: Response, session: Transaction, actor: KnownCaller, language: Spoken
) -> Agenda:
    agenda = await queries.agenda(session, meeting.id)
    return await _answered(session, agenda, response, language, actor)


async def agenda_to_write(_: MeetingWriter, meeting: MeetingToRead, session: Transaction) -> Drafted:
    """The agenda, which nobody else changes until the caller is answered. Raises Forbidden for a caller who
    writes no meetings, NotFound where there is no meeting, or no agenda of it.
    """
    return await queries.agenda(session, meeting.id, lock=True)


AgendaToWrite = Annotated[Drafted, Depends(agenda_to_write)]


async def point_to_write(agenda: AgendaToWrite, item_id: UUID, session: Transaction) -> Point:
    """A point of the agenda that the caller may write. Raises NotFound where there is none."""
    return await queries.point(session, agenda.meeting, item_id)


async def seen_agenda(agenda: AgendaToWrite, language: Spoken, seen: SeenVersion) -> Drafted:
    """The agenda that the caller may write, if it is as they saw it. Raises PreconditionRequired or Stale."""
    seen.must_be(*agenda.etags(language))
    return agenda


PointToWrite = Annotated[Point, Depends(point_to_write)]
SeenAgenda = Annotated[Drafted, Depends(seen_agenda)]


@router.put(
    "/meetings/{meeting_id}/agenda",
    response_model=Agenda,
    summary="Edit the whole agenda: order, drop, add and rename (`If-Match`)",
    description="Points that are not listed are dropped; a dropped one that is listed stands on it again.",
)
async def put_agenda(
    agenda: SeenAgenda,
    edit: AgendaEdit,
    response: Response,
    session: Transaction,
    actor: MeetingWriter,
    language: Spoken,
) -> Agenda:
    await actions.put(session, agenda, edit)
    return await _answered(session, agenda, response, language, actor)


@router.post(
    "/meetings/{meeting_id}/agenda/items",
    response_model=AgendaPoint,
    status_code=201,
    summary="Add a point to an agenda",
    description="`ETag` is that of the agenda.",
)
async def add_point(
    agenda: AgendaToWrite,
    draft: PointDraft,
    response: Response,
    session: Transaction,
    language: Spoken,
) -> AgendaPoint:
    item = await actions.add(session, agenda, draft)
    response.headers["Location"] = f"/v1/meetings/{agenda.meeting}/agenda/items/{item.id}"
    _tagged(agenda, response, language)
    return shown.point(item, language, sight=ALL)


@router.get(
    "/meetings/{meeting_id}/agenda/items/{item_id}",
    response_model=AgendaPoint,
    summary="One point of an agenda",
    description="`ETag` is that of the agenda.",
)
async def read_point(
    meeting: MeetingToRead,
    item_id: UUID,
    response: Response,
    session: Transaction,
    actor: KnownCaller,
    language: Spoken,
) -> AgendaPoint:
    item = await queries.point(session, meeting.id, item_id)
    _tagged(await queries.agenda(session, meeting.id), response, language)
    return shown.point(item, language, sight=await queries.sight_of(session, actor))


@router.patch(
    "/meetings/{meeting_id}/agenda/items/{item_id}",
    response_model=AgendaPoint,
    summary="Rename, move, postpone or drop a point, say who presents it (`If-Match`: the agenda's `ETag`)",
)
async def change_point(
    item: PointToWrite,
    agenda: SeenAgenda,
    change: PointChange,
    response: Response,
    session: Transaction,
    language: Spoken,
) -> AgendaPoint:
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
async def drop_point(item: PointToWrite, agenda: SeenAgenda, session: Transaction) -> None:
    await actions.drop(session, agenda, item)
