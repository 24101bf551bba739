"""The engine as it ships: the newest thesaurus, its rubrics, and what a text is about by them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from domain.reading import signals
from domain.reading.lexicon import Lexicon
from schemas.rubrics import Rubric
from schemas.thesauri import Thesaurus
from services import yaml

CATALOGUE = Path(__file__).parents[2] / "catalogue"
WOMEN, DISABILITY, CHILDREN = "women-and-girls", "persons-with-disabilities", "children"


@cache
def thesaurus() -> Thesaurus:
    newest = max((CATALOGUE / "thesaurus").glob("*.yaml"))
    return Thesaurus.model_validate(yaml.parse(newest.read_bytes()))


@cache
def lexicon() -> Lexicon:
    return Lexicon(thesaurus())


@cache
def rubric(key: str) -> Rubric:
    return Rubric.model_validate(yaml.parse((CATALOGUE / "rubrics" / f"{key}.yaml").read_bytes()))


def themes_of(text: str, language: str) -> frozenset[str]:
    """What one passage is about."""
    return frozenset(signals.themes_of(text, language, lexicon()))
