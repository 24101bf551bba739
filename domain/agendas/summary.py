"""What came of a meeting, for the Presidency and the Coordination Committee."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from domain.access.rules import Actor
from domain.agendas import queries, shown, wording
from domain.agendas.models import Agenda, Minutes
from domain.meetings.models import Meeting
from domain.people.models import Person
from domain.states.models import State
from schemas import agendas as shapes
from schemas.agendas import PaperLanguage
from schemas.meetings import Meeting as MeetingShape

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def summary(
    session: AsyncSession,
    meeting: Meeting,
    language: PaperLanguage,
    *,
    actor: Actor,
    now: datetime,
) -> shapes.MeetingSummary:
    """Of a meeting that the caller may see. It names persons and tells nobody's address."""
    minutes = await session.get(Minutes, meeting.id)
    following = await queries.meeting_after(session, meeting, actor=actor)
    return shapes.MeetingSummary(
        meeting=MeetingShape.model_validate(meeting),
        language=language,
        as_of=now,
        took_part=await _took_part(session, minutes, language),
        agenda=await _agenda(session, meeting, language, actor=actor),
        minutes=minutes.text if minutes is not None and minutes.text.strip() else None,
        decisions=[
            shapes.MeetingDecision.model_validate(decision)
            for decision in await queries.of_meeting(session, meeting.id)
        ],
        action_items=await _told(session, meeting, now=now),
        next_meeting=MeetingShape.model_validate(following) if following is not None else None,
    )


async def _agenda(
    session: AsyncSession, meeting: Meeting, language: PaperLanguage, *, actor: Actor
) -> list[shapes.AgendaPoint]:
    """The points that stand; none where no agenda was drafted."""
    found = await session.get(Agenda, meeting.id)
    if found is None:
        return []
    sight = await queries.sight_of(session, actor)
    return shown.agenda(found, await queries.points(session, meeting.id), language, sight=sight).items


async def _took_part(
    session: AsyncSession, minutes: Minutes | None, language: PaperLanguage
) -> shapes.TookPart:
    if minutes is None:
        return shapes.TookPart(persons=[], states=[], others=[])
    noted = shapes.Attendance.model_validate(minutes.attendees)
    persons = await persons_by_id(session, noted.persons)
    rows = await session.scalars(select(State).where(State.iso3.in_(noted.states)))
    states = {state.iso3: wording.spoken(state.name, language) for state in rows}
    return shapes.TookPart(
        persons=[shapes.NamedPerson.model_validate(persons[key]) for key in noted.persons],
        states=[shapes.NamedState(iso3=key, name=states[key]) for key in noted.states],
        others=noted.others,
    )


async def _told(session: AsyncSession, meeting: Meeting, *, now: datetime) -> list[shapes.ActionTold]:
    items = await shown.action_items(session, await queries.agreed_at(session, meeting.id), now=now)
    owners = await persons_by_id(session, {item.owner for item in items if item.owner is not None})
    return [
        shapes.ActionTold(
            **item.model_dump(), owner_name=owners[item.owner].name if item.owner is not None else None
        )
        for item in items
    ]


async def persons_by_id(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Person]:
    if not ids:
        return {}
    return {person.id: person for person in await session.scalars(select(Person).where(Person.id.in_(ids)))}
