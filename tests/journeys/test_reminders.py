from __future__ import annotations

from tests.journeys.installation import Installation
from tests.journeys.post_office import PostOffice
from tests.journeys.reminding import call_meeting, have_told, until_settled

MANY = 60


async def test_each_due_reminder_is_received_once_although_two_workers_look(
    installation: Installation, office: PostOffice
) -> None:
    installation.workers(2)
    meeting = await call_meeting(installation)
    await have_told(installation, meeting, MANY)

    ledger = await until_settled(installation, meeting)

    assert {delivery.status for delivery in ledger} == {"sent"}
    assert {delivery.attempts for delivery in ledger} == {1}
    assert all(delivery.sent_at is not None for delivery in ledger)
    assert office.about(meeting) == {(delivery.recipient, delivery.message_id): 1 for delivery in ledger}
