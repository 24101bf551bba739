"""`HEAD` is `GET` without the body, at every address; `Allow` names all methods of an address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from fastapi import FastAPI

from tests.api.conftest import Server
from tests.api.given import problem_of, report
from tests.api.test_observations import SEATS, brought

SVG, CSV = {"Accept": "image/svg+xml"}, {"Accept": "text/csv"}
CHART = "/v1/indicators/sdg:5.5.1/charts/series?state=HRV"


async def same(client: httpx.AsyncClient, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    """The answer to `HEAD`, found to be that of `GET` without the body."""
    fetched = await client.get(path, headers=headers)
    looked = await client.head(path, headers=headers)
    assert (looked.status_code, looked.headers) == (fetched.status_code, fetched.headers)
    assert (looked.content, looked.headers["content-length"]) == (b"", str(len(fetched.content)))
    return looked


@pytest.mark.parametrize(
    "path",
    [
        "/v1/frameworks/ccm",
        "/v1/frameworks/ccm/provisions?limit=3",
        "/v1/states?limit=2",
        "/v1/me",
        "/v1/submissions",
        "/v1/calendar.ics",
        SEATS,
        CHART,
        "/healthz",
        "/docs",
        "/openapi.json",
        "/docs/assets/favicon.png",
    ],
)
async def test_what_is_read_is_looked_at(admin: httpx.AsyncClient, path: str):
    assert (await same(admin, path)).status_code == 200


async def test_what_is_answered_from_memory_is_looked_at(anonymous: httpx.AsyncClient):
    first = await anonymous.head("/v1/frameworks/cedaw")

    assert (await same(anonymous, "/v1/frameworks/cedaw")).headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize(
    ("status", "path", "headers"),
    [
        (401, "/v1/frameworks/ccm", {"Authorization": "Bearer fp_wrong"}),
        (404, "/v1/frameworks/xyz", {}),
        (404, "/nothing", {}),
        (404, "/v1/unsubscribe/x", {}),
        (404, "/v1/unsubscribe/x", {"Accept": "text/html"}),
        (422, "/v1/states?colour=blue", {}),
        (406, CHART, {"Accept": "image/png"}),
        (405, "/v1/observations", {}),
    ],
)
async def test_what_is_refused_is_refused_alike(
    admin: httpx.AsyncClient, status: int, path: str, headers: dict[str, str]
):
    assert (await same(admin, path, headers)).status_code == status


async def test_who_may_not_read_may_not_look(anonymous: httpx.AsyncClient):
    assert (await same(anonymous, "/v1/me")).status_code == 401


async def test_formats_and_versions_are_told_apart(admin: httpx.AsyncClient):
    drawn = await same(admin, CHART, SVG)
    told = await same(admin, CHART)

    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert "Accept" in drawn.headers["vary"]
    assert drawn.headers["etag"] != told.headers["etag"]
    known = await admin.head(CHART, headers=SVG | {"If-None-Match": drawn.headers["etag"]})
    assert (known.status_code, known.headers["etag"]) == (304, drawn.headers["etag"])


async def test_an_export_is_looked_at_without_being_made(admin: httpx.AsyncClient, app: FastAPI):
    await brought(admin, "state,period,value\nISL,2012,1\n")
    fetched = await admin.get(SEATS, headers=CSV)

    async with AsyncExitStack() as held, asyncio.timeout(20):
        for key in (None, None, "another"):
            await held.enter_async_context(app.state.exports.taken(key))  # there is no room for one more
        looked = await admin.head(SEATS, headers=CSV)

    assert len(fetched.content) > 0
    assert (looked.status_code, looked.headers) == (200, fetched.headers)
    assert "content-length" not in looked.headers


async def test_what_would_be_followed_for_long_is_looked_at_at_once(admin: httpx.AsyncClient):
    filed = (await admin.post("/v1/submissions", json=report("HRV"))).headers["location"]
    promised = (await admin.post(f"{filed}/submit")).headers["location"]

    async with asyncio.timeout(20):
        looked = await admin.head(f"{promised}/events")

    assert (await admin.get(promised)).json()["status"] == "queued"
    assert looked.status_code == 200
    assert looked.headers["content-type"].startswith("text/event-stream")


async def test_looks_are_counted_as_such(admin: httpx.AsyncClient):
    async def counted() -> list[str]:
        lines = (await admin.get("/metrics")).text.splitlines()
        return [line for line in lines if 'method="HEAD",route="/v1/instruments"' in line]

    before = await counted()
    await admin.head("/v1/instruments")

    assert before == []
    [line] = [line for line in await counted() if line.startswith("focalpoint_requests_total")]
    assert line.endswith(" 1.0")


async def test_the_document_names_reads_alone(app: FastAPI):
    heads = {path for path, methods in app.openapi()["paths"].items() if "head" in methods}

    assert heads == set()


@pytest.mark.parametrize(
    ("method", "path", "methods"),
    [
        ("PUT", SEATS, "DELETE, GET, HEAD, POST"),
        ("OPTIONS", SEATS, "DELETE, GET, HEAD, POST"),
        ("GET", "/v1/observations", "POST"),
        ("HEAD", "/v1/observations", "POST"),
        ("DELETE", "/v1/frameworks/ccm/provisions", "GET, HEAD"),
        ("PUT", "/v1/unsubscribe/x", "GET, HEAD, POST"),
        ("PUT", "/v1/meeting-series/preview", "POST"),
        ("PUT", "/v1/meeting-series/x", "GET, HEAD, PATCH"),
        ("POST", "/healthz", "GET, HEAD"),
        ("POST", "/docs/assets/favicon.png", "GET, HEAD"),
    ],
)
async def test_what_is_possible_at_an_address_is_named(
    admin: httpx.AsyncClient, method: str, path: str, methods: str
):
    answer = await admin.request(method, path)

    assert answer.status_code == 405
    assert answer.headers["allow"] == methods
    if method != "HEAD":
        problem_of(answer, 405, "method-not-allowed")


@pytest.fixture
async def wire(server: Server) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    url = httpx.URL(server.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    yield reader, writer
    writer.close()


async def test_no_body_goes_over_the_wire(wire: tuple[asyncio.StreamReader, asyncio.StreamWriter]):
    reader, writer = wire
    for _ in range(2):
        writer.write(b"HEAD /v1/frameworks/ccm HTTP/1.1\r\nHost: localhost\r\n\r\n")

    for _ in range(2):
        answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        assert answer.startswith("http/1.1 200 ")
        assert "\r\ncontent-length: 0\r\n" not in answer
        assert "\r\ncontent-length: " in answer
