from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from domain.access.rules import Actor
from domain.errors import Invalid, Problem
from domain.frameworks.models import Indicator
from domain.indicators.periods import Period
from domain.plans import rules as planning
from domain.progress import rules
from domain.progress.models import AgreedTerms, AssignedProgress
from domain.progress.queries import Row, Subject
from schemas.progress import AgreedTermsDraft, AssignedProgressDraft

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def take_turns(session: AsyncSession, subject: Subject, reference: str) -> None:
    """Whoever states something about the same indicator of the same plan or State waits until this has."""
    names = f"{reference} {list(subject.columns.values())}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(names, 0))))


async def agree(
    session: AsyncSession,
    indicator: Indicator,
    subject: Subject,
    draft: AgreedTermsDraft,
    *,
    before: AgreedTerms | None,
    actor: Actor,
    now: datetime,
) -> AgreedTerms:
    """Put these terms in the place of those before. Raises Invalid for what cannot be read."""
    rules.must_be_readable(rules.definition(indicator, None), draft)
    facts = draft.model_dump() | _stated(indicator, subject, before, actor=actor, now=now)
    return await _kept(session, AgreedTerms(**facts))


async def assign(
    session: AsyncSession,
    indicator: Indicator,
    subject: Subject,
    period: Period,
    draft: AssignedProgressDraft,
    *,
    before: AssignedProgress | None,
    actor: Actor,
    now: datetime,
) -> AssignedProgress:
    """Raises Invalid for a period that has not begun or is not of the plan; what stands may be withdrawn."""
    if before is None or draft.status is not None:
        _must_be_of_the_plan(period, subject, now=now)
    facts = draft.model_dump() | _stated(indicator, subject, before, actor=actor, now=now)
    return await _kept(session, AssignedProgress(**facts, period=period.name, ends=period.ends))


def _must_be_of_the_plan(period: Period, subject: Subject, *, now: datetime) -> None:
    if period.starts > planning.latest_day(now):
        detail = f"{period.name} has not begun yet."
        raise Invalid(detail, [Problem("?period", "day-in-the-future", detail)], code="day-in-the-future")
    plan = subject.plan
    if plan is not None and (period.ends < plan.start or (plan.end or period.starts) < period.starts):
        detail = f"{period.name} shares no day with the plan, which runs from {plan.start} to {plan.end}."
        raise Invalid(detail, [Problem("?period", "outside-the-plan", detail)], code="outside-the-plan")


def _stated(
    indicator: Indicator,
    subject: Subject,
    before: AgreedTerms | AssignedProgress | None,
    *,
    actor: Actor,
    now: datetime,
) -> dict[str, Any]:
    return {
        **subject.columns,
        "indicator": indicator.reference,
        "number": before.number + 1 if before else 1,
        "by": actor.name,
        "key": actor.id,
        "at": now,
    }


async def _kept(session: AsyncSession, row: Row) -> Row:
    session.add(row)
    await session.flush()
    return row
