from __future__ import annotations

import time

from services.stack.children import command_of
from tests.journeys.installation import Installation, long_report
from tests.journeys.processes import until, until_true
from tests.stack.processes import only_linux

RECOVERY_SECONDS = 15.0
REPORT = long_report(pages=400)


async def test_a_worker_that_is_asked_to_stop_gives_its_job_back_at_once(installation: Installation) -> None:
    worker = installation.start_worker()
    promised = await installation.hand_in(REPORT)
    await installation.until_read(promised)

    status = worker.end()

    job = await installation.job(promised)
    assert (status, job.status, job.attempts, job.lease_until) == (0, "queued", 0, None)
    await installation.cancel(promised)


@only_linux
async def test_what_a_killed_worker_had_in_hand_is_completed_by_another(installation: Installation) -> None:
    first = installation.start_worker()
    promised = await installation.hand_in(REPORT)
    before = await installation.until_read(promised)
    await until_true(lambda: len(first.family()) > 1, within=5)
    family = first.family()

    first.kill()
    killed = time.monotonic()
    installation.start_worker()
    assert (await installation.job(promised)).status == "running"
    await until_true(lambda: not any(command_of(pid) for pid in family), within=3)

    async def claimed_again() -> bool:
        return (await installation.job(promised)).epoch > before.epoch

    await until(claimed_again, within=RECOVERY_SECONDS)
    recovery = time.monotonic() - killed
    [job] = await installation.until_finished([promised], within=20)

    assert recovery <= RECOVERY_SECONDS
    assert (job.status, job.attempts) == ("succeeded", 2)
    await installation.must_be_complete_and_single([promised])
