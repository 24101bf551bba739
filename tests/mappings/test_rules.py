"""Relations. What composes is proved against every small model, not against a table."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from domain.mappings.graph import PathKind
from domain.mappings.rules import (
    Relation,
    Statement,
    compose,
    compose_all,
    contradictions,
    inverse,
    predicate_of,
    relation_of,
    score_crosses,
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


def test_a_score_crosses_where_every_link_says_equal_and_the_scales_are_the_same():
    assert score_crosses([EQUAL, EQUAL], same_scale=True)
    assert not score_crosses([EQUAL, EQUAL], same_scale=False)
    assert not score_crosses([], same_scale=True)
    for other in set(Relation) - {EQUAL}:
        assert not score_crosses([EQUAL, other], same_scale=True)
