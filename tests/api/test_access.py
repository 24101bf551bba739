"""Who may do what: no route is open by accident, no key does more than it says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from sqlalchemy import text

from domain.access import actions as access
from schemas.access import KeyDraft, Scope
from services.api.dependencies import Allow
from services.database import Sessions
from tests.api.conftest import client_of
from tests.api.given import meeting, problem_of, report
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker

PUBLIC = {
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /docs",
    "GET /redoc",
    "HEAD /openapi.json",
    "GET /openapi.json",
    "MOUNT /docs/assets",
    # what is published: the catalogue, and submissions as far as `visible_to` lets them be seen
    "GET /v1/frameworks",
    "GET /v1/frameworks/{key}",
    "GET /v1/frameworks/{key}/editions",
    "GET /v1/frameworks/{key}/editions/{edition}/diff/{other}",
    "GET /v1/frameworks/{key}/provisions",
    "GET /v1/frameworks/{key}/tree",
    "GET /v1/frameworks/{key}/coverage",
    "GET /v1/frameworks/{key}/memberships",
    "GET /v1/frameworks/{key}/overlaps",
    "GET /v1/frameworks/{key}/reporting-rates",
    "GET /v1/frameworks/{key}/charts/reporting-rates",
    "GET /v1/overlaps",
    "GET /v1/provisions/{ref}",
    "GET /v1/provisions/{ref}/counterparts",
    "GET /v1/indicators",
    "GET /v1/indicators/{ref}",
    "GET /v1/themes",
    "GET /v1/instruments",
    "GET /v1/search",
    "GET /v1/frameworks/{key}/editions/{edition}",
    "GET /v1/schemas/{name}.json",
    "GET /v1/states",
    "GET /v1/states/{iso3}",
    "GET /v1/mapping-sets",
    "GET /v1/mapping-sets/{key}",
    "GET /v1/mappings",
    "GET /v1/mappings/{mapping_id}",
    "GET /v1/rubrics",
    "GET /v1/rubrics/{key}/editions/{edition}",
    "GET /v1/submissions",
    "GET /v1/submissions/{submission_id}",
    "GET /v1/submissions/{submission_id}/passages",
    "GET /v1/submissions/{submission_id}/documents/{number}/text",
    "GET /v1/submissions/{submission_id}/sections/{key}/text",
    "GET /v1/submissions/{submission_id}/assessment",
    "GET /v1/submissions/{submission_id}/crosswalk",
    "GET /v1/submissions/{submission_id}/crosswalk/{provision}",
    "GET /v1/submissions/{submission_id}/reuse",
    "GET /v1/assessments",
    "GET /v1/assessments/{assessment_id}",
    "GET /v1/rubrics/{key}/agreement",
    # by the ticket in its address, which a letter carries; see test_optouts
    "GET /v1/unsubscribe/{ticket}",
    "POST /v1/unsubscribe/{ticket}",
    # by key or by the token in its address; checked below
    "GET /v1/calendar.ics",
}

EXAMPLES = {
    "key": "ccm", "edition": "2008", "ref": "ccm:art-7", "iso3": "HRV", "number": "1",
    "criterion": "budget", "provision": "crpd:art-6",
}  # fmt: skip


def guards(dependant: Dependant) -> Iterator[Any]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from guards(inner)


def guarded(route: Any) -> bool:
    dependant = getattr(route, "dependant", None)
    return dependant is not None and any(isinstance(call, Allow) for call in guards(dependant))


def operations(app: FastAPI) -> Iterator[tuple[str, bool]]:
    """Every operation that the application answers, and whether a guard stands before it."""
    for context in iter_route_contexts(app.routes):
        for method in sorted(context.methods or {"MOUNT"}):
            yield f"{method} {context.path}", guarded(context)


def test_no_route_is_open_by_accident(app: FastAPI):
    found = dict(operations(app))

    assert len(found) > 50
    assert {name for name, has_guard in found.items() if not has_guard} == PUBLIC


async def test_the_document_lists_every_route_under_v1(app: FastAPI):
    listed = {
        f"{method.upper()} {path}" for path, methods in app.openapi()["paths"].items() for method in methods
    }

    assert {name for name, _ in operations(app) if " /v1/" in name} == {n for n in listed if " /v1/" in n}


async def test_nothing_that_is_not_public_answers_the_anonymous(app: FastAPI, anonymous: httpx.AsyncClient):
    for name, has_guard in operations(app):
        if not has_guard:
            continue
        method, _, template = name.partition(" ")
        path = template.format_map(_identifiers(template))
        problem_of(await anonymous.request(method, path), 401, "unauthenticated")


def _identifiers(template: str) -> dict[str, str]:
    names = [part[1:-1] for part in template.split("/") if part.startswith("{")]
    return {name: EXAMPLES.get(name, str(UUID(int=0))) for name in names}


async def _key(sessions: Sessions, **draft: Any) -> tuple[UUID, str]:
    async with sessions.begin() as session:
        key, secret = await access.issue_key(session, KeyDraft(name="of a test", **draft))
    return key.id, secret


async def test_a_wrong_key_is_refused_everywhere_alike(app: FastAPI):
    for path in ("/v1/me", "/v1/frameworks", "/v1/submissions", "/v1/calendar.ics"):
        async with client_of(app, "fp_wrong") as client:
            answer = await client.get(path)
        problem_of(answer, 401, "invalid-api-key")
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_an_expired_key_opens_nothing(app: FastAPI, sessions: Sessions):
    expired = datetime.now(UTC) - timedelta(seconds=1)
    _, secret = await _key(sessions, scopes=[Scope.ADMIN], expires=expired)
    async with client_of(app, secret) as client:
        problem_of(await client.get("/v1/me"), 401, "invalid-api-key")


async def test_a_revoked_key_opens_nothing_from_that_moment(
    app: FastAPI, sessions: Sessions, admin: httpx.AsyncClient
):
    key_id, secret = await _key(sessions, scopes=[Scope.ADMIN])
    async with client_of(app, secret) as client:
        assert (await client.get("/v1/me")).status_code == 200
        repeatable = {"Idempotency-Key": "before"}
        assert (await client.post("/v1/meetings", json=meeting(), headers=repeatable)).status_code == 201

        revoked = await admin.delete(f"/v1/api-keys/{key_id}")

        assert revoked.json()["revoked"]
        problem_of(await client.get("/v1/me"), 401, "invalid-api-key")
        again = await client.post("/v1/meetings", json=meeting(), headers=repeatable)
        problem_of(again, 401, "invalid-api-key")
    assert (await admin.delete(f"/v1/api-keys/{key_id}")).json()["revoked"] == revoked.json()["revoked"]


async def test_another_scheme_is_no_key(anonymous: httpx.AsyncClient):
    answer = await anonymous.get("/v1/me", headers={"Authorization": "Basic YTpi"})

    problem_of(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("held", "method", "path", "missing"),
    [
        (Scope.MEETINGS_WRITE, "POST", "/v1/submissions", "submissions:write"),
        (Scope.MEETINGS_WRITE, "GET", "/v1/api-keys", "admin"),
        (Scope.CATALOGUE_WRITE, "POST", "/v1/meetings", "meetings:write"),
        (Scope.MEETINGS_WRITE, "POST", "/v1/webhooks", "webhooks:write"),
        (Scope.WEBHOOKS_WRITE, "GET", "/v1/deliveries", "meetings:write"),
        (Scope.SUBMISSIONS_WRITE, "PUT", "/v1/frameworks/ccm/editions/2008", "catalogue:write"),
        (Scope.SUBMISSIONS_WRITE, "PUT", "/v1/mapping-sets/x", "catalogue:write"),
        (Scope.SUBMISSIONS_WRITE, "POST", f"/v1/assessments/{UUID(int=0)}/publish", "assessments:review"),
        (Scope.SUBMISSIONS_WRITE, "GET", "/v1/deliveries", "meetings:write"),
        (Scope.ASSESSMENTS_REVIEW, "POST", f"/v1/submissions/{UUID(int=0)}/withdraw", "submissions:write"),
    ],
)
async def test_a_key_does_only_what_its_scopes_say(
    client_with: ClientMaker, held: Scope, method: str, path: str, missing: str
):
    client = await client_with(held)

    answer = await client.request(method, path)

    assert problem_of(answer, 403, "scope-missing")["scope"] == missing


async def test_a_states_key_writes_for_its_state_only(client_with: ClientMaker):
    croatia = await client_with(Scope.SUBMISSIONS_WRITE, state="HRV")

    own = await croatia.post("/v1/submissions", json=report("HRV", period="2019"))
    other = await croatia.post("/v1/submissions", json=report("FRA", period="2019"))

    assert own.status_code == 201
    problem_of(other, 403, "other-state")


async def test_a_states_key_reads_its_own_drafts_and_no_others(
    client_with: ClientMaker, anonymous: httpx.AsyncClient
):
    albania = await client_with(Scope.SUBMISSIONS_WRITE, state="ALB")
    france = await client_with(Scope.SUBMISSIONS_WRITE, state="FRA")
    made = (await albania.post("/v1/submissions", json=report("ALB", period="2018"))).headers["location"]

    assert (await albania.get(made)).status_code == 200
    for other in (france, anonymous):
        for path in ("", "/passages", "/sections/report/text", "/assessment", "/crosswalk"):
            problem_of(await other.get(made + path), 404, "not-found")
        assert (await other.get("/v1/submissions", params={"state": "ALB"})).json()["items"] == []
    problem_of(await france.post(f"{made}/withdraw"), 404, "not-found")
    listed = await albania.get("/v1/submissions", params={"state": "ALB"})
    assert [f"/v1/submissions/{item['id']}" for item in listed.json()["items"]] == [made]


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        (Scope.CATALOGUE_WRITE, "PUT", "/v1/mapping-sets/x"),
        (Scope.MEETINGS_WRITE, "POST", "/v1/meetings"),
        (Scope.ADMIN, "POST", "/v1/api-keys"),
        (Scope.ADMIN, "GET", "/v1/api-keys"),
    ],
)
async def test_a_states_key_does_not_write_what_belongs_to_all(
    client_with: ClientMaker, scope: Scope, method: str, path: str
):
    client = await client_with(scope, state="HRV")

    problem_of(await client.request(method, path), 403, "other-state")


async def test_the_anonymous_read_what_is_published_and_change_nothing(
    client_with: ClientMaker, admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker
):
    made = (await admin.post("/v1/submissions", json=report("XAA"))).headers["location"]
    await admin.post(f"{made}/submit")
    await worker.drain()
    assessment = (await admin.get(f"{made}/assessment")).json()["id"]
    problem_of(await anonymous.get(made), 404, "not-found")
    problem_of(await anonymous.get(f"/v1/assessments/{assessment}"), 404, "not-found")

    await admin.post(f"/v1/assessments/{assessment}/publish")

    for path in ("", "/assessment", "/passages", "/crosswalk", "/sections/report/text"):
        assert (await anonymous.get(made + path)).status_code == 200, path
    shown = (await anonymous.get("/v1/submissions")).json()["items"]
    assert [item["status"] for item in shown] == ["published"]
    for verb in ("submit", "withdraw", "return", "revisions", "assessments"):
        problem_of(await anonymous.post(f"{made}/{verb}"), 401, "unauthenticated")


async def test_a_states_reviewer_decides_nothing_about_another_state(
    client_with: ClientMaker, admin: httpx.AsyncClient, worker: Worker
):
    made = (await admin.post("/v1/submissions", json=report("XBB"))).headers["location"]
    await admin.post(f"{made}/submit")
    await worker.drain()
    assessment = f"/v1/assessments/{(await admin.get(f'{made}/assessment')).json()['id']}"
    await admin.post(f"{assessment}/publish")
    stranger = await client_with(Scope.ASSESSMENTS_REVIEW, Scope.SUBMISSIONS_WRITE, state="XCC")
    tag = {"If-Match": (await stranger.get(assessment)).headers["etag"]}

    decision = {"level": 3, "reason": "We know better."}
    attempts = [
        await stranger.patch(f"{assessment}/findings/budget", json=decision, headers=tag),
        await stranger.post(f"{assessment}/publish"),
        await stranger.post(f"{made}/assessments"),
        await stranger.post(f"{made}/return", json={"reason": "No."}),
        await stranger.post(f"{made}/withdraw"),
        await stranger.post(f"{made}/submit"),
        await stranger.post(f"{made}/revisions", json=report("XBB")),
    ]

    for answer in attempts:
        problem_of(answer, 403, "other-state")


async def test_a_secret_is_shown_once_and_only_its_hash_is_kept(admin: httpx.AsyncClient, sessions: Sessions):
    draft = {"name": "once", "scopes": ["submissions:write"], "state": "HRV"}
    made = await admin.post("/v1/api-keys", json=draft, headers={"Idempotency-Key": "a key, once"})
    again = await admin.post("/v1/api-keys", json=draft, headers={"Idempotency-Key": "a key, once"})
    key = made.json()
    secret = key["secret"]

    assert made.status_code == 201
    assert secret.startswith("fp_")
    assert len(secret) > 40
    assert made.headers["cache-control"] == "no-store"
    assert again.json() == key | {"secret": None}
    read = await admin.get(made.headers["location"])
    assert read.json() == {name: value for name, value in key.items() if name != "secret"}
    assert secret.startswith(read.json()["prefix"])
    assert len(read.json()["prefix"]) < 12
    async with sessions() as session:
        tables = "api_keys", "remembered_answers"
        rows = [str(row) for table in tables for row in await session.execute(text(f"SELECT * FROM {table}"))]
    assert not [row for row in rows if secret in row]
    assert [row for row in rows if hashlib.sha256(secret.encode()).hexdigest() in row]


async def test_a_key_can_be_used_from_the_moment_it_is_made(app: FastAPI, admin: httpx.AsyncClient):
    draft = {"name": "Croatia", "scopes": ["submissions:write"], "state": "HRV"}
    secret = (await admin.post("/v1/api-keys", json=draft)).json()["secret"]
    async with client_of(app, secret) as client:
        me = (await client.get("/v1/me")).json()

    assert (me["name"], me["scopes"], me["state"]) == ("Croatia", ["submissions:write"], "HRV")


async def test_a_key_is_made_for_a_state_that_exists(admin: httpx.AsyncClient):
    draft = {"name": "a", "scopes": ["submissions:write"], "state": "QQQ"}

    problem_of(await admin.post("/v1/api-keys", json=draft), 422, "unknown-state")
