"""What names other conventions, bodies and women besides: what it is worth, and what it is not."""

from __future__ import annotations

import pytest

from tests.assessments.test_rules import findings

ALIGNED = [
    "A law on children was adopted to ensure consistency with the Convention on the Rights of the Child.",
    "Une loi a été adoptée en conformité avec la Convention relative aux droits de l'enfant.",
    "Se aprobó una ley en conformidad con la Convención sobre los Derechos del Niño.",
    "In response to the concluding observations of CEDAW the law was amended.",
    "À la suite des recommandations du Comité des droits de l'enfant, le Gouvernement a modifié la loi.",
    "A raíz de las recomendaciones del Comité de los Derechos del Niño, el Gobierno modificó la ley.",
]


@pytest.mark.parametrize("text", ALIGNED)
def test_a_measure_that_carries_out_another_convention_is_at_most_a_mention_of_a_link(text: str) -> None:
    proposal = findings(text)["cross-reporting"]
    assert proposal.level == 1
    assert proposal.why_not_higher is not None
    assert "measure that is described" in proposal.why_not_higher


@pytest.mark.parametrize(
    "text",
    [
        "The State ratified CEDAW in accordance with its Constitution.",
        "The law is in line with the Convention on the Rights of the Child.",
        "In its concluding observations CEDAW called for a law in line with the CRC.",
        "The law was not brought into line with the Convention on the Rights of the Child.",
    ],
)
def test_naming_another_convention_links_nothing(text: str) -> None:
    assert findings(text)["cross-reporting"].level == 0


@pytest.mark.parametrize(
    "text",
    [
        "The law on the status of women contains no discriminatory provisions.",
        "La loi sur l'égalité des sexes ne contient aucune disposition discriminatoire.",
        "La ley de igualdad de género no contiene ninguna disposición discriminatoria.",
    ],
)
def test_the_absence_of_what_is_bad_is_no_gap(text: str) -> None:
    assert findings(text)["institutions"].level != 0


def test_the_name_of_a_regional_body_protects_no_child() -> None:
    body = "ASEAN Commission for the Promotion and Protection of the Rights of Women and Children"
    assert findings(f"The State supports the {body}.")["child-protection"].level == 0


def test_a_number_of_women_is_no_result_of_child_protection() -> None:
    desks = "The prosecutors opened 12 women and children protection desks, in which 31 women work."
    assert findings(desks)["child-protection"].level == 2
    assert findings("Child protection desks helped 41 children.")["child-protection"].level == 3
