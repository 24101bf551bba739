"""How far indicators are: computed, agreed in place of what a framework prints, and assigned by a person."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from domain.errors import Forbidden, Invalid, Problem
from domain.frameworks.models import Indicator
from domain.indicators import periods
from domain.indicators import queries as indicators
from domain.indicators.periods import Period
from domain.plans import queries as plans
from domain.plans import rules as planning
from domain.progress import actions, queries, rules
from domain.progress.models import AgreedTerms as Agreed
from domain.progress.models import AssignedProgress as Assigned
from domain.progress.queries import Subject
from domain.states import queries as states
from schemas.access import Scope
from schemas.fields import IsoDate, Reference
from schemas.paging import Page
from schemas.progress import (
    AgreedTerms,
    AgreedTermsDraft,
    AssignedProgress,
    AssignedProgressDraft,
    IndicatorProgress,
)
from services.api import tables
from services.api.dependencies import KnownCaller, Now, PlanWriter, SeenVersionIfAny, Transaction
from services.api.exchange import Exchange
from services.api.found import PlanToRead
from services.api.paging import Paged
from services.api.tagging import must_have_seen, tagged

router = APIRouter(tags=["plans"], route_class=Exchange)

Ref = Annotated[Reference, Path(description="reference of an indicator")]
AsOf = Annotated[
    IsoDate | None,
    Query(description="leaves out values of periods that ended later", examples=["2018-12-31"]),
]
Accepted = Annotated[str, Header(alias="accept", description="`text/csv` for a table")]


async def of_whom(
    session: Transaction,
    actor: KnownCaller,
    plan: Annotated[UUID | None, Query(description="of this plan: its edition, period and owner")] = None,
    state: Annotated[
        str | None,
        Query(
            max_length=40, description="of this State, by code or number, whatever it plans", examples=["HRV"]
        ),
    ] = None,
) -> Subject:
    """Raises Invalid unless one of the two is named, NotFound or Forbidden for what they may not see."""
    if (plan is None) == (state is None):
        raise Invalid(
            "Name either a plan or a State.",
            [Problem("?plan", "plan-or-state", "Send one of `plan` and `state`.")],
            code="plan-or-state",
        )
    if plan is not None:
        return Subject(plan=await plans.find(session, plan, actor=actor))
    named = state or ""
    meant = (await indicators.areas_meant(session, [named])).get(named, named)
    if actor.state not in (None, meant) and not actor.may(Scope.ADMIN):
        raise Forbidden(f"This key reads of {actor.state} only.", code="other-state", state=actor.state)
    found = await states.find(session, meant)
    return Subject(state=found.iso3)


async def at_the_end_of(
    period: Annotated[
        str, Query(max_length=40, description="as SDMX writes it", examples=["2018", "2018-Q3"])
    ],
) -> Period:
    try:
        return periods.read(period)
    except periods.Unreadable as why:
        raise Invalid(why.detail, [Problem("?period", why.code, why.detail)], code=why.code) from None


OfWhom = Annotated[Subject, Depends(of_whom)]
AtTheEndOf = Annotated[Period, Depends(at_the_end_of)]


async def stated_about(actor: PlanWriter, ref: Ref, of: OfWhom, session: Transaction) -> Indicator:
    """The indicator, of which nobody else states anything until the caller is answered.

    Raises Forbidden where the caller does not write for the plan or State, NotFound for an unknown indicator.
    """
    if of.plan is not None:
        planning.must_write(actor, await plans.states_of(session, of.plan))
    if of.state is not None:
        actor.must_write_for(of.state)
    indicator = await queries.indicator(session, ref, of)
    await actions.take_turns(session, of, indicator.reference)
    return indicator


StatedAbout = Annotated[Indicator, Depends(stated_about)]


@router.get(
    "/indicators/{ref}/progress",
    response_model=IndicatorProgress,
    responses=tables.ALSO,
    summary="How far an indicator is, by which method and out of what",
    description=(
        "Computed from observations, with every input; or `not-computable`, with why. What a person assigned "
        "stands beside it. As `text/csv` each input is a column."
    ),
)
async def read_indicator_progress(
    ref: Ref,
    response: Response,
    session: Transaction,
    of: OfWhom,
    as_of: AsOf = None,
    accept: Accepted = "application/json",
) -> Any:
    indicator = await queries.indicator(session, ref, of)
    [found] = await queries.progress_of(session, [indicator], of, as_of=as_of)
    return tables.answered(response, found, accept, rules.COLUMNS, lambda one: [rules.components(one)])


@router.get(
    "/plans/{plan_id}/indicators",
    response_model=Page[IndicatorProgress],
    responses=tables.ALSO,
    summary="How far each indicator of a plan is, in reading order",
    description="Of the edition that the plan carries out. As `text/csv` each input is a column.",
)
async def list_indicator_progress(
    plan: PlanToRead,
    pages: Paged,
    response: Response,
    session: Transaction,
    as_of: AsOf = None,
    accept: Accepted = "application/json",
) -> Any:
    rows = await queries.indicators_of(session, plan, after=pages.after_number, limit=pages.most)
    page = pages.answer(rows, lambda row: row.position)
    page["items"] = await queries.progress_of(session, page["items"], Subject(plan=plan), as_of=as_of)
    return tables.answered(
        response, page, accept, rules.COLUMNS, lambda page: map(rules.components, page["items"])
    )


@router.get(
    "/indicators/{ref}/terms",
    response_model=AgreedTerms,
    summary="What was agreed in place of what the framework prints",
)
async def read_terms(ref: Ref, response: Response, session: Transaction, of: OfWhom) -> Any:
    indicator = await queries.indicator(session, ref, of)
    return tagged(await queries.must_be_current(session, Agreed, of, indicator.reference), response)


@router.put(
    "/indicators/{ref}/terms",
    response_model=AgreedTerms,
    summary="Agree on a baseline, a target or a direction (`If-Match` when there are terms already)",
    description=(
        "Where the framework prints nothing, TBD or something else. Written as documents print it; "
        "`PUT` with nothing but a reason goes back to the framework. All terms are kept."
    ),
    responses={201: {"model": AgreedTerms, "description": "The first terms"}},
)
async def put_terms(
    indicator: StatedAbout,
    draft: AgreedTermsDraft,
    response: Response,
    session: Transaction,
    of: OfWhom,
    actor: PlanWriter,
    seen: SeenVersionIfAny,
    now: Now,
) -> Any:
    before = await queries.current(session, Agreed, of, indicator.reference)
    must_have_seen(before, seen)
    response.status_code = 200 if before else 201
    made = await actions.agree(session, indicator, of, draft, before=before, actor=actor, now=now)
    return tagged(made, response)


@router.get(
    "/indicators/{ref}/terms/history",
    response_model=Page[AgreedTerms],
    summary="All that was agreed, the latest first",
)
async def list_terms(ref: Ref, pages: Paged, session: Transaction, of: OfWhom) -> dict[str, Any]:
    indicator = await queries.indicator(session, ref, of)
    rows = await queries.history(
        session, Agreed, of, indicator.reference, before=pages.after_id, limit=pages.most
    )
    return pages.answer(rows, lambda row: row.id)


@router.get(
    "/indicators/{ref}/assigned-progress",
    response_model=AssignedProgress,
    summary="How far a person says an indicator is at the end of a period",
)
async def read_assigned(
    ref: Ref, response: Response, session: Transaction, of: OfWhom, period: AtTheEndOf
) -> Any:
    indicator = await queries.indicator(session, ref, of)
    found = await queries.must_be_current(session, Assigned, of, indicator.reference, period=period.name)
    return tagged(found, response)


@router.put(
    "/indicators/{ref}/assigned-progress",
    response_model=AssignedProgress,
    summary="Assign progress by a person's judgement (`If-Match` when some was assigned already)",
    description="It stands beside what is computed, never in its place. All that was assigned is kept.",
    responses={201: {"model": AssignedProgress, "description": "The first for this period"}},
)
async def put_assigned(
    indicator: StatedAbout,
    draft: AssignedProgressDraft,
    response: Response,
    session: Transaction,
    of: OfWhom,
    period: AtTheEndOf,
    actor: PlanWriter,
    seen: SeenVersionIfAny,
    now: Now,
) -> Any:
    before = await queries.current(session, Assigned, of, indicator.reference, period=period.name)
    must_have_seen(before, seen)
    response.status_code = 200 if before else 201
    made = await actions.assign(session, indicator, of, period, draft, before=before, actor=actor, now=now)
    return tagged(made, response)


@router.get(
    "/indicators/{ref}/assigned-progress/history",
    response_model=Page[AssignedProgress],
    summary="All progress that was assigned, for any period, the latest first",
)
async def list_assigned(ref: Ref, pages: Paged, session: Transaction, of: OfWhom) -> dict[str, Any]:
    indicator = await queries.indicator(session, ref, of)
    rows = await queries.history(
        session, Assigned, of, indicator.reference, before=pages.after_id, limit=pages.most
    )
    return pages.answer(rows, lambda row: row.id)
