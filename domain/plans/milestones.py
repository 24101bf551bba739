"""Items with a due date, in the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

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
        around = await _around(session, plan, [item])
        await announce(session, _dated(plan, item, day, around), now=now)


async def tell_all(session: AsyncSession, plan: Plan, *, now: datetime) -> None:
    """The same of every dated item, when what the calendar says of all of them has changed."""
    found = await queries.dated_items(session, plan)
    around = await _around(session, plan, [item for item, _ in found])
    await announce_all(session, [_dated(plan, item, day, around) for item, day in found], now=now)


class _Around(NamedTuple):
    """What entries of the items of a plan have in common, and the persons who own them."""

    framework: str
    seen_by: list[str]
    owners: Mapping[UUID, Person]


async def _around(session: AsyncSession, plan: Plan, items: Iterable[PlanItem]) -> _Around:
    named = {person for item in items for person in rules.persons_of(item.responsible)[:1]}
    return _Around(
        await queries.framework_served(session, plan),
        await queries.seen_by(session, plan),
        await queries.persons(session, named),
    )


def _dated(plan: Plan, item: PlanItem, day: date, around: _Around) -> Dated:
    """The first person named as responsible owns it, and its day is one where they are, else one of UTC."""
    status, reason = rules.standing(item.status) if item.due is not None else UNDATED
    owner = next(map(around.owners.get, rules.persons_of(item.responsible)), None)
    return due(
        id=item.id,
        kind="milestone",
        title=f"{rules.name_of(item.title)} ({plan.called})",
        day=day,
        time_zone=(owner.time_zone if owner else None) or "UTC",
        path=f"/v1/plans/{plan.id}/items/{item.ref}",
        framework=around.framework,
        state=plan.state,
        plan=plan.id,
        seen_by=around.seen_by,
        owner=owner.id if owner else None,
        status=status,
        reason=reason,
    )
