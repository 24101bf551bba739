from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from operator import eq, lt
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Uuid, cast, column, func, literal, or_, select, true
from sqlalchemy.orm import contains_eager

from domain.access.rules import Actor
from domain.agendas.models import ActionItem, Agenda, AgendaItem, Decision, Minutes
from domain.agendas.rules import Sight
from domain.base import asked
from domain.errors import NotFound
from domain.meetings.models import Meeting
from domain.meetings.queries import visible_to
from domain.plans.models import Plan
from domain.plans.queries import visible_to as visible_plans
from schemas.access import Scope
from schemas.agendas import ActionStatus, DecisionStatus

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

MOST_EARLIER = 400
AHEAD = ("scheduled", "moved")
"""Standings of meetings that are to take place."""


async def sight_of(session: AsyncSession, actor: Actor) -> Sight:
    """What the caller sees of lists that were made for all."""
    if actor.state is None or actor.may(Scope.ADMIN):
        return Sight()
    plans = await session.scalars(select(Plan.id).where(visible_plans(actor)))
    return Sight(actor.state, frozenset(map(str, plans)))


async def agenda(session: AsyncSession, meeting: UUID, *, lock: bool = False) -> Agenda:
    """Raises NotFound `no-agenda` where none has been drafted."""
    found = await session.get(Agenda, meeting, with_for_update=lock or None)
    if found is None:
        raise NotFound("No agenda has been drafted for this meeting.", code="no-agenda")
    return found


async def awaiting_agendas(
    session: AsyncSession, *, until: datetime, now: datetime, only: UUID | None = None
) -> Sequence[UUID]:
    """Meetings that are to begin by a moment and have no agenda yet, the next one first; `only` if it is one
    of them, where it is named.
    """
    has_one = select(Agenda.meeting).where(Agenda.meeting == Meeting.id).exists()
    rows = select(Meeting.id).where(
        Meeting.start > now, Meeting.start <= until, Meeting.status.in_(AHEAD), ~has_one
    )
    if only is not None:
        rows = rows.where(Meeting.id == only)
    return (await session.scalars(rows.order_by(Meeting.start, Meeting.id))).all()


async def points(session: AsyncSession, meeting: UUID) -> Sequence[AgendaItem]:
    """In their order, those that were dropped at the end."""
    rows = (
        select(AgendaItem)
        .where(AgendaItem.meeting == meeting)
        .order_by(AgendaItem.position.asc().nulls_last(), AgendaItem.id)
    )
    return (await session.scalars(rows)).all()


async def point(session: AsyncSession, meeting: UUID, point_id: UUID) -> AgendaItem:
    found = await session.scalar(
        select(AgendaItem).where(AgendaItem.meeting == meeting, AgendaItem.id == point_id)
    )
    if found is None:
        raise NotFound(f"This agenda has no point {point_id}.")
    return found


async def earlier_days(session: AsyncSession, meeting: Meeting) -> list[date]:
    """The days, each where it was held, of meetings of the same kind and committee in the year before one."""
    year = meeting.start.astimezone(ZoneInfo(meeting.time_zone)).year
    rows = await session.execute(
        select(Meeting.start, Meeting.time_zone)
        .where(
            Meeting.id != meeting.id,
            Meeting.framework == meeting.framework,
            Meeting.kind == meeting.kind,
            Meeting.committee.is_not_distinct_from(meeting.committee),
            Meeting.status != "cancelled",
            Meeting.start < meeting.start,
            func.extract("year", Meeting.start) >= year - 1,
        )
        .limit(MOST_EARLIER)
    )
    return [start.astimezone(ZoneInfo(time_zone)).date() for start, time_zone in rows]


def _of_the_same(meeting: Meeting) -> ColumnElement[bool]:
    """Meetings that a series names, else those of the same kind and committee under the framework."""
    if meeting.series is not None:
        return (Meeting.series == meeting.series) & (Meeting.kind != "additional")
    return (
        (Meeting.framework == meeting.framework)
        & (Meeting.kind == meeting.kind)
        & Meeting.committee.is_not_distinct_from(meeting.committee)
        & Meeting.state.is_not_distinct_from(meeting.state)
        & Meeting.plan.is_not_distinct_from(meeting.plan)
    )


