from __future__ import annotations

import time

from services.stack.children import command_of
from tests.journeys.installation import Installation, long_report
from tests.journeys.post_office import PostOffice
from tests.journeys.processes import until, until_true
from tests.journeys.reminding import call_meeting, have_told, until_settled
from tests.stack.processes import only_linux

RECOVERY_SECONDS = 15.0
REPORT = long_report(pages=200)
LETTERS, FEW, SLOW = 60, 3, 0.3


@only_linux
async def test_what_a_killed_worker_had_in_hand_is_completed_by_another(
    installation: Installation, office: PostOffice
) -> None:
    """A report that it read, and letters that it sent: one may arrive twice, but then as the same letter."""
    workers = installation.workers(2)
    office.seconds_per_letter = SLOW
    meeting = await call_meeting(installation)
    await have_told(installation, meeting, LETTERS)
    await until_true(lambda: len(office.about(meeting)) >= FEW, within=10)
    promised = await installation.hand_in(REPORT)
    before = await installation.until_read(promised)
    [victim] = [worker for worker in workers if str(before.lease_owner).endswith(f":{worker.pid}")]
    await until_true(lambda: len(victim.family()) > 1, within=5)
    family = victim.family()

    victim.kill()
    killed = time.monotonic()
    assert (await installation.job(promised)).status == "running"
    await until_true(lambda: not any(command_of(pid) for pid in family), within=3)

    async def claimed_again() -> bool:
        return (await installation.job(promised)).epoch > before.epoch

    await until(claimed_again, within=RECOVERY_SECONDS)
    assert time.monotonic() - killed <= RECOVERY_SECONDS
    [job] = await installation.until_finished([promised], within=20)
    assert (job.status, job.attempts) == ("succeeded", 2)
    await installation.must_be_complete_and_single([promised])

    ledger = await until_settled(installation, meeting)
    assert [delivery.status for delivery in ledger] == ["sent"] * LETTERS
    assert set(office.about(meeting)) == {(line.recipient, line.message_id) for line in ledger}
    assert max(line.attempts for line in ledger) == 2
    assert sum(office.about(meeting).values()) <= LETTERS + installation.settings.sends_in_flight


async def test_a_worker_that_is_asked_to_stop_ends_without_complaint(installation: Installation) -> None:
    [worker] = installation.workers(1)
    await until_true(lambda: "worker ready" in worker.said, within=10)
    before = worker.said

    assert worker.end() == 0
    assert worker.said == before
