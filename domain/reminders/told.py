"""Who is told of what, as calendars ask."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select

from domain.reminders.models import Delivery


def told_to(person: UUID | None) -> Select[UUID]:
    """The entries of which the person was or will be told; not those of rules that were withdrawn."""
    return select(Delivery.entry).where(
        Delivery.person == person, Delivery.reason.is_distinct_from("withdrawn")
    )
