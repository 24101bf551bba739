"""Engine and sessions, and whether the database is at the head of the migrations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeAlias, cast

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from domain import registry

Sessions: TypeAlias = async_sessionmaker[AsyncSession]

MIGRATIONS = Path(__file__).parent.parent / "migrations"
TABLES = registry.Base.metadata
"""Complete wherever sessions are opened: a table may refer to any other."""


def open_engine(url: str, *, pool: int = 10, statement_seconds: float = 30.0) -> AsyncEngine:
    """An engine whose statements end by themselves, and whose pool survives a restart of the server."""
    engine = create_async_engine(
        url,
        pool_size=pool,
        max_overflow=0,
        pool_timeout=20,
        hide_parameters=True,  # errors are logged, and parameters are what people filed
        connect_args={
            "timeout": 10,
            "server_settings": {
                "application_name": "focalpoint",
                "timezone": "UTC",
                "statement_timeout": str(int(statement_seconds * 1000)),
                "idle_in_transaction_session_timeout": "300000",
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: DBAPIConnection, *_: object) -> None:
    """The driver sees when a server closes a connection: no round trip, where a ping makes three."""
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError


def sessions_of(engine: AsyncEngine) -> Sessions:
    return async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def driver_connection(engine: AsyncEngine) -> AsyncIterator[asyncpg.Connection]:
    """The driver's own connection, out of the pool, for single statements: there is no transaction."""
    pooled = await engine.raw_connection()
    try:
        yield cast("asyncpg.Connection", pooled.driver_connection)
    finally:
        pooled.close()


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
