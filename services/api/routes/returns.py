"""Returns of national indicators: rounds, what States returned, and the table of a round."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Response

from domain.access.rules import Actor
from domain.errors import Forbidden
from domain.frameworks import queries as frameworks
from domain.returns import actions, queries, rules
from schemas import fields
from schemas.access import Scope
from schemas.catalogue import Day
from schemas.paging import Page
from schemas.plans import RecordedChange
from schemas.returns import IndicatorReturn, ReturnDraft, ReturnFacts, Round, RoundDraft, RoundTable
from services.api import tables
from services.api.addresses import FrameworkKey, OfFramework, OfState
from services.api.dependencies import (
    KnownCaller,
    Now,
    ObservationWriterForAll,
    SeenVersion,
    SeenVersionIfAny,
    Transaction,
)
from services.api.exchange import Exchange
from services.api.paging import Paged
from services.api.tagging import must_have_seen, tagged

router = APIRouter(tags=["observations"], route_class=Exchange)

RoundKey = Annotated[fields.EditionKey, Path(description="key of a round", examples=["2026"])]
Accepted = Annotated[str, Header(alias="accept", description="`text/csv` for one line per State")]


@router.get(
    "/indicator-rounds", response_model=Page[Round], summary="Rounds of returns of indicators, newest first"
)
async def list_rounds(
    pages: Paged, session: Transaction, _: KnownCaller, framework: OfFramework = None
) -> dict[str, Any]:
    rows = await queries.rounds(session, framework=framework, before=pages.after_id, limit=pages.most)
    return pages.answer(rows, lambda row: row.id)


@router.get("/indicator-rounds/{key}/{round_key}", response_model=Round, summary="One round")
async def read_round(
    key: FrameworkKey, round_key: RoundKey, response: Response, session: Transaction, _: KnownCaller
) -> Any:
    return tagged(await queries.find_round(session, key, round_key), response)


@router.put(
    "/indicator-rounds/{key}/{round_key}",
    response_model=Round,
    summary="Let a round be so (`If-Match` when there is one already)",
    description=(
        "By default all indicators of the framework are asked, of all parties on the day when they are due."
    ),
    responses={201: {"model": Round, "description": "A new round"}},
)
async def put_round(
    key: FrameworkKey,
    round_key: RoundKey,
    draft: RoundDraft,
    response: Response,
    session: Transaction,
    actor: ObservationWriterForAll,
    seen: SeenVersionIfAny,
    now: Now,
) -> Any:
    await frameworks.find(session, key, lock=True)
    before = await queries.round_of(session, key, round_key, lock=True)
    must_have_seen(before, seen)
    response.status_code = 200 if before else 201
    made = await actions.put_round(session, key, round_key, draft, before=before, actor=actor, now=now)
    return tagged(made, response)


@router.get(
    "/indicator-rounds/{key}/{round_key}/changes",
    response_model=Page[RecordedChange],
    summary="Who changed what of a round, the latest first",
    description="The first entry says who opened it.",
)
async def list_round_changes(
    key: FrameworkKey, round_key: RoundKey, pages: Paged, session: Transaction, _: KnownCaller
) -> dict[str, Any]:
    of = await queries.find_round(session, key, round_key)
    rows = await queries.changes(session, of, before=pages.after_id, limit=pages.most)
    return pages.answer(rows, lambda row: row.id)


def _must_see_all(actor: Actor) -> None:
    if actor.state is not None and not actor.may(Scope.ADMIN):
        raise Forbidden(
            f"This key reads of {actor.state} only; see `/v1/indicator-returns`.",
            code="other-state",
            state=actor.state,
        )


@router.get(
    "/indicator-rounds/{key}/{round_key}/table",
    response_model=RoundTable,
    responses=tables.ALSO,
    summary="Who returned on time and in the proper format, and whose data can be compared",
    description="With why not, for each State and each indicator. As `text/csv` one line per State.",
)
async def read_table(
    key: FrameworkKey,
    round_key: RoundKey,
    response: Response,
    session: Transaction,
    actor: KnownCaller,
    now: Now,
    as_of: Annotated[
        Day | None,
        Query(description="the day that decides what has come in and what is missing; today when left out"),
    ] = None,
    accept: Accepted = "application/json",
) -> Any:
    _must_see_all(actor)
    of = await queries.find_round(session, key, round_key)
    found = await queries.table(session, of, as_of=as_of or now.date())
    return tables.answered(response, found, accept, rules.COLUMNS, rules.rows)


@router.post(
    "/indicator-returns",
    response_model=IndicatorReturn,
    status_code=201,
    summary="Record what a State returned for a round",
    description="Once for a State and round (409 `already-returned`). What is not judged yet is left null.",
)
async def record_return(
    draft: ReturnDraft, response: Response, session: Transaction, now: Now, actor: ObservationWriterForAll
) -> Any:
    made = await actions.record(session, draft, actor=actor, now=now)
    tagged(made, response, at=f"/v1/indicator-returns/{made.id}")
    return queries.told(made, today=now.date())


@router.get(
    "/indicator-returns",
    response_model=Page[IndicatorReturn],
    summary="Returns of indicators, newest first",
    description="A State's key sees what its State returned.",
)
async def list_returns(
    pages: Paged,
    session: Transaction,
    now: Now,
    actor: KnownCaller,
    framework: OfFramework = None,
    of_round: Annotated[
        fields.EditionKey | None, Query(alias="round", description="only of this round", examples=["2026"])
    ] = None,
    state: OfState = None,
) -> dict[str, Any]:
    rows = await queries.page(
        session,
        actor=actor,
        framework=framework,
        round_key=of_round,
        state=state,
        before=pages.after_id,
        limit=pages.most,
    )
    today = now.date()
    return pages.answer(rows, lambda row: row.id, shown=lambda row: queries.told(row, today=today))


@router.get("/indicator-returns/{return_id}", response_model=IndicatorReturn, summary="One return")
async def read_return(
    return_id: UUID, response: Response, session: Transaction, now: Now, actor: KnownCaller
) -> Any:
    found = await queries.find(session, return_id, actor=actor)
    return queries.told(tagged(found, response), today=now.date())


@router.put(
    "/indicator-returns/{return_id}",
    response_model=IndicatorReturn,
    summary="Say anew what is known of a return (`If-Match`)",
)
async def correct_return(
    return_id: UUID,
    facts: ReturnFacts,
    response: Response,
    session: Transaction,
    now: Now,
    actor: ObservationWriterForAll,
    seen: SeenVersion,
) -> Any:
    found = await queries.find(session, return_id, actor=actor, lock=True)
    seen.must_be(found.etag)
    made = await actions.correct(session, found, facts, actor=actor, now=now)
    return queries.told(tagged(made, response), today=now.date())


@router.get(
    "/indicator-returns/{return_id}/changes",
    response_model=Page[RecordedChange],
    summary="Who changed what of a return, the latest first",
    description="The first entry says who recorded it.",
)
async def list_return_changes(
    return_id: UUID, pages: Paged, session: Transaction, actor: KnownCaller
) -> dict[str, Any]:
    of = await queries.find(session, return_id, actor=actor)
    rows = await queries.changes(session, of, before=pages.after_id, limit=pages.most)
    return pages.answer(rows, lambda row: row.id)
