from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, and_, func, or_, select, true
from sqlalchemy.orm import selectinload

from domain.access.rules import Actor
from domain.errors import NotFound
from domain.people.models import Person
from domain.plans import rules
from domain.plans.models import (
    STAGES,
    ItemBudgetLine,
    ItemChange,
    ItemNote,
    Mandate,
    MandateHolder,
    Plan,
    PlanChange,
    PlanItem,
)
from domain.plans.quarters import Heard
from domain.states.models import State
from schemas.plan_items import ItemStatus

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

PRICED = selectinload(PlanItem.budget)
WHOLE = (selectinload(Mandate.holders), selectinload(Mandate.carried_out))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A State's key sees the State's own plans, and those of the mandates that it holds; others see all."""
    if rules.sees_all(actor):
        return true()
    held = select(MandateHolder.mandate_id).where(MandateHolder.state == actor.state)
    return or_(Plan.state == actor.state, Plan.mandate.in_(held))


async def find(
    session: AsyncSession, plan_id: UUID, *, actor: Actor | None = None, lock: bool = False
) -> Plan:
    """The plan, if the caller may see it; any, where nobody in particular asks."""
    wanted = select(Plan).where(Plan.id == plan_id)
    if actor is not None:
        wanted = wanted.where(visible_to(actor))
    found = await session.scalar(wanted.with_for_update(key_share=True) if lock else wanted)
    if found is None:
        raise NotFound(f"There is no plan {plan_id}.")
    return found


async def page(
    session: AsyncSession,
    *,
    actor: Actor,
    framework: str | None = None,
    owner: str | None = None,
    state: str | None = None,
    mandate: UUID | None = None,
    from_plan: UUID | None = None,
    as_of: date | None = None,
    before: UUID | None = None,
    limit: int,
) -> Sequence[Plan]:
    """Newest first."""
    rows = select(Plan).where(visible_to(actor)).order_by(Plan.id.desc()).limit(limit)
    for column, wanted in (
        (Plan.framework, framework),
        (func.lower(Plan.owner), owner.lower() if owner is not None else None),
        (Plan.state, state),
        (Plan.mandate, mandate),
        (Plan.from_plan, from_plan),
    ):
        if wanted is not None:
            rows = rows.where(column == wanted)
    if as_of is not None:
        rows = rows.where(*_within(Plan.start, Plan.end, as_of, as_of))
    if before is not None:
        rows = rows.where(Plan.id < before)
    return (await session.scalars(rows)).all()


def _within(
    first: ColumnElement[Any] | Any, last: ColumnElement[Any] | Any, start: date, end: date | None
) -> list[ColumnElement[bool]]:
    """Whether two periods share a day. One without an end goes on."""
    begun = [first <= end] if end is not None else []
    return [or_(last.is_(None), last >= start), *begun]


async def in_the_way(session: AsyncSession, plan: Plan, start: date, end: date | None) -> Plan | None:
    """Another plan of the same owner for the same framework in this period. Plans of mandates are apart."""
    rows = select(Plan).where(
        Plan.id != plan.id,
        Plan.framework == plan.framework,
        func.lower(Plan.owner) == plan.owner.lower(),
        Plan.mandate.is_(None),
        *_within(Plan.start, Plan.end, start, end),
    )
    found: Plan | None = await session.scalar(rows.order_by(Plan.start).limit(1))
    return found


async def items(
    session: AsyncSession,
    plan: Plan,
    *,
    status: ItemStatus | None = None,
    under: str | None = None,
    after: int | None = None,
    limit: int | None = None,
    priced: bool = True,
) -> Sequence[PlanItem]:
    """The tree, flat in reading order: all of it, those in a status, or what stands under an item.

    With the lines of their budgets, unless they are not `priced`. Raises NotFound where no such item is.
    """
    if under is not None:
        await item(session, plan, under)
    rows = select(PlanItem).where(PlanItem.plan_id == plan.id).order_by(PlanItem.position)
    if priced:
        rows = rows.options(PRICED)
    if status is not None:
        rows = rows.where(PlanItem.status == status)
    if under is not None:
        rows = rows.where(PlanItem.ref.in_(_subtree(plan, under)))
    if after is not None:
        rows = rows.where(PlanItem.position > after)
    if limit is not None:
        rows = rows.limit(limit)
    return (await session.scalars(rows)).all()


def _subtree(plan: Plan, root: str) -> Select[Any]:
    top = (
        select(PlanItem.ref)
        .where(PlanItem.plan_id == plan.id, PlanItem.ref == root)
        .cte("subtree", recursive=True)
    )
    below = select(PlanItem.ref).where(PlanItem.plan_id == plan.id, PlanItem.parent == top.c.ref)
    return select(top.union_all(below).c.ref)


async def item(session: AsyncSession, plan: Plan, ref: str) -> PlanItem:
    wanted = select(PlanItem).where(PlanItem.plan_id == plan.id, PlanItem.ref == ref).options(PRICED)
    found = await session.scalar(wanted)
    if found is None:
        raise NotFound(f"This plan has no item `{ref}`.", ref=ref)
    return found


async def dated_items(session: AsyncSession, plan: Plan) -> list[tuple[PlanItem, date]]:
    """Those that are due on a day, and the day."""
    rows = select(PlanItem).where(PlanItem.plan_id == plan.id, PlanItem.due.is_not(None))
    return [(row, row.due) for row in await session.scalars(rows) if row.due is not None]


async def changes(
    session: AsyncSession, of: PlanItem, *, before: UUID | None, limit: int
) -> Sequence[ItemChange]:
    """The latest first."""
    rows = select(ItemChange).where(ItemChange.item_id == of.id).order_by(ItemChange.id.desc()).limit(limit)
    if before is not None:
        rows = rows.where(ItemChange.id < before)
    return (await session.scalars(rows)).all()


async def notes(
    session: AsyncSession,
    of: PlanItem,
    *,
    since: date | None = None,
    until: date | None = None,
    before: UUID | None = None,
    limit: int,
) -> Sequence[ItemNote]:
    """The last one entered first. `since` and `until` are about the day of which a note speaks."""
    rows = select(ItemNote).where(ItemNote.item_id == of.id).order_by(ItemNote.id.desc()).limit(limit)
    if since is not None:
        rows = rows.where(ItemNote.on >= since)
    if until is not None:
        rows = rows.where(ItemNote.on <= until)
    if before is not None:
        rows = rows.where(ItemNote.id < before)
    return (await session.scalars(rows)).all()


async def note(session: AsyncSession, of: PlanItem, note_id: UUID) -> ItemNote:
    found = await session.scalar(select(ItemNote).where(ItemNote.item_id == of.id, ItemNote.id == note_id))
    if found is None:
        raise NotFound(f"This item has no note {note_id}.")
    return found


async def plan_changes(
    session: AsyncSession, of: Plan | Mandate, *, before: UUID | None, limit: int
) -> Sequence[PlanChange]:
    """Of the plan beside its items, or of the mandate. The latest first."""
    subject = PlanChange.plan_id if isinstance(of, Plan) else PlanChange.mandate_id
    rows = select(PlanChange).where(subject == of.id).order_by(PlanChange.id.desc()).limit(limit)
    if before is not None:
        rows = rows.where(PlanChange.id < before)
    return (await session.scalars(rows)).all()


async def heard(
    session: AsyncSession, plan: Plan, *, as_of: date, noted_since: date = date.min
) -> dict[str, Heard]:
    """Notes from a day to another and all changes until then, by item, in the order of their entry."""
    found: defaultdict[str, Heard] = defaultdict(Heard)
    notes = select(PlanItem.ref, ItemNote).join(ItemNote, ItemNote.item_id == PlanItem.id)
    notes = notes.where(PlanItem.plan_id == plan.id, ItemNote.on.between(noted_since, as_of))
    for ref, note in await session.execute(notes.order_by(ItemNote.id)):
        found[ref].notes.append(note)
    over = datetime.combine(as_of + timedelta(days=1), time(), UTC)
    changes = select(PlanItem.ref, ItemChange.at, ItemChange.changes).join(
        ItemChange, ItemChange.item_id == PlanItem.id
    )
    changes = changes.where(PlanItem.plan_id == plan.id, ItemChange.at < over)
    for change in await session.execute(changes.order_by(ItemChange.id)):
        found[change.ref].changes.append(change)
    return found


async def budget_totals(session: AsyncSession, plan: Plan) -> Sequence[RowMapping]:
    """What the lines of the items come to, by currency and year; those of no year last."""
    line = ItemBudgetLine
    planned = line.stage == "planned"
    sums = {stage: line.stage == stage for stage in STAGES}
    sums["gender_responsive"] = and_(planned, line.gender_responsive)
    rows = (
        select(
            line.currency,
            line.year,
            *(func.coalesce(func.sum(line.amount).filter(of), 0).label(name) for name, of in sums.items()),
        )
        .join(PlanItem, PlanItem.id == line.item_id)
        .where(PlanItem.plan_id == plan.id)
        .group_by(line.currency, line.year)
        .order_by(line.currency, line.year)
    )
    return (await session.execute(rows)).mappings().all()


async def unknown_states(session: AsyncSession, named: Collection[str]) -> set[str]:
    """Those of the codes that are no State's."""
    if not named:
        return set()
    return set(named) - set(await session.scalars(select(State.iso3).where(State.iso3.in_(named))))


