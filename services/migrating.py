"""Bringing a database to the head of the migrations, in process."""

from __future__ import annotations

from alembic import command
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from services.database import expected_revision, migration_config, present_revision


def _upgrade(connection: Connection, url: str) -> None:
    config = migration_config(url)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def migrate(engine: AsyncEngine) -> bool:
    """Apply what is missing. True when something was; two at once take turns."""
    if await present_revision(engine) == expected_revision():
        return False
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade, engine.url.render_as_string(hide_password=False))
    return True
