"""What the guide asks of a set-up and of data; which reviews fall into the years of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import pytest
from pydantic import BaseModel

from domain.interventions import rules
from schemas.interventions import (
    DataSourceDraft,
    ForumReportDraft,
    InterventionDraft,
    MarkerDraft,
    Member,
    SetUpDraft,
)

MINISTRY = Member(name="Ministry of Women", kind="gender-ministry")
EXPERTS = Member(name="Institute", kind="gender-expertise")


@pytest.mark.parametrize(
    ("option", "members", "met"),
    [
        (1, [MINISTRY], True),
        (1, [EXPERTS], False),
        (1, [], False),
        (2, [MINISTRY], True),
        (2, [EXPERTS], True),
        (2, [Member(name="Ministry of Labour")], False),
    ],
)
def test_an_existing_body_needs_the_ministry_and_a_new_one_the_ministry_or_expertise(
    option: int, members: list[Member], met: bool
):
    draft = SetUpDraft.model_validate({"option": option, "body": "Council", "members": members})

    [check, context] = rules.checks(draft)

    assert (check.code, check.met, check.provision) == (
        "gender-in-the-body", met, "gcm-six-steps:s1.a3.m1",
    )  # fmt: skip
    assert (context.code, context.met) == ("context-considered", False)


def test_all_that_is_to_be_borne_in_mind_is():
    draft = SetUpDraft(option=2, body="Council", members=[EXPERTS], considered=sorted(rules.CONSIDERED))

    assert all(check.met for check in rules.checks(draft))
    draft.considered = ["national-context"]
    assert rules.checks(draft)[1].why == (
        "Not said to have been considered: existing-processes, institutional-capacities."
    )


FIRST = UUID(int=1)


@dataclass(frozen=True)
class Source:
    id: UUID = FIRST
    kind: str = "survey"
    objectives: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=lambda: ["sex", "age"])
    disaggregations: list[str] = field(default_factory=list)
    sex_is_required: bool | None = None
    is_protected: bool | None = True


def codes(source: Source) -> list[tuple[str, str | None]]:
    return [(gap.code, gap.disaggregation) for gap in rules.gaps(source)]


def test_the_gaps_of_a_source_are_the_breakdowns_that_it_lacks():
    assert codes(Source()) == [("missing-disaggregation", "sex"), ("missing-disaggregation", "age")]
    assert codes(Source(disaggregations=["age", "region"])) == [("missing-disaggregation", "sex")]
    assert codes(Source(disaggregations=["age", "sex"])) == []
    assert codes(Source(expected=[])) == []


@pytest.mark.parametrize(
    ("facts", "gap"),
    [
        ({"kind": "census"}, "sex-required-unknown"),
        ({"kind": "administrative-registry", "sex_is_required": False}, "sex-not-required"),
        ({"kind": "survey", "sex_is_required": False}, None),
        ({"kind": "census", "sex_is_required": True}, None),
        ({"is_protected": None}, "protection-unknown"),
        ({"is_protected": False}, "not-protected"),
    ],
)
def test_registries_and_censuses_ask_for_sex_and_data_are_protected(
    facts: dict[str, object], gap: str | None
):
    found = codes(Source(expected=[], **facts))

    assert found == ([(gap, None)] if gap else [])


def test_over_all_sources_it_is_said_what_nobody_knows():
    first = Source(UUID(int=1), objectives=["gcm:obj-6"], disaggregations=["sex"])
    second = Source(UUID(int=2), objectives=["gcm:obj-6", "gcm:obj-7"], disaggregations=["nationality"])

    found = rules.mapped(UUID(int=9), [first, second])

    assert found.sources == 2
    lines = {line.disaggregation: (line.available_in, line.missing_in) for line in found.disaggregations}
    assert lines == {
        "age": ([], [UUID(int=1), UUID(int=2)]),
        "sex": ([UUID(int=1)], [UUID(int=2)]),
    }
    known = {line.objective: (line.disaggregations, line.missing) for line in found.objectives}
    assert known == {
        "gcm:obj-6": (["nationality", "sex"], ["age"]),
        "gcm:obj-7": (["nationality"], ["age", "sex"]),
    }
    assert rules.mapped(UUID(int=9), []).disaggregations == []


def test_the_forums_come_every_four_years_and_the_report_every_two():
    found = rules.forums(date(2022, 6, 1), date(2028, 1, 1))

    assert found == [
        (2022, "imrf"), (2022, "secretary-general-report"),
        (2024, "regional-review"), (2024, "secretary-general-report"),
        (2026, "imrf"), (2026, "secretary-general-report"),
        (2028, "regional-review"), (2028, "secretary-general-report"),
    ]  # fmt: skip
    assert rules.forums(date(2018, 1, 1), date(2019, 12, 31)) == []
    assert rules.forums(date(2027, 1, 1), date(2027, 12, 31)) == []


@pytest.mark.parametrize(
    "shape", [SetUpDraft, DataSourceDraft, InterventionDraft, MarkerDraft, ForumReportDraft]
)
def test_examples_are_what_they_are_examples_of(shape: type[BaseModel]):
    for example in shape.model_json_schema()["examples"]:
        shape.model_validate(example)
