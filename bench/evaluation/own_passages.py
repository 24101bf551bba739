"""Passages that we wrote and labelled ourselves: does each get the level that a careful reader gives it?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.evaluation.engine import CATALOGUE, rubric, thesaurus
from domain.assessments.appraisal import Material, appraise
from services import yaml

PASSAGES = CATALOGUE.parent / "tests" / "assessments" / "passages.yaml"
RUBRIC = "ccm-gender"


def decisions(path: Path = PASSAGES) -> Iterator[tuple[int | None, int | None]]:
    """The labelled and the proposed level of each passage; none is *not applicable*."""
    for passage in yaml.parse(path.read_bytes())["passages"]:
        yield passage["level"], proposed(passage)


def proposed(passage: dict[str, Any]) -> int | None:
    document = rubric(passage.get("rubric", RUBRIC)).model_dump_json()
    material = Material(1, None, None, passage["text"])
    appraisal = appraise(document, thesaurus().model_dump_json(), [material])
    return next(found.level for found in appraisal.proposals if found.criterion == passage["criterion"])
