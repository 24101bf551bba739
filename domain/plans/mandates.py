"""Giving terms of reference to States, with the plan of the work that they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func

from domain.access.rules import Actor
from domain.base import new_id
from domain.errors import Conflict, Invalid, Problem
from domain.frameworks import queries as frameworks
from domain.plans import actions, history, queries, rules
from domain.plans.models import Mandate, MandateHolder, Plan
from domain.reminders.announcing import show_to
from domain.states.models import State
from schemas import plans as shapes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

TERMS = "terms-of-reference"


async def give(session: AsyncSession, draft: shapes.MandateDraft, *, actor: Actor, now: datetime) -> Mandate:
    """A mandate, and the plan of its activities. By the same terms there is one at a time, unless meant."""
    await actions.edition_of(session, draft.framework, None)
    edition = await actions.edition_of(session, draft.terms, draft.edition, pointer="/terms")
    terms = await frameworks.find(session, draft.terms, lock=True)
    if terms.kind != TERMS:
        raise Invalid(
            f"`{draft.terms}` is no terms of reference.",
            [Problem("/terms", "not-terms-of-reference", f"It is of the kind `{terms.kind}`.")],
            code="not-terms-of-reference",
        )
    mandate = Mandate(
        id=new_id(), framework=draft.framework, terms=draft.terms, since=draft.since, until=draft.until
    )
    if not draft.overlapping:
        await _refuse_overlap(session, mandate, draft.since, draft.until)
    mandate.holders = await _holders(session, draft.holders)
    session.add(mandate)
    await session.flush()
    facts = {"framework": mandate.framework, "terms": mandate.terms} | _facts(mandate)
    history.keep(session, mandate, dict.fromkeys(facts), facts, actor=actor, now=now)
    plan = Plan(
        id=new_id(),
        framework=edition.framework_key,
        edition=edition.key,
        title=terms.short_title or rules.name_of(terms.title),
        owner=_owner(mandate),
        mandate=mandate.id,
        start=mandate.since,
        end=mandate.until,
    )
    await actions.enter(session, plan, edition, actor=actor, now=now)
    await session.refresh(mandate, ["created_at", "updated_at"])
    return await queries.find_mandate(session, mandate.id)


def _owner(mandate: Mandate) -> str:
    return ", ".join(mandate.states)


async def _refuse_overlap(session: AsyncSession, mandate: Mandate, since: date, until: date | None) -> None:
    """Raises Conflict when two would hold. Whoever gives one at the same moment waits for the terms."""
    other = await queries.mandate_in_the_way(session, mandate, since, until)
    if other is not None:
        raise Conflict(
            f"A mandate by these terms runs from {other.since} to {other.until or 'an open end'}; "
            "end it first, or say `overlapping`.",
            code="mandates-overlap",
            mandate=str(other.id),
        )


async def _holders(session: AsyncSession, drafts: Sequence[shapes.HolderDraft]) -> list[MandateHolder]:
    """Raises Invalid for States and persons that are not known, all at once."""
    persons = await queries.unknown_persons(session, {one for draft in drafts for one in draft.persons})
    problems = [
        Problem(f"/holders/{place}/persons/{number}", "unknown-person", f"There is no person {person}.")
        for place, draft in enumerate(drafts)
        for number, person in enumerate(draft.persons)
        if person in persons
    ]
    for place, draft in enumerate(drafts):
        if await session.get(State, draft.state) is None:
            detail = f"`{draft.state}` is not the code of a State known here."
            problems.append(Problem(f"/holders/{place}/state", "unknown-state", detail))
    if problems:
        raise Invalid("Somebody who is to hold the mandate is not known.", problems, code=problems[0].code)
    return [MandateHolder(position=position, **draft.model_dump()) for position, draft in enumerate(drafts)]


async def amend(
    session: AsyncSession, mandate: Mandate, change: shapes.MandateChange, *, actor: Actor, now: datetime
) -> Mandate:
    """Change who holds a mandate and how long; its plan is theirs, and has the same period."""
    since, until = _period(mandate, change)
    rules.must_be_in_order(since, until, pointer="/until")
    await frameworks.find(session, mandate.terms, lock=True)
    if not change.overlapping and _grows(mandate, since, until):
        await _refuse_overlap(session, mandate, since, until)
    before = _facts(mandate)
    mandate.since, mandate.until = since, until
    if change.holders is not None:
        await _replace_holders(session, mandate, change.holders)
    mandate.updated_at = func.now()
    await session.flush()
    history.keep(session, mandate, before, _facts(mandate), actor=actor, now=now)
    await _follow(session, mandate, actor=actor, now=now)
    await session.refresh(mandate, ["updated_at"])
    return mandate


def _facts(mandate: Mandate) -> dict[str, Any]:
    """As clients name them."""
    holders = [shapes.Holder.model_validate(holder).model_dump() for holder in mandate.holders]
    return {"from": mandate.since, "until": mandate.until, "holders": holders}


def _period(mandate: Mandate, change: shapes.MandateChange) -> tuple[date, date | None]:
    until = change.until if "until" in change.model_fields_set else mandate.until
    return change.since or mandate.since, until


def _grows(mandate: Mandate, since: date, until: date | None) -> bool:
    """Whether it covers days that it did not: only those can newly overlap with another's."""
    if since < mandate.since or (until is None and mandate.until is not None):
        return True
    return until is not None and mandate.until is not None and until > mandate.until


async def _replace_holders(
    session: AsyncSession, mandate: Mandate, drafts: Sequence[shapes.HolderDraft]
) -> None:
    holders = await _holders(session, drafts)
    await session.execute(delete(MandateHolder).where(MandateHolder.mandate_id == mandate.id))
    session.expire(mandate, ["holders"])
    for holder in holders:
        holder.mandate_id = mandate.id
    session.add_all(holders)
    await session.flush()
    await session.refresh(mandate, ["holders"])


async def _follow(session: AsyncSession, mandate: Mandate, *, actor: Actor, now: datetime) -> None:
    plan = mandate.carried_out
    facts = {"owner": _owner(mandate), "start": mandate.since, "end": mandate.until}
    before = {name: getattr(plan, name) for name in facts}
    if history.keep(session, plan, before, facts, actor=actor, now=now):
        for name, value in facts.items():
            setattr(plan, name, value)
        plan.updated_at = func.now()
        await session.flush()
        await session.refresh(plan)
    await show_to(session, plan.id, await queries.seen_by(session, plan), now=now)
