"""Single meetings: called, changed, called off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain.base import new_id
from domain.errors import Conflict, Invalid, Problem
from domain.meetings.actions.following import follow, followed, place_of
from domain.meetings.actions.keeping import bring, known_series, owned, refuse_unknown, settle
from domain.meetings.announcements import announce
from domain.meetings.distances import reckoned
from domain.meetings.filling import meeting_facts
from domain.meetings.kinds import KINDS, Companion, Kind
from domain.meetings.models import Meeting, MeetingSeries
from domain.people import queries as people
from domain.people.models import Committee
from schemas.meetings import DistanceFromMeeting, MeetingChange, MeetingDraft

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

MOST_COMMITTEES = 40
"""As many summaries, one after the other, as end on the day on which they begin."""


async def call(session: AsyncSession, draft: MeetingDraft) -> Meeting:
    """A meeting by itself, beside a series, or at a distance from another meeting; with its companions."""
    meeting = await _called(session, draft)
    if draft.companions:
        await _call_companions(session, meeting, KINDS[meeting.kind])
    return meeting


async def _called(session: AsyncSession, draft: MeetingDraft) -> Meeting:
    series = None
    if draft.series is not None:
        _refuse_kind_of_series(draft)
        series = await known_series(session, draft.series, pointer="/series")
    lead = await followed(session, draft.relative_to) if draft.relative_to is not None else None
    facts = meeting_facts(draft, series or lead)
    facts |= _when(draft, lead, facts["time_zone"])
    if lead is not None:
        facts["state"] = facts["state"] or lead.state
    await refuse_unknown(session, facts)
    meeting = Meeting(id=new_id(), occurrence=facts["start"], **facts)
    session.add(meeting)
    await session.flush()
    await session.refresh(meeting)
    await announce(session, [meeting])
    return meeting


def _refuse_kind_of_series(draft: MeetingDraft) -> None:
    if draft.kind not in (None, "additional"):
        raise Invalid(
            "A meeting beside a series is of kind `additional`: its other meetings come from the series.",
            [Problem("/kind", "not-additional", "Leave the kind out, or say `additional`.")],
            code="not-additional",
        )


def _when(draft: MeetingDraft, lead: Meeting | None, time_zone: str) -> dict[str, Any]:
    if draft.relative_to is None or lead is None:
        assert draft.start is not None
        return {"start": draft.start.astimezone(UTC)}
    distance = draft.relative_to.model_dump(exclude={"meeting"})
    start = reckoned(lead.start, lead.time_zone, distance, time_zone)
    return {"start": start.astimezone(UTC), "follows": lead.id, "distance": distance}


async def _call_companions(session: AsyncSession, meeting: Meeting, kind: Kind) -> None:
    """What goes with a meeting of this kind, in the same place; of committees, one after the other."""
    if not kind.companions:
        raise Invalid(
            f"No other meetings go with one of kind `{kind.key}`.",
            [Problem("/companions", "no-companions", "Leave it out.")],
            code="no-companions",
        )
    for companion in kind.companions:
        title = KINDS[companion.kind].title["en"]
        for place, committee in enumerate(await _committees(session, companion, meeting)):
            draft = MeetingDraft(
                kind=companion.kind,
                title=f"{title}: {committee.title.get('en', committee.key)}" if committee else title,
                framework=meeting.framework,
                committee=committee.key if committee else None,
                location=meeting.location,
                url=meeting.url,
                relative_to=_distance(companion, meeting, place),
            )
            await _called(session, draft)


async def _committees(
    session: AsyncSession, companion: Companion, meeting: Meeting
) -> Sequence[Committee | None]:
    """A committee that has meetings of a kind of its own has no section of the plenary."""
    if not companion.per_committee:
        return [None]
    there_are = await people.committees(
        session, framework=meeting.framework, after=None, limit=MOST_COMMITTEES + len(KINDS) + 1
    )
    found = [one for one in there_are if one.key not in KINDS and one.key != meeting.committee]
    if len(found) > MOST_COMMITTEES:
        raise Conflict(
            f"With more than {MOST_COMMITTEES} committees a plenary has no time for all of them;"
            " call their meetings one by one.",
            code="too-many-committees",
        )
    return found


def _distance(companion: Companion, meeting: Meeting, place: int) -> DistanceFromMeeting:
    minutes = place * KINDS[companion.kind].duration_minutes
    clock = datetime.combine(date.min, companion.time) + timedelta(minutes=minutes)
    return DistanceFromMeeting(
        meeting=meeting.id, offset=companion.offset, time=clock.time().isoformat("minutes")
    )


async def change(session: AsyncSession, meeting: Meeting, wanted: MeetingChange, *, now: datetime) -> Meeting:
    """Move, rename or call off a meeting. Reminders not yet sent and meetings that go with it follow."""
    if meeting.status in ("cancelled", "held"):
        raise Conflict(
            f"This meeting was {meeting.status}.", code="wrong-status", meeting_status=meeting.status
        )
    facts = wanted.given()
    await refuse_unknown(session, facts)
    if "start" in facts:
        facts["start"] = facts["start"].astimezone(UTC)
    if "status" not in facts and facts.get("start", meeting.start) != meeting.start:
        facts["status"] = "moved"
    series = await session.get(MeetingSeries, meeting.series) if meeting.series is not None else None
    facts |= owned(meeting, series, facts)
    left = {meeting.id: place_of(meeting)}
    if not bring(meeting, facts):
        return meeting
    await follow(session, await settle(session, [meeting], now=now), now=now, left=left)
    return meeting


async def call_off(session: AsyncSession, meeting: Meeting, *, now: datetime) -> Meeting:
    """Cancel a meeting; one that is cancelled already stays so. It remains in the calendar as cancelled."""
    if meeting.status == "cancelled":
        return meeting
    return await change(session, meeting, MeetingChange(status="cancelled"), now=now)
