"""How a plan stands, and who may carry it out. Pure: values in, values out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from domain.access.rules import Actor
from domain.errors import Forbidden, Invalid, Problem
from schemas.access import Scope
from schemas.plans import person_of

EARLIEST_ZONE = timedelta(hours=14)
"""Where a day begins first: a note of today may come from there."""


class Node(Protocol):
    """An item, as far as progress is concerned."""

    @property
    def ref(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def counts(self) -> bool: ...
    @property
    def status(self) -> str: ...


class Item(Node, Protocol):
    """An item, as far as the table of progress shows it."""

    @property
    def depth(self) -> int: ...
    @property
    def title(self) -> dict[str, str]: ...


def rolled_up(nodes: Sequence[Node]) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Counts by status: of the whole, and of each node with all below it. Nodes come in tree order.

    Each node that counts is one. What others say of themselves, with work below them, is not counted.
    """
    found = {node.ref: Counter({node.status: 1} if node.counts else {}) for node in nodes}
    for node in reversed(nodes):
        if node.parent is not None:
            found[node.parent].update(found[node.ref])
    whole: Counter[str] = Counter()
    for node in nodes:
        if node.parent is None:
            whole.update(found[node.ref])
    return whole, found


def figures(counts: Counter[str]) -> dict[str, Any]:
    """Counts and the share that is done: of all but what was dropped, or none where nothing is left."""
    counted = counts.total() - counts["dropped"]
    return {
        "not_started": counts["not-started"],
        "under_way": counts["under-way"],
        "done": counts["done"],
        "dropped": counts["dropped"],
        "counted": counted,
        "share_done": round(counts["done"] / counted, 4) if counted else None,
    }


def progress(plan: UUID, items: Sequence[Item]) -> dict[str, Any]:
    """How far a plan is, as a whole and under each of its items, which come in tree order."""
    whole, below = rolled_up(items)
    found = figures(whole)
    facts = ("ref", "parent", "depth", "title")
    return found | {
        "plan": plan,
        "rule": "leaves",
        "reason": None if found["counted"] else "nothing-counted",
        "items": [{name: getattr(item, name) for name in facts} | figures(below[item.ref]) for item in items],
    }


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields that change, with what they were and what they become, as they are kept."""
    return [
        {"field": name, "before": _kept(before[name]), "after": _kept(value)}
        for name, value in after.items()
        if before[name] != value
    ]


def _kept(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def persons_of(responsible: Iterable[str]) -> list[UUID]:
    """The persons among those responsible, in the order named."""
    return [person for person in map(person_of, responsible) if person is not None]


def standing(status: str) -> tuple[str, str | None]:
    """What an item's status makes of its entry in the calendar, and why it is no longer open."""
    return {"done": ("done", "done"), "dropped": ("cancelled", "dropped")}.get(status, ("open", None))


def name_of(title: Mapping[str, str]) -> str:
    """One line: the English title where there is one, else the first."""
    return " ".join((title.get("en") or next(iter(title.values()))).split())


def must_be_over(day: date, *, now: datetime) -> None:
    """Raises Invalid for a day that has begun nowhere yet: what lies ahead has not been done."""
    if day > (now + EARLIEST_ZONE).date():
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
