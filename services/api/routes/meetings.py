"""Series, meetings, reminder rules and the ledger of what was sent."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from domain.meetings import actions, queries, reminders, rules
from schemas.fields import Moment
from schemas.meetings import (
    Delivery,
    DeliveryStatus,
    Meeting,
    MeetingChange,
    MeetingDraft,
    Preview,
    ReminderRule,
    ReminderRuleDraft,
    Series,
    SeriesDraft,
)
from schemas.paging import Page
from services.api.addresses import OfFramework
from services.api.dependencies import KnownCaller, MeetingWriter, Now, SeenVersion, Transaction
from services.api.exchange import Exchange
from services.api.paging import Paged

router = APIRouter(tags=["meetings"], route_class=Exchange)


def _shown(meeting: Any, response: Response) -> Any:
    response.headers["ETag"] = meeting.etag
    return meeting


@router.post(
    "/meeting-series",
    response_model=Series,
    status_code=201,
    summary="Found a series",
    description="Its meetings are scheduled for two years ahead, and kept so.",
)
async def found_series(
    draft: SeriesDraft, response: Response, session: Transaction, now: Now, _: MeetingWriter
) -> Any:
    series = await actions.found_series(session, draft, now=now)
    response.headers["Location"] = f"/v1/meeting-series/{series.id}"
    return series


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
async def read_series(series_id: UUID, session: Transaction, _: KnownCaller) -> Any:
    return await queries.find_series(session, series_id)


@router.get(
    "/meeting-series/{series_id}/preview",
    response_model=Preview,
    summary="What the rule yields, from the anchor on",
    description="Warns of rules that skip short months, and names the rule that does not.",
)
async def preview_series(
    series_id: UUID,
    session: Transaction,
    _: KnownCaller,
    count: Annotated[int, Query(ge=1, le=500, description="how many of its meetings, from the first")] = 8,
) -> dict[str, Any]:
    series = await queries.find_series(session, series_id)
    starts = rules.occurrences(series.rrule, series.anchor, series.time_zone, count=count)
    return {
        "items": [{"start": start} for start in starts],
        "warnings": rules.warnings(series.rrule, series.anchor),
    }


@router.post("/meetings", response_model=Meeting, status_code=201, summary="Call a meeting by itself")
async def call_meeting(
    draft: MeetingDraft, response: Response, session: Transaction, _: MeetingWriter
) -> Any:
    meeting = await actions.call(session, draft)
    response.headers["Location"] = f"/v1/meetings/{meeting.id}"
    return _shown(meeting, response)


@router.get("/meetings", response_model=Page[Meeting], summary="Meetings, in the order of the calendar")
async def list_meetings(
    pages: Paged,
    session: Transaction,
    _: KnownCaller,
    framework: OfFramework = None,
    series: Annotated[UUID | None, Query(description="only those of this series")] = None,
    start_after: Annotated[Moment | None, Query(description="inclusive")] = None,
    start_before: Annotated[Moment | None, Query(description="exclusive")] = None,
) -> dict[str, Any]:
    rows = await queries.page(
        session,
        framework=framework,
        series=series,
        start_after=start_after,
        start_before=start_before,
        after=pages.after_moment,
        limit=pages.most,
    )
    return pages.answer(rows, lambda row: f"{row.start.isoformat()} {row.id}")


@router.get("/meetings/{meeting_id}", response_model=Meeting, summary="One meeting")
async def read_meeting(meeting_id: UUID, response: Response, session: Transaction, _: KnownCaller) -> Any:
    return _shown(await queries.find(session, meeting_id), response)


@router.patch(
    "/meetings/{meeting_id}",
    response_model=Meeting,
    summary="Move, rename or call off a meeting (`If-Match`)",
    description="Reminders that are not sent yet follow the change.",
)
async def change_meeting(
    meeting_id: UUID,
    change: MeetingChange,
    response: Response,
    session: Transaction,
    _: MeetingWriter,
    seen: SeenVersion,
) -> Any:
    meeting = await queries.find(session, meeting_id, lock=True)
    seen.must_be(meeting.etag)
    return _shown(await actions.change(session, meeting, change), response)


@router.post(
    "/reminder-rules",
    response_model=ReminderRule,
    status_code=201,
    summary="Have people told of a meeting or a series",
    description="Every message that the rule asks for is entered in the ledger at once.",
)
async def make_rule(
    draft: ReminderRuleDraft, response: Response, session: Transaction, _: MeetingWriter
) -> Any:
    rule = await reminders.make_rule(session, draft)
    response.headers["Location"] = f"/v1/reminder-rules/{rule.id}"
    return rule


@router.get("/reminder-rules", response_model=Page[ReminderRule], summary="Rules, newest first")
async def list_rules(
    pages: Paged,
    session: Transaction,
    _: MeetingWriter,
) -> dict[str, Any]:
    rows = await queries.rules_page(session, before=pages.after_id, limit=pages.most)
    return pages.answer(rows, lambda row: row.id)


@router.get("/reminder-rules/{rule_id}", response_model=ReminderRule, summary="One rule")
async def read_rule(rule_id: UUID, session: Transaction, _: MeetingWriter) -> Any:
    return await queries.find_rule(session, rule_id)


@router.get(
    "/deliveries",
    response_model=Page[Delivery],
    summary="The ledger: what is planned, was sent, failed or was skipped",
)
async def list_deliveries(
    pages: Paged,
    session: Transaction,
    _: MeetingWriter,
    rule: Annotated[UUID | None, Query(description="only those of this reminder rule")] = None,
    meeting: Annotated[UUID | None, Query(description="only those about this meeting")] = None,
    status: Annotated[DeliveryStatus | None, Query(description="only those in this status")] = None,
) -> dict[str, Any]:
    after = pages.after_id
    rows = await queries.deliveries(
        session, rule=rule, meeting=meeting, status=status, after=after, limit=pages.most
    )
    return pages.answer(rows, lambda row: row.id)
