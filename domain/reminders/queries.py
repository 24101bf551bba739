from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import and_, column, exists, func, or_, select, table, union
from sqlalchemy.orm import selectinload

from domain.calendar.models import Entry
from domain.errors import Invalid, NotFound, Problem
from domain.people.models import Person
from domain.reminders.models import Delivery, ReminderRule

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

ALL_OF_A_KIND = and_(ReminderRule.entry.is_(None), ReminderRule.series.is_(None))
IN_FORCE = ReminderRule.withdrawn_at.is_(None)


async def find_rule(session: AsyncSession, rule_id: UUID, *, lock: bool = False) -> ReminderRule:
    locked = {"key_share": True} if lock else None
    found = await session.get(ReminderRule, rule_id, with_for_update=locked)
    if found is None:
        raise NotFound(f"There is no reminder rule {rule_id}.")
    return found


async def must_be_a_rule(session: AsyncSession, rule_id: UUID, *, pointer: str) -> None:
    """Raises Invalid `unknown-rule` unless there is such a rule, in force or withdrawn."""
    if await session.get(ReminderRule, rule_id) is None:
        problem = Problem(pointer, "unknown-rule", "No reminder rule with this id is known here.")
        raise Invalid(f"There is no reminder rule {rule_id}.", [problem], code="unknown-rule")


async def rules_page(
    session: AsyncSession, *, entry: UUID | None, series: UUID | None, before: UUID | None, limit: int
) -> Sequence[ReminderRule]:
    """Those in force, newest first; only those about one entry or series by itself, where it is named."""
    rows = select(ReminderRule).where(IN_FORCE).order_by(ReminderRule.id.desc()).limit(limit)
    if entry is not None:
        rows = rows.where(ReminderRule.entry == entry)
    if series is not None:
        rows = rows.where(ReminderRule.series == series)
    if before is not None:
        rows = rows.where(ReminderRule.id < before)
    return (await session.scalars(rows)).all()


async def rules_about(session: AsyncSession, entries: Sequence[Entry]) -> Sequence[ReminderRule]:
    """Rules in force that may be about any of them; `concerns` says about which."""
    about = or_(
        ReminderRule.entry.in_({entry.id for entry in entries}),
        ReminderRule.series.in_({entry.series for entry in entries if entry.series}),
        and_(ALL_OF_A_KIND, ReminderRule.kind.in_({entry.kind for entry in entries})),
    )
    return (
        await session.scalars(select(ReminderRule).where(IN_FORCE, about).order_by(ReminderRule.id))
    ).all()


def concerns(rule: ReminderRule, entry: Entry) -> bool:
    """Whether the rule is about the entry: as itself, as one of its series, or as one of its kind."""
    if rule.entry is not None:
        return rule.entry == entry.id
    if rule.series is not None:
        return rule.series == entry.series
    return rule.kind == entry.kind and all(
        wanted in (None, present)
        for wanted, present in ((rule.framework, entry.framework), (rule.state, entry.state))
    )


async def open_entries(session: AsyncSession, rule: ReminderRule, *, anew: bool = False) -> Sequence[Entry]:
    """What a rule is about and is still open, in order of time; with `anew`, as it is by now."""
    rows = select(Entry).where(Entry.status == "open", Entry.kind == rule.kind)
    for own, wanted in (
        (Entry.id, rule.entry),
        (Entry.series, rule.series),
        (Entry.framework, rule.framework),
        (Entry.state, rule.state),
    ):
        if wanted is not None:
            rows = rows.where(own == wanted)
    found = await session.scalars(
        rows.order_by(Entry.start, Entry.id), execution_options={"populate_existing": anew}
    )
    return found.all()


async def changed_since(
    session: AsyncSession, rule: ReminderRule, seen: Mapping[UUID, datetime]
) -> list[Entry]:
    """Of what the rule was or is about, what is not as it was `seen`, with the time of its last change."""
    present = await open_entries(session, rule, anew=True)
    changed = [entry for entry in present if seen.get(entry.id) != entry.updated_at]
    gone = seen.keys() - {entry.id for entry in present}
    closed = select(Entry).where(Entry.id.in_(gone)).execution_options(populate_existing=True)
    return [*changed, *(await session.scalars(closed)).all()]


