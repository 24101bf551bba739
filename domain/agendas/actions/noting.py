"""What was said and decided at a meeting."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from domain.access.rules import Actor
from domain.agendas import queries, rules
from domain.agendas.models import Decision, Minutes
from domain.base import new_id
from domain.errors import Conflict, Invalid, NotFound, Problem
from domain.meetings import queries as meetings
from domain.meetings.models import Meeting
from domain.plans import queries as plans
from domain.states.models import State
from schemas.agendas import Attendance, DecisionChange, DecisionDraft, MinutesDraft

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def note_minutes(
    session: AsyncSession, meeting: Meeting, draft: MinutesDraft, *, found: Minutes | None, actor: Actor
) -> Minutes:
    """Write the minutes of a meeting, or write them anew."""
    rules.must_take_place(meeting.status)
    await _must_know(session, draft.attendees)
    minutes = found or Minutes(meeting=meeting.id)
    for name, value in (draft.model_dump(mode="json") | {"by": actor.name}).items():
        setattr(minutes, name, value)
    if found is None:
        session.add(minutes)
    else:
        minutes.updated_at = func.now()
    await session.flush()
    await session.refresh(minutes)
    return minutes


async def _must_know(session: AsyncSession, attendees: Attendance) -> None:
    """Raises Invalid for persons and States that are not known, all at once."""
    persons = await plans.unknown_persons(session, attendees.persons)
    known = set(await session.scalars(select(State.iso3).where(State.iso3.in_(attendees.states))))
    problems = [
        Problem(f"/attendees/persons/{place}", "unknown-person", f"There is no person {person}.")
        for place, person in enumerate(attendees.persons)
        if person in persons
    ]
    problems += [
        Problem(f"/attendees/states/{place}", "unknown-state", f"There is no State `{state}`.")
        for place, state in enumerate(attendees.states)
        if state not in known
    ]
    if problems:
        raise Invalid("Somebody who took part is not known.", problems, code=problems[0].code)


async def known_meeting(session: AsyncSession, meeting_id: UUID, *, actor: Actor) -> Meeting:
    """The meeting that a request names, held until the transaction ends: numbers are given in turn."""
    try:
        meeting = await meetings.find(session, meeting_id, actor=actor, lock=True)
    except NotFound as missing:
        problem = Problem("/meeting", "unknown-meeting", "No meeting with this id is known here.")
        raise Invalid(missing.message, [problem], code="unknown-meeting") from None
    rules.must_take_place(meeting.status)
    return meeting


async def decide(session: AsyncSession, draft: DecisionDraft, *, actor: Actor) -> Decision:
    """Enter a decision of a meeting, by the next number unless one is given."""
    meeting = await known_meeting(session, draft.meeting, actor=actor)
    facts = draft.model_dump()
    facts["number"] = draft.number or 1 + await queries.highest_number(session, meeting.id)
    decision = Decision(id=new_id(), **facts)
    await _numbered_once(session, decision)
    return await queries.decision(session, decision.id)


async def _numbered_once(session: AsyncSession, decision: Decision) -> None:
    try:
        async with session.begin_nested():
            session.add(decision)
    except IntegrityError:
        raise Conflict(
            f"This meeting has a decision {decision.number}.", code="number-taken", number=decision.number
        ) from None


async def amend(session: AsyncSession, decision: Decision, wanted: DecisionChange) -> Decision:
    """Say otherwise what was decided, or how it stands."""
    facts = wanted.given()
    number = facts.get("number", decision.number)
    try:
        async with session.begin_nested():
            for name, value in facts.items():
                setattr(decision, name, value)
            decision.updated_at = func.now()
            await session.flush()
    except IntegrityError:
        raise Conflict(f"This meeting has a decision {number}.", code="number-taken", number=number) from None
    await session.refresh(decision, ["updated_at"])
    return decision
