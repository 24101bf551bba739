"""The caller, keys, long work and how to follow it, and what operators look at."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from domain.jobs import actions as jobs
from schemas.access import Scope
from services.database import Sessions
from services.sandbox import Sandbox
from services.settings import Settings
from tests.api.conftest import Server, client_of, database, running
from tests.api.given import problem_of, report
from tests.conftest import ClientMaker, KeyMaker, Servers, execute
from tests.worker_in_process import Worker

Found = dict[str, Any]


@pytest.fixture(scope="module")
def settings(server: Server) -> Settings:
    """Everything here happens on the server's database."""
    return server.settings


async def submitted(client: httpx.AsyncClient, state: str, period: str = "2024") -> tuple[str, str]:
    """The addresses of a submission and of the job that is to assess it."""
    path = (await client.post("/v1/submissions", json=report(state, period=period))).headers["location"]
    return path, (await client.post(f"{path}/submit")).headers["location"]


async def test_me_says_what_a_key_may_do(client_with: ClientMaker, settings: Settings):
    client = await client_with(Scope.SUBMISSIONS_WRITE, Scope.ASSESSMENTS_REVIEW, state="HRV")

    me = (await client.get("/v1/me")).json()

    assert me["scopes"] == ["assessments:review", "submissions:write"]
    assert (me["name"], me["state"]) == ("test HRV", "HRV")
    assert me["calendar"].startswith(f"{settings.address}/v1/calendar.ics?token=")


@pytest.mark.parametrize(
    "draft",
    [
        {"name": "a", "scopes": []},
        {"name": "a", "scopes": ["everything"]},
        {"name": " ", "scopes": ["admin"]},
        {"name": "a", "scopes": ["admin"], "expires": "2030-01-01T00:00:00"},
        {"name": "a", "scopes": ["admin"], "secret": "fp_mine"},
    ],
)
async def test_a_key_that_cannot_be_is_refused(admin: httpx.AsyncClient, draft: Found):
    problem_of(await admin.post("/v1/api-keys", json=draft), 422, "validation-failed")


async def test_a_states_key_sees_the_work_about_its_state(client_with: ClientMaker, admin: httpx.AsyncClient):
    austria = await client_with(Scope.SUBMISSIONS_WRITE, state="AUT")
    belgium = await client_with(Scope.SUBMISSIONS_WRITE, state="BEL")
    _, own = await submitted(austria, "AUT")
    _, by_others = await submitted(admin, "AUT", "2023")
    _, foreign = await submitted(belgium, "BEL")

    listed = {f"/v1/jobs/{item['id']}" for item in (await austria.get("/v1/jobs")).json()["items"]}

    assert listed == {own, by_others}
    assert (await austria.get(own)).status_code == 200
    for path in (foreign, f"{foreign}/events"):
        problem_of(await austria.get(path), 404, "not-found")
    problem_of(await austria.delete(foreign), 404, "not-found")
    everything = {f"/v1/jobs/{item['id']}" for item in (await admin.get("/v1/jobs")).json()["items"]}
    assert everything >= {own, by_others, foreign}


async def test_jobs_are_found_by_how_they_stand(admin: httpx.AsyncClient, worker: Worker):
    await worker.drain()
    _, done = await submitted(admin, "DNK")
    await worker.drain()
    _, waiting = await submitted(admin, "EST")

    async def found(status: str) -> list[str]:
        answer = await admin.get("/v1/jobs", params={"status": status, "limit": 500})
        return [f"/v1/jobs/{item['id']}" for item in answer.json()["items"]]

    assert done in await found("succeeded")
    assert await found("queued") == [waiting]
    assert await found("failed") == []


