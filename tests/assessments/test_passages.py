"""Levels on passages as reports write them: plans, denials, hearsay, questions, figures, set phrases."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.assessments.rules import Source, judge
from domain.reading.signals import mark
from schemas.rubrics import Rubric
from tests.reading.shipped import CATALOGUE, lexicon

HERE = Path(__file__).parent
PASSAGES: list[dict[str, Any]] = yaml.safe_load((HERE / "passages.yaml").read_text())["passages"]
SENTENCES: list[dict[str, Any]] = yaml.safe_load((HERE / "plan.yaml").read_text())["sentences"]
LEAST = 0.95


def level(rubric: Rubric, criterion: str, text: str) -> int | None:
    asked = [item for item in rubric.criteria if item.key == criterion]
    source = Source(1, None, text, mark(text, (), lexicon()))
    (proposal,) = judge(rubric.model_copy(update={"criteria": asked}), lexicon(), [source])
    return proposal.level


def shipped(key: str) -> Rubric:
    return Rubric.model_validate(yaml.safe_load((CATALOGUE / "rubrics" / f"{key}.yaml").read_text()))


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_a_passage_gets_the_level_that_a_careful_focal_point_gives_it(language: str) -> None:
    rubric = shipped("ccm-gender")
    asked = [passage for passage in PASSAGES if passage["language"] == language]
    misses = [
        f"{passage['criterion']}: {passage['level']}, not {found}: {passage['text']}"
        for passage in asked
        if (found := level(rubric, passage["criterion"], passage["text"])) != passage["level"]
    ]

    assert len(misses) <= (1 - LEAST) * len(asked), "\n".join(misses)


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_a_sentence_of_a_plan_addresses_the_measure_that_it_speaks_of(language: str) -> None:
    rubric = shipped("gcm-six-steps")
    misses = [
        f"{sentence['measure']}: {sentence['level']}, not {found}: {sentence['text']}"
        for sentence in SENTENCES
        if sentence["language"] == language
        and (found := level(rubric, sentence["measure"], sentence["text"])) != sentence["level"]
    ]

    assert misses == []


def test_the_passages_cover_every_criterion_level_and_language_in_balance() -> None:
    assert len(PASSAGES) >= 200
    assert {p["criterion"] for p in PASSAGES} == {c.key for c in shipped("ccm-gender").criteria}
    languages = Counter(p["language"] for p in PASSAGES)
    levels = Counter(p["level"] for p in PASSAGES)
    assert min(languages.values()) > 0.8 * max(languages.values())
    assert min(levels[level] for level in (0, 1, 2, 3)) >= 40
