"""The sample reports get the levels that a careful reader gave them, in all three languages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.assessments.appraisal import Appraisal, Material, appraise
from domain.reading.documents import sniff
from tests.reading.shipped import rubric, thesaurus

SAMPLES = Path(__file__).parents[2] / "catalogue" / "samples"
REPORTS: list[dict[str, Any]] = yaml.safe_load((SAMPLES / "expected.yaml").read_text())["reports"]


@cache
def appraised(name: str) -> Appraisal:
    content = (SAMPLES / name).read_bytes()
    material = Material(1, None, sniff(name, content, None), content)
    return appraise(rubric().model_dump_json(), thesaurus().model_dump_json(), [material])


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report["state"])
def test_levels_are_those_of_a_careful_reader(report: dict[str, Any]) -> None:
    proposed = {item.criterion: item.level for item in appraised(report["document"]).proposals}

    assert proposed == {key: expected["level"] for key, expected in report["findings"].items()}


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report["state"])
def test_evidence_stands_in_a_paragraph_that_the_reader_named(report: dict[str, Any]) -> None:
    appraisal = appraised(report["document"])
    paragraph_at = {(passage.start, passage.end): passage.paragraph for passage in appraisal.read[0].passages}
    elsewhere = [
        item.criterion
        for item in appraisal.proposals
        if item.level
        and not {str(number) for number in report["findings"][item.criterion]["paragraphs"]}
        & {paragraph_at[evidence.start, evidence.end] for evidence in item.evidence}
    ]

    assert elsewhere == []


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report["state"])
def test_a_level_above_none_cites_the_text_word_for_word(report: dict[str, Any]) -> None:
    appraisal = appraised(report["document"])
    text = appraisal.read[0].text

    assert all(item.evidence for item in appraisal.proposals if item.level)
    for item in (evidence for proposal in appraisal.proposals for evidence in proposal.evidence):
        assert text[item.start : item.end] == item.text


def test_two_appraisals_are_the_same() -> None:
    appraised.cache_clear()
    first = appraised("xaa-2024.pdf")
    appraised.cache_clear()

    assert appraised("xaa-2024.pdf") == first
