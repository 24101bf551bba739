"""How sure a proposal is, and what a doubtful one says."""

from __future__ import annotations

import pytest

from domain.assessments.confidence import DOUBTFUL, LEAST, MOST, Ground, weigh
from domain.assessments.rules import judge
from tests.assessments.test_rules import findings, source
from tests.assessments.test_samples import REPORTS, appraised
from tests.reading.shipped import lexicon, rubric

PLAIN = "In 2024 the Government adopted a gender policy."


def confidence(text: str, criterion: str = "institutions") -> float:
    return findings(text)[criterion].confidence


def doubts(text: str, criterion: str = "institutions") -> str:
    return " ".join(findings(text)[criterion].doubts)


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report["state"])
def test_a_doubtful_proposal_and_no_other_says_why(report: dict[str, str]) -> None:
    for proposal in appraised(report["document"]).proposals:
        assert LEAST <= proposal.confidence <= MOST
        assert proposal.confidence == round(proposal.confidence, 2)
        assert bool(proposal.doubts) == (proposal.confidence < DOUBTFUL)


def test_several_passages_are_surer_than_one() -> None:
    assert confidence(f"{PLAIN}\n\nA gender strategy was approved in May.") > confidence(PLAIN)


@pytest.mark.parametrize(
    "weaker",
    [
        f"{PLAIN}\n\nNo gender policy covers the operators.",
        "In 2024 the Government adopted a gender policy, although none had been adopted on gender before.",
        "The strategy concerns gender.",
    ],
)
def test_contradiction_mixture_and_mere_mention_make_it_less_sure(weaker: str) -> None:
    assert confidence(weaker) < confidence(PLAIN)


def test_a_result_in_the_next_sentence_and_a_subject_in_the_heading_make_it_less_sure() -> None:
    near = "The Centre held a course on gender equality for 40 women."
    far = "The Centre held a course on gender equality. It was attended by 40 women."
    assert confidence(far, "gender-training") < confidence(near, "gender-training")
    loans = "Twelve women received loans"
    assert confidence(f"Victim assistance\n\n{loans}.", "victim-assistance") < confidence(
        f"{loans} for victim assistance.", "victim-assistance"
    )


def test_absence_is_surest_where_the_report_says_so_and_least_where_it_nearly_speaks_of_it() -> None:
    stated = confidence("There is no gender policy.")
    heard = confidence("The Committee recommended that a gender policy be adopted.")
    far = "The budget of the Centre, " + "which pays for detectors and vehicles, " * 4 + "speaks of women."
    assert stated > heard > confidence(far, "budget")
    assert "not as one subject" in doubts(far, "budget")


def test_a_denial_that_also_plans_is_doubtful() -> None:
    assert confidence("There is no gender policy, but one is planned.") < confidence(
        "There is no gender policy."
    )


def test_a_mention_without_an_act_is_doubtful_and_says_so() -> None:
    assert "It is mentioned" in doubts("The strategy concerns gender.")


def test_the_more_of_a_report_is_not_read_the_less_sure_are_all_its_levels() -> None:
    silent, unread = "The weather of the year was mild in all of the provinces.", "今年全国各省气候温和。"
    few, many = (f"{PLAIN}\n\n{silent}\n\n{unread * times}" for times in (3, 6))
    for criterion in ("institutions", "budget"):
        assert confidence(silent, "budget") > confidence(few, criterion) > confidence(many, criterion)
        assert "is not read: 24 % is in Chinese." in doubts(few, criterion)


def test_what_is_not_applicable_is_doubtful_where_the_subject_is_spoken_of() -> None:
    exempt = "The State has no contaminated areas under its jurisdiction."
    alone = findings(exempt)["survey-and-clearance"]
    spoken = findings(f"{exempt} Women may join survey teams in future.")["survey-and-clearance"]
    assert (alone.level, spoken.level) == (None, None)
    assert spoken.confidence < alone.confidence
    assert spoken.doubts


def test_costs_add_up_and_end_above_zero() -> None:
    assert weigh([]) == (MOST, ())
    assert weigh([Ground(0.1, "x"), Ground(0.15, "y")]) == (0.7, ("x", "y"))
    assert weigh([Ground(0.6, "x"), Ground(0.6, "y")])[0] == LEAST


def test_sections_and_documents_are_weighed_alike() -> None:
    text = "The Centre adopted a gender policy."
    (section,) = [
        p for p in judge(rubric(), lexicon(), [source(text, None, "x")]) if p.criterion == "institutions"
    ]
    assert section.confidence == confidence(text)
