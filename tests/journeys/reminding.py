"""Meetings of which many are to be told, and what becomes of the letters."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from domain.meetings import actions as meetings
from domain.reminders import actions
from domain.reminders.models import Delivery
from schemas.meetings import MeetingDraft
from schemas.reminders import Recipient, ReminderRuleDraft, ReminderSubject
from tests.journeys.installation import Installation, now
from tests.journeys.processes import Process, until

OPEN = ("scheduled", "sending")
MOST_IN_A_RULE = 1_000
SOON = timedelta(minutes=50)


async def call_meeting(installation: Installation, *, starts_in: timedelta = SOON) -> UUID:
    """A meeting; nobody is told of it yet."""
    start = now().replace(microsecond=0) + starts_in
    draft = MeetingDraft(
        title="Coordination", framework="ccm", start=start, time_zone="Europe/Zurich", duration_minutes=60
    )
    async with installation.sessions.begin() as session:
        return (await meetings.call(session, draft)).id


async def have_told(
    installation: Installation, meeting: UUID, recipients: int, *, offsets: Sequence[str] = ("-PT1H",)
) -> None:
    """So many are to be told, unless said otherwise an hour before: now, that is, and all at once."""
    numbers = range(recipients)
    async with installation.sessions.begin() as session:
        for first in range(0, recipients, MOST_IN_A_RULE):
            some = numbers[first : first + MOST_IN_A_RULE]
            rule = ReminderRuleDraft(
                subject=ReminderSubject(kind="meeting", id=meeting),
                offsets=list(offsets),
                recipients=[Recipient(email=address(meeting, number)) for number in some],
            )
            await actions.make_rule(session, rule, now=now())


def address(meeting: UUID, number: int) -> str:
    return f"focal.point.{number:05}.{meeting}@example.org"


async def until_tried(installation: Installation, meeting: UUID) -> None:
    """Somebody has tried to send something."""
    tried = select(func.count()).where(Delivery.entry == meeting, Delivery.attempts > 0)

    async def any_tried() -> bool:
        async with installation.sessions() as session:
            return await session.scalar(tried) != 0

    await until(any_tried, within=15)


async def until_settled(installation: Installation, meeting: UUID, *, within: float = 20.0) -> list[Delivery]:
    """The ledger of a meeting by recipient, once nothing remains to be sent."""
    about = Delivery.entry == meeting
    unsettled = select(func.count()).where(about, Delivery.status.in_(OPEN))

    async def settled() -> bool:
        async with installation.sessions() as session:
            return await session.scalar(unsettled) == 0

    await until(settled, within=within)
    return await ledger_of(installation, meeting)


async def ledger_of(installation: Installation, meeting: UUID) -> list[Delivery]:
    async with installation.sessions() as session:
        lines = select(Delivery).where(Delivery.entry == meeting)
        return list(await session.scalars(lines.order_by(Delivery.recipient, Delivery.due_at, Delivery.id)))


async def held_by(installation: Installation, worker: Process) -> int:
    """How many letters the worker holds, or held when it was killed."""
    async with installation.sessions() as session:
        own = Delivery.owner == f"{socket.gethostname()}:{worker.pid}"
        return await session.scalar(select(func.count()).where(Delivery.status == "sending", own)) or 0
