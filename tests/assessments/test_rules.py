"""What reports are worth: levels by what the State itself did, with evidence, in any language."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from domain.assessments.appraisal import Material, appraise
from domain.assessments.rules import Proposal, Source, judge, unknown_concepts
from domain.reading.signals import mark
from schemas.rubrics import Rubric
from tests.reading.shipped import lexicon, rubric, thesaurus

ROOT = Path(__file__).parents[2]


def source(text: str, document: int | None = 1, section: str | None = None) -> Source:
    return Source(document, section, text, mark(text, (), lexicon()))


def findings(text: str, by: Rubric | None = None) -> dict[str, Proposal]:
    return {p.criterion: p for p in judge(by or rubric(), lexicon(), [source(text)])}


def minimal(**criterion: Any) -> Rubric:
    fields = {"key": "women", "title": {"en": "Women"}, "provisions": ["ccm:art-5"], "concepts": ["women"]}
    return Rubric.model_validate(
        {
            "key": "x", "edition": "1", "framework": "ccm", "title": {"en": "X"},
            "criteria": [{**fields, **criterion}],
        }
    )  # fmt: skip


SAME_FACTS = [
    (
        "gender-training", 1,
        "The Authority plans to hold training on gender equality for all its staff.",
        "L'Autorité prévoit d'organiser une formation à l'égalité des sexes pour tout son personnel.",
        "La Autoridad prevé organizar una capacitación sobre igualdad de género para todo su personal.",
    ),
    (
        "gender-training", 2,
        "The Authority held training on gender equality for all its staff.",
        "L'Autorité a organisé une formation à l'égalité des sexes pour tout son personnel.",
        "La Autoridad organizó una capacitación sobre igualdad de género para todo su personal.",
    ),
    (
        "gender-training", 3,
        "The Authority held training on gender equality, in which 40 women and 35 men took part.",
        "L'Autorité a organisé une formation à l'égalité des sexes, suivie par 40 femmes et 35 hommes.",
        "La Autoridad organizó una capacitación sobre igualdad de género para 40 mujeres y 35 hombres.",
    ),
    (
        "gender-training", 0,
        "No training on gender equality was held in the year under review.",
        "Aucune formation à l'égalité des sexes n'a été organisée au cours de l'année.",
        "No se organizó ninguna capacitación sobre igualdad de género durante el año.",
    ),
    (
        "gender-training", 0,
        "A delegation recommended that training on gender equality be held for all staff.",
        "Une délégation a recommandé qu'une formation à l'égalité des sexes soit organisée.",
        "Una delegación recomendó que se organizara una capacitación sobre igualdad de género.",
    ),
    (
        "disaggregated-data", 0,
        "No sex-disaggregated data are available on the victims of these accidents.",
        "Il n'existe pas de données ventilées par sexe sur les victimes de ces accidents.",
        "No se dispone de datos desglosados por sexo sobre las víctimas de estos accidentes.",
    ),
    (
        "disaggregated-data", 3,
        "The casualties recorded in the year were 15 men, 4 women, 6 boys and 2 girls.",
        "Les survivants enregistrés dans l'année étaient 15 hommes, 4 femmes, 6 garçons et 2 filles.",
        "Los sobrevivientes registrados en el año fueron 15 hombres, 4 mujeres, 6 niños y 2 niñas.",
    ),
    (
        "institutions", 2,
        "In 2024 the Government adopted a strategy on gender in mine action.",
        "En 2024, le Gouvernement a adopté une stratégie sur le genre dans l'action contre les mines.",
        "En 2024 el Gobierno aprobó una estrategia de género para la acción contra las minas.",
    ),
    (
        "institutions", 0,
        "Civil society organisations urged the State to adopt a strategy on gender.",
        "Des organisations de la société civile ont exhorté l'État à adopter une stratégie sur le genre.",
        "Organizaciones de la sociedad civil instaron al Estado a adoptar una estrategia de género.",
    ),
    (
        "budget", 3,
        "The Ministry allocated 120,000 dollars of its budget to gender equality.",
        "Le Ministère a alloué 120 000 dollars de son budget à l'égalité des sexes.",
        "El Ministerio asignó 120.000 dólares de su presupuesto a la igualdad de género.",
    ),
    (
        "women-with-disabilities", 1,
        "The Ministry intends to open courses for women with disabilities.",
        "Le Ministère entend ouvrir des cours pour les femmes handicapées.",
        "El Ministerio se propone abrir cursos para mujeres con discapacidad.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("criterion", "level", "en", "fr", "es"), SAME_FACTS)
def test_the_same_fact_in_another_language_is_at_the_same_level(
    criterion: str, level: int, en: str, fr: str, es: str
) -> None:
    assert [findings(text)[criterion].level for text in (en, fr, es)] == [level] * 3


@pytest.mark.parametrize(
    "text",
    [
        "Mines threaten the lives of men, women and children in three provinces.",
        "It is a party to the Convention on the Elimination of All Forms of Discrimination against Women "
        "and to the Convention on the Rights of Persons with Disabilities.",
        "In 2024 the Centre cleared 1.9 square kilometres of land and destroyed 312 submunitions.",
        "The law protects everyone whatever their sexual orientation or gender identity.",
        "The weather was mild; rain fell on the hills, and the river rose in the evening.",
        "",
    ],
)
def test_set_phrases_lists_of_treaties_and_other_subjects_establish_nothing(text: str) -> None:
    assert {p.level for p in findings(text).values()} == {0}
    assert all(p.evidence == () for p in findings(text).values())


def test_a_level_above_0_cites_exact_evidence_and_every_level_says_why_not_higher() -> None:
    text = (
        "The Centre adopted a gender policy in 2024.\n\nNo data by sex are available.\n\n"
        "The Authority employed 40 women deminers."
    )
    for proposal in findings(text).values():
        assert proposal.evidence or proposal.level == 0
        assert (proposal.why_not_higher is None) == (proposal.gap is None) == (proposal.level == 3)
        assert proposal.why
        for item in proposal.evidence:
            assert text[item.start : item.end] == item.text
            assert item.signals


def test_a_stated_gap_is_cited_though_the_level_is_0() -> None:
    found = findings("No sex-disaggregated data are available on the victims.")["disaggregated-data"]
    assert found.level == 0
    assert "only states that this is missing" in found.why
    assert [item.text for item in found.evidence] == [
        "No sex-disaggregated data are available on the victims."
    ]


def test_where_the_state_says_that_it_is_missing_nobody_tells_it_that_it_said_nothing() -> None:
    denials = [text for _, level, *texts in SAME_FACTS if level == 0 for text in texts]
    stated = [p for text in denials for p in findings(text).values() if p.level == 0 and p.evidence]
    assert len(stated) >= 6
    for proposal in stated:
        assert "does not mention" not in (proposal.why_not_higher or "")
        assert (proposal.gap or "").startswith(
            ("The report states that", "Le rapport indique que", "El informe señala que")
        )


def test_hearsay_is_neither_a_level_nor_evidence() -> None:
    found = findings("The Committee encouraged the State to adopt a gender policy.")["institutions"]
    assert (found.level, found.evidence) == (0, ())
    assert "others" in found.why


def test_whoever_was_heard_goes_on_until_the_paragraph_ends_or_the_state_speaks() -> None:
    heard = "40. Norland asked about the shelters. It saw that a gender policy had been adopted."
    assert findings(heard)["institutions"].level == 0
    however = heard.replace("It saw", "However, it saw")
    assert findings(however)["institutions"].level == 0
    assert findings(f"{heard}\n\n41. It adopted a gender policy.")["institutions"].level == 2
    assert findings(f"{heard} The Government adopted a gender policy.")["institutions"].level == 2


def test_verbs_in_the_present_hang_on_the_plan_before_them() -> None:
    plan = "The Centre plans to establish a school, provide training on gender and employ women."
    assert findings(plan)["gender-training"].level == 1
    assert findings("Instructors provide training on gender.")["gender-training"].level == 2


def test_a_gap_beside_a_measure_takes_nothing_away() -> None:
    text = "No gender policy existed before. In 2024 the Government adopted a gender policy."
    assert findings(text)["institutions"].level == 2


def test_results_may_stand_in_the_sentence_that_follows_but_not_in_another_paragraph() -> None:
    training = "1. The Centre held a course on gender equality."
    assert findings(f"{training} It was attended by 40 women.")["gender-training"].level == 3
    assert findings(f"{training}\n\n2. It was attended by 40 women.")["gender-training"].level == 2


def test_the_heading_and_the_key_of_a_section_name_the_subject() -> None:
    sentence = "Twelve women and nine men received loans in the course of the year."
    assert findings(sentence)["victim-assistance"].level == 0
    assert findings(f"Victim assistance\n\n{sentence}")["victim-assistance"].level == 3
    (section,) = [
        p
        for p in judge(rubric(), lexicon(), [source(sentence, None, "victim-assistance")])
        if p.criterion == "victim-assistance"
    ]
    assert section.level == 3
    assert (section.evidence[0].document, section.evidence[0].section) == (None, "victim-assistance")


def test_a_heading_states_nothing() -> None:
    assert findings("Gender training\n\nThe year was dry.")["gender-training"].level == 0


def test_a_state_without_the_obligation_is_not_judged_unless_it_acts() -> None:
    found = findings("The State has no contaminated areas under its jurisdiction.")["survey-and-clearance"]
    assert (found.level, found.applicable, found.gap) == (None, False, None)
    assert found.evidence
    acts = "Survey teams interviewed women during non-technical survey. No areas contaminated remain."
    assert findings(acts)["survey-and-clearance"].level == 2


def test_the_best_evidence_comes_first_and_at_most_twelve() -> None:
    text = "\n\n".join(["The strategy concerns gender."] * 13 + ["The Government adopted a gender strategy."])
    evidence = findings(text)["institutions"].evidence
    assert len(evidence) == 12
    assert evidence[0].text == "The Government adopted a gender strategy."
    assert [item.start for item in evidence[1:]] == sorted(item.start for item in evidence[1:])


def test_the_letter_is_in_the_language_of_the_report() -> None:
    spanish = findings("El sector carece todavía de una política de género y de recursos para ella.")
    assert (spanish["institutions"].gap or "").startswith("El informe señala que esto falta")
    assert (spanish["risk-education"].gap or "").startswith("El informe no describe todavía nada")
    portuguese = findings(
        "As mulheres participaram nas decisões sobre a desminagem em todo o país no ano passado.\n\n"
        "The strategy of the national authority concerns gender in the provinces."
    )
    assert (portuguese["institutions"].gap or "").startswith("The report mentions")


def test_the_language_of_a_report_is_that_of_most_of_its_text_not_of_most_passages() -> None:
    rows = "\n\n".join(f"- Región {letter}: ninguna actividad para las mujeres en el año" for letter in "ABC")
    told = "The Authority held its meetings in all of the provinces of the north and of the south"
    text = f"{rows}\n\n{told}, {told.lower()} and on its coast."
    appraisal = appraise(
        rubric().model_dump_json(), thesaurus().model_dump_json(), [Material(1, None, None, text)]
    )
    [read] = appraisal.read
    assert Counter(passage.language for passage in read.passages) == {"es": 3, "en": 1}
    assert (appraisal.languages, read.language) == (["en", "es"], "en")
    assert all((p.gap or "The report").startswith("The report") for p in appraisal.proposals)


ARABIC = "شاركت النساء في اتخاذ القرارات المتعلقة بإزالة الألغام في جميع أنحاء البلاد."


@pytest.mark.parametrize(
    "heard", ["", "\n\nA delegation recommended a gender policy."], ids=["silent", "only others speak"]
)
def test_what_a_report_says_in_a_language_that_is_not_read_is_not_judged(heard: str) -> None:
    found = findings(ARABIC * 3 + heard)["institutions"]
    assert (found.level, found.applicable, found.gap, found.confidence) == (None, True, None, None)
    assert (found.why_not_higher, found.evidence, found.doubts) == (None, (), ())
    assert f"not read: {'85' if heard else '100'} % is in Arabic." in found.why


def test_what_is_said_in_a_language_that_is_read_is_judged_however_little_it_is() -> None:
    said = "A gender policy was adopted in 2024. There is no budget for gender equality."
    found = findings(
        f"{ARABIC * 20}\n\n{said}\n\nThe State has no contaminated areas under its jurisdiction."
    )
    assert (found["institutions"].level, found["budget"].level) == (2, 0)
    assert found["survey-and-clearance"].applicable is False
    assert found["risk-education"].level is None


def test_half_of_a_report_must_not_be_read_before_silence_proves_nothing() -> None:
    silent = "The weather of the year was mild in all of the provinces, and rain fell in autumn."
    assert findings(f"{silent}\n\n{ARABIC}")["budget"].level == 0
    assert findings(f"{silent}\n\n{ARABIC * 2}")["budget"].level is None


def test_a_criterion_needs_no_more_than_concepts() -> None:
    rules = minimal()
    assert [findings(text, rules)["women"].level for text in ("Rain.", "Women.", "It trained women.")] == [
        0,
        1,
        2,
    ]
    assert "Women" in (findings("Rain.", rules)["women"].gap or "")


def test_the_levels_of_a_criterion_are_data() -> None:
    rules = minimal(
        levels={"2": [{"signals": ["training"]}], "3": [{"beside": ["figure.money"], "reach": "sentence"}]}
    )
    assert findings("A training course for women.", rules)["women"].level == 2
    assert findings("For women there are 5,000 dollars.", rules)["women"].level == 3
    assert findings("It hired women.", rules)["women"].level == 1


def test_concepts_meet_only_near_each_other_and_without_what_is_excluded() -> None:
    far = minimal(concepts=[{"all": ["women", "training"], "within": 10, "without": ["gbv"]}])
    assert findings("A course for women.", far)["women"].level == 1
    assert findings("A course for deminers, supervisors, medics and women.", far)["women"].level == 0
    assert findings("A course for women on domestic violence.", far)["women"].level == 0


def test_what_must_not_be_there_is_another_matter_where_it_stands_farther_off() -> None:
    by = minimal(concepts=[{"all": ["women", "employment"], "without": ["training"]}])

    def level(text: str) -> int | None:
        return findings(text, by)["women"].level

    assert level("Women were employed for training.") == 0
    assert level("Women were employed as deminers in all provinces, after a course.") == 2
    assert level("A course for women was held by the employment office.") == 0


def test_concepts_that_no_signal_can_have_are_named() -> None:
    assert unknown_concepts(rubric(), lexicon()) == []
    rules = minimal(concepts=["women", {"all": ["unicorns"], "topic": ["data"]}])
    assert unknown_concepts(rules, lexicon()) == ["unicorns"]


def test_a_rubric_names_each_criterion_once() -> None:
    document = minimal().model_dump()
    with pytest.raises(ValidationError, match="listed twice"):
        Rubric.model_validate({**document, "criteria": document["criteria"] * 2})


PROGRAMME = """
import json, sys
from dataclasses import asdict
from domain.assessments.rules import judge
from tests.assessments.test_rules import source
from tests.reading.shipped import lexicon, rubric
print(json.dumps([asdict(p) for p in judge(rubric(), lexicon(), [source(sys.stdin.read())])]))
"""


def test_the_same_report_is_judged_the_same_in_any_process() -> None:
    text = "\n\n".join(text for _, _, *texts in SAME_FACTS for text in texts)
    here = json.dumps([asdict(p) for p in judge(rubric(), lexicon(), [source(text)])])
    for seed in ("1", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAMME], input=text, capture_output=True, text=True, check=True,
            cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed},
        )  # fmt: skip
        assert done.stdout.strip() == here
