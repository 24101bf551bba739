"""Connections to a server that does not answer, though it is not away either."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services import database
from services.database import open_driver_pool, open_engine, without_limits
from services.settings import Settings
from tests.wire import Wire, wire_to

SHORT = 1.0
PID = text("SELECT pg_backend_pid()")


@pytest.fixture
async def wire(settings: Settings) -> AsyncIterator[Wire]:
    async with wire_to(settings.require_database()) as wire:
        yield wire


@pytest.fixture
async def engine(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncEngine]:
    """One that waits for a moment only."""
    monkeypatch.setitem(database.CONNECT, "command_timeout", SHORT)
    engine = open_engine(wire.url, pool=3)
    yield engine
    await database.close(engine)


async def open_several(engine: AsyncEngine, number: int) -> None:
    held = [await engine.connect() for _ in range(number)]
    for connection in held:
        await connection.execute(PID)
    for connection in held:
        await connection.close()


async def test_a_statement_without_an_answer_ends_and_its_connection_is_not_used_again(
    engine: AsyncEngine, wire: Wire
):
    async with engine.connect() as connection:
        before = await connection.scalar(PID)
        wire.hold()
        async with asyncio.timeout(10):
            with pytest.raises(TimeoutError):
                await connection.execute(PID)
    wire.let_go()

    async with engine.connect() as connection:
        assert await connection.scalar(PID) != before


async def test_a_hot_read_without_an_answer_ends_and_its_connection_is_not_used_again(
    engine: AsyncEngine, wire: Wire, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(database, "LONGEST_WAIT", 3.0)
    pool = await open_driver_pool(engine, size=1)
    before = await database.read(pool, lambda one: one.fetchval(PID.text))
    wire.hold()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await database.read(pool, lambda one: one.fetchval(PID.text))
    assert time.monotonic() - began < 5.5, "it was waited for twice"
    wire.let_go()

    assert await database.read(pool, lambda one: one.fetchval(PID.text)) != before
    await database.close(engine, pool)


async def test_what_may_take_long_may_and_what_comes_after_may_not(engine: AsyncEngine):
    async with engine.begin() as connection:
        driver = await without_limits(connection)
        await connection.execute(text(f"SELECT pg_sleep({2 * SHORT})"))
        await driver.execute(f"SELECT pg_sleep({2 * SHORT})")
        before = await connection.scalar(PID)
    async with engine.connect() as connection:
        assert await connection.scalar(PID) == before, "the same connection"
        with pytest.raises(TimeoutError):
            await connection.execute(text("SELECT pg_sleep(60)"))


async def test_idle_connections_to_a_server_that_hangs_are_soon_closed(engine: AsyncEngine, wire: Wire):
    pool = await open_driver_pool(engine, size=1)
    await database.read(pool, lambda one: one.fetchval(PID.text))
    await open_several(engine, 3)
    wire.hold()

    async with asyncio.timeout(database.CLOSE_WITHIN + 4):
        await database.close(engine, pool)


async def test_what_waits_for_a_server_that_hangs_fails_as_soon_as_it_is_cut_off(wire: Wire):
    engine, asked = open_engine(wire.url, pool=1), asyncio.Event()

    async def ask() -> None:
        async with engine.connect() as connection:
            await connection.execute(PID)
            wire.hold()
            asyncio.get_running_loop().call_soon(asked.set)
            await connection.execute(PID)

    asking = asyncio.create_task(ask())
    await asked.wait()
    database.cut_off(engine)

    async with asyncio.timeout(5):
        await asyncio.wait({asking})
    assert asking.exception() is not None
    await database.close(engine)


async def test_the_system_watches_whether_the_machine_of_the_server_is_still_there(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
):
    seen: list[socket.socket] = []

    class Seen(database.Connection):
        def __init__(self, protocol: Any, transport: asyncio.Transport, *others: Any) -> None:
            super().__init__(protocol, transport, *others)
            seen.append(transport.get_extra_info("socket"))

    monkeypatch.setitem(database.CONNECT, "connection_class", Seen)
    async with open_driver_pool(engine, size=1) as pool:
        await pool.fetchval("SELECT 1")
        [wire] = seen
        assert wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 120_000
