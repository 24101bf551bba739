"""Relations between provisions: how they invert and compose, and what fulfilment they carry over.

A provision is read as the non-empty set of things that it asks for. Relations are not strict: a subset
may be equal, and what intersects may be contained. `equivalent` says that addressing the one has the
same effect as addressing the other, in other words; such resemblance does not add up along a chain.
`not-related` is a reviewer's statement that a pair has nothing to do with each other; nothing follows
from it for any other pair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, reduce
from typing import NamedTuple

from schemas.mappings import NO_TERM_FOUND

__all__ = ["NO_TERM_FOUND"]


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


@cache
def continuations(chain: tuple[Relation, ...]) -> Mapping[Relation, Relation]:
    """By each relation with which a chain may go on, also one without links yet, what it then proves."""
    proved = {relation: compose_all((*chain, relation)) for relation in Relation}
    return {relation: together for relation, together in proved.items() if together is not None}


def score_crosses(relations: Sequence[Relation], *, same_scale: bool) -> bool:
    """Whether a chain carries a score over: only where both ends ask for the same, on the same scale."""
    return same_scale and bool(relations) and set(relations) == {Relation.EQUAL}


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

    @property
    def in_order(self) -> Statement:
        """The same statement, read from the provision whose reference sorts first."""
        if self.subject <= self.object:
            return self
        return Statement(self.object, self.subject, inverse(self.relation), self.place)

    @property
    def content(self) -> tuple[str, str, Relation]:
        """What is said, whichever way round and wherever."""
        subject, object_, relation, _ = self.in_order
        return subject, object_, relation


def contradictions(statements: Iterable[Statement]) -> dict[int, int]:
    """The places that say what another place rules out, each with the first of those, in ascending order.

    A statement and one about the same pair the other way round are compared in the same direction.
    """
    first_said: dict[tuple[str, str], dict[Relation, int]] = defaultdict(dict)
    directed = sorted((said.in_order for said in statements), key=lambda statement: statement.place)
    for subject, object_, relation, place in directed:
        first_said[subject, object_].setdefault(relation, place)
    against: dict[int, int] = {}
    for subject, object_, relation, place in directed:
        others = first_said[subject, object_].items()
        excluded = [there for other, there in others if contradicts(relation, other)]
        if excluded:
            against[place] = min(excluded)
    return against


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known of a fulfilment: it lies between `low` and `high`, an open end not included."""

    low: float = 0.0
    low_open: bool = False
    high: float = 1.0
    high_open: bool = False

    @property
    def empty(self) -> bool:
        """No fulfilment is possible: those who said so contradict each other."""
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    @property
    def above_none(self) -> bool:
        """Something is addressed for certain."""
        return self.low > 0 or self.low_open

    @property
    def below_full(self) -> bool:
        """Something is left out for certain."""
        return self.high < 1 or self.high_open

    def meet(self, other: Bounds) -> Bounds:
        """What both say together; perhaps empty."""
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, high_closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        return Bounds(low, low_open, high, not high_closed)


NONE = Bounds(high=0.0)
PARTLY = Bounds(low_open=True, high_open=True)
FULL = Bounds(low=1.0)
AT_LEAST_PARTLY = Bounds(low_open=True)
AT_MOST_PARTLY = Bounds(high_open=True)
ANYTHING = Bounds()


def jointly(parts: Iterable[Bounds]) -> Bounds:
    """The fulfilment of a whole that is made of `parts`, one or more.

    Full when all are full, none when all are none, else as far as any of them shows.
    """
    known = list(parts)
    for same in (FULL, NONE):
        if all(part == same for part in known):
            return same
    return Bounds(
        low_open=any(part.above_none for part in known), high_open=any(part.below_full for part in known)
    )


@cache
def bounds_of(source: Bounds, relation: Relation | None) -> Bounds:
    """What the fulfilment of a provision says of one that it stands in `relation` to.

    The bounds are the tightest, and along a chain those of the relation that it proves. Those of
    `intersect` are, in sets, as provable as the others; what is made of them where the relation is stated
    and not proved is for those who ask to decide.
    """
    match relation:
        case Relation.EQUAL | Relation.EQUIVALENT:
            return source
        case Relation.SUBSET:
            # The target contains the source: what is addressed there is addressed here, what is left
            # out there is left out here. The latter holds because the source is not empty.
            return Bounds(low_open=source.above_none, high_open=source.below_full)
        case Relation.SUPERSET if source in (FULL, NONE):
            # The target lies within the source: only all or nothing holds for every part.
            return source
        case Relation.INTERSECT:
            return Bounds(low_open=source == FULL, high_open=source == NONE)
        case _:
            return ANYTHING
