"""Exports end whole or are cut off: by readers who take their time, by those who leave, by the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import Message
from structlog.testing import capture_logs

from domain.indicators.exporting import Sink
from services import database
from services.api.exports import PIECE, Export
from services.settings import Settings


@pytest.fixture
async def engine(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncEngine]:
    """One whose server waits for the next statement of a transaction for a moment only."""
    limits = database.CONNECT["server_settings"] | {"idle_in_transaction_session_timeout": "300"}
    monkeypatch.setitem(database.CONNECT, "server_settings", limits)
    engine = database.open_engine(settings.require_database())
    yield engine
    await database.close(engine)


async def asked(export: Export, *, left: asyncio.Event | None = None) -> bytes:
    """What a reader receives who leaves, if ever, with `left`; no end of it where there is none."""
    received: list[bytes] = []

    async def receive() -> Message:
        await (left or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        received.append(message.get("body", b""))
        if message["type"] == "http.response.body" and not message["more_body"]:
            received.append(b"(end)")

    await export({"type": "http", "path": "/v1/exported"}, receive, send)
    return b"".join(received)


async def test_a_reader_may_take_what_the_database_has_sent_long_since(engine: AsyncEngine):
    async def copy(driver: asyncpg.Connection, sink: Sink) -> None:
        await driver.copy_from_query("SELECT 'all'", output=sink)
        await asyncio.sleep(1.5)

    assert await asked(Export(engine, nullcontext, copy, media_type="text/csv", headers={})) == b"all\n(end)"


async def test_what_is_cut_off_by_the_database_is_one_line_in_the_log(engine: AsyncEngine):
    async def copy(driver: asyncpg.Connection, sink: Sink) -> None:
        await sink(b"x" * PIECE)
        await driver.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with capture_logs() as logged:
        received = await asked(Export(engine, nullcontext, copy, media_type="text/csv", headers={}))

    assert received == b"x" * PIECE
    assert [(entry["event"], entry["error"]) for entry in logged] == [
        ("export cut off: the database is away", "ConnectionDoesNotExistError")
    ]


async def test_what_fails_before_anything_was_sent_is_for_the_handlers_of_errors(engine: AsyncEngine):
    async def copy(driver: asyncpg.Connection, sink: Sink) -> None:
        await sink(b"x")
        await driver.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        await asked(Export(engine, nullcontext, copy, media_type="text/csv", headers={}))


async def test_the_statement_of_a_reader_who_left_ends_in_the_server(engine: AsyncEngine):
    left, pids = asyncio.Event(), []

    async def copy(driver: asyncpg.Connection, sink: Sink) -> None:
        pids.append(await driver.fetchval("SELECT pg_backend_pid()"))
        asyncio.get_running_loop().call_later(0.2, left.set)
        await driver.copy_from_query("SELECT pg_sleep(60)", output=sink)

    await asked(Export(engine, nullcontext, copy, media_type="text/csv", headers={}), left=left)

    running = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid AND state = 'active'")
    async with asyncio.timeout(20), engine.connect() as connection:
        while await connection.scalar(running, {"pid": pids[0]}):
            await asyncio.sleep(0.2)
            await connection.rollback()
