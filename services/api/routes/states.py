"""States and what they are party to."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from domain.states import queries
from schemas.fields import Iso3
from schemas.paging import Page
from schemas.states import State, StateDetail
from services.api.dependencies import Anyone, Now, Transaction
from services.api.exchange import Exchange
from services.api.paging import Paged

router = APIRouter(prefix="/states", tags=["States"], route_class=Exchange)


@router.get("", response_model=Page[State], summary="All States, by code")
async def list_states(
    pages: Paged,
    session: Transaction,
    _: Anyone,
) -> dict[str, Any]:
    rows = await queries.page(session, after=pages.after, limit=pages.most)
    return pages.answer(rows, lambda row: row.iso3)


@router.get("/{iso3}", response_model=StateDetail, summary="One State and its memberships on a day")
async def read_state(
    iso3: Annotated[Iso3, Path(examples=["HRV"])],
    session: Transaction,
    now: Now,
    _: Anyone,
    as_of: Annotated[date | None, Query(description="any day; today when left out")] = None,
) -> dict[str, Any]:
    state = await queries.find(session, iso3)
    columns = ("iso3", "name", "m49", "region", "subregion", "un_member", "kind", "sample")
    memberships = await queries.of_state(session, iso3, as_of=as_of or now.date())
    return {name: getattr(state, name) for name in columns} | {"memberships": memberships}
