"""Files beyond 10 MB: received in parts, read by the worker, answered by a job; and SDMX-CSV both ways."""

from __future__ import annotations

import contextlib
import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import sdmx.reader.csv
from sdmx.model import common, v30
from sqlalchemy import text

from domain.indicators import uploads
from schemas.access import Scope
from services.database import Sessions
from tests.api.given import problem_of
from tests.api.test_observations import CSV, brought, counts, items, problems
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker

SEATS = "/v1/indicators/sdg:5.5.1/observations"
SDMX = "application/vnd.sdmx.data+csv;version=2.0.0"
LONG = "n" * 4_900
ENOUGH = 2_300
"""Rows with a long note are more than 10 MB."""


def large(state: str, *more: str, count: int = ENOUGH) -> bytes:
    days = (f"{state},{1700 + n // 300}-D{1 + n % 300:03},{n % 100},{LONG}\n" for n in range(count))
    return "".join(["state,period,value,note\n", *days, *more]).encode()


async def job_of(client: httpx.AsyncClient, worker: Worker, answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 202, answer.text
    await worker.drain()
    job: dict[str, Any] = (await client.get(answer.headers["location"])).json()
    return job


async def uploads_left(sessions: Sessions) -> int:
    async with sessions() as session:
        return (await session.execute(text("SELECT count(*) FROM uploads"))).scalar_one()


async def test_a_large_file_is_a_job(admin: httpx.AsyncClient, worker: Worker, sessions: Sessions):
    path = "/v1/indicators/sdg:5.5.2/observations"
    content = large("HRV", "HRV,2000,Gender aware,\n")

    job = await job_of(admin, worker, await admin.post(path, content=content, headers=CSV))

    assert job["status"] == "succeeded", job
    answer = (await admin.get(job["result"])).json()
    assert counts(answer) == (ENOUGH + 1, ENOUGH, 0, 0, 1)
    assert problems(answer) == [("not-a-number", "/value", [ENOUGH + 1])]
    assert await uploads_left(sessions) == 0

    again = await job_of(admin, worker, await admin.post(path, content=content, headers=CSV))
    assert counts((await admin.get(again["result"])).json()) == (ENOUGH + 1, 0, 0, ENOUGH, 1)
    assert (await admin.get(again["result"])).json()["problems"] == answer["problems"]

    changed = await brought(admin, "state,period,value\nHRV,1700-01-01,77\n", path)
    assert counts(changed) == (1, 0, 1, 0, 0)
    third = await job_of(admin, worker, await admin.post(path, content=content, headers=CSV))
    assert counts((await admin.get(third["result"])).json()) == (ENOUGH + 1, 0, 1, ENOUGH - 1, 1)


async def test_a_large_file_with_rows_that_disagree_is_merged_with_care(
    admin: httpx.AsyncClient, worker: Worker
):
    path = "/v1/indicators/sdg:8.5.2/observations"
    content = large("FRA", f"FRA,1700-01-01,50,{LONG}\n", f"FRA,1700-01-02,1,{LONG}\n")

    job = await job_of(admin, worker, await admin.post(path, content=content, headers=CSV))

    answer = (await admin.get(job["result"])).json()
    assert counts(answer) == (ENOUGH + 2, ENOUGH - 1, 0, 1, 2)
    assert problems(answer) == [("conflicting-rows", "/value", [1, ENOUGH + 1])]


async def test_a_large_dry_run_keeps_its_answer_and_nothing_else(admin: httpx.AsyncClient, worker: Worker):
    path = "/v1/indicators/sdg:5.4.1/observations"
    sent = await admin.post(path, content=large("ESP"), headers=CSV, params={"dry_run": "true"})

    job = await job_of(admin, worker, sent)

    assert counts((await admin.get(job["result"])).json()) == (ENOUGH, ENOUGH, 0, 0, 0)
    assert await items(admin, path) == []


async def test_a_large_file_that_nobody_understands_fails_with_the_reason(
    admin: httpx.AsyncClient, worker: Worker
):
    content = large("ITA").replace(b"state,", b"country,", 1)

    job = await job_of(admin, worker, await admin.post(SEATS, content=content, headers=CSV))

    assert job["status"] == "failed"
    assert job["problem"]["code"] == "invalid-columns"
    assert "No column gives `state`" in job["problem"]["detail"]


async def test_a_large_file_with_a_key_is_done_once(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    headers = CSV | {"Idempotency-Key": "a large one"}
    first = await admin.post(SEATS, content=large("PRT"), headers=headers)
    again = await admin.post(SEATS, content=large("PRT"), headers=headers)
    other = await admin.post(SEATS, content=large("PRT", "\n"), headers=headers)

    assert first.json()["id"] == again.json()["id"]
    problem_of(other, 422, "idempotency-key-reused")
    assert await uploads_left(sessions) == 2  # of the first, and of the job that failed before
    await worker.drain()


async def test_what_is_refused_leaves_no_upload(client_with: ClientMaker, sessions: Sessions):
    reader = await client_with(Scope.SUBMISSIONS_WRITE)
    admin = await client_with(Scope.ADMIN)
    before = await uploads_left(sessions)

    problem_of(await reader.post(SEATS, content=large("PRT"), headers=CSV), 403, "scope-missing")
    unknown = await admin.post("/v1/indicators/sdg:0.0.0/observations", content=large("PRT"), headers=CSV)
    problem_of(unknown, 404, "not-found")

    async def broken() -> AsyncIterator[bytes]:
        yield large("PRT") * 2
        raise ConnectionResetError

    with contextlib.suppress(ConnectionResetError):
        await admin.post(SEATS, content=broken(), headers=CSV)
    assert await uploads_left(sessions) == before


async def test_files_that_nobody_reads_are_dropped(sessions: Sessions, worker: Worker):
    async with sessions.begin() as session:
        upload = await uploads.begin(session)
        await uploads.add(session, upload, 0, uploads.packed(b"x"))
        await session.execute(text("UPDATE uploads SET created = now() - interval '3 days'"))
    async with sessions.begin() as session:
        await uploads.forget_old(session, now=worker.tools.now())

    assert await uploads_left(sessions) == 0


def structure() -> common.BaseDataflow:
    """As a reader of SDMX would be told of it."""
    definition = v30.DataStructureDefinition(id="OBSERVATIONS", version="1.0")
    for dimension in ("INDICATOR", "REF_AREA", "AGE", "SEX"):
        definition.dimensions.append(common.Dimension(id=dimension))
    definition.dimensions.append(common.TimeDimension(id="TIME_PERIOD"))
    definition.measures.append(v30.Measure(id="OBS_VALUE"))
    for attribute in ("OBS_STATUS", "NATURE", "UNIT_MULT", "SOURCE_DETAIL"):
        definition.attributes.append(v30.DataAttribute(id=attribute))
    return v30.Dataflow(id="OBSERVATIONS", version="1.0", structure=definition)


async def test_sdmx_csv_is_read_by_another_reader_and_by_us(admin: httpx.AsyncClient):
    path = "/v1/indicators/sdg:8.5.2/observations"
    await brought(
        admin,
        "state,period,value,sex,age,status,source,note\n"
        'ALB,2012,23.80,F,15-49,A,"a, b",=1\nALB,2012-Q1,,_T,,M,,\nALB,2010/P3Y,1,M,,,,\n',
        path,
    )

    answer = await admin.get(path, params={"state": "ALB"}, headers={"Accept": SDMX})

    assert answer.headers["content-type"] == SDMX
    message = sdmx.reader.csv.Reader().convert(io.BytesIO(answer.content), structure=structure())
    [data] = message.data
    found = {
        (str(one.key["TIME_PERIOD"].value), str(one.key["SEX"].value), one.value): str(
            one.attrib["OBS_STATUS"].value
        )
        for one in data.obs
    }
    assert found == {
        ("2012", "F", "23.80"): "A",
        ("2012-Q1", "_T", ""): "M",
        ("2010-01-01/P3Y", "M", "1"): "A",
    }
    assert answer.text.splitlines()[0].startswith("STRUCTURE,STRUCTURE_ID,ACTION,INDICATOR,REF_AREA,AGE,SEX,")
    again = await admin.post("/v1/observations", content=answer.content, headers={"Content-Type": SDMX})
    assert counts(again.json()) == (3, 0, 0, 3, 0), again.text
