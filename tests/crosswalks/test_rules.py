"""What crosses to another framework, proved against every small model.

A model is: four things that provisions may ask for, the things that the report addresses, and the
provisions as non-empty subsets. `equivalent` is given its weakest reading, that both provisions are
addressed to the same degree, so that whatever is proved here holds under any stronger one.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import combinations_with_replacement, product

import pytest

from domain.crosswalks.rules import (
    ANYTHING,
    AT_LEAST_PARTLY,
    AT_MOST_PARTLY,
    FULL,
    NONE,
    PARTLY,
    Bounds,
    Established,
    Inference,
    SourceFinding,
    bounds_of,
    combine,
    conclude,
    confidence,
    coverage,
    established,
    jointly,
)
from domain.mappings.rules import Link, Path, Relation, Step, compose_all

EQUAL, EQUIVALENT, SUBSET, SUPERSET, INTERSECT, NOT_RELATED = Relation
POSITIVE = (EQUAL, EQUIVALENT, SUBSET, SUPERSET, INTERSECT)
DEGREES = (NONE, PARTLY, FULL)
KNOWN = (*DEGREES, AT_LEAST_PARTLY, AT_MOST_PARTLY, ANYTHING)

# Sets are bits. Four things suffice: two of a provision may be addressed and two not.
PROVISIONS = range(1, 16)
ADDRESSED = range(16)


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
def targets(relation: Relation, source: int, addressed: int) -> frozenset[int]:
    return frozenset(target for target in PROVISIONS if holds(relation, source, target, addressed))


@cache
def possible(chain: tuple[Relation, ...], source: Bounds) -> frozenset[Bounds]:
    """The degrees of the last provision in all models where the first is addressed to the degree `source`."""
    return frozenset(
        degree(target, addressed) for addressed in ADDRESSED for target in _reached(chain, source, addressed)
    )


@cache
def _reached(chain: tuple[Relation, ...], source: Bounds, addressed: int) -> frozenset[int]:
    if not chain:
        return frozenset(first for first in PROVISIONS if degree(first, addressed) == source)
    before = _reached(chain[:-1], source, addressed)
    return frozenset(target for middle in before for target in targets(chain[-1], middle, addressed))


def allowed(bounds: Bounds) -> frozenset[Bounds]:
    """The degrees that lie within the bounds."""
    return frozenset(one for one in DEGREES if not bounds.meet(one).empty)


CHAINS = [chain for length in (1, 2, 3) for chain in product(POSITIVE, repeat=length)]


@pytest.mark.parametrize("chain", CHAINS, ids="-".join)
def test_a_chain_claims_what_all_models_allow_and_nothing_that_one_contradicts(chain):
    """Exactly the possible degrees remain, save after two resemblances, where nothing may be claimed."""
    for source in DEGREES:
        claimed = allowed(bounds_of(source, compose_all(chain)))
        if chain.count(EQUIVALENT) > 1:
            assert claimed == set(DEGREES)
        else:
            assert claimed == possible(chain, source)


@pytest.mark.parametrize("relation", POSITIVE)
@pytest.mark.parametrize("source", KNOWN, ids=str)
def test_what_is_only_partly_known_of_the_source_says_no_more_than_its_cases_together(source, relation):
    cases = frozenset().union(*(possible((relation,), degree_) for degree_ in allowed(source)))

    assert allowed(bounds_of(source, relation)) == cases


@cache
def attainable() -> frozenset[tuple[Bounds, frozenset[tuple[Relation, Bounds]]]]:
    """Per degree of a target: the sources, as relation and degree, that one model has at once."""
    found = set()
    for addressed, target in product(ADDRESSED, PROVISIONS):
        sources = frozenset(
            (relation, degree(source, addressed))
            for relation, source in product(POSITIVE, PROVISIONS)
            if holds(relation, source, target, addressed)
        )
        found.add((degree(target, addressed), sources))
    return frozenset(found)


def test_two_or_three_sources_leave_exactly_the_degrees_that_a_model_of_them_all_has():
    for sources in combinations_with_replacement(list(product(POSITIVE, DEGREES)), 3):
        models = {reached for reached, present in attainable() if present.issuperset(sources)}
        claimed = combine(bounds_of(known, relation) for relation, known in sources)

        assert allowed(claimed) == models
        assert claimed.empty == (not models)


def test_the_parts_of_a_whole_leave_exactly_the_degrees_that_a_model_of_them_has():
    models: dict[tuple[Bounds, ...], set[Bounds]] = defaultdict(set)
    for addressed, one, other in product(ADDRESSED, PROVISIONS, PROVISIONS):
        parts = (degree(one, addressed), degree(other, addressed))
        models[parts].add(degree(one | other, addressed))

    for one, other in product(KNOWN, repeat=2):
        cases = frozenset().union(*(models[pair] for pair in product(allowed(one), allowed(other))))
        assert allowed(jointly([one, other])) == cases


def levels(*given: int | None) -> list[SourceFinding]:
    return [SourceFinding(f"criterion-{number}", level) for number, level in enumerate(given)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((3,), FULL),
        ((3, 3), FULL),
        ((0, 0), NONE),
        ((1,), PARTLY),
        ((2,), PARTLY),
        ((3, 2), PARTLY),
        ((3, 0), PARTLY),
        ((0, 1), PARTLY),
    ],
)
def test_a_provision_is_covered_fully_at_threes_only_and_not_at_all_at_zeros_only(given, expected):
    assert coverage(levels(*given)) == expected


@pytest.mark.parametrize("given", [(), (None,), (None, None)])
def test_nothing_crosses_where_nothing_was_assessed(given):
    assert coverage(levels(*given)) is None


def test_not_applicable_is_not_zero():
    not_applicable = SourceFinding("employment", None, applicable=False)

    assert coverage([not_applicable]) is None
    assert coverage([not_applicable, *levels(3)]) == FULL
    assert coverage([SourceFinding("employment", 0, applicable=False), *levels(3)]) == FULL


@pytest.mark.parametrize(
    ("given", "expected"),
    [((3, None), AT_LEAST_PARTLY), ((0, None), AT_MOST_PARTLY), ((1, None), PARTLY), ((3, 0, None), PARTLY)],
)
def test_a_criterion_that_is_not_assessed_leaves_open_what_it_would_settle(given, expected):
    assert coverage(levels(*given)) == expected


def crossing(known: Bounds, relation: Relation | None, source: str = "ccm:art-5") -> Inference:
    return Inference(source, known, relation)


@pytest.mark.parametrize(
    ("relation", "full", "partly", "none"),
    [
        (EQUAL, "full", "partly", "none"),
        (EQUIVALENT, "full", "partly", "none"),
        (SUPERSET, "full", "unknown", "none"),
        (SUBSET, "at-least-partly", "partly", "at-most-partly"),
        (INTERSECT, "indication", "indication", "indication"),
        (NOT_RELATED, "unknown", "unknown", "unknown"),
        (None, "unknown", "unknown", "unknown"),
    ],
)
def test_what_one_path_establishes(relation, full, partly, none):
    words = [
        conclude("crpd:art-6", [crossing(known, relation)]).established for known in (FULL, PARTLY, NONE)
    ]

    assert words == [full, partly, none]


def test_an_indication_states_its_open_bound():
    some = conclude("crpd:art-6", [crossing(FULL, INTERSECT)])
    not_all = conclude("crpd:art-6", [crossing(NONE, INTERSECT)])

    assert (some.established, some.bounds) == (Established.INDICATION, AT_LEAST_PARTLY)
    assert (not_all.established, not_all.bounds) == (Established.INDICATION, AT_MOST_PARTLY)


def test_indications_never_add_up_to_something_established():
    both = conclude("crpd:art-6", [crossing(FULL, INTERSECT), crossing(NONE, INTERSECT, "ccm:art-7")])

    assert (both.established, both.bounds) == (Established.INDICATION, PARTLY)


def test_an_indication_beside_a_proof_narrows_the_bounds_but_not_what_is_established():
    both = conclude("crpd:art-6", [crossing(FULL, SUBSET), crossing(NONE, INTERSECT, "ccm:art-7")])

    assert (both.established, both.bounds) == (Established.AT_LEAST_PARTLY, PARTLY)


def test_proofs_from_several_provisions_join_to_the_stronger_statement():
    both = conclude("crpd:art-6", [crossing(FULL, SUBSET), crossing(NONE, SUBSET, "ccm:art-7")])

    assert (both.established, both.bounds) == (Established.PARTLY, PARTLY)


@pytest.mark.parametrize("other", [crossing(NONE, EQUAL), crossing(NONE, SUPERSET), crossing(NONE, SUBSET)])
def test_proofs_that_exclude_each_other_are_a_conflict_without_bounds(other):
    conclusion = conclude("crpd:art-6", [crossing(FULL, EQUAL), other])

    assert (conclusion.established, conclusion.bounds) == (Established.CONFLICT, None)


def test_an_indication_against_a_proof_is_a_conflict_for_a_person():
    conclusion = conclude("crpd:art-6", [crossing(NONE, EQUAL), crossing(FULL, INTERSECT, "ccm:art-7")])

    assert conclusion.established is Established.CONFLICT
    assert "ccm:art-5" in conclusion.statement
    assert "ccm:art-7" in conclusion.statement


def test_no_path_at_all_establishes_nothing():
    assert conclude("crpd:art-6", []).established is Established.UNKNOWN
    assert conclude("crpd:art-6", []).bounds == ANYTHING


def test_bounds_that_hold_nothing_are_a_conflict_even_where_something_is_indicated():
    assert established(FULL.meet(NONE), indicated=True) is Established.CONFLICT
    assert established(AT_LEAST_PARTLY.meet(NONE)) is Established.CONFLICT


def test_the_statement_says_what_is_established_and_from_what_it_follows():
    assert conclude("crpd:art-6", [crossing(FULL, SUBSET)]).statement == (
        "The report addresses the gender and diversity side of crpd:art-6 at least in part: "
        "ccm:art-5 is fully addressed and lies within it."
    )


def test_the_statement_gives_each_reason_once_and_leaves_out_what_proves_nothing():
    told = conclude(
        "crpd:art-6",
        [
            crossing(PARTLY, EQUAL),
            crossing(PARTLY, EQUAL),
            crossing(PARTLY, SUPERSET),
            crossing(PARTLY, INTERSECT),
        ],
    )

    assert told.statement == (
        "The report addresses the gender and diversity side of crpd:art-6 in part: "
        "ccm:art-5 is addressed in part and asks for the same."
    )


def test_the_statement_counts_the_reasons_that_it_does_not_tell():
    many = conclude("crpd:art-6", [crossing(PARTLY, EQUAL, f"ccm:art-{number}") for number in range(1, 7)])

    assert many.statement.count("addressed in part and asks for the same") == 3
    assert many.statement.endswith("; and 3 more.")


@pytest.mark.parametrize("relation", [*Relation, None])
@pytest.mark.parametrize("known", KNOWN, ids=str)
def test_every_inference_can_be_put_in_words(known, relation):
    told = conclude("crpd:art-6", [crossing(known, relation)])

    assert told.statement.endswith(".")
    assert "crpd:art-6" in told.statement


def path(confidence_: float, *mappings: str, relation: Relation = EQUAL) -> Path:
    links = [Link("ccm:art-5", "crpd:art-6", relation, 1.0, mapping, "set") for mapping in mappings[:-1]]
    links.append(Link("ccm:art-5", "crpd:art-6", relation, confidence_, mappings[-1], "set"))
    return Path("ccm:art-5", tuple(Step(link, False, relation, link.object, "crpd") for link in links))


def test_independent_paths_strengthen_each_other():
    assert confidence([path(0.8, "a"), path(0.5, "b")]) == pytest.approx(0.9)


def test_paths_that_share_a_mapping_count_once_whatever_their_order():
    paths = [path(0.5, "a", "b"), path(0.8, "a", "c")]

    assert confidence(paths) == confidence(paths[::-1]) == pytest.approx(0.8)


def test_paths_that_prove_nothing_give_no_confidence():
    chained_indications = path(0.9, "a", "b", relation=INTERSECT)

    assert confidence([]) == confidence([chained_indications, path(0.9, "c", relation=NOT_RELATED)]) == 0
