from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Iterator

import pytest

from domain.reading.documents import Unreadable
from services.sandbox import Sandbox
from services.stack.children import command_of
from tests.journeys.installation import Installation, long_report
from tests.journeys.processes import until, until_true

STOPPED_WITHIN = 5.0
LONGEST = 1.0


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(seconds=LONGEST, megabytes=500)
    yield sandbox
    sandbox.close()


async def test_a_lease_is_renewed_while_a_document_is_read_and_a_cancelled_job_ends_without_effects(
    installation: Installation,
) -> None:
    [worker] = installation.workers(1)
    promised = await installation.hand_in(*[long_report(pages=700)] * 4)
    held = await installation.until_read(promised)
    await until_true(lambda: len(worker.family()) > 1, within=5)
    family = worker.family()

    async def renewed() -> bool:
        lease = (await installation.job(promised)).lease_until
        return lease is not None and held.lease_until is not None and lease > held.lease_until

    await until(renewed, within=5)
    await installation.cancel(promised)
    await until_true(lambda: not all(command_of(pid) for pid in family), within=STOPPED_WITHIN)
    following = await installation.hand_in()
    await installation.until_finished([following], within=10)

    assert (await installation.job(promised)).status == "cancelled"
    await installation.must_have_no_effects(promised)
    await installation.must_be_complete_and_single([following])


async def test_a_document_that_holds_the_reader_up_is_let_go_of_in_time(sandbox: Sandbox) -> None:
    begun = time.monotonic()
    with pytest.raises(Unreadable, match="document-too-slow"):
        await sandbox.run(time.sleep, 60)

    assert time.monotonic() - begun < LONGEST + 5
    assert await sandbox.run(abs, -1) == 1


async def test_a_document_that_ends_the_reader_is_damaged_and_the_next_is_read(sandbox: Sandbox) -> None:
    with pytest.raises(Unreadable, match="document-damaged"):
        await sandbox.run(signal.raise_signal, signal.SIGKILL)

    assert await sandbox.run(abs, -1) == 1


async def test_a_document_that_needs_too_much_memory_is_refused_and_the_next_is_read(
    sandbox: Sandbox,
) -> None:
    with pytest.raises(Unreadable, match="document-too-demanding"):
        await sandbox.run(bytearray, 600 * 1024 * 1024)

    assert await sandbox.run(abs, -1) == 1


async def test_a_reader_that_died_while_it_had_nothing_to_do_is_replaced(sandbox: Sandbox) -> None:
    os.kill(await sandbox.run(os.getpid), signal.SIGKILL)

    assert await sandbox.run(abs, -1) == 1


async def test_a_reader_whose_work_was_given_up_is_ended(sandbox: Sandbox) -> None:
    reader = await sandbox.run(os.getpid)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.2):
            await sandbox.run(time.sleep, 60)

    await until_true(lambda: not command_of(reader), within=LONGEST / 2)
    assert await sandbox.run(abs, -1) == 1