async def meeting_before(session: AsyncSession, meeting: Meeting, *, now: datetime) -> Meeting | None:
    """The last one of the same that has taken place."""
    rows = select(Meeting).where(
        _of_the_same(meeting),
        Meeting.status != "cancelled",
        Meeting.start < meeting.start,
        Meeting.start <= now,
    )
    found: Meeting | None = await session.scalar(rows.order_by(Meeting.start.desc()).limit(1))
    return found


async def meeting_after(session: AsyncSession, meeting: Meeting, *, actor: Actor) -> Meeting | None:
    """The next one of the same that is to take place, or did; if the caller may see it."""
    rows = select(Meeting).where(
        _of_the_same(meeting),
        Meeting.status != "cancelled",
        Meeting.start > meeting.start,
        visible_to(actor),
    )
    found: Meeting | None = await session.scalar(rows.order_by(Meeting.start, Meeting.id).limit(1))
    return found


async def minutes(session: AsyncSession, meeting: UUID, *, lock: bool = False) -> Minutes:
    """Raises NotFound `no-minutes` while there are none."""
    found = await session.get(Minutes, meeting, with_for_update=lock or None)
    if found is None:
        raise NotFound("There are no minutes of this meeting.", code="no-minutes")
    return found


async def decision(
    session: AsyncSession, decision_id: UUID, *, actor: Actor | None = None, lock: bool = False
) -> Decision:
    """With its meeting; if the caller may see that, or any where nobody in particular asks."""
    wanted = (
        select(Decision)
        .join(Decision.of)
        .where(Decision.id == decision_id, _visible(actor))
        .options(contains_eager(Decision.of))
    )
    found = await session.scalar(wanted.with_for_update(of=Decision) if lock else wanted)
    if found is None:
        raise NotFound(f"There is no decision {decision_id}.")
    return found


def _visible(actor: Actor | None) -> ColumnElement[bool]:
    return true() if actor is None else visible_to(actor)


async def decisions(
    session: AsyncSession,
    *,
    actor: Actor | None = None,
    meeting: UUID | None = None,
    framework: str | None = None,
    status: DecisionStatus | None = None,
    before: UUID | None = None,
    limit: int,
) -> Sequence[Decision]:
    """Newest first."""
    rows = (
        select(Decision)
        .join(Decision.of)
        .where(_visible(actor))
        .order_by(Decision.id.desc())
        .limit(limit)
        .options(contains_eager(Decision.of))
    )
    rows = rows.where(
        *asked(
            (Decision.meeting, eq, meeting),
            (Meeting.framework, eq, framework),
            (Decision.status, eq, status),
            (Decision.id, lt, before),
        )
    )
    return (await session.scalars(rows)).all()


async def of_meeting(session: AsyncSession, meeting: UUID) -> Sequence[Decision]:
    """What a meeting decided, by number."""
    rows = (
        select(Decision)
        .join(Decision.of)
        .where(Decision.meeting == meeting)
        .order_by(Decision.number)
        .options(contains_eager(Decision.of))
    )
    return (await session.scalars(rows)).all()


async def highest_number(session: AsyncSession, meeting: UUID) -> int:
    found = select(func.coalesce(func.max(Decision.number), 0)).where(Decision.meeting == meeting)
    return (await session.execute(found)).scalar_one()


async def standing_decisions(
    session: AsyncSession,
    framework: str,
    *,
    actor: Actor | None = None,
    state: str | None = None,
    before: datetime | None = None,
) -> Sequence[Decision]:
    """Not carried out, of meetings before a moment or of all; with `state` of those that concern it."""
    rows = (
        select(Decision)
        .join(Decision.of)
        .where(Decision.status == "taken", _visible(actor), *_of_meetings(framework, state, before))
        .order_by(Meeting.start, Meeting.id, Decision.number)
        .options(contains_eager(Decision.of))
    )
    return (await session.scalars(rows)).all()


