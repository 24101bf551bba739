"""Persons and committees. Personal data: nothing here is read without a key.

A key that is bound to a State reads and writes the persons who work for that State, and no others.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from domain.access.rules import Actor
from domain.errors import NotFound, PreconditionRequired
from domain.frameworks import queries as frameworks
from domain.people import actions, queries
from domain.people.models import CommitteeMember
from domain.reminders.ledger import planning
from domain.reminders.recipients import reader_of
from domain.states import queries as states
from schemas import fields
from schemas.fields import IsoDate, Key
from schemas.meetings import Email
from schemas.paging import Page
from schemas.people import (
    Committee,
    CommitteeDraft,
    Member,
    MemberChange,
    MemberDraft,
    Person,
    PersonChange,
    PersonDraft,
)
from services.api.addresses import AsOf, OfFramework, OfState
from services.api.dependencies import (
    CalendarWriter,
    KnownCaller,
    MeetingWriter,
    Now,
    SeenVersion,
    SeenVersionIfAny,
    Transaction,
)
from services.api.exchange import Exchange
from services.api.paging import Paged
from services.api.tagging import tagged

router = APIRouter(tags=["people"], route_class=Exchange)

CommitteeKey = Annotated[
    fields.Key, Path(description="key of a committee", examples=["ccm-coordination-committee"])
]


@router.post(
    "/persons",
    response_model=Person,
    status_code=201,
    summary="Enter a person",
    description="Refused (409) when somebody has the e-mail address already, in capitals or not.",
)
async def enter_person(
    draft: PersonDraft, response: Response, session: Transaction, actor: CalendarWriter
) -> Any:
    await _allowed_state(session, actor, draft.state)
    person = await actions.enter(session, draft)
    return tagged(person, response, at=f"/v1/persons/{person.id}")


async def _allowed_state(session: Transaction, actor: Actor, state: str | None) -> None:
    """A key of one State enters its own persons only, and so must say for whom they work."""
    if actor.state is not None:
        actor.must_write_for(state or "")
    if state is not None:
        await states.known(session, state)


@router.get(
    "/persons",
    response_model=Page[Person],
    summary="Persons, newest first",
    description="Of a committee: those who belong to it on the day.",
)
async def list_persons(
    pages: Paged,
    session: Transaction,
    now: Now,
    actor: KnownCaller,
    state: OfState = None,
    committee: Annotated[Key | None, Query(description="only members of this committee")] = None,
    as_of: AsOf = None,
    email: Annotated[Email | None, Query(description="only whose address this is")] = None,
) -> dict[str, Any]:
    if actor.state is not None and state not in (None, actor.state):
        return pages.answer([], lambda row: row)
    rows = await queries.persons(
        session,
        state=actor.state or state,
        committee=committee,
        as_of=as_of or now.date(),
        email=email,
        before=pages.after_id,
        limit=pages.most,
    )
    return pages.answer(rows, lambda row: row.id)


@router.get("/persons/{person_id}", response_model=Person, summary="One person")
async def read_person(person_id: UUID, response: Response, session: Transaction, actor: KnownCaller) -> Any:
    return tagged(await queries.find_person(session, person_id, state=actor.state), response)


@router.patch(
    "/persons/{person_id}",
    response_model=Person,
    summary="Change what is known of a person (`If-Match`)",
    description="Reminders that are not sent yet follow, to another address too. What was sent to a person"
    " counts as sent to them, and an opt-out is theirs, whatever address they have.",
)
async def change_person(
    person_id: UUID,
    change: PersonChange,
    response: Response,
    session: Transaction,
    now: Now,
    actor: CalendarWriter,
    seen: SeenVersion,
) -> Any:
    person = await queries.find_person(session, person_id, state=actor.state, lock=True)
    seen.must_be(person.etag)
    if "state" in change.model_fields_set:
        await _allowed_state(session, actor, change.state)
    before = reader_of(person)
    await actions.change(session, person, change)
    await planning.person_changed(session, person, before, now=now)
    return tagged(person, response)


@router.put(
    "/committees/{key}",
    response_model=Committee,
    summary="Found or rename a committee",
    description="To change one that is there, send `If-Match`.",
    responses={201: {"model": Committee, "description": "A new committee"}},
)
async def put_committee(
    key: CommitteeKey,
    draft: CommitteeDraft,
    response: Response,
    session: Transaction,
    _: MeetingWriter,
    seen: SeenVersionIfAny,
) -> Any:
    if draft.framework is not None:
        await frameworks.known(session, draft.framework)
    try:
        committee = await queries.find_committee(session, key, lock=True)
    except NotFound:
        if seen is not None:
            raise
        response.status_code = 201
        return tagged(await actions.found_committee(session, key, draft), response)
    if seen is None:
        raise PreconditionRequired("This committee is there already: send `If-Match` with its ETag.")
    seen.must_be(committee.etag)
    return tagged(await actions.rename(session, committee, draft), response)


@router.get("/committees", response_model=Page[Committee], summary="Committees, by key")
async def list_committees(
    pages: Paged, session: Transaction, _: KnownCaller, framework: OfFramework = None
) -> dict[str, Any]:
    rows = await queries.committees(session, framework=framework, after=pages.after, limit=pages.most)
    return pages.answer(rows, lambda row: row.key)


@router.get("/committees/{key}", response_model=Committee, summary="One committee")
async def read_committee(key: CommitteeKey, response: Response, session: Transaction, _: KnownCaller) -> Any:
    return tagged(await queries.find_committee(session, key), response)


@router.post(
    "/committees/{key}/members",
    response_model=Member,
    status_code=201,
    summary="Make a person a member",
    description="From a day on, perhaps until another. Refused (409) where they are a member on one of them.",
)
async def admit_member(
    key: CommitteeKey,
    draft: MemberDraft,
    response: Response,
    session: Transaction,
    now: Now,
    _: MeetingWriter,
) -> Any:
    member = await actions.admit(session, await queries.find_committee(session, key), draft)
    await planning.membership_changed(session, key, member.person, now=now)
    return _member(tagged(member, response, at=f"/v1/committees/{key}/members/{member.id}"))


def _member(member: CommitteeMember) -> dict[str, Any]:
    names = ("id", "committee", "role", "since", "until")
    return {name: getattr(member, name) for name in names} | {"person": member.of}


@router.get(
    "/committees/{key}/members",
    response_model=Page[Member],
    summary="Who belongs to a committee",
    description="On a day; or every membership, past and to come, in the order of entry.",
)
async def list_members(
    key: CommitteeKey,
    pages: Paged,
    session: Transaction,
    actor: KnownCaller,
    as_of: Annotated[IsoDate | None, Query(description="any day; all members ever when left out")] = None,
) -> dict[str, Any]:
    await queries.find_committee(session, key)
    rows = await queries.memberships(
        session, key, as_of=as_of, state=actor.state, after=pages.after_id, limit=pages.most
    )
    return pages.answer(rows, lambda row: row.id, shown=_member)


@router.get("/committees/{key}/members/{member_id}", response_model=Member, summary="One membership")
async def read_member(
    key: CommitteeKey, member_id: UUID, response: Response, session: Transaction, actor: KnownCaller
) -> Any:
    member = await queries.find_membership(session, key, member_id, state=actor.state)
    return _member(tagged(member, response))


@router.patch(
    "/committees/{key}/members/{member_id}",
    response_model=Member,
    summary="End or change a membership (`If-Match`)",
    description="Reminders that are not sent yet follow.",
)
async def change_member(
    key: CommitteeKey,
    member_id: UUID,
    change: MemberChange,
    response: Response,
    session: Transaction,
    now: Now,
    _: MeetingWriter,
    seen: SeenVersion,
) -> Any:
    member = await queries.find_membership(session, key, member_id, lock=True)
    seen.must_be(member.etag)
    await actions.change_membership(session, member, change)
    await planning.membership_changed(session, key, member.person, now=now)
    return _member(tagged(member, response))
