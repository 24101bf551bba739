"""Changes of obligations, and the calendar that is told of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from domain.calendar.actions import Dated, due
from domain.frameworks.models import Framework
from domain.obligations import rules
from domain.obligations.models import Obligation
from domain.reminders.announcing import announce_all
from domain.states.models import State

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


def is_changed(obligation: Obligation, facts: dict[str, object]) -> bool:
    """Have the obligation say this; whether it said something else before."""
    changes = {name: value for name, value in facts.items() if getattr(obligation, name) != value}
    for name, value in changes.items():
        setattr(obligation, name, value)
    if changes:
        obligation.updated_at = func.now()
    return bool(changes)


async def tell(
    session: AsyncSession, obligations: Sequence[Obligation], *, now: datetime | None = None
) -> None:
    """Write these obligations, and have the calendar say the same."""
    if not obligations:
        return
    await session.flush()
    concerned = {obligation.state for obligation in obligations}
    names = {
        iso3: name.get("en", iso3)
        for iso3, name in await session.execute(
            select(State.iso3, State.name).where(State.iso3.in_(concerned))
        )
    }
    asked_by = {
        key: short_title or key
        for key, short_title in await session.execute(
            select(Framework.key, Framework.short_title).where(
                Framework.key.in_({obligation.framework for obligation in obligations})
            )
        )
    }
    several = [dated(item, asked_by[item.framework], names[item.state]) for item in obligations]
    await announce_all(session, several, now=now)


def dated(obligation: Obligation, framework: str, state: str) -> Dated:
    """The obligation as the calendar has it."""
    status, reason = "open", None
    if not obligation.owed:
        status, reason = "cancelled", "not-owed"
    elif obligation.status == "met":
        status, reason = "done", "submitted"
    elif obligation.status == "waived":
        status, reason = "cancelled", "waived"
    return due(
        id=obligation.id,
        kind="obligation",
        title=rules.title(obligation.report, framework, obligation.period, state, initial=obligation.initial),
        day=obligation.due_on,
        time_zone=obligation.time_zone,
        path=f"/v1/obligations/{obligation.id}",
        framework=obligation.framework,
        state=obligation.state,
        status=status,
        reason=reason,
    )
