"""Reporting cycles, what States owe, and how many reports came in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from domain.obligations import queries
from domain.obligations.models import Obligation as Owed
from domain.submissions import owed
from schemas.fields import IsoDate
from schemas.obligations import (
    Cycle,
    CycleDraft,
    Obligation,
    ObligationChange,
    ObligationStatus,
    ReportingRates,
)
from schemas.paging import Page
from schemas.submissions import Period
from services.api.addresses import DueBefore, FrameworkKey, OfFramework, OfPeriod, OfState
from services.api.dependencies import (
    Anyone,
    CatalogueWriter,
    FollowUpForAll,
    KnownCaller,
    Now,
    SeenVersion,
    SeenVersionIfAny,
    Transaction,
)
from services.api.exchange import Exchange
from services.api.paging import Paged
from services.api.tagging import tagged

router = APIRouter(tags=["obligations"], route_class=Exchange)

CyclePeriod = Annotated[Period, Path(description="period of a reporting cycle", examples=["2024"])]


def _standing(obligation: Owed, response: Response, now: datetime) -> Obligation:
    response.headers["ETag"] = obligation.etags(now)[0]
    return queries.on(now, obligation)


@router.get(
    "/frameworks/{key}/reporting-cycles",
    response_model=Page[Cycle],
    summary="What a framework asks to be reported, by period",
)
async def list_cycles(
    key: FrameworkKey, pages: Paged, session: Transaction, _: KnownCaller
) -> dict[str, Any]:
    rows = await queries.cycles(session, key, after=pages.after, limit=pages.most)
    return pages.answer(rows, lambda row: row.period)


@router.get(
    "/frameworks/{key}/reporting-cycles/{period}", response_model=Cycle, summary="One reporting cycle"
)
async def read_cycle(
    key: FrameworkKey, period: CyclePeriod, response: Response, session: Transaction, _: KnownCaller
) -> Any:
    return tagged(await queries.find_cycle(session, key, period), response)


@router.put(
    "/frameworks/{key}/reporting-cycles/{period}",
    response_model=Cycle,
    summary="Let a reporting cycle be so",
    description=(
        "What the parties owe for it is opened at once, one obligation each, and met by what they filed "
        "already. Put again, obligations follow: those that were extended keep the later day. Stands before "
        "the yearly rule of the treaty, if it has one."
    ),
    responses={201: {"model": Cycle, "description": "A new cycle"}},
)
async def put_cycle(
    key: FrameworkKey,
    period: CyclePeriod,
    draft: CycleDraft,
    response: Response,
    session: Transaction,
    now: Now,
    _: CatalogueWriter,
    seen: SeenVersionIfAny,
) -> Any:
    if seen is not None:
        seen.must_be((await queries.find_cycle(session, key, period, lock=True)).etag)
    cycle, is_new = await owed.put_cycle(session, key, period, draft, now=now)
    response.status_code = 201 if is_new else 200
    return tagged(cycle, response, at=f"/v1/frameworks/{key}/reporting-cycles/{period}")


@router.get(
    "/frameworks/{key}/reporting-rates",
    response_model=ReportingRates,
    summary="How many of the reports owed came in, and on time",
    description="Without `cycle` for each, and over all whose day has passed. First reports are not counted.",
)
async def read_rates(
    key: FrameworkKey,
    session: Transaction,
    now: Now,
    _: Anyone,
    cycle: Annotated[Period | None, Query(description="of this cycle alone", examples=["2024"])] = None,
) -> ReportingRates:
    return await queries.rates(session, key, cycle=cycle, now=now)


@router.get(
    "/obligations",
    response_model=Page[Obligation],
    summary="What States owe, those first that are due first",
    description="A State's key sees what its State owes.",
)
async def list_obligations(
    pages: Paged,
    session: Transaction,
    now: Now,
    actor: KnownCaller,
    framework: OfFramework = None,
    state: OfState = None,
    period: OfPeriod = None,
    status: Annotated[ObligationStatus | None, Query(description="only those that stand so now")] = None,
    due_after: Annotated[IsoDate | None, Query(description="inclusive", examples=["2026-01-01"])] = None,
    due_before: DueBefore = None,
) -> dict[str, Any]:
    rows = await queries.page(
        session,
        actor=actor,
        framework=framework,
        state=state,
        period=period,
        status=status,
        now=now,
        due_after=due_after,
        due_before=due_before,
        after=pages.after_moment,
        limit=pages.most,
    )
    return pages.answer(
        rows, lambda row: f"{row.over.isoformat()} {row.id}", shown=lambda row: queries.on(now, row)
    )


@router.get("/obligations/{obligation_id}", response_model=Obligation, summary="One obligation")
async def read_obligation(
    obligation_id: UUID, response: Response, session: Transaction, now: Now, actor: KnownCaller
) -> Any:
    return _standing(await queries.find(session, obligation_id, actor=actor), response, now)


@router.patch(
    "/obligations/{obligation_id}",
    response_model=Obligation,
    summary="Extend, waive, or say that a report was handed in elsewhere (`If-Match`)",
    description=(
        "`open` ends a waiver, or takes back that a report was handed in elsewhere. Reminders that are not "
        "sent yet follow. What was met by a report that is here is neither extended nor waived; if one was "
        "handed in elsewhere as well, the day of the first counts."
    ),
)
async def change_obligation(
    obligation_id: UUID,
    change: ObligationChange,
    response: Response,
    session: Transaction,
    now: Now,
    actor: FollowUpForAll,
    seen: SeenVersion,
) -> Any:
    obligation = await queries.find(session, obligation_id, actor=actor, lock=True)
    seen.must_be(*obligation.etags(now))
    await owed.decide(session, obligation, change, actor=actor, now=now)
    return _standing(obligation, response, now)
