"""Meetings of which many are to be told, and what becomes of the letters."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from domain.jobs.models import Job
from domain.meetings import actions, reminders
from domain.meetings.models import Delivery
from schemas.meetings import MeetingDraft, Recipient, ReminderRuleDraft, ReminderSubject
from tests.journeys.installation import Installation, now
from tests.journeys.processes import until

OPEN = ("scheduled", "sending")


async def call_meeting(installation: Installation, *, recipients: int) -> UUID:
    """A meeting in 50 minutes of which so many people are to be told an hour before: now, that is."""
    start = now().replace(microsecond=0) + timedelta(minutes=50)
    draft = MeetingDraft(
        title="Coordination", framework="ccm", start=start, time_zone="Europe/Zurich", duration_minutes=60
    )
    async with installation.sessions.begin() as session:
        meeting = await actions.call(session, draft)
        rule = ReminderRuleDraft(
            subject=ReminderSubject(kind="meeting", id=meeting.id),
            offsets=["-PT1H"],
            recipients=[Recipient(email=address(meeting.id, number)) for number in range(recipients)],
        )
        await reminders.make_rule(session, rule)
    return meeting.id


def address(meeting: UUID, number: int) -> str:
    return f"focal.point.{number:03}.{meeting}@example.org"


async def promise(installation: Installation) -> None:
    """What the timetable does every five seconds."""
    async with installation.sessions.begin() as session:
        await reminders.promise_due(session, now=now())


async def until_settled(installation: Installation, meeting: UUID) -> list[Delivery]:
    """The ledger of a meeting by recipient, once nothing remains to be sent."""

    async def settled() -> list[Delivery] | None:
        async with installation.sessions() as session:
            lines = select(Delivery).where(Delivery.meeting == meeting).order_by(Delivery.recipient)
            ledger = list(await session.scalars(lines))
        return None if any(delivery.status in OPEN for delivery in ledger) else ledger

    ledger = await until(settled, within=20)
    assert ledger is not None
    return ledger


async def jobs_about(installation: Installation, meeting: UUID) -> list[Job]:
    async with installation.sessions() as session:
        wanted = select(Job).join(Delivery, Delivery.job == Job.id).where(Delivery.meeting == meeting)
        return list(await session.scalars(wanted))