async def unknown_persons(
    session: AsyncSession, named: Collection[UUID], *, state: str | None = None
) -> set[UUID]:
    """Those of the ids that nobody here has; with `state`, nobody who works for that State."""
    if not named:
        return set()
    known = select(Person.id).where(Person.id.in_(named))
    if state is not None:
        known = known.where(Person.state == state)
    return set(named) - set(await session.scalars(known))


async def persons(session: AsyncSession, named: Collection[UUID]) -> dict[UUID, Person]:
    """Those of the ids that somebody here has, with whom."""
    if not named:
        return {}
    return {row.id: row for row in await session.scalars(select(Person).where(Person.id.in_(named)))}


async def find_mandate(session: AsyncSession, mandate_id: UUID, *, lock: bool = False) -> Mandate:
    """With its holders and its plan."""
    wanted = select(Mandate).where(Mandate.id == mandate_id).options(*WHOLE)
    found = await session.scalar(wanted.with_for_update(of=Mandate, key_share=True) if lock else wanted)
    if found is None:
        raise NotFound(f"There is no mandate {mandate_id}.")
    return found


async def mandates_page(
    session: AsyncSession,
    *,
    framework: str | None = None,
    as_of: date | None = None,
    before: UUID | None = None,
    limit: int,
) -> Sequence[Mandate]:
    """Newest first."""
    rows = select(Mandate).options(*WHOLE).order_by(Mandate.id.desc()).limit(limit)
    if framework is not None:
        rows = rows.where(Mandate.framework == framework)
    if as_of is not None:
        rows = rows.where(*_within(Mandate.since, Mandate.until, as_of, as_of))
    if before is not None:
        rows = rows.where(Mandate.id < before)
    return (await session.scalars(rows)).all()


