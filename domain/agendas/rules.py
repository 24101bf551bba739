"""In which order an agenda stands, and how decisions and action items go on. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from domain.errors import Conflict, Invalid, Problem
from schemas.agendas import WorkKind

EARLIEST_ZONE = timedelta(hours=14)
"""Where a day begins first: what was done today may have been done there."""

EVENTS = frozenset({"side-event", "plenary-summary", "intersessional", "dialogue"})
"""Kinds of meetings with guests: what others owe is not laid before them, unless people put it there."""

UNDER: dict[WorkKind, tuple[str, ...]] = {
    "decisions": ("matters-arising",),
    "action-items": ("matters-arising",),
    "overdue-obligations": ("information-asked", "reports-of-parties", "analysis"),
    "findings-awaiting-review": ("information-asked", "reports-of-parties", "analysis"),
    "information-requests": ("information-asked", "reports-of-parties", "analysis"),
    "idle-activities": ("activities", "focal-points-progress"),
}
"""The standing points under which groups of open work stand; the first that the agenda has."""

CLOSING = frozenset({"follow-up", "other-business", "next-meeting"})
"""Before these stands what no standing point speaks of."""


class Group(Protocol):
    """Open work of one kind."""

    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> WorkKind: ...


class Kept(Protocol):
    """A point as an agenda has it."""

    @property
    def key(self) -> str | None: ...
    @property
    def status(self) -> str: ...
    @property
    def edited(self) -> bool: ...


def standing_key(point: str) -> str:
    return f"standing:{point}"


def drafted_order(standing: Sequence[str], groups: Sequence[Group]) -> list[str]:
    """The keys of an agenda as nobody has changed it: standing points, each with the open work below it."""
    order = [standing_key(point) for point in standing]
    ends = {point: place for place, point in enumerate(standing)}
    closing = min((ends[point] for point in CLOSING & ends.keys()), default=len(standing))
    below: dict[int, list[str]] = {}
    for group in groups:
        under = next((ends[point] for point in UNDER[group.kind] if point in ends), closing - 1)
        below.setdefault(under, []).append(group.key)
    found = below.get(-1, [])
    for place, key in enumerate(order):
        found += [key, *below.get(place, [])]
    return found


def merged_order(present: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The present order, with each new key where it is wanted: behind the nearest that stands before it."""
    order = list(present)
    for place, key in enumerate(wanted):
        if key in order:
            continue
        before = next((other for other in reversed(wanted[:place]) if other in order), None)
        behind = next((other for other in wanted[place + 1 :] if other in order), None)
        if before is not None:
            order.insert(order.index(before) + 1, key)
        else:
            order.insert(order.index(behind) if behind is not None else len(order), key)
    return order


def is_settled(item: Kept, wanted: Iterable[str]) -> bool:
    """Whether a point has lost its reason and nobody has said anything of it."""
    return item.key is not None and item.key not in wanted and not item.edited and item.status == "planned"


def place_before_closing(keys: Sequence[str | None]) -> int:
    """Where a point stands that people add without saying where."""
    closing = {standing_key(point) for point in CLOSING}
    return next((place for place, key in enumerate(keys) if key in closing), len(keys))


def shortened(text: str, length: int = 300) -> str:
    """On one line, for a list."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"


def title_in_calendar(text: str) -> str:
    return f"Action item: {shortened(text, 200)}"


def must_be_ahead(status: str) -> None:
    """Raises Conflict when the meeting is over: its agenda is no draft any more."""
    if status in ("held", "cancelled"):
        raise Conflict(
            f"This meeting was {status}; its agenda is not drafted any more.",
            code="wrong-status",
            meeting_status=status,
        )


def must_take_place(status: str) -> None:
    """Raises Conflict for what only a meeting that was not called off has."""
    if status == "cancelled":
        raise Conflict("This meeting was cancelled.", code="wrong-status", meeting_status=status)


def done_day(wanted: date | None, *, time_zone: str, now: datetime) -> date:
    """The day on which something was done, today unless another is said. Raises Invalid for one to come."""
    if wanted is not None and wanted > (now + EARLIEST_ZONE).date():
        raise Invalid(
            "What is to come has not been done.",
            [Problem("/done_on", "day-in-the-future", f"{wanted} lies in the future.")],
            code="day-in-the-future",
        )
    return wanted or now.astimezone(ZoneInfo(time_zone)).date()


def calendar_standing(status: str, *, dated: bool) -> tuple[str, str | None]:
    """What the status of an action item makes of its entry in the calendar, and why it is not open."""
    if status == "open":
        return ("open", None) if dated else ("cancelled", "undated")
    return status, status


@dataclass(frozen=True, slots=True)
class Sight:
    """What a caller sees of lists over all States: all of them, or those of one State and of some plans."""

    state: str | None = None
    plans: frozenset[str] = frozenset()

    def reaches(self, state: str | None, plan: str | None) -> bool:
        """Whether it is shown what concerns this State and plan, as of meetings (`visible_to`)."""
        if self.state is None or state == self.state:
            return True
        return plan in self.plans if plan is not None else state is None
