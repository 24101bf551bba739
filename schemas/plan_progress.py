"""What crosses the wire about how far plans are: now, and by quarters."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from schemas.fields import Outgoing
from schemas.plan_items import ItemStatus, Note

RollUp = Literal["leaves", "weighted", "worst", "milestones"]


class ProgressFigures(Outgoing):
    """Counts of what the rule counts at or below this, by status. Dropped ones are in no share."""

    not_started: int
    under_way: int
    done: int
    dropped: int
    counted: int
    """All but the dropped ones."""
    share_done: float | None
    """From 0 to 1, by the rule; null when nothing is counted."""
    status: ItemStatus | None
    """What it all comes to, by the rule; null when there is nothing to count."""
    overdue: int
    """Of what is counted: neither done nor dropped, and due before the day."""
    share_due: float | None
    """By the rule `milestones`: the share that was to be done by the day. Null by other rules."""


class PlanQuarter(Outgoing):
    """How far the whole was at the end of a quarter, and how much was heard in it."""

    period: str
    starts: date
    ends: date
    share_done: float | None
    notes: int
    changes: int


class ItemQuarter(Outgoing):
    """What was heard of an item in a quarter, and how it stood at its end."""

    period: str
    status: ItemStatus
    notes: list[Note]
    """Of days in the quarter, in the order of the days."""
    changes: int
    """Recorded in the quarter (UTC)."""


class ItemProgress(ProgressFigures):
    ref: str
    parent: str | None
    depth: int
    title: dict[str, str]
    weight: float
    quarters: list[ItemQuarter] | None
    """With `by=quarter`; null otherwise."""


class PlanProgress(ProgressFigures):
    """How far a plan is, as a whole and under each item, by a rule that is stated."""

    plan: UUID
    rule: RollUp
    """`leaves`: each leaf of the tree that is no heading counts as one, whatever its weight. `weighted`: an
    item is as far as those directly below it are on average by their weights. `worst`: an item is no further
    than the least of its leaves. `milestones`: each item with a due date counts as one, leaf or not. By all
    of them, the status of an item with others below it is not counted (but by `milestones`, when it is
    dated), and dropped items are taken out."""
    as_of: date
    reason: Literal["nothing-counted"] | None
    """Why there is no share: there are no items to count, all of them were dropped, or none has weight."""
    quarters: list[PlanQuarter] | None
    """With `by=quarter`, from the first to that of the day; null otherwise."""
    items: list[ItemProgress]
