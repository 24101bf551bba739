"""How much of a framework another one covers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from domain.crosswalks import coverage
from schemas import fields
from schemas.coverage import Coverage
from services.api.addresses import FrameworkKey
from services.api.dependencies import Anyone, Transaction
from services.api.exchange import Shared

router = APIRouter(tags=["crosswalks"], route_class=Shared)


@router.get(
    "/frameworks/{key}/coverage",
    response_model=Coverage,
    summary="How much of each of two frameworks the other one covers",
    description=(
        "For every assessable provision on both sides what would be established if the whole other framework "
        "were fully addressed: `full`, at least in part (`partial`), a mere `indication`, or a `gap`; "
        "`no-counterpart` where an accepted mapping states the gap."
    ),
)
async def read_coverage(
    key: FrameworkKey,
    session: Transaction,
    _: Anyone,
    to: Annotated[fields.FrameworkKey, Query(examples=["crpd"])],
) -> Coverage:
    return await coverage.between(session, key, to)
