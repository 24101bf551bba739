from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import select

from domain.errors import Invalid, NotFound, Problem
from domain.frameworks import queries as frameworks
from domain.frameworks.models import Claim
from domain.states import rules
from domain.states.models import Membership, State
from domain.states.rules import Basis, Member, Standing
from schemas.states import (
    ClaimCheck,
    Combination,
    Intersections,
    MembershipStatus,
    Overlap,
    Overlaps,
    Parties,
    PartyBy,
    RegionalParties,
)  # fmt: skip
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


def on(day: date, membership: Membership, party_by: PartyBy = PartyBy.DEPOSIT) -> MembershipOn:
    """The membership as it stood on a day."""
    return MembershipOn(
        framework=membership.framework,
        state=membership.state,
        status=rules.status(day, membership, party_by),
        signed=membership.signed,
        consent=membership.consent,
        action=membership.action,
        entry_into_force=membership.entry_into_force,
        withdrawal=membership.withdrawal,
        confidence=membership.confidence,
        source=membership.source,
    )


async def of_state(
    session: AsyncSession, iso3: str, *, as_of: date, party_by: PartyBy = PartyBy.DEPOSIT
) -> list[MembershipOn]:
    rows = select(Membership).where(Membership.state == iso3).order_by(Membership.framework)
    return [on(as_of, membership, party_by) for membership in await session.scalars(rows)]


async def party_to(session: AsyncSession, iso3: str, *, as_of: date) -> set[str]:
    """Keys of the frameworks that the State is party to on a day."""
    held = await of_state(session, iso3, as_of=as_of)
    return {item.framework for item in held if item.status is MembershipStatus.PARTY}


async def bound_by(session: AsyncSession, iso3: str, *, as_of: date) -> set[str]:
    """Keys of the frameworks that speak to the State on a day (`rules.speaks_to`)."""
    party = await party_to(session, iso3, as_of=as_of)
    joinable = set(await session.scalars(select(Membership.framework).distinct()))
    since = await frameworks.adopted(session)
    rows = await frameworks.page(session, after=None, limit=10_000)
    everything = {row.key: rules.Addressed(row.kind, row.parent, since[row.key]) for row in rows}
    return {
        key
        for key in everything
        if rules.speaks_to(key, everything, on=as_of, joinable=joinable, party_to=party)
    }


async def memberships(
    session: AsyncSession,
    framework: str,
    *,
    basis: Basis,
    status: MembershipStatus | None,
    after: str | None,
    limit: int,
) -> list[MembershipOn]:
    """By State. With a status only those who had it on the day, and no sample States."""
    rows = (
        select(Membership)
        .join(State, State.iso3 == Membership.state)
        .where(Membership.framework == framework)
        .order_by(Membership.state)
    )
    if status is not None:
        rows = rows.where(~State.sample)
    if after is not None:
        rows = rows.where(Membership.state > after)
    found = (on(basis.as_of, row, basis.party_by) for row in await session.scalars(rows))
    return list(islice((item for item in found if status in (None, item.status)), limit))


async def _members(session: AsyncSession, among: Iterable[str] | None = None) -> dict[str, list[Member]]:
    """Who ever did something under the frameworks that have memberships; no sample States."""
    columns = (
        State.iso3, State.kind, State.region, State.subregion,
        Membership.signed, Membership.consent, Membership.entry_into_force, Membership.withdrawal,
    )  # fmt: skip
    rows = (
        select(Membership.framework, *columns)
        .join(State, State.iso3 == Membership.state)
        .where(~State.sample)
        .order_by(Membership.framework)
    )
    if among is not None:
        rows = rows.where(Membership.framework.in_(among))
    found: defaultdict[str, list[Member]] = defaultdict(list)
    for row in await session.execute(rows):
        found[row.framework].append(Member(*row[1:]))
    return dict(found)


async def _must_be_known(session: AsyncSession, region: str | None) -> None:
    if region is None:
        return
    rows = (await session.execute(select(State.region, State.subregion).distinct())).all()
    regions = sorted({name for row in rows for name in row if name is not None})
    if region not in regions:
        raise Invalid(
            f"There is no region `{region}`.",
            [Problem("?region", "unknown-region", f"Known are {', '.join(regions)}.")],
            code="unknown-region",
        )


