"""What is published stands until it is sent back; what stands beside it stays among those concerned."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from schemas.access import Scope
from services.database import Sessions
from services.loading import SHIPPED
from tests.api.given import TEXT, assessed, parts, problem_of, report
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker

Found = dict[str, Any]

SHORTER = "The ministry adopted a gender policy in 2023. Women survivors received 20 prostheses."


def rubric(edition: str) -> Found:
    """Under the APMBC, by which no other test here files."""
    return {
        "key": "apmbc-short",
        "edition": edition,
        "framework": "apmbc",
        "title": {"en": "Victim assistance"},
        "criteria": [
            {
                "key": "victim-assistance",
                "title": {"en": "Assistance reaches women and girls"},
                "provisions": ["apmbc:art-6"],
                "concepts": [{"all": ["survivors", "women"]}],
            }
        ],
    }


async def bring(client: httpx.AsyncClient, edition: str) -> None:
    path = f"/v1/rubrics/apmbc-short/editions/{edition}"
    assert (await client.put(path, json=rubric(edition))).is_success


async def assessed_again(client: httpx.AsyncClient, worker: Worker, path: str) -> Found:
    """The assessment after assessing again by the newest rubric."""
    assert (await client.post(f"{path}/assessments")).status_code == 202
    await worker.drain()
    return await current(client, path)


async def current(client: httpx.AsyncClient, path: str) -> Found:
    answer = await client.get(f"{path}/assessment")
    assert answer.status_code == 200, answer.text
    found: Found = answer.json()
    return found


async def publish(client: httpx.AsyncClient, assessment: Found) -> None:
    assert (await client.post(f"/v1/assessments/{assessment['id']}/publish")).status_code == 200


async def decide(client: httpx.AsyncClient, assessment: Found, criterion: str) -> httpx.Response:
    path = f"/v1/assessments/{assessment['id']}"
    tag = (await client.get(path)).headers["etag"]
    decision = {"level": 3, "reason": "See page 4."}
    return await client.patch(f"{path}/findings/{criterion}", json=decision, headers={"If-Match": tag})


async def filed(client: httpx.AsyncClient, worker: Worker, draft: Found) -> str:
    return await assessed(client, worker, await client.post("/v1/submissions", json=draft))


async def revised(client: httpx.AsyncClient, worker: Worker, path: str, draft: Found) -> Found:
    """The assessment of the next revision, after the present one was sent back."""
    assert (await client.post(f"{path}/return", json={"reason": "Figures, please."})).status_code == 200
    await assessed(client, worker, await client.post(f"{path}/revisions", json=draft))
    return await current(client, path)


async def test_the_assessment_of_a_revision_sent_back_is_not_published_with_the_next(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker
):
    path = await filed(admin, worker, report("XAA", text=SHORTER))
    first = await current(admin, path)
    second = await revised(admin, worker, path, report("XAA"))
    await publish(admin, second)

    problem_of(await anonymous.get(f"/v1/assessments/{first['id']}"), 404, "not-found")

    assert (await anonymous.get(f"/v1/assessments/{second['id']}")).status_code == 200
    assert (await admin.get(f"/v1/assessments/{first['id']}")).json()["status"] == "proposed"


async def test_of_several_assessments_the_newest_is_published_and_read_by_everyone(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, client_with: ClientMaker, worker: Worker
):
    await bring(admin, "1")
    path = await filed(admin, worker, report("XAA", framework="apmbc"))
    overtaken = await current(admin, path)
    await bring(admin, "2")
    newest = await assessed_again(admin, worker, path)
    problem_of(await admin.post(f"/v1/assessments/{overtaken['id']}/publish"), 409, "obsolete")
    await publish(admin, newest)
    stranger = await client_with(Scope.SUBMISSIONS_WRITE, state="XBB")

    for reader in (anonymous, stranger):
        assert (await current(reader, path))["id"] == newest["id"]
        problem_of(await reader.get(f"/v1/assessments/{overtaken['id']}"), 404, "not-found")


async def test_a_state_cannot_take_back_what_is_published_until_it_is_sent_back(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, client_with: ClientMaker, worker: Worker
):
    state = await client_with(Scope.SUBMISSIONS_WRITE, state="XBB")
    reviewer = await client_with(Scope.ASSESSMENTS_REVIEW)
    path = await filed(state, worker, report("XBB"))
    await publish(admin, await current(admin, path))

    problem_of(await state.post(f"{path}/withdraw"), 409, "wrong-status")
    problem_of(await state.post(f"{path}/revisions", json=report("XBB")), 409, "wrong-status")
    assert (await anonymous.get(path)).json()["status"] == "published"

    returned = await reviewer.post(f"{path}/return", json={"reason": "A figure is wrong."})
    again = await state.post(f"{path}/revisions", json=report("XBB"))

    assert returned.json()["status"] == "returned"
    assert (again.status_code, again.json()["revision"]) == (201, 2)


async def test_a_published_finding_is_not_decided_on(admin: httpx.AsyncClient, worker: Worker):
    path = await filed(admin, worker, report("XCC"))
    assessment = await current(admin, path)
    await publish(admin, assessment)

    problem_of(await decide(admin, assessment, "budget"), 409, "published")

    assert (await current(admin, path))["findings"] == assessment["findings"]


async def test_a_finding_of_an_earlier_revision_is_not_decided_on(admin: httpx.AsyncClient, worker: Worker):
    draft = report("XCC", period="2023")
    path = await filed(admin, worker, draft)
    first = await current(admin, path)
    await revised(admin, worker, path, draft)

    problem_of(await decide(admin, first, "budget"), 409, "revised-since")


async def test_a_finding_that_a_newer_assessment_replaced_is_not_decided_on(
    admin: httpx.AsyncClient, worker: Worker
):
    await bring(admin, "3")
    path = await filed(admin, worker, report("XCC", framework="apmbc"))
    older = await current(admin, path)
    tag = (await admin.get(f"/v1/assessments/{older['id']}")).headers["etag"]
    await bring(admin, "4")
    newer = await assessed_again(admin, worker, path)

    problem_of(await decide(admin, older, "victim-assistance"), 409, "obsolete")

    overtaken = await admin.get(f"/v1/assessments/{older['id']}")
    assert [finding["obsolete"] for finding in overtaken.json()["findings"]] == [True]
    assert overtaken.headers["etag"] != tag
    assert (await decide(admin, newer, "victim-assistance")).status_code == 200


@pytest.mark.parametrize("kind", ["sections/report", "documents/1"])
async def test_the_text_of_an_earlier_revision_stays_readable_to_those_concerned(
    admin: httpx.AsyncClient,
    anonymous: httpx.AsyncClient,
    client_with: ClientMaker,
    worker: Worker,
    kind: str,
):
    period = {"sections/report": "2021", "documents/1": "2022"}[kind]
    path = await assessed(admin, worker, await admin.post("/v1/submissions", **filing(kind, period, TEXT)))
    first = await current(admin, path)
    await admin.post(f"{path}/return", json={"reason": "Figures, please."})
    again = await admin.post(f"{path}/revisions", **filing(kind, period, SHORTER))
    await assessed(admin, worker, again)
    await publish(admin, await current(admin, path))
    state = await client_with(Scope.SUBMISSIONS_WRITE, state="XAA")
    stranger = await client_with(Scope.SUBMISSIONS_WRITE, state="XBB")

    assert {(await reader.get(f"{path}/{kind}/text")).text for reader in (anonymous, admin)} == {SHORTER}
    for reader in (admin, state):
        whole = (await reader.get(f"{path}/{kind}/text?revision=1")).text
        assert whole == TEXT
        for item in evidence(first):
            assert whole[item["start"] : item["end"]] == item["text"]
    for reader in (anonymous, stranger):
        problem_of(await reader.get(f"{path}/{kind}/text?revision=1"), 404, "not-found")
        assert (await reader.get(f"{path}/{kind}/text?revision=2")).text == SHORTER


async def test_the_passages_of_an_earlier_revision_stay_readable_to_those_concerned(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker
):
    path = await filed(admin, worker, report("XBB", period="2016"))
    before = (await admin.get(f"{path}/passages")).json()["items"]
    await publish(admin, await revised(admin, worker, path, report("XBB", period="2016", text=SHORTER)))

    assert (await admin.get(f"{path}/passages?revision=1")).json()["items"] == before
    assert "".join(item["text"] for item in before) not in SHORTER
    assert (await anonymous.get(f"{path}/passages?revision=2")).status_code == 200
    problem_of(await anonymous.get(f"{path}/passages?revision=1"), 404, "not-found")


def filing(kind: str, period: str, content: str) -> Found:
    """What is posted: the text as a section, or as a document."""
    if kind.startswith("sections"):
        return {"json": report("XAA", period=period, text=content)}
    return {"files": parts("XAA", ("report.txt", content.encode(), "text/plain"), period=period)}


def evidence(assessment: Found) -> list[Found]:
    found = [item for finding in assessment["findings"] for item in finding["evidence"]]
    assert found
    return found


async def test_a_document_is_read_once_however_often_it_is_assessed(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    content = (SHIPPED / "samples" / "xaa-2024.pdf").read_bytes()
    file = ("report.pdf", content, "application/pdf")
    filing = parts("XAA", file, framework="apmbc", period="2023")
    await bring(admin, "5")
    path = await assessed(admin, worker, await admin.post("/v1/submissions", files=filing))
    before = await reading_of(admin, path)
    await read_otherwise_from_now_on(sessions, path)
    await bring(admin, "6")

    again = await assessed_again(admin, worker, path)

    assert again["rubric"] == "apmbc-short@6"
    assert await reading_of(admin, path) == before
    assert {item["page"] for item in before[2]} == set(range(1, before[1] + 1))


async def reading_of(client: httpx.AsyncClient, path: str) -> tuple[str, int, list[Found]]:
    """Text, number of pages, and where each passage stands."""
    [document] = (await client.get(path)).json()["documents"]
    passages = (await client.get(f"{path}/passages?limit=500")).json()["items"]
    places = [{name: item[name] for name in ("page", "start", "end", "text")} for item in passages]
    return (await client.get(f"{path}/documents/1/text")).text, document["pages"], places


async def read_otherwise_from_now_on(sessions: Sessions, path: str) -> None:
    """As a later release may read the same file: here the file itself is another."""
    statement = (
        "UPDATE documents SET content = :content, media_type = 'text/plain' WHERE submission_id = :submission"
    )
    async with sessions.begin() as session:
        await session.execute(
            text(statement), {"content": SHORTER.encode(), "submission": path.rpartition("/")[2]}
        )
