from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from domain.errors import Conflict, NotFound
from domain.frameworks import queries as frameworks
from domain.interventions import marker, rules
from domain.interventions.models import DataSource, ForumReport, Intervention, SetUp
from domain.plans.models import Plan, PlanItem
from schemas import interventions as shapes
from schemas.interventions import Forum

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

SIX_STEPS = "gcm-six-steps"
PRICED = selectinload(Intervention.budget)
Thing = TypeVar("Thing", DataSource, Intervention)


def must_be_six_steps(plan: Plan) -> None:
    """Raises Conflict for the plan of another framework: what the guide asks is asked of nobody else."""
    if plan.framework != SIX_STEPS:
        raise Conflict(
            f"This plan carries out `{plan.framework}`, and this belongs to the six steps.",
            code="not-six-steps",
            framework=plan.framework,
        )


async def set_up(session: AsyncSession, plan: Plan) -> SetUp | None:
    found: SetUp | None = await session.scalar(select(SetUp).where(SetUp.plan_id == plan.id))
    return found


async def must_have_set_up(session: AsyncSession, plan: Plan) -> SetUp:
    found = await set_up(session, plan)
    if found is None:
        raise NotFound("The institutional set-up of this plan has not been recorded.")
    return found


async def find(session: AsyncSession, table: type[Thing], plan: Plan, thing: UUID) -> Thing:
    wanted = select(table).where(table.plan_id == plan.id, table.id == thing)
    if table is Intervention:
        wanted = wanted.options(PRICED)
    found: Thing | None = await session.scalar(wanted)
    if found is None:
        raise NotFound(f"This plan has nothing with the id {thing} here.")
    return found


async def page(
    session: AsyncSession, table: type[Thing], plan: Plan, *, after: UUID | None, limit: int | None
) -> Sequence[Thing]:
    """In the order in which they were entered."""
    rows = select(table).where(table.plan_id == plan.id).order_by(table.id).limit(limit)
    if table is Intervention:
        rows = rows.options(PRICED)
    if after is not None:
        rows = rows.where(table.id > after)
    return (await session.scalars(rows)).all()


async def expected_of(session: AsyncSession, indicators: Collection[str]) -> list[str]:
    """The breakdowns that indicators expect."""
    found = await frameworks.indicators_named(session, indicators)
    return sorted({name for indicator in found.values() for name in indicator.disaggregation})


async def forum_report(session: AsyncSession, plan: Plan, forum: Forum, year: int) -> ForumReport | None:
    found: ForumReport | None = await session.scalar(
        select(ForumReport).where(
            ForumReport.plan_id == plan.id, ForumReport.forum == forum, ForumReport.year == year
        )
    )
    return found


def must_be_held(plan: Plan, forum: Forum, year: int, row: ForumReport | None) -> None:
    """Raises NotFound for a forum that does not fall into the years of the plan and of which nothing is
    known: what was recorded stays when the plan's years change.
    """
    if row is None and (year, forum) not in rules.forums(plan.start, plan.end or plan.start):
        raise NotFound(f"There is no `{forum}` in {year} within the years of this plan.")


async def forum_reports(session: AsyncSession, plan: Plan) -> list[shapes.ForumReport]:
    """The forums in the years of the plan and those of which something was recorded, with what is known of
    each and of the measures that prepare it.
    """
    rows = select(ForumReport).where(ForumReport.plan_id == plan.id)
    known = {(row.year, row.forum): row for row in await session.scalars(rows)}
    statuses = await _statuses(session, plan)
    held = sorted({*rules.forums(plan.start, plan.end or plan.start), *known})
    return [told(forum, year, known.get((year, forum)), statuses) for year, forum in held]


async def _statuses(session: AsyncSession, plan: Plan) -> dict[str, Any]:
    rows = select(PlanItem.ref, PlanItem.status).where(PlanItem.plan_id == plan.id)
    return {row.ref: row.status for row in await session.execute(rows)}


async def one_forum_report(session: AsyncSession, plan: Plan, forum: Forum, year: int) -> shapes.ForumReport:
    found = await forum_report(session, plan, forum, year)
    must_be_held(plan, forum, year, found)
    return told(forum, year, found, await _statuses(session, plan))


def told(forum: Forum, year: int, row: ForumReport | None, statuses: dict[str, Any]) -> shapes.ForumReport:
    review = rules.REVIEWS[forum]
    return shapes.ForumReport(
        forum=forum,
        year=year,
        source=review.source,
        on=row.on if row else None,
        due=row.due if row else None,
        submitted_on=row.submitted_on if row else None,
        on_time=rules.on_time(row),
        evidence=row.evidence if row else [],
        preparation=[
            shapes.Preparation(ref=ref, status=statuses[ref]) for ref in review.prepared_by if ref in statuses
        ],
        etag=row.etag if row else None,
    )


def with_checks(row: SetUp) -> dict[str, Any]:
    stated = {name: getattr(row, name) for name in shapes.SetUpDraft.model_fields}
    return stated | {
        "checks": rules.checks(shapes.SetUpDraft.model_validate(stated)),
        "updated_at": row.updated_at,
    }


def with_gaps(row: DataSource) -> dict[str, Any]:
    stated = {name: getattr(row, name) for name in shapes.DataSource.model_fields if name != "gaps"}
    return stated | {"gaps": rules.gaps(row)}


def with_marker(row: Intervention) -> dict[str, Any]:
    """With the category that follows from what is recorded now, and the one that a person assigned."""
    stated = {name: getattr(row, name) for name in shapes.Intervention.model_fields if name != "marker"}
    checks = marker.checked(row)
    computed, lacking = marker.category(checks)
    return stated | {
        "marker": {
            "computed": computed,
            "criteria": checks,
            "why_not_higher": lacking,
            "rule": marker.RULE,
            "assigned": assigned(row),
        }
    }


def assigned(row: Intervention) -> dict[str, Any] | None:
    if row.assigned is None:
        return None
    return {
        "category": row.assigned,
        "reason": row.assigned_reason,
        "by": row.assigned_by,
        "at": row.assigned_at,
    }
