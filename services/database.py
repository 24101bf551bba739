"""Engine and sessions, and whether the database is at the head of the migrations."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast
from weakref import WeakKeyDictionary, WeakSet

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from sqlalchemy import Engine, event, text
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import ConnectionPoolEntry

from domain import registry

Driver: TypeAlias = asyncpg.Connection | PoolConnectionProxy
Read = TypeVar("Read")
Sessions: TypeAlias = async_sessionmaker[AsyncSession]

MIGRATIONS = Path(__file__).parent.parent / "migrations"
LOST_AFTER = 120
"""Seconds without an acknowledgement after which the server's machine counts as lost; also those for which a
server may take nothing of a large import, as one may whose disk is busy.
"""

WATCHED = {"TCP_KEEPIDLE": 20, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 10, "TCP_USER_TIMEOUT": LOST_AFTER * 1_000}
"""Options of sockets, as far as the system has them; the last one is in milliseconds."""


class Connection(asyncpg.Connection):
    """One that ends when the server's machine is lost, also while nobody asks anything of it."""

    def __init__(self, protocol: Any, transport: asyncio.Transport, *others: Any) -> None:
        super().__init__(protocol, transport, *others)
        wire = transport.get_extra_info("socket")
        if wire.family != socket.AF_UNIX:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name in WATCHED.keys() & vars(socket).keys():
                wire.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), WATCHED[name])

    def limit(self, seconds: float | None) -> None:
        """How long a statement waits for its answer from now on."""
        driver: Any = self
        driver._config = driver._config._replace(command_timeout=seconds)


CONNECT: dict[str, Any] = {
    "timeout": 10,
    "command_timeout": 35,  # a server that is there ends its statements before
    "connection_class": Connection,
    "server_settings": {
        "application_name": "focalpoint",
        "timezone": "UTC",
        "statement_timeout": "30000",
        "idle_in_transaction_session_timeout": "300000",
    },
}
LONGEST_WAIT = 20
"""Seconds for a connection to become free, and for a single statement of a hot read."""

CLOSE_WITHIN = 1.5
"""Seconds that a server has to say goodbye."""

_OPENED: WeakKeyDictionary[Engine, WeakSet[asyncpg.Connection]] = WeakKeyDictionary()

TABLES = registry.Base.metadata
"""Complete wherever sessions are opened: a table may refer to any other."""


def open_engine(url: str, *, pool: int = 10) -> AsyncEngine:
    """An engine whose statements end by themselves, and whose pool survives a restart of the server."""
    engine = create_async_engine(
        url,
        pool_size=pool,
        max_overflow=0,
        pool_pre_ping=True,
        pool_timeout=LONGEST_WAIT,
        hide_parameters=True,  # errors are logged, and parameters are what people filed
        connect_args=CONNECT,
    )
    _OPENED[engine.sync_engine] = WeakSet()
    event.listen(engine.sync_engine, "connect", partial(_note, _OPENED[engine.sync_engine]))
    event.listen(engine.sync_engine, "checkin", _limit_again)
    event.listen(engine.sync_engine, "handle_error", _give_up_unanswered)
    return engine


def _note(opened: WeakSet[asyncpg.Connection], adapted: Any, _: ConnectionPoolEntry) -> None:
    opened.add(adapted.driver_connection)


def _limit_again(adapted: Any, _: ConnectionPoolEntry) -> None:
    """What one transaction was allowed, the next is not."""
    if adapted is not None:
        adapted.driver_connection.limit(CONNECT["command_timeout"])


def _give_up_unanswered(context: ExceptionContext) -> None:
    """A connection that brought no answer is not used again, nor is any that was opened before."""
    if isinstance(context.original_exception, TimeoutError):
        context.is_disconnect = True


async def without_limits(connection: AsyncConnection) -> asyncpg.Connection:
    """The driver's connection. Statements of this transaction last as long as they take."""
    await connection.execute(text("SET LOCAL statement_timeout = 0"))
    driver = cast("Connection", (await connection.get_raw_connection()).driver_connection)
    driver.limit(None)
    return driver


async def close(engine: AsyncEngine, pool: asyncpg.Pool | None = None) -> None:
    """Close all connections, in good order where the server answers in time."""
    closing = {asyncio.create_task(engine.dispose())}
    if pool is not None:
        closing.add(asyncio.create_task(pool.close()))
    _, waiting = await asyncio.wait(closing, timeout=CLOSE_WITHIN)
    if waiting:
        cut_off(engine)
        if pool is not None:
            pool.terminate()
    await asyncio.gather(*closing)


def cut_off(engine: AsyncEngine) -> None:
    """End its connections without a word to the server: whatever waits for an answer fails at once."""
    for connection in list(_OPENED[engine.sync_engine]):
        connection.terminate()


def sessions_of(engine: AsyncEngine) -> Sessions:
    return async_sessionmaker(engine, expire_on_commit=False)


def connect_arguments(engine: AsyncEngine) -> dict[str, Any]:
    """What the driver needs for a connection like those of the engine."""
    _, arguments = engine.dialect.create_connect_args(engine.url)
    return {**arguments, **CONNECT}


async def _as_it_is(_: asyncpg.Connection) -> None:
    """Statements that are sent over these connections leave nothing behind that would need a reset."""


def open_driver_pool(engine: AsyncEngine, *, size: int) -> asyncpg.Pool:
    """A few connections of the driver's own, for single statements, opened when first needed.

    More of them than the database has cores would wait for each other.
    """
    arguments = connect_arguments(engine) | {"command_timeout": LONGEST_WAIT}
    return asyncpg.create_pool(**arguments, min_size=0, max_size=size, reset=_as_it_is)


CLOSED = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    ConnectionError,
)
"""How a connection that the server closed meanwhile shows itself."""


async def read(pool: asyncpg.Pool, ask: Callable[[Driver], Awaitable[Read]]) -> Read:
    """What `ask` reads, changing nothing; over another connection if the first turns out to be closed."""
    try:
        return await _read(pool, ask)
    except CLOSED:
        return await _read(pool, ask)


async def _read(pool: asyncpg.Pool, ask: Callable[[Driver], Awaitable[Read]]) -> Read:
    async with pool.acquire(timeout=LONGEST_WAIT) as connection:
        try:
            return await ask(connection)
        except TimeoutError:
            connection.terminate()  # else it would be waited for again, to be given back
            raise


def expected_revision() -> str:
    """The newest migration that this code brings: files in `versions/` are numbered."""
    return max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def is_current(present: str | None) -> bool:
    """Whether this code can work: the database is at its newest migration, or at one of a later release."""
    return present is not None and present >= expected_revision()


async def present_revision(engine: AsyncEngine) -> str | None:
    """The migration that the database is at; None when it has none."""
    async with engine.connect() as connection:
        if await connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
            return None
        found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found
