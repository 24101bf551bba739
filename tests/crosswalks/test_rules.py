"""From findings to coverage, and from inferences to what is said in words."""

from __future__ import annotations

import pytest

from domain.crosswalks.rules import (
    Established,
    Inference,
    SourceFinding,
    conclude,
    confidence,
    coverage,
    established,
)
from domain.mappings.graph import Link, Path, Step
from domain.mappings.rules import (
    ANYTHING,
    AT_LEAST_PARTLY,
    AT_MOST_PARTLY,
    FULL,
    NONE,
    PARTLY,
    Bounds,
    Relation,
)

EQUAL, EQUIVALENT, SUBSET, SUPERSET, INTERSECT, NOT_RELATED = Relation
KNOWN = (NONE, PARTLY, FULL, AT_LEAST_PARTLY, AT_MOST_PARTLY, ANYTHING)


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


def path(
    relation: Relation, start: str = "ccm:art-5", mapping: str = "", sure: float = 1.0, by: str = ""
) -> Path:
    """From `start` to crpd:art-6, directly or by way of an equal provision."""
    link = Link(by or start, "crpd:art-6", relation, sure, mapping or f"{start}>crpd:art-6", "set")
    first = [Step.along(Link(start, by, EQUAL, sure, f"{start}>{by}", "set"))] if by else []
    return Path.along(start, [*first, Step.along(link)])


def crossing(known: Bounds, relation: Relation, source: str = "ccm:art-5", sure: float = 1.0) -> Inference:
    return Inference.over((path(relation, source, sure=sure),), known, relation)


@pytest.mark.parametrize(
    ("relation", "full", "partly", "none"),
    [
        (EQUAL, "full", "partly", "none"),
        (EQUIVALENT, "full", "partly", "none"),
        (SUPERSET, "full", "unknown", "none"),
        (SUBSET, "at-least-partly", "partly", "at-most-partly"),
        (INTERSECT, "indication", "indication", "indication"),
        (NOT_RELATED, "unknown", "unknown", "unknown"),
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
    proof, hint = conclusion.statement.split(": ", 1)[1].split("; ")
    assert "no proof" not in proof
    assert hint.endswith("overlaps with it, which is an indication and no proof.")


def test_no_path_at_all_establishes_nothing():
    assert conclude("crpd:art-6", []).established is Established.UNKNOWN
    assert conclude("crpd:art-6", []).bounds == ANYTHING


def test_bounds_that_hold_nothing_are_a_conflict_even_where_something_is_indicated():
    assert established(FULL.meet(NONE), indicated=True) is Established.CONFLICT
    assert established(AT_LEAST_PARTLY.meet(NONE)) is Established.CONFLICT


def test_the_statement_says_what_is_established_and_from_what_it_follows():
    assert conclude("crpd:art-6", [crossing(FULL, SUBSET)]).statement == (
        "The report addresses the gender and diversity side of crpd:art-6 at least in part: "
        "that of ccm:art-5 is fully addressed and lies within it."
    )


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ([FULL], "addresses {} at least in part"),
        ([NONE], "does not fully address {}"),
        ([FULL, NONE], "addresses {} in part"),
        ([PARTLY], "may address {}"),
    ],
    ids=str,
)
def test_the_statement_of_an_indication_says_what_its_bounds_say_and_no_more(known, said):
    told = conclude(
        "crpd:art-6", [crossing(one, INTERSECT, f"ccm:art-{place}") for place, one in enumerate(known)]
    )

    side = said.format("the gender and diversity side of crpd:art-6")
    assert told.statement.startswith(f"There is an indication, not a proof, that the report {side}: that of ")


@pytest.mark.parametrize("relation", [*Relation])
@pytest.mark.parametrize("known", KNOWN, ids=str)
def test_every_statement_is_of_the_gender_and_diversity_side(known, relation):
    told = conclude("crpd:art-6", [crossing(known, relation)])

    assert "the gender and diversity side of crpd:art-6" in told.statement


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
        "that of ccm:art-5 is addressed in part and asks for the same."
    )


def test_the_statement_counts_the_reasons_that_it_does_not_tell():
    many = conclude("crpd:art-6", [crossing(PARTLY, EQUAL, f"ccm:art-{number}") for number in range(1, 7)])

    assert many.statement.count("addressed in part and asks for the same") == 3
    assert many.statement.endswith("; and 3 more.")


@pytest.mark.parametrize("relation", [*Relation])
@pytest.mark.parametrize("known", KNOWN, ids=str)
def test_every_inference_can_be_put_in_words(known, relation):
    told = conclude("crpd:art-6", [crossing(known, relation)])

    assert told.statement.endswith(".")
    assert "crpd:art-6" in told.statement


def test_the_statement_calls_provisions_by_their_titles_and_names_the_way():
    titles = {"ccm:art-5": "Victim assistance", "crpd:art-6": "Women", "cedaw:art-3": "Rights"}
    inference = Inference.over((path(SUBSET, by="cedaw:art-3"),), FULL, SUBSET)

    assert conclude("crpd:art-6", [inference], titles).statement == (
        "The report addresses the gender and diversity side of Women (crpd:art-6) at least in part: "
        "that of Victim assistance (ccm:art-5) is fully addressed and, by way of Rights (cedaw:art-3), "
        "lies within it."
    )


