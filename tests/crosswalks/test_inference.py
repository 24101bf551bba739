"""What crosses to another framework is proved against models, not against a table.

A model is: the provisions as non-empty sets of things that they ask for, and the things that the report
addresses. Chains and joint groups are tried on every model of four things. Whole networks are tried on
models of any size: their largest one, of which all are a part, is looked at.

`equivalent` is given its weakest reading, that both provisions are addressed to the same degree, so that
whatever is proved here holds under any stronger one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, reduce
from itertools import combinations_with_replacement, pairwise, product
from operator import or_

import pytest

from domain.crosswalks.rules import Conclusion, Established, combine, conclude, inferences
from domain.mappings.graph import Graph, Link
from domain.mappings.rules import (
    ANYTHING,
    AT_LEAST_PARTLY,
    AT_MOST_PARTLY,
    FULL,
    NONE,
    PARTLY,
    Bounds,
    Relation,
    bounds_of,
    inverse,
    jointly,
)

EQUAL, EQUIVALENT, SUBSET, SUPERSET, INTERSECT, NOT_RELATED = Relation
POSITIVE = (EQUAL, EQUIVALENT, SUBSET, SUPERSET, INTERSECT)
DEGREES = (NONE, PARTLY, FULL)
KNOWN = (*DEGREES, AT_LEAST_PARTLY, AT_MOST_PARTLY)

STRONGEST = {
    frozenset([FULL]): Established.FULL,
    frozenset([PARTLY]): Established.PARTLY,
    frozenset([NONE]): Established.NONE,
    frozenset([PARTLY, FULL]): Established.AT_LEAST_PARTLY,
    frozenset([NONE, PARTLY]): Established.AT_MOST_PARTLY,
    frozenset(DEGREES): Established.UNKNOWN,
}
"""By the degrees that are possible, the strongest statement that is true of all of them."""

# Sets are bits. Four things suffice: two of a provision may be addressed and two not.
PROVISIONS = range(1, 16)
ADDRESSED = range(16)


@cache
def degree(provision: int, addressed: int) -> Bounds:
    if provision & addressed == 0:
        return NONE
    return FULL if provision & addressed == provision else PARTLY


def holds(relation: Relation, source: int, target: int, addressed: int) -> bool:
    match relation:
        case Relation.EQUAL:
            return source == target
        case Relation.EQUIVALENT:
            return degree(source, addressed) == degree(target, addressed)
        case Relation.SUBSET:
            return source & target == source
        case Relation.SUPERSET:
            return source & target == target
        case _:
            return source & target != 0


@cache
def targets(relation: Relation, source: int, addressed: int) -> int:
    """Sets of provisions are bits, too."""
    return sum(1 << target for target in PROVISIONS if holds(relation, source, target, addressed))


@cache
def reached(sources: int, addressed: int, relations: tuple[Relation, ...]) -> int:
    """What a chain of links can lead to from any of the sources."""
    if not relations:
        return sources
    before = reached(sources, addressed, relations[:-1])
    ends = [targets(relations[-1], middle, addressed) for middle in PROVISIONS if before >> middle & 1]
    return reduce(or_, ends, 0)


@cache
def of_degree(bounds: Bounds, addressed: int) -> int:
    return sum(1 << one for one in PROVISIONS if degree(one, addressed) in within(bounds))


@cache
def within(bounds: Bounds) -> frozenset[Bounds]:
    """The degrees that lie within the bounds."""
    return frozenset(one for one in DEGREES if not bounds.meet(one).empty)


def degrees(ends: Iterable[tuple[int, int]]) -> frozenset[Bounds]:
    return frozenset(
        one for one in DEGREES if any(end & of_degree(one, addressed) for addressed, end in ends)
    )


@cache
def after_chain(source: Bounds, relations: tuple[Relation, ...]) -> frozenset[Bounds]:
    """The degrees of the last provision in all models where the first is addressed as `source` says."""
    return degrees([(it, reached(of_degree(source, it), it, relations)) for it in ADDRESSED])


@cache
def unions(some: int, others: int) -> int:
    """What one of some and one of others, which may have things in common, make up."""
    pairs = product(PROVISIONS, repeat=2)
    return reduce(or_, (1 << (a | b) for a, b in pairs if some >> a & 1 and others >> b & 1), 0)


@cache
def after_group(
    parts: tuple[Bounds, Bounds], before: tuple[Relation, ...], beyond: tuple[Relation, ...]
) -> frozenset[Bounds]:
    """The same behind a whole of two parts, the first of which lies behind links, too."""
    ends = []
    for addressed in ADDRESSED:
        one, other = (of_degree(part, addressed) for part in parts)
        whole = unions(reached(one, addressed, before), other)
        ends.append((addressed, reached(whole, addressed, beyond)))
    return degrees(ends)


def link(
    subject: str, relation: Relation, object_: str, group: str | None = None, turned: bool = False
) -> Link:
    mapping = f"{subject} {relation} {object_}"
    if turned:
        return Link(object_, subject, inverse(relation), 1.0, mapping, "set", group)
    return Link(subject, object_, relation, 1.0, mapping, "set", group)


def chained(provisions: Sequence[str], relations: Sequence[Relation], turned: bool = False) -> list[Link]:
    pairs = zip(pairwise(provisions), relations, strict=False)
    return [link(one, relation, next_, turned=turned) for (one, next_), relation in pairs]


def conclusion(links: Iterable[Link], known: dict[str, Bounds], target: str) -> Conclusion:
    return conclude(target, inferences(Graph(links), known)[target])


def check(found: Conclusion, possible: frozenset[Bounds], relations: Sequence[Relation]) -> None:
    """It is the strongest that is true in all models, but over a stated overlap the same as an indication.

    An overlap is an indication even where it leaves everything open. Two resemblances say nothing.
    """
    if relations.count(EQUIVALENT) > 1:
        assert found.established is Established.UNKNOWN
        return
    assert within(found.bounds or ANYTHING) == possible
    if found.established is Established.INDICATION:
        assert INTERSECT in relations or possible == set(DEGREES)
    else:
        assert found.established is STRONGEST[possible]
        assert INTERSECT not in relations or possible == set(DEGREES)


def frameworks(count: int) -> list[str]:
    """A provision each of so many frameworks."""
    return [f"{letter}:1" for letter in "zabcdefgh"[:count]]


CHAINS = [chain for length in (1, 2, 3) for chain in product(POSITIVE, repeat=length)]


@pytest.mark.parametrize("turned", [False, True])
def test_a_chain_establishes_the_strongest_that_is_true_in_all_its_models(turned):
    for relations, source in product(CHAINS, KNOWN):
        provisions = frameworks(len(relations) + 1)

        found = conclusion(chained(provisions, relations, turned), {provisions[0]: source}, provisions[-1])

        check(found, after_chain(source, relations), relations)


def test_containments_that_overlap_by_themselves_prove_and_a_stated_overlap_only_indicates():
    proved = [link("ccm:5", SUPERSET, "crpd:6"), link("crpd:6", SUBSET, "cedaw:3")]
    stated = [link("ccm:5", INTERSECT, "cedaw:3")]

    assert conclusion(proved, {"ccm:5": FULL}, "cedaw:3").established is Established.AT_LEAST_PARTLY
    assert conclusion(proved, {"ccm:5": NONE}, "cedaw:3").established is Established.AT_MOST_PARTLY
    assert conclusion(proved, {"ccm:5": PARTLY}, "cedaw:3").established is Established.INDICATION
    assert conclusion(stated, {"ccm:5": FULL}, "cedaw:3").established is Established.INDICATION


AROUND = [
    (before, beyond)
    for before in [(), *((relation,) for relation in POSITIVE if relation is not INTERSECT)]
    for length in range(3 - len(before))
    for beyond in product(POSITIVE, repeat=length)
    if (*before, *beyond).count(EQUIVALENT) < 2
]
"""The links between what is reported on and a part, and from the whole on."""


@pytest.mark.parametrize("turned", [False, True])
def test_a_joint_group_establishes_the_strongest_that_is_true_in_all_its_models(turned):
    for (before, beyond), parts in product(AROUND, product(KNOWN, repeat=2)):
        start, part, *on = frameworks(3 + len(beyond))
        part = part if before else start
        links = [*chained([start, part], before), *chained(on, beyond)]
        links += [link(one, SUBSET, on[0], group="both", turned=turned) for one in (part, "z:2")]

        found = conclusion(links, {start: parts[0], "z:2": parts[1]}, on[-1])

        check(found, after_group(parts, before, beyond), beyond)


def test_the_parts_of_a_whole_leave_exactly_the_degrees_that_a_model_of_them_has():
    for parts in product((*KNOWN, ANYTHING), repeat=2):
        assert within(jointly(parts)) == after_group(parts, (), ())


def test_three_sources_leave_exactly_the_degrees_that_a_model_of_them_all_has():
    attainable = {
        (
            degree(target, addressed),
            frozenset(
                (relation, degree(source, addressed))
                for relation, source in product(POSITIVE, PROVISIONS)
                if holds(relation, source, target, addressed)
            ),
        )
        for addressed, target in product(ADDRESSED, PROVISIONS)
    }
    for sources in combinations_with_replacement(list(product(POSITIVE, DEGREES)), 3):
        models = {reached_ for reached_, present in attainable if present.issuperset(sources)}
        claimed = combine(bounds_of(known, relation) for relation, known in sources)

        assert within(claimed) == models
        assert claimed.empty == (not models)


class Models:
    """All models, of any size, of some links and degrees among `provisions`.

    A kind of thing is told by the provisions that ask for it and by whether it is addressed. Links and
    degrees rule kinds out, and ask for one of some kinds to be there. Things do no harm to what is asked
    for, so if there is any model then one with a thing of each kind that is not ruled out is one.
    """

    def __init__(self, provisions: Sequence[str]) -> None:
        kinds = range(2 << len(provisions))
        self.addressed = sum(1 << kind for kind in kinds if kind & 1)
        self.asking = {
            provision: sum(1 << kind for kind in kinds if kind >> place & 1)
            for place, provision in enumerate(provisions, start=1)
        }
        self.ruled_out = 0
        self.there = list(self.asking.values())

    def linked(self, subject: str, relation: Relation, object_: str) -> None:
        source, target = self.asking[subject], self.asking[object_]
        if relation in (EQUAL, SUBSET):
            self.ruled_out |= source & ~target
        if relation in (EQUAL, SUPERSET):
            self.ruled_out |= target & ~source
        self.there.append(source & target if relation is INTERSECT else source)

    def exist(self, covered: dict[str, Bounds]) -> bool:
        """Whether there is any where these provisions are addressed to these degrees."""
        ruled_out, there = self.ruled_out, list(self.there)
        for provision, coverage in covered.items():
            asking = self.asking[provision]
            met, missed = asking & self.addressed, asking & ~self.addressed
            ruled_out |= missed if coverage == FULL else met if coverage == NONE else 0
            there += [met, missed] if coverage == PARTLY else []
        return all(kinds & ~ruled_out for kinds in there)


OPEN = None
LINKED = (OPEN, SUBSET, SUPERSET, INTERSECT)
"""How two provisions of a network are linked; `equal` is subset and superset at once, and left out."""


def networks(pairs: Sequence[tuple[str, str]]) -> Iterable[tuple[list[Link], Models]]:
    provisions = sorted({provision for pair in pairs for provision in pair})
    for relations in product(LINKED, repeat=len(pairs)):
        models, links = Models(provisions), []
        for (subject, object_), relation in zip(pairs, relations, strict=True):
            if relation is not OPEN:
                models.linked(subject, relation, object_)
                links.append(link(subject, relation, object_))
        yield links, models


def test_over_all_chains_of_a_network_one_source_proves_all_that_follows():
    """Two pivots, linked to each other or not, beside a direct link or none: 4,096 networks."""
    pairs = [("a:1", "d:1"), ("a:1", "b:1"), ("a:1", "c:1"), ("b:1", "c:1"), ("b:1", "d:1"), ("c:1", "d:1")]
    for links, models in networks(pairs):
        graph = Graph(links)
        for source in DEGREES:
            found = conclude("d:1", inferences(graph, {"a:1": source}, "d").get("d:1", []))

            possible = {one for one in DEGREES if models.exist({"a:1": source, "d:1": one})}
            assert within(found.bounds or ANYTHING) == possible


def test_two_sources_prove_all_that_follows_and_a_contradiction_shows_where_they_meet():
    pairs = [("a:1", "b:1"), ("a:2", "b:1"), ("b:1", "c:1"), ("a:1", "c:1"), ("a:2", "c:1")]
    for links, models in networks(pairs):
        graph = Graph(links)
        for one, other in product(DEGREES, repeat=2):
            known = {"a:1": one, "a:2": other}
            found = inferences(graph, known)
            told = {target: conclude(target, found.get(target, [])) for target in ("b:1", "c:1")}

            if models.exist(known):
                possible = {end for end in DEGREES if models.exist({**known, "c:1": end})}
                assert within(told["c:1"].bounds or NONE.meet(FULL)) == possible
            else:
                assert Established.CONFLICT in {end.established for end in told.values()}


def test_what_only_follows_by_elimination_is_not_concluded():
    """The stated limit: a whole in part, its one part not at all, so the other at least in part."""
    group = [link("b:1", SUBSET, "a:9", group="both"), link("b:2", SUBSET, "a:9", group="both")]
    links = [*group, link("a:1", EQUAL, "b:1")]

    found = conclusion(links, {"a:9": PARTLY, "a:1": NONE}, "b:2")

    assert found.established is Established.UNKNOWN
