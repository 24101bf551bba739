"""The paths that mappings make between provisions."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from domain.mappings.graph import Graph, Joint, Link, Path, PathKind, Step
from domain.mappings.rules import NO_TERM_FOUND, Relation, compose_all

EQUAL, EQUIVALENT, SUBSET, SUPERSET, INTERSECT, NOT_RELATED = Relation


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


def test_a_chain_that_proves_nothing_is_no_path():
    graph = Graph([link("ccm:5", SUBSET, "crpd:6"), link("crpd:6", SUPERSET, "cedaw:3")])

    assert routes(graph, "ccm:5") == [("ccm:5", "crpd:6")]


def test_a_chain_over_two_resemblances_is_no_path():
    graph = Graph(
        [link("a:1", EQUIVALENT, "b:1"), link("b:1", SUBSET, "c:1"), link("c:1", EQUIVALENT, "d:1")]
    )

    assert routes(graph, "a:1") == [("a:1", "b:1"), ("a:1", "b:1", "c:1")]


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


def test_a_path_may_stay_within_a_framework_but_not_return_to_one():
    graph = Graph(
        [link("ccm:5", SUBSET, "ccm:1"), link("ccm:1", SUBSET, "crpd:6"), link("crpd:6", SUBSET, "crpd:7")]
    )
    returning = Graph([link("ccm:5", SUBSET, "crpd:6"), link("crpd:6", SUBSET, "ccm:7")])

    assert routes(graph, "ccm:5", "crpd") == [
        ("ccm:5", "ccm:1", "crpd:6"),
        ("ccm:5", "ccm:1", "crpd:6", "crpd:7"),
    ]
    assert routes(graph, "crpd:7", "ccm") == [
        ("crpd:7", "crpd:6", "ccm:1"),
        ("crpd:7", "crpd:6", "ccm:1", "ccm:5"),
    ]
    assert routes(returning, "ccm:5") == [("ccm:5", "crpd:6")]


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


def some_links(seed: int) -> list[Link]:
    """Among four provisions of each of five frameworks; some link two of one framework."""
    random = Random(seed)
    provisions = [f"{framework}:{number}" for framework in "abcde" for number in range(4)]
    pairs = [random.sample(provisions, 2) for _ in range(60)]
    relations = random.choices(list(Relation), k=len(pairs))
    return [
        link(one, relation, other, 0.9, f"m{number}")
        for number, ((one, other), relation) in enumerate(zip(pairs, relations, strict=True))
    ]


def every_walk(links: list[Link], start: str, max_links: int) -> Iterator[Path]:
    """All walks, tried one link after the other without a thought for what they are worth."""
    steps = [(one.subject, Step.along(one)) for one in links] + [
        (one.object, Step.against(one)) for one in links
    ]
    walks = [Path.along(start)]
    for _ in range(max_links):
        walks = [walk.then([step]) for walk in walks for begin, step in steps if begin == walk.target]
        yield from walks


@pytest.mark.parametrize("seed", range(3))
def test_the_paths_are_all_simple_walks_that_prove_something_each_once(seed):
    links = some_links(seed)
    graph = Graph(links)
    expected = [
        walk
        for walk in every_walk(links, "a:1", 3)
        if walk.simple
        and compose_all(walk.relations)
        and (NOT_RELATED not in walk.relations or len(walk.steps) == 1)
    ]

    found = graph.paths("a:1")

    assert [path.mappings for path in found] != []
    assert sorted(path.mappings for path in found) == sorted(walk.mappings for walk in expected)
    for framework in "abcde":
        assert graph.paths("a:1", framework) == [path for path in found if path.framework == framework]


def test_the_paths_from_many_starts_are_those_of_each():
    graph = Graph(some_links(1))
    starts = [f"a:{number}" for number in range(4)]

    assert list(graph.paths_between(starts, "c")) == [
        path for start in starts for path in graph.paths(start, "c")
    ]


def joints(links: list[Link], starts: set[str]) -> list[tuple[str, str, Relation]]:
    return [(found.whole, found.paths[0].target, found.relation) for found in Graph(links).joint(starts)]


def together(*parts: str, whole: str, group: str = "g", mapping_set: str = "set") -> list[Link]:
    return [Link(part, whole, SUBSET, 0.9, f"{part}>{whole}", mapping_set, group) for part in parts]


def test_the_parts_of_a_joint_group_together_reach_the_whole_and_what_lies_behind_it():
    links = [*together("ccm:5", "ccm:6", whole="crpd:6"), link("crpd:6", SUPERSET, "cedaw:3")]

    assert joints(links, {"ccm:5", "ccm:6"}) == [("crpd:6", "crpd:6", EQUAL), ("crpd:6", "cedaw:3", SUPERSET)]
    assert joints(links, {"ccm:5"}) == []


def test_a_joint_group_adds_nothing_to_what_each_part_says_of_all_that_the_whole_lies_within():
    links = [*together("ccm:5", "ccm:6", whole="crpd:6"), link("crpd:6", SUBSET, "cedaw:3")]

    assert joints(links, {"ccm:5", "ccm:6"}) == [("crpd:6", "crpd:6", EQUAL)]


def test_a_joint_group_keeps_the_way_through_each_of_its_parts():
    links = [*together("crc:5", "crc:6", whole="crpd:6"), link("ccm:5", SUPERSET, "crc:6")]

    [found] = Graph(links).joint({"crc:5", "ccm:5"})

    assert isinstance(found, Joint)
    assert [path.provisions for path in found.paths] == [("crc:5", "crpd:6"), ("ccm:5", "crc:6", "crpd:6")]


def test_a_part_that_only_lies_within_what_is_reached_or_overlaps_with_it_is_not_reached_wholly():
    for relation, count in ((EQUAL, 1), (EQUIVALENT, 1), (SUPERSET, 1), (SUBSET, 0), (INTERSECT, 0)):
        links = [*together("crc:5", "crc:6", whole="crpd:6"), link("ccm:5", relation, "crc:6")]
        assert len(joints(links, {"crc:5", "ccm:5"})) == count


def test_a_joint_group_is_not_reached_over_two_resemblances():
    links = [*together("crc:5", "crc:6", whole="crpd:6"), link("ccm:5", EQUIVALENT, "crc:6")]
    links += [link("crpd:6", EQUIVALENT, "cedaw:3"), link("crpd:6", EQUAL, "cedaw:4")]

    assert [target for _, target, _ in joints(links, {"crc:5", "ccm:5"})] == ["crpd:6", "cedaw:4"]


def test_of_several_ways_to_a_part_the_shortest_counts_and_of_those_the_most_confident():
    links = [
        *together("crc:5", "crc:6", whole="crpd:6"),
        link("a:1", EQUAL, "b:1"),
        link("b:1", EQUAL, "crc:6"),
    ]
    links += [link("ccm:5", EQUAL, "crc:6", 0.5), link("ccm:7", EQUAL, "crc:6", 0.8)]

    [found] = Graph(links).joint({"crc:5", "ccm:5", "ccm:7", "a:1"})

    assert found.paths[1].start == "ccm:7"


def test_a_joint_group_may_be_part_of_another():
    links = [*together("a:1", "a:2", whole="b:1"), *together("b:1", "a:3", whole="c:1")]

    assert joints(links, {"a:1", "a:2", "a:3"}) == [("b:1", "b:1", EQUAL), ("c:1", "c:1", EQUAL)]


def test_members_belong_together_within_one_set_one_group_and_one_whole():
    apart = [
        [*together("a:1", whole="b:1"), *together("a:2", whole="b:1", mapping_set="another")],
        [*together("a:1", whole="b:1"), *together("a:2", whole="b:1", group="another")],
        [*together("a:1", whole="b:1"), *together("a:2", whole="b:2")],
        together("a:1", "a:1", whole="b:1"),
    ]

    assert [joints(links, {"a:1", "a:2"}) for links in apart] == [[], [], [], []]


def test_joint_groups_that_lead_in_a_circle_prove_nothing_of_each_other():
    links = [*together("b:1", "b:2", whole="c:1"), *together("c:1", "c:2", whole="b:1")]

    assert joints(links, {"b:2", "c:2"}) == []
