"""A report in a language that is not read is not said to be silent: a person decides on it."""

from __future__ import annotations

import httpx
import pytest

from tests.api.given import pointers, problem_of, report
from tests.api.reviewing import Case, case, finding
from tests.worker_in_process import Worker

ARABIC = "شاركت النساء في اتخاذ القرارات المتعلقة بإزالة الألغام في جميع أنحاء البلاد. "


@pytest.fixture(scope="module")
async def filed_once() -> list[str]:
    return []


@pytest.fixture
async def unread(admin: httpx.AsyncClient, worker: Worker, filed_once: list[str]) -> Case:
    if not filed_once:
        filed_once.append((await case(admin, worker, report("EGY", text=ARABIC * 5))).path)
    return Case(admin, worker, filed_once[0])


async def test_nothing_is_proposed_nothing_is_asked_and_nothing_crosses(
    admin: httpx.AsyncClient, unread: Case
):
    assessment = await unread.assessment()

    for proposed in assessment["findings"]:
        assert (proposed["level"], proposed["applicable"], proposed["status"]) == (None, True, "proposed")
        assert proposed["why"].endswith("100 % is in Arabic.")
        assert (proposed["gap"], proposed["confidence"]) == (None, None)
    assert (assessment["languages"], assessment["score"]) == (["ar"], None)
    crosswalk = (await admin.get(f"{unread.path}/crosswalk", params={"all": "true"})).json()
    assert [item for one in crosswalk["items"] for item in one["items"]] == []


async def test_they_come_first_among_what_needs_a_person(admin: httpx.AsyncClient, unread: Case):
    first = (await admin.get("/v1/findings", params={"limit": 1})).json()["items"][0]

    assert (first["state"], first["level"], first["confidence"]) == ("EGY", None, None)


async def test_a_letter_about_it_says_what_to_change_in_the_words_of_the_reviewer(unread: Case):
    answer = await unread.post("request-changes", {"criteria": [{"criterion": "budget"}]})

    assert pointers(problem_of(answer, 422, "invalid-request")) == {"/criteria/0/reason": "reason-missing"}


async def test_evidence_alone_decides_nothing_where_there_is_no_level(unread: Case):
    place = {"section": "report", "start": 0, "end": 40}

    answer = await unread.decide("participation", evidence=[place])

    assert pointers(problem_of(answer, 422, "level-missing")) == {"/level": "level-missing"}


async def test_a_reviewer_decides_on_a_level_which_then_crosses_and_counts_in_no_agreement(
    admin: httpx.AsyncClient, unread: Case
):
    before = (await admin.get("/v1/rubrics/ccm-gender/agreement")).json()["overall"]["n"]
    place = {"section": "report", "start": 0, "end": 40}
    decision = {"level": 2, "reason": "Women take part in decisions.", "evidence": [place]}

    decided = finding((await unread.decide("participation", **decision)).json(), "participation")

    assert (decided["level"], decided["status"], decided["review"]["level"]) == (None, "changed", 2)
    assert (await admin.get("/v1/rubrics/ccm-gender/agreement")).json()["overall"]["n"] == before
    crosswalk = (await admin.get(f"{unread.path}/crosswalk", params={"all": "true"})).json()
    paths = [path for one in crosswalk["items"] for item in one["items"] for path in item["paths"]]
    assert {tuple(path["from_findings"]) for path in paths} == {("participation",)}
