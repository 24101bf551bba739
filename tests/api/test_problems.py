"""Every error is problem details (RFC 9457) with a stable code, and tells nothing of what is inside."""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from schemas.access import Scope
from services.api.dependencies import who_calls
from services.sandbox import Sandbox
from services.settings import Settings
from tests.api.conftest import client_of, database, running
from tests.api.given import meeting, pointers, problem_of
from tests.conftest import KeyMaker, Servers, execute

JSON = {"Content-Type": "application/json"}
NOBODY = "01890000-0000-7000-8000-000000000000"


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/v1/nothing",
        "/v1/frameworks/xyz",
        "/v1/frameworks/ccm/nothing",
        "/v1/frameworks/ccm?edition=1900",
        "/v1/provisions/ccm:art-99",
        "/v1/indicators/sdg:99.9",
        "/v1/states/QQQ",
        "/v1/mapping-sets/xyz",
        f"/v1/submissions/{NOBODY}",
        f"/v1/submissions/{NOBODY}/crosswalk",
        f"/v1/assessments/{NOBODY}",
        f"/v1/meetings/{NOBODY}",
        f"/v1/meeting-series/{NOBODY}/preview",
        f"/v1/reminder-rules/{NOBODY}",
        f"/v1/jobs/{NOBODY}",
        f"/v1/jobs/{NOBODY}/events",
        f"/v1/api-keys/{NOBODY}",
        "/v1/a path with blanks and accents é",
        "/docs/assets/nothing.js",
    ],
)
async def test_what_is_not_there_is_a_problem(admin: httpx.AsyncClient, path: str):
    problem_of(await admin.get(path), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/v1/frameworks"),
        ("POST", "/v1/me"),
        ("PUT", "/v1/submissions"),
        ("OPTIONS", "/v1/jobs"),
        ("POST", "/healthz"),
    ],
)
async def test_a_method_that_is_not_possible_is_a_problem(admin: httpx.AsyncClient, method: str, path: str):
    answer = await admin.request(method, path)

    problem_of(answer, 405, "method-not-allowed")
    assert answer.headers["allow"]


@pytest.mark.parametrize("path", ["/v1/api-keys", "/v1/meetings", "/v1/submissions"])
@pytest.mark.parametrize(
    "body",
    [
        b'{"name":',
        b"nothing",
        b'{"name": "\xff"}',
        b"[" * 100_000,
        b"{} {}",
    ],
    ids=["cut off", "a word", "not UTF-8", "bottomless", "two documents"],
)
async def test_what_is_no_json_is_malformed(admin: httpx.AsyncClient, path: str, body: bytes):
    problem_of(await admin.post(path, content=body, headers=JSON), 400, "malformed-json")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/api-keys"),
        ("POST", "/v1/meetings"),
        ("POST", "/v1/submissions"),
        ("PUT", "/v1/frameworks/x/editions/1"),
        ("PUT", "/v1/rubrics/x/editions/1"),
        ("PUT", "/v1/mapping-sets/x"),
    ],
)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "image/png", None])
async def test_another_content_type_is_refused(
    admin: httpx.AsyncClient, method: str, path: str, kind: str | None
):
    headers = {"Content-Type": kind} if kind else {}
    answer = await admin.request(method, path, content=b"{}", headers=headers)

    problem = problem_of(answer, 415, "unsupported-media-type")
    assert "application/json" in problem["accepted"]


async def test_a_merge_patch_is_json(admin: httpx.AsyncClient):
    made = await admin.post("/v1/meetings", json=meeting())
    answer = await admin.patch(
        made.headers["location"],
        content=b'{"title": "Another"}',
        headers={"If-Match": made.headers["etag"], "Content-Type": "application/merge-patch+json"},
    )

    assert answer.json()["title"] == "Another"


@pytest.mark.parametrize(
    ("method", "path", "megabytes"),
    [
        ("POST", "/v1/api-keys", 10),
        ("POST", "/v1/submissions", 10),
        ("PUT", "/v1/frameworks/x/editions/1", 5),
        ("PUT", "/v1/mapping-sets/x", 5),
        ("PUT", "/v1/rubrics/x/editions/1", 5),
    ],
)
@pytest.mark.parametrize("announced", [True, False], ids=["announced", "chunked"])
async def test_a_body_above_its_limit_is_too_large(
    admin: httpx.AsyncClient, method: str, path: str, megabytes: int, announced: bool
):
    body = b" " * (megabytes * 1024 * 1024 + 1)

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1 << 20):
            yield body[start : start + (1 << 20)]

    answer = await admin.request(method, path, content=body if announced else chunks(), headers=JSON)

    assert problem_of(answer, 413, "too-large")["limit"] == megabytes * 1024 * 1024


