from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import contains_eager

from domain.errors import Invalid, NotFound, Problem
from domain.people.models import Committee, CommitteeMember, Person

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def find_person(
    session: AsyncSession, person_id: UUID, *, state: str | None = None, lock: bool = False
) -> Person:
    """The person; with `state`, only if they work for that State."""
    wanted = select(Person).where(Person.id == person_id, *_of_state(state))
    found = await session.scalar(wanted.with_for_update(key_share=True) if lock else wanted)
    if found is None:
        raise NotFound(f"There is no person {person_id}.")
    return found


async def known_person(
    session: AsyncSession, person_id: UUID, *, state: str | None = None, pointer: str = "/person"
) -> Person:
    """The person whom a request names. Raises Invalid `unknown-person` when there is none."""
    try:
        return await find_person(session, person_id, state=state)
    except NotFound as missing:
        problem = Problem(pointer, "unknown-person", "Nobody with this id is known here.")
        raise Invalid(missing.message, [problem], code="unknown-person") from None


async def hold_alone(session: AsyncSession, person: UUID) -> None:
    """Until the end of the transaction nobody plans by what is known of the person; waits for those who do.

    Whoever has this waits for nobody: not for another person, nor for a committee.
    """
    await session.execute(select(Person.id).where(Person.id == person).with_for_update())


async def hold_members_alone(session: AsyncSession, committee: str) -> None:
    """The same of who belongs to a committee. To be called before its members are written."""
    await session.execute(select(Committee.key).where(Committee.key == committee).with_for_update())


async def hold_as_they_are(
    session: AsyncSession, committees: Collection[str], named: Collection[UUID]
) -> Sequence[Person]:
    """Committees, all who ever belonged to them, and the persons named: what letters depend on stays until
    the end of the transaction. Returns the persons, as they are."""
    keys = select(Committee.key).where(Committee.key.in_(committees)).order_by(Committee.key)
    await session.execute(keys.with_for_update(read=True, key_share=True))
    belonging = select(CommitteeMember.person).where(CommitteeMember.committee.in_(committees))
    known = or_(Person.id == any_(literal(list(named), ARRAY(Uuid))), Person.id.in_(belonging))
    rows = select(Person).where(known).order_by(Person.id).with_for_update(read=True, key_share=True)
    return (await session.scalars(rows, execution_options={"populate_existing": True})).all()


async def holder_of(session: AsyncSession, email: str) -> Person | None:
    """Whose e-mail address this is, in capitals or not."""
    return await session.scalar(select(Person).where(_has_address(email)))


async def persons(
    session: AsyncSession,
    *,
    state: str | None = None,
    committee: str | None = None,
    as_of: date,
    email: str | None = None,
    before: UUID | None = None,
    limit: int,
) -> Sequence[Person]:
    """Newest first; those of a committee as it stands on `as_of`."""
    rows = select(Person).where(*_of_state(state)).order_by(Person.id.desc()).limit(limit)
    if committee is not None:
        rows = rows.where(Person.id.in_(_members_on(committee, as_of)))
    if email is not None:
        rows = rows.where(_has_address(email))
    if before is not None:
        rows = rows.where(Person.id < before)
    return (await session.scalars(rows)).all()


async def find_committee(session: AsyncSession, key: str, *, lock: bool = False) -> Committee:
    wanted = select(Committee).where(Committee.key == key)
    found = await session.scalar(wanted.with_for_update(key_share=True) if lock else wanted)
    if found is None:
        raise NotFound(f"There is no committee `{key}`.")
    return found


async def known_committee(session: AsyncSession, key: str, *, pointer: str = "/committee") -> Committee:
    """The committee that a request names. Raises Invalid `unknown-committee` when there is none."""
    try:
        return await find_committee(session, key)
    except NotFound as missing:
        problem = Problem(pointer, "unknown-committee", f"`{key}` is not a committee known here.")
        raise Invalid(missing.message, [problem], code="unknown-committee") from None


async def committees(
    session: AsyncSession, *, framework: str | None, after: str | None, limit: int
) -> Sequence[Committee]:
    rows = select(Committee).order_by(Committee.key).limit(limit)
    if framework is not None:
        rows = rows.where(Committee.framework == framework)
    if after is not None:
        rows = rows.where(Committee.key > after)
    return (await session.scalars(rows)).all()


async def members(session: AsyncSession, committee: str, as_of: date) -> Sequence[Person]:
    """Who belongs to the committee on that day, each once, by name; not those who have left by then."""
    present = or_(Person.left.is_(None), Person.left > as_of)
    rows = select(Person).where(Person.id.in_(_members_on(committee, as_of)), present)
    return (await session.scalars(rows.order_by(Person.name, Person.id))).all()


async def memberships(
    session: AsyncSession,
    committee: str,
    *,
    as_of: date | None,
    state: str | None,
    after: UUID | None,
    limit: int,
) -> Sequence[CommitteeMember]:
    """In the order in which they were entered, each with its person; those of a day, or all."""
    rows = _memberships(committee, state=state).order_by(CommitteeMember.id).limit(limit)
    if as_of is not None:
        rows = rows.where(_on(as_of))
    if after is not None:
        rows = rows.where(CommitteeMember.id > after)
    return (await session.scalars(rows)).all()


async def find_membership(
    session: AsyncSession, committee: str, member_id: UUID, *, state: str | None = None, lock: bool = False
) -> CommitteeMember:
    wanted = _memberships(committee, state=state).where(CommitteeMember.id == member_id)
    found = await session.scalar(wanted.with_for_update(of=CommitteeMember) if lock else wanted)
    if found is None:
        raise NotFound(f"There is no membership {member_id} of the committee `{committee}`.")
    return found


async def overlapping(session: AsyncSession, member: CommitteeMember) -> CommitteeMember | None:
    """Another membership of the same person in the same committee that shares a day with this one."""
    rows = select(CommitteeMember).where(
        CommitteeMember.committee == member.committee,
        CommitteeMember.person == member.person,
        CommitteeMember.id != member.id,
        or_(CommitteeMember.until.is_(None), CommitteeMember.until >= member.since),
    )
    if member.until is not None:
        rows = rows.where(CommitteeMember.since <= member.until)
    return await session.scalar(rows.limit(1))


def _memberships(committee: str, *, state: str | None) -> Select[CommitteeMember]:
    return (
        select(CommitteeMember)
        .join(CommitteeMember.of)
        .where(CommitteeMember.committee == committee, *_of_state(state))
        .options(contains_eager(CommitteeMember.of))
    )


def _members_on(committee: str, day: date) -> Select[UUID]:
    return select(CommitteeMember.person).where(CommitteeMember.committee == committee, _on(day))


def _on(day: date) -> ColumnElement[bool]:
    return and_(
        CommitteeMember.since <= day,
        or_(CommitteeMember.until.is_(None), CommitteeMember.until >= day),
    )


def _of_state(state: str | None) -> list[ColumnElement[bool]]:
    return [] if state is None else [Person.state == state]


def _has_address(email: str) -> ColumnElement[bool]:
    return func.lower(Person.email) == func.lower(email)
