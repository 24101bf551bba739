"""Meetings as whatever names them (a rule, another meeting, a plan) enters, moves and withdraws them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, get_args

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from domain.base import new_id
from domain.errors import Invalid, NotFound, Problem
from domain.frameworks import queries as frameworks
from domain.meetings import queries
from domain.meetings.announcements import announce
from domain.meetings.models import Meeting, MeetingSeries
from domain.people import queries as people
from domain.states import queries as states
from schemas.meetings import OfSeries

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

OF_SERIES = get_args(OfSeries)
"""What the meetings of a series have from it, until one of them is given its own."""


async def refuse_unknown(session: AsyncSession, facts: dict[str, Any]) -> None:
    """Raises Invalid for a framework, a committee or a State that is not known."""
    if facts.get("framework") is not None:
        await frameworks.known(session, facts["framework"])
    if facts.get("committee") is not None:
        await people.known_committee(session, facts["committee"])
    if facts.get("state") is not None:
        await states.known(session, facts["state"])


async def known_series(
    session: AsyncSession, series_id: UUID, *, pointer: str, hold: bool = False
) -> MeetingSeries:
    """The series that a request names."""
    try:
        return await queries.find_series(session, series_id, hold=hold)
    except NotFound as missing:
        problem = Problem(pointer, "unknown-series", "No series with this id is known here.")
        raise Invalid(missing.message, [problem], code="unknown-series") from None


def facts_of(series: MeetingSeries) -> dict[str, Any]:
    """What each new meeting of a series has from it."""
    shared = {name: getattr(series, name) for name in OF_SERIES}
    return shared | {"series": series.id, "kind": series.kind, "time_zone": series.time_zone}


def owned(meeting: Meeting, series: MeetingSeries | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a meeting of a series has of its own, by the name of the column, once it is given these by itself.

    What is so already is not given. In what its own was, and is given what its series says, it goes with the
    series again.
    """
    if series is None or meeting.kind == "additional":
        return {}
    new = {name for name in given if name in OF_SERIES and given[name] != getattr(meeting, name)}
    back = {name for name in meeting.own if name in given and given[name] == getattr(series, name)}
    own = new.union(meeting.own) - back
    return {"own": [name for name in OF_SERIES if name in own]}


def row(start: datetime, occurrence: datetime, **facts: Any) -> dict[str, Any]:
    """A meeting as it is entered among many."""
    return {
        "id": new_id(),
        "start": start.astimezone(UTC),
        "occurrence": occurrence.astimezone(UTC),
        "status": "scheduled",
        "sequence": 0,
        "version": 1,
        **facts,
    }


async def enter(session: AsyncSession, rows: Sequence[dict[str, Any]], *, now: datetime) -> Sequence[Meeting]:
    """Enter meetings, in the calendar too, and return those that were not there yet.

    One that stands on its series' day, or as the same of its plan, is left alone.
    """
    if not rows:
        return []
    entered = insert(Meeting).on_conflict_do_nothing().returning(Meeting.id)
    ids = (await session.scalars(entered, list(rows))).all()
    made = select(Meeting).where(Meeting.id.in_(ids)).order_by(Meeting.start, Meeting.id)
    meetings = (await session.scalars(made)).all()
    await announce(session, meetings, now=now)
    return meetings


def is_free(meeting: Meeting, *, now: datetime) -> bool:
    """Whether what names a meeting may still move it: not what is past, held, or changed by a person."""
    if meeting.status == "cancelled":
        return meeting.dropped and meeting.start > now
    return meeting.status == "scheduled" and meeting.start > now


def stand(meeting: Meeting, *, start: datetime, occurrence: datetime, time_zone: str) -> bool:
    """Have a free meeting take place then; whether that changed anything."""
    return bring(meeting, standing(start=start, occurrence=occurrence, time_zone=time_zone))


def standing(*, start: datetime, occurrence: datetime, time_zone: str) -> dict[str, Any]:
    """What a meeting that takes place then says."""
    return {
        "start": start.astimezone(UTC),
        "occurrence": occurrence.astimezone(UTC),
        "time_zone": time_zone,
        "status": "scheduled",
        "dropped": False,
    }


DROPPED = {"status": "cancelled", "dropped": True}


def drop(meeting: Meeting) -> bool:
    """Cancel a free meeting that is named no more; whether it stood until now."""
    return bring(meeting, DROPPED)


def differs(meeting: Meeting, wanted: Mapping[str, Any]) -> bool:
    return any(getattr(meeting, name) != value for name, value in wanted.items())


def bring(meeting: Meeting, wanted: Mapping[str, Any]) -> bool:
    """Have a meeting say this; whether it said something else."""
    if not differs(meeting, wanted):
        return False
    for name, value in wanted.items():
        setattr(meeting, name, value)
    meeting.updated_at = func.now()
    return True


async def settle(session: AsyncSession, changed: Iterable[Meeting], *, now: datetime) -> list[Meeting]:
    """Write changes of meetings and announce them; each once, as they now are."""
    meetings = list({meeting.id: meeting for meeting in changed}.values())
    if not meetings:
        return []
    await session.flush()
    again = select(Meeting).where(Meeting.id.in_([meeting.id for meeting in meetings]))
    await session.scalars(again.execution_options(populate_existing=True))
    await announce(session, meetings, now=now)
    return meetings
