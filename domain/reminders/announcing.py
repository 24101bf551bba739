"""The one call by which whoever owns a dated thing has it in the calendar, and people reminded of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from domain.calendar import actions as calendar
from domain.calendar.actions import Dated
from domain.calendar.models import Entry
from domain.reminders.ledger import planning

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def announce(session: AsyncSession, dated: Dated, *, now: datetime | None = None) -> Entry:
    """Enter the thing or its change in the calendar; reminders not yet sent follow, in this transaction.

    A thing that is cancelled or done stays in the calendar as such, and nobody is reminded of it any more.
    Who was told of a meeting otherwise is told of the change, `now` unless said otherwise.
    """
    entry, changed = await calendar.put(session, dated)
    if changed:
        await planning.follow(session, [entry], now=now or datetime.now(UTC))
    return entry


async def announce_all(
    session: AsyncSession, several: Sequence[Dated], *, now: datetime | None = None
) -> list[Entry]:
    """The same for many things at once; returns the entries that are new or changed."""
    changed = await calendar.put_all(session, several)
    if changed:
        await planning.follow(session, changed, now=now or datetime.now(UTC))
    return changed


async def show_to(session: AsyncSession, plan: UUID, states: Sequence[str], *, now: datetime) -> None:
    """Let what belongs to a plan be seen by these States, and reminders of it follow."""
    changed = await calendar.show_to(session, plan, states)
    if changed:
        await planning.follow(session, changed, now=now)
