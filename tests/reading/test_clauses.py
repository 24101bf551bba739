"""Who speaks in a sentence, and what numbers with two sides count."""

from __future__ import annotations

import pytest

from domain.reading.signals import detect
from tests.reading.shipped import lexicon


def keys(text: str, language: str) -> set[str]:
    return {signal.key for signal in detect(text, language, lexicon())}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "How many women sit on the committee?"),
        ("fr", "Combien de femmes siègent au comité ?"),
        ("es", "¿Cuántas mujeres integran el comité?"),
        ("en", "Please describe the measures for women with disabilities."),
        ("fr", "Veuillez décrire les mesures en faveur des femmes handicapées."),
        ("es", "Sírvanse describir las medidas para las mujeres con discapacidad."),
    ],
)
def test_who_asks_tells_nothing(language: str, text: str) -> None:
    assert "attribution" in keys(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Women's organisations were invited to every session."),
        ("fr", "Les organisations de femmes ont été invitées à chaque séance."),
        ("es", "Las organizaciones de mujeres fueron invitadas a cada sesión."),
    ],
)
def test_those_who_are_invited_say_nothing(language: str, text: str) -> None:
    assert "attribution" not in keys(text, language)


@pytest.mark.parametrize(
    ("language", "other", "own"),
    [
        (
            "en",
            "The delegation of Norland noted the gender policy.",
            "The delegation noted the gender policy.",
        ),
        (
            "fr",
            "La délégation de la Norlande a salué la politique de genre.",
            "La délégation a salué la politique de genre.",
        ),
        (
            "es",
            "La delegación de Norlandia señaló la política de género.",
            "La delegación señaló la política de género.",
        ),
    ],
)
def test_the_delegation_of_another_state_is_not_the_state(language: str, other: str, own: str) -> None:
    assert "attribution" in keys(other, language)
    assert "attribution" not in keys(own, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Ms. Ada Brown, Gender Adviser, Ministry of Defence"),
        ("fr", "Mme Anne Petit, cheffe du service des droits des femmes"),
        ("es", "Sra. Rosa Paz, Directora de la Unidad de Género"),
    ],
)
def test_names_and_functions_state_nothing(language: str, text: str) -> None:
    assert keys(text, language) == set()


def test_a_person_who_acts_is_more_than_a_name() -> None:
    assert "gender" in keys("Ms. Ada Brown was appointed gender adviser.", "en")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Women hold 7 of the 20 seats."),
        ("fr", "Parmi les sièges, 7 sur 20 reviennent à des femmes."),
        ("es", "Las mujeres ocupan 7 de los 20 puestos."),
        ("en", "The number of women on the teams grew from 14 to 23."),
        ("es", "El número de mujeres pasó de 14 a 23."),
    ],
)
def test_a_share_and_a_range_count_what_stands_on_either_side(language: str, text: str) -> None:
    assert "figure.women" in keys(text, language)
