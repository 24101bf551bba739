"""Bringing a database to the head of the migrations, in process."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from services.database import MIGRATIONS, is_current, present_revision


def _upgrade(connection: Connection) -> None:
    # Imported late: a database that is at the head, as nearly always, needs none of Alembic.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def migrate(engine: AsyncEngine) -> bool:
    """Apply what is missing. True when something was; two at once take turns."""
    if is_current(await present_revision(engine)):
        return False
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade)
    return True
