"""Relations between provisions: how they invert and compose, and the paths that mappings make.

A provision is read as the non-empty set of things that it asks for. Relations are not strict: a subset
may be equal, and what intersects may be contained. `equivalent` says that addressing the one has the
same effect as addressing the other, in other words; such resemblance does not add up along a chain.
`not-related` is a reviewer's statement that a pair has nothing to do with each other; nothing follows
from it for any other pair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from math import prod
from typing import NamedTuple

NO_TERM_FOUND = "sssom:NoTermFound"
"""Stands in SSSOM where a provision would: there is no counterpart."""


class Relation(StrEnum):
    """How the subject of a mapping lies to its object."""

    EQUAL = "equal"
    EQUIVALENT = "equivalent"
    SUBSET = "subset"
    SUPERSET = "superset"
    INTERSECT = "intersect"
    NOT_RELATED = "not-related"


# `A skos:broadMatch B` says that B is the broader one: A is a subset of B.
_SKOS: dict[Relation, tuple[str, str | None]] = {
    Relation.EQUAL: ("skos:exactMatch", None),
    Relation.EQUIVALENT: ("skos:closeMatch", None),
    Relation.SUBSET: ("skos:broadMatch", None),
    Relation.SUPERSET: ("skos:narrowMatch", None),
    Relation.INTERSECT: ("skos:relatedMatch", None),
    Relation.NOT_RELATED: ("skos:relatedMatch", "Not"),
}
_RELATIONS = {skos: relation for relation, skos in _SKOS.items()}

_INVERSE = {Relation.SUBSET: Relation.SUPERSET, Relation.SUPERSET: Relation.SUBSET}

# Exact compositions of set relations: of each pair that is missing, some model has anything at all.
_OVERLAPPING = (Relation.SUBSET, Relation.SUPERSET, Relation.INTERSECT)
_COMPOSITION: dict[tuple[Relation, Relation], Relation] = {
    (Relation.SUBSET, Relation.SUBSET): Relation.SUBSET,
    (Relation.SUPERSET, Relation.SUPERSET): Relation.SUPERSET,
    (Relation.SUPERSET, Relation.SUBSET): Relation.INTERSECT,
    (Relation.SUPERSET, Relation.INTERSECT): Relation.INTERSECT,
    (Relation.INTERSECT, Relation.SUBSET): Relation.INTERSECT,
    (Relation.EQUAL, Relation.EQUAL): Relation.EQUAL,
    (Relation.EQUAL, Relation.EQUIVALENT): Relation.EQUIVALENT,
    (Relation.EQUIVALENT, Relation.EQUAL): Relation.EQUIVALENT,
    **{(same, other): other for same in (Relation.EQUAL, Relation.EQUIVALENT) for other in _OVERLAPPING},
    **{(other, same): other for same in (Relation.EQUAL, Relation.EQUIVALENT) for other in _OVERLAPPING},
}


def predicate_of(relation: Relation) -> tuple[str, str | None]:
    """The SKOS predicate and the SSSOM predicate modifier that say the same."""
    return _SKOS[relation]


def relation_of(predicate: str, modifier: str | None = None) -> Relation | None:
    """The relation that a SKOS predicate with its SSSOM modifier states; None when it states none of ours."""
    return _RELATIONS.get((predicate, modifier))


def inverse(relation: Relation) -> Relation:
    """The same statement, read from the object to the subject."""
    return _INVERSE.get(relation, relation)


def compose(first: Relation, second: Relation) -> Relation | None:
    """The strongest relation of A to C that A `first` B and B `second` C prove; None when they prove none."""
    return _COMPOSITION.get((first, second))


def compose_all(relations: Sequence[Relation]) -> Relation | None:
    """The strongest relation that a chain of at least one link proves; None when it proves none.

    Two resemblances prove nothing wherever they stand in the chain, so that a chain and its inverse,
    and every way of bracketing it, agree.
    """
    if relations.count(Relation.EQUIVALENT) > 1:
        return None
    first: Relation | None = relations[0]
    return reduce(lambda so_far, link: so_far and compose(so_far, link), relations[1:], first)


def contradicts(one: Relation, other: Relation) -> bool:
    """Whether two statements on the same pair, read in the same direction, cannot both stand.

    `not-related` excludes every other relation, and `equal` (skos:exactMatch) excludes containment and
    mere overlap (SKOS S46 with the inverse of skos:broadMatch). Strictly by sets the latter could be
    true together, but whoever states both has not decided.
    """
    pair = {one, other}
    if Relation.NOT_RELATED in pair:
        return one is not other
    return Relation.EQUAL in pair and not pair.isdisjoint(_OVERLAPPING)


class Statement(NamedTuple):
    """That one provision stands in a relation to another, and the place where that is said."""

    subject: str
    object: str
    relation: Relation
    place: int


def contradictions(statements: Iterable[Statement]) -> dict[int, int]:
    """The places that say what another place rules out, each with the first of those, in ascending order.

    A statement and one about the same pair the other way round are compared in the same direction.
    """
    first_said: dict[tuple[str, str], dict[Relation, int]] = defaultdict(dict)
    directed = sorted(map(_in_order, statements), key=lambda statement: statement.place)
    for subject, object_, relation, place in directed:
        first_said[subject, object_].setdefault(relation, place)
    against: dict[int, int] = {}
    for subject, object_, relation, place in directed:
        others = first_said[subject, object_].items()
        excluded = [there for other, there in others if contradicts(relation, other)]
        if excluded:
            against[place] = min(excluded)
    return against


def _in_order(statement: Statement) -> Statement:
    """The same statement, read from the provision whose reference sorts first."""
    if statement.subject <= statement.object:
        return statement
    subject, object_, relation, place = statement
    return Statement(object_, subject, inverse(relation), place)


@dataclass(frozen=True, slots=True)
class Link:
    """An accepted mapping: `subject` stands in `relation` to `object`."""

    subject: str
    object: str
    relation: Relation
    confidence: float
    """0 to 1."""
    mapping: str
    """The id of the mapping."""
    mapping_set: str
    """The key of the set that states it."""


class Step(NamedTuple):
    """A link as a path walks it: along what it states, or against it."""

    link: Link
    inverted: bool
    relation: Relation
    target: str
    framework: str


class PathKind(StrEnum):
    STATED = "stated"
    INVERTED = "inverted"
    CHAINED = "chained"


@dataclass(frozen=True, slots=True)
class Path:
    """A walk of one link or more from `start` to a provision of another framework."""

    start: str
    steps: tuple[Step, ...]

    @property
    def target(self) -> str:
        return self.steps[-1].target

    @property
    def provisions(self) -> tuple[str, ...]:
        """All provisions on the way, the start and the target included."""
        return (self.start, *(step.target for step in self.steps))

    @property
    def relations(self) -> tuple[Relation, ...]:
        """The relation of each step, in the direction of the path."""
        return tuple(step.relation for step in self.steps)

    @property
    def mappings(self) -> tuple[str, ...]:
        """The ids of the mappings that the path rests on."""
        return tuple(step.link.mapping for step in self.steps)

    @property
    def relation(self) -> Relation | None:
        """Of the start to the target; None when the path proves none."""
        return compose_all(self.relations)

    @property
    def confidence(self) -> float:
        """The product of the confidences of its links, 0 to 1."""
        return prod(step.link.confidence for step in self.steps)

    @property
    def kind(self) -> PathKind:
        if len(self.steps) > 1:
            return PathKind.CHAINED
        return PathKind.INVERTED if self.steps[0].inverted else PathKind.STATED


def framework_of(reference: str) -> str:
    """`ccm:art-7` → `ccm`."""
    return reference.partition(":")[0]


class Graph:
    """The provisions that links connect, in both directions, ready to be walked many times.

    A link to `sssom:NoTermFound` says that there is nothing to walk to, and is left out.
    """

    def __init__(self, links: Iterable[Link]) -> None:
        self._steps: dict[str, dict[str, list[Step]]] = defaultdict(lambda: defaultdict(list))
        for link in links:
            if NO_TERM_FOUND in (link.subject, link.object):
                continue
            self._add(link.subject, Step(link, False, link.relation, link.object, framework_of(link.object)))
            back = inverse(link.relation)
            self._add(link.object, Step(link, True, back, link.subject, framework_of(link.subject)))

    def paths(self, start: str, to: str | None = None, max_links: int = 3) -> list[Path]:
        """All simple paths of at most `max_links` links from `start` into the framework `to` (None: any).

        A path never returns to a framework that it has left, and stays within one only where it starts.
        A link that says `not-related` is a path of its own and never part of a longer one. Short paths
        come first, then by the provisions and the mappings on the way.
        """
        found = self._walk(Path(start, ()), to, max_links)
        return sorted(found, key=lambda path: (len(path.steps), path.provisions, path.mappings))

    def _add(self, provision: str, step: Step) -> None:
        self._steps[provision][step.framework].append(step)

    def _walk(self, so_far: Path, to: str | None, links_left: int) -> Iterator[Path]:
        if links_left == 0:
            return
        for step in self._onward(so_far, to if links_left == 1 else None):
            longer = Path(so_far.start, (*so_far.steps, step))
            if to in (None, step.framework):
                yield longer
            if step.relation is not Relation.NOT_RELATED:
                yield from self._walk(longer, to, links_left - 1)

    def _onward(self, so_far: Path, to: str | None) -> Iterator[Step]:
        """The steps that continue a path, into the framework `to` alone when it is given."""
        provisions = so_far.provisions
        home = framework_of(so_far.start)
        seen = {home, *(step.framework for step in so_far.steps)}
        neighbours = self._steps.get(provisions[-1], {})
        for framework in neighbours if to is None else neighbours.keys() & {to}:
            if framework in seen and not (framework == home and len(seen) == 1):
                continue
            for step in neighbours[framework]:
                chained_to_nothing = step.relation is Relation.NOT_RELATED and so_far.steps
                if step.target not in provisions and not chained_to_nothing:
                    yield step
