"""Relations and paths. What composes is proved against every small model, not against a table."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from domain.mappings.rules import (
    NO_TERM_FOUND,
    Graph,
    Link,
    PathKind,
    Relation,
    Statement,
    compose,
    compose_all,
    contradictions,
    inverse,
    predicate_of,
    relation_of,
)
from schemas.mappings import PathKind as PathKindOnTheWire
from schemas.mappings import RelationName

EQUAL, EQUIVALENT, SUBSET, SUPERSET, INTERSECT, NOT_RELATED = Relation
OF_SETS = (EQUAL, SUBSET, SUPERSET, INTERSECT)

# Every non-empty subset of three things, as bits.
PROVISIONS = range(1, 8)
HOLDS = {
    EQUAL: lambda a, b: a == b,
    SUBSET: lambda a, b: a & b == a,
    SUPERSET: lambda a, b: a & b == b,
    INTERSECT: lambda a, b: a & b != 0,
}
PAIRS = {
    relation: {pair for pair in product(PROVISIONS, repeat=2) if holds(*pair)}
    for relation, holds in HOLDS.items()
}


def possible_ends(chain: tuple[Relation, ...]) -> set[tuple[int, int]]:
    """The pairs of first and last provision that some model of the chain has."""
    pairs = {(a, a) for a in PROVISIONS}
    for relation in chain:
        pairs = {(a, c) for a, b in pairs for b2, c in PAIRS[relation] if b == b2}
    return pairs


@pytest.mark.parametrize("chain", [c for n in (1, 2, 3) for c in product(OF_SETS, repeat=n)])
def test_a_chain_claims_exactly_what_every_model_of_it_has_in_common(chain):
    proved = [relation for relation in OF_SETS if possible_ends(chain) <= PAIRS[relation]]
    strongest = min(proved, key=lambda relation: len(PAIRS[relation]), default=None)

    assert compose_all(chain) is strongest
    everything = set(product(PROVISIONS, repeat=2))
    assert possible_ends(chain) == (everything if strongest is None else PAIRS[strongest])


@pytest.mark.parametrize("chain", [c for n in (1, 2, 3) for c in product(Relation, repeat=n)])
def test_a_chain_read_backwards_proves_the_inverse(chain):
    forwards = compose_all(chain)
    backwards = compose_all([inverse(relation) for relation in reversed(chain)])

    assert backwards == (None if forwards is None else inverse(forwards))


@pytest.mark.parametrize("chain", list(product(Relation, repeat=3)))
def test_it_does_not_matter_which_two_links_are_joined_first(chain):
    if chain.count(EQUIVALENT) > 1:
        assert compose_all(chain) is None
        return
    first, second, third = chain
    early, late = compose(first, second), compose(second, third)

    assert (early and compose(early, third)) == (late and compose(first, late)) == compose_all(chain)


def test_equivalent_composes_with_every_relation_of_sets_but_not_with_itself():
    assert compose(EQUIVALENT, EQUIVALENT) is None
    assert compose_all([EQUIVALENT, SUBSET, EQUIVALENT]) is None
    assert compose(EQUIVALENT, EQUAL) is compose(EQUAL, EQUIVALENT) is EQUIVALENT
    assert [compose(EQUIVALENT, relation) for relation in (SUBSET, SUPERSET, INTERSECT)] == [
        SUBSET, SUPERSET, INTERSECT,
    ]  # fmt: skip


@pytest.mark.parametrize("relation", Relation)
def test_nothing_follows_from_not_related(relation):
    assert compose(NOT_RELATED, relation) is compose(relation, NOT_RELATED) is None


@pytest.mark.parametrize("relation", Relation)
def test_a_relation_survives_the_way_to_skos_and_back(relation):
    assert relation_of(*predicate_of(relation)) is relation


def test_broad_match_says_that_the_object_is_the_broader_one():
    assert relation_of("skos:broadMatch") is SUBSET
    assert relation_of("skos:narrowMatch") is SUPERSET


@pytest.mark.parametrize(
    ("predicate", "modifier"), [("skos:exactMatch", "Not"), ("owl:sameAs", None), ("skos:broader", None)]
)
def test_a_predicate_that_states_none_of_the_relations_is_none(predicate, modifier):
    assert relation_of(predicate, modifier) is None


def test_the_wire_and_the_domain_name_the_same_relations_and_kinds():
    assert list(get_args(RelationName)) == list(Relation)
    assert list(get_args(PathKindOnTheWire)) == list(PathKind)


@pytest.mark.parametrize(
    ("one", "other", "contradictory"),
    [
        (EQUAL, NOT_RELATED, True),
        (INTERSECT, NOT_RELATED, True),
        (EQUAL, SUBSET, True),
        (EQUAL, SUPERSET, True),
        (EQUAL, INTERSECT, True),
        (EQUAL, EQUAL, False),
        (EQUAL, EQUIVALENT, False),
        (EQUIVALENT, SUBSET, False),
        (SUBSET, SUPERSET, False),
        (SUBSET, INTERSECT, False),
        (NOT_RELATED, NOT_RELATED, False),
    ],
)
def test_statements_on_one_pair_contradict_each_other_whichever_way_round(one, other, contradictory):
    same_way = [Statement("ccm:a", "crpd:b", one, 1), Statement("ccm:a", "crpd:b", other, 2)]
    other_way = [Statement("ccm:a", "crpd:b", one, 1), Statement("crpd:b", "ccm:a", inverse(other), 2)]
    expected = {1: 2, 2: 1} if contradictory else {}

    assert contradictions(same_way) == contradictions(other_way) == expected


def test_statements_on_different_pairs_never_contradict_each_other():
    assert (
        contradictions([Statement("ccm:a", "crpd:b", EQUAL, 1), Statement("ccm:a", "crpd:c", NOT_RELATED, 2)])
        == {}
    )


def link(subject: str, relation: Relation, object_: str, confidence: float = 1.0, mapping: str = "") -> Link:
    return Link(subject, object_, relation, confidence, mapping or f"{subject}>{object_}", "set")


def routes(graph: Graph, start: str, to: str | None = None, max_links: int = 3) -> list[tuple[str, ...]]:
    return [path.provisions for path in graph.paths(start, to, max_links)]


def test_a_link_is_walked_both_ways_and_the_way_back_is_its_inverse():
    graph = Graph([link("ccm:5", SUBSET, "crpd:6", 0.8)])

    [there] = graph.paths("ccm:5", "crpd")
    [back] = graph.paths("crpd:6", "ccm")

    assert (there.kind, there.relation, there.confidence) == (PathKind.STATED, SUBSET, 0.8)
    assert (back.kind, back.relation, back.mappings) == (PathKind.INVERTED, SUPERSET, ("ccm:5>crpd:6",))


def test_a_chain_carries_its_composed_relation_and_the_product_of_its_confidences():
    graph = Graph([link("ccm:5", SUPERSET, "crpd:6", 0.8), link("cedaw:3", SUPERSET, "crpd:6", 0.5)])

    [path] = graph.paths("ccm:5", "cedaw")

    assert path.provisions == ("ccm:5", "crpd:6", "cedaw:3")
    assert path.relations == (SUPERSET, SUBSET)
    assert (path.kind, path.relation, path.confidence) == (PathKind.CHAINED, INTERSECT, pytest.approx(0.4))


def test_a_chain_that_proves_nothing_is_still_a_path():
    graph = Graph([link("ccm:5", SUBSET, "crpd:6"), link("crpd:6", SUPERSET, "cedaw:3")])

    [path] = graph.paths("ccm:5", "cedaw")

    assert path.relation is None


def test_all_paths_are_found_the_shortest_first_and_in_the_same_order_whatever_the_links_came_in():
    links = [
        link("ccm:5", EQUAL, "cedaw:3"),
        link("ccm:5", EQUAL, "crpd:6"),
        link("crpd:6", EQUAL, "cedaw:3"),
        link("crpd:6", EQUAL, "crc:2"),
        link("crc:2", EQUAL, "cedaw:2"),
        link("ccm:5", EQUAL, "cedaw:3", mapping="another set's"),
    ]
    expected = [
        ("ccm:5", "cedaw:3"),
        ("ccm:5", "cedaw:3"),
        ("ccm:5", "crpd:6", "cedaw:3"),
        ("ccm:5", "crpd:6", "crc:2", "cedaw:2"),
    ]

    assert routes(Graph(links), "ccm:5", "cedaw") == routes(Graph(links[::-1]), "ccm:5", "cedaw") == expected
    assert Graph(links).paths("ccm:5", "cedaw") == Graph(links[::-1]).paths("ccm:5", "cedaw")


def test_without_a_goal_every_framework_is_one():
    graph = Graph([link("ccm:5", EQUAL, "crpd:6"), link("crpd:6", EQUAL, "cedaw:3")])

    assert routes(graph, "ccm:5") == [("ccm:5", "crpd:6"), ("ccm:5", "crpd:6", "cedaw:3")]


@pytest.mark.parametrize(("max_links", "found"), [(0, 0), (1, 0), (2, 0), (3, 1)])
def test_a_path_has_at_most_as_many_links_as_asked(max_links, found):
    graph = Graph([link("a:1", EQUAL, "b:1"), link("b:1", EQUAL, "c:1"), link("c:1", EQUAL, "d:1")])

    assert len(graph.paths("a:1", "d", max_links)) == found


def test_a_path_never_visits_two_provisions_of_another_framework():
    graph = Graph(
        [link("ccm:5", EQUAL, "crpd:6"), link("crpd:6", EQUAL, "crpd:7"), link("crpd:7", EQUAL, "cedaw:3")]
    )

    assert routes(graph, "ccm:5") == [("ccm:5", "crpd:6")]


def test_a_path_may_begin_within_its_own_framework_but_not_come_back_to_it():
    graph = Graph(
        [link("ccm:5", SUPERSET, "ccm:5-1"), link("ccm:5-1", EQUAL, "crpd:6"), link("crpd:6", EQUAL, "ccm:7")]
    )

    assert routes(graph, "ccm:5") == [("ccm:5", "ccm:5-1"), ("ccm:5", "ccm:5-1", "crpd:6")]


def test_not_related_is_a_path_of_its_own_and_never_part_of_a_chain():
    graph = Graph(
        [
            link("ccm:5", EQUAL, "crpd:6"),
            link("crpd:6", NOT_RELATED, "cedaw:3"),
            link("cedaw:3", EQUAL, "crc:2"),
        ]
    )

    assert routes(graph, "ccm:5") == [("ccm:5", "crpd:6")]
    assert routes(graph, "crpd:6") == [("crpd:6", "ccm:5"), ("crpd:6", "cedaw:3")]


def test_two_provisions_without_a_counterpart_are_not_each_other_s():
    graph = Graph([link("ccm:5", EQUAL, NO_TERM_FOUND), link("crpd:6", EQUAL, NO_TERM_FOUND)])

    assert graph.paths("ccm:5") == []
