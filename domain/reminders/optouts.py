"""Who wants no letters. Asked before anything is planned, and again before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, delete, exists, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from domain.base import new_id
from domain.errors import NotFound
from domain.reminders.channels import OptOut, SigningKey
from domain.reminders.models import Delivery, ReminderRule

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters of one rule about things of one kind, to one address."""

    address: str
    rule: UUID
    kind: str


def unwanted(
    address: SQLColumnExpression[str],
    rule: SQLColumnExpression[UUID],
    kind: SQLColumnExpression[str],
) -> ColumnElement[bool]:
    """Whether a letter of this rule about a thing of this kind is not wanted at this address."""
    return exists().where(
        func.lower(OptOut.address) == func.lower(address),
        or_(
            OptOut.scope == "all",
            and_(OptOut.scope == "kind", OptOut.kind == kind),
            and_(OptOut.scope == "rule", OptOut.rule == rule),
        ),
    )


async def opt_out(
    session: AsyncSession,
    *,
    address: str,
    scope: str,
    rule: UUID | None = None,
    kind: str | None = None,
    by: str,
) -> tuple[OptOut, bool]:
    """The opt-out, and whether it is new: one that is there already stays as it is."""
    facts = {"address": address, "scope": scope, "rule": rule, "kind": kind}
    made = new_id()
    entry = insert(OptOut).values(id=made, by=by, **facts)
    kept = entry.on_conflict_do_update(
        index_elements=[text("lower(address)"), "scope", text("coalesce(rule::text, kind, '')")],
        set_={"scope": OptOut.scope},
    )
    found = (await session.scalars(kept.returning(OptOut))).one()
    return found, found.id == made


async def opt_in(session: AsyncSession, letters: Letters) -> None:
    """Take back whatever keeps these letters from their recipient, though it may keep others too."""
    await session.execute(
        delete(OptOut).where(
            func.lower(OptOut.address) == letters.address.lower(),
            or_(OptOut.scope == "all", OptOut.kind == letters.kind, OptOut.rule == letters.rule),
        )
    )


async def take_back(session: AsyncSession, opted_out: OptOut) -> None:
    await session.execute(delete(OptOut).where(OptOut.id == opted_out.id))


async def follow(session: AsyncSession, former: str, address: str) -> None:
    """Whoever wants no letters wants none at another address either. The former one stays opted out."""
    wishes = await session.scalars(select(OptOut).where(func.lower(OptOut.address) == former.lower()))
    for wish in wishes.all():
        await opt_out(session, address=address, scope=wish.scope, rule=wish.rule, kind=wish.kind, by=wish.by)


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
    delivery, kind = found
    return Letters(delivery.recipient, delivery.rule, kind), delivery.language


async def find(session: AsyncSession, opt_out_id: UUID) -> OptOut:
    found = await session.get(OptOut, opt_out_id)
    if found is None:
        raise NotFound(f"There is no opt-out {opt_out_id}.")
    return found


async def page(
    session: AsyncSession, *, address: str | None, before: UUID | None, limit: int
) -> Sequence[OptOut]:
    """Newest first."""
    rows = select(OptOut).order_by(OptOut.id.desc()).limit(limit)
    if address is not None:
        rows = rows.where(func.lower(OptOut.address) == address.lower())
    if before is not None:
        rows = rows.where(OptOut.id < before)
    return (await session.scalars(rows)).all()


async def signing_key(session: AsyncSession) -> bytes:
    """With which the addresses for unsubscribing are signed: the same in all processes of an installation."""
    found = select(SigningKey.secret).where(SigningKey.purpose == UNSUBSCRIBE)
    return (await session.scalars(found)).one()
