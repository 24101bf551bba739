"""The thesaurus and the rubric that ship, loaded once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from domain.reading.lexicon import Lexicon
from schemas.rubrics import Rubric
from schemas.thesauri import Thesaurus

CATALOGUE = Path(__file__).parents[2] / "catalogue"


@cache
def thesaurus() -> Thesaurus:
    path = CATALOGUE / "thesaurus" / "2026.3.yaml"
    return Thesaurus.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@cache
def lexicon() -> Lexicon:
    return Lexicon(thesaurus())


@cache
def rubric() -> Rubric:
    path = CATALOGUE / "rubrics" / "ccm-gender.yaml"
    return Rubric.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