async def overlaps(session: AsyncSession, framework: str, basis: Basis) -> Overlaps:
    """What the framework's parties share with every other framework that has memberships."""
    await frameworks.find(session, framework)
    await _must_be_known(session, basis.region)
    everywhere = await _members(session)
    ours = everywhere.pop(framework, [])
    stated: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in await frameworks.claims(session, framework) if basis.region is None else ():
        stated[claim.other].append(claim)
    own = rules.standing(ours, basis)
    items = []
    for other, members in everywhere.items():
        counts = rules.shared_over_time(ours, members, basis.party_by) if stated[other] else []
        items.append(_overlap(other, own, rules.standing(members, basis), stated[other], counts))
    return Overlaps(
        framework=framework,
        as_of=basis.as_of,
        party_by=basis.party_by,
        region=basis.region,
        parties=len(own.parties),
        organisations=sorted(own.organisations),
        signatories=len(own.signatories),
        items=items,
    )


def _overlap(
    other: str,
    own: Standing,
    theirs: Standing,
    stated: Sequence[Claim],
    counts: Sequence[tuple[date, int]],
) -> Overlap:
    shared = own.parties & theirs.parties
    return Overlap(
        framework=other,
        parties=len(theirs.parties),
        organisations=sorted(theirs.organisations),
        shared=len(shared),
        missing=sorted(own.parties - shared),
        signatories_shared=len(own.signatories & theirs.parties),
        claims=[_checked(claim, len(shared), counts) for claim in stated],
    )


def _checked(claim: Claim, computed: int, counts: Sequence[tuple[date, int]]) -> ClaimCheck:
    return ClaimCheck(
        figure=claim.figure,
        source=claim.source,
        statement=claim.statement,
        as_of=claim.as_of,
        holds=claim.figure == computed,
        held=rules.held(claim.figure, counts),
    )


async def intersections(session: AsyncSession, keys: Sequence[str], basis: Basis) -> Intersections:
    """The parties of each of the frameworks, of all, of every combination, and the same by region.

    Raises Invalid for a framework that is not known, has no memberships or is named twice.
    """
    await _must_be_known(session, basis.region)
    members = await _members(session, keys)
    await _must_be_countable(session, keys, members)
    standings = {key: rules.standing(members[key], basis) for key in keys}
    parties = {key: standing.parties for key, standing in standings.items()}
    return Intersections(
        frameworks=list(keys),
        as_of=basis.as_of,
        party_by=basis.party_by,
        region=basis.region,
        parties={key: len(states) for key, states in parties.items()},
        organisations={key: sorted(standing.organisations) for key, standing in standings.items()},
        shared=_named(frozenset.intersection(*parties.values())),
        combinations=[
            Combination(frameworks=combined, parties=len(states), states=states)
            for combined, states in rules.combinations(parties)
        ],
        regions=_by_region(members, parties),
    )


def _named(states: Iterable[str]) -> Parties:
    named = sorted(states)
    return Parties(parties=len(named), states=named)


def _by_region(members: dict[str, list[Member]], parties: dict[str, frozenset[str]]) -> list[RegionalParties]:
    region_of = {member.state: member.region for group in members.values() for member in group}
    counted = {region_of[state] for states in parties.values() for state in states}
    answer = []
    for region in sorted(name for name in counted if name is not None):
        there = {key: {state for state in parties[key] if region_of[state] == region} for key in parties}
        answer.append(
            RegionalParties(
                region=region,
                parties={key: len(states) for key, states in there.items()},
                shared=len(set.intersection(*there.values())),
            )
        )
    return answer


async def _must_be_countable(
    session: AsyncSession, keys: Sequence[str], members: dict[str, list[Member]]
) -> None:
    found = []
    for number, key in enumerate(keys):
        if key in keys[:number]:
            found.append(Problem("?frameworks", "duplicate-framework", f"`{key}` is named twice."))
        elif key not in members:
            found.append(await _why_not_countable(session, key))
    if found:
        raise Invalid("Parties of these frameworks cannot be counted.", found, code="invalid-frameworks")


async def _why_not_countable(session: AsyncSession, key: str) -> Problem:
    try:
        await frameworks.find(session, key)
    except NotFound as missing:
        return Problem("?frameworks", "unknown-framework", missing.message)
    return Problem("?frameworks", "no-memberships", f"Nobody is known to have joined `{key}`.")
