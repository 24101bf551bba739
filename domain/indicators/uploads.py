"""Files that are too large to be read while somebody waits: kept in parts that any process can read."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from domain.base import new_id
from domain.indicators.models import Upload, UploadPart

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

KEPT = timedelta(days=2)
QUICK = 1
"""Level of compression: a table of figures takes a sixth of its room, at the speed of a network."""


def packed(content: bytes) -> bytes:
    return zlib.compress(content, QUICK)


async def begin(session: AsyncSession) -> UUID:
    """A file that comes in parts. One that is not read to the end is forgotten after two days."""
    identifier = new_id()
    await session.execute(insert(Upload).values(id=identifier))
    return identifier


async def add(session: AsyncSession, upload: UUID, number: int, content: bytes) -> None:
    """`content` is packed, and the part `number`, from 0."""
    await session.execute(insert(UploadPart).values(upload=upload, number=number, content=content))


async def complete(session: AsyncSession, upload: UUID, size: int) -> None:
    await session.execute(update(Upload).where(Upload.id == upload).values(size=size))


async def parts(session: AsyncSession, upload: UUID) -> int:
    """How many there are."""
    return await session.scalar(select(func.count()).where(UploadPart.upload == upload)) or 0


async def part(session: AsyncSession, upload: UUID, number: int) -> bytes:
    """As it came. Packed parts are small; what is unpacked is freed before the next is."""
    content = await session.scalar(
        select(UploadPart.content).where(UploadPart.upload == upload, UploadPart.number == number)
    )
    return zlib.decompress(content) if content else b""


async def forget(session: AsyncSession, upload: UUID) -> None:
    await session.execute(delete(Upload).where(Upload.id == upload))


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    await session.execute(delete(Upload).where(Upload.created < now - KEPT))
