"""`Idempotency-Key`: what is asked twice is done once, and answered the same."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from schemas.access import Scope
from services.database import Sessions
from tests.api.given import meeting, parts, problem_of, report, series
from tests.conftest import ClientMaker

TEXT = "In 2024, 40 women and 38 men took part in risk education."


def key(name: str) -> dict[str, str]:
    return {"Idempotency-Key": name}


async def submissions_of(client: httpx.AsyncClient, state: str) -> list[dict[str, Any]]:
    answer = await client.get("/v1/submissions", params={"state": state})
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_the_same_request_again_gets_the_same_answer(admin: httpx.AsyncClient):
    first = await admin.post("/v1/submissions", json=report("HRV"), headers=key("same"))
    again = await admin.post("/v1/submissions", json=report("HRV"), headers=key("same"))

    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    for name in ("content-type", "location", "etag"):
        assert again.headers[name] == first.headers[name]
    assert "idempotent-replay" not in first.headers
    assert again.headers["idempotent-replay"] == "true"
    assert len(await submissions_of(admin, "HRV")) == 1


@pytest.mark.parametrize(
    ("path", "body", "count"),
    [
        ("/v1/meetings", meeting(title="At once"), "SELECT count(*) FROM meetings WHERE title = 'At once'"),
        (
            "/v1/meeting-series",
            series(title="At once"),
            "SELECT count(*) FROM meeting_series WHERE title = 'At once'",
        ),
        ("/v1/submissions", report("FRA"), "SELECT count(*) FROM submissions WHERE state = 'FRA'"),
        (
            "/v1/api-keys",
            {"name": "At once", "scopes": ["admin"]},
            "SELECT count(*) FROM api_keys WHERE name = 'At once'",
        ),
    ],
)
async def test_five_at_once_are_done_once(
    admin: httpx.AsyncClient, sessions: Sessions, path: str, body: dict[str, Any], count: str
):
    answers = await asyncio.gather(
        *(admin.post(path, json=body, headers=key(f"at once {path}")) for _ in range(5))
    )

    assert [answer.status_code for answer in answers] == [201] * 5
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("idempotent-replay" not in answer.headers for answer in answers) == 1
    async with sessions() as session:
        assert await session.scalar(text(count)) == 1


async def test_a_multipart_body_is_the_same_whatever_its_boundary(admin: httpx.AsyncClient):
    answers = [
        await admin.post(
            "/v1/submissions",
            files=parts("ESP", ("report.txt", TEXT.encode(), "text/plain")),
            headers=key("boundaries") | {"Content-Type": f"multipart/form-data; boundary={boundary}"},
        )
        for boundary in ("one", "another", "athird")
    ]

    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.content for answer in answers}) == 1
    assert len(await submissions_of(admin, "ESP")) == 1


@pytest.mark.parametrize(
    ("first", "changes"),
    [
        ("ITA", {"content": TEXT.replace("40", "41")}),
        ("LUX", {"name": "other.txt"}),
        ("MLT", {"state": "DEU"}),
    ],
    ids=["other content", "other name", "other metadata"],
)
async def test_another_multipart_body_is_refused(
    admin: httpx.AsyncClient, first: str, changes: dict[str, str]
):
    async def file(state: str, name: str = "report.txt", content: str = TEXT) -> httpx.Response:
        filing = parts(state, (name, content.encode(), "text/plain"))
        return await admin.post("/v1/submissions", files=filing, headers=key(f"multipart {first}"))

    assert (await file(first)).status_code == 201

    problem_of(await file(**({"state": first} | changes)), 422, "idempotency-key-reused")
    assert await submissions_of(admin, "DEU") == []


async def test_another_body_is_refused_and_changes_nothing(admin: httpx.AsyncClient):
    await admin.post("/v1/meetings", json=meeting(title="First"), headers=key("reused"))

    answer = await admin.post("/v1/meetings", json=meeting(title="Second"), headers=key("reused"))

    problem_of(answer, 422, "idempotency-key-reused")
    titles = [item["title"] for item in (await admin.get("/v1/meetings?limit=500")).json()["items"]]
    assert (titles.count("First"), titles.count("Second")) == (1, 0)


async def test_another_address_is_another_request(admin: httpx.AsyncClient):
    await admin.post("/v1/meetings", json=meeting(), headers=key("address"))

    answer = await admin.post("/v1/meeting-series", json=series(), headers=key("address"))

    problem_of(answer, 422, "idempotency-key-reused")


async def test_a_refused_request_may_be_tried_again_with_its_key(admin: httpx.AsyncClient):
    wrong = await admin.post("/v1/submissions", json=report("QQQ"), headers=key("refused"))
    right = await admin.post("/v1/submissions", json=report("AUT"), headers=key("refused"))

    problem_of(wrong, 422, "unknown-state")
    assert right.status_code == 201
    assert "idempotent-replay" not in right.headers


async def test_the_keys_of_two_callers_do_not_meet(client_with: ClientMaker, admin: httpx.AsyncClient):
    other = await client_with(Scope.MEETINGS_WRITE)

    mine = await admin.post("/v1/meetings", json=meeting(), headers=key("ours"))
    theirs = await other.post("/v1/meetings", json=meeting(title="Another"), headers=key("ours"))

    assert mine.status_code == theirs.status_code == 201
    assert mine.json()["id"] != theirs.json()["id"]


async def test_a_submission_is_submitted_once(admin: httpx.AsyncClient):
    made = (await admin.post("/v1/submissions", json=report("BEL"))).headers["location"]

    answers = await asyncio.gather(
        *(admin.post(f"{made}/submit", headers=key("submit Belgium")) for _ in range(5))
    )
    without_key = await admin.post(f"{made}/submit")

    assert [answer.status_code for answer in answers] == [202] * 5
    assert len({answer.headers["location"] for answer in answers}) == 1
    problem_of(without_key, 409, "wrong-status")


async def test_filing_at_once_without_a_key_files_one(admin: httpx.AsyncClient):
    answers = await asyncio.gather(*(admin.post("/v1/submissions", json=report("NLD")) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"already-filed"}


async def test_a_key_is_not_heeded_where_nothing_is_created(admin: httpx.AsyncClient):
    first = await admin.get("/v1/meetings?limit=1", headers=key("reading"))
    second = await admin.get("/v1/states?limit=1", headers=key("reading"))

    assert (first.status_code, second.status_code) == (200, 200)
