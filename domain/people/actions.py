"""Entering persons, and who belongs to which committee."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from domain.base import new_id
from domain.errors import Conflict, Invalid, Problem
from domain.people import queries
from domain.people.models import Committee, CommitteeMember, Person
from schemas.people import CommitteeDraft, MemberChange, MemberDraft, PersonChange, PersonDraft

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def enter(session: AsyncSession, draft: PersonDraft) -> Person:
    """A new person. Raises Conflict `email-taken` when somebody has the address, in capitals or not."""
    await _refuse_taken(session, draft.email)
    person = Person(id=new_id(), **draft.model_dump())
    session.add(person)
    await session.flush()
    await session.refresh(person)
    return person


async def change(session: AsyncSession, person: Person, wanted: PersonChange) -> Person:
    if wanted.email is not None:
        await _refuse_taken(session, wanted.email, but_by=person.id)
    for name, value in wanted.given(person).items():
        setattr(person, name, value)
    await session.flush()
    await session.refresh(person)
    return person


async def _refuse_taken(session: AsyncSession, email: str, *, but_by: UUID | None = None) -> None:
    holder = await queries.holder_of(session, email)
    if holder is not None and holder.id != but_by:
        raise Conflict(
            "Somebody with this e-mail address is known already.",
            [Problem("/email", "email-taken", "Change the person who has it, or give another one.")],
            code="email-taken",
        )


async def found_committee(session: AsyncSession, key: str, draft: CommitteeDraft) -> Committee:
    committee = Committee(key=key, **draft.model_dump())
    session.add(committee)
    await session.flush()
    await session.refresh(committee)
    return committee


async def rename(session: AsyncSession, committee: Committee, draft: CommitteeDraft) -> Committee:
    committee.title, committee.framework = draft.title, draft.framework
    await session.flush()
    await session.refresh(committee)
    return committee


async def admit(session: AsyncSession, committee: Committee, draft: MemberDraft) -> CommitteeMember:
    """A person becomes a member. Raises Conflict `member-already` where they are one on any of the days."""
    person = await queries.known_person(session, draft.person)
    await _hold(session, person.id, committee.key)
    member = CommitteeMember(id=new_id(), committee=committee.key, **draft.model_dump())
    await _refuse_overlap(session, member)
    member.of = person
    session.add(member)
    await session.flush()
    return member


async def change_membership(
    session: AsyncSession, member: CommitteeMember, wanted: MemberChange
) -> CommitteeMember:
    """The last day may lie in the past or to come. Raises Conflict as `admit` does."""
    await _hold(session, member.person, member.committee)
    for name, value in wanted.given().items():
        setattr(member, name, value)
    if member.until is not None and member.until < member.since:
        raise Invalid(
            "The membership would end before it begins.",
            [Problem("/until", "ends-before-it-begins", f"It begins on {member.since}.")],
            code="ends-before-it-begins",
        )
    await _refuse_overlap(session, member)
    await session.flush()
    return member


async def _hold(session: AsyncSession, person: UUID, committee: str) -> None:
    """Two who admit a person at once do so one after the other; and whoever has the committee to themselves
    waits for nobody."""
    held = select(Person.id).where(Person.id == person).with_for_update(key_share=True)
    await session.execute(held)
    await queries.hold_members_alone(session, committee)


async def _refuse_overlap(session: AsyncSession, member: CommitteeMember) -> None:
    other = await queries.overlapping(session, member)
    if other is not None:
        raise Conflict(
            f"This person is a member of `{member.committee}` from {other.since} "
            f"until {other.until or 'further notice'}.",
            [Problem("/since", "member-already", "Change that membership, or begin after it.")],
            code="member-already",
            member=str(other.id),
        )