async def test_every_wrong_field_is_named_where_it_stands(admin: httpx.AsyncClient):
    answer = await admin.post(
        "/v1/meetings", json=meeting(start="soon", duration_minutes=0, time_zone="Mars/Olympus", colour="red")
    )

    assert pointers(problem_of(answer, 422, "validation-failed")) == {
        "/start": "datetime-from-date-parsing",
        "/time_zone": "value-error",
        "/duration_minutes": "greater-than-equal",
        "/colour": "extra-forbidden",
    }


def with_mistakes(number: int) -> dict[str, Any]:
    return meeting() | {f"key-{place}": 1 for place in range(number)}


async def test_what_is_wrong_in_many_places_is_named_in_the_first_thousand(admin: httpx.AsyncClient):
    all_named = problem_of(
        await admin.post("/v1/meetings", json=with_mistakes(1_000)), 422, "validation-failed"
    )
    cut = problem_of(await admin.post("/v1/meetings", json=with_mistakes(1_234)), 422, "validation-failed")

    assert len(all_named["errors"]) == 1_000
    assert all_named["detail"] == "The request is not as the documentation says."
    assert cut["errors"] == all_named["errors"]
    assert cut["detail"].removeprefix(all_named["detail"]) == (
        " It is so in 1,234 places; `errors` has the first 1,000."
    )


async def test_so_are_documents_that_the_service_reads_itself(admin: httpx.AsyncClient):
    rubric = {f"key-{place}": 1 for place in range(1_234)}
    answer = await admin.put("/v1/rubrics/x/editions/1", json=rubric)

    problem = problem_of(answer, 422, "invalid-rubric")
    assert len(problem["errors"]) == 1_000
    assert "`errors` has the first 1,000." in problem["detail"]


async def test_twenty_thousand_mistakes_take_no_longer_than_reading_them(admin: httpx.AsyncClient):
    began = time.process_time()
    answer = await admin.post("/v1/meetings", json=with_mistakes(20_000))

    problem_of(answer, 422, "validation-failed")
    assert time.process_time() - began < 4


async def test_what_an_address_cannot_name_is_said_before_the_version_is_asked_for(admin: httpx.AsyncClient):
    problem = problem_of(await admin.patch("/v1/plans/x", json={}), 422, "validation-failed")

    assert [item["pointer"] for item in problem["errors"]].count("path:plan_id") == 1
    problem_of(await admin.patch(f"/v1/plans/{NOBODY}", json={}), 404, "not-found")


async def test_fields_of_a_filing_are_named_alike(admin: httpx.AsyncClient):
    answer = await admin.post(
        "/v1/submissions", json={"framework": "CCM", "period": "24", "sections": [{"key": "a", "text": ""}]}
    )

    assert pointers(problem_of(answer, 422, "validation-failed")) == {
        "/framework": "string-pattern-mismatch",
        "/state": "missing",
        "/period": "string-pattern-mismatch",
        "/sections/0/text": "string-too-short",
    }


@pytest.mark.parametrize(
    ("path", "pointer", "code"),
    [
        ("/v1/frameworks?limit=0", "?limit", "greater-than-equal"),
        ("/v1/frameworks?limit=501", "?limit", "less-than-equal"),
        ("/v1/frameworks/ccm/provisions?limit=0", "?limit", "greater-than-equal"),
        ("/v1/frameworks/ccm/provisions?limit=501", "?limit", "less-than-equal"),
        ("/v1/states?limit=ten", "?limit", "int-parsing"),
        (f"/v1/states?limit={'9' * 5_000}", "?limit", "int-parsing-size"),
        ("/v1/frameworks/ccm/overlaps?as_of=2021-02-30", "?as_of", "date-from-datetime-parsing"),
        (f"/v1/frameworks/ccm/overlaps?as_of={'9' * 30}", "?as_of", "value-error"),
        ("/v1/meetings?start_after=0001-01-01T00:00:00%2B14:00", "?start_after", "greater-than-equal"),
        ("/v1/meetings?start_before=9999-12-31T23:59:59-14:00", "?start_before", "less-than"),
        ("/v1/submissions/first", "path:submission_id", "uuid-parsing"),
        (f"/v1/submissions/{NOBODY}/documents/{'9' * 30}/text", "path:number", "less-than-equal"),
        (f"/v1/frameworks/{'a' * 5_000}", "path:key", "string-too-long"),
        (f"/v1/states?cursor={'a' * 5_000}", "?cursor", "string-too-long"),
    ],
)
async def test_a_wrong_parameter_is_named(admin: httpx.AsyncClient, path: str, pointer: str, code: str):
    assert pointers(problem_of(await admin.get(path), 422, "validation-failed"))[pointer] == code


