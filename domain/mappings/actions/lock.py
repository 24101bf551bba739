from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

GRAPH = 0x6D617073
"""The lock under which mappings are changed."""


async def lock(session: AsyncSession) -> None:
    """Let nobody else change mappings until this transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(GRAPH)))
