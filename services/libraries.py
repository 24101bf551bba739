"""Library documents as the API and the loader take them in."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import Invalid
from domain.frameworks import actions
from domain.frameworks.misshapen import elsewhere, mended
from schemas.libraries import Library
from services.shaping import shaped


async def library_of(session: AsyncSession, data: object) -> Library:
    """The document that the data are. Raises Invalid with every problem of their shape.

    Where entries of lists alone are misshapen, what the rules find in the rest is named with it; where
    anything else is (the framework, the edition, the scale, an unknown key), their shape alone. Whether the
    edition is published already is asked once everything has its shape.
    """
    try:
        return await asyncio.to_thread(shaped, Library, data, code="invalid-library")
    except Invalid as refusal:
        rest = await asyncio.to_thread(mended, data, refusal.problems)
        if rest is not None:
            refusal.problems += elsewhere(await actions.problems(session, rest), refusal.problems)
        raise
