"""People decide beside the proposals: what they pick, what is kept, what is asked of States."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from schemas.access import Scope
from tests.api.given import TEXT, pointers, problem_of, report
from tests.api.reviewing import OTHER, Case, Found, apmbc, bring, case, finding
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker


async def test_a_decision_rests_on_what_the_reviewer_picks(admin: httpx.AsyncClient, worker: Worker):
    one = await case(admin, worker, report("ALB"))
    proposed = await one.finding("victim-assistance")
    start = TEXT.index("The ministry")
    place = {"section": "report", "start": start, "end": start + 30}
    kept = proposed["evidence"][0]["id"]

    decided = finding(
        (
            await one.decide("victim-assistance", level=1, reason="A plan.", evidence=[place, kept, place])
        ).json(),
        "victim-assistance",
    )

    picked, again = decided["review"]["evidence"]
    assert (picked["text"], picked["section"]) == (TEXT[start : start + 30], "report")
    assert picked["language"] == "en"
    assert again == proposed["evidence"][0]
    assert decided["evidence"] == proposed["evidence"], "the proposal stays as it was"
    assert decided["level"] == proposed["level"]


async def test_evidence_can_be_decided_on_alone_and_dropped_pieces_picked_again(
    admin: httpx.AsyncClient, worker: Worker
):
    one = await case(admin, worker, report("AUT"))
    proposed = await one.finding("disaggregated-data")
    ids = [item["id"] for item in proposed["evidence"]]
    place = {"section": "report", "start": 0, "end": 20}

    picked = finding((await one.decide("disaggregated-data", evidence=[place])).json(), "disaggregated-data")
    back = finding((await one.decide("disaggregated-data", evidence=ids)).json(), "disaggregated-data")
    left = finding(
        (await one.decide("disaggregated-data", level=proposed["level"])).json(), "disaggregated-data"
    )

    assert (picked["status"], picked["review"]["level"]) == ("confirmed", proposed["level"])
    assert [item["text"] for item in picked["review"]["evidence"]] == [TEXT[:20]]
    assert back["review"]["evidence"] == left["review"]["evidence"] == proposed["evidence"]


@pytest.mark.parametrize(
    "wanted",
    [
        "d1:0-10",
        {"section": "report", "start": 0, "end": len(TEXT) + 1},
        {"section": "other", "start": 0, "end": 1},
        {"document": str(uuid4()), "start": 0, "end": 1},
        {"section": "report", "start": TEXT.index(" The"), "end": TEXT.index(" The") + 1},
    ],
)
async def test_evidence_that_does_not_exist_is_refused(
    admin: httpx.AsyncClient, worker: Worker, wanted: Any, shared: Case
):
    answer = await shared.decide("victim-assistance", level=1, reason="A.", evidence=[wanted])

    assert pointers(problem_of(answer, 422, "unknown-evidence")) == {"/evidence/0": "unknown-evidence"}


@pytest.fixture(scope="module")
async def filed_once(admin: httpx.AsyncClient) -> list[str]:
    return []


@pytest.fixture
async def shared(admin: httpx.AsyncClient, worker: Worker, filed_once: list[str]) -> Case:
    """One report for all tests that change nothing."""
    if not filed_once:
        filed_once.append((await case(admin, worker, report("BEL"))).path)
    return Case(admin, worker, filed_once[0])


@pytest.mark.parametrize(
    "wanted",
    [
        {"start": 0, "end": 1},
        {"section": "report", "document": str(uuid4()), "start": 0, "end": 1},
        {"section": "report", "start": 5, "end": 5},
        {"section": "report", "start": 0, "end": 5_001},
    ],
)
async def test_a_place_lies_in_one_text_and_is_short(shared: Case, wanted: Found):
    problem_of(await shared.decide("victim-assistance", evidence=[wanted]), 422, "validation-failed")


async def test_a_level_above_0_keeps_some_evidence(shared: Case):
    answer = await shared.decide("victim-assistance", level=2, reason="A.", evidence=[])

    assert pointers(problem_of(answer, 422, "evidence-missing")) == {"/evidence": "evidence-missing"}


async def test_every_decision_is_kept_and_readable_to_those_concerned(
    admin: httpx.AsyncClient, reviewer: httpx.AsyncClient, client_with: ClientMaker, worker: Worker
):
    one = await case(admin, worker, report("BGR"))
    two = Case(reviewer, worker, one.path)
    proposed = (await one.finding("budget"))["level"]
    await one.decide("budget", level=proposed)
    await two.decide("budget", level=3, reason="See page 4.")
    await one.decide("budget", applicable=False, reason="No such programme.")
    assessment = await one.assessment()
    history = f"/v1/assessments/{assessment['id']}/findings/budget/decisions"
    await one.post("publish")

    kept = (await reviewer.get(history)).json()["items"]
    state = await client_with(Scope.SUBMISSIONS_WRITE, state="BGR")
    stranger = await client_with(Scope.SUBMISSIONS_WRITE, state="HRV")

    assert [(item["level"], item["applicable"]) for item in kept] == [
        (proposed, True),
        (3, True),
        (None, False),
    ]
    assert [item["reason"] for item in kept] == [None, "See page 4.", "No such programme."]
    assert {name: kept[-1][name] for name in finding(assessment, "budget")["review"]} == finding(
        assessment, "budget"
    )["review"]
    assert (await state.get(history)).json()["items"] == kept
    problem_of(await stranger.get(history), 404, "not-found")


async def test_what_is_decided_crosses_with_its_evidence(admin: httpx.AsyncClient, worker: Worker):
    one = await case(admin, worker, report("XAA", text=OTHER))
    place = {"section": "report", "start": 3, "end": 30}

    await one.decide("victim-assistance", level=3, reason="Said there.", evidence=[place])

    crossed = (await admin.get(f"{one.path}/crosswalk?all=true")).json()["items"]
    assert any("s.report:3-30" in item["reuse"] for to in crossed for item in to["items"])


async def test_changes_are_asked_for_and_the_state_answers_with_a_revision(
    admin: httpx.AsyncClient, reviewer: httpx.AsyncClient, worker: Worker
):
    await bring(admin, "1")
    one = await case(admin, worker, apmbc("CHL", text=OTHER))
    asked = [
        {"criterion": "victim-assistance"},
        {"criterion": "risk-education", "reason": "Please give the ages."},
    ]

    answer = await Case(reviewer, worker, one.path).post(
        "request-changes", {"reason": "Thank you. Two points.", "criteria": asked}
    )

    changes = answer.json()["changes"]
    gap = finding(answer.json(), "victim-assistance")["gap"]
    assert answer.json()["status"] == "changes-requested"
    assert [item["reason"] for item in changes["criteria"]] == [gap, "Please give the ages."]
    assert changes["by"]
    assert changes["at"]
    submission = (await admin.get(one.path)).json()
    assert submission["status"] == "returned"
    assert submission["return_reason"].splitlines() == [
        "Thank you. Two points.",
        f"Assistance reaches women and girls: {gap}",
        "Risk education reaches women and girls: Please give the ages.",
    ]
    await one.revise(apmbc("CHL"))
    now = await one.assessment()
    assert (now["revision"], now["status"], now["changes"]) == (2, "proposed", None)


@pytest.mark.parametrize(
    ("body", "code", "where"),
    [
        ({}, "validation-failed", {"": "value-error"}),
        (
            {"criteria": [{"criterion": "colour"}]},
            "invalid-request",
            {"/criteria/0/criterion": "unknown-criterion"},
        ),
    ],
)
async def test_a_request_for_changes_asks_for_something(shared: Case, body: Found, code: str, where: Found):
    assert pointers(problem_of(await shared.post("request-changes", body), 422, code)) == where


async def test_what_has_no_gap_is_asked_for_with_a_reason(admin: httpx.AsyncClient, worker: Worker):
    one = await case(admin, worker, report("CIV"))
    at_its_best = next(item for item in (await one.assessment())["findings"] if item["gap"] is None)

    answer = await one.post("request-changes", {"criteria": [{"criterion": at_its_best["criterion"]}]})

    assert pointers(problem_of(answer, 422, "invalid-request")) == {"/criteria/0/reason": "reason-missing"}
    assert (await admin.get(one.path)).json()["status"] == "assessed"


async def test_a_decision_on_an_earlier_revision_is_shown_and_not_taken_over(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker
):
    await bring(admin, "1")
    one = await case(admin, worker, apmbc("COL"))
    first = await one.assessment()
    await one.decide("victim-assistance", level=1, reason="Only a plan.")
    await one.decide("risk-education", level=2, reason="On page 3.")
    await one.post("request-changes", {"reason": "Risk education, please."})

    await one.revise(apmbc("COL", text=f"{TEXT} {OTHER}"))

    now = await one.assessment()
    unchanged, changed = finding(now, "victim-assistance"), finding(now, "risk-education")
    assert [item["review"] for item in now["findings"]] == [None, None]
    assert unchanged["before"] | {"by": "", "at": ""} == {
        "assessment": first["id"],
        "revision": 1,
        "level": 1,
        "applicable": True,
        "reason": "Only a plan.",
        "by": "",
        "at": "",
        "unchanged": True,
    }
    assert (changed["before"]["level"], changed["before"]["unchanged"]) == (2, False)
    await one.post("publish")
    published = (await anonymous.get(f"{one.path}/assessment")).json()
    assert [item["before"] for item in published["findings"]] == [None, None]


async def test_decisions_on_what_has_not_changed_are_adopted_in_the_callers_name(
    admin: httpx.AsyncClient, client_with: ClientMaker, worker: Worker
):
    await bring(admin, "1")
    chief = await client_with(Scope.ASSESSMENTS_REVIEW, state="CRI")
    one = await case(admin, worker, apmbc("CRI"))
    await one.decide("victim-assistance", level=1, reason="Only a plan.")
    await one.decide("risk-education", level=2, reason="On page 3.")
    earlier = finding(await one.assessment(), "victim-assistance")["review"]
    await one.post("request-changes", {"reason": "Risk education, please."})
    await one.revise(apmbc("CRI", text=f"{TEXT} {OTHER}"))

    await Case(chief, worker, one.path).post("adopt")
    twice = (await Case(chief, worker, one.path).post("adopt")).json()

    adopted = finding(twice, "victim-assistance")
    assert adopted["status"] == "changed"
    assert adopted["review"]["by"] == "test CRI" != earlier["by"]
    assert adopted["review"]["carried_from"] == adopted["before"]["assessment"]
    assert (adopted["review"]["level"], adopted["review"]["reason"]) == (1, "Only a plan.")
    assert [item["text"] for item in adopted["review"]["evidence"]] == [
        item["text"] for item in earlier["evidence"]
    ]
    assert finding(twice, "risk-education")["review"] is None
    history = f"/v1/assessments/{twice['id']}/findings/victim-assistance/decisions"
    assert len((await admin.get(history)).json()["items"]) == 1


async def test_a_decision_on_the_same_text_holds_when_it_is_assessed_anew(
    admin: httpx.AsyncClient, worker: Worker
):
    await bring(admin, "1")
    one = await case(admin, worker, apmbc("HRV"))
    first = await one.assessment()
    await one.decide("victim-assistance", level=1, reason="Only a plan.")
    decided = finding(await one.assessment(), "victim-assistance")["review"]
    await bring(admin, "2")
    await bring(admin, "3")

    second = await one.again()

    held = finding(second, "victim-assistance")
    assert (second["rubric"], second["status"]) == ("apmbc-short@3", "in-review")
    assert held["review"] == decided | {"carried_from": first["id"]}
    assert held["level"] == finding(first, "victim-assistance")["level"], "the new proposal beside it"
    assert held["status"] == "changed"
    assert finding(second, "risk-education")["review"] is None
    await bring(admin, "4")
    third = await one.again()
    assert finding(third, "victim-assistance")["review"] == held["review"]
    problem_of(
        await one.decide("victim-assistance", within=first["id"], level=2, reason="No."), 409, "obsolete"
    )


async def test_a_decision_does_not_hold_for_another_question(admin: httpx.AsyncClient, worker: Worker):
    await bring(admin, "5")
    one = await case(admin, worker, apmbc("CUB"))
    await one.decide("victim-assistance", level=1, reason="Only a plan.")
    await one.decide("risk-education", level=2, reason="On page 3.")

    await bring(admin, "6", **{"victim-assistance": "Women survivors decide on assistance"})
    now = await one.again()

    assert finding(now, "victim-assistance")["review"] is None
    assert finding(now, "risk-education")["review"]["level"] == 2


@pytest.mark.parametrize("level", ["1", 2.0, True])
async def test_a_level_is_a_whole_number(shared: Case, level: Any):
    answer = await shared.decide("victim-assistance", level=level, reason="A.")

    assert pointers(problem_of(answer, 422, "validation-failed")).keys() == {"/level"}


async def test_nothing_is_decided_on_a_report_that_was_withdrawn(admin: httpx.AsyncClient, worker: Worker):
    one = await case(admin, worker, report("DEU"))
    await admin.post(f"{one.path}/withdraw")

    problem_of(await one.decide("budget", level=0), 409, "wrong-status")
    problem_of(await one.post("adopt"), 409, "wrong-status")
    problem_of(await one.post("publish"), 409, "wrong-status")


async def test_what_nobody_has_decided_on_is_published_as_proposed_unless_that_is_refused(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker
):
    await bring(admin, "10")
    one = await case(admin, worker, apmbc("ECU"))
    await one.decide("victim-assistance", level=1, reason="Only a plan.")

    refused = problem_of(await one.post("publish", {"undecided": "refused"}), 409, "undecided")
    assert refused["criteria"] == ["risk-education"]
    assert (await admin.get(one.path)).json()["status"] == "assessed"

    assert (await one.post("publish")).status_code == 200
    published = (await anonymous.get(f"{one.path}/assessment")).json()
    assert [item["status"] for item in published["findings"]] == ["changed", "proposed"]


async def test_proposals_that_would_be_judged_anew_are_not_published(
    admin: httpx.AsyncClient, worker: Worker
):
    await bring(admin, "11")
    one = await case(admin, worker, apmbc("EGY"))
    await one.decide("victim-assistance", level=1, reason="Only a plan.")
    await bring(admin, "12")

    refused = problem_of(await one.post("publish"), 409, "obsolete-proposals")
    assert refused["criteria"] == ["risk-education"]

    await one.decide("risk-education", level=2, reason="On page 3.")
    assert (await one.post("publish", {"undecided": "refused"})).status_code == 200


async def test_what_a_newer_assessment_took_the_place_of_is_not_concluded(
    admin: httpx.AsyncClient, worker: Worker
):
    await bring(admin, "13")
    one = await case(admin, worker, apmbc("EST"))
    overtaken = f"/v1/assessments/{(await one.assessment())['id']}"
    await bring(admin, "14")
    await one.again()

    problem_of(await admin.post(f"{overtaken}/publish"), 409, "obsolete")
    problem_of(await admin.post(f"{overtaken}/adopt"), 409, "obsolete")
    asked = {"reason": "Figures, please."}
    problem_of(await admin.post(f"{overtaken}/request-changes", json=asked), 409, "obsolete")


@pytest.mark.parametrize(
    ("verb", "body"), [("adopt", None), ("request-changes", {"reason": "Figures."}), ("publish", None)]
)
async def test_who_says_what_they_saw_concludes_nothing_else(
    admin: httpx.AsyncClient, worker: Worker, verb: str, body: Found | None
):
    one = await case(admin, worker, report({"adopt": "FIN", "publish": "FJI"}.get(verb, "GAB")))
    place = f"/v1/assessments/{(await one.assessment())['id']}"
    seen = {"If-Match": (await admin.get(place)).headers["etag"]}
    await one.decide("budget", level=3, reason="See page 4.")

    problem_of(await admin.post(f"{place}/{verb}", json=body, headers=seen), 412, "stale")

    seen = {"If-Match": (await admin.get(place)).headers["etag"]}
    assert (await admin.post(f"{place}/{verb}", json=body, headers=seen)).status_code == 200


async def test_a_criterion_is_asked_for_once(shared: Case):
    asked = [{"criterion": "budget", "reason": "One."}, {"criterion": "budget", "reason": "Two."}]

    answer = await shared.post("request-changes", {"criteria": asked})

    assert pointers(problem_of(answer, 422, "invalid-request")) == {
        "/criteria/0/criterion": "duplicate-criterion",
        "/criteria/1/criterion": "duplicate-criterion",
    }