@pytest.mark.parametrize(
    "path", ["/v1/frameworks", "/v1/submissions", f"/v1/jobs/{NOBODY}", "/v1/me", "/v1/states/HRV"]
)
async def test_a_parameter_that_is_not_known_is_refused(admin: httpx.AsyncClient, path: str):
    problem = problem_of(await admin.get(path, params={"colour": "red"}), 422, "unknown-parameter")

    assert pointers(problem) == {"?colour": "unknown-parameter"}


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("/v1/jobs", "abc"),
        ("/v1/jobs", cursor("HRV")),
        ("/v1/states", "é"),
        ("/v1/states", cursor("\x00")),
        ("/v1/states", "_w"),
        ("/v1/frameworks/ccm/provisions", cursor("-1")),
        ("/v1/frameworks/ccm/provisions", cursor("999999999999")),
        ("/v1/frameworks/ccm/provisions", cursor("٣")),
        ("/v1/meetings", cursor(NOBODY)),
        ("/v1/meetings", cursor(f"0001-01-01T00:00:00+14:00 {NOBODY}")),
        ("/v1/meetings", cursor("2026-01-01T00:00:00Z nobody")),
    ],
)
async def test_a_cursor_that_was_not_given_is_refused(admin: httpx.AsyncClient, path: str, wrong: str):
    problem = problem_of(await admin.get(path, params={"cursor": wrong}), 422, "invalid-cursor")

    assert pointers(problem) == {"?cursor": "invalid-cursor"}


async def test_the_unexpected_is_answered_without_what_is_inside(settings: Settings, sandbox: Sandbox):
    async def broken() -> None:
        raise RuntimeError("SELECT secret FROM api_keys")

    async with running(settings, sandbox) as app, client_of(app) as client:
        app.dependency_overrides[who_calls] = broken
        with capture_logs() as logged:
            answer = await client.get("/v1/states")

    problem_of(answer, 500, "internal-error")
    assert "SELECT" not in answer.text
    assert "Traceback" not in answer.text
    assert [(entry["event"], str(entry["exc_info"])) for entry in logged] == [
        ("unexpected error", "SELECT secret FROM api_keys")
    ]


async def test_a_server_that_is_away_is_answered_as_temporary(settings: Settings, sandbox: Sandbox):
    nowhere = settings.model_copy(update={"database_url": "postgresql+asyncpg://nobody@127.0.0.1:1/none"})
    async with running(nowhere, sandbox) as app, client_of(app) as client:
        answers = [await client.get(path) for path in ("/v1/states", "/v1/frameworks/ccm")]
        with_key = await client.get("/v1/me", headers={"Authorization": "Bearer fp_any"})
        ready = await client.get("/readyz")

    for answer in (*answers, with_key):
        problem_of(answer, 503, "temporarily-unavailable")
        assert answer.headers["retry-after"]
    assert (ready.status_code, ready.json()["checks"]["database"]) == (503, False)


async def test_a_database_that_vanishes_is_answered_as_temporary(
    servers: Servers, template: str, settings: Settings, sandbox: Sandbox
):
    async with database(servers, template) as place:
        gone = settings.model_copy(update={"database_url": place.database_url})
        async with running(gone, sandbox) as app, client_of(app) as client:
            before = await client.get("/v1/states?limit=1")
            name = place.database_url.rpartition("/")[2]
            await execute(servers.database_url, f'DROP DATABASE "{name}" WITH (FORCE)')
            after = await client.get("/v1/states?limit=1")

    assert before.status_code == 200
    problem_of(after, 503, "temporarily-unavailable")


@pytest.mark.parametrize("path", ["/v1/states?limit=1", "/v1/frameworks/ccm/provisions?limit=1"])
async def test_a_connection_that_the_server_closed_is_replaced(
    path: str, anonymous: httpx.AsyncClient, settings: Settings
):
    assert (await anonymous.get(path)).status_code == 200
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    await execute(
        settings.require_database(), f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"
    )

    assert (await anonymous.get(path)).status_code == 200


async def test_a_key_without_the_scope_is_told_which(make_key: KeyMaker, app: FastAPI):
    async with client_of(app, await make_key(Scope.MEETINGS_WRITE)) as client:
        answer = await client.post("/v1/api-keys", json={"name": "a", "scopes": ["admin"]})

    assert problem_of(answer, 403, "scope-missing")["scope"] == "admin"
