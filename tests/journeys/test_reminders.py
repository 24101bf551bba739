from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from domain.jobs.models import Job
from domain.meetings import actions, reminders
from domain.meetings.models import Delivery
from schemas.meetings import MeetingDraft, Recipient, ReminderRuleDraft, ReminderSubject
from tests.journeys.installation import Installation, now
from tests.journeys.post_office import REFUSED, PostOffice
from tests.journeys.processes import Process, until, until_true

MANY, SOME, FEW = 60, 24, 3
OPEN = ("scheduled", "sending")


@pytest.fixture(scope="module")
def post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    office.open()
    yield office
    office.close()


@pytest.fixture(scope="module")
def workers(installation: Installation, post_office: PostOffice) -> list[Process]:
    return [installation.start_worker(FOCALPOINT_SMTP_URL=post_office.url) for _ in range(2)]


async def test_each_due_reminder_is_received_once_although_two_workers_look(
    installation: Installation, post_office: PostOffice, workers: list[Process]
) -> None:
    meeting = await call_meeting(installation, recipients=MANY)

    ledger = await until_settled(installation, meeting)

    assert {delivery.status for delivery in ledger} == {"sent"}
    assert {delivery.attempts for delivery in ledger} == {1}
    assert all(delivery.sent_at is not None for delivery in ledger)
    assert received(post_office, meeting) == {
        (delivery.recipient, delivery.message_id): 1 for delivery in ledger
    }


async def test_a_recipient_who_is_refused_is_noted_with_the_reason_and_the_others_are_told(
    installation: Installation, post_office: PostOffice, workers: list[Process]
) -> None:
    meeting = await call_meeting(installation, recipients=FEW)
    post_office.unknown = {address(meeting, 1)}
    await promise(installation)

    ledger = await until_settled(installation, meeting)

    assert [(delivery.status, delivery.detail) for delivery in ledger] == [
        ("sent", None),
        ("failed", REFUSED),
        ("sent", None),
    ]


async def test_reminders_wait_for_a_mail_server_that_is_away(
    installation: Installation, post_office: PostOffice, workers: list[Process]
) -> None:
    post_office.close()
    meeting = await call_meeting(installation, recipients=FEW)
    await promise(installation)

    async def tried() -> bool:
        return all(job.attempts and job.problem for job in await jobs_of(installation, meeting))

    await until(tried, within=10)
    post_office.open()
    ledger = await until_settled(installation, meeting)

    assert {delivery.status for delivery in ledger} == {"sent"}
    assert sorted(received(post_office, meeting).values()) == [1] * FEW


async def test_a_reminder_in_the_hands_of_a_killed_worker_is_sent_and_any_copy_is_the_same_letter(
    installation: Installation, post_office: PostOffice, workers: list[Process]
) -> None:
    meeting = await call_meeting(installation, recipients=SOME)
    post_office.seconds_per_letter = 0.2
    await promise(installation)

    await until_true(lambda: len(received(post_office, meeting)) >= FEW, within=10)
    workers[0].kill()
    ledger = await until_settled(installation, meeting)

    assert [delivery.status for delivery in ledger] == ["sent"] * SOME
    assert set(received(post_office, meeting)) == {
        (delivery.recipient, delivery.message_id) for delivery in ledger
    }
    assert max(job.attempts for job in await jobs_of(installation, meeting)) == 2


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


async def jobs_of(installation: Installation, meeting: UUID) -> list[Job]:
    async with installation.sessions() as session:
        wanted = select(Job).join(Delivery, Delivery.job == Job.id).where(Delivery.meeting == meeting)
        return list(await session.scalars(wanted))


def received(post_office: PostOffice, meeting: UUID) -> Counter[tuple[str, str]]:
    """How often each letter about a meeting has arrived."""
    return Counter(letter for letter in post_office.received if str(meeting) in letter[0])
