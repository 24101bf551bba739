"""How the progress of a plan is rolled up its tree, by the rule that the plan declares. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from schemas.plan_progress import RollUp

OPEN = ("not-started", "under-way")
LEAST_FIRST = ("not-started", "under-way", "done")
Share = Decimal | None


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
    @property
    def weight(self) -> Decimal: ...
    @property
    def due(self) -> date | None: ...


class Item(Node, Protocol):
    """An item, as far as the table of progress shows it."""

    @property
    def depth(self) -> int: ...
    @property
    def title(self) -> dict[str, str]: ...


def is_counted(node: Node, rule: RollUp) -> bool:
    """Leaves that are no headings; by milestones whatever has a due date."""
    return node.due is not None if rule == "milestones" else node.counts


def rolled_up(
    nodes: Sequence[Node], rule: RollUp, *, as_of: date
) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Counts of the whole, and of each node with all below it. Nodes come in tree order.

    By status; `overdue` and `due` count once more what has that status and was due before, or by, the day.
    """
    found = {node.ref: _counted(node, rule, as_of) for node in nodes}
    for node in reversed(nodes):
        if node.parent is not None:
            found[node.parent].update(found[node.ref])
    whole: Counter[str] = Counter()
    for node in nodes:
        if node.parent is None:
            whole.update(found[node.ref])
    return whole, found


def _counted(node: Node, rule: RollUp, as_of: date) -> Counter[str]:
    counts: Counter[str] = Counter()
    if is_counted(node, rule):
        counts[node.status] = 1
        if node.due is not None and node.status != "dropped":
            counts["due"] = int(node.due <= as_of)
            counts["overdue"] = int(node.due < as_of and node.status in OPEN)
    return counts


def shares_by_weight(nodes: Sequence[Node]) -> tuple[Share, dict[str, Share]]:
    """How far the whole and each node are: a leaf wholly or not, others as those directly below them are on
    average by their weights. Without anything below that counts and has weight there is no share.
    """
    weighed: dict[str | None, list[Decimal]] = {}
    found: dict[str, Share] = {}
    for node in reversed(nodes):
        found[node.ref] = share = _of_leaf(node) if node.counts else _average(weighed.get(node.ref))
        if share is not None:
            total = weighed.setdefault(node.parent, [Decimal(), Decimal()])
            total[0] += node.weight * share
            total[1] += node.weight
    return _average(weighed.get(None)), found


def _of_leaf(node: Node) -> Share:
    return None if node.status == "dropped" else Decimal(node.status == "done")


def _average(weighed: list[Decimal] | None) -> Share:
    return weighed[0] / weighed[1] if weighed and weighed[1] else None


def _figures(counts: Counter[str], rule: RollUp, by_weight: Share) -> dict[str, Any]:
    """Counts, and the share that is done: of all but what was dropped, or none where nothing is left."""
    counted = sum(counts[status] for status in LEAST_FIRST)
    share = by_weight if rule == "weighted" else _share(counts["done"], counted)
    if rule == "worst" and share is not None:
        share = Decimal(share == 1)
    due = _share(counts["due"], counted) if rule == "milestones" else None
    return {
        "not_started": counts["not-started"],
        "under_way": counts["under-way"],
        "done": counts["done"],
        "dropped": counts["dropped"],
        "counted": counted,
        "share_done": _rounded(share),
        "status": _status(counts, rule),
        "overdue": counts["overdue"],
        "share_due": _rounded(due),
    }


def _share(part: int, of: int) -> Share:
    return Decimal(part) / of if of else None


def _rounded(share: Share) -> float | None:
    """To the ten-thousandth; 0 only when nothing is done, and 1 when nothing is left."""
    if share is None or share in (0, 1):
        return None if share is None else float(share)
    return min(max(round(float(share), 4), 0.0001), 0.9999)


def _status(counts: Counter[str], rule: RollUp) -> str | None:
    """What the statuses come to: the least of them by the rule `worst`, else under way as soon as they
    differ.
    """
    there = [status for status in LEAST_FIRST if counts[status]]
    if not there:
        return "dropped" if counts["dropped"] else None
    return there[0] if rule == "worst" or len(there) == 1 else "under-way"


def whole(nodes: Sequence[Node], rule: RollUp, *, as_of: date) -> dict[str, Any]:
    """How far a plan is as a whole."""
    return _figures(rolled_up(nodes, rule, as_of=as_of)[0], rule, shares_by_weight(nodes)[0])


def progress(plan: UUID, items: Sequence[Item], *, rule: RollUp, as_of: date) -> dict[str, Any]:
    """How far a plan is, as a whole and under each of its items, which come in tree order."""
    _, below = rolled_up(items, rule, as_of=as_of)
    _, weighed = shares_by_weight(items)
    found = whole(items, rule, as_of=as_of)
    facts = ("ref", "parent", "depth", "title", "weight")
    return found | {
        "plan": plan,
        "rule": rule,
        "as_of": as_of,
        "reason": "nothing-counted" if found["share_done"] is None else None,
        "quarters": None,
        "items": [
            {name: getattr(item, name) for name in facts}
            | _figures(below[item.ref], rule, weighed[item.ref])
            | {"quarters": None}
            for item in items
        ],
    }
