"""What the levels of all criteria come to, by rules that stand in the rubric."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.assessments.appraisal import Material, appraise
from domain.assessments.rules import unknown_concepts
from domain.assessments.scores import Score, assessed, score_of
from schemas.rubrics import Rubric
from tests.assessments.test_passages import shipped
from tests.reading.shipped import lexicon, thesaurus

DESIGN = (
    "A gender analysis was carried out in 2023. The analysis showed that women have no access to loans, and "
    "these findings informed the design of the project. Safeguards against adverse effects on women are in "
    "place.\n\n"
)
MONITORED = (
    "Indicators on gender equality will be defined, and all data will be disaggregated by sex. "
    "The results framework measures progress on gender equality. "
    "Results on gender equality will be reported in the final evaluation.\n\n"
)
DOCUMENTS = {
    "not screened": "The project rehabilitates 40 kilometres of rural roads and trains road crews.",
    "0": DESIGN,
    "1": f"{DESIGN}One specific objective of the project is to advance gender equality.\n\n{MONITORED}",
    "2": f"{DESIGN}The main objective of the project is to advance gender equality.\n\n{MONITORED}",
}


def rubric(score: dict[str, Any] | None, criteria: tuple[str, ...] = ("a", "b")) -> Rubric:
    fields = {"title": {"en": "X"}, "provisions": ["ccm:art-5"], "concepts": ["women"]}
    return Rubric.model_validate(
        {
            "key": "x", "edition": "1", "framework": "ccm", "title": {"en": "X"}, "score": score,
            "criteria": [{"key": key, **fields} for key in criteria],
        }
    )  # fmt: skip


GRADES = {
    "grades": [
        {"value": "2", "title": {"en": "High"}, "needs": {"a": 2, "b": 1}},
        {"value": "1", "title": {"en": "Low"}, "needs": {"a": 1}},
    ],
    "otherwise": {"value": "none", "title": {"en": "Nothing"}},
}


@pytest.mark.parametrize(
    ("levels", "value"),
    [
        ({"a": 2, "b": 1}, "2"),
        ({"a": 3, "b": 0}, "1"),
        ({"a": 1, "b": 3}, "1"),
        ({"a": 0, "b": 3}, "none"),
        ({"b": 3}, "none"),
        ({"a": 2, "b": None}, "2"),
        ({"a": None, "b": None}, "2"),
    ],
)
def test_the_score_is_the_first_grade_that_all_its_criteria_reach(
    levels: dict[str, int | None], value: str
) -> None:
    found = score_of(rubric(GRADES), levels)
    assert found is not None
    assert found.value == value


def test_a_score_says_what_it_rests_on_and_what_the_next_would_need() -> None:
    assert score_of(rubric(GRADES), {"a": 1, "b": 0}) == Score(
        "1", "Score 1, low: all that it asks for is met (a). Score 2 would also need a, b."
    )
    assert score_of(rubric(GRADES), {"b": 0}) == Score("none", "Nothing. Score 1 would also need a.")


def test_a_tally_counts_what_is_applicable() -> None:
    found = score_of(rubric({"level": 1}, ("a", "b", "c")), {"a": 1, "b": 0, "c": None})
    assert found == Score("1", "1 of 2 criteria are at level 1 or higher.")


@pytest.mark.parametrize("score", [GRADES, {"level": 1}])
def test_where_nothing_is_assessed_there_is_no_score(score: dict[str, Any]) -> None:
    assert score_of(rubric(score), assessed([("a", None, True), ("b", None, True)])) is None


def test_what_is_not_assessed_supports_no_score_and_is_told() -> None:
    levels = assessed([("a", 2, True), ("b", None, True)])
    grade, tally = score_of(rubric(GRADES), levels), score_of(rubric({"level": 1}), levels)
    assert grade is not None
    assert grade.value == "1"
    assert tally == Score("1", "1 of 1 criteria are at level 1 or higher; 1 are not assessed.")


def test_a_rubric_without_a_score_gives_none() -> None:
    assert score_of(rubric(None), {"a": 3, "b": 3}) is None


def test_a_score_asks_only_for_criteria_that_there_are() -> None:
    with pytest.raises(ValidationError, match="unknown criteria: b"):
        rubric(GRADES, ("a",))
    with pytest.raises(ValidationError, match="needs something"):
        rubric({**GRADES, "grades": [GRADES["otherwise"]]})


def test_a_rubric_without_scale_or_score_is_written_as_before_there_were_any() -> None:
    assert not {"scale", "score"} & rubric(None).model_dump().keys()


@pytest.mark.parametrize(("value", "text"), DOCUMENTS.items())
def test_a_project_document_gets_the_score_that_its_criteria_add_up_to(value: str, text: str) -> None:
    by = shipped("dac-gender-marker")
    appraisal = appraise(by.model_dump_json(), thesaurus().model_dump_json(), [Material(1, None, None, text)])
    assert appraisal.score is not None
    assert appraisal.score.value == value, appraisal.score.why


@pytest.mark.parametrize(
    ("key", "count"), [("ccm-gender", 16), ("gcm-six-steps", 51), ("dac-gender-marker", 9)]
)
def test_what_ships_names_only_what_can_be_found_in_three_languages(key: str, count: int) -> None:
    by = shipped(key)
    assert len(by.criteria) == count
    assert unknown_concepts(by, lexicon()) == []
    assert all(set(criterion.title) == {"en", "fr", "es"} for criterion in by.criteria)


def test_a_rubric_may_name_its_own_levels_in_letters() -> None:
    by = shipped("gcm-six-steps")
    appraisal = appraise(
        by.model_dump_json(), thesaurus().model_dump_json(), [Material(1, None, None, "The river is wide.")]
    )
    assert (appraisal.proposals[0].gap or "").startswith("The plan does not address this measure yet.")
