"""How a plan stands: how far it is, and what it costs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from domain.plans import queries
from domain.plans.models import Plan
from domain.plans.quarters import FIRST, Quarter
from domain.plans.quarters import by_quarter as told_by_quarter
from domain.plans.rollup import progress as rolled_up

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def progress(
    session: AsyncSession,
    plan: Plan,
    *,
    today: date,
    as_of: date | None = None,
    by_quarter: bool = False,
    since: Quarter = FIRST,
) -> dict[str, Any]:
    """By the rule that the plan declares; quarter by quarter too, if that is wanted, from `since` on.

    Statuses are those of now. Quarters without news lie neither after today nor after the plan.
    """
    day = as_of or today
    items = await queries.items(session, plan, priced=False)
    found = rolled_up(plan.id, items, rule=plan.rollup, as_of=day)
    if by_quarter:
        heard = await queries.heard(session, plan, as_of=day, noted_since=since.starts)
        last = min(day, today, plan.end or today)
        whole, lines = told_by_quarter(
            items, heard, rule=plan.rollup, first=plan.start, last=last, since=since
        )
        found["quarters"] = whole
        found["items"] = [line | {"quarters": lines[line["ref"]]} for line in found["items"]]
    return found


async def budget(session: AsyncSession, plan: Plan) -> dict[str, Any]:
    """The lines of the items, and what they come to."""
    items = await queries.items(session, plan)
    return {
        "plan": plan.id,
        "totals": await queries.budget_totals(session, plan),
        "items": [
            {"ref": item.ref, "title": item.title, "lines": item.budget} for item in items if item.budget
        ],
    }
