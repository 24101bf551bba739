"""What was heard of the items of a plan, quarter by quarter, and how they stood at the end of each. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, Protocol, TypeVar

from domain.errors import Invalid, Problem
from domain.plans import rollup
from schemas.plan_progress import RollUp

MOST_QUARTERS, MOST_NOTES = 120, 2_000
"""What one answer has room for."""

Entered = TypeVar("Entered")


class Quarter(NamedTuple):
    """A quarter of the calendar."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def named(cls, name: str) -> Quarter:
        """`2026-Q1`, which must be one."""
        year, _, number = name.partition("-Q")
        return cls(int(year), int(number))

    @property
    def name(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def starts(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def ends(self) -> date:
        return self.following.starts - timedelta(days=1)

    @property
    def following(self) -> Quarter:
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)


FIRST = Quarter(1, 1)
"""Before all others."""


class Noted(Protocol):
    @property
    def on(self) -> date: ...


class Changed(Protocol):
    @property
    def at(self) -> datetime: ...
    @property
    def changes(self) -> list[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Heard:
    """What was entered about one item, in the order in which it was."""

    notes: list[Noted] = field(default_factory=list)
    changes: list[Changed] = field(default_factory=list)

    @property
    def days(self) -> list[date]:
        return [note.on for note in self.notes] + [_day(change) for change in self.changes]


NOTHING = Heard()


@dataclass(frozen=True, slots=True)
class Then:
    """An item as it stood at the end of a quarter; its weight and due date are those of today."""

    ref: str
    parent: str | None
    counts: bool
    weight: Decimal
    due: date | None
    status: str


def _day(change: Changed) -> date:
    return change.at.astimezone(UTC).date()


def covered(first: date, last: date, others: Iterable[date]) -> list[Quarter]:
    """The quarters from a day to another, and those of other days on which something took place."""
    found = {Quarter.of(day) for day in others}
    quarter, end = Quarter.of(first), Quarter.of(last)
    while quarter <= end:
        found.add(quarter)
        quarter = quarter.following
    return sorted(found)


def by_quarter(
    items: Sequence[rollup.Node],
    heard: Mapping[str, Heard],
    *,
    rule: RollUp,
    first: date,
    last: date,
    since: Quarter = FIRST,
) -> tuple[list[dict[str, Any]], dict[str, list[dict[str, Any]]]]:
    """The whole and each item, for the quarters from a day to another and those in which more was heard.

    Those before `since` are left out, but how things stood when it began is known from them.
    A note belongs to the quarter of the day of which it speaks, a change to that in which it was recorded
    (UTC). Raises Invalid for more of them, or more notes, than an answer has room for.
    """
    found = covered(first, last, (day for one in heard.values() for day in one.days))
    wanted = [quarter for quarter in found if quarter >= since]
    _must_have_room("quarters", len(wanted), MOST_QUARTERS)
    _must_have_room("notes", sum(len(one.notes) for one in heard.values()), MOST_NOTES)
    lines = {item.ref: _lines(heard.get(item.ref, NOTHING), wanted, since) for item in items}
    whole = [
        _whole(items, {ref: line[place] for ref, line in lines.items()}, quarter, rule)
        for place, quarter in enumerate(wanted)
    ]
    return whole, lines


def _must_have_room(of: str, found: int, most: int) -> None:
    if found > most:
        detail = f"There are {found:,} {of}, and an answer has at most {most:,}; ask from a later quarter."
        raise Invalid(detail, [Problem("?from", f"too-many-{of}", detail)], code=f"too-many-{of}")


def _lines(heard: Heard, wanted: Sequence[Quarter], since: Quarter) -> list[dict[str, Any]]:
    changes = _in_quarters(heard.changes, _day)
    notes = _in_quarters(sorted(heard.notes, key=lambda note: note.on), lambda note: note.on)
    earlier = (change for change in heard.changes if Quarter.of(_day(change)) < since)
    status, lines = _status_after(earlier, "not-started"), []
    for quarter in wanted:
        status = _status_after(changes[quarter], status)
        lines.append(
            {
                "period": quarter.name,
                "status": status,
                "notes": notes[quarter],
                "changes": len(changes[quarter]),
            }
        )
    return lines


def _status_after(changes: Iterable[Changed], status: str) -> str:
    for change in changes:
        status = next((one["after"] for one in change.changes if one["field"] == "status"), status)
    return status


def _in_quarters(
    entered: Iterable[Entered], day_of: Callable[[Entered], date]
) -> defaultdict[Quarter, list[Entered]]:
    found: defaultdict[Quarter, list[Entered]] = defaultdict(list)
    for one in entered:
        found[Quarter.of(day_of(one))].append(one)
    return found


def _whole(
    items: Sequence[rollup.Node], lines: Mapping[str, Mapping[str, Any]], quarter: Quarter, rule: RollUp
) -> dict[str, Any]:
    then = [
        Then(item.ref, item.parent, item.counts, item.weight, item.due, lines[item.ref]["status"])
        for item in items
    ]
    return {
        "period": quarter.name,
        "starts": quarter.starts,
        "ends": quarter.ends,
        "share_done": rollup.whole(then, rule, as_of=quarter.ends)["share_done"],
        "notes": sum(len(line["notes"]) for line in lines.values()),
        "changes": sum(line["changes"] for line in lines.values()),
    }