async def mandate_in_force(session: AsyncSession, framework: str, day: date) -> Mandate | None:
    """The mandate under a framework on a day; of several that overlap, the one that began last."""
    rows = (
        select(Mandate)
        .where(Mandate.framework == framework, *_within(Mandate.since, Mandate.until, day, day))
        .options(*WHOLE)
        .order_by(Mandate.since.desc(), Mandate.id.desc())
        .limit(1)
    )
    found: Mandate | None = await session.scalar(rows)
    return found


async def mandate_in_the_way(
    session: AsyncSession, mandate: Mandate, start: date, end: date | None
) -> Mandate | None:
    """Another mandate by the same terms in this period."""
    rows = select(Mandate).where(
        Mandate.id != mandate.id,
        Mandate.framework == mandate.framework,
        Mandate.terms == mandate.terms,
        *_within(Mandate.since, Mandate.until, start, end),
    )
    found: Mandate | None = await session.scalar(rows.order_by(Mandate.since).limit(1))
    return found


async def states_of(session: AsyncSession, plan: Plan) -> set[str | None]:
    """The States that carry a plan out: its owner, or those that hold the mandate."""
    if plan.mandate is None:
        return {plan.state}
    holders = select(MandateHolder.state).where(MandateHolder.mandate_id == plan.mandate)
    return set(await session.scalars(holders))


async def seen_by(session: AsyncSession, plan: Plan) -> list[str]:
    """The States that see it (`visible_to`), as calendars keep them."""
    return sorted(state for state in await states_of(session, plan) if state is not None)


async def hold(session: AsyncSession, plan: Plan) -> None:
    """Until the end of the transaction nobody changes the plan, or is given its mandate."""
    await session.execute(select(Plan.id).where(Plan.id == plan.id).with_for_update(read=True))


async def framework_served(session: AsyncSession, plan: Plan) -> str:
    """Work that a mandate asks for is in the calendar of the treaty that it serves."""
    mandate = await session.get(Mandate, plan.mandate) if plan.mandate is not None else None
    return plan.framework if mandate is None else mandate.framework


async def idle_activities(
    session: AsyncSession, framework: str, since: datetime, *, on: date | None = None
) -> Sequence[PlanItem]:
    """Activities of the mandate in force, not done or dropped, of which nothing was heard since a moment.

    A change and a note both count as progress. `on` is the day of the mandate, today when left out; without
    a mandate in force there are none.
    """
    day = on or (await session.execute(select(func.current_date()))).scalar_one()
    mandate = await mandate_in_force(session, framework, day)
    if mandate is None:
        return []
    rows = select(PlanItem).where(
        PlanItem.plan_id == mandate.plan,
        PlanItem.counts,
        PlanItem.status.in_(["not-started", "under-way"]),
        or_(PlanItem.progressed_at.is_(None), PlanItem.progressed_at < since),
    )
    return (await session.scalars(rows.order_by(PlanItem.position))).all()
