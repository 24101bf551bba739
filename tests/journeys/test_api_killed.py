from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import func, select, text

from domain.submissions.models import Submission
from tests.journeys.installation import Installation, Promised, next_report
from tests.journeys.processes import until

WAITING = text("select count(*) from pg_locks where not granted")


async def test_a_filing_whose_answer_was_lost_can_be_repeated_and_is_filed_once(
    installation: Installation,
) -> None:
    committed, cut_off = new_filing(), new_filing()
    api = installation.api()
    await installation.until_api_answers()

    async with sent(installation, committed):
        await until(lambda: submissions_of(installation, committed), within=5)
        async with submissions_locked(installation), sent(installation, cut_off):
            await until(lambda: answer_to(installation, WAITING), within=5)
            api.kill()
    assert await submissions_of(installation, cut_off) == 0
    installation.api()
    await installation.until_api_answers()
    again = [await send(installation, filing) for filing in (committed, cut_off, committed, cut_off)]

    assert [answer.status_code for answer in again] == [201] * 4
    assert ["idempotent-replay" in answer.headers for answer in again] == [True, False, True, True]
    assert [answer.json() for answer in again[:2]] == [answer.json() for answer in again[2:]]
    assert [await submissions_of(installation, filing) for filing in (committed, cut_off)] == [1, 1]


async def test_a_job_is_carried_out_although_the_api_died_right_after_promising_it(
    installation: Installation,
) -> None:
    api = installation.api()
    await installation.until_api_answers()
    installation.workers(0)
    filed = await send(installation, new_filing())
    async with installation.client() as client:
        answer = await client.post(f"/v1/submissions/{filed.json()['id']}/submit")
        api.kill()

    assert answer.status_code == 202
    promised = Promised(UUID(filed.json()["id"]), UUID(answer.json()["id"]))
    installation.workers(1)
    [job] = await installation.until_finished([promised], within=15)

    assert job.status == "succeeded"
    await installation.must_be_complete_and_single([promised])


def new_filing() -> dict[str, Any]:
    sections = [{"key": "a", "text": "Women take part in clearance."}]
    return next_report().model_dump() | {"sections": sections}


async def send(installation: Installation, filing: dict[str, Any]) -> httpx.Response:
    async with installation.client() as client:
        return await client.send(request_for(client, filing))


@asynccontextmanager
async def sent(installation: Installation, filing: dict[str, Any]) -> AsyncIterator[None]:
    """Sent, too, but whoever sent it never reads the answer."""
    async with installation.client() as client:
        request = request_for(client, filing)
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    _, writer = await asyncio.open_connection(installation.settings.host, installation.settings.port)
    writer.write(f"POST {request.url.path} HTTP/1.1\r\n{head}\r\n".encode() + request.content)
    yield
    writer.close()


def request_for(client: httpx.AsyncClient, filing: dict[str, Any]) -> httpx.Request:
    """Filing the same has the same key."""
    headers = {"Idempotency-Key": f"{filing['state']}-{filing['period']}"}
    return client.build_request("POST", "/v1/submissions", json=filing, headers=headers)


@asynccontextmanager
async def submissions_locked(installation: Installation) -> AsyncIterator[None]:
    """Whoever files meanwhile waits."""
    async with installation.sessions.begin() as session:
        await session.execute(text("lock table submissions in share mode"))
        yield


async def submissions_of(installation: Installation, filing: dict[str, Any]) -> int:
    wanted = select(func.count()).where(
        Submission.state == filing["state"], Submission.period == filing["period"]
    )
    return await answer_to(installation, wanted)


async def answer_to(installation: Installation, question: Any) -> int:
    async with installation.sessions() as session:
        return await session.scalar(question) or 0
