"""Which catalogue files have been loaded, by the digest of their bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, UpdatedAt

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


class LoadedFile(Base):
    __tablename__ = "loaded_files"

    name: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    loaded: Mapped[UpdatedAt]

    @staticmethod
    async def digests(session: AsyncSession) -> dict[str, str]:
        """By name."""
        rows = await session.execute(select(LoadedFile.name, LoadedFile.digest))
        return dict(rows.all())
