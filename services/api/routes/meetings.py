"""Series, meetings, their kinds, and the meetings that the period of a plan asks for."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from domain.meetings import actions, queries
from domain.meetings.kinds import KINDS
from domain.meetings.models import Meeting as Called
from domain.meetings.models import MeetingSeries
from domain.plans import queries as plans
from schemas.fields import Key, Moment
from schemas.meetings import (
    KindOfMeeting,
    Meeting,
    MeetingChange,
    MeetingDraft,
    MeetingKind,
    PlanCalendar,
    PlanCalendarRequest,
)
from schemas.paging import Page
from schemas.series import Preview, Series, SeriesChange, SeriesDraft
from services.api.addresses import OfFramework
from services.api.dependencies import KnownCaller, MeetingWriter, Now, SeenVersion, Transaction
from services.api.exchange import Exchange
from services.api.found import MeetingToRead, meeting_to_write
from services.api.paging import Paged
from services.api.tagging import as_seen, tagged

router = APIRouter(tags=["meetings"], route_class=Exchange)

Count = Annotated[int, Query(ge=1, le=500, description="how many of its dates, from the first")]
SeenMeeting = Annotated[Called, Depends(as_seen(meeting_to_write))]


@router.get(
    "/meeting-kinds",
    response_model=Page[KindOfMeeting],
    summary="Kinds of meetings: what asks for each, its usual rule and standing agenda",
)
async def list_kinds(_: KnownCaller) -> dict[str, Any]:
    return {"items": list(KINDS.values()), "next": None}


@router.post(
    "/meeting-series/preview",
    response_model=Preview,
    summary="What a series would yield, without founding it",
    description="Warns of rules that skip short months, and names the rule that does not; says which"
    " dates are public holidays, and what becomes of them.",
)
async def preview_draft(
    draft: SeriesDraft, session: Transaction, _: KnownCaller, count: Count = 8
) -> dict[str, Any]:
    return await _previewed(session, await actions.drafted(session, draft), count)


@router.post(
    "/meeting-series",
    response_model=Series,
    status_code=201,
    summary="Found a series",
    description="Its meetings are scheduled for two years ahead, and kept so. What a stated `kind` has a"
    " template for may be left out.",
)
async def found_series(
    draft: SeriesDraft, response: Response, session: Transaction, now: Now, _: MeetingWriter
) -> Any:
    series = await actions.found_series(session, draft, now=now)
    return tagged(series, response, at=f"/v1/meeting-series/{series.id}")


@router.get("/meeting-series", response_model=Page[Series], summary="Series, newest first")
async def list_series(
    pages: Paged,
    session: Transaction,
    _: KnownCaller,
    framework: OfFramework = None,
) -> dict[str, Any]:
    before = pages.after_id
    rows = await queries.series_page(session, framework=framework, before=before, limit=pages.most)
    return pages.answer(rows, lambda row: row.id)


@router.get("/meeting-series/{series_id}", response_model=Series, summary="One series")
async def read_series(series_id: UUID, response: Response, session: Transaction, _: KnownCaller) -> Any:
    return tagged(await queries.find_series(session, series_id), response)


@router.patch(
    "/meeting-series/{series_id}",
    response_model=Series,
    summary="Change a series from a day on, or end it (`If-Match`)",
    description="The past and what was held, cancelled or moved by itself are left alone, and so is what a"
    " meeting was given by itself (`own`). A meeting on a day that the changed series names too stays the"
    " same meeting; one on a day that it no longer names is cancelled.",
)
async def change_series(
    series_id: UUID,
    change: SeriesChange,
    response: Response,
    session: Transaction,
    now: Now,
    _: MeetingWriter,
    seen: SeenVersion,
) -> Any:
    series = await queries.find_series(session, series_id, lock=True)
    seen.must_be(series.etag)
    return tagged(await actions.edit(session, series, change, now=now), response)


@router.get(
    "/meeting-series/{series_id}/preview",
    response_model=Preview,
    summary="What the rule yields, from the anchor on",
    description="Warns of rules that skip short months, and names the rule that does not; says which"
    " dates are public holidays, and what becomes of them.",
)
async def preview_series(
    series_id: UUID, session: Transaction, _: KnownCaller, count: Count = 8
) -> dict[str, Any]:
    return await _previewed(session, await queries.find_series(session, series_id), count)


async def _previewed(session: AsyncSession, series: MeetingSeries, count: int) -> dict[str, Any]:
    found, warnings = await actions.preview(session, series, count=count)
    items = [
        {
            "start": item.start,
            "named": item.named,
            "holidays": [{"country": country, "name": name} for country, name in item.holidays],
            "left_out": item.left_out,
        }
        for item in found
    ]
    return {"items": items, "warnings": warnings}


@router.post(
    "/meetings",
    response_model=Meeting,
    status_code=201,
    summary="Call a meeting: by itself, beside a series, or at a distance from another",
    description="What a stated `kind` has a template for may be left out.",
)
async def call_meeting(
    draft: MeetingDraft, response: Response, session: Transaction, _: MeetingWriter
) -> Any:
    meeting = await actions.call(session, draft)
    return tagged(meeting, response, at=f"/v1/meetings/{meeting.id}")


@router.get("/meetings", response_model=Page[Meeting], summary="Meetings, in the order of the calendar")
async def list_meetings(
    pages: Paged,
    session: Transaction,
    actor: KnownCaller,
    framework: OfFramework = None,
    series: Annotated[UUID | None, Query(description="only those of this series")] = None,
    kind: Annotated[MeetingKind | None, Query(description="only those of this kind")] = None,
    committee: Annotated[Key | None, Query(description="only those of this committee")] = None,
    plan: Annotated[UUID | None, Query(description="only those that this plan's period asks for")] = None,
    start_after: Annotated[Moment | None, Query(description="inclusive")] = None,
    start_before: Annotated[Moment | None, Query(description="exclusive")] = None,
) -> dict[str, Any]:
    rows = await queries.page(
        session,
        actor=actor,
        framework=framework,
        series=series,
        kind=kind,
        committee=committee,
        plan=plan,
        start_after=start_after,
        start_before=start_before,
        after=pages.after_moment,
        limit=pages.most,
    )
    return pages.answer(rows, lambda row: f"{row.start.isoformat()} {row.id}")


@router.get("/meetings/{meeting_id}", response_model=Meeting, summary="One meeting")
async def read_meeting(meeting: MeetingToRead, response: Response) -> Any:
    return tagged(meeting, response)


@router.patch(
    "/meetings/{meeting_id}",
    response_model=Meeting,
    summary="Move, rename or call off a meeting (`If-Match`)",
    description="Reminders that are not sent yet follow the change, and so do meetings that go with it.",
)
async def change_meeting(
    meeting: SeenMeeting, change: MeetingChange, response: Response, session: Transaction, now: Now
) -> Any:
    return tagged(await actions.change(session, meeting, change, now=now), response)


@router.delete(
    "/meetings/{meeting_id}",
    response_model=Meeting,
    summary="Call off a meeting (`If-Match`)",
    description="It stays in the calendar as cancelled; the series does not meet on that day.",
)
async def call_off_meeting(meeting: SeenMeeting, response: Response, session: Transaction, now: Now) -> Any:
    return tagged(await actions.call_off(session, meeting, now=now), response)


@router.post(
    "/plans/{plan_id}/calendar",
    response_model=PlanCalendar,
    summary="Enter the reviews and evaluations that a plan's period asks for",
    description="Again after the period has changed: they follow it, save for those that a person moved,"
    " cancelled or held.",
)
async def enter_period(
    plan_id: UUID, wanted: PlanCalendarRequest, session: Transaction, now: Now, _: MeetingWriter
) -> Any:
    plan = await plans.find(session, plan_id, lock=True)
    return await actions.enter_period(session, plan, wanted, now=now)
