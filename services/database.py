"""Engine and sessions, and whether the database is at the head of the migrations."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from domain import registry

Sessions: TypeAlias = async_sessionmaker[AsyncSession]

MIGRATIONS = Path(__file__).parent.parent / "migrations"
TABLES = registry.Base.metadata
"""Complete wherever sessions are opened: a table may refer to any other."""


def open_engine(url: str, *, pool: int = 10, statement_seconds: float = 30.0) -> AsyncEngine:
    """An engine whose statements end by themselves, and whose pool survives a restart of the server."""
    return create_async_engine(
        url,
        pool_size=pool,
        max_overflow=0,
        pool_pre_ping=True,
        pool_timeout=20,
        connect_args={
            "timeout": 10,
            "server_settings": {
                "application_name": "focalpoint",
                "timezone": "UTC",
                "statement_timeout": str(int(statement_seconds * 1000)),
                "idle_in_transaction_session_timeout": "60000",
            },
        },
    )


def sessions_of(engine: AsyncEngine) -> Sessions:
    return async_sessionmaker(engine, expire_on_commit=False)


def migration_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def expected_revision() -> str | None:
    """The newest migration that this code brings."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _present_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def present_revision(engine: AsyncEngine) -> str | None:
    """The migration that the database is at; None when it has none."""
    async with engine.connect() as connection:
        return await connection.run_sync(_present_revision)
