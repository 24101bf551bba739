from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import selectinload

from domain.errors import NotFound
from domain.meetings.models import Delivery, Meeting, MeetingSeries, ReminderRule

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def find_series(session: AsyncSession, series_id: UUID) -> MeetingSeries:
    found = await session.get(MeetingSeries, series_id)
    if found is None:
        raise NotFound(f"There is no meeting series {series_id}.")
    return found


async def series_page(
    session: AsyncSession, *, framework: str | None, before: UUID | None, limit: int
) -> Sequence[MeetingSeries]:
    """Newest first."""
    rows = select(MeetingSeries).order_by(MeetingSeries.id.desc()).limit(limit)
    if framework is not None:
        rows = rows.where(MeetingSeries.framework == framework)
    if before is not None:
        rows = rows.where(MeetingSeries.id < before)
    return (await session.scalars(rows)).all()


async def series_to_extend(session: AsyncSession, *, until: datetime) -> Sequence[UUID]:
    """Series whose meetings are not yet scheduled as far as `until`."""
    rows = select(MeetingSeries.id).where(MeetingSeries.scheduled_until < until).order_by(MeetingSeries.id)
    return (await session.scalars(rows)).all()


async def find(session: AsyncSession, meeting_id: UUID, *, lock: bool = False) -> Meeting:
    wanted = select(Meeting).where(Meeting.id == meeting_id)
    found = await session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFound(f"There is no meeting {meeting_id}.")
    return found


async def page(
    session: AsyncSession,
    *,
    framework: str | None = None,
    series: UUID | None = None,
    start_after: datetime | None = None,
    start_before: datetime | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> Sequence[Meeting]:
    """In the order of the calendar."""
    rows = select(Meeting).order_by(Meeting.start, Meeting.id).limit(limit)
    if framework is not None:
        rows = rows.where(Meeting.framework == framework)
    if series is not None:
        rows = rows.where(Meeting.series == series)
    if start_after is not None:
        rows = rows.where(Meeting.start >= start_after)
    if start_before is not None:
        rows = rows.where(Meeting.start < start_before)
    if after is not None:
        rows = rows.where(tuple_(Meeting.start, Meeting.id) > tuple_(*after))
    return (await session.scalars(rows)).all()


async def rules_about(session: AsyncSession, meeting: Meeting) -> Sequence[ReminderRule]:
    """Rules for the meeting itself, and those for its series."""
    about = ReminderRule.meeting_id == meeting.id
    if meeting.series is not None:
        about = or_(about, ReminderRule.series_id == meeting.series)
    return (await session.scalars(select(ReminderRule).where(about).order_by(ReminderRule.id))).all()


async def find_rule(session: AsyncSession, rule_id: UUID) -> ReminderRule:
    found = await session.get(ReminderRule, rule_id)
    if found is None:
        raise NotFound(f"There is no reminder rule {rule_id}.")
    return found


async def rules_page(session: AsyncSession, *, before: UUID | None, limit: int) -> Sequence[ReminderRule]:
    rows = select(ReminderRule).order_by(ReminderRule.id.desc()).limit(limit)
    if before is not None:
        rows = rows.where(ReminderRule.id < before)
    return (await session.scalars(rows)).all()


async def deliveries(
    session: AsyncSession,
    *,
    rule: UUID | None,
    meeting: UUID | None,
    status: str | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Delivery]:
    """The ledger, in the order in which it was planned."""
    rows = select(Delivery).order_by(Delivery.id).limit(limit)
    for column, wanted in (
        (Delivery.rule, rule),
        (Delivery.meeting, meeting),
        (Delivery.status, status),
    ):
        if wanted is not None:
            rows = rows.where(column == wanted)
    if after is not None:
        rows = rows.where(Delivery.id > after)
    return (await session.scalars(rows)).all()


async def delivery(session: AsyncSession, delivery_id: UUID) -> Delivery | None:
    """With its meeting, locked so that nobody else sends it meanwhile; None when it is gone."""
    found: Delivery | None = await session.scalar(
        select(Delivery)
        .where(Delivery.id == delivery_id)
        .options(selectinload(Delivery.of))
        .with_for_update(of=Delivery)
    )
    return found
