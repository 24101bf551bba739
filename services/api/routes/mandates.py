"""Mandates: terms of reference in force, and who holds them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from domain.plans import mandates, queries
from schemas.paging import Page
from schemas.plans import Mandate, MandateChange, MandateDraft, RecordedPlanChange
from services.api.addresses import InForce, OfFramework
from services.api.dependencies import KnownCaller, MandateWriter, Now, SeenVersion, Transaction
from services.api.exchange import Exchange
from services.api.paging import Paged
from services.api.tagging import tagged

router = APIRouter(tags=["plans"], route_class=Exchange)


@router.post(
    "/mandates",
    response_model=Mandate,
    status_code=201,
    summary="Give a mandate",
    description=(
        "Makes the plan of the activities that the terms ask for. By the same terms there is one mandate at "
        "a time (409 `mandates-overlap`), unless `overlapping` says that more are meant."
    ),
)
async def give_mandate(
    draft: MandateDraft, response: Response, session: Transaction, actor: MandateWriter, now: Now
) -> Any:
    mandate = await mandates.give(session, draft, actor=actor, now=now)
    return tagged(mandate, response, at=f"/v1/mandates/{mandate.id}")


@router.get("/mandates", response_model=Page[Mandate], summary="Mandates, newest first")
async def list_mandates(
    pages: Paged,
    session: Transaction,
    _: KnownCaller,
    framework: OfFramework = None,
    as_of: InForce = None,
) -> dict[str, Any]:
    rows = await queries.mandates_page(
        session, framework=framework, as_of=as_of, before=pages.after_id, limit=pages.most
    )
    return pages.answer(rows, lambda row: row.id)


@router.get("/mandates/{mandate_id}", response_model=Mandate, summary="One mandate")
async def read_mandate(mandate_id: UUID, response: Response, session: Transaction, _: KnownCaller) -> Any:
    return tagged(await queries.find_mandate(session, mandate_id), response)


@router.patch(
    "/mandates/{mandate_id}",
    response_model=Mandate,
    summary="End a mandate, or change who holds it (`If-Match`)",
    description="Its plan has the same owner and period.",
)
async def amend_mandate(
    mandate_id: UUID,
    change: MandateChange,
    response: Response,
    session: Transaction,
    actor: MandateWriter,
    seen: SeenVersion,
    now: Now,
) -> Any:
    mandate = await queries.find_mandate(session, mandate_id, lock=True)
    seen.must_be(mandate.etag)
    return tagged(await mandates.amend(session, mandate, change, actor=actor, now=now), response)


@router.get(
    "/mandates/{mandate_id}/changes",
    response_model=Page[RecordedPlanChange],
    summary="Who changed what of a mandate, the latest first",
)
async def list_mandate_changes(
    mandate_id: UUID, pages: Paged, session: Transaction, _: KnownCaller
) -> dict[str, Any]:
    mandate = await queries.find_mandate(session, mandate_id)
    rows = await queries.plan_changes(session, mandate, before=pages.after_id, limit=pages.most)
    return pages.answer(rows, lambda row: row.id)
