"""Who waits for whom while the ledger is planned: each plans by what is committed, or is waited for.

1. The entries that are changed are held by those who change them, a rule by whoever changes it.
2. What several rules may be about, a series or all of a kind, is shared by those who change entries, and held
   alone by whoever changes such a rule. A rule about one entry holds that entry instead.
3. The committees, persons and opt-outs by which is planned are shared by both, from before they write a line.
   Whoever changes one of them holds that one alone, and then plans what concerns it without any other lock.

So whoever holds something of the third kind alone waits for nobody, and it can be shared at any time; the
first two are taken in this order. None of the three is in the way of rows that refer to what is held.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Uuid, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from domain.calendar.models import Entry
from domain.people import queries as people
from domain.reminders import optouts
from domain.reminders.ledger.planned import Step
from domain.reminders.models import Delivery, ReminderRule

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

RULES_OF_SUBJECT = 0x72756C65
"""With the series or the kind: the advisory lock of those who plan for several."""


async def hold_rules_about(session: AsyncSession, entries: Sequence[Entry]) -> None:
    """Until the end of the transaction nobody changes rules about these entries.

    Rules about one entry alone are held by its row, which whoever changes it has locked.
    """
    several = {entry.kind for entry in entries} | {str(entry.series) for entry in entries if entry.series}
    for subject in sorted(several):
        lock = func.pg_advisory_xact_lock_shared(RULES_OF_SUBJECT, func.hashtext(subject))
        await session.execute(select(lock))


async def hold_subject(session: AsyncSession, rule: ReminderRule) -> None:
    """Until the end of the transaction nobody changes what the rule is about."""
    if rule.entry is not None:
        held = select(Entry.id).where(Entry.id == rule.entry).with_for_update(read=True)
    else:
        subject = str(rule.series or rule.kind)
        held = select(func.pg_advisory_xact_lock(RULES_OF_SUBJECT, func.hashtext(subject)))
    await session.execute(held)


async def hold_readers(
    session: AsyncSession, rules: Sequence[UUID], steps: Sequence[Step], entries: Sequence[Entry]
) -> None:
    """Until the end of the transaction nothing changes of those whom these steps of rules name, nor of those
    for whom the ledger has lines of the rules about these entries."""
    named = [recipient for _, _, recipients in steps for recipient in recipients]
    lines = await _present(session, rules, entries)
    persons = {UUID(one["person"]) for one in named if one.get("person")}
    persons |= {entry.owner for entry in entries if entry.owner}
    persons |= {person for person, _ in lines if person}
    committees = {one["committee"] for one in named if one.get("committee")}
    known = await people.hold_as_they_are(session, committees, persons)
    addresses = {one["email"].lower() for one in named if one.get("email")}
    addresses |= {person.email.lower() for person in known} | {address for _, address in lines}
    await optouts.hold(session, [person.id for person in known], addresses)


async def _present(
    session: AsyncSession, rules: Sequence[UUID], entries: Sequence[Entry]
) -> set[tuple[UUID | None, str]]:
    lines = (
        select(Delivery.person, func.lower(Delivery.recipient))
        .where(
            Delivery.entry == any_(literal([entry.id for entry in entries], ARRAY(Uuid))),
            Delivery.rule == any_(literal(list(rules), ARRAY(Uuid))),
        )
        .distinct()
    )
    return {(person, address) for person, address in (await session.execute(lines)).all()}
