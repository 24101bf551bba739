"""Meetings as the calendar of all dated things knows them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value

from domain.calendar.actions import Dated
from domain.calendar.models import Entry
from domain.meetings import queries
from domain.meetings.models import Meeting
from domain.reminders.announcing import announce_all

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

STATUS = {"scheduled": "open", "moved": "open", "cancelled": "cancelled", "held": "done"}


def dated(meeting: Meeting, seen_by: list[str] | None) -> Dated:
    """Reminders count from the start, and telling people beforehand has no use once that has come."""
    return Dated(
        id=meeting.id,
        kind="meeting",
        title=meeting.title,
        framework=meeting.framework,
        state=meeting.state,
        committee=meeting.committee,
        series=meeting.series,
        plan=meeting.plan,
        seen_by=seen_by,
        start=meeting.start,
        over=meeting.start,
        time_zone=meeting.time_zone,
        duration_minutes=meeting.duration_minutes,
        location=meeting.location,
        url=meeting.url,
        notes=meeting.notes,
        path=f"/v1/meetings/{meeting.id}",
        status=STATUS[meeting.status],
        reason="held" if meeting.status == "held" else None,
    )


def _one_of_each_plan(meetings: Iterable[Meeting]) -> Iterable[Meeting]:
    return {meeting.plan: meeting for meeting in meetings}.values()


async def announce(
    session: AsyncSession, meetings: Iterable[Meeting], *, now: datetime | None = None
) -> None:
    """Enter these meetings, or what changed of them, in the calendar; reminders not yet sent follow.

    Their `sequence` is that of the calendar from then on.
    """
    of_id = {meeting.id: meeting for meeting in meetings}
    seen_by = {
        one.plan: await queries.seen_by_states(session, one) for one in _one_of_each_plan(of_id.values())
    }
    several = [dated(one, seen_by[one.plan]) for one in of_id.values()]
    changed = await announce_all(session, several, now=now)
    counted = {entry.id: entry.sequence for entry in changed if entry.sequence != of_id[entry.id].sequence}
    if not counted:
        return
    # Past the version: a sequence counts changes that are written already.
    await session.execute(
        update(Meeting)
        .where(Meeting.id.in_(counted), Entry.id == Meeting.id)
        .values(sequence=Entry.sequence, updated_at=Meeting.updated_at)
        .execution_options(synchronize_session=False)
    )
    for key, sequence in counted.items():
        set_committed_value(of_id[key], "sequence", sequence)
