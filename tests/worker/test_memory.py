"""Documents that take much memory, on purpose or not, leave a worker small, and fail no job but their own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.installation import Installation
from bench.memory import LIMIT, held_over
from bench.processes import family
from services.database import Sessions
from services.sandbox import Sandbox
from services.settings import Settings

OUTCOMES = {
    "900 pages": "succeeded",
    "a paragraph of 5 MB": "document-too-long",
    "space": "succeeded",
    "short lines": "document-too-long",
    "tables in tables": "document-nested-too-deeply",
    "bomb": "document-too-large-unpacked",
}
LEFT: list[bytes] = []


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="memory is read from /proc")
async def test_a_worker_stays_small_over_harmful_documents_and_reads_the_next(
    settings: Settings, sessions: Sessions
):
    held = await held_over(Installation(sessions, settings, key=""), list(OUTCOMES))

    assert {one.filing: one.outcome for one in held[1:-1]} == OUTCOMES
    assert (held[0].outcome, held[-1].outcome) == ("succeeded", "succeeded")
    assert 100 < max(one.megabytes for one in held) < LIMIT


def leave(megabytes: int) -> int:
    """Hold so much for good; the process that does."""
    LEFT.append(b"x" * (megabytes * 1024 * 1024))
    return os.getpid()


async def test_a_reader_that_a_document_made_large_is_replaced():
    sandbox = Sandbox(seconds=10, megabytes=300)
    try:
        small, again = await sandbox.run(leave, 1), await sandbox.run(leave, 200)
        assert small == again
        assert again not in family([os.getpid()])
        assert await sandbox.run(os.getpid) != again
    finally:
        sandbox.close()
