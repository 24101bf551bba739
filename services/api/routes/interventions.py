"""The six steps of a country: set-up, data sources, interventions with their markers, reports to forums."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from domain.interventions import actions, queries, rules
from domain.interventions.models import DataSource as Source
from domain.interventions.models import Intervention as Planned
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
from services.api.dependencies import Now, PlanWriter, SeenVersionIfAny, Transaction
from services.api.exchange import Exchange
from services.api.found import PlanToRead, PlanToWrite
from services.api.paging import Paged
from services.api.tagging import as_seen, must_have_seen, tagged

router = APIRouter(tags=["plans"], route_class=Exchange)

OfForum = Annotated[Forum, Path(description="which review under the Global Compact")]
Year = Annotated[int, Path(ge=2018, le=2199, description="year in which it is held")]


async def six_steps(plan: PlanToRead) -> Plan:
    """The plan, if it carries out the six steps. Raises NotFound, Conflict for that of another framework."""
    queries.must_be_six_steps(plan)
    return plan


async def source_to_write(plan: PlanToWrite, source_id: UUID, session: Transaction) -> Source:
    """A source of data of the plan that the caller may write. Raises NotFound."""
    return await queries.find(session, Source, plan, source_id)


async def intervention_to_write(plan: PlanToWrite, intervention_id: UUID, session: Transaction) -> Planned:
    """An intervention of the plan that the caller may write. Raises NotFound."""
    return await queries.find(session, Planned, plan, intervention_id)


SixSteps = Annotated[Plan, Depends(six_steps)]
SeenSource = Annotated[Source, Depends(as_seen(source_to_write))]
SeenIntervention = Annotated[Planned, Depends(as_seen(intervention_to_write))]


@router.get(
    "/plans/{plan_id}/set-up",
    response_model=SetUp,
    summary="The institutional set-up, and what the guide asks of it",
)
async def read_set_up(plan: SixSteps, response: Response, session: Transaction) -> Any:
    return queries.with_checks(tagged(await queries.must_have_set_up(session, plan), response))


@router.put(
    "/plans/{plan_id}/set-up",
    response_model=SetUp,
    summary="Record the institutional set-up (`If-Match` when one was recorded already)",
    description="Of a plan of the six steps. Each option has its checks; failing them refuses nothing.",
    responses={201: {"model": SetUp, "description": "The first"}},
)
async def put_set_up(
    plan: PlanToWrite,
    draft: SetUpDraft,
    response: Response,
    session: Transaction,
    actor: PlanWriter,
    seen: SeenVersionIfAny,
    now: Now,
) -> Any:
    before = await queries.set_up(session, plan)
    must_have_seen(before, seen)
    response.status_code = 200 if before else 201
    made = await actions.set_up(session, plan, draft, before=before, actor=actor, now=now)
    return queries.with_checks(tagged(made, response))


@router.post(
    "/plans/{plan_id}/data-sources",
    response_model=DataSource,
    status_code=201,
    summary="Map a source of data",
    description="With the breakdowns that it has; the answer says which are missing, and what else it lacks.",
)
async def map_source(
    actor: PlanWriter,
    plan: PlanToRead,
    draft: DataSourceDraft,
    response: Response,
    session: Transaction,
    now: Now,
) -> Any:
    made = await actions.map_source(session, plan, draft, actor=actor, now=now)
    return queries.with_gaps(tagged(made, response, at=f"/v1/plans/{plan.id}/data-sources/{made.id}"))


@router.get(
    "/plans/{plan_id}/data-sources",
    response_model=Page[DataSource],
    summary="Sources of data with their gaps, in the order in which they were entered",
)
async def list_sources(plan: SixSteps, pages: Paged, session: Transaction) -> dict[str, Any]:
    rows = await queries.page(session, Source, plan, after=pages.after_id, limit=pages.most)
    return pages.answer(rows, lambda row: row.id, shown=queries.with_gaps)


@router.get(
    "/plans/{plan_id}/data-gaps",
    response_model=DataGaps,
    summary="Which breakdowns are missing, over all sources and for each objective",
)
async def read_gaps(plan: SixSteps, session: Transaction) -> DataGaps:
    return rules.mapped(plan.id, await queries.page(session, Source, plan, after=None, limit=None))


@router.get(
    "/plans/{plan_id}/data-sources/{source_id}", response_model=DataSource, summary="One source of data"
)
async def read_source(plan: SixSteps, source_id: UUID, response: Response, session: Transaction) -> Any:
    return queries.with_gaps(tagged(await queries.find(session, Source, plan, source_id), response))


@router.put(
    "/plans/{plan_id}/data-sources/{source_id}",
    response_model=DataSource,
    summary="Say anew what is known of a source of data (`If-Match`)",
)
async def put_source(
    plan: PlanToWrite,
    before: SeenSource,
    draft: DataSourceDraft,
    response: Response,
    session: Transaction,
    actor: PlanWriter,
    now: Now,
) -> Any:
    made = await actions.map_source(session, plan, draft, before=before, actor=actor, now=now)
    return queries.with_gaps(tagged(made, response))


@router.delete(
    "/plans/{plan_id}/data-sources/{source_id}",
    status_code=204,
    summary="Strike a source of data (`If-Match`)",
    description="What it was stays in the history of the plan.",
)
async def strike_source(
    plan: PlanToWrite, source: SeenSource, session: Transaction, actor: PlanWriter, now: Now
) -> None:
    await actions.strike(session, plan, source, actor=actor, now=now)


@router.post(
    "/plans/{plan_id}/interventions",
    response_model=Intervention,
    status_code=201,
    summary="Enter an intervention",
    description="The answer has its gender marker, computed from criteria that are stated one by one.",
)
async def enter_intervention(
    actor: PlanWriter,
    plan: PlanToRead,
    draft: InterventionDraft,
    response: Response,
    session: Transaction,
    now: Now,
) -> Any:
    made = await actions.plan_intervention(session, plan, draft, actor=actor, now=now)
    return queries.with_marker(tagged(made, response, at=f"/v1/plans/{plan.id}/interventions/{made.id}"))


@router.get(
    "/plans/{plan_id}/interventions",
    response_model=Page[Intervention],
    summary="Interventions with their markers, in the order in which they were entered",
)
async def list_interventions(plan: SixSteps, pages: Paged, session: Transaction) -> dict[str, Any]:
    rows = await queries.page(session, Planned, plan, after=pages.after_id, limit=pages.most)
    return pages.answer(rows, lambda row: row.id, shown=queries.with_marker)


@router.get(
    "/plans/{plan_id}/interventions/{intervention_id}",
    response_model=Intervention,
    summary="One intervention",
)
async def read_intervention(
    plan: SixSteps, intervention_id: UUID, response: Response, session: Transaction
) -> Any:
    return queries.with_marker(tagged(await queries.find(session, Planned, plan, intervention_id), response))


@router.put(
    "/plans/{plan_id}/interventions/{intervention_id}",
    response_model=Intervention,
    summary="Say anew what an intervention is (`If-Match`)",
    description="The computed category follows; one that a person assigned stays.",
)
async def put_intervention(
    plan: PlanToWrite,
    before: SeenIntervention,
    draft: InterventionDraft,
    response: Response,
    session: Transaction,
    actor: PlanWriter,
    now: Now,
) -> Any:
    made = await actions.plan_intervention(session, plan, draft, before=before, actor=actor, now=now)
    return queries.with_marker(tagged(made, response))


@router.delete(
    "/plans/{plan_id}/interventions/{intervention_id}",
    status_code=204,
    summary="Strike an intervention (`If-Match`)",
    description="What it was stays in the history of the plan.",
)
async def strike_intervention(
    plan: PlanToWrite, intervention: SeenIntervention, session: Transaction, actor: PlanWriter, now: Now
) -> None:
    await actions.strike(session, plan, intervention, actor=actor, now=now)


@router.put(
    "/plans/{plan_id}/interventions/{intervention_id}/marker",
    response_model=Intervention,
    summary="Assign a category of the gender marker by a person's judgement (`If-Match`)",
    description="It stands beside the computed one, never in its place. `null` withdraws it.",
)
async def assign_marker(
    plan: PlanToWrite,
    intervention: SeenIntervention,
    draft: MarkerDraft,
    response: Response,
    session: Transaction,
    actor: PlanWriter,
    now: Now,
) -> Any:
    made = await actions.assign(session, plan, intervention, draft, actor=actor, now=now)
    return queries.with_marker(tagged(made, response))


@router.get(
    "/plans/{plan_id}/forums",
    response_model=ForumReports,
    summary="The reviews under the Global Compact in the years of a plan, and the reports to them",
    description="The International Migration Review Forum, regional reviews, the Secretary-General's report.",
)
async def list_forums(plan: SixSteps, session: Transaction) -> dict[str, Any]:
    return {"items": await queries.forum_reports(session, plan)}


@router.get(
    "/plans/{plan_id}/forums/{forum}/{year}", response_model=ForumReport, summary="One review and its report"
)
async def read_forum(
    plan: SixSteps, forum: OfForum, year: Year, response: Response, session: Transaction
) -> Any:
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
    plan: PlanToWrite,
    forum: OfForum,
    year: Year,
    draft: ForumReportDraft,
    response: Response,
    session: Transaction,
    actor: PlanWriter,
    seen: SeenVersionIfAny,
    now: Now,
) -> Any:
    before = await queries.forum_report(session, plan, forum, year)
    must_have_seen(before, seen)
    response.status_code = 200 if before else 201
    made = await actions.report(session, plan, forum, year, draft, before=before, actor=actor, now=now)
    tagged(made, response)
    return await queries.one_forum_report(session, plan, forum, year)
