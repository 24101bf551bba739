"""Carrying out a framework: plans are drawn up, their items change and are noted upon."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.orm import aliased

from domain.access.rules import Actor
from domain.base import new_id
from domain.errors import Conflict, Invalid, NotFound, Problem
from domain.frameworks import queries as frameworks
from domain.frameworks.models import Edition, Provision
from domain.plans import milestones, queries, rules
from domain.plans.models import ItemChange, ItemNote, Plan, PlanItem
from domain.states.models import State
from schemas import plans as shapes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def draw_up(session: AsyncSession, draft: shapes.PlanDraft, *, actor: Actor) -> Plan:
    """A plan with an item for every provision of the edition.

    An owner has one plan for a framework at any time. An owner who is the code of a State is that State.
    """
    edition = await edition_of(session, draft.framework, draft.edition)
    state = await session.get(State, draft.owner)
    rules.must_write(actor, {state.iso3 if state else None})
    plan = Plan(
        id=new_id(),
        framework=edition.framework_key,
        edition=edition.key,
        title=draft.title or await _title(session, edition),
        owner=draft.owner,
        state=state.iso3 if state else None,
        start=draft.start,
        end=draft.end,
    )
    await _refuse_second(session, plan, draft.start, draft.end)
    await enter(session, plan, edition)
    return plan


async def edition_of(
    session: AsyncSession, framework: str, key: str | None, *, pointer: str = "/framework"
) -> Edition:
    """The published edition that a request names. Raises Invalid where there is none."""
    try:
        await frameworks.find(session, framework)
    except NotFound:
        raise Invalid(
            f"There is no framework `{framework}`.",
            [Problem(pointer, "unknown-framework", f"`{framework}` is not a framework known here.")],
            code="unknown-framework",
        ) from None
    try:
        return await frameworks.edition(session, framework, key)
    except NotFound as unknown:
        raise Invalid(
            unknown.message,
            [Problem("/edition", "unknown-edition", f"`{key}` is no published edition of `{framework}`.")],
            code="unknown-edition",
        ) from None


async def _title(session: AsyncSession, edition: Edition) -> str:
    framework = await frameworks.find(session, edition.framework_key)
    return framework.short_title or rules.name_of(framework.title)


async def _refuse_second(session: AsyncSession, plan: Plan, start: date, end: date | None) -> None:
    """Raises Conflict for a second plan in a period; whoever draws one up at the same moment waits."""
    await frameworks.find(session, plan.framework, lock=True)
    other = await queries.in_the_way(session, plan, start, end)
    if other is not None:
        raise Conflict(
            f"{other.owner} has a plan for `{plan.framework}` from {other.start} to {other.end}.",
            code="plans-overlap",
            plan=str(other.id),
        )


async def enter(session: AsyncSession, plan: Plan, edition: Edition) -> None:
    """Keep the plan, with an item for every provision of the edition, in one statement."""
    session.add(plan)
    await session.flush()
    below = aliased(Provision)
    is_leaf = ~select(below.id).where(below.edition_id == edition.id, below.parent == Provision.ref).exists()
    copied = ("ref", "parent", "position", "depth", "kind", "title")
    provisions = select(
        func.time_ordered_id(),
        literal(plan.id),
        *(getattr(Provision, name) for name in copied),
        Provision.assessable & is_leaf,
    ).where(Provision.edition_id == edition.id)
    await session.execute(
        insert(PlanItem).from_select(["id", "plan_id", *copied, "counts"], provisions, include_defaults=False)
    )
    await session.refresh(plan)


async def amend(
    session: AsyncSession, plan: Plan, change: shapes.PlanChange, *, actor: Actor, now: datetime
) -> Plan:
    """Rename a plan or change its period. That of a mandate follows the mandate."""
    rules.must_write(actor, await queries.states_of(session, plan))
    facts = change.given()
    if facts.keys() & {"start", "end"}:
        await _move(session, plan, facts.get("start", plan.start), facts.get("end", plan.end))
    renamed = facts.get("title", plan.title) != plan.title
    for name, value in facts.items():
        setattr(plan, name, value)
    plan.updated_at = func.now()
    await session.flush()
    await session.refresh(plan)
    if renamed:
        await milestones.tell_all(session, plan, now=now)
    return plan


async def _move(session: AsyncSession, plan: Plan, start: date, end: date | None) -> None:
    if plan.mandate is not None:
        raise Conflict(
            "The period of this plan is that of its mandate; change the mandate.",
            code="follows-the-mandate",
            mandate=str(plan.mandate),
        )
    rules.must_be_in_order(start, end, pointer="/end")
    await _refuse_second(session, plan, start, end)


async def change_item(
    session: AsyncSession,
    plan: Plan,
    item: PlanItem,
    change: shapes.ItemChange,
    *,
    actor: Actor,
    now: datetime,
) -> PlanItem:
    """Change an item and keep who changed what. What changes nothing leaves no trace."""
    rules.must_write(actor, await queries.states_of(session, plan))
    facts = change.given()
    rules.must_be_in_order(facts.get("start", item.start), facts.get("due", item.due), pointer="/due")
    if facts.get("responsible", item.responsible) != item.responsible:
        await _must_know(session, facts["responsible"], actor=actor)
    changes = rules.differences({name: getattr(item, name) for name in facts}, facts)
    if not changes:
        return item
    was_due = item.due
    session.add(
        ItemChange(id=new_id(), item_id=item.id, changes=changes, by=actor.name, key=actor.id, at=now)
    )
    await _set(session, item, facts | {"progressed_at": now})
    await milestones.tell(session, plan, item, was_due=was_due, now=now)
    return item


async def _set(session: AsyncSession, item: PlanItem, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        setattr(item, name, value)
    item.updated_at = func.now()
    await session.flush()
    await session.refresh(item)


async def _must_know(session: AsyncSession, responsible: Sequence[str], *, actor: Actor) -> None:
    """Raises Invalid for an id of nobody whom the caller may see; names are taken as they are."""
    unknown = await queries.unknown_persons(session, rules.persons_of(responsible), state=actor.state)
    if unknown:
        raise Invalid(
            "Somebody who is named by id is not known here.",
            [
                Problem(f"/responsible/{place}", "unknown-person", f"There is no person {entry}.")
                for place, entry in enumerate(responsible)
                if shapes.person_of(entry) in unknown
            ],
            code="unknown-person",
        )


async def note_progress(
    session: AsyncSession,
    plan: Plan,
    item: PlanItem,
    draft: shapes.NoteDraft,
    *,
    actor: Actor,
    now: datetime,
) -> ItemNote:
    """Enter what was done for an item on a day. It makes no edit of the item stale."""
    rules.must_write(actor, await queries.states_of(session, plan))
    rules.must_be_over(draft.on, now=now)
    note = ItemNote(id=new_id(), item_id=item.id, by=actor.name, key=actor.id, at=now, **draft.model_dump())
    session.add(note)
    await session.flush()
    await session.execute(
        update(PlanItem)
        .where(PlanItem.id == item.id)
        .values(progressed_at=func.greatest(PlanItem.progressed_at, now), updated_at=PlanItem.updated_at)
    )
    return note
