"""Who wants no letters. Asked before anything is planned, and again before anything is sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    Text,
    Uuid,
    and_,
    any_,
    delete,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from domain.base import new_id
from domain.errors import NotFound
from domain.people.models import Person
from domain.reminders import queries
from domain.reminders.channels import SUBJECT, OptOut, SigningKey
from domain.reminders.models import Delivery, ReminderRule

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters of one rule about things of one kind: to a person, or to an address by itself."""

    person: UUID | None
    address: str
    rule: UUID
    kind: str


def unwanted(
    line: type[Delivery], rule: SQLColumnExpression[UUID], kind: SQLColumnExpression[str]
) -> ColumnElement[bool]:
    """Whether whom the line is for wants no letter of this rule about a thing of this kind."""
    of = or_(
        OptOut.scope == "all",
        and_(OptOut.scope == "kind", OptOut.kind == kind),
        and_(OptOut.scope == "rule", OptOut.rule == rule),
    )
    # Two questions, each with an index of its own.
    return or_(
        exists().where(func.lower(OptOut.address) == func.lower(line.recipient), of),
        exists().where(OptOut.person == line.person, of),
    )


async def opt_out(
    session: AsyncSession,
    *,
    address: str,
    person: UUID | None,
    scope: str,
    rule: UUID | None = None,
    kind: str | None = None,
    by: str,
) -> tuple[OptOut, bool]:
    """The opt-out, and whether it is new: one that is there already stays. Without `person` it is the
    address's, whoever uses that."""
    made = new_id()
    facts = {"id": made, "scope": scope, "rule": rule, "kind": kind, "by": by}
    at_address = and_(
        func.lower(OptOut.address) == address.lower(),
        OptOut.scope == scope,
        OptOut.rule.is_not_distinct_from(rule),
        OptOut.kind.is_not_distinct_from(kind),
    )
    if person is None:
        found = await _of_address(session, address, at_address, facts)
    else:
        found = await _of_person(session, person, address, at_address, facts)
    return found, found.id == made


async def _of_address(
    session: AsyncSession, address: str, at_address: ColumnElement[bool], facts: dict[str, Any]
) -> OptOut:
    """Of an address by itself, though a person said so at it before."""
    persons = update(OptOut).where(at_address, OptOut.person.is_not(None)).values(address=None)
    await session.execute(persons.execution_options(synchronize_session=False))
    entry = insert(OptOut).values(address=address, **facts)
    kept = entry.on_conflict_do_update(
        index_elements=[text("lower(address)"), "scope", SUBJECT], set_={"scope": OptOut.scope}
    )
    return (await session.scalars(kept.returning(OptOut))).one()


async def _of_person(
    session: AsyncSession, person: UUID, address: str, at_address: ColumnElement[bool], facts: dict[str, Any]
) -> OptOut:
    """Of a person. Where the address has an opt-out by itself, that remains what holds for it."""
    of_others = exists().where(at_address, OptOut.person.is_distinct_from(person))
    taken = await session.scalar(select(of_others))
    entry = insert(OptOut).values(person=person, address=None if taken else address, **facts)
    kept = entry.on_conflict_do_update(
        index_elements=["person", "scope", SUBJECT],
        index_where=OptOut.person.is_not(None),
        set_={"address": func.coalesce(entry.excluded.address, OptOut.address)},
    )
    found = await session.scalars(kept.returning(OptOut), execution_options={"populate_existing": True})
    return found.one()


async def leave_address(session: AsyncSession, person: UUID) -> None:
    """A person who has another address now wants no letters there, and says nothing of the former one."""
    left = update(OptOut).where(OptOut.person == person).values(address=None)
    await session.execute(left.execution_options(synchronize_session=False))


