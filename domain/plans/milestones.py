"""Items with a due date, in the calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from domain.calendar.actions import Dated, due
from domain.people.models import Person
from domain.plans import queries, rules
from domain.plans.models import Plan, PlanItem
from domain.reminders.announcing import announce, announce_all

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

UNDATED = ("cancelled", "undated")


async def tell(
    session: AsyncSession, plan: Plan, item: PlanItem, *, was_due: date | None, now: datetime
) -> None:
    """Have an item with a due date in the calendar as it now stands; reminders of it follow.

    Done or dropped, or without the date that it had, it stays there as such.
    """
    day = item.due or was_due
    if day is not None:
        await queries.hold(session, plan)
        await announce(session, await _dated(session, plan, item, day), now=now)


async def tell_all(session: AsyncSession, plan: Plan, *, now: datetime) -> None:
    """The same of every dated item, when what the calendar says of all of them has changed."""
    found = await queries.dated_items(session, plan)
    several = [await _dated(session, plan, item, day) for item, day in found]
    await announce_all(session, several, now=now)


async def _dated(session: AsyncSession, plan: Plan, item: PlanItem, day: date) -> Dated:
    """The first person named as responsible owns it, and its day is one where they are, else one of UTC."""
    status, reason = rules.standing(item.status) if item.due is not None else UNDATED
    owner = await _owner(session, item)
    return due(
        id=item.id,
        kind="milestone",
        title=f"{rules.name_of(item.title)} ({plan.called})",
        day=day,
        time_zone=(owner.time_zone if owner else None) or "UTC",
        path=f"/v1/plans/{plan.id}/items/{item.ref}",
        framework=await queries.framework_served(session, plan),
        state=plan.state,
        plan=plan.id,
        seen_by=await queries.seen_by(session, plan),
        owner=owner.id if owner else None,
        status=status,
        reason=reason,
    )


async def _owner(session: AsyncSession, item: PlanItem) -> Person | None:
    persons = rules.persons_of(item.responsible)
    return await session.get(Person, persons[0]) if persons else None
