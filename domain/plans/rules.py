"""What changes in a plan, what its words come to, and who may carry it out. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.access.rules import Actor
from domain.errors import Forbidden, Invalid, Problem
from schemas.access import Scope
from schemas.plan_items import person_of

EARLIEST_ZONE = timedelta(hours=14)
"""Where a day begins first: a note of today may come from there."""


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields that change, with what they were and what they become, as they are kept."""
    pairs = ((name, kept(before[name]), kept(value)) for name, value in after.items())
    return [{"field": name, "before": was, "after": is_} for name, was, is_ in pairs if was != is_]


def kept(value: object) -> Any:
    """A value as JSON has it. A number has one spelling, in whichever digits it was sent."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list):
        return [kept(one) for one in value]
    if isinstance(value, Mapping):
        return {name: kept(one) for name, one in value.items()}
    return value


def persons_of(responsible: Iterable[str]) -> list[UUID]:
    """The persons among those responsible, in the order named."""
    return [person for person in map(person_of, responsible) if person is not None]


def standing(status: str) -> tuple[str, str | None]:
    """What an item's status makes of its entry in the calendar, and why it is no longer open."""
    return {"done": ("done", "done"), "dropped": ("cancelled", "dropped")}.get(status, ("open", None))


def name_of(title: Mapping[str, str]) -> str:
    """One line: the English title where there is one, else the first."""
    return " ".join((title.get("en") or next(iter(title.values()))).split())


def latest_day(now: datetime) -> date:
    """The last day that has begun somewhere."""
    return (now + EARLIEST_ZONE).date()


def must_be_over(day: date, *, now: datetime) -> None:
    """Raises Invalid for a day that has begun nowhere yet: what lies ahead has not been done."""
    if day > latest_day(now):
        raise Invalid(
            "A note says what was done, and this day has not come yet.",
            [Problem("/on", "day-in-the-future", f"{day} lies in the future.")],
            code="day-in-the-future",
        )


def must_be_in_order(start: date | None, end: date | None, *, pointer: str) -> None:
    """Raises Invalid for an end before its start."""
    if start is not None and end is not None and end < start:
        raise Invalid(
            f"{end} lies before {start}.",
            [Problem(pointer, "end-before-start", f"This must not lie before {start}.")],
            code="end-before-start",
        )


def sees_all(actor: Actor) -> bool:
    """Plans are for those who carry them out and for those bound to no State."""
    return actor.state is None or actor.may(Scope.ADMIN)


def must_write(actor: Actor, states: Collection[str | None]) -> None:
    """Raises Forbidden for a key bound to another State than those that carry it out."""
    if actor.state is not None and actor.state not in states:
        raise Forbidden(f"This key writes for {actor.state} only.", code="other-state", state=actor.state)
