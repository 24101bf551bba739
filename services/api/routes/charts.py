"""Charts: of plans, of indicators over time, of reporting; each as data, as a drawing and as a table."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.rules import Actor
from domain.charts import plans as drawn
from domain.charts.rates import reporting_rates
from domain.charts.wording import titled
from domain.errors import Forbidden, Invalid, NotFound, Problem
from domain.frameworks import queries as frameworks
from domain.indicators import exporting
from domain.indicators import queries as indicators
from domain.indicators.codes import CodeList
from domain.indicators.queries import measure
from domain.obligations import queries as obligations
from domain.plans import queries as plans
from domain.plans import standing
from domain.plans.models import Plan
from domain.progress import queries as progress
from domain.progress import trends
from domain.progress.models import AgreedTerms
from domain.progress.queries import Interval, Subject
from domain.progress.rules import definition
from domain.states.models import State
from schemas.access import Scope
from schemas.agendas import PaperLanguage
from schemas.catalogue import Day
from schemas.charts import Chart
from schemas.fields import LocalReference, Reference
from schemas.plan_progress import PlanProgress
from services.api.addresses import FrameworkKey
from services.api.charts import ALSO, answered, kind_wanted, path_of
from services.api.dependencies import Anyone, KnownCaller, Now, Transaction
from services.api.exchange import LATEST, Exchange
from services.api.found import PlanToRead
from services.api.languages import Spoken

router = APIRouter(tags=["charts"], route_class=Exchange)

AS = "As JSON, as SVG (`Accept: image/svg+xml`, as images on pages ask) or the figures alone as `text/csv`."
MOST_VALUES, MOST_INDICATORS = 5_000, 5_000

Kind = Annotated[str, Depends(kind_wanted)]
APeriod = Annotated[str | None, Query(max_length=40, examples=["2012", "2012-Q1"])]


@router.get(
    "/plans/{plan_id}/charts/progress",
    response_model=Chart,
    responses=ALSO,
    summary="Progress of a plan by objective: its items by status, or its indicators",
    description=f"{AS} A bar for each objective at the top, or for each part of the item that `under` names.",
)
async def draw_progress(
    kind: Kind,
    plan: PlanToRead,
    request: Request,
    response: Response,
    session: Transaction,
    language: Spoken,
    now: Now,
    of: Annotated[Literal["items", "indicators"], Query(description="what is counted")] = "items",
    under: Annotated[
        LocalReference | None, Query(description="the item whose parts are shown", examples=["3.1.1"])
    ] = None,
    as_of: Annotated[
        Day | None,
        Query(
            description="with `of=indicators`, leaves out values of periods that ended later; statuses of "
            "items are always those of today"
        ),
    ] = None,
) -> Any:
    today, name = now.date(), await _name(session, plan, under, language)
    asked = drawn.Asked(name, language, path_of(request), today, under, as_of)
    told = await standing.progress(session, plan, today=today, as_of=as_of)
    found = PlanProgress.model_validate(told)
    if of == "items":
        chart = drawn.item_progress(found, asked)
    else:
        rows = await progress.indicators_of(session, plan, after=None, limit=MOST_INDICATORS)
        each = await progress.progress_of(session, rows, Subject(plan=plan), as_of=as_of)
        statuses = [(row.provision_ref, one["status"]) for row, one in zip(rows, each, strict=True)]
        chart = drawn.indicator_progress(found, statuses, asked)
    return answered(response, chart, kind, name=f"{plan.called} {of}")


async def _name(session: AsyncSession, plan: Plan, under: str | None, language: PaperLanguage) -> str:
    if under is None:
        return plan.called
    item = await plans.item(session, plan, under)
    return f"{plan.called}, {item.ref} {titled(item.title, language)}"


async def of_whom(
    session: Transaction,
    actor: KnownCaller,
    plan: Annotated[UUID | None, Query(description="in the area of this plan, by its terms")] = None,
    state: Annotated[
        str | None,
        Query(
            max_length=40, description="in this State, by code or number, or declared area", examples=["HRV"]
        ),
    ] = None,
) -> Subject:
    """The plan's area, or an area that the caller may read of."""
    if (plan is None) == (state is None):
        raise Invalid(
            "Name either a plan or a State.",
            [Problem("?state", "plan-or-state", "Send one of `plan` and `state`.")],
            code="plan-or-state",
        )
    if plan is not None:
        return Subject(plan=await plans.find(session, plan, actor=actor))
    named = state or ""
    area = (await indicators.areas_meant(session, [named])).get(named)
    await _must_read_of(session, area or named, actor)
    if area is None:
        raise NotFound(f"There is no State or area `{named}`.", state=named)
    return Subject(state=area)


