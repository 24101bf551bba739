"""The calendar as other programs subscribe to it."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import ColumnElement

from domain.access import queries as access
from domain.access.rules import Actor
from domain.calendar import feeding, ical, queries
from domain.calendar.ical import Manner
from domain.calendar.models import Feed as FeedRow
from domain.errors import Unauthenticated
from domain.frameworks import queries as frameworks
from domain.people import queries as people
from domain.reminders.told import told_to
from schemas.calendar import Feed, FeedDraft, NewFeed
from schemas.paging import Page
from services.api.addresses import OfFramework
from services.api.dependencies import Anyone, CalendarWriter, Configuration, Now, Transaction
from services.api.exchange import Exchange
from services.api.openapi import VERSION
from services.api.paging import Paged
from services.api.published import is_known

router = APIRouter(tags=["meetings"], route_class=Exchange)

MEDIA_TYPE = "text/calendar; charset=utf-8"
MOST = 5_000
ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}
}


@dataclass(frozen=True, slots=True)
class View:
    """What is shown to whom: which entries, under which name, in which manner."""

    name: str
    file: str
    shown: ColumnElement[bool]
    manner: Manner
    state: str | None


@router.get(
    "/calendar.ics",
    response_class=Response,
    summary="Meetings and deadlines of the last year and ahead, as iCalendar",
    description=(
        "By API key, or by the token in the address that `GET /v1/me` or `POST /v1/calendar-feeds` gives. "
        "Meetings are events, deadlines are to-dos. With `If-None-Match`, what has not changed is not sent."
    ),
    responses=ANSWER,
)
async def read_calendar(
    request: Request,
    session: Transaction,
    settings: Configuration,
    now: Now,
    actor: Anyone,
    token: Annotated[
        str | None,
        Query(max_length=100, description="opens this calendar and nothing else"),
    ] = None,
    framework: OfFramework = None,
) -> Response:
    if token is None and actor.anonymous:
        raise Unauthenticated("The calendar needs an API key, or the token of a calendar address.")
    feed = await queries.feed_by_token(session, token, now=now) if token is not None else None
    if feed is not None:
        view = await _of_feed(session, feed, settings.address)
    else:
        holder = actor if token is None else await access.holder_of_calendar(session, token, now=now)
        view = _of_holder(holder, settings.address, framework)
    if framework is not None:
        await frameworks.find(session, framework)
    shown = (view.shown, queries.current(state=view.state, framework=framework, now=now))
    extent = await queries.extent(session, *shown)
    headers = _headers(view, extent)
    if is_known(headers["ETag"], request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)
    entries = await queries.entries(session, *shown, limit=MOST)
    note = f"The first {MOST} of {extent.count} entries." if extent.count > MOST else ""
    content = await asyncio.to_thread(ical.feed, view.name, entries, view.manner, note=note)
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


def _of_holder(holder: Actor, address: str, framework: str | None) -> View:
    """All that the holder of a key may see."""
    name = f"focalpoint: {framework}" if framework else "focalpoint"
    return View(name, framework or "focalpoint", queries.everything(), Manner(address=address), holder.state)


async def _of_feed(session: Transaction, feed: FeedRow, address: str) -> View:
    manner = Manner(
        address=address, alarms=tuple(feed.alarms), deadlines_as_events=feed.deadlines == "events"
    )
    file = feed.committee or feed.framework or "focalpoint"
    shown = queries.shown_by(feed, told=told_to(feed.person))
    return View(await _name(session, feed), file, shown, manner, feed.state)


async def _name(session: Transaction, feed: FeedRow) -> str:
    """As readers see it in their list of calendars."""
    if feed.person is not None:
        return f"focalpoint: {(await people.find_person(session, feed.person)).name}"
    if feed.committee is not None:
        committee = await people.find_committee(session, feed.committee)
        return f"focalpoint: {_in(feed.language, committee.title)}"
    if feed.framework is not None:
        framework = await frameworks.find(session, feed.framework)
        return f"focalpoint: {_in(feed.language, framework.title)}"
    return "focalpoint"


def _in(language: str | None, title: dict[str, str]) -> str:
    """The title in that language or the one that it is a kind of, in English, or in whatever there is."""
    wanted = language or "en"
    for known in (wanted, wanted.partition("-")[0], "en"):
        if known in title:
            return title[known]
    return next(iter(title.values()))


def _headers(view: View, extent: queries.Extent) -> dict[str, str]:
    """What is shown, in which manner and by which release, tells the bytes without their being made."""
    digest = hashlib.sha256(repr((VERSION, extent, view.name, view.manner)).encode()).hexdigest()
    headers = {
        "ETag": f'"{digest[:20]}"',
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f'inline; filename="{view.file}.ics"',
    }
    if extent.latest_change is not None:
        headers["Last-Modified"] = format_datetime(extent.latest_change, usegmt=True)
    return headers


@router.post(
    "/calendar-feeds",
    response_model=NewFeed,
    status_code=201,
    summary="Make the address of a feed, which can be revoked",
    description=(
        "Of a person: what they own, what their committees do while they belong to them, and what they are "
        "reminded of. Of a committee: its meetings and milestones. Of a framework, or all: every entry. "
        "The address with its token is shown in this answer and never again."
    ),
)
async def open_feed(
    draft: FeedDraft,
    response: Response,
    session: Transaction,
    settings: Configuration,
    actor: CalendarWriter,
) -> dict[str, Any]:
    if draft.subject.kind == "framework":
        await frameworks.known(session, draft.subject.key or "", pointer="/subject/key")
    feed, token = await feeding.open_feed(session, draft, actor=actor)
    response.headers["Location"] = f"/v1/calendar-feeds/{feed.id}"
    response.headers["Cache-Control"] = "no-store"
    address = f"{settings.address}/v1/calendar.ics?token={token}"
    return {name: getattr(feed, name) for name in Feed.model_fields} | {"address": address}


@router.get("/calendar-feeds", response_model=Page[Feed], summary="Feeds, newest first, revoked ones too")
async def list_feeds(pages: Paged, session: Transaction, actor: CalendarWriter) -> dict[str, Any]:
    rows = await queries.feeds(session, state=actor.state, before=pages.after_id, limit=pages.most)
    return pages.answer(rows, lambda row: row.id)


@router.get("/calendar-feeds/{feed_id}", response_model=Feed, summary="One feed, without its token")
async def read_feed(feed_id: UUID, session: Transaction, actor: CalendarWriter) -> FeedRow:
    return await queries.find_feed(session, feed_id, state=actor.state)


@router.delete(
    "/calendar-feeds/{feed_id}", response_model=Feed, summary="Revoke a feed, at once and for good"
)
async def revoke_feed(feed_id: UUID, session: Transaction, now: Now, actor: CalendarWriter) -> FeedRow:
    feed = await queries.find_feed(session, feed_id, state=actor.state, lock=True)
    feeding.revoke(feed, now=now)
    return feed
