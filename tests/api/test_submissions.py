"""A report on its way: filed, submitted, sent back, revised, published."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.given import TEXT, assessed, levels, parts, problem_of, report
from tests.worker_in_process import Worker

Found = dict[str, Any]


async def test_sections_are_filed_as_a_draft(admin: httpx.AsyncClient):
    made = await admin.post("/v1/submissions", json=report("HRV", period="2024-S1"))

    filed = made.json()
    assert made.status_code == 201
    assert made.headers["location"] == f"/v1/submissions/{filed['id']}"
    expected = {
        "framework": "ccm",
        "edition": "2008",
        "state": "HRV",
        "period": "2024-S1",
        "period_start": "2024-01-01",
        "period_end": "2024-06-30",
        "revision": 1,
        "status": "draft",
        "voluntary": False,
        "sections": [{"key": "report", "length": len(TEXT)}],
        "documents": [],
        "submitted": None,
    }
    assert {name: filed[name] for name in expected} == expected
    assert (await admin.get(made.headers["location"])).json() == filed
    text = await admin.get(f"{made.headers['location']}/sections/report/text")
    assert (text.text, text.headers["content-type"]) == (TEXT, "text/plain; charset=utf-8")


async def test_documents_are_numbered_in_the_order_filed(admin: httpx.AsyncClient):
    documents = [(name, TEXT.encode(), "text/plain") for name in ("b.txt", "a.txt")]

    made = await admin.post("/v1/submissions", files=parts("AUT", *documents))

    assert [(item["number"], item["name"]) for item in made.json()["documents"]] == [
        (1, "b.txt"),
        (2, "a.txt"),
    ]
    assert [item["pages"] for item in made.json()["documents"]] == [None, None]
    problem_of(await admin.get(f"{made.headers['location']}/documents/1/text"), 404, "not-found")


async def test_a_state_files_once_per_framework_and_period(admin: httpx.AsyncClient):
    first = await admin.post("/v1/submissions", json=report("BEL"))

    problem = problem_of(await admin.post("/v1/submissions", json=report("BEL")), 409, "already-filed")
    others = [report("BEL", period="2023"), report("BEL", framework="apmbc"), report("NLD")]
    assert [(await admin.post("/v1/submissions", json=other)).status_code for other in others] == [201] * 3
    assert (problem["framework"], problem["state"], problem["period"]) == ("ccm", "BEL", "2024")

    withdrawn = await admin.post(f"{first.headers['location']}/withdraw")
    again = await admin.post("/v1/submissions", json=report("BEL"))

    assert withdrawn.json()["status"] == "withdrawn"
    assert again.status_code == 201
    assert again.json()["id"] != first.json()["id"]
    problem_of(await admin.post(f"{first.headers['location']}/submit"), 409, "wrong-status")
    problem_of(await admin.post(f"{first.headers['location']}/withdraw"), 409, "wrong-status")


@pytest.mark.parametrize(
    ("state", "framework", "period", "voluntary"),
    [
        ("USA", "ccm", "2024", True),
        ("FRA", "ccm", "2024", False),
        ("FRA", "ccm", "2008", True),
        ("XCC", "apmbc", "2024", True),
    ],
    ids=["never party", "party", "not yet party", "sample State not party"],
)
async def test_who_was_not_party_files_voluntarily(
    admin: httpx.AsyncClient, state: str, framework: str, period: str, voluntary: bool
):
    made = await admin.post("/v1/submissions", json=report(state, framework=framework, period=period))

    assert made.json()["voluntary"] is voluntary


async def test_submissions_are_found_by_what_they_are_of(admin: httpx.AsyncClient):
    for state, period in (("IRL", "2011"), ("IRL", "2012"), ("ITA", "2011")):
        made = await admin.post("/v1/submissions", json=report(state, period=period))
    await admin.post(f"{made.headers['location']}/withdraw")

    async def found(**filters: str) -> list[tuple[str, str]]:
        answer = await admin.get("/v1/submissions", params=filters)
        return [(item["state"], item["period"]) for item in answer.json()["items"]]

    assert await found(state="IRL") == [("IRL", "2012"), ("IRL", "2011")]
    assert await found(period="2011") == [("ITA", "2011"), ("IRL", "2011")]
    assert await found(period="2011", status="draft") == [("IRL", "2011")]
    assert await found(period="2011", framework="apmbc") == []


async def test_submitting_promises_the_assessment(admin: httpx.AsyncClient, worker: Worker):
    made = await admin.post("/v1/submissions", json=report("LUX"))
    path = made.headers["location"]
    problem_of(await admin.get(f"{path}/assessment"), 404, "not-assessed")

    answer = await admin.post(f"{path}/submit")

    job = answer.json()
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/jobs/{job['id']}"
    assert (job["kind"], job["status"], job["result"]) == ("assess-submission", "queued", None)
    submitted = (await admin.get(path)).json()
    assert (submitted["status"], submitted["submitted"] is None) == ("submitted", False)

    await worker.drain()

    done = (await admin.get(answer.headers["location"])).json()
    assert (done["status"], done["problem"], done["attempts"]) == ("succeeded", None, 1)
    current = await admin.get(f"{path}/assessment")
    assert (await admin.get(done["result"])).json() == current.json()
    assert (await admin.get(path)).json()["status"] == "assessed"


async def test_a_submission_without_a_rubric_for_it_is_not_taken(admin: httpx.AsyncClient):
    made = await admin.post("/v1/submissions", json=report("LUX", framework="cedaw"))

    problem_of(await admin.post(f"{made.headers['location']}/submit"), 409, "no-rubric")

    assert (await admin.get(made.headers["location"])).json()["status"] == "draft"


async def test_a_report_sent_back_is_revised_and_assessed_anew(admin: httpx.AsyncClient, worker: Worker):
    path = await assessed(
        admin, worker, await admin.post("/v1/submissions", json=report("XAA", period="2019", text="Nothing."))
    )
    first = (await admin.get(f"{path}/assessment")).json()

    returned = await admin.post(f"{path}/return", json={"reason": "Please give figures by sex."})
    problem_of(await admin.post(f"{path}/submit"), 409, "wrong-status")
    revised = await admin.post(f"{path}/revisions", json=report("XAA", period="2019"))

    assert (returned.json()["status"], returned.json()["return_reason"]) == (
        "returned",
        "Please give figures by sex.",
    )
    assert revised.status_code == 201
    assert revised.headers["location"] == path
    draft = revised.json()
    assert (draft["revision"], draft["status"], draft["return_reason"]) == (2, "draft", None)
    problem_of(await admin.get(f"{path}/assessment"), 404, "not-assessed")

    await admin.post(f"{path}/submit")
    await worker.drain()

    second = (await admin.get(f"{path}/assessment")).json()
    assert (first["revision"], second["revision"]) == (1, 2)
    assert levels(second)["disaggregated-data"] > levels(first)["disaggregated-data"] == 0
    assert (await admin.get(f"/v1/assessments/{first['id']}")).json()["findings"] == first["findings"]


async def test_a_revision_is_of_the_same_report(admin: httpx.AsyncClient):
    made = await admin.post("/v1/submissions", json=report("POL"))
    path = made.headers["location"]
    problem_of(await admin.post(f"{path}/revisions", json=report("POL")), 409, "wrong-status")
    await admin.post(f"{path}/submit")

    other = await admin.post(f"{path}/revisions", json=report("PRT", period="2023"))

    assert {item["pointer"] for item in problem_of(other, 422, "other-submission")["errors"]} == {
        "/state",
        "/period",
    }


async def test_what_has_been_submitted_is_revised_not_changed(admin: httpx.AsyncClient):
    made = await admin.post("/v1/submissions", json=report("SVN"))
    path = made.headers["location"]
    await admin.post(f"{path}/submit")
    tag = {"If-Match": (await admin.get(path)).headers["etag"]}

    answer = await admin.patch(path, json={"sections": [{"key": "a", "text": "B."}]}, headers=tag)

    problem_of(answer, 409, "wrong-status")


async def test_publishing_lets_everyone_read(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker
):
    path = await assessed(
        admin, worker, await admin.post("/v1/submissions", json=report("XBB", period="2018"))
    )
    assessment = (await admin.get(f"{path}/assessment")).json()
    problem_of(await anonymous.get(path), 404, "not-found")

    published = await admin.post(f"/v1/assessments/{assessment['id']}/publish")

    assert published.json()["status"] == "published"
    assert (await anonymous.get(path)).json()["status"] == "published"
    assert (await anonymous.get(f"{path}/assessment")).json()["findings"] == assessment["findings"]
    problem_of(await admin.post(f"/v1/assessments/{assessment['id']}/publish"), 409, "wrong-status")


async def test_what_was_revised_since_is_not_published(admin: httpx.AsyncClient, worker: Worker):
    draft = report("XBB", period="2017")
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=draft))
    assessment = (await admin.get(f"{path}/assessment")).json()["id"]
    await admin.post(f"{path}/revisions", json=draft)

    problem_of(await admin.post(f"/v1/assessments/{assessment}/publish"), 409, "revised-since")
