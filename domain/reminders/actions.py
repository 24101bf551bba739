"""Reminder rules: made, changed, withdrawn. The ledger follows in the same transaction."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func

from domain.base import new_id
from domain.errors import Conflict, Invalid, Problem
from domain.reminders import queries
from domain.reminders.ledger import planning
from domain.reminders.models import ReminderRule
from domain.reminders.recipients import must_be_known
from domain.reminders.rules import kind_of_plural
from schemas.reminders import (
    ReminderRuleChange,
    ReminderRuleDraft,
    ReminderSubject,
    as_kept,
    check_channel,
)

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def make_rule(session: AsyncSession, draft: ReminderRuleDraft, *, now: datetime) -> ReminderRule:
    """A rule, and a line in the ledger for every message that it asks for."""
    about = await _about(session, draft.subject)
    await must_be_known(session, draft)
    rule = ReminderRule(id=new_id(), **about, **as_kept(draft))
    session.add(rule)
    await session.flush()
    await session.refresh(rule)
    await planning.plan_new(session, rule, now=now)
    return rule


async def _about(session: AsyncSession, subject: ReminderSubject) -> dict[str, Any]:
    """The columns of a rule that say what it is about."""
    if subject.id is None:
        for name, table, key in (("framework", "frameworks", "key"), ("state", "states", "iso3")):
            wanted = getattr(subject, name)
            if wanted is not None:
                await queries.must_exist(session, table, key, wanted, pointer=f"/subject/{name}")
        kind = kind_of_plural(subject.kind)
        return {"kind": kind, "framework": subject.framework, "state": subject.state}
    if subject.kind == "meeting-series":
        await queries.must_be_a_series(session, subject.id)
        return {"kind": "meeting", "series": subject.id}
    entry = await queries.find_entry(session, subject.kind, subject.id)
    return {"kind": entry.kind, "entry": entry.id}


async def change_rule(
    session: AsyncSession, rule: ReminderRule, wanted: ReminderRuleChange, *, now: datetime
) -> ReminderRule:
    """What is not sent yet follows the rule; what was sent stays in the ledger."""
    if rule.withdrawn_at is not None:
        raise Conflict("This rule was withdrawn.", code="rule-withdrawn")
    _must_fit_the_channel(rule, wanted)
    await must_be_known(session, wanted)
    former = await planning.hold_former(session, rule)
    for name, value in as_kept(wanted, rule).items():
        setattr(rule, name, value)
    rule.updated_at = func.now()
    await session.flush()
    await session.refresh(rule)
    await planning.plan_again(session, rule, former=former, now=now)
    return rule


def _must_fit_the_channel(rule: ReminderRule, wanted: ReminderRuleChange) -> None:
    try:
        check_channel(rule.channel, wanted.told())
    except ValueError as misfit:
        problem = Problem("/recipients", "wrong-channel", str(misfit))
        raise Invalid(f"This rule tells by {rule.channel}.", [problem], code="wrong-channel") from None


async def withdraw_rule(session: AsyncSession, rule: ReminderRule, *, now: datetime) -> ReminderRule:
    """Nobody is told any more; the ledger stays. Withdrawing twice is once."""
    if rule.withdrawn_at is None:
        rule.withdrawn_at, rule.updated_at = now, func.now()
        await session.flush()
        await session.refresh(rule)
        await planning.take_back_rule(session, rule)
    return rule
