"""What is found in a report, what people decide on it, and where the same information counts elsewhere."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from domain.assessments import rules as assessment_rules
from schemas.access import Scope
from services.loading import SHIPPED
from tests.api.given import TEXT, assessed, levels, parts, problem_of, report
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker

Found = dict[str, Any]

CRITERIA = [
    "participation", "children-consulted", "disaggregated-data", "survey-and-clearance", "risk-education",
    "victim-assistance", "women-with-disabilities", "gender-based-violence", "gender-training",
    "child-protection", "organisations", "employment", "institutions", "budget", "monitoring",
    "cross-reporting",
]  # fmt: skip

SAMPLES = {
    "XAA": ("xaa-2024.pdf", "application/pdf", "en"),
    "XBB": ("xbb-2024.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "fr"),
    "XCC": ("xcc-2024.txt", "text/plain", "es"),
}


@pytest.fixture(scope="module")
def sample(admin: httpx.AsyncClient) -> Any:
    """Files the sample report of a State, once for the module."""
    filed: dict[str, str] = {}

    async def of(state: str, worker: Worker) -> str:
        if state not in filed:
            name, media_type, _ = SAMPLES[state]
            content = (SHIPPED / "samples" / name).read_bytes()
            files = parts(state, (name, content, media_type))
            filed[state] = await assessed(admin, worker, await admin.post("/v1/submissions", files=files))
        return filed[state]

    return of


async def test_an_assessment_says_by_what_it_was_made(admin: httpx.AsyncClient, worker: Worker, sample: Any):
    path = await sample("XAA", worker)

    found = (await admin.get(f"{path}/assessment")).json()

    expected = {
        "submission": path.rpartition("/")[2],
        "revision": 1,
        "status": "proposed",
        "rubric": "ccm-gender@2022.2",
        "thesaurus": "2026.3",
        "engine": assessment_rules.ENGINE,
        "state": "XAA",
        "framework": "ccm",
        "period": "2024",
        "languages": ["en"],
    }
    assert {name: found[name] for name in expected} == expected
    assert [finding["criterion"] for finding in found["findings"]] == CRITERIA


@pytest.mark.parametrize("state", SAMPLES)
async def test_every_finding_is_reasoned_and_its_evidence_is_in_the_text(
    admin: httpx.AsyncClient, worker: Worker, sample: Any, state: str
):
    path = await sample(state, worker)
    findings = (await admin.get(f"{path}/assessment")).json()["findings"]
    [document] = (await admin.get(path)).json()["documents"]
    text = (await admin.get(f"{path}/documents/1/text")).text

    assert document["language"] == SAMPLES[state][2]
    assert {0, 3} <= {finding["level"] for finding in findings} <= {0, 1, 2, 3}
    for finding in findings:
        check_reasons(finding)
        for item in finding["evidence"]:
            assert item["text"] == text[item["start"] : item["end"]] != ""
            assert (item["document"], item["section"]) == (document["id"], None)
            assert item["signals"]
            assert item["page"] is None or 1 <= item["page"] <= document["pages"]


def check_reasons(finding: Found) -> None:
    assert finding["why"]
    assert (finding["status"], finding["review"], finding["obsolete"]) == ("proposed", None, False)
    assert (finding["level"] is not None) == finding["applicable"]
    assert (finding["why_not_higher"] is None) == (finding["level"] in (3, None))
    if finding["level"]:
        assert finding["evidence"], finding["criterion"]


async def test_evidence_in_a_section_is_in_that_section(admin: httpx.AsyncClient, worker: Worker):
    draft = report("AUT", period="2020", text="Ägypten 🕊️. " + TEXT)
    draft["sections"].append({"key": "victim-assistance", "text": "Women survivors received 20 prostheses."})
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=draft))
    texts = {
        key: (await admin.get(f"{path}/sections/{key}/text")).text for key in ("report", "victim-assistance")
    }

    findings = (await admin.get(f"{path}/assessment")).json()["findings"]
    evidence = [item for finding in findings for item in finding["evidence"]]

    assert {item["section"] for item in evidence} == set(texts)
    for item in evidence:
        assert item["document"] is None
        assert item["text"] == texts[item["section"]][item["start"] : item["end"]]


def without_ids(node: Any, *, known: dict[str, str]) -> Any:
    """The findings with every document named by its place instead of its id."""
    if isinstance(node, dict):
        return {name: without_ids(value, known=known) for name, value in node.items()}
    if isinstance(node, list):
        return [without_ids(item, known=known) for item in node]
    return known.get(node, node) if isinstance(node, str) else node


async def test_the_same_text_is_judged_the_same(admin: httpx.AsyncClient, worker: Worker):
    content = (SHIPPED / "samples" / "xcc-2024.txt").read_bytes()
    found = []
    for period in ("2021", "2022"):
        files = parts("XCC", ("informe.txt", content, "text/plain"), period=period)
        path = await assessed(admin, worker, await admin.post("/v1/submissions", files=files))
        known = {
            document["id"]: str(document["number"])
            for document in (await admin.get(path)).json()["documents"]
        }
        findings = (await admin.get(f"{path}/assessment")).json()["findings"]
        found.append(without_ids(findings, known=known))

    assert found[0] == found[1]


async def test_assessing_again_by_the_same_changes_nothing(
    admin: httpx.AsyncClient, worker: Worker, sample: Any
):
    path = await sample("XCC", worker)
    before = await admin.get(f"{path}/assessment")

    answer = await admin.post(f"{path}/assessments")
    await worker.drain()

    assert answer.status_code == 202
    assert (await admin.get(answer.headers["location"])).json()["status"] == "succeeded"
    assert (await admin.get(f"{path}/assessment")).content == before.content


async def test_passages_are_the_text_in_reading_order(admin: httpx.AsyncClient, worker: Worker, sample: Any):
    path = await sample("XAA", worker)
    text = (await admin.get(f"{path}/documents/1/text")).text

    passages = (await admin.get(f"{path}/passages?limit=500")).json()["items"]

    assert len(passages) > 50
    assert [item["start"] for item in passages] == sorted(item["start"] for item in passages)
    assert all(item["text"] == text[item["start"] : item["end"]] for item in passages)
    assert {item["page"] for item in passages} == set(range(1, max(item["page"] for item in passages) + 1))


@pytest.mark.parametrize("theme", ["women-and-girls", "victim-assistance", "persons-with-disabilities"])
async def test_a_theme_picks_its_passages(admin: httpx.AsyncClient, worker: Worker, sample: Any, theme: str):
    path = await sample("XAA", worker)
    everything = (await admin.get(f"{path}/passages?limit=500")).json()["items"]

    found = (await admin.get(f"{path}/passages", params={"theme": theme, "limit": 500})).json()["items"]

    assert 0 < len(found) < len(everything)
    assert found == [item for item in everything if theme in item["themes"]]


async def test_a_reviewer_confirms_or_changes_with_a_reason(
    admin: httpx.AsyncClient, client_with: ClientMaker, worker: Worker
):
    path = await assessed(
        admin, worker, await admin.post("/v1/submissions", json=report("XBB", period="2020"))
    )
    reviewer = await client_with(Scope.ASSESSMENTS_REVIEW)
    current = await reviewer.get(f"{path}/assessment")
    proposed = levels(current.json())["budget"]
    finding = f"/v1/assessments/{current.json()['id']}/findings/budget"

    async def decide(tag: str, **decision: object) -> httpx.Response:
        return await reviewer.patch(finding, json=decision, headers={"If-Match": tag})

    unreasoned = await decide(current.headers["etag"], level=3)
    confirmed = await decide(current.headers["etag"], level=proposed)
    changed = await decide(confirmed.headers["etag"], level=3, reason="See page 4.")
    excluded = await decide(changed.headers["etag"], applicable=False, reason="No such programme.")

    problem_of(unreasoned, 422, "reason-missing")
    assert proposed != 3
    steps = [reviewed(answer.json(), "budget") for answer in (confirmed, changed, excluded)]
    assert [step["status"] for step in steps] == ["confirmed", "changed", "changed"]
    assert [step["level"] for step in steps] == [proposed] * 3
    assert [step["review"]["level"] for step in steps] == [proposed, 3, None]
    assert [step["review"]["reason"] for step in steps] == [None, "See page 4.", "No such programme."]
    assert all(step["review"]["by"] and step["review"]["at"] for step in steps)
    assert excluded.json()["status"] == "in-review"


def reviewed(assessment: Found, criterion: str) -> Found:
    found: Found = next(item for item in assessment["findings"] if item["criterion"] == criterion)
    return found


@pytest.mark.parametrize(
    ("decision", "pointer"),
    [
        ({"level": 4, "reason": "A."}, "/level"),
        ({"level": -1, "reason": "A."}, "/level"),
        ({"reason": "A."}, ""),
        ({"level": 2, "applicable": False, "reason": "A."}, ""),
        ({"level": 2, "reason": ""}, "/reason"),
    ],
)
async def test_a_decision_says_one_thing(
    admin: httpx.AsyncClient, worker: Worker, sample: Any, decision: Found, pointer: str
):
    current = await admin.get(f"{await sample('XBB', worker)}/assessment")
    finding = f"/v1/assessments/{current.json()['id']}/findings/budget"

    answer = await admin.patch(finding, json=decision, headers={"If-Match": current.headers["etag"]})

    problem = problem_of(answer, 422, "validation-failed")
    assert [item["pointer"] for item in problem["errors"]] == [pointer]


async def test_a_criterion_that_the_rubric_lacks_is_not_found(
    admin: httpx.AsyncClient, worker: Worker, sample: Any
):
    current = await admin.get(f"{await sample('XBB', worker)}/assessment")
    finding = f"/v1/assessments/{current.json()['id']}/findings/colour"

    answer = await admin.patch(finding, json={"level": 1}, headers={"If-Match": current.headers["etag"]})

    problem_of(answer, 404, "not-found")


async def test_the_crosswalk_goes_where_the_state_is_bound(
    admin: httpx.AsyncClient, worker: Worker, sample: Any
):
    path = await sample("XBB", worker)  # signatory of the CRPD, party to the APMBC

    offered = (await admin.get(f"{path}/crosswalk")).json()["items"]
    everything = (await admin.get(f"{path}/crosswalk?all=true")).json()["items"]

    assert all(item["party"] for item in offered)
    assert "crpd" not in [item["to"] for item in offered]
    assert {"apmbc", "crpd"} <= {item["to"] for item in everything}
    assert next(item for item in everything if item["to"] == "crpd")["party"] is False


async def test_a_crosswalk_to_a_framework_that_does_not_bind_is_empty_until_asked_for(
    admin: httpx.AsyncClient, worker: Worker, sample: Any
):
    path = await sample("XBB", worker)

    offered = (await admin.get(f"{path}/crosswalk?to=crpd")).json()
    asked_for = (await admin.get(f"{path}/crosswalk?to=crpd&all=true")).json()

    assert (offered["party"], offered["items"], offered["unmapped"]) == (False, [], [])
    assert asked_for["party"] is False
    assert asked_for["items"]


async def test_a_crosswalk_carries_its_provenance(admin: httpx.AsyncClient, worker: Worker, sample: Any):
    path = await sample("XAA", worker)
    findings = (await admin.get(f"{path}/assessment")).json()["findings"]
    evidence = {item["id"] for finding in findings for item in finding["evidence"]}

    found = (await admin.get(f"{path}/crosswalk?to=crpd")).json()

    assert (found["submission"], found["to"], found["party"]) == (path.rpartition("/")[2], "crpd", True)
    assert found["items"]
    reached = {item["provision"] for item in found["items"]}
    assert not reached & set(found["unmapped"])
    for item in found["items"]:
        assert item["provision"].startswith("crpd:")
        assert (item["bounds"] is None) == item["conflict"]
        assert item["statement"]
        assert set(item["reuse"]) <= evidence
        for way in item["paths"]:
            assert way["via"][0].startswith("ccm:")
            assert way["via"][-1] == item["provision"]
            assert len(way["relations"]) == len(way["mappings"]) == len(way["via"]) - 1
            assert 0 < way["confidence"] <= 1
            assert set(way["from_findings"]) <= set(CRITERIA)


async def test_a_crosswalk_to_nowhere_is_not_found(admin: httpx.AsyncClient, worker: Worker, sample: Any):
    path = await sample("XAA", worker)

    problem_of(await admin.get(f"{path}/crosswalk?to=xyz"), 404, "not-found")
