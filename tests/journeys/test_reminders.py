from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.installation import Installation
from tests.journeys.post_office import REFUSED, PostOffice
from tests.journeys.processes import until
from tests.journeys.reminding import address, call_meeting, jobs_about, promise, until_settled

MANY, FEW = 60, 3


@pytest.fixture(autouse=True)
def _two_workers(installation: Installation) -> None:
    installation.workers(2)


@pytest.fixture(autouse=True, scope="module")
def post_office(installation: Installation) -> Iterator[PostOffice]:
    installation.post_office.open()
    yield installation.post_office
    installation.post_office.close()


async def test_each_due_reminder_is_received_once_although_two_workers_look(
    installation: Installation, post_office: PostOffice
) -> None:
    meeting = await call_meeting(installation, recipients=MANY)

    ledger = await until_settled(installation, meeting)

    assert {delivery.status for delivery in ledger} == {"sent"}
    assert {delivery.attempts for delivery in ledger} == {1}
    assert all(delivery.sent_at is not None for delivery in ledger)
    assert post_office.about(meeting) == {(delivery.recipient, delivery.message_id): 1 for delivery in ledger}


async def test_a_recipient_who_is_refused_is_noted_with_the_reason_and_the_others_are_told(
    installation: Installation, post_office: PostOffice
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
    installation: Installation, post_office: PostOffice
) -> None:
    post_office.close()
    meeting = await call_meeting(installation, recipients=FEW)
    await promise(installation)

    async def tried() -> bool:
        return all(job.attempts and job.problem for job in await jobs_about(installation, meeting))

    await until(tried, within=10)
    post_office.open()
    ledger = await until_settled(installation, meeting)

    assert {delivery.status for delivery in ledger} == {"sent"}
    assert sorted(post_office.about(meeting).values()) == [1] * FEW
