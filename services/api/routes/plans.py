"""Plans and their items, what was done for them, what they cost, and how far they are."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from domain.errors import Invalid, Problem
from domain.meetings import actions as meetings
from domain.plans import actions, queries, standing
from domain.plans.models import Plan as Owned
from domain.plans.models import PlanItem as Item
from domain.plans.quarters import FIRST, Quarter
from schemas import fields
from schemas.catalogue import Day
from schemas.fields import IsoDate
from schemas.paging import Page
from schemas.plan_items import ItemChange, ItemStatus, Note, NoteDraft, PlanBudget, PlanItem
from schemas.plan_progress import PlanProgress
from schemas.plans import Plan, PlanChange, PlanDraft, RecordedChange, RecordedPlanChange
from services.api import paging
from services.api.addresses import InForce, OfFramework, OfState
from services.api.dependencies import KnownCaller, Now, PlanWriter, Transaction
from services.api.exchange import Exchange
from services.api.found import PlanToRead, PlanToWrite, plan_to_write
from services.api.paging import Paged
from services.api.tagging import as_seen, tagged

router = APIRouter(tags=["plans"], route_class=Exchange)

Ref = Annotated[fields.LocalReference, Path(description="reference of an item", examples=["act-b"])]


async def item_to_read(plan: PlanToRead, ref: Ref, session: Transaction) -> Item:
    """The item of a plan that the caller may see. Raises NotFound."""
    return await queries.item(session, plan, ref)


async def item_to_write(plan: PlanToWrite, ref: Ref, session: Transaction) -> Item:
    """The item; its plan is locked: whoever renames it at this moment tells the calendar of all its items.

    Raises NotFound.
    """
    return await queries.item(session, plan, ref)


ItemToRead = Annotated[Item, Depends(item_to_read)]
SeenItem = Annotated[Item, Depends(as_seen(item_to_write))]
SeenPlan = Annotated[Owned, Depends(as_seen(plan_to_write))]


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
async def draw_up_plan(
    draft: PlanDraft, response: Response, session: Transaction, actor: PlanWriter, now: Now
) -> Any:
    plan = await actions.draw_up(session, draft, actor=actor, now=now)
    return tagged(plan, response, at=f"/v1/plans/{plan.id}")


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
    from_plan: Annotated[UUID | None, Query(description="only those that follow from this plan")] = None,
    as_of: InForce = None,
) -> dict[str, Any]:
    rows = await queries.page(
        session,
        actor=actor,
        framework=framework,
        owner=owner,
        state=state,
        mandate=mandate,
        from_plan=from_plan,
        as_of=as_of,
        before=pages.after_id,
        limit=pages.most,
    )
    return pages.answer(rows, lambda row: row.id)


@router.get("/plans/{plan_id}", response_model=Plan, summary="One plan")
async def read_plan(plan: PlanToRead, response: Response) -> Any:
    return tagged(plan, response)


@router.patch(
    "/plans/{plan_id}",
    response_model=Plan,
    summary="Rename a plan, change its period or the rule of its progress (`If-Match`)",
    description="The period of the plan of a mandate follows the mandate. Coming meetings that were entered"
    " from a plan's period are renamed with it, unless somebody named them otherwise. What changed is kept.",
)
async def amend_plan(
    plan: SeenPlan,
    change: PlanChange,
    response: Response,
    session: Transaction,
    actor: PlanWriter,
    now: Now,
) -> Any:
    return tagged(await meetings.amend_plan(session, plan, change, actor=actor, now=now), response)


@router.get(
    "/plans/{plan_id}/changes",
    response_model=Page[RecordedPlanChange],
    summary="Who changed what of a plan beside its items, the latest first",
    description=(
        "Its title, period and rule, and what belongs to it: set-up, data sources, interventions. The first "
        "entry says who drew it up."
    ),
)
async def list_plan_changes(plan: PlanToRead, pages: Paged, session: Transaction) -> dict[str, Any]:
    rows = await queries.plan_changes(session, plan, before=pages.after_id, limit=pages.most)
    return pages.answer(rows, lambda row: row.id)


@router.get(
    "/plans/{plan_id}/items",
    response_model=Page[PlanItem],
    summary="The tree as it is carried out, flat in reading order",
    description="Without `limit` the whole tree is answered.",
)
async def list_items(
    plan: PlanToRead,
    request: Request,
    response: Response,
    session: Transaction,
    status: Annotated[ItemStatus | None, Query(description="only those in this status")] = None,
    under: Annotated[
        fields.LocalReference | None, Query(description="only this item and those below")
    ] = None,
    limit: Annotated[
        int | None, Query(ge=1, le=500, description="most items on a page; all when left out")
    ] = None,
    cursor: paging.Cursor = None,
) -> dict[str, Any]:
    after, most = paging.after_number(cursor), limit + 1 if limit else None
    rows = await queries.items(session, plan, status=status, under=under, after=after, limit=most)
    return paging.answered(request, response, rows, limit or len(rows), lambda row: row.position)


@router.get("/plans/{plan_id}/items/{ref}", response_model=PlanItem, summary="One item")
async def read_item(item: ItemToRead, response: Response) -> Any:
    return tagged(item, response)


@router.patch(
    "/plans/{plan_id}/items/{ref}",
    response_model=PlanItem,
    summary="Say how an item stands, who has a part in it, what it costs, and by when (`If-Match`)",
    description=(
        "What changed is kept, with who changed it and when. An item with a due date is a milestone in the "
        "calendar until it is done or dropped."
    ),
)
async def change_item(
    plan: PlanToWrite,
    item: SeenItem,
    change: ItemChange,
    response: Response,
    session: Transaction,
    actor: PlanWriter,
    now: Now,
) -> Any:
    return tagged(await actions.change_item(session, plan, item, change, actor=actor, now=now), response)


@router.get(
    "/plans/{plan_id}/items/{ref}/changes",
    response_model=Page[RecordedChange],
    summary="Who changed what of an item, the latest first",
)
async def list_changes(item: ItemToRead, pages: Paged, session: Transaction) -> dict[str, Any]:
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
    actor: PlanWriter,
    plan: PlanToRead,
    item: ItemToRead,
    draft: NoteDraft,
    response: Response,
    session: Transaction,
    now: Now,
) -> Any:
    note = await actions.note_progress(session, plan, item, draft, actor=actor, now=now)
    response.headers["Location"] = f"/v1/plans/{plan.id}/items/{item.ref}/notes/{note.id}"
    return note


@router.get(
    "/plans/{plan_id}/items/{ref}/notes",
    response_model=Page[Note],
    summary="What was done for an item, the last entered first",
)
async def list_notes(
    item: ItemToRead,
    pages: Paged,
    session: Transaction,
    since: Annotated[IsoDate | None, Query(description="done on this day or later")] = None,
    until: Annotated[IsoDate | None, Query(description="done on this day or before")] = None,
) -> dict[str, Any]:
    rows = await queries.notes(
        session, item, since=since, until=until, before=pages.after_id, limit=pages.most
    )
    return pages.answer(rows, lambda row: row.id)


@router.get("/plans/{plan_id}/items/{ref}/notes/{note_id}", response_model=Note, summary="One note")
async def read_note(item: ItemToRead, note_id: UUID, session: Transaction) -> Any:
    return await queries.note(session, item, note_id)


@router.get(
    "/plans/{plan_id}/budget",
    response_model=PlanBudget,
    summary="What the items of a plan cost",
    description="Added up by currency and year, for each stage apart. No currency is turned into another.",
)
async def read_budget(plan: PlanToRead, session: Transaction) -> dict[str, Any]:
    return await standing.budget(session, plan)


@router.get(
    "/plans/{plan_id}/progress",
    response_model=PlanProgress,
    summary="How far a plan is, as a whole and under each item",
    description=(
        "By the rule that the plan declares, which the answer names. Dropped items are counted as such and "
        "taken out of the share. Statuses are those of now. With `by=quarter` also what was noted and "
        "changed in each quarter until today, and how things stood at its end (422 `too-many-quarters` above "
        "120, `too-many-notes` above 2,000: then `from` a later one)."
    ),
)
async def read_progress(
    plan: PlanToRead,
    session: Transaction,
    now: Now,
    by: Annotated[Literal["quarter"] | None, Query(description="`quarter`: quarter by quarter too")] = None,
    from_: Annotated[
        str | None,
        Query(
            alias="from",
            pattern=r"^(1[89]|2[01])\d\d-Q[1-4]$",
            description="with `by=quarter`: the first quarter that is told",
            examples=["2026-Q1"],
        ),
    ] = None,
    as_of: Annotated[
        Day | None,
        Query(description="the day that decides what is due, and to which quarters go; today when left out"),
    ] = None,
) -> dict[str, Any]:
    return await standing.progress(
        session, plan, today=now.date(), as_of=as_of, by_quarter=by is not None, since=_since(from_, by)
    )


def _since(quarter: str | None, by: str | None) -> Quarter:
    if quarter is None:
        return FIRST
    if by is None:
        detail = "`from` says with which quarter an answer with `by=quarter` begins."
        raise Invalid(detail, [Problem("?from", "no-quarters", detail)], code="no-quarters")
    return Quarter.named(quarter)
