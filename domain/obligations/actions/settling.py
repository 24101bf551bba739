"""What becomes of an obligation: a report comes in or is taken back, people extend or waive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, tuple_

from domain.access.rules import Actor
from domain.calendar.times import due_on as moments_of
from domain.errors import Conflict, Invalid, Problem
from domain.obligations.actions.telling import is_changed, tell
from domain.obligations.models import Cycle, Obligation
from schemas.obligations import ObligationChange

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Filing:
    """A report that was handed in."""

    framework: str
    state: str
    period: str
    submission: UUID
    at: datetime


async def meet(session: AsyncSession, filings: Sequence[Filing], *, now: datetime) -> None:
    """Let reports count for what their States owe. What has been met stays met by the report that came first.

    A report handed in once its cycle is locked counts no more. Voluntary reports meet nothing.
    """
    places = {(filing.framework, filing.state, filing.period): filing for filing in filings}
    rows = (
        select(Obligation, Cycle.locked_on)
        .outerjoin(
            Cycle,
            (Cycle.framework == Obligation.framework)
            & (Cycle.period == Obligation.period)
            & ~Obligation.initial,
        )
        .where(
            tuple_(Obligation.framework, Obligation.state, Obligation.period).in_(list(places)),
            Obligation.owed,
            Obligation.status != "met",
        )
        .order_by(Obligation.id)
        .with_for_update(of=Obligation)
    )
    met = [
        obligation
        for obligation, locked_on in await session.execute(rows)
        if _is_met(obligation, places[obligation.framework, obligation.state, obligation.period], locked_on)
    ]
    await tell(session, met, now=now)


def _is_met(obligation: Obligation, filing: Filing, locked_on: date | None) -> bool:
    day = filing.at.astimezone(ZoneInfo(obligation.time_zone)).date()
    if locked_on is not None and day >= locked_on:
        return False
    return is_changed(obligation, {"status": "met", "submission": filing.submission, "met_on": day})


async def take_back(
    session: AsyncSession, submissions: Iterable[UUID], *, now: datetime | None = None
) -> None:
    """Open again what was met by reports that have been withdrawn."""
    rows = (
        select(Obligation)
        .where(Obligation.submission.in_(list(submissions)), Obligation.status == "met")
        .order_by(Obligation.id)
        .with_for_update()
    )
    found = (await session.scalars(rows)).all()
    for obligation in found:
        is_changed(obligation, {"status": "open", "submission": None, "met_on": None})
    await tell(session, found, now=now)


async def decide(
    session: AsyncSession, obligation: Obligation, change: ObligationChange, *, actor: Actor, now: datetime
) -> None:
    """Extend, waive, or end a waiver. Raises Conflict for what has been met."""
    if change.due_on is not None:
        _must_be("open", obligation)
        await _must_be_possible(session, obligation, change.due_on)
        over = moments_of(change.due_on, obligation.time_zone)[1]
        facts: dict[str, object] = {"due_on": change.due_on, "over": over}
    else:
        _must_be("open" if change.status == "waived" else "waived", obligation)
        facts = {"status": change.status}
    is_changed(obligation, facts | {"reason": change.reason, "decided_by": actor.name})
    await tell(session, [obligation], now=now)
    await session.refresh(obligation)


def _must_be(status: str, obligation: Obligation) -> None:
    if obligation.status != status:
        raise Conflict(
            f"This obligation is {obligation.status}.",
            code="wrong-status",
            obligation_status=obligation.status,
        )


async def _must_be_possible(session: AsyncSession, obligation: Obligation, day: date) -> None:
    """An extension reaches further than the cycle's own day, and not past its lock."""
    cycle = await session.get(Cycle, (obligation.framework, obligation.period))
    locked_on = cycle.locked_on if cycle is not None and not obligation.initial else None
    if day < obligation.first_due_on:
        code, detail = "before-due", f"The report is due on {obligation.first_due_on} for all."
    elif locked_on is not None and day >= locked_on:
        code, detail = "after-lock", f"The cycle is locked from {locked_on} on."
    else:
        return
    raise Invalid("This day cannot be granted.", [Problem("/due_on", code, detail)], code=code)