async def test_a_cancelled_job_leaves_no_effects(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    path, job = await submitted(admin, "FIN")

    cancelled = await admin.delete(job)
    await worker.drain()

    assert cancelled.json()["status"] == "cancelled"
    assert cancelled.json()["finished"]
    assert (await admin.get(job)).json()["attempts"] == 0
    problem_of(await admin.get(f"{path}/assessment"), 404, "not-assessed")
    assert (await admin.get(f"{path}/passages")).json()["items"] == []
    assert (await admin.get(path)).json()["status"] == "submitted"
    assert (await admin.delete(job)).json() == cancelled.json()
    again = await admin.post(f"{path}/assessments")
    await worker.drain()
    assert (await admin.get(again.headers["location"])).json()["status"] == "succeeded"
    assert (await admin.get(f"{path}/assessment")).status_code == 200


async def test_a_job_cancelled_while_it_runs_records_nothing(admin: httpx.AsyncClient, sessions: Sessions):
    _, job = await submitted(admin, "GRC")
    async with sessions.begin() as session:
        held = await jobs.claim(session, UUID(job.rpartition("/")[2]), owner="of a test")
    assert held is not None
    assert (await admin.get(job)).json()["status"] == "running"

    await admin.delete(job)

    with pytest.raises(jobs.Fenced):
        async with sessions.begin() as session:
            await jobs.succeed(session, held, result="/v1/nowhere")
    assert (await admin.get(job)).json()["status"] == "cancelled"


async def test_a_finished_job_is_not_cancelled(admin: httpx.AsyncClient, worker: Worker):
    _, job = await submitted(admin, "HUN")
    await worker.drain()

    problem_of(await admin.delete(job), 409, "job-finished")


async def test_work_is_cancelled_by_who_asked_for_it(client_with: ClientMaker, admin: httpx.AsyncClient):
    owner = await client_with(Scope.SUBMISSIONS_WRITE)
    stranger = await client_with(Scope.MEETINGS_WRITE)
    _, job = await submitted(owner, "ITA")

    problem_of(await stranger.delete(job), 403, "others-job")

    assert (await owner.delete(job)).json()["status"] == "cancelled"


def told(stream: str) -> list[Found]:
    """The jobs that a stream of server-sent events tells of."""
    blocks = [block.splitlines() for block in stream.split("\n\n") if block.strip()]
    events = [dict(line.split(": ", 1) for line in block if not line.startswith(":")) for block in blocks]
    assert all(event["event"] == "job" for event in events if event)
    return [json.loads(event["data"]) for event in events if event]


async def test_a_finished_job_is_told_of_once(admin: httpx.AsyncClient, worker: Worker):
    _, job = await submitted(admin, "LTU")
    await worker.drain()

    answer = await admin.get(f"{job}/events")

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert told(answer.text) == [(await admin.get(job)).json()]


async def test_a_job_is_followed_until_it_has_finished(
    server: Server, make_key: KeyMaker, admin: httpx.AsyncClient, worker: Worker
):
    _, job = await submitted(admin, "LVA")
    headers = {"Authorization": f"Bearer {await make_key(Scope.ADMIN)}"}
    seen = ""
    async with (
        httpx.AsyncClient(base_url=server.url, headers=headers, timeout=10, trust_env=False) as client,
        client.stream("GET", f"{job}/events") as stream,
    ):
        assert stream.status_code == 200
        async for piece in stream.aiter_text():
            if not seen:
                await worker.drain()
            seen += piece

    events = told(seen)
    assert (events[0]["status"], events[-1]["status"]) == ("queued", "succeeded")
    assert events[-1]["result"].startswith("/v1/assessments/")


async def test_the_process_says_that_it_lives(anonymous: httpx.AsyncClient):
    answer = await anonymous.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_ready_means_database_migrations_and_redis(anonymous: httpx.AsyncClient):
    answer = await anonymous.get("/readyz")

    checks = {"database": True, "migrations": True, "redis": True}
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "checks": checks})


async def test_without_redis_it_is_not_ready_but_serves(settings: Settings, sandbox: Sandbox):
    alone = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    async with running(alone, sandbox) as app, client_of(app) as client:
        ready = await client.get("/readyz")
        states = await client.get("/v1/states?limit=1")

    assert (ready.status_code, ready.json()["checks"]["redis"]) == (503, False)
    assert states.status_code == 200


async def test_behind_the_migrations_it_is_not_ready(
    servers: Servers, template: str, settings: Settings, sandbox: Sandbox
):
    async with database(servers, template) as place:
        behind = settings.model_copy(update={"database_url": place.database_url})
        await execute(place.database_url, "UPDATE alembic_version SET version_num = '0000'")
        async with running(behind, sandbox) as app, client_of(app) as client:
            answer = await client.get("/readyz")

    assert (answer.status_code, answer.json()["checks"]["migrations"]) == (503, False)


async def test_figures_are_by_route_never_by_address(anonymous: httpx.AsyncClient):
    stranger = f"/v1/submissions/{uuid4()}"
    await anonymous.get(stranger)
    await anonymous.get("/v1/frameworks/ccm")
    await anonymous.get(f"/nowhere/{uuid4()}")

    answer = await anonymous.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    assert 'route="/v1/frameworks/{key}",status="200"' in answer.text
    assert 'route="unmatched",status="404"' in answer.text
    assert stranger.rpartition("/")[2] not in answer.text
    assert "focalpoint_request_seconds_bucket" in answer.text
