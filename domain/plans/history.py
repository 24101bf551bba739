"""Who changed what of a plan beside its items, or of a mandate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from domain.access.rules import Actor
from domain.base import new_id
from domain.plans import rules
from domain.plans.models import Mandate, Plan, PlanChange
from schemas.plans import RecordedKind

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


def keep(
    session: AsyncSession,
    of: Plan | Mandate,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    kind: RecordedKind | None = None,
    thing: UUID | None = None,
) -> bool:
    """Keep what becomes of the plan or mandate, or of a thing that belongs to it; whether anything did."""
    changes = rules.differences(before, after)
    if changes:
        is_plan = isinstance(of, Plan)
        session.add(
            PlanChange(
                id=new_id(),
                plan_id=of.id if is_plan else None,
                mandate_id=None if is_plan else of.id,
                kind=kind or ("plan" if is_plan else "mandate"),
                thing=thing or of.id,
                changes=changes,
                by=actor.name,
                key=actor.id,
                at=now,
            )
        )
    return bool(changes)
