"""The calendar as other programs subscribe to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from domain.access import queries as access
from domain.errors import Unauthenticated
from domain.meetings import calendar, queries
from services.api.addresses import OfFramework
from services.api.dependencies import Anyone, Now, Transaction
from services.api.exchange import Exchange

router = APIRouter(tags=["meetings"], route_class=Exchange)

MEDIA_TYPE = "text/calendar; charset=utf-8"
PAST = timedelta(days=365)
MOST = 5_000


@router.get(
    "/calendar.ics",
    response_class=Response,
    summary="All meetings of the last year and ahead, as iCalendar",
    description="By API key, or by the token in the address that `GET /v1/me` gives.",
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
async def read_calendar(
    session: Transaction,
    now: Now,
    actor: Anyone,
    token: Annotated[
        str | None,
        Query(max_length=100, description="opens the calendar and nothing else; `/v1/me` gives it"),
    ] = None,
    framework: OfFramework = None,
) -> Response:
    if token is not None:
        await access.holder_of_calendar(session, token, now=now)
    elif actor.anonymous:
        raise Unauthenticated("The calendar needs an API key, or the token of a calendar address.")
    meetings = await queries.page(session, framework=framework, start_after=now - PAST, limit=MOST)
    name = f"focalpoint: {framework}" if framework else "focalpoint"
    return Response(
        calendar.feed(name, meetings), media_type=MEDIA_TYPE, headers={"Cache-Control": "private, no-cache"}
    )
