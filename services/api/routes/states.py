"""States and what they are party to."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from domain.states import queries
from schemas.fields import Iso3
from schemas.paging import Page
from schemas.states import State, StateDetail
from services.api import paging
from services.api.dependencies import Anyone, Now, Transaction
from services.api.exchange import Exchange

router = APIRouter(prefix="/states", tags=["States"], route_class=Exchange)


@router.get("", response_model=Page[State], summary="All States, by code")
async def list_states(
    request: Request,
    response: Response,
    session: Transaction,
    _: Anyone,
    limit: paging.Limit = 50,
    cursor: paging.Cursor = None,
) -> dict[str, Any]:
    rows = await queries.page(session, after=paging.after(cursor), limit=limit + 1)
    return paging.page(request, response, rows, limit, lambda row: row.iso3)


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
