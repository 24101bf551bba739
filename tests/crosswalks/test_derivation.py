"""Which evidence is handed on to which provision."""

from __future__ import annotations

import pytest

from domain.crosswalks.derivation import Report, Reported, Surroundings, items
from domain.crosswalks.fitting import Asked, Themes, piece
from domain.crosswalks.rules import inferences
from domain.mappings.graph import Graph, Link
from domain.mappings.rules import Relation

PIECES = {
    "politics": piece(Themes(frozenset({"participation"})), Themes()),
    "clinics": piece(Themes(frozenset({"health", "gender-equality"})), Themes()),
    "no subject": piece(Themes(), Themes()),
}


def quoted(relation: Relation, *subjects: str) -> list[str]:
    """Of the evidence on ccm:art-5, what is to be quoted on a provision about these subjects."""
    report = Report([Reported("care", ["ccm:art-5"], 2, True, PIECES)])
    graph = Graph([Link("ccm:art-5", "cedaw:art-12", relation, 0.8, "mapping", "set")])
    about = {"cedaw:art-12": Asked(Themes(frozenset(subjects)))} if subjects else {}
    [item] = items(report, inferences(graph, report.known), Surroundings({}, {}, about, ()))
    assert item["provision"] == "cedaw:art-12"
    found: list[str] = item["reuse"]
    return found


@pytest.mark.parametrize("relation", [Relation.SUBSET, Relation.SUPERSET, Relation.INTERSECT])
def test_what_is_quoted_shares_a_subject_with_the_provision_where_that_has_any(relation: Relation):
    assert quoted(relation, "health") == ["clinics"]
    assert quoted(relation, "education") == []
    assert quoted(relation) == [*PIECES]


@pytest.mark.parametrize("relation", [Relation.EQUAL, Relation.EQUIVALENT])
def test_all_is_quoted_on_a_provision_that_asks_for_the_same(relation: Relation):
    assert quoted(relation, "education") == [*PIECES]
