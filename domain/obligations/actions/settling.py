"""What becomes of an obligation: a report comes in or is taken back, people extend or waive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select, tuple_

from domain.access.rules import Actor
from domain.calendar.times import due_on as moments_of
from domain.errors import Conflict, Invalid, Problem
from domain.obligations import rules
from domain.obligations.actions.telling import is_changed, tell
from domain.obligations.models import Cycle, Obligation
from schemas.obligations import ObligationChange

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

IMPOSSIBLE = {
    "/due_on": "This day cannot be granted.",
    "/met_on": "The report cannot have been handed in on this day.",
}


@dataclass(frozen=True, slots=True)
class Filing:
    """A report that was handed in, for what is owed for a period. One that `counted` does so still, though
    the cycle was locked meanwhile.
    """

    framework: str
    state: str
    period: str
    submission: UUID
    at: datetime
    counted: bool = False


async def meet(session: AsyncSession, filings: Sequence[Filing], *, now: datetime) -> None:
    """Let reports count for what their States owe. What has been met stays met by the report that came first,
    be it one that was handed in elsewhere.

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
            Obligation.submission.is_(None),
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
    day = rules.day_in(obligation.time_zone, filing.at)
    if locked_on is not None and day >= locked_on and not filing.counted:
        return False
    first = min(day, obligation.elsewhere_on or day)
    return is_changed(obligation, {"status": "met", "submission": filing.submission, "met_on": first})


async def take_back(
    session: AsyncSession, submissions: Iterable[UUID], *, now: datetime | None = None
) -> None:
    """Open again what was met by reports that have been withdrawn, unless one was handed in elsewhere."""
    rows = (
        select(Obligation)
        .where(Obligation.submission.in_(list(submissions)), Obligation.status == "met")
        .order_by(Obligation.id)
        .with_for_update()
    )
    found = (await session.scalars(rows)).all()
    for obligation in found:
        is_changed(obligation, _met_elsewhere(obligation.elsewhere_on))
    await tell(session, found, now=now)


def _met_elsewhere(day: date | None) -> dict[str, object]:
    """How an obligation stands for which no report counts that is here."""
    status = "open" if day is None else "met"
    return {"status": status, "submission": None, "met_on": day, "elsewhere_on": day}


async def decide(
    session: AsyncSession, obligation: Obligation, change: ObligationChange, *, actor: Actor, now: datetime
) -> None:
    """Extend, waive, say that a report was handed in elsewhere, or take one of the last two back.

    A report that is here is to be held against it afterwards. Raises Conflict for what has been met here.
    """
    facts = await _decided(session, obligation, change, now)
    is_changed(obligation, facts | {"reason": change.reason, "decided_by": actor.name})
    await tell(session, [obligation], now=now)
    await session.refresh(obligation)


async def _decided(
    session: AsyncSession, obligation: Obligation, change: ObligationChange, now: datetime
) -> dict[str, object]:
    cycle = (
        None if obligation.initial else await session.get(Cycle, (obligation.framework, obligation.period))
    )
    if change.due_on is not None:
        _must_be("open", obligation)
        _must_be_possible(obligation, cycle, change.due_on)
        return {"due_on": change.due_on, "over": moments_of(change.due_on, obligation.time_zone)[1]}
    if change.met_on is not None:
        _must_be_believable(obligation, cycle, change.met_on, now)
        return _met_elsewhere(change.met_on)
    if change.status == "open" and obligation.elsewhere_on is not None:
        return _met_elsewhere(None)
    _must_be("open" if change.status == "waived" else "waived", obligation)
    return {"status": change.status}


def _must_be(status: str, obligation: Obligation) -> None:
    if obligation.status != status:
        raise Conflict(
            f"This obligation is {obligation.status}.",
            code="wrong-status",
            obligation_status=obligation.status,
        )


def _must_be_possible(obligation: Obligation, cycle: Cycle | None, day: date) -> None:
    """An extension reaches further than the cycle's own day, and not past its lock."""
    if day < obligation.first_due_on:
        raise _refusal("/due_on", "before-due", f"The report is due on {obligation.first_due_on} for all.")
    _must_precede_lock("/due_on", cycle, day)


def _must_be_believable(obligation: Obligation, cycle: Cycle | None, day: date, now: datetime) -> None:
    """A report is handed in once its period has begun, not after the lock, and not in the future."""
    begins = cycle.covers_from if cycle is not None else rules.bounds(obligation.period)[0]
    if day > rules.day_in(obligation.time_zone, now):
        raise _refusal("/met_on", "day-in-the-future", f"{day} lies in the future.")
    if day < begins:
        raise _refusal("/met_on", "before-period", f"The period that it covers began on {begins}.")
    _must_precede_lock("/met_on", cycle, day)


def _must_precede_lock(pointer: str, cycle: Cycle | None, day: date) -> None:
    if cycle is not None and cycle.locked_on is not None and day >= cycle.locked_on:
        raise _refusal(pointer, "after-lock", f"The cycle is locked from {cycle.locked_on} on.")


def _refusal(pointer: str, code: str, detail: str) -> Invalid:
    return Invalid(IMPOSSIBLE[pointer], [Problem(pointer, code, detail)], code=code)
