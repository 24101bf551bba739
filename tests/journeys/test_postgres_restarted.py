from __future__ import annotations

from tests.journeys.installation import Installation
from tests.journeys.processes import until_true

FEW = 8


async def test_api_and_workers_outlive_a_restart_and_a_crash_of_the_database_or_wait_for_its_return(
    installation: Installation,
) -> None:
    [worker], api = installation.workers(1), installation.api()
    await installation.until_api_answers()
    promised = [await installation.hand_in() for _ in range(FEW)]
    await installation.until_some_finished(promised, 1)

    installation.postgres.restart()
    promised += [await installation.hand_in() for _ in range(FEW)]
    await installation.until_some_finished(promised, FEW // 2)
    installation.postgres.kill()
    late = installation.start_worker()
    try:
        await until_true(lambda: "the database does not answer" in late.said, within=10)
    finally:
        installation.postgres.start()

    await installation.until_api_answers()
    async with installation.client() as client:
        assert (await client.get(f"/v1/jobs/{promised[0].job}")).status_code == 200
    done = await installation.until_finished(promised, within=20)
    assert {job.status for job in done} == {"succeeded"}
    await installation.must_be_complete_and_single(promised)
    await until_true(lambda: "worker ready" in late.said, within=10)
    assert [worker.lives, late.lives, api.lives] == [True] * 3
