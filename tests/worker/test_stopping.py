"""A worker that is asked to stop does, whatever becomes of the first request."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from unittest.mock import Mock

import pytest

from services.worker import main


async def lost_once(begun: asyncio.Event) -> None:
    """As `asyncio.wait_for` has it before Python 3.12."""
    never = asyncio.Event()
    begun.set()
    with suppress(asyncio.CancelledError):
        await never.wait()
    await never.wait()


async def test_work_that_lost_its_cancellation_is_cancelled_again_wherever_it_goes_on(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(main, "CANCELLED_AGAIN", 0.05)
    stop, cut_off = asyncio.Event(), Mock()

    async with asyncio.timeout(5):
        await main._until(stop, main._together(main._together(lost_once(stop))), cut_off)

    cut_off.assert_called_once_with()


async def test_work_that_ends_when_it_is_asked_to_is_not_cut_off():
    stop, cut_off = asyncio.Event(), Mock()
    stop.set()

    async with asyncio.timeout(5):
        await main._until(stop, main._together(asyncio.Event().wait()), cut_off)

    cut_off.assert_not_called()


async def test_work_that_fails_ends_what_is_done_beside_it():
    beside = asyncio.Event()

    async def fail() -> None:
        raise ConnectionError("Redis stays away")

    async def go_on() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            beside.set()

    async with asyncio.timeout(5):
        with pytest.raises(ConnectionError, match="stays away"):
            await main._together(go_on(), fail())

    assert beside.is_set()
