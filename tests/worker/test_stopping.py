"""A worker that is asked to stop does, whatever becomes of the first request."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from services.worker import main


async def test_work_that_lost_its_cancellation_is_cancelled_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(main, "CANCELLED_AGAIN", 0.05)
    stop, never = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        """As `asyncio.wait_for` has it before Python 3.12."""
        stop.set()
        with suppress(asyncio.CancelledError):
            await never.wait()
        await never.wait()

    async with asyncio.timeout(5):
        await main._until(stop, work())
