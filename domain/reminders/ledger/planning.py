"""The ledger as rules and entries ask for it: every line planned ahead, and planned anew when they change.

A line that is unsent and no longer asked for is taken out; one that was sent, or is being sent, stays. Rules,
entries and persons that change at the same time see each other (`holding`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from domain.calendar.models import Entry
from domain.errors import Invalid, Problem
from domain.jobs.actions import promise
from domain.people import queries as people
from domain.people.models import CommitteeMember, Person
from domain.reminders import optouts, queries, rules
from domain.reminders.ledger import holding, keeping
from domain.reminders.ledger.planned import Only, Planned, Planner, Step, steps_of, unanswered
from domain.reminders.models import Delivery, ReminderRule
from domain.reminders.recipients import Reader, reader_of
from schemas.jobs import PlanReminders

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

ENTRIES_AT_ONCE = 200
MOST_MESSAGES = 50_000
"""What one rule may ask for when it is made or changed, and what is planned in one transaction."""


async def follow(session: AsyncSession, entries: Sequence[Entry], *, now: datetime) -> None:
    """After entries were made or changed: what is unsent moves with them, or is taken back with them.

    Whoever was told of a meeting that has moved or was cancelled is told so at once. Of very many things the
    worker plans those that are left, soon after this is committed.
    """
    await holding.hold_rules_about(session, entries)
    about = await queries.rules_about(session, entries)
    if not about:
        return
    steps = [step for rule in about for step in steps_of(rule)]
    await holding.hold_readers(session, [rule.id for rule in about], steps, entries)
    for entry in entries:
        if entry.status != "open":
            await keeping.close(session, entry, rules.closed(entry.kind, entry.status, entry.reason), now=now)
    rest = await _plan(session, about, entries, now=now, news=True, most=MOST_MESSAGES)
    if rest:
        promise(session, PlanReminders(entries=[entry.id for entry in rest]))


async def go_on(session: AsyncSession, entries: Collection[UUID], *, now: datetime) -> None:
    """Plan what `follow` left. Waits for nobody: what is being changed is left once more."""
    chosen = select(Entry).where(Entry.id == any_(literal(list(entries), ARRAY(Uuid))))
    free = chosen.order_by(Entry.start, Entry.id).with_for_update(read=True, skip_locked=True)
    found = (await session.scalars(free)).all()
    await follow(session, found, now=now)
    known = await session.scalars(chosen.with_only_columns(Entry.id))
    held = set(known) - {entry.id for entry in found}
    if held:
        promise(session, PlanReminders(entries=sorted(held)))


async def plan_new(session: AsyncSession, rule: ReminderRule, *, now: datetime) -> None:
    """After a rule was made: what it asks for about everything that is still open.

    Nobody knows the rule yet, so nobody has to wait while most of this is done; what changes meanwhile is
    planned again in the end. Raises Invalid `too-many-messages`.
    """
    await _refuse_too_many(session, rule, former=[])
    entries = await queries.open_entries(session, rule)
    await holding.hold_readers(session, [rule.id], steps_of(rule), entries)
    await _plan(session, [rule], entries, now=now)
    seen = {entry.id: entry.updated_at for entry in entries}
    await holding.hold_subject(session, rule)
    missed = await queries.changed_since(session, rule, seen)
    if missed:
        await holding.hold_readers(session, [rule.id], steps_of(rule), missed)
        await _plan(session, [rule], missed, now=now)


async def hold_former(session: AsyncSession, rule: ReminderRule) -> list[Step]:
    """To be called before a rule is changed: those whom it tells stay as they are. Returns what it
    asks for."""
    steps = steps_of(rule)
    await holding.hold_readers(session, [rule.id], steps, await queries.open_entries(session, rule))
    return steps


async def plan_again(
    session: AsyncSession, rule: ReminderRule, *, former: Sequence[Step], now: datetime
) -> None:
    """After a rule was changed that asked for `former`. Raises Invalid `too-many-messages` where it asks for
    more than that and for too many, before anybody has to wait for it."""
    await _refuse_too_many(session, rule, former=former)
    await holding.hold_subject(session, rule)
    entries = await queries.open_entries(session, rule, anew=True)
    await holding.hold_readers(session, [rule.id], steps_of(rule), entries)
    await _plan(session, [rule], entries, now=now)


async def _refuse_too_many(session: AsyncSession, rule: ReminderRule, *, former: Sequence[Step]) -> None:
    number = await _number(session, rule, steps_of(rule))
    if number <= MOST_MESSAGES or number <= await _number(session, rule, former):
        return
    advice = "Name fewer recipients or offsets, one series, one framework or one State."
    raise Invalid(
        f"The rule asks for {number:,} messages; one rule may ask for {MOST_MESSAGES:,}.",
        [Problem("/recipients", "too-many-messages", advice)],
        code="too-many-messages",
        asked_for=number,
        most=MOST_MESSAGES,
    )


async def _number(session: AsyncSession, rule: ReminderRule, steps: Sequence[Step]) -> int:
    planner = Planner(session, None)
    return sum([await planner.number(steps, entry) for entry in await queries.open_entries(session, rule)])


async def person_changed(session: AsyncSession, person: Person, before: Reader, *, now: datetime) -> None:
    """After a person was changed: what is unsent follows them, news too, if letters depend on the change."""
    after = reader_of(person)
    if after == before:
        return
    await people.hold_alone(session, person.id)
    if after.address.lower() != before.address.lower():
        await optouts.leave_address(session, person.id)
    ways = [{"person": str(person.id)}, {"role": "owner"}]
    committees = select(CommitteeMember.committee).where(CommitteeMember.person == person.id).distinct()
    ways += [{"committee": key} for key in await session.scalars(committees)]
    unsent = select(Delivery.rule).where(Delivery.person == person.id, Delivery.status == "scheduled")
    await _follow_person(session, person.id, or_(_naming(ways), ReminderRule.id.in_(unsent)), now=now)


async def membership_changed(session: AsyncSession, committee: str, person: UUID, *, now: datetime) -> None:
    """After a person joined or left a committee, which has been held: what is unsent follows."""
    await _follow_person(session, person, _naming([{"committee": committee}]), now=now)


async def _follow_person(
    session: AsyncSession, person: UUID, which: ColumnElement[bool], *, now: datetime
) -> None:
    await optouts.hold(session, [person], await queries.addresses_of(session, person))
    found = select(ReminderRule).where(queries.IN_FORCE, which).order_by(ReminderRule.id)
    for rule in (await session.scalars(found)).all():
        entries = await queries.open_entries(session, rule)
        entries = [*entries, *await queries.called_off(session, rule, person)]
        await _plan(session, [rule], entries, now=now, only=frozenset([person]), news=True)


def _naming(ways: Sequence[dict[str, str]]) -> ColumnElement[bool]:
    return or_(
        *(ReminderRule.recipients.contains([way]) for way in ways),
        *(ReminderRule.escalations.contains([{"recipients": [way]}]) for way in ways),
    )


async def take_back_rule(session: AsyncSession, rule: ReminderRule) -> None:
    """What a withdrawn rule has not sent is skipped."""
    await holding.hold_subject(session, rule)
    await holding.hold_readers(session, [rule.id], steps_of(rule), await queries.open_entries(session, rule))
    await session.execute(
        update(Delivery)
        .where(Delivery.rule == rule.id, Delivery.status == "scheduled")
        .values(status="skipped", reason="withdrawn", detail="The rule was withdrawn.")
        .execution_options(synchronize_session=False)
    )


@dataclass
class _Batch:
    """Entries whose lines are complete, and the lines, each once (by `Message-ID`)."""

    entries: list[Entry] = field(default_factory=list)
    lines: dict[str, Planned] = field(default_factory=dict)
    stand: set[str] = field(default_factory=set)
    """News of which nobody knows whether they arrived, and which are true still."""

    @property
    def full(self) -> bool:
        return len(self.lines) >= keeping.LINES_AT_ONCE or len(self.entries) >= ENTRIES_AT_ONCE


async def _plan(
    session: AsyncSession,
    about: Sequence[ReminderRule],
    entries: Sequence[Entry],
    *,
    now: datetime,
    only: Only = None,
    news: bool = False,
    most: int | None = None,
) -> Sequence[Entry]:
    """Have the ledger hold what these rules ask for about these entries, and nothing unsent besides.

    Returns the entries that are left when `most` lines have been planned.
    """
    planner, batch, planned = Planner(session, only), _Batch(), 0
    told = await keeping.told(session, about, entries, only=only) if news else {}
    for number, entry in enumerate(entries, start=1):
        batch.entries.append(entry)
        if entry.status == "open":
            for rule in about:
                if queries.concerns(rule, entry):
                    batch.lines |= {line.message_id: line for line in await planner.lines(rule, entry)}
        changes = await planner.news(entry, told.get(entry.id, ()), now=now)
        batch.lines |= {line.message_id: line for line in changes}
        batch.stand |= unanswered(entry, told.get(entry.id, ()))
        if batch.full:
            await _bring(session, about, batch, now=now, only=only, news=news)
            planned += len(batch.lines)
            batch = _Batch()
            if most is not None and planned >= most:
                return entries[number:]
    if batch.entries:
        await _bring(session, about, batch, now=now, only=only, news=news)
    return []


async def _bring(
    session: AsyncSession,
    about: Sequence[ReminderRule],
    batch: _Batch,
    *,
    now: datetime,
    only: Only,
    news: bool,
) -> None:
    """The ledger from what it says about these entries to what it is to say."""
    settled = await keeping.take_out(
        session, about, batch.entries, batch.lines.keys() | batch.stand, only=only, news=news, now=now
    )
    lines = [line for line in batch.lines.values() if not settled.settles(line)]
    if lines:
        await keeping.enter(session, lines, now=now)
        await keeping.skip_unwanted(session, about, batch.entries, only=only)
