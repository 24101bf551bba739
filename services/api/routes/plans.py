"""Plans and their items, what was done for them, and the mandates that ask for work."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from domain.meetings import actions as meetings
from domain.plans import actions, mandates, queries, rules
from schemas import fields
from schemas.fields import IsoDate
from schemas.paging import Page
from schemas.plans import (
    ItemChange,
    ItemStatus,
    Mandate,
    MandateChange,
    MandateDraft,
    Note,
    NoteDraft,
    Plan,
    PlanChange,
    PlanDraft,
    PlanItem,
    PlanProgress,
    RecordedChange,
)
from services.api import paging
from services.api.addresses import OfFramework, OfState
from services.api.dependencies import (
    KnownCaller,
    MandateWriter,
    Now,
    PlanWriter,
    SeenVersion,
    Transaction,
)
from services.api.exchange import Exchange
from services.api.paging import Paged

router = APIRouter(tags=["plans"], route_class=Exchange)

Ref = Annotated[fields.LocalReference, Path(description="reference of an item", examples=["act-b"])]
InForce = Annotated[
    IsoDate | None, Query(description="only those that run on this day", examples=["2026-09-21"])
]


def _shown(thing: Any, response: Response) -> Any:
    response.headers["ETag"] = thing.etag
    return thing


@router.post(
    "/plans",
    response_model=Plan,
    status_code=201,
    summary="Draw up a plan",
    description=(
        "With an item for every provision of the edition. An owner has one plan for a framework at any time "
        "(409 `plans-overlap`)."
    ),
)
async def draw_up_plan(draft: PlanDraft, response: Response, session: Transaction, actor: PlanWriter) -> Any:
    plan = await actions.draw_up(session, draft, actor=actor)
    response.headers["Location"] = f"/v1/plans/{plan.id}"
    return _shown(plan, response)


@router.get("/plans", response_model=Page[Plan], summary="Plans, newest first")
async def list_plans(
    pages: Paged,
    session: Transaction,
    actor: KnownCaller,
    framework: OfFramework = None,
    owner: Annotated[
        str | None, Query(max_length=300, description="only of this owner", examples=["OAS"])
    ] = None,
    state: OfState = None,
    mandate: Annotated[UUID | None, Query(description="only that of this mandate")] = None,
    as_of: InForce = None,
) -> dict[str, Any]:
    rows = await queries.page(
        session,
        actor=actor,
        framework=framework,
        owner=owner,
        state=state,
        mandate=mandate,
        as_of=as_of,
        before=pages.after_id,
        limit=pages.most,
    )
    return pages.answer(rows, lambda row: row.id)


@router.get("/plans/{plan_id}", response_model=Plan, summary="One plan")
async def read_plan(plan_id: UUID, response: Response, session: Transaction, actor: KnownCaller) -> Any:
    return _shown(await queries.find(session, plan_id, actor=actor), response)


@router.patch(
    "/plans/{plan_id}",
    response_model=Plan,
    summary="Rename a plan, or change its period (`If-Match`)",
    description="The period of the plan of a mandate follows the mandate. Coming meetings that were entered"
    " from a plan's period are renamed with it, unless somebody named them otherwise.",
)
async def amend_plan(
    plan_id: UUID,
    change: PlanChange,
    response: Response,
    session: Transaction,
    actor: PlanWriter,
    seen: SeenVersion,
    now: Now,
) -> Any:
    plan = await queries.find(session, plan_id, actor=actor, lock=True)
    seen.must_be(plan.etag)
    return _shown(await meetings.amend_plan(session, plan, change, actor=actor, now=now), response)


@router.get(
    "/plans/{plan_id}/items",
    response_model=Page[PlanItem],
    summary="The tree as it is carried out, flat in reading order",
    description="Without `limit` the whole tree is answered.",
)
async def list_items(
    plan_id: UUID,
    request: Request,
    response: Response,
    session: Transaction,
    actor: KnownCaller,
    status: Annotated[ItemStatus | None, Query(description="only those in this status")] = None,
    under: Annotated[
        fields.LocalReference | None, Query(description="only this item and those below")
    ] = None,
    limit: Annotated[
        int | None, Query(ge=1, le=500, description="most items on a page; all when left out")
    ] = None,
    cursor: paging.Cursor = None,
) -> dict[str, Any]:
    plan = await queries.find(session, plan_id, actor=actor)
    after, most = paging.after_number(cursor), limit + 1 if limit else None
    rows = await queries.items(session, plan, status=status, under=under, after=after, limit=most)
    return paging.answered(request, response, rows, limit or len(rows), lambda row: row.position)


@router.get("/plans/{plan_id}/items/{ref}", response_model=PlanItem, summary="One item")
async def read_item(
    plan_id: UUID, ref: Ref, response: Response, session: Transaction, actor: KnownCaller
) -> Any:
    plan = await queries.find(session, plan_id, actor=actor)
    return _shown(await queries.item(session, plan, ref), response)


@router.patch(
    "/plans/{plan_id}/items/{ref}",
    response_model=PlanItem,
    summary="Say how an item stands, who is responsible, and by when (`If-Match`)",
    description=(
        "What changed is kept, with who changed it and when. An item with a due date is a milestone in the "
        "calendar until it is done or dropped."
    ),
)
async def change_item(
    plan_id: UUID,
    ref: Ref,
    change: ItemChange,
    response: Response,
    session: Transaction,
    actor: PlanWriter,
    seen: SeenVersion,
    now: Now,
) -> Any:
    # With a lock on the plan: whoever renames it at this moment tells the calendar of all its items.
    plan = await queries.find(session, plan_id, actor=actor, lock=True)
    item = await queries.item(session, plan, ref)
    seen.must_be(item.etag)
    return _shown(await actions.change_item(session, plan, item, change, actor=actor, now=now), response)


@router.get(
    "/plans/{plan_id}/items/{ref}/changes",
    response_model=Page[RecordedChange],
    summary="Who changed what of an item, the latest first",
)
async def list_changes(
    plan_id: UUID, ref: Ref, pages: Paged, session: Transaction, actor: KnownCaller
) -> dict[str, Any]:
    plan = await queries.find(session, plan_id, actor=actor)
    item = await queries.item(session, plan, ref)
    rows = await queries.changes(session, item, before=pages.after_id, limit=pages.most)
    return pages.answer(rows, lambda row: row.id)


@router.post(
    "/plans/{plan_id}/items/{ref}/notes",
    response_model=Note,
    status_code=201,
    summary="Note what was done for an item",
    description="Notes are only added to. They count as progress, and make no edit of the item stale.",
)
async def note_progress(
    plan_id: UUID,
    ref: Ref,
    draft: NoteDraft,
    response: Response,
    session: Transaction,
    actor: PlanWriter,
    now: Now,
) -> Any:
    plan = await queries.find(session, plan_id, actor=actor)
    item = await queries.item(session, plan, ref)
    note = await actions.note_progress(session, plan, item, draft, actor=actor, now=now)
    response.headers["Location"] = f"/v1/plans/{plan.id}/items/{item.ref}/notes/{note.id}"
    return note


@router.get(
    "/plans/{plan_id}/items/{ref}/notes",
    response_model=Page[Note],
    summary="What was done for an item, the last entered first",
)
async def list_notes(
    plan_id: UUID,
    ref: Ref,
    pages: Paged,
    session: Transaction,
    actor: KnownCaller,
    since: Annotated[IsoDate | None, Query(description="done on this day or later")] = None,
    until: Annotated[IsoDate | None, Query(description="done on this day or before")] = None,
) -> dict[str, Any]:
    plan = await queries.find(session, plan_id, actor=actor)
    item = await queries.item(session, plan, ref)
    rows = await queries.notes(
        session, item, since=since, until=until, before=pages.after_id, limit=pages.most
    )
    return pages.answer(rows, lambda row: row.id)


@router.get("/plans/{plan_id}/items/{ref}/notes/{note_id}", response_model=Note, summary="One note")
async def read_note(plan_id: UUID, ref: Ref, note_id: UUID, session: Transaction, actor: KnownCaller) -> Any:
    plan = await queries.find(session, plan_id, actor=actor)
    return await queries.note(session, await queries.item(session, plan, ref), note_id)


@router.get(
    "/plans/{plan_id}/progress",
    response_model=PlanProgress,
    summary="How far a plan is, as a whole and under each item",
    description=(
        "By the rule `leaves`: each leaf of the tree that is no heading counts as one. Dropped items are "
        "counted as such and taken out of the denominator."
    ),
)
async def read_progress(plan_id: UUID, session: Transaction, actor: KnownCaller) -> dict[str, Any]:
    plan = await queries.find(session, plan_id, actor=actor)
    return rules.progress(plan.id, await queries.items(session, plan))


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
    draft: MandateDraft, response: Response, session: Transaction, _: MandateWriter
) -> Any:
    mandate = await mandates.give(session, draft)
    response.headers["Location"] = f"/v1/mandates/{mandate.id}"
    return _shown(mandate, response)


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
    return _shown(await queries.find_mandate(session, mandate_id), response)


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
    now: Now,
    _: MandateWriter,
    seen: SeenVersion,
) -> Any:
    mandate = await queries.find_mandate(session, mandate_id, lock=True)
    seen.must_be(mandate.etag)
    return _shown(await mandates.amend(session, mandate, change, now=now), response)
