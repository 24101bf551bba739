"""A thesaurus is refused when it would misread, and the shipped one is sound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from domain.reading.lexicon import THEME, TREATY, Lexicon, Match, vocabulary
from domain.reading.signals import terms_found, terms_in, themes_of
from domain.reading.terms import words_of
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
        {"en": ['"women', 'men"']},
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


def written_out(term: str) -> str:
    """A text in which the term stands."""
    return term.replace("…", "so").replace("*", "").replace("#", "12")


def listed(excluding: bool) -> Iterator[tuple[str, str, str]]:
    """Every term of the shipped edition: the key that it fires or excludes, its language, the term."""
    for key, terms, excludes in vocabulary(thesaurus()):
        if excludes == excluding:
            yield from ((key, language, term) for language in terms for term in terms[language])


def test_every_term_fires() -> None:
    """No term is lost to punctuation, accents or the exclusions of its own key."""
    silent = [
        (key, language, term)
        for key, language, term in listed(excluding=False)
        if key not in {match.key for match in terms_in(written_out(term), language, lexicon())}
    ]
    assert silent == []


def test_every_exclusion_covers_a_term() -> None:
    dead = [
        (key, language, term)
        for key, language, term in listed(excluding=True)
        if not covers_a_term(key, terms_found(written_out(term), language, lexicon()))
    ]
    assert dead == []


def covers_a_term(key: str, found: list[Match]) -> bool:
    """Whether an exclusion of the key stands over a term of the key, or of a concept of its theme."""
    theme = key.removeprefix(THEME)
    return any(
        match.within(other)
        for other in found
        if other.excludes and other.key == key
        for match in found
        if not match.excludes and (match.key == key or theme in lexicon().themes_told(match.key))
    )


def test_no_term_is_listed_twice_in_other_letters() -> None:
    """`élevés` and `élèves` are the same words to the reader, as are `year-old` and `year old`."""
    spelled = Counter(
        (key, language, excludes, tuple(words_of(term)))
        for key, terms, excludes in vocabulary(thesaurus())
        for language in terms
        for term in terms[language]
    )
    assert [entry for entry, times in spelled.items() if times > 1] == []


def test_no_term_fires_on_texts_of_other_subjects() -> None:
    fired = [
        (match.key, text[match.start : match.end])
        for language, texts in neutral().items()
        for text in texts
        for match in terms_in(text, language, lexicon())
        if match.key in lexicon().concepts or match.key.startswith((THEME, TREATY))
    ]
    assert fired == []


def neutral() -> dict[str, list[str]]:
    texts: dict[str, list[str]] = yaml.safe_load(
        Path(__file__).with_name("neutral.yaml").read_text(encoding="utf-8")
    )
    return texts


def test_the_languages_have_the_same_depth() -> None:
    """As a whole, and in each family of words; a language with more inflections may list more forms."""
    families = [(entry.key, entry.terms) for entry in (*thesaurus().concepts, *thesaurus().themes)]
    whole = [sum(len(terms[language]) for _, terms in families) for language in thesaurus().languages]
    shallow = [
        key
        for key, terms in families
        if 4 * min(len(words) for words in terms.values()) < max(len(words) for words in terms.values())
    ]
    assert min(whole) > 0.8 * max(whole)
    assert shallow == []


def test_a_theme_needs_no_concept_and_is_told_by_those_that_carry_it() -> None:
    themes = [{"key": "rights", "terms": {"en": ["treaty"]}, "exclusions": {"en": ["women and men"]}}]
    read = Lexicon(Thesaurus.model_validate(minimal(themes=["rights"]) | {"themes": themes}))
    assert themes_of("The treaty.", "en", read) == ("rights",)
    assert themes_of("Of women.", "en", read) == ("rights",)
    assert themes_of("Of women and men.", "en", read) == ()
    assert themes_of("Of nobody.", "en", read) == ()


def test_the_themes_of_a_thesaurus_are_named_once() -> None:
    theme = {"key": "rights", "terms": {"en": ["treaty"]}}
    with pytest.raises(ValidationError, match="used twice"):
        Thesaurus.model_validate(minimal() | {"themes": [theme, theme]})


def test_the_shipped_rubric_has_sixteen_criteria_in_three_languages() -> None:
    criteria = rubric().criteria
    assert len(criteria) == 16
    assert all(set(c.title) == set(c.gap or {}) == {"en", "fr", "es"} for c in criteria)