async def opt_in(session: AsyncSession, letters: Letters, *, now: datetime) -> None:
    """Take back whatever keeps these letters from their recipient, though it may keep others too."""
    of = [func.lower(OptOut.address) == letters.address.lower()]
    if letters.person is not None:
        of.append(OptOut.person == letters.person)
    what = or_(OptOut.scope == "all", OptOut.kind == letters.kind, OptOut.rule == letters.rule)
    await _lift(session, and_(or_(*of), what), now=now)


async def take_back(session: AsyncSession, opted_out: OptOut, *, now: datetime) -> None:
    await _lift(session, OptOut.id == opted_out.id, now=now)


async def _lift(session: AsyncSession, which: ColumnElement[bool], *, now: datetime) -> None:
    """Take back opt-outs. What they kept in the ledger is to be sent, if it lies ahead.

    They are locked first, so that whoever plans for those they are about is done, or plans without them.
    """
    lifted = (await session.scalars(select(OptOut).where(which).order_by(OptOut.id).with_for_update())).all()
    await session.execute(
        delete(OptOut).where(OptOut.id.in_([one.id for one in lifted])),
        execution_options={"synchronize_session": False},
    )
    persons = [one.person for one in lifted if one.person]
    addresses = [one.address.lower() for one in lifted if one.address]
    await session.execute(
        update(Delivery)
        .where(
            Delivery.rule == ReminderRule.id,
            queries.IN_FORCE,
            or_(Delivery.person.in_(persons), func.lower(Delivery.recipient).in_(addresses)),
            Delivery.status == "skipped",
            Delivery.reason == "opted-out",
            Delivery.due_at > now,
            not_(unwanted(Delivery, Delivery.rule, ReminderRule.kind)),
        )
        .values(status="scheduled", reason=None, detail=None)
        .execution_options(synchronize_session=False)
    )


async def hold(session: AsyncSession, persons: Collection[UUID], addresses: Collection[str]) -> None:
    """Until the end of the transaction no opt-out of these persons and (lower) addresses is taken back."""
    theirs = or_(
        OptOut.person == any_(literal(list(persons), ARRAY(Uuid))),
        func.lower(OptOut.address) == any_(literal(list(addresses), ARRAY(Text))),
    )
    held = select(OptOut.id).where(theirs).order_by(OptOut.id)
    await session.execute(held.with_for_update(read=True, key_share=True))


async def letters_like(session: AsyncSession, delivery_id: UUID) -> tuple[Letters, str | None] | None:
    """What the letter of that line of the ledger was one of, and its language; None without such a line."""
    found = (
        await session.execute(
            select(Delivery, ReminderRule.kind)
            .join(ReminderRule, ReminderRule.id == Delivery.rule)
            .where(Delivery.id == delivery_id, Delivery.channel == "email")
        )
    ).one_or_none()
    if found is None:
        return None
    line, kind = found
    return Letters(line.person, line.recipient, line.rule, kind), line.language


async def find(session: AsyncSession, opt_out_id: UUID) -> OptOut:
    found = await session.get(OptOut, opt_out_id)
    if found is None:
        raise NotFound(f"There is no opt-out {opt_out_id}.")
    return found


async def page(
    session: AsyncSession, *, address: str | None, before: UUID | None, limit: int
) -> Sequence[OptOut]:
    """Newest first; those of an address and of the person who has it now."""
    rows = select(OptOut).order_by(OptOut.id.desc()).limit(limit)
    if address is not None:
        holder = select(Person.id).where(func.lower(Person.email) == address.lower())
        rows = rows.where(or_(func.lower(OptOut.address) == address.lower(), OptOut.person.in_(holder)))
    if before is not None:
        rows = rows.where(OptOut.id < before)
    return (await session.scalars(rows)).all()


async def signing_key(session: AsyncSession) -> bytes:
    """With which the addresses for unsubscribing are signed: the same in all processes of an installation."""
    found = select(SigningKey.secret).where(SigningKey.purpose == UNSUBSCRIBE)
    return (await session.scalars(found)).one()
