"""People who are named together are named each, and what is theirs is counted, not they."""

from __future__ import annotations

import pytest

from domain.reading.signals import detect
from tests.reading.shipped import lexicon


@pytest.mark.parametrize(
    ("language", "text", "key", "named"),
    [
        ("en", "Women and children protection desks.", "child-protection", "children protection"),
        ("en", "Children's and women's protection.", "child-protection", "Children's and women's protection"),
        (
            "en",
            "Abuse of women, girls and children.",
            "child-protection",
            "Abuse of women, girls and children",
        ),
        ("en", "Women's and children's rights.", "gender", "Women's and children's rights"),
        (
            "fr",
            "Les droits des femmes et des enfants.",
            "child-protection",
            "droits des femmes et des enfants",
        ),
        ("es", "La trata de mujeres y niños.", "trafficking", "trata de mujeres y niños"),
    ],
)
def test_who_is_named_beside_others_is_named(language: str, text: str, key: str, named: str) -> None:
    found = {(s.key, text[s.start : s.end]) for s in detect(text, language, lexicon())}
    assert (key, named) in found


@pytest.mark.parametrize(
    "text", ["Services to children and women, protection of land.", "For children and protection."]
)
def test_where_a_list_ends_nobody_else_is_named(text: str) -> None:
    assert not any(s.key == "child-protection" for s in detect(text, "en", lexicon()))


def test_the_desks_for_people_are_counted_not_the_people() -> None:
    def counted(text: str) -> set[str]:
        return {s.key for s in detect(text, "en", lexicon()) if s.key.startswith("figure.")}

    assert counted("They set up 96 women and children protection desks.") == set()
    assert counted("They treated 42 women and child survivors.") >= {"figure.women", "figure.children"}
