"""What somebody is to do after a meeting: entered, followed up, and in the calendar until it is done."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func

from domain.access.rules import Actor
from domain.agendas import queries, rules
from domain.agendas.actions.noting import known_meeting
from domain.agendas.models import ActionItem
from domain.base import new_id
from domain.calendar.actions import due
from domain.calendar.models import Entry
from domain.calendar.times import due_on as moments_of
from domain.errors import Invalid, Problem
from domain.meetings.queries import seen_by_states
from domain.people import queries as people
from domain.reminders.announcing import announce
from schemas.agendas import ActionItemChange, ActionItemDraft

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def agree(session: AsyncSession, draft: ActionItemDraft, *, actor: Actor, now: datetime) -> ActionItem:
    """Enter an action item of a meeting; with a day it is in the calendar, and its owner is reminded."""
    meeting = await known_meeting(session, draft.meeting, actor=actor)
    await _must_know(session, meeting.id, draft.model_dump())
    facts = draft.model_dump() | {"time_zone": draft.time_zone or meeting.time_zone}
    item = ActionItem(id=new_id(), **facts)
    _reckon(item)
    session.add(item)
    await session.flush()
    return await _told(session, item, now=now)


async def change_item(
    session: AsyncSession, item: ActionItem, wanted: ActionItemChange, *, now: datetime
) -> ActionItem:
    """Say otherwise what is to be done, by whom and by when; or that it is done, or need not be."""
    facts = wanted.given()
    await _must_know(session, item.meeting, facts)
    for name, value in facts.items():
        setattr(item, name, value)
    _settle(item, wanted, now=now)
    _reckon(item)
    item.updated_at = func.now()
    await session.flush()
    return await _told(session, item, now=now)


async def _must_know(session: AsyncSession, meeting: UUID, facts: dict[str, Any]) -> None:
    if facts.get("owner") is not None:
        await people.known_person(session, facts["owner"], pointer="/owner")
    if facts.get("decision") is not None:
        taken = await queries.of_meeting(session, meeting)
        if facts["decision"] not in {decision.id for decision in taken}:
            raise Invalid(
                f"The meeting took no decision {facts['decision']}.",
                [Problem("/decision", "unknown-decision", "No decision of the meeting has this id.")],
                code="unknown-decision",
            )


def _settle(item: ActionItem, wanted: ActionItemChange, *, now: datetime) -> None:
    """A day on which it was done goes with being done, and with nothing else."""
    if item.status == "done":
        asked = wanted.done_on or item.done_on
        item.done_on = rules.done_day(asked, time_zone=item.time_zone, now=now)
    elif wanted.done_on is not None:
        raise Invalid(
            "What is not done has no day on which it was.",
            [Problem("/done_on", "not-done", "Say `done` as well.")],
            code="not-done",
        )
    else:
        item.done_on = None


def _reckon(item: ActionItem) -> None:
    """When the day on which it is due is over."""
    item.over = moments_of(item.due_on, item.time_zone)[1] if item.due_on is not None else None


async def _told(session: AsyncSession, item: ActionItem, *, now: datetime) -> ActionItem:
    """The item as it was written, and the calendar told of it.

    Without a day it is in no calendar; where it had one, it stays there as cancelled.
    """
    await session.refresh(item)
    await session.refresh(item, ["of"])
    entered = await session.get(Entry, item.id)
    day = item.due_on or (entered.due_on if entered else None)
    if day is None:
        return item
    status, reason = rules.calendar_standing(item.status, dated=item.due_on is not None)
    await announce(
        session,
        due(
            id=item.id,
            kind="action-item",
            title=rules.title_in_calendar(item.text),
            day=day,
            time_zone=item.time_zone,
            path=f"/v1/action-items/{item.id}",
            framework=item.framework,
            state=item.state,
            committee=item.of.committee,
            owner=item.owner,
            plan=item.of.plan,
            seen_by=await seen_by_states(session, item.of),
            status=status,
            reason=reason,
        ),
        now=now,
    )
    return item
