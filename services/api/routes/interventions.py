"""The six steps of a country: set-up, data sources, interventions with their markers, reports to forums."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Response
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.rules import Actor
from domain.errors import PreconditionRequired, Stale
from domain.interventions import actions, queries, rules
from domain.interventions.models import DataSource as Source
from domain.interventions.models import ForumReport as Reported
from domain.interventions.models import Intervention as Planned
from domain.interventions.models import SetUp as Kept
from domain.plans import queries as plans
from domain.plans.models import Plan
from schemas.interventions import (
    DataGaps,
    DataSource,
    DataSourceDraft,
    Forum,
    ForumReport,
    ForumReportDraft,
    ForumReports,
    Intervention,
    InterventionDraft,
    MarkerDraft,
    SetUp,
    SetUpDraft,
)
from schemas.paging import Page
from services.api.dependencies import (
    KnownCaller,
    Now,
    PlanWriter,
    SeenVersion,
    SeenVersionIfAny,
    Transaction,
    Version,
)
from services.api.exchange import Exchange
from services.api.paging import Paged

router = APIRouter(tags=["plans"], route_class=Exchange)

OfForum = Annotated[Forum, Path(description="which review under the Global Compact")]
Year = Annotated[int, Path(ge=2018, le=2199, description="year in which it is held")]


async def _six_steps(session: AsyncSession, plan_id: UUID, actor: Actor) -> Plan:
    plan = await plans.find(session, plan_id, actor=actor)
    queries.must_be_six_steps(plan)
    return plan


def _must_have_seen(before: Kept | Reported | None, seen: Version | None) -> None:
    """Raises what stands in the way of putting something in the place of what was there."""
    if before is None and seen is not None:
        raise Stale("Nothing was recorded here yet.")
    if before is not None:
        if seen is None:
            raise PreconditionRequired("Something was recorded here already: send `If-Match` with its ETag.")
        seen.must_be(before.etag)


@router.get(
    "/plans/{plan_id}/set-up",
    response_model=SetUp,
    summary="The institutional set-up, and what the guide asks of it",
)
async def read_set_up(plan_id: UUID, response: Response, session: Transaction, actor: KnownCaller) -> Any:
    plan = await _six_steps(session, plan_id, actor)
    found = await queries.must_have_set_up(session, plan)
    response.headers["ETag"] = found.etag
    return queries.with_checks(found)


@router.put(
    "/plans/{plan_id}/set-up",
    response_model=SetUp,
    summary="Record the institutional set-up (`If-Match` when one was recorded already)",
    description="Of a plan of the six steps. Each option has its checks; failing them refuses nothing.",
    responses={201: {"model": SetUp, "description": "The first"}},
)
async def put_set_up(
    plan_id: UUID,
    draft: SetUpDraft,
    response: Response,
    session: Transaction,
    actor: PlanWriter,
    seen: SeenVersionIfAny,
    now: Now,
) -> Any:
    plan = await plans.find(session, plan_id, actor=actor, lock=True)
    before = await queries.set_up(session, plan)
    _must_have_seen(before, seen)
    response.status_code = 200 if before else 201
    made = await actions.set_up(session, plan, draft, before=before, actor=actor, now=now)
    response.headers["ETag"] = made.etag
    return queries.with_checks(made)


@router.post(
    "/plans/{plan_id}/data-sources",
    response_model=DataSource,
    status_code=201,
    summary="Map a source of data",
    description="With the breakdowns that it has; the answer says which are missing, and what else it lacks.",
)
async def map_source(
    plan_id: UUID,
    draft: DataSourceDraft,
    response: Response,
    session: Transaction,
    actor: PlanWriter,
    now: Now,
) -> Any:
    plan = await plans.find(session, plan_id, actor=actor)
    made = await actions.map_source(session, plan, draft, actor=actor, now=now)
    response.headers["Location"] = f"/v1/plans/{plan.id}/data-sources/{made.id}"
    response.headers["ETag"] = made.etag
    return queries.with_gaps(made)


@router.get(
    "/plans/{plan_id}/data-sources",
    response_model=Page[DataSource],
    summary="Sources of data with their gaps, in the order in which they were entered",
)
async def list_sources(
    plan_id: UUID, pages: Paged, session: Transaction, actor: KnownCaller
) -> dict[str, Any]:
    plan = await _six_steps(session, plan_id, actor)
    rows = await queries.page(session, Source, plan, after=pages.after_id, limit=pages.most)
    shown = pages.answer(rows, lambda row: row.id)
    return shown | {"items": [queries.with_gaps(row) for row in shown["items"]]}


@router.get(
    "/plans/{plan_id}/data-gaps",
    response_model=DataGaps,
    summary="Which breakdowns are missing, over all sources and for each objective",
)
async def read_gaps(plan_id: UUID, session: Transaction, actor: KnownCaller) -> DataGaps:
    plan = await _six_steps(session, plan_id, actor)
    return rules.mapped(plan.id, await queries.page(session, Source, plan, after=None, limit=None))


@router.get(
    "/plans/{plan_id}/data-sources/{source_id}", response_model=DataSource, summary="One source of data"
)
async def read_source(
    plan_id: UUID, source_id: UUID, response: Response, session: Transaction, actor: KnownCaller
) -> Any:
    plan = await _six_steps(session, plan_id, actor)
    found = await queries.find(session, Source, plan, source_id)
    response.headers["ETag"] = found.etag
    return queries.with_gaps(found)


@router.put(
    "/plans/{plan_id}/data-sources/{source_id}",
    response_model=DataSource,
    summary="Say anew what is known of a source of data (`If-Match`)",
)
async def put_source(
    plan_id: UUID,
    source_id: UUID,
    draft: DataSourceDraft,
    response: Response,
    session: Transaction,
    actor: PlanWriter,
    seen: SeenVersion,
    now: Now,
) -> Any:
    plan = await plans.find(session, plan_id, actor=actor, lock=True)
    before = await queries.find(session, Source, plan, source_id)
    seen.must_be(before.etag)
    made = await actions.map_source(session, plan, draft, before=before, actor=actor, now=now)
    response.headers["ETag"] = made.etag
    return queries.with_gaps(made)


@router.delete(
    "/plans/{plan_id}/data-sources/{source_id}",
    status_code=204,
    summary="Strike a source of data (`If-Match`)",
    description="What it was stays in the history of the plan.",
)
async def strike_source(
    plan_id: UUID, source_id: UUID, session: Transaction, actor: PlanWriter, seen: SeenVersion, now: Now
) -> None:
    plan = await plans.find(session, plan_id, actor=actor, lock=True)
    found = await queries.find(session, Source, plan, source_id)
    seen.must_be(found.etag)
    await actions.strike(session, plan, found, actor=actor, now=now)


@router.post(
    "/plans/{plan_id}/interventions",
    response_model=Intervention,
    status_code=201,
    summary="Enter an intervention",
    description="The answer has its gender marker, computed from criteria that are stated one by one.",
)
async def enter_intervention(
    plan_id: UUID,
    draft: InterventionDraft,
    response: Response,
    session: Transaction,
    actor: PlanWriter,
    now: Now,
) -> Any:
    plan = await plans.find(session, plan_id, actor=actor)
    made = await actions.plan_intervention(session, plan, draft, actor=actor, now=now)
    response.headers["Location"] = f"/v1/plans/{plan.id}/interventions/{made.id}"
    response.headers["ETag"] = made.etag
    return queries.with_marker(made)


@router.get(
    "/plans/{plan_id}/interventions",
    response_model=Page[Intervention],
    summary="Interventions with their markers, in the order in which they were entered",
)
async def list_interventions(
    plan_id: UUID, pages: Paged, session: Transaction, actor: KnownCaller
) -> dict[str, Any]:
    plan = await _six_steps(session, plan_id, actor)
    rows = await queries.page(session, Planned, plan, after=pages.after_id, limit=pages.most)
    shown = pages.answer(rows, lambda row: row.id)
    return shown | {"items": [queries.with_marker(row) for row in shown["items"]]}


@router.get(
    "/plans/{plan_id}/interventions/{intervention_id}",
    response_model=Intervention,
    summary="One intervention",
)
async def read_intervention(
    plan_id: UUID, intervention_id: UUID, response: Response, session: Transaction, actor: KnownCaller
) -> Any:
    plan = await _six_steps(session, plan_id, actor)
    found = await queries.find(session, Planned, plan, intervention_id)
    response.headers["ETag"] = found.etag
    return queries.with_marker(found)


@router.put(
    "/plans/{plan_id}/interventions/{intervention_id}",
    response_model=Intervention,
    summary="Say anew what an intervention is (`If-Match`)",
    description="The computed category follows; one that a person assigned stays.",
)
async def put_intervention(
    plan_id: UUID,
    intervention_id: UUID,
    draft: InterventionDraft,
    response: Response,
    session: Transaction,
    actor: PlanWriter,
    seen: SeenVersion,
    now: Now,
) -> Any:
    plan = await plans.find(session, plan_id, actor=actor, lock=True)
    before = await queries.find(session, Planned, plan, intervention_id)
    seen.must_be(before.etag)
    made = await actions.plan_intervention(session, plan, draft, before=before, actor=actor, now=now)
    response.headers["ETag"] = made.etag
    return queries.with_marker(made)


@router.delete(
    "/plans/{plan_id}/interventions/{intervention_id}",
    status_code=204,
    summary="Strike an intervention (`If-Match`)",
    description="What it was stays in the history of the plan.",
)
async def strike_intervention(
    plan_id: UUID,
    intervention_id: UUID,
    session: Transaction,
    actor: PlanWriter,
    seen: SeenVersion,
    now: Now,
) -> None:
    plan = await plans.find(session, plan_id, actor=actor, lock=True)
    found = await queries.find(session, Planned, plan, intervention_id)
    seen.must_be(found.etag)
    await actions.strike(session, plan, found, actor=actor, now=now)


@router.put(
    "/plans/{plan_id}/interventions/{intervention_id}/marker",
    response_model=Intervention,
    summary="Assign a category of the gender marker by a person's judgement (`If-Match`)",
    description="It stands beside the computed one, never in its place. `null` withdraws it.",
)
async def assign_marker(
    plan_id: UUID,
    intervention_id: UUID,
    draft: MarkerDraft,
    response: Response,
    session: Transaction,
    actor: PlanWriter,
    seen: SeenVersion,
    now: Now,
) -> Any:
    plan = await plans.find(session, plan_id, actor=actor, lock=True)
    found = await queries.find(session, Planned, plan, intervention_id)
    seen.must_be(found.etag)
    made = await actions.assign(session, plan, found, draft, actor=actor, now=now)
    response.headers["ETag"] = made.etag
    return queries.with_marker(made)


@router.get(
    "/plans/{plan_id}/forums",
    response_model=ForumReports,
    summary="The reviews under the Global Compact in the years of a plan, and the reports to them",
    description="The International Migration Review Forum, regional reviews, the Secretary-General's report.",
)
async def list_forums(plan_id: UUID, session: Transaction, actor: KnownCaller) -> dict[str, Any]:
    plan = await _six_steps(session, plan_id, actor)
    return {"items": await queries.forum_reports(session, plan)}


@router.get(
    "/plans/{plan_id}/forums/{forum}/{year}", response_model=ForumReport, summary="One review and its report"
)
async def read_forum(
    plan_id: UUID, forum: OfForum, year: Year, response: Response, session: Transaction, actor: KnownCaller
) -> Any:
    plan = await _six_steps(session, plan_id, actor)
    found = await queries.one_forum_report(session, plan, forum, year)
    if found.etag is not None:
        response.headers["ETag"] = found.etag
    return found


@router.put(
    "/plans/{plan_id}/forums/{forum}/{year}",
    response_model=ForumReport,
    summary="Say when a review is held and when the report to it is due, or was submitted "
    "(`If-Match` when something was said already)",
    description="A report with a due day is a milestone in the calendar until it is submitted.",
    responses={201: {"model": ForumReport, "description": "The first"}},
)
async def put_forum(
    plan_id: UUID,
    forum: OfForum,
    year: Year,
    draft: ForumReportDraft,
    response: Response,
    session: Transaction,
    actor: PlanWriter,
    seen: SeenVersionIfAny,
    now: Now,
) -> Any:
    plan = await plans.find(session, plan_id, actor=actor, lock=True)
    before = await queries.forum_report(session, plan, forum, year)
    _must_have_seen(before, seen)
    response.status_code = 200 if before else 201
    made = await actions.report(session, plan, forum, year, draft, before=before, actor=actor, now=now)
    response.headers["ETag"] = made.etag
    return await queries.one_forum_report(session, plan, forum, year)
