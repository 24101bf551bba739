from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from domain.base import Json, new_id
from domain.mappings.models import MappingSet

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

DESCRIBED = {
    "mapping_set_id": "mapping_set_id",
    "title": "mapping_set_title",
    "description": "mapping_set_description",
    "license": "license",
}
"""By column, the slot of SSSOM in which it stands."""


async def filled_here(session: AsyncSession, key: str, header: Json) -> MappingSet:
    """A set that nobody has to bring, made with this header of SSSOM if it is not there yet."""
    found: MappingSet | None = await session.scalar(select(MappingSet).where(MappingSet.key == key))
    if found is None:
        columns = {column: header[slot] for column, slot in DESCRIBED.items()}
        found = MappingSet(
            id=new_id(), key=key, unknown_slots=[], header=header, fingerprint="", revision=0, **columns
        )
        session.add(found)
        await session.flush()
    return found