async def called_off(session: AsyncSession, rule: ReminderRule, person: UUID) -> Sequence[Entry]:
    """What is no longer open and the person is to hear of by this rule."""
    unsent = exists().where(
        Delivery.entry == Entry.id,
        Delivery.rule == rule.id,
        Delivery.person == person,
        Delivery.status == "scheduled",
    )
    return (await session.scalars(select(Entry).where(Entry.status != "open", unsent))).all()


async def addresses_of(session: AsyncSession, person: UUID) -> set[str]:
    """Where the person is written to, or was; in small letters."""
    lines = select(func.lower(Delivery.recipient)).where(Delivery.person == person)
    own = select(func.lower(Person.email)).where(Person.id == person)
    return set(await session.scalars(union(lines, own)))


async def must_exist(session: AsyncSession, name: str, key: str, value: Any, *, pointer: str) -> None:
    """For nouns that stand above this one: raises Invalid unless their table has such a row."""
    columns = table(name, column(key))
    if not await session.scalar(select(exists().where(columns.c[key] == value))):
        thing = name.removesuffix("s")
        problem = Problem(pointer, f"unknown-{thing}", f"`{value}` is not a {thing} known here.")
        raise Invalid(f"There is no {thing} `{value}`.", [problem], code=f"unknown-{thing}")


async def find_entry(session: AsyncSession, kind: str, entry_id: UUID) -> Entry:
    found = await session.get(Entry, entry_id)
    if found is None or found.kind != kind:
        raise NotFound(f"There is no {kind.replace('-', ' ')} {entry_id}.")
    return found


async def must_be_a_series(session: AsyncSession, series: UUID) -> None:
    known = table("meeting_series", column("id"))
    if not await session.scalar(select(exists().where(known.c.id == series))):
        raise NotFound(f"There is no meeting series {series}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which lines of the ledger are asked for: about each of `entries`; what is None is not asked about."""

    rule: UUID | None = None
    entries: tuple[UUID, ...] = ()
    recipient: str | None = None
    status: str | None = None
    cause: str | None = None
    due_after: datetime | None = None
    due_before: datetime | None = None


async def deliveries(
    session: AsyncSession, wanted: Wanted, *, after: UUID | None, limit: int
) -> Sequence[Delivery]:
    """The ledger, in the order in which it was planned."""
    rows = select(Delivery).options(selectinload(Delivery.of)).order_by(Delivery.id).limit(limit)
    for own, value in (
        (Delivery.rule, wanted.rule),
        (Delivery.status, wanted.status),
        (Delivery.cause, wanted.cause),
    ):
        if value is not None:
            rows = rows.where(own == value)
    for entry in wanted.entries:
        rows = rows.where(Delivery.entry == entry)
    if wanted.recipient is not None:
        rows = rows.where(func.lower(Delivery.recipient) == wanted.recipient.lower())
    if wanted.due_after is not None:
        rows = rows.where(Delivery.due_at >= wanted.due_after)
    if wanted.due_before is not None:
        rows = rows.where(Delivery.due_at < wanted.due_before)
    if after is not None:
        rows = rows.where(Delivery.id > after)
    return (await session.scalars(rows)).all()


async def find_delivery(session: AsyncSession, delivery_id: UUID) -> Delivery:
    rows = select(Delivery).where(Delivery.id == delivery_id).options(selectinload(Delivery.of))
    found = await session.scalar(rows)
    if found is None:
        raise NotFound(f"There is no delivery {delivery_id}.")
    return found


async def lines_of_letter(session: AsyncSession, message_id: str) -> Sequence[Delivery]:
    """The lines that a letter with this `Message-ID` told, one or several; none if it was never sent."""
    own = or_(Delivery.letter == message_id, and_(Delivery.line_id == message_id, Delivery.letter.is_(None)))
    rows = select(Delivery).where(own, or_(Delivery.attempts > 0, Delivery.sent_at.is_not(None)))
    return (await session.scalars(rows.order_by(Delivery.id).with_for_update())).all()
