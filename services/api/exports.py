"""Answers that PostgreSQL makes and that pass through, however large they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from uuid import UUID

import asyncpg
import structlog
from fastapi import Response
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import Receive, Scope, Send

from domain.indicators.exporting import Sink
from services.api.problems import Busy
from services.database import CLOSED, without_limits

log = structlog.get_logger(__name__)

Copy = Callable[[asyncpg.Connection, Sink], Awaitable[None]]
Place = Callable[[], AbstractAsyncContextManager[None]]

AT_ONCE = 3
"""Exports of one process; others wait, so that readers who take their time leave connections to the rest."""

OF_ONE = 2
"""Exports of one key at once."""

LONGEST_WAIT = 30.0
"""Seconds for which an export waits for others."""

PIECE = 65_536
"""Bytes that are sent at once, the last of an answer excepted: the driver hands on far smaller ones."""

SLOWEST_PIECE = 60.0
"""Seconds in which a reader takes a piece; whoever takes less is cut off."""

SETTINGS = (
    "transaction_read_only = on",
    "idle_in_transaction_session_timeout = 0",
    "client_connection_check_interval = '2s'",
)
"""Of the transaction of an export. It may be idle while its reader takes what the server has sent long since:
each piece has its time. And it ends soon after its reader has left, though it wait for others at that moment.
"""

AWAY = (*CLOSED, asyncpg.OperatorInterventionError, DBAPIError)
"""How it shows itself that the server has ended an export, or is no longer there."""


class _NotTaken(Exception):
    """The reader has stopped reading."""


class Places:
    """For as many exports as one process serves at once."""

    def __init__(self) -> None:
        self._all = asyncio.Semaphore(AT_ONCE)
        self._own: dict[UUID | None, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def taken(self, key: UUID | None) -> AsyncIterator[None]:
        """Hold a place for an export that `key` asked for. Raises Busy when none becomes free."""
        own = self._own.setdefault(key, asyncio.Semaphore(OF_ONE))
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(LONGEST_WAIT):
                    await held.enter_async_context(own)
                    await held.enter_async_context(self._all)
            except TimeoutError:
                raise Busy(
                    "As many exports as are served at once are running; ask again in a minute.",
                    code="exports-running",
                ) from None
            yield


class Export(Response):
    """Bytes of a `COPY`, sent as they come and no faster than they are taken.

    A piece of them is there before the status is sent: what fails at once is answered as an error, what fails
    later cuts the connection, so that nobody takes a part for the whole. A reader who has stopped reading is
    cut off too. What fits into one piece is sent when the database has been let go of.
    """

    def __init__(
        self, engine: AsyncEngine, place: Place, copy: Copy, *, media_type: str,
        headers: Mapping[str, str],
    ) -> None:  # fmt: skip
        super().__init__(None, headers=headers, media_type=media_type)
        del self.body  # nothing to tag or to compare
        del self.headers["content-length"]
        self._engine, self._place, self._copy = engine, place, copy
        self._begun = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = asyncio.create_task(self._send_all(send))
        leaving = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            if not sending.done():
                sending.cancel()
        if sending.cancelled() or not sending.done():
            return
        try:
            sending.result()
        except _NotTaken:
            log.warning("export cut off: nobody reads it", path=scope["path"])
        except AWAY as error:
            if not self._begun:
                raise
            name = type(error).__name__
            log.warning("export cut off: the database is away", path=scope["path"], error=name)

    async def _send_all(self, send: Send) -> None:
        held = bytearray()

        async def sink(content: bytes) -> None:
            held.extend(content)
            if len(held) >= PIECE:
                await push()

        async def push(*, more: bool = True) -> None:
            if not self._begun:
                await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                self._begun = True
            piece = bytes(held)
            held.clear()
            try:
                async with asyncio.timeout(SLOWEST_PIECE):
                    await send({"type": "http.response.body", "body": piece, "more_body": more})
            except TimeoutError:
                raise _NotTaken from None

        async with self._place(), self._engine.connect() as connection:
            for setting in SETTINGS:
                await connection.execute(text(f"SET LOCAL {setting}"))
            driver = await without_limits(connection)
            try:
                await self._copy(driver, sink)
            except BaseException:
                driver.terminate()  # to end it in good order would wait for rows that nobody takes
                await connection.invalidate()
                raise
        await push(more=False)


async def _gone(receive: Receive) -> None:
    """Until the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
