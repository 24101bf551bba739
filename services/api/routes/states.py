"""States, what they are party to, and what the parties of frameworks share."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from domain.frameworks import queries as frameworks
from domain.states import queries, rules
from schemas.fields import Iso3
from schemas.paging import Page
from schemas.states import (
    Intersections,
    Membership,
    MembershipStatus,
    Overlaps,
    PartyBy,
    State,
    StateDetail,
)  # fmt: skip
from services.api.addresses import AsOf, FrameworkKey
from services.api.dependencies import Anyone, Now, Transaction
from services.api.exchange import Shared
from services.api.paging import Paged

router = APIRouter(tags=["States"], route_class=Shared)

KEY = "[a-z0-9]+(?:[.-][a-z0-9]+)*"

ByRule = Annotated[PartyBy, Query(description="from which day a State counts as party")]
Region = Annotated[
    str | None,
    Query(max_length=100, description="an M49 region or subregion; others are refused", examples=["Africa"]),
]
Frameworks = Annotated[
    str,
    Query(
        alias="frameworks",
        pattern=rf"^{KEY}(?:,{KEY}){{1,9}}$",
        max_length=900,
        description="2 to 10 keys, separated by commas",
        examples=["ccm,cedaw,crpd"],
    ),
]


async def day_and_rule(now: Now, as_of: AsOf = None, party_by: ByRule = PartyBy.DEPOSIT) -> rules.Basis:
    return rules.Basis(as_of or now.date(), party_by)


async def day_rule_and_region(
    now: Now, as_of: AsOf = None, party_by: ByRule = PartyBy.DEPOSIT, region: Region = None
) -> rules.Basis:
    return rules.Basis(as_of or now.date(), party_by, region)


OnDay = Annotated[rules.Basis, Depends(day_and_rule)]
OnDayInRegion = Annotated[rules.Basis, Depends(day_rule_and_region)]


@router.get("/states", response_model=Page[State], summary="All States, by code")
async def list_states(
    pages: Paged,
    session: Transaction,
    _: Anyone,
) -> dict[str, Any]:
    rows = await queries.page(session, after=pages.after, limit=pages.most)
    return pages.answer(rows, lambda row: row.iso3)


@router.get("/states/{iso3}", response_model=StateDetail, summary="One State and its memberships on a day")
async def read_state(
    iso3: Annotated[Iso3, Path(examples=["HRV"])], session: Transaction, _: Anyone, basis: OnDay
) -> dict[str, Any]:
    state = await queries.find(session, iso3)
    memberships = await queries.of_state(session, iso3, as_of=basis.as_of, party_by=basis.party_by)
    return {name: getattr(state, name) for name in State.model_fields} | {"memberships": memberships}


@router.get(
    "/frameworks/{key}/memberships",
    response_model=Page[Membership],
    summary="Who had signed, joined or left on a day",
)
async def list_memberships(
    key: FrameworkKey,
    pages: Paged,
    session: Transaction,
    _: Anyone,
    basis: OnDay,
    status: Annotated[MembershipStatus | None, Query(description="only those in this status")] = None,
) -> dict[str, Any]:
    await frameworks.find(session, key)
    rows = await queries.memberships(
        session, key, basis=basis, status=status, after=pages.after, limit=pages.most
    )
    return pages.answer(rows, lambda row: row.state)


@router.get(
    "/frameworks/{key}/overlaps",
    response_model=Overlaps,
    summary="What its parties share with other frameworks",
    description="Computed for any day, beside the figures that documents state and when these were true.",
)
async def read_overlaps(key: FrameworkKey, session: Transaction, _: Anyone, basis: OnDayInRegion) -> Overlaps:
    return await queries.overlaps(session, key, basis)


@router.get(
    "/overlaps",
    response_model=Intersections,
    summary="What the parties of several frameworks share",
    description="Parties of each, of all, and of exactly each combination that occurs; the same by region.",
)
async def read_intersections(
    keys: Frameworks, session: Transaction, _: Anyone, basis: OnDayInRegion
) -> Intersections:
    return await queries.intersections(session, keys.split(","), basis)
