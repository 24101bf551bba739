"""A thesaurus is refused when it would misread, and the shipped one is sound."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.reading.lexicon import Lexicon, Match
from domain.reading.signals import terms_in
from schemas.thesauri import Thesaurus
from tests.reading.shipped import lexicon, rubric, thesaurus


def minimal(**women: Any) -> dict[str, Any]:
    words = {"en": ["word"]}
    cue = {"terms": words}
    concept = {"label": {"en": "women"}, "terms": {"en": ["women"]}}
    return {
        "key": "1",
        "languages": ["en"],
        "concepts": [{"key": "women", **concept, **women}],
        "acts": [{"key": "act.done", **concept, "terms": {"en": ["trained"]}}],
        "negation": cue,
        "hedging": cue,
        "attribution": {
            **dict.fromkeys(("speakers", "verbs", "phrases", "own"), words),
            "remarks": cue,
        },
        "clauses": dict.fromkeys(("hard", "soft", "dependent"), words),
        "figures": {
            "counts": ["women"],
            **dict.fromkeys(("numbers", "percent", "money", "references", "units"), words),
        },
        "results": [["figure.women"]],
    }


@pytest.mark.parametrize(
    "terms",
    [
        {"en": ["woman|women"]},
        {"en": ["wom*"]},
        {"en": ["*women"]},
        {"en": ["wo*men"]},
        {"en": ["women", "Women"]},
        {"en": ["… women"]},
        {"en": [""]},
        {"en": []},
        {"en": ["women"], "fr": ["femmes"]},
        {},
    ],
)
def test_terms_that_would_misread_are_refused(terms: dict[str, list[str]]) -> None:
    Thesaurus.model_validate(minimal())
    with pytest.raises(ValidationError):
        Thesaurus.model_validate(minimal(terms=terms))


def test_keys_are_unique_and_figures_count_known_concepts() -> None:
    with pytest.raises(ValidationError, match="used twice"):
        Thesaurus.model_validate(minimal(key="act.done"))
    with pytest.raises(ValidationError, match="unknown concepts"):
        Thesaurus.model_validate(minimal(key="girls"))


def test_a_thesaurus_survives_its_own_json() -> None:
    assert Thesaurus.model_validate_json(thesaurus().model_dump_json()) == thesaurus()


def test_every_term_fires_its_own_concept() -> None:
    """No term is lost to punctuation, accents or its own exclusions."""
    silent = [
        (concept.key, term)
        for concept in thesaurus().concepts
        for language, terms in concept.terms.items()
        for term in terms
        if concept.key not in {m.key for m in matches(term.replace("…", "some").replace("*", ""), language)}
    ]
    assert silent == []


def matches(text: str, language: str) -> list[Match]:
    return terms_in(text.replace("#", "12"), language, lexicon())


def test_the_languages_have_the_same_depth() -> None:
    sizes = [
        sum(len(concept.terms[language]) for concept in thesaurus().concepts)
        for language in thesaurus().languages
    ]
    assert min(sizes) > 0.85 * max(sizes)


def test_a_concept_carries_its_themes() -> None:
    assert lexicon().themes_of(["girls", "training", "act.done"]) == [
        "women-and-girls",
        "children",
        "training",
    ]
    assert Lexicon(Thesaurus.model_validate(minimal())).themes_of(["women"]) == []


def test_the_shipped_rubric_has_sixteen_criteria_in_three_languages() -> None:
    criteria = rubric().criteria
    assert len(criteria) == 16
    assert all(set(c.title) == set(c.gap or {}) == {"en", "fr", "es"} for c in criteria)
