"""Runs migrations over a connection that is handed in, or over one made from the URL."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

from domain.registry import Base

LOCK = 0x666F63616C  # "focal": two deployers at once take turns


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=True)
    with context.begin_transaction():
        if not context.is_offline_mode():
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        context.run_migrations()


async def connect_and_migrate() -> None:
    url = context.config.get_main_option("sqlalchemy.url")
    assert url is not None, "give sqlalchemy.url"
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


handed = context.config.attributes.get("connection")
if handed is not None:
    migrate(handed)
else:
    asyncio.run(connect_and_migrate())
