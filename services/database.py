"""Engine and sessions, and whether the database is at the head of the migrations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from domain import registry

Driver: TypeAlias = asyncpg.Connection | PoolConnectionProxy
Read = TypeVar("Read")
Sessions: TypeAlias = async_sessionmaker[AsyncSession]

MIGRATIONS = Path(__file__).parent.parent / "migrations"
CONNECT: dict[str, Any] = {
    "timeout": 10,
    "server_settings": {
        "application_name": "focalpoint",
        "timezone": "UTC",
        "statement_timeout": "30000",
        "idle_in_transaction_session_timeout": "300000",
    },
}
LONGEST_WAIT = 20
"""Seconds for a connection to become free, and for a single statement of a hot read."""

TABLES = registry.Base.metadata
"""Complete wherever sessions are opened: a table may refer to any other."""


def open_engine(url: str, *, pool: int = 10) -> AsyncEngine:
    """An engine whose statements end by themselves, and whose pool survives a restart of the server."""
    return create_async_engine(
        url,
        pool_size=pool,
        max_overflow=0,
        pool_pre_ping=True,
        pool_timeout=LONGEST_WAIT,
        hide_parameters=True,  # errors are logged, and parameters are what people filed
        connect_args=CONNECT,
    )


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
    arguments = connect_arguments(engine)
    return asyncpg.create_pool(
        **arguments, min_size=0, max_size=size, reset=_as_it_is, command_timeout=LONGEST_WAIT
    )


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
        async with pool.acquire(timeout=LONGEST_WAIT) as connection:
            return await ask(connection)
    except CLOSED:
        async with pool.acquire(timeout=LONGEST_WAIT) as connection:
            return await ask(connection)


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
