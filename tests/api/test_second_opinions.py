"""A second reader is heard beside the engine: once, within limits, and never in the way of an assessment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, update
from starlette.responses import Response

from domain.assessments import actions as assessments
from domain.assessments.models import Finding, Verdict
from domain.assessments.verdicts import MOST_TRIES
from domain.jobs import actions as jobs
from domain.jobs.models import Job
from schemas.access import Scope
from schemas.jobs import HearSecondReader
from schemas.rubrics import Rubric
from services.database import Sessions
from services.sandbox import Sandbox
from services.settings import Settings
from services.worker.jobs.second_readings import hear_second_reader
from services.worker.runner import Run
from tests.api.given import TEXT, report
from tests.conftest import ClientMaker, Servers
from tests.worker.judge_server import Call, JudgeServer, completion, opinion
from tests.worker_in_process import Worker

CRITERIA = {
    "survivors": {"title": {"en": "Survivors"}, "concepts": ["survivors"]},
    "data": {"title": {"en": "Data"}, "concepts": ["data"], "gap": {"en": "Please give figures by sex."}},
    "budget": {"title": {"en": "Budget"}, "concepts": ["budget"], "themes": ["disaggregated-data"]},
    "reporting": {"title": {"en": "Reporting"}, "concepts": ["budget"]},
}
ASKED = ["Survivors", "Data", "Budget"]
"""About the last criterion there is nothing to be read."""

YEARS = iter(range(2024, 1970, -1))


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[JudgeServer]:
    server = JudgeServer()
    async with server.open():
        yield server


@pytest.fixture(scope="module")
def settings(place: Servers, home: Path, running: JudgeServer) -> Settings:
    return place.settings(home).model_copy(update={"judge_url": running.url, "judge_model": "reader-1"})


@pytest.fixture(scope="module", autouse=True)
async def rubric(sessions: Sessions) -> None:
    criteria = [{"key": key, "provisions": ["ccm:art-5"]} | parts for key, parts in CRITERIA.items()]
    short = {"key": "ccm-short", "edition": "1", "framework": "ccm", "title": {"en": "Short"}}
    async with sessions.begin() as session:
        await assessments.bring_rubric(session, Rubric.model_validate(short | {"criteria": criteria}))


@pytest.fixture
async def judge(running: JudgeServer, sessions: Sessions) -> AsyncIterator[JudgeServer]:
    """The server, well-behaved and asked nothing yet; jobs that a test leaves are cancelled."""
    running.calls.clear()
    running.answer = lambda call: completion(opinion(call, 1))
    yield running
    async with sessions.begin() as session:
        await session.execute(update(Job).where(Job.status == "queued").values(status="cancelled"))


@pytest.fixture
def worker_with(settings: Settings, sessions: Sessions, sandbox: Sandbox) -> Any:
    """Makes workers whose settings differ."""
    return lambda **changes: Worker(settings.model_copy(update=changes), sessions, sandbox)


async def filed(admin: httpx.AsyncClient, worker: Worker) -> str:
    """The address of a report that has been assessed, and as much more as was due."""
    made = await admin.post("/v1/submissions", json=report("HRV", period=str(next(YEARS))))
    path: str = made.headers["location"]
    assert (await admin.post(f"{path}/submit")).status_code == 202
    await worker.drain()
    assert (await admin.get(path)).json()["status"] == "assessed"
    return path


async def assessed_again(admin: httpx.AsyncClient, worker: Worker, path: str) -> dict[str, Any]:
    assert (await admin.post(f"{path}/assessments")).status_code == 202
    await worker.drain()
    return await assessment_of(admin, path)


async def assessment_of(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    answer = await client.get(f"{path}/assessment")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def by_criterion(assessment: dict[str, Any], part: str) -> dict[str, Any]:
    return {finding["criterion"]: finding[part] for finding in assessment["findings"]}


def readings(assessment: dict[str, Any]) -> list[str | None]:
    """How the second readings ended, criterion by criterion."""
    found = by_criterion(assessment, "second_reading").values()
    return [reading and reading["status"] for reading in found]


async def queued(client: httpx.AsyncClient, assessment: dict[str, Any], **query: Any) -> set[str]:
    """The criteria of an assessment that stand in the queue of findings."""
    items = (await client.get("/v1/findings", params=query | {"limit": 500})).json()["items"]
    return {item["criterion"] for item in items if item["assessment"] == assessment["id"]}


GIVEN = ["given", "given", "given", None]
NOT_HEARD = [None] * 4


async def job_of(sessions: Sessions) -> Job:
    """The latest job by which a second reader is heard."""
    async with sessions() as session:
        found = select(Job).where(Job.kind == HearSecondReader.kind).order_by(Job.id.desc()).limit(1)
        return (await session.scalars(found)).one()


async def wait_of(sessions: Sessions) -> timedelta:
    """How long that job is to wait."""
    async with sessions() as session:
        waits = select(Job.run_after - func.now()).where(Job.kind == HearSecondReader.kind)
        found = await session.scalar(waits.order_by(Job.id.desc()).limit(1))
        assert found is not None
        return found


async def time_passes(sessions: Sessions, worker: Worker) -> None:
    """What waits is due, and done."""
    async with sessions.begin() as session:
        await session.execute(update(Job).where(Job.status == "queued").values(run_after=func.now()))
    await worker.drain()


async def test_nobody_is_asked_unless_a_judge_is_set(
    admin: httpx.AsyncClient, judge: JudgeServer, worker_with: Any, sessions: Sessions
):
    assessment = await assessment_of(admin, await filed(admin, worker_with(judge_url=None)))

    assert judge.calls == []
    assert readings(assessment) == NOT_HEARD
    assert set(by_criterion(assessment, "second_opinion").values()) == {None}
    assert assessment["disputed"] == []
    async with sessions() as session:
        subjects = await session.scalars(select(Job.subject).where(Job.kind == HearSecondReader.kind))
        assert assessment["id"] not in set(subjects)


async def test_an_opinion_stands_beside_the_proposal_and_a_different_one_is_flagged(
    admin: httpx.AsyncClient, judge: JudgeServer, worker: Worker, worker_with: Any
):
    path = await filed(admin, worker_with(judge_url=None))
    before = await assessment_of(admin, path)
    proposals = by_criterion(before, "level")
    judge.answer = lambda call: completion(
        opinion(call, 1 if call.criterion == "Data" else proposals["survivors"])
    )
    assert proposals["survivors"] > 1
    assert proposals["data"] > 1

    after = await assessed_again(admin, worker, path)

    assert judge.criteria == ASKED
    assert readings(after) == GIVEN
    assert after["disputed"] == ["data", "budget"]
    assert await queued(admin, after, disputed=True) == {"data", "budget"}
    assert await queued(admin, after, disputed=False) == {"survivors", "reporting"}
    for proposal, finding in zip(before["findings"], after["findings"], strict=True):
        added = ("second_opinion", "second_reading")
        assert {**proposal, **dict.fromkeys(added)} == {**finding, **dict.fromkeys(added)}
    agreed, differs, *_ = by_criterion(after, "second_opinion").values()
    evidence = after["findings"][0]["evidence"][0]["id"]
    assert agreed == {
        "level": proposals["survivors"],
        "applicable": True,
        "why": f"{evidence} shows as much.",
        "cites": [evidence],
        "model": "reader-1",
        "prompt": "second-reader@2026.1",
        "agrees": True,
        "at": agreed["at"],
    }
    assert (differs["level"], differs["agrees"]) == (1, False)


async def test_it_reads_the_evidence_first_then_what_else_is_on_the_themes(
    admin: httpx.AsyncClient, worker: Worker, judge: JudgeServer
):
    assessment = await assessment_of(admin, await filed(admin, worker))

    of_evidence, _, of_themes = judge.calls
    first, evidence = of_evidence.shown["passages"][0], assessment["findings"][0]["evidence"][0]
    assert first == {name: evidence[name] for name in ("id", "language", "text")}
    assert by_criterion(assessment, "evidence")["budget"] == []
    for passage in of_themes.shown["passages"]:
        start, end = map(int, passage["id"].removeprefix("s.report:").split("-"))
        assert TEXT[start:end] == passage["text"]
    schema = of_themes.body["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["cites"]["items"]["enum"] == of_themes.ids != []


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (lambda call: completion(opinion(call, 2, cites=["s.report:7-9"])), "malformed"),
        (lambda call: completion("Level 2, I would say."), "malformed"),
        (lambda call: completion("x" * 300_000), "malformed"),
        (lambda call: completion("", refusal="I would rather not."), "refused"),
        (lambda call: Response(status_code=400), "unavailable"),
    ],
)
async def test_what_is_no_opinion_is_recorded_as_such_and_the_others_are_heard(
    admin: httpx.AsyncClient, worker: Worker, judge: JudgeServer, sessions: Sessions, answer: Any, status: str
):
    judge.answer = lambda call: (
        answer(call) if call.criterion == "Survivors" else completion(opinion(call, 1))
    )

    assessment = await assessment_of(admin, await filed(admin, worker))

    assert judge.criteria == ASKED
    assert readings(assessment) == [status, "given", "given", None]
    assert assessment["findings"][0]["second_opinion"] is None
    assert assessment["findings"][0]["second_reading"]["problem"].endswith(".")
    assert "survivors" not in assessment["disputed"]
    assert (await job_of(sessions)).status == "succeeded"


async def test_a_server_that_fails_is_asked_again_later_and_the_assessment_stands_meanwhile(
    admin: httpx.AsyncClient, worker: Worker, judge: JudgeServer, sessions: Sessions
):
    failing = {0: Response(status_code=500), 1: Response(status_code=503)}
    judge.answer = lambda call: failing.get(call.before) or completion(opinion(call, 1))
    path = await filed(admin, worker)

    waiting = await job_of(sessions)
    assert (waiting.status, (waiting.problem or {})["detail"]) == ("queued", "The judge answered 500.")
    assert readings(await assessment_of(admin, path)) == NOT_HEARD

    for _ in range(2 * len(ASKED)):
        await time_passes(sessions, worker)

    assert len(judge.calls) == 3 * len(ASKED)
    assert readings(await assessment_of(admin, path)) == GIVEN
    done = await job_of(sessions)
    assert (done.status, done.done, done.total) == ("succeeded", 1, 1)


async def test_a_server_that_asks_for_patience_is_left_alone_for_as_long(
    admin: httpx.AsyncClient, worker: Worker, judge: JudgeServer, sessions: Sessions
):
    judge.answer = lambda call: Response(status_code=429, headers={"Retry-After": "900"})

    await filed(admin, worker)

    assert timedelta(seconds=880) < await wait_of(sessions) <= timedelta(seconds=900)
    assert len(judge.calls) == 1


async def test_a_finding_that_gets_no_answer_in_time_goes_without_until_asked_for_again(
    admin: httpx.AsyncClient, judge: JudgeServer, worker_with: Any, sessions: Sessions
):
    async def slowly(call: Call) -> Response:
        await asyncio.sleep(0.15 if call.criterion == "Survivors" else 0)
        return completion(opinion(call, 1))

    judge.answer = slowly
    impatient = worker_with(judge_seconds=0.1)
    path = await filed(admin, impatient)
    for _ in range(MOST_TRIES):
        await time_passes(sessions, impatient)

    assessment = await assessment_of(admin, path)
    assert judge.criteria == ["Survivors"] * MOST_TRIES + ASKED[1:]
    assert readings(assessment) == ["unavailable", "given", "given", None]
    assert assessment["findings"][0]["second_reading"]["problem"] == "The judge did not answer within 0.1 s."

    judge.answer = lambda call: completion(opinion(call, 1))
    assert readings(await assessed_again(admin, impatient, path)) == GIVEN
    assert len(judge.calls) == MOST_TRIES + len(ASKED)


async def test_a_wrong_key_ends_the_job_at_the_first_call_and_can_be_mended(
    admin: httpx.AsyncClient, worker: Worker, judge: JudgeServer, sessions: Sessions
):
    judge.answer = lambda call: Response(status_code=401)
    path = await filed(admin, worker)

    failed = await job_of(sessions)
    problem = {"code": "judge-closed", "detail": "The judge answered 401."}
    assert (failed.status, failed.problem, len(judge.calls)) == ("failed", problem, 1)

    judge.answer = lambda call: completion(opinion(call, 1))
    assert readings(await assessed_again(admin, worker, path)) == GIVEN


@pytest.mark.parametrize("limit", [{"judge_most_calls": 2}, {"judge_most_tokens": 150}])
async def test_an_assessment_costs_no_more_than_it_may(
    admin: httpx.AsyncClient, judge: JudgeServer, worker: Worker, worker_with: Any, limit: dict[str, int]
):
    thrifty = worker_with(**limit)
    path = await filed(admin, thrifty)

    assert readings(await assessment_of(admin, path)) == ["given", "given", "over-limit", None]
    assert readings(await assessed_again(admin, thrifty, path)) == ["given", "given", "over-limit", None]
    assert len(judge.calls) == 2

    assert readings(await assessed_again(admin, worker, path)) == GIVEN
    assert len(judge.calls) == 3


@pytest.mark.parametrize(("limit", "day"), [({"judge_daily_calls": 2}, 2), ({"judge_daily_tokens": 150}, 4)])
async def test_a_day_costs_no_more_than_it_may_and_the_rest_waits_for_the_next(
    admin: httpx.AsyncClient,
    judge: JudgeServer,
    worker_with: Any,
    sessions: Sessions,
    limit: dict[str, int],
    day: int,
):
    thrifty = worker_with(**limit)
    thrifty.now = datetime(2035, 1, day, 22, 0, tzinfo=UTC)
    path = await filed(admin, thrifty)

    assert len(judge.calls) == 2
    assert timedelta(hours=1, minutes=59) < await wait_of(sessions) <= timedelta(hours=2)
    await time_passes(sessions, thrifty)
    assert len(judge.calls) == 2

    thrifty.now += timedelta(hours=2)
    await time_passes(sessions, thrifty)
    assert len(judge.calls) == 3
    assert readings(await assessment_of(admin, path)) == GIVEN


async def test_each_model_is_asked_once_and_the_one_heard_last_is_shown(
    admin: httpx.AsyncClient, worker: Worker, judge: JudgeServer, worker_with: Any, sessions: Sessions
):
    path = await filed(admin, worker)
    before = await assessment_of(admin, path)
    assert await assessed_again(admin, worker, path) == before
    assert judge.criteria == ASKED

    after = await assessed_again(admin, worker_with(judge_model="reader-2"), path)

    assert judge.criteria == ASKED * 2
    heard = [said["model"] for said in by_criterion(after, "second_opinion").values() if said]
    assert heard == ["reader-2"] * len(ASKED)
    async with sessions() as session:
        kept = select(func.count(Verdict.id)).join(Finding).where(Finding.assessment_id == after["id"])
        assert await session.scalar(kept) == 2 * len(ASKED)


async def lost_worker(worker: Worker, sessions: Sessions) -> asyncio.Task[None]:
    """Hears the second reader like a worker, but nobody keeps its lease or records its end."""
    async with sessions.begin() as session:
        await session.execute(update(Job).where(Job.status == "queued").values(run_after=func.now()))
    async with sessions.begin() as session:
        held = await jobs.claim(session, (await job_of(sessions)).id, owner="lost")
    assert held is not None
    order = HearSecondReader.model_validate(held.arguments)
    return asyncio.create_task(hear_second_reader(Run(worker.tools, held), order))


async def lease_runs_out(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        past = func.now() - timedelta(seconds=1)
        await session.execute(update(Job).where(Job.status == "running").values(lease_until=past))
        await jobs.take_back_dead_leases(session)


async def test_what_a_lost_worker_had_heard_is_not_asked_again_and_what_it_hears_later_is_dropped(
    admin: httpx.AsyncClient, worker: Worker, judge: JudgeServer, sessions: Sessions
):
    judge.answer = lambda call: Response(status_code=500)
    path = await filed(admin, worker)
    reached, released = asyncio.Event(), asyncio.Event()

    async def hanging_once(call: Call) -> Response:
        if call.criterion == "Data" and call.before == 0:
            reached.set()
            await released.wait()
            return completion(opinion(call, 0))
        return completion(opinion(call, 1))

    judge.answer = hanging_once
    hearing = await lost_worker(worker, sessions)
    await reached.wait()
    await lease_runs_out(sessions)
    await worker.drain()

    assert judge.criteria == ["Survivors", "Survivors", "Data", "Data", "Budget"]
    heard = await assessment_of(admin, path)
    assert readings(heard) == GIVEN

    released.set()
    with pytest.raises(jobs.Fenced):
        await hearing
    assert await assessment_of(admin, path) == heard


async def test_an_opinion_makes_another_tag_and_does_not_stand_in_a_reviewers_way(
    admin: httpx.AsyncClient, worker: Worker, judge: JudgeServer, worker_with: Any
):
    path = await filed(admin, worker_with(judge_url=None))
    before = (await admin.get(f"{path}/assessment")).headers["etag"]
    await assessed_again(admin, worker, path)

    after = await admin.get(f"{path}/assessment", headers={"If-None-Match": before})
    assert after.status_code == 200
    finding = f"/v1/assessments/{after.json()['id']}/findings/survivors"
    decided = await admin.patch(finding, json={"level": 3}, headers={"If-Match": before})
    assert decided.status_code == 200
    assert decided.json()["findings"][0]["second_opinion"]["level"] == 1
    for seen in (before, after.headers["etag"]):
        late = await admin.patch(finding, json={"level": 3}, headers={"If-Match": seen})
        assert late.status_code == 412


async def test_opinions_are_for_those_who_review(
    admin: httpx.AsyncClient, worker: Worker, judge: JudgeServer, client_with: ClientMaker
):
    path = await filed(admin, worker)

    for client in (
        await client_with(Scope.SUBMISSIONS_WRITE, state="HRV"),
        await client_with(Scope.MEETINGS_WRITE),
    ):
        assessment = await assessment_of(client, path)
        assert readings(assessment) == NOT_HEARD
        assert set(by_criterion(assessment, "second_opinion").values()) == {None}
        assert assessment["disputed"] == []
    assert readings(await assessment_of(await client_with(Scope.ASSESSMENTS_REVIEW), path)) == GIVEN


async def test_nothing_is_asked_about_what_a_person_has_decided(
    admin: httpx.AsyncClient, worker: Worker, judge: JudgeServer, worker_with: Any
):
    path = await filed(admin, worker_with(judge_url=None))
    read = await admin.get(f"{path}/assessment")
    finding = f"/v1/assessments/{read.json()['id']}/findings/survivors"
    seen = {"If-Match": read.headers["etag"]}
    assert (await admin.patch(finding, json={"level": 3}, headers=seen)).status_code == 200

    assessment = await assessed_again(admin, worker, path)

    assert judge.criteria == ASKED[1:]
    assert readings(assessment) == [None, "given", "given", None]