async def _must_read_of(session: AsyncSession, area: str, actor: Actor) -> None:
    if actor.state is None or actor.may(Scope.ADMIN):
        return
    if area not in await indicators.areas_of(session, actor.state):
        raise Forbidden(f"This key reads of {actor.state} only.", code="other-state", state=actor.state)


async def broken_down(
    session: Transaction,
    by: Annotated[
        str | None,
        Query(max_length=60, description="a line for each code of this breakdown", examples=["sex"]),
    ] = None,
) -> CodeList | None:
    if by is None:
        return None
    lists = await indicators.code_lists(session)
    if by not in lists:
        detail = f"`{by}` is no breakdown; there are {', '.join(sorted(lists))}."
        raise Invalid(detail, [Problem("?by", "unknown-breakdown", detail)], code="unknown-breakdown")
    return lists[by]


async def interval(
    from_: Annotated[APeriod, Query(alias="from", description="periods that begin no earlier")] = None,
    to: Annotated[APeriod, Query(description="periods that end no later")] = None,
) -> Interval:
    return Interval(*exporting.days(from_, to))


@router.get(
    "/indicators/{ref}/charts/series",
    response_model=Chart,
    responses=ALSO,
    summary="An indicator over time in one area, broken down, with its target",
    description=f"{AS} Missing values are gaps, forecasts are left out; the target is as agreed.",
)
async def draw_series(
    ref: Annotated[Reference, Path(description="reference of an indicator", examples=["sdg:5.5.1"])],
    kind: Kind,
    request: Request,
    response: Response,
    session: Transaction,
    of: Annotated[Subject, Depends(of_whom)],
    by: Annotated[CodeList | None, Depends(broken_down)],
    during: Annotated[Interval, Depends(interval)],
    language: Spoken,
) -> Any:
    indicator = await progress.indicator(session, ref, of)
    reference = indicator.reference
    terms = await progress.current(session, AgreedTerms, of, reference)
    values = await progress.values_of(
        session, reference, of.area, by=by.concept if by else None, during=during, most=MOST_VALUES
    )
    where = await _where(session, of.area, language)
    asked = trends.Asked(indicator.title, where, language, path_of(request), by)
    additive = measure(indicator.kind, indicator.unit).additive
    defined = definition(indicator, terms, joint=of.joint)
    chart = trends.trend(defined, values, asked, additive=additive)
    return answered(response, chart, kind, name=f"{reference} {of.area}")


async def _where(session: AsyncSession, area: str, language: PaperLanguage) -> str:
    """The name of a State or area; an owner that has none is named as it is."""
    if (state := await session.get(State, area)) is not None:
        return titled(state.name, language)
    declared = await indicators.area(session, area)
    return titled(declared.title, language) if declared is not None else area


@router.get(
    "/frameworks/{key}/charts/reporting-rates",
    response_model=Chart,
    responses=ALSO,
    summary="How many of the reports that were due came in, and on time, by cycle",
    description=AS,
)
async def draw_rates(
    key: FrameworkKey,
    kind: Kind,
    request: Request,
    response: Response,
    session: Transaction,
    language: Spoken,
    now: Now,
    _: Anyone,
) -> Any:
    framework = await frameworks.find(session, key)
    found = await obligations.rates(session, key, cycle=None, now=now)
    name = framework.short_title or titled(framework.title, language)
    chart = reporting_rates(found, name, language=language, path=path_of(request), today=now.date())
    return answered(response, chart, kind, name=f"{key} reporting rates", caching=LATEST)
