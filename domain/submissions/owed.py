"""What States owe and what they filed, held against each other."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from domain.access.rules import Actor
from domain.obligations import actions as obligations
from domain.obligations.actions import Filing
from domain.obligations.models import Cycle, Obligation
from domain.submissions.models import Submission
from schemas.obligations import CycleDraft, ObligationChange

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def put_cycle(
    session: AsyncSession, framework: str, period: str, draft: CycleDraft, *, now: datetime
) -> tuple[Cycle, bool]:
    """Let a cycle be as drafted; what was filed for it already counts at once."""
    cycle, is_new = await obligations.put_cycle(session, framework, period, draft, now=now)
    await settle(session, Obligation.framework == framework, Obligation.period == period, now=now)
    return cycle, is_new


async def decide(
    session: AsyncSession, obligation: Obligation, change: ObligationChange, *, actor: Actor, now: datetime
) -> None:
    """Let people extend, waive, or say what was handed in elsewhere; the report that is here counts on."""
    counted = obligation.submission
    await obligations.decide(session, obligation, change, actor=actor, now=now)
    if change.status in ("met", "open"):
        await settle(session, Obligation.id == obligation.id, counted=counted, now=now)
        await session.refresh(obligation)


async def keep_up(session: AsyncSession, *, now: datetime) -> None:
    """Open what is owed by now, and settle it. Doing this twice changes nothing."""
    await obligations.keep_up(session, now=now)
    await settle(session, now=now)


async def settle(
    session: AsyncSession, *of: ColumnElement[bool], counted: UUID | None = None, now: datetime
) -> None:
    """Have these obligations met by the reports that stand and by no others, whichever came first.

    The one that `counted` before does so again, whatever became of the cycle, or of the period of a first
    report, since it was handed in.
    """
    for_its_period = Submission.period == Obligation.period
    report_of = and_(
        Submission.framework == Obligation.framework,
        Submission.state == Obligation.state,
        for_its_period if counted is None else or_(for_its_period, Submission.id == counted),
    )
    withdrawn = await session.scalars(
        select(Submission.id)
        .join(Obligation, Obligation.submission == Submission.id)
        .where(Submission.status == "withdrawn", Obligation.status == "met", *of)
    )
    await obligations.take_back(session, withdrawn.all(), now=now)
    filed = (Submission.framework, Submission.state, Obligation.period, Submission.id, Submission.submitted)
    standing = await session.execute(
        select(*filed)
        .join(Obligation, report_of)
        .where(
            Obligation.owed,
            Obligation.submission.is_(None),
            Submission.status != "withdrawn",
            Submission.submitted.is_not(None),
            *of,
        )
        .order_by(Submission.id == counted, Submission.submitted.desc())
    )
    filings = [
        Filing(framework, state, period, submission, at, counted=submission == counted)
        for framework, state, period, submission, at in standing
        if at is not None
    ]
    await obligations.meet(session, filings, now=now)