def _of_meetings(framework: str, state: str | None, before: datetime | None) -> list[ColumnElement[bool]]:
    concerned = [Meeting.state == state] if state is not None else []
    earlier = [Meeting.start < before] if before is not None else []
    return [Meeting.framework == framework, *concerned, *earlier]


async def action_item(
    session: AsyncSession, item_id: UUID, *, actor: Actor | None = None, lock: bool = False
) -> ActionItem:
    """With its meeting; if the caller may see that, or any where nobody in particular asks."""
    wanted = (
        select(ActionItem)
        .join(ActionItem.of)
        .where(ActionItem.id == item_id, _visible(actor))
        .options(contains_eager(ActionItem.of))
    )
    found = await session.scalar(wanted.with_for_update(of=ActionItem) if lock else wanted)
    if found is None:
        raise NotFound(f"There is no action item {item_id}.")
    return found


async def action_items(
    session: AsyncSession,
    *,
    actor: Actor | None = None,
    meeting: UUID | None = None,
    framework: str | None = None,
    owner: UUID | None = None,
    status: ActionStatus | None = None,
    due_before: date | None = None,
    before: UUID | None = None,
    limit: int,
) -> Sequence[ActionItem]:
    """Newest first; with `due_before` those that are due before that day."""
    rows = (
        select(ActionItem)
        .join(ActionItem.of)
        .where(_visible(actor))
        .order_by(ActionItem.id.desc())
        .limit(limit)
        .options(contains_eager(ActionItem.of))
    )
    rows = rows.where(
        *asked(
            (ActionItem.meeting, eq, meeting),
            (Meeting.framework, eq, framework),
            (ActionItem.owner, eq, owner),
            (ActionItem.status, eq, status),
            (ActionItem.due_on, lt, due_before),
            (ActionItem.id, lt, before),
        )
    )
    return (await session.scalars(rows)).all()


async def agreed_at(session: AsyncSession, meeting: UUID) -> Sequence[ActionItem]:
    """The action items of a meeting, in the order in which they were entered."""
    rows = (
        select(ActionItem)
        .join(ActionItem.of)
        .where(ActionItem.meeting == meeting)
        .order_by(ActionItem.id)
        .options(contains_eager(ActionItem.of))
    )
    return (await session.scalars(rows)).all()


async def open_action_items(
    session: AsyncSession,
    framework: str,
    *,
    actor: Actor | None = None,
    state: str | None = None,
    before: datetime | None = None,
) -> Sequence[ActionItem]:
    """Of meetings before a moment or of all; with `state` of those that concern it. By when they are due."""
    rows = (
        select(ActionItem)
        .join(ActionItem.of)
        .where(ActionItem.status == "open", _visible(actor), *_of_meetings(framework, state, before))
        .order_by(ActionItem.over.asc().nulls_last(), ActionItem.id)
        .options(contains_eager(ActionItem.of))
    )
    return (await session.scalars(rows)).all()


async def carried(
    session: AsyncSession, items: Collection[UUID], *, now: datetime, before: datetime | None = None
) -> dict[UUID, int]:
    """On how many agendas each action item has stood, of later meetings than its own that have begun and
    were not cancelled; with `before` of those before a moment. None stands for never.
    """
    if not items:
        return {}
    listed = func.jsonb_array_elements(AgendaItem.below).table_valued(column("value", AgendaItem.below.type))
    item = cast(listed.c.value["id"].astext, Uuid)
    rows = (
        select(item, func.count())
        .select_from(AgendaItem)
        .join(Meeting, Meeting.id == AgendaItem.meeting)
        .join(listed, literal(value=True))
        .where(
            AgendaItem.kind == "action-items",
            AgendaItem.status != "dropped",
            Meeting.status != "cancelled",
            or_(Meeting.start <= now, Meeting.status == "held"),
            listed.c.value["id"].astext.in_([str(wanted) for wanted in items]),
        )
        .group_by(item)
    )
    if before is not None:
        rows = rows.where(Meeting.start < before)
    return dict((await session.execute(rows)).all())
