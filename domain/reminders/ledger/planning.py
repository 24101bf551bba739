"""The ledger as rules and entries ask for it: every line planned ahead, and planned anew when they change.

A line that is unsent and no longer asked for is taken out; one that was sent, or is being sent, stays. Rules
and entries that change at the same time see each other: whoever changes rules waits for those who change
entries, and they for it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, or_, select, update

from domain.calendar.models import Entry
from domain.errors import Invalid, Problem
from domain.people.models import CommitteeMember
from domain.reminders import queries, rules
from domain.reminders.ledger import keeping
from domain.reminders.ledger.planned import Only, Planned, Planner, Some, news_of
from domain.reminders.models import Delivery, ReminderRule

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

RULES_CHANGE = 0x666F63616C
"""The advisory lock of all who plan; whoever changes persons has it alone."""

RULES_OF_SUBJECT = 0x72756C65
"""With the series or the kind: between those who change rules about it and those who change its entries."""

ENTRIES_AT_ONCE = 200
MOST_MESSAGES = 50_000
"""What one rule may ask for when it is made or changed."""


async def follow(session: AsyncSession, entries: Sequence[Entry], *, now: datetime) -> None:
    """After entries were made or changed: what is unsent moves with them, or is taken back with them.

    Whoever was told of a meeting that has moved or was cancelled is told so at once.
    """
    await _hold_subjects(session, entries)
    about = await queries.rules_about(session, entries)
    for entry in entries:
        if entry.status != "open":
            await keeping.close(session, entry, rules.closed(entry.kind, entry.status, entry.reason), now=now)
    await _plan(session, about, entries, now=now, news=True)


async def plan_by(session: AsyncSession, rule: ReminderRule, *, now: datetime) -> None:
    """After a rule was made or changed: what it asks for about everything that is still open.

    Raises Invalid `too-many-messages` before anybody has to wait for it.
    """
    await _refuse_too_many(session, rule)
    await _hold_subject(session, rule)
    await _plan(session, [rule], await queries.open_entries(session, rule, hold=True), now=now)


async def _refuse_too_many(session: AsyncSession, rule: ReminderRule) -> None:
    planner = Planner(session, None)
    number = 0
    for entry in await queries.open_entries(session, rule):
        number += await planner.number(rule, entry)
    if number > MOST_MESSAGES:
        advice = "Name fewer recipients or offsets, one series, one framework or one State."
        raise Invalid(
            f"The rule asks for {number:,} messages; one rule may ask for {MOST_MESSAGES:,}.",
            [Problem("/recipients", "too-many-messages", advice)],
            code="too-many-messages",
            asked_for=number,
            most=MOST_MESSAGES,
        )


async def _hold_subjects(session: AsyncSession, entries: Sequence[Entry]) -> None:
    """Nobody changes persons, or the rules about these entries, until the end of the transaction.

    Rules about one entry alone are held by its row, which whoever changes it has locked.
    """
    await session.execute(select(func.pg_advisory_xact_lock_shared(RULES_CHANGE)))
    several = {entry.kind for entry in entries} | {str(entry.series) for entry in entries if entry.series}
    for subject in sorted(several):
        lock = func.pg_advisory_xact_lock_shared(RULES_OF_SUBJECT, func.hashtext(subject))
        await session.execute(select(lock))


async def _hold_subject(session: AsyncSession, rule: ReminderRule) -> None:
    """Until the end of the transaction nobody plans for what the rule is about by the rule as it was."""
    await session.execute(select(func.pg_advisory_xact_lock_shared(RULES_CHANGE)))
    if rule.entry is None:
        subject = str(rule.series or rule.kind)
        lock = func.pg_advisory_xact_lock(RULES_OF_SUBJECT, func.hashtext(subject))
        await session.execute(select(lock))


async def hold_entries(session: AsyncSession) -> None:
    """Until the end of the transaction nobody plans anything."""
    await session.execute(select(func.pg_advisory_xact_lock(RULES_CHANGE)))


async def people_changed(session: AsyncSession, persons: Collection[UUID], *, now: datetime) -> None:
    """After persons were changed, or joined or left a committee: what is unsent follows them."""
    await hold_entries(session)
    for rule in await _rules_that_may_tell(session, persons):
        entries = await queries.open_entries(session, rule)
        await _plan(session, [rule], entries, now=now, only=Some(frozenset(persons)))


async def told_after_all(session: AsyncSession, address: str, *, now: datetime) -> None:
    """After an opt-out was taken back: what lies ahead and rules still ask for is planned again."""
    left_out = (
        select(Delivery.rule, Delivery.entry)
        .join(ReminderRule, Delivery.rule == ReminderRule.id)
        .where(func.lower(Delivery.recipient) == address.lower(), Delivery.status == "skipped")
        .where(Delivery.reason == "opted-out", Delivery.due_at > now, queries.IN_FORCE)
        .distinct()
    )
    of_rules: dict[UUID, set[UUID]] = {}
    for rule_id, entry_id in (await session.execute(left_out)).all():
        of_rules.setdefault(rule_id, set()).add(entry_id)
    for rule_id in sorted(of_rules):
        rule = await queries.find_rule(session, rule_id)
        await _hold_subject(session, rule)
        entries = await queries.open_entries(session, rule, hold=True)
        wanted = [entry for entry in entries if entry.id in of_rules[rule_id]]
        await _plan(session, [rule], wanted, now=now, only=Some(address=address.casefold()))


async def take_back_rule(session: AsyncSession, rule: ReminderRule) -> None:
    """What a withdrawn rule has not sent is skipped."""
    await _hold_subject(session, rule)
    await session.execute(
        update(Delivery)
        .where(Delivery.rule == rule.id, Delivery.status == "scheduled")
        .values(status="skipped", reason="withdrawn", detail="The rule was withdrawn.")
        .execution_options(synchronize_session=False)
    )


async def _rules_that_may_tell(session: AsyncSession, persons: Collection[UUID]) -> Sequence[ReminderRule]:
    """Those that name one of the persons, a committee to which they belong or belonged, or owners."""
    committees = select(CommitteeMember.committee).where(CommitteeMember.person.in_(persons)).distinct()
    ways: list[dict[str, str]] = [{"person": str(person)} for person in persons]
    ways += [{"committee": key} for key in await session.scalars(committees)]
    ways.append({"role": "owner"})
    named = or_(
        *(ReminderRule.recipients.contains([way]) for way in ways),
        *(ReminderRule.escalations.contains([{"recipients": [way]}]) for way in ways),
    )
    rows = select(ReminderRule).where(queries.IN_FORCE, named).order_by(ReminderRule.id)
    return (await session.scalars(rows)).all()


@dataclass
class _Batch:
    """Entries whose lines are complete, and the lines, each once."""

    entries: list[Entry] = field(default_factory=list)
    lines: dict[str, Planned] = field(default_factory=dict)

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
) -> None:
    """Have the ledger hold what these rules ask for about these entries, and nothing unsent besides."""
    planner, batch = Planner(session, only), _Batch()
    told = await keeping.told(session, entries) if news else {}
    for entry in entries:
        batch.entries.append(entry)
        if entry.status == "open":
            for rule in about:
                if queries.concerns(rule, entry):
                    batch.lines |= {line.message_id: line for line in await planner.lines(rule, entry)}
        for line in news_of(entry, told.get(entry.id, ()), now=now):
            batch.lines[line.message_id] = line
        if batch.full:
            await _bring(session, about, batch, now=now, only=only, news=news)
            batch = _Batch()
    if batch.entries:
        await _bring(session, about, batch, now=now, only=only, news=news)


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
        session, about, batch.entries, batch.lines, only=only, news=news, now=now
    )
    lines = [line for line in batch.lines.values() if line.message_id not in settled]
    if lines:
        await keeping.enter(session, lines, now=now)
        await keeping.skip_unwanted(session, batch.entries)
