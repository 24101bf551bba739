"""People decide beside the proposals: what they pick, what is kept, what is asked of States, what is next."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from schemas.access import Scope
from services.database import Sessions
from services.worker.timetable import retire_outdated
from tests.api.given import TEXT, assessed, pointers, problem_of, report
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker

Found = dict[str, Any]

OTHER = "In 2023 risk education reached 310 women, 290 men, 120 girls and 140 boys."


@pytest.fixture(scope="module")
async def reviewer(client_with: ClientMaker) -> httpx.AsyncClient:
    return await client_with(Scope.ASSESSMENTS_REVIEW)


class Case:
    """A report and its current assessment, as a reviewer sees them."""

    def __init__(self, client: httpx.AsyncClient, worker: Worker, path: str) -> None:
        self.client, self.worker, self.path = client, worker, path

    async def assessment(self) -> Found:
        found: Found = (await self.client.get(f"{self.path}/assessment")).json()
        return found

    async def finding(self, criterion: str) -> Found:
        return finding(await self.assessment(), criterion)

    async def decide(self, criterion: str, *, within: str | None = None, **decision: Any) -> httpx.Response:
        place = f"/v1/assessments/{within or (await self.assessment())['id']}"
        tag = (await self.client.get(place)).headers["etag"]
        return await self.client.patch(
            f"{place}/findings/{criterion}", json=decision, headers={"If-Match": tag}
        )

    async def post(self, verb: str, body: Found | None = None) -> httpx.Response:
        return await self.client.post(f"/v1/assessments/{(await self.assessment())['id']}/{verb}", json=body)

    async def revise(self, draft: Found) -> None:
        await assessed(self.client, self.worker, await self.client.post(f"{self.path}/revisions", json=draft))

    async def again(self) -> Found:
        assert (await self.client.post(f"{self.path}/assessments")).status_code == 202
        await self.worker.drain()
        return await self.assessment()


def finding(assessment: Found, criterion: str) -> Found:
    found: Found = next(item for item in assessment["findings"] if item["criterion"] == criterion)
    return found


async def case(client: httpx.AsyncClient, worker: Worker, draft: Found) -> Case:
    return Case(
        client, worker, await assessed(client, worker, await client.post("/v1/submissions", json=draft))
    )


RUBRIC = {"key": "apmbc-short", "framework": "apmbc", "title": {"en": "Assistance and education"}}
CRITERIA: list[Found] = [
    {
        "key": "victim-assistance",
        "title": {"en": "Assistance reaches women and girls", "fr": "L'assistance atteint les femmes"},
        "provisions": ["apmbc:art-6"],
        "concepts": [{"all": ["survivors", "women"]}],
        "gap": {"en": "Please say whom assistance reached, by sex."},
    },
    {
        "key": "risk-education",
        "title": {"en": "Risk education reaches women and girls"},
        "provisions": ["apmbc:art-6"],
        "concepts": [{"all": ["risk-education", "women"]}],
    },
]


async def bring(client: httpx.AsyncClient, edition: str, **changes: str) -> None:
    """A rubric of two criteria; `changes` are other titles of them."""
    criteria = [
        criterion | ({"title": {"en": changes[criterion["key"]]}} if criterion["key"] in changes else {})
        for criterion in CRITERIA
    ]
    document = RUBRIC | {"edition": edition, "criteria": criteria}
    answer = await client.put(f"/v1/rubrics/apmbc-short/editions/{edition}", json=document)
    assert answer.is_success, answer.text


def apmbc(state: str, *, period: str = "2024", text: str = TEXT) -> Found:
    return report(state, framework="apmbc", period=period, text=text)


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

    crossed = (await admin.get(f"{one.path}/crosswalk?to=crpd&all=true")).json()["items"]
    assert any("s.report:3-30" in item["reuse"] for item in crossed)


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


async def test_a_newer_rubric_makes_undecided_proposals_obsolete_at_once(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker
):
    await bring(admin, "7")
    one, two = await case(admin, worker, apmbc("DNK")), await case(admin, worker, apmbc("ECU"))
    await one.decide("victim-assistance", level=1, reason="Only a plan.")
    await two.post("publish")
    before = await admin.get(f"{one.path}/assessment")

    await bring(admin, "8")

    after = await admin.get(f"{one.path}/assessment")
    assert before.headers["etag"] != after.headers["etag"]
    assert [item["obsolete"] for item in after.json()["findings"]] == [False, True]
    without = {"obsolete": None}
    assert [item | without for item in after.json()["findings"]] == [
        item | without for item in before.json()["findings"]
    ]
    published = (await anonymous.get(f"{two.path}/assessment")).json()
    assert [item["obsolete"] for item in published["findings"]] == [False, False]


async def test_proposals_of_an_older_engine_or_thesaurus_become_obsolete(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    await bring(admin, "9")
    cases = {
        state: await case(admin, worker, apmbc(state, period="2023"))
        for state in ("ESP", "FRA", "GTM", "HND")
    }
    by = {"ESP": "engine = '0.9.10'", "FRA": "thesaurus = '2020.1'", "GTM": "engine = '99.0.0'"}
    async with sessions.begin() as session:
        for state, values in by.items():
            where = "submission_id = (SELECT id FROM submissions WHERE state = :state AND period = '2023')"
            await session.execute(text(f"UPDATE assessments SET {values} WHERE {where}"), {"state": state})

    await retire_outdated({"tools": worker.tools})

    obsolete = {
        state: {item["obsolete"] for item in (await one.assessment())["findings"]}
        for state, one in cases.items()
    }
    assert obsolete == {"ESP": {True}, "FRA": {True}, "GTM": {False}, "HND": {False}}


async def cycle(client: httpx.AsyncClient, **body: str) -> httpx.Response:
    return await client.post("/v1/frameworks/apmbc/assessments", json=body)


async def listed(client: httpx.AsyncClient, **query: Any) -> list[Found]:
    items: list[Found] = (await client.get("/v1/assessments", params=query)).json()["items"]
    return items


async def test_a_whole_cycle_is_assessed_again_as_one_job(
    admin: httpx.AsyncClient, reviewer: httpx.AsyncClient, worker: Worker
):
    await bring(admin, "10")
    reports = [await case(admin, worker, apmbc(state, period="2022")) for state in ("IRL", "ITA", "JPN")]
    await case(admin, worker, apmbc("IRL", period="2021"))
    await reports[0].decide("victim-assistance", level=1, reason="Only a plan.")
    await reports[2].post("publish")
    await bring(admin, "11")
    assert len(await listed(reviewer, framework="apmbc", period="2022", obsolete=True)) == 2

    asked = await cycle(reviewer, period="2022")
    twice = await cycle(reviewer, period="2022")
    await worker.drain()

    assert asked.status_code == 202
    assert twice.json()["id"] == asked.json()["id"]
    job = (await reviewer.get(asked.headers["location"])).json()
    assert (job["status"], job["attempts"]) == ("succeeded", 1)
    assert job["progress"] == {"done": 2, "total": 2, "phase": "assessing"}
    parts = (await reviewer.get("/v1/jobs", params={"part_of": job["id"]})).json()["items"]
    assert [(part["kind"], part["status"]) for part in parts] == [("assess-submission", "succeeded")] * 2
    done = (await reviewer.get(job["result"])).json()["items"]
    assert {item["state"]: item["rubric"] for item in done} == {
        "IRL": "apmbc-short@11",
        "ITA": "apmbc-short@11",
        "JPN": "apmbc-short@10",
    }
    assert [(item["criteria"], item["decided"], item["obsolete"]) for item in done] == [
        (2, 0, 0),
        (2, 1, 0),
        (2, 0, 0),
    ]
    assert await listed(reviewer, framework="apmbc", period="2022", obsolete=True) == []
    assert [
        item["period"] for item in await listed(reviewer, framework="apmbc", state="IRL", obsolete=True)
    ] == ["2021"]


async def test_a_cycle_that_is_up_to_date_is_done_at_once(admin: httpx.AsyncClient, worker: Worker):
    asked = await cycle(admin, period="2010")
    await worker.drain()

    job = (await admin.get(asked.headers["location"])).json()
    assert (job["status"], job["progress"]["done"]) == ("succeeded", 0)


async def test_a_report_that_cannot_be_assessed_does_not_hold_up_the_cycle(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    await bring(admin, "12")
    reports = [await case(admin, worker, apmbc(state, period="2019")) for state in ("LAO", "LBN")]
    await bring(admin, "13")
    asked = await cycle(admin, period="2019")
    await worker.carry_out_due()
    async with sessions.begin() as session:
        poisoned = {"subject": f"{reports[0].path.rpartition('/')[2]}.1"}
        await session.execute(
            text("UPDATE jobs SET status = 'failed' WHERE subject = :subject AND status = 'queued'"), poisoned
        )

    await worker.drain()

    job = (await admin.get(asked.headers["location"])).json()
    assert (job["status"], job["progress"]["done"]) == ("succeeded", 2)
    left = await listed(admin, framework="apmbc", period="2019", obsolete=True)
    assert [item["state"] for item in left] == ["LAO"]


async def test_a_cycle_that_lost_its_worker_goes_on_and_asks_for_nothing_twice(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    await bring(admin, "14")
    for state in ("MEX", "MNE"):
        await case(admin, worker, apmbc(state, period="2018"))
    await bring(admin, "15")
    asked = (await cycle(admin, period="2018")).json()["id"]
    await worker.carry_out_due()
    async with sessions.begin() as session:  # as if it had been lost after its parts were promised
        lost = "UPDATE jobs SET status = 'queued', epoch = epoch + 1, run_after = now() WHERE id = :id"
        await session.execute(text(lost), {"id": asked})

    await worker.drain()

    job = (await admin.get(f"/v1/jobs/{asked}")).json()
    parts = (await admin.get("/v1/jobs", params={"part_of": asked})).json()["items"]
    assert (job["status"], job["progress"]["total"], len(parts)) == ("succeeded", 2, 2)


async def test_a_cancelled_cycle_takes_its_parts_with_it(admin: httpx.AsyncClient, worker: Worker):
    await bring(admin, "16")
    await case(admin, worker, apmbc("NOR", period="2017"))
    await bring(admin, "17")
    asked = (await cycle(admin, period="2017")).json()["id"]
    await worker.carry_out_due()
    waiting = (await admin.get(f"/v1/jobs/{asked}")).json()

    cancelled = await admin.delete(f"/v1/jobs/{asked}")
    await worker.drain()

    assert (waiting["status"], waiting["progress"]["total"]) == ("running", 1)
    assert cancelled.json()["status"] == "cancelled"
    parts = (await admin.get("/v1/jobs", params={"part_of": asked})).json()["items"]
    assert [part["status"] for part in parts] == ["cancelled"]
    assert [
        item["state"] for item in await listed(admin, framework="apmbc", period="2017", obsolete=True)
    ] == ["NOR"]


async def test_a_cycle_belongs_to_all_and_needs_a_framework_with_a_rubric(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    croatia = await client_with(Scope.ASSESSMENTS_REVIEW, state="HRV")

    problem_of(await cycle(croatia), 403, "other-state")
    problem_of(await admin.post("/v1/frameworks/xyz/assessments", json={}), 404, "not-found")
    problem_of(await admin.post("/v1/frameworks/sdg/assessments", json={}), 409, "no-rubric")


async def test_the_queue_begins_with_what_the_engine_is_least_sure_of(
    admin: httpx.AsyncClient, reviewer: httpx.AsyncClient, worker: Worker
):
    one = await case(admin, worker, report("NLD", period="2020"))
    await one.decide("budget", level=3, reason="See page 4.")
    query = {"framework": "ccm", "period": "2020", "status": "proposed"}

    whole = (await reviewer.get("/v1/findings", params=query | {"limit": 500})).json()
    pages: list[Found] = []
    page: Found = {"next": None}
    for _ in range(3):
        cursor = {"cursor": page["next"]} if page["next"] else {}
        page = (await reviewer.get("/v1/findings", params=query | cursor | {"limit": 5})).json()
        pages += page["items"]

    confidences = [item["confidence"] for item in whole["items"]]
    assert len(confidences) == 15
    assert confidences == sorted(confidences)
    assert all(0 <= confidence <= 1 for confidence in confidences)
    assert (pages, page["next"]) == (whole["items"], None)
    assert {item["state"] for item in pages} == {"NLD"}
    assert "budget" not in [item["criterion"] for item in pages]


async def test_the_queue_shows_a_states_key_its_own_and_what_is_published(
    admin: httpx.AsyncClient, client_with: ClientMaker, anonymous: httpx.AsyncClient, worker: Worker
):
    await case(admin, worker, report("PER", period="2020"))
    state = await client_with(Scope.SUBMISSIONS_WRITE, state="PER")
    other = await client_with(Scope.SUBMISSIONS_WRITE, state="PRT")

    async def seen(client: httpx.AsyncClient, path: str) -> list[Found]:
        items: list[Found] = (await client.get(path, params={"state": "PER"})).json()["items"]
        return items

    for path in ("/v1/findings", "/v1/assessments"):
        assert await seen(state, path)
        assert await seen(other, path) == []
    assert await seen(anonymous, "/v1/assessments") == []


@pytest.mark.parametrize("cursor", ["x", "MC41", "MC41IHg", "bmFuIDE"])
async def test_a_cursor_of_another_list_is_refused(reviewer: httpx.AsyncClient, cursor: str):
    problem_of(await reviewer.get("/v1/findings", params={"cursor": cursor}), 422, "invalid-cursor")
