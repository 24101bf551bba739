from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, false, or_, select

from domain.errors import Invalid, NotFound, Problem
from domain.frameworks import queries as frameworks
from domain.frameworks.models import Claim
from domain.states import rules
from domain.states.models import Membership, State
from domain.states.rules import Standing
from schemas.states import ClaimCheck, MembershipStatus, Overlap, Overlaps
from schemas.states import Membership as MembershipOn

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def find(session: AsyncSession, iso3: str) -> State:
    state = await session.get(State, iso3)
    if state is None:
        raise NotFound(f"There is no State `{iso3}`.", state=iso3)
    return state


async def known(session: AsyncSession, iso3: str) -> State:
    """The State that a request names. Raises Invalid `unknown-state` when there is none."""
    state = await session.get(State, iso3)
    if state is None:
        raise Invalid(
            f"There is no State `{iso3}`.",
            [Problem("/state", "unknown-state", f"`{iso3}` is not the code of a State known here.")],
            code="unknown-state",
        )
    return state


async def page(session: AsyncSession, *, after: str | None, limit: int) -> Sequence[State]:
    rows = select(State).order_by(State.iso3).limit(limit)
    if after is not None:
        rows = rows.where(State.iso3 > after)
    return (await session.scalars(rows)).all()


def on(day: date, membership: Membership) -> MembershipOn:
    """The membership as it stood on a day."""
    status = rules.status(
        day, signed=membership.signed, consent=membership.consent, withdrawal=membership.withdrawal
    )
    return MembershipOn(
        framework=membership.framework,
        state=membership.state,
        status=status,
        signed=membership.signed,
        consent=membership.consent,
        action=membership.action,
        withdrawal=membership.withdrawal,
        confidence=membership.confidence,
        source=membership.source,
    )


async def of_state(session: AsyncSession, iso3: str, *, as_of: date) -> list[MembershipOn]:
    rows = select(Membership).where(Membership.state == iso3).order_by(Membership.framework)
    return [on(as_of, membership) for membership in await session.scalars(rows)]


async def party_to(session: AsyncSession, iso3: str, *, as_of: date) -> set[str]:
    """Keys of the frameworks that the State is party to on a day."""
    held = await of_state(session, iso3, as_of=as_of)
    return {item.framework for item in held if item.status is MembershipStatus.PARTY}


async def bound_by(session: AsyncSession, iso3: str, *, as_of: date) -> set[str]:
    """Keys of the frameworks that speak to the State on a day.

    Those it is party to; plans and terms of reference adopted under these; and agendas without
    memberships, which speak to every State.
    """
    bound = await party_to(session, iso3, as_of=as_of)
    with_members = set(await session.scalars(select(Membership.framework).distinct()))
    parents = {row.key: row.parent for row in await frameworks.page(session, after=None, limit=10_000)}
    for key, parent in parents.items():
        if key not in with_members and (parent is None or parent in bound):
            bound.add(key)
    return bound


def _holds(status: MembershipStatus, day: date) -> ColumnElement[bool]:
    consented = Membership.consent <= day
    gone = and_(Membership.withdrawal.is_not(None), Membership.withdrawal <= day)
    not_yet = or_(Membership.consent.is_(None), Membership.consent > day)
    match status:
        case MembershipStatus.PARTY:
            return and_(consented, ~gone)
        case MembershipStatus.WITHDRAWN:
            return and_(consented, gone)
        case MembershipStatus.SIGNATORY:
            return and_(not_yet, Membership.signed <= day)
        case MembershipStatus.NONE:
            return and_(not_yet, or_(Membership.signed.is_(None), Membership.signed > day))
    return false()


async def memberships(
    session: AsyncSession,
    framework: str,
    *,
    as_of: date,
    status: MembershipStatus | None,
    after: str | None,
    limit: int,
) -> list[MembershipOn]:
    rows = (
        select(Membership)
        .join(State, State.iso3 == Membership.state)
        .where(Membership.framework == framework)
        .order_by(Membership.state)
        .limit(limit)
    )
    if status is not None:
        rows = rows.where(_holds(status, as_of), ~State.sample)
    if after is not None:
        rows = rows.where(Membership.state > after)
    return [on(as_of, membership) for membership in await session.scalars(rows)]


async def standings(session: AsyncSession, *, as_of: date) -> dict[str, Standing]:
    """Parties and signatories by framework; sample States are in none."""
    rows = await session.execute(
        select(
            Membership.framework,
            Membership.state,
            Membership.signed,
            Membership.consent,
            Membership.withdrawal,
        )
        .join(State, State.iso3 == Membership.state)
        .where(~State.sample)
    )
    by_framework: dict[str, list[tuple[str, MembershipStatus]]] = defaultdict(list)
    for framework, state, signed, consent, withdrawal in rows:
        held = rules.status(as_of, signed=signed, consent=consent, withdrawal=withdrawal)
        by_framework[framework].append((state, held))
    return {framework: rules.standing(pairs) for framework, pairs in by_framework.items()}


async def overlaps(session: AsyncSession, framework: str, *, as_of: date) -> Overlaps:
    """What the framework's parties share with every other framework that has memberships."""
    await frameworks.find(session, framework)
    everywhere = await standings(session, as_of=as_of)
    own = everywhere.pop(framework, Standing(frozenset(), frozenset()))
    stated: dict[str, list[Claim]] = defaultdict(list)
    for claim in await frameworks.claims(session, framework):
        stated[claim.other].append(claim)
    return Overlaps(
        framework=framework,
        as_of=as_of,
        parties=len(own.parties),
        signatories=len(own.signatories),
        items=[_overlap(other, own, everywhere[other], stated[other]) for other in sorted(everywhere)],
    )


def _overlap(other: str, own: Standing, theirs: Standing, stated: Sequence[Claim]) -> Overlap:
    shared = own.parties & theirs.parties
    return Overlap(
        framework=other,
        parties=len(theirs.parties),
        shared=len(shared),
        missing=sorted(own.parties - shared),
        signatories_shared=len(own.signatories & theirs.parties),
        claims=[
            ClaimCheck(
                figure=claim.figure,
                source=claim.source,
                statement=claim.statement,
                holds=claim.figure == len(shared),
            )
            for claim in stated
        ],
    )
