"""The child in which documents are read and editions compared."""

from __future__ import annotations

import os

from services.sandbox import Sandbox


async def test_a_child_is_kept_for_the_next_piece_of_work(sandbox: Sandbox):
    assert await sandbox.run(os.getpid) == await sandbox.run(os.getpid)


async def test_work_that_is_to_be_alone_shares_its_child_with_nothing(sandbox: Sandbox):
    before = await sandbox.run(os.getpid)
    alone = await sandbox.run_alone(os.getpid)
    assert len({before, alone, await sandbox.run(os.getpid)}) == 3


async def test_libraries_for_numbers_get_one_thread_in_the_child(sandbox: Sandbox):
    assert await sandbox.run(os.getenv, "OPENBLAS_NUM_THREADS") == "1"