def test_the_statement_gives_a_reason_once_by_the_shortest_of_the_ways():
    long, short = (
        Inference.over((path(INTERSECT, mapping=by, by=by),), PARTLY, INTERSECT) for by in ("cedaw:art-3", "")
    )

    assert conclude("crpd:art-6", [long, short]).statement == (
        "There is an indication, not a proof, that the report may address the gender and diversity side of "
        "crpd:art-6: that of ccm:art-5 is addressed in part and overlaps with it."
    )


def test_the_statement_names_all_parts_of_a_joint_group():
    parts = tuple(path(SUBSET, f"ccm:art-{number}") for number in (5, 6, 7))
    joint = Inference.over(parts, FULL, EQUAL, "crpd:art-6")

    assert conclude("crpd:art-6", [joint]).statement == (
        "The report fully addresses the gender and diversity side of crpd:art-6: "
        "those of ccm:art-5, ccm:art-6 and ccm:art-7 are fully addressed and together ask for the same."
    )


def test_each_inference_says_what_it_would_establish_alone():
    said = [crossing(FULL, relation).says for relation in Relation]

    assert said == ["full", "full", "at-least-partly", "full", "indication", "unknown"]


def test_independent_inferences_strengthen_each_other():
    inferences = [crossing(FULL, EQUAL, sure=0.8), crossing(FULL, SUPERSET, "ccm:art-7", sure=0.5)]

    assert confidence(inferences) == pytest.approx(0.9)
    assert conclude("crpd:art-6", inferences).confidence == pytest.approx(0.9)


def test_inferences_that_share_a_mapping_count_once_whatever_their_order():
    shared = [
        Inference.over((path(EQUAL, start, "the last", 0.8, by="cedaw:art-3"),), FULL, EQUAL)
        for start in ("ccm:art-5", "ccm:art-7")
    ]

    assert confidence(shared) == confidence(shared[::-1]) == pytest.approx(0.64)


def test_what_one_set_says_twice_counts_once_and_what_two_sets_say_twice():
    said = Link("ccm:art-5", "crpd:art-6", SUBSET, 0.5, "first", "set")
    turned = Link("crpd:art-6", "ccm:art-5", SUPERSET, 0.4, "second", "set")
    elsewhere = Link("ccm:art-5", "crpd:art-6", SUBSET, 0.5, "third", "another")
    first, second, third = (
        Inference.over((Path.along("ccm:art-5", [step]),), FULL, SUBSET)
        for step in (Step.along(said), Step.against(turned), Step.along(elsewhere))
    )

    assert confidence([first, second]) == pytest.approx(0.5)
    assert confidence([first, second, third]) == pytest.approx(0.75)


def test_what_does_not_support_the_statement_gives_it_no_confidence():
    supporting = crossing(FULL, EQUAL, sure=0.5)
    weaker = crossing(FULL, SUBSET, "ccm:art-7", sure=0.9)
    silent = crossing(PARTLY, SUPERSET, "ccm:art-8", sure=0.9)

    assert conclude("crpd:art-6", [supporting, weaker, silent]).confidence == pytest.approx(0.5)
    assert conclude("crpd:art-6", [silent]).confidence == 0


def test_a_statement_with_two_sides_needs_both_to_hold():
    above, below = crossing(FULL, SUBSET, sure=0.5), crossing(NONE, SUBSET, "ccm:art-7", sure=0.5)
    both = crossing(PARTLY, EQUAL, "ccm:art-8", sure=0.5)

    assert conclude("crpd:art-6", [above, below]).confidence == pytest.approx(0.25)
    assert conclude("crpd:art-6", [above, below, both]).confidence == pytest.approx(0.625)


def resting_on(coverage_: Bounds, **mappings: float) -> Inference:
    """That something lies within the target, over mappings of these confidences."""
    links = [Link("a:1", "b:1", SUBSET, sure, mapping, mapping) for mapping, sure in mappings.items()]
    return Inference.over((Path.along("a:1", map(Step.along, links)),), coverage_, SUBSET)


def test_a_statement_with_two_sides_is_no_more_certain_than_either():
    above = [resting_on(FULL, first=0.8, third=0.6), resting_on(FULL, second=0.8, fourth=0.6)]
    below = resting_on(NONE, first=0.8, second=0.8)

    assert conclude("b:1", [*above, below]).confidence == pytest.approx(0.64)


def test_a_joint_group_is_as_certain_as_all_its_mappings_together():
    parts = tuple(path(SUBSET, f"ccm:art-{number}", sure=0.5) for number in (5, 6))

    assert Inference.over(parts, FULL, EQUAL, "crpd:art-6").confidence == pytest.approx(0.25)


def test_nothing_is_certain_in_a_conflict():
    found = conclude("crpd:art-6", [crossing(FULL, EQUAL), crossing(NONE, EQUAL, "ccm:art-7")])

    assert (found.established, found.confidence) == (Established.CONFLICT, 0)
