"""Scheduling: series become meetings, meetings move or are called off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from domain.base import new_id
from domain.errors import Conflict, Invalid, NotFound, Problem
from domain.frameworks import queries as frameworks
from domain.meetings import queries, reminders, rules
from domain.meetings.models import Meeting, MeetingSeries
from schemas.meetings import MeetingChange, MeetingDraft, SeriesDraft

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

HORIZON = timedelta(days=730)
"""How far ahead the meetings of a series are scheduled."""

MOST_AHEAD = 800


async def found_series(session: AsyncSession, draft: SeriesDraft, *, now: datetime) -> MeetingSeries:
    """A series and its meetings from now to the horizon. What lies before now is not back-filled."""
    await _known(session, draft.framework)
    rules.refuse_empty(draft.rrule, draft.anchor, draft.time_zone)
    series = MeetingSeries(id=new_id(), scheduled_until=now, **draft.model_dump())
    session.add(series)
    await session.flush()
    await extend(session, series, now=now)
    await session.refresh(series)
    return series


async def _known(session: AsyncSession, framework: str) -> None:
    try:
        await frameworks.find(session, framework)
    except NotFound:
        raise Invalid(
            f"There is no framework `{framework}`.",
            [Problem("/framework", "unknown-framework", f"`{framework}` is not a framework known here.")],
            code="unknown-framework",
        ) from None


async def extend(session: AsyncSession, series: MeetingSeries, *, now: datetime) -> None:
    """Schedule what the rule yields up to the horizon. An occurrence that stands is left alone."""
    horizon = now + HORIZON
    starts = rules.occurrences(
        series.rrule,
        series.anchor,
        series.time_zone,
        after=series.scheduled_until,
        until=horizon,
        count=MOST_AHEAD,
    )
    series.scheduled_until = starts[-1] if len(starts) == MOST_AHEAD else horizon
    rows = [
        {
            "id": new_id(),
            "series": series.id,
            "occurrence": start.astimezone(UTC),
            "title": series.title,
            "framework": series.framework,
            "start": start.astimezone(UTC),
            "time_zone": series.time_zone,
            "duration_minutes": series.duration_minutes,
            "status": "scheduled",
            "sequence": 0,
            "version": 1,
        }
        for start in starts
    ]
    if not rows:
        return
    made = await session.execute(insert(Meeting).values(rows).on_conflict_do_nothing().returning(Meeting.id))
    for meeting in await session.scalars(select(Meeting).where(Meeting.id.in_(made.scalars().all()))):
        await reminders.plan(session, meeting)


async def call(session: AsyncSession, draft: MeetingDraft) -> Meeting:
    """A meeting that stands by itself."""
    await _known(session, draft.framework)
    facts = draft.model_dump() | {"start": draft.start.astimezone(UTC)}
    meeting = Meeting(id=new_id(), occurrence=facts["start"], **facts)
    session.add(meeting)
    await session.flush()
    await session.refresh(meeting)
    return meeting


async def change(session: AsyncSession, meeting: Meeting, wanted: MeetingChange) -> Meeting:
    """Move, rename or call off a meeting. Reminders not yet sent follow; those sent stay in the ledger."""
    if meeting.status in ("cancelled", "held"):
        raise Conflict(
            f"This meeting was {meeting.status}.", code="wrong-status", meeting_status=meeting.status
        )
    facts = wanted.model_dump(exclude_unset=True)
    if "start" in facts:
        facts["start"] = facts["start"].astimezone(UTC)
    moved = "start" in facts and facts["start"] != meeting.start
    for name, value in facts.items():
        setattr(meeting, name, value)
    if moved and "status" not in facts:
        meeting.status = "moved"
    meeting.sequence += 1
    meeting.updated_at = func.now()
    await session.flush()
    await session.refresh(meeting)
    await reminders.replan(session, meeting)
    return meeting


async def all_series_ahead(session: AsyncSession, *, now: datetime) -> None:
    """Keep every series scheduled at least a month short of the horizon."""
    for series_id in await queries.series_to_extend(session, until=now + HORIZON - timedelta(days=30)):
        series = await session.get(MeetingSeries, series_id, with_for_update={"skip_locked": True})
        if series is not None:
            await extend(session, series, now=now)
