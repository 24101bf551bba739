"""What becomes of provisions and indicators from edition to edition. Pure: documents in, changes out."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from schemas.editions import (
    AlteredNode,
    CarriedReference,
    CarryOver,
    CarryOverCounts,
    Change,
    DiffCounts,
    DiffNode,
    EditionDiff,
    NodeKind,
    RemovedNode,
    Way,
)  # fmt: skip
from schemas.frameworks import Deprecated
from schemas.libraries import Deprecation, Library, LibraryIndicator, LibraryProvision

STATED_VALUES = ("baselines", "targets")
UNDER: Mapping[NodeKind, str] = {"provision": "parent", "indicator": "provision"}
"""The field that says where a node stands."""


@dataclass(frozen=True, slots=True)
class Outline:
    """An edition as far as references go: which it holds, and what took the place of which."""

    edition: str
    holds: Mapping[str, NodeKind]
    deprecated: Mapping[str, Deprecation]


class Place(NamedTuple):
    """A node that was a provision and is an indicator is not the same node."""

    node: NodeKind
    ref: str


@dataclass(frozen=True, slots=True)
class Node:
    under: str | None
    title: dict[str, str]
    stated: dict[str, Any]
    """Baselines and targets."""

    facts: dict[str, Any]
    """Everything else."""


Nodes = dict[Place, Node]


class Alteration(NamedTuple):
    """By name, only what changed."""

    before: dict[str, Any]
    after: dict[str, Any]


Alterations = dict[Change, dict[Place, Alteration]]


def diff(before: Library, after: Library, between: Sequence[Outline]) -> EditionDiff:
    """What differs. `between` are the editions after `before` up to `after`, oldest first."""
    old, new = _nodes(before), _nodes(after)
    altered = {
        change: [
            AlteredNode(
                node=place.node, ref=place.ref, title=new[place].title, before=found.before, after=found.after
            )
            for place, found in places.items()
        ]
        for change, places in _alterations(old, new).items()
    }
    added = [
        DiffNode(node=place.node, ref=place.ref, title=node.title)
        for place, node in new.items()
        if place not in old
    ]
    held = {place.ref for place in new}
    removed = [_removed(place, old[place], between, held) for place in old if place not in new]
    counts = DiffCounts(
        added=len(added),
        removed=len(removed),
        **{change: len(found) for change, found in altered.items()},
    )
    return EditionDiff(
        framework=after.framework.key,
        from_=before.edition.key,
        to=after.edition.key,
        added=added,
        removed=removed,
        counts=counts,
        **altered,
    )


def carry_over(
    before: Library, after: Library, between: Sequence[Outline], refs: Iterable[str] | None = None
) -> CarryOver:
    """Where refs that `before` holds go in `after`; all of them when none are named.

    By reference where it is still held; else by the successors that the editions `between` (after
    `before`, up to `after`, oldest first) declare, one after the other. Whatever does not arrive whole
    is unresolved.
    """
    old, new = _nodes(before), _nodes(after)
    places = {place.ref: place for place in old}
    altered = _alterations(old, new)
    framework, edition = after.framework.key, after.edition.key
    items = []
    for ref in places if refs is None else refs:
        place = places[ref]
        by, proposed, note = _destination(place, new, between)
        items.append(
            CarriedReference(
                reference=f"{framework}:{ref}@{before.edition.key}",
                node=place.node,
                title=old[place].title,
                by=by,
                proposed=[f"{framework}:{one}@{edition}" for one in proposed],
                note=note,
                changes=[change for change, found in altered.items() if place in found],
            )
        )
    ways = Counter(item.by for item in items)
    counts = CarryOverCounts(
        reference=ways["reference"], successor=ways["successor"], unresolved=ways["unresolved"]
    )
    return CarryOver(framework=framework, from_=before.edition.key, to=edition, items=items, counts=counts)


def dropped(framework: str, node: NodeKind, ref: str, later: Sequence[Outline]) -> Deprecated | None:
    """What the latest edition says of a node that it no longer holds; None for one that it holds.

    `later` are all editions after one that holds the node, oldest first. A declaration may come in a
    later edition than the first without the node; without any, there is no successor.
    """
    holding = [number for number, edition in enumerate(later, start=1) if edition.holds.get(ref) == node]
    since = later[max(holding, default=0) :]
    if not since:
        return None
    declared = next((edition.deprecated[ref] for edition in since if ref in edition.deprecated), None)
    return Deprecated(
        edition=since[0].edition,
        successors=[f"{framework}:{one}" for one in declared.successors] if declared else [],
        note=declared.note if declared else None,
    )


def _nodes(library: Library) -> Nodes:
    """Every node in reading order, the provisions first."""
    return dict(
        [_node("provision", item) for item in library.provisions]
        + [_node("indicator", item) for item in library.indicators]
    )


def _node(kind: NodeKind, item: LibraryProvision | LibraryIndicator) -> tuple[Place, Node]:
    facts = item.model_dump(mode="json", exclude={"ref", "title"})
    under = facts.pop(UNDER[kind])
    stated = {name: facts.pop(name) for name in STATED_VALUES if name in facts}
    return Place(kind, item.ref), Node(under, item.title, stated, facts)


def _removed(place: Place, node: Node, between: Sequence[Outline], held: set[str]) -> RemovedNode:
    arrived, note = _followed(place.ref, between)
    successors = [ref for ref in arrived if ref in held and ref != place.ref]
    return RemovedNode(node=place.node, ref=place.ref, title=node.title, successors=successors, note=note)


def _destination(place: Place, new: Nodes, between: Sequence[Outline]) -> tuple[Way, list[str], str | None]:
    if place in new:
        return "reference", [place.ref], None
    arrived, note = _followed(place.ref, between)
    held = {one.ref for one in new}
    if place.ref in arrived or not held.issuperset(arrived):
        return "unresolved", [], note
    return "successor", arrived, note


def _followed(ref: str, between: Sequence[Outline]) -> tuple[list[str], str | None]:
    """Where the declared successors of each edition lead, and what was noted on the way.

    What an edition neither holds nor replaces waits for a later edition to do so.
    """
    here, notes = [ref], []
    for edition in between:
        onward = []
        for one in here:
            declared = edition.deprecated.get(one)
            onward += (declared.successors if declared else []) or [one]
            notes += [declared.note] if declared and declared.note else []
        here = list(dict.fromkeys(onward))
    return here, " ".join(dict.fromkeys(notes)) or None


def _alterations(old: Nodes, new: Nodes) -> Alterations:
    """What changed in the nodes that both hold, each kind of change in reading order."""
    both = [place for place in new if place in old]

    def differing(part: Callable[[Node], dict[str, Any]]) -> dict[Place, Alteration]:
        pairs = ((place, part(old[place]), part(new[place])) for place in both)
        return {place: _difference(before, after) for place, before, after in pairs if before != after}

    moved = _moved(old, new, both)
    return {
        "moved": {place: moved[place] for place in both if place in moved},
        "retitled": differing(lambda node: node.title),
        "retargeted": differing(lambda node: node.stated),
        "changed": differing(lambda node: node.facts),
    }


def _difference(before: dict[str, Any], after: dict[str, Any]) -> Alteration:
    names = [name for name in before | after if before.get(name) != after.get(name)]
    return Alteration({name: before.get(name) for name in names}, {name: after.get(name) for name in names})


def _moved(old: Nodes, new: Nodes, both: Sequence[Place]) -> dict[Place, Alteration]:
    """Nodes under another one, and the fewest siblings whose moving explains the new order."""
    moved: dict[Place, Alteration] = {}
    siblings: dict[tuple[NodeKind, str | None], list[Place]] = defaultdict(list)
    for place in both:
        before, after = old[place].under, new[place].under
        if before != after:
            moved[place] = _difference({UNDER[place.node]: before}, {UNDER[place.node]: after})
        else:
            siblings[place.node, after].append(place)
    order = {place: number for number, place in enumerate(old)}
    for group in siblings.values():
        moved |= _reordered(group, order)
    return moved


def _reordered(siblings: Sequence[Place], order: Mapping[Place, int]) -> dict[Place, Alteration]:
    """`siblings` as they stand now, `order` as they stood before."""
    kept = set(longest_rising([order[place] for place in siblings]))
    stayed = {place for place in siblings if order[place] in kept}
    before = dict(_followers(sorted(siblings, key=order.__getitem__), stayed))
    return {
        place: Alteration({"follows": before[place]}, {"follows": ahead})
        for place, ahead in _followers(siblings, stayed)
        if place not in stayed
    }


def _followers(siblings: Iterable[Place], stayed: set[Place]) -> Iterator[tuple[Place, str | None]]:
    """Each with the nearest sibling ahead of it that stayed."""
    ahead = None
    for place in siblings:
        yield place, ahead
        if place in stayed:
            ahead = place.ref


def longest_rising(numbers: Sequence[int]) -> list[int]:
    """A longest subsequence of different numbers that only rises, in O(n log n)."""
    ends: list[int] = []  # by length, the least number with which a rising subsequence of it ends
    ahead: dict[int, int | None] = {}
    for number in numbers:
        length = bisect_left(ends, number)
        ahead[number] = ends[length - 1] if length else None
        ends[length : length + 1] = [number]
    found = []
    here = ends[-1] if ends else None
    while here is not None:
        found.append(here)
        here = ahead[here]
    return found[::-1]
