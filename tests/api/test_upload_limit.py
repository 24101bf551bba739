"""A body that is too large is refused while it arrives, by a real server on a real socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest

from schemas.access import Scope
from services.settings import Settings
from tests.api.conftest import Server
from tests.api.given import problem_of
from tests.conftest import KeyMaker

MEGABYTE = 1024 * 1024
UPLOAD = 200 * MEGABYTE
PIECE = bytes(MEGABYTE)

HEAD = (
    b'--b\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n'
    b'{"framework": "ccm", "state": "HRV", "period": "2024"}\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\n"
)


@pytest.fixture(scope="module")
def settings(server: Server) -> Settings:
    """Everything here happens on the server's database."""
    return server.settings


@pytest.fixture(scope="module")
async def key(make_key: KeyMaker) -> str:
    return await make_key(Scope.ADMIN)


def upload() -> Iterator[bytes]:
    yield HEAD
    for _ in range(UPLOAD // MEGABYTE):
        yield PIECE


@dataclass(frozen=True)
class Refusal:
    status: int
    headers: dict[str, str]
    body: dict[str, object]
    sent: int
    """Bytes that the client had sent when the answer came."""


async def send_and_listen(server: Server, key: str, *, announced: bool) -> Refusal:
    """Upload as a client that stops as soon as it is answered."""
    url = httpx.URL(server.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    length = f"Content-Length: {len(HEAD) + UPLOAD}" if announced else "Transfer-Encoding: chunked"
    writer.write(
        f"POST /v1/submissions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\n{length}\r\n\r\n".encode()
    )
    answer = asyncio.create_task(reader.readuntil(b"\r\n\r\n"))
    sent = 0
    for piece in upload():
        if answer.done():
            break
        writer.write(piece if announced else b"%x\r\n%b\r\n" % (len(piece), piece))
        await writer.drain()
        await asyncio.sleep(0)
        sent += len(piece)
    status_line, *lines = (await answer).decode().strip().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    body = json.loads(await reader.readexactly(int(headers["content-length"])))
    writer.close()
    return Refusal(int(status_line.split()[1]), headers, body, sent)


@pytest.mark.parametrize(
    ("announced", "code", "most"),
    [(True, "too-large", 30 * MEGABYTE), (False, "document-too-large", 60 * MEGABYTE)],
    ids=["announced", "chunked"],
)
async def test_an_upload_is_refused_before_it_has_all_arrived(
    server: Server, key: str, announced: bool, code: str, most: int
):
    before = server.resident_megabytes()

    refusal = await send_and_listen(server, key, announced=announced)

    assert (refusal.status, refusal.body["status"], refusal.body["code"]) == (413, 413, code)
    assert refusal.headers["content-type"] == "application/problem+json"
    assert refusal.sent < most
    assert server.resident_megabytes() - before < 100


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "chunked"])
async def test_a_client_that_sends_to_the_end_reads_the_refusal_too(
    server: Server, key: str, announced: bool
):
    async def body() -> AsyncIterator[bytes]:
        for piece in upload():
            yield piece

    before = server.resident_megabytes()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "multipart/form-data; boundary=b"}
    if announced:
        headers["Content-Length"] = str(len(HEAD) + UPLOAD)
    async with httpx.AsyncClient(base_url=server.url, timeout=10, trust_env=False) as client:
        answer = await client.post("/v1/submissions", content=body(), headers=headers)
        after = await client.get("/v1/submissions?state=HRV", headers={"Authorization": f"Bearer {key}"})

    problem_of(answer, 413, "too-large" if announced else "document-too-large")
    assert server.resident_megabytes() - before < 100
    assert after.json()["items"] == []


async def test_a_stranger_is_refused_without_being_listened_to(server: Server):
    refusal = await send_and_listen(server, "fp_unknown", announced=False)

    assert (refusal.status, refusal.body["code"]) == (401, "invalid-api-key")
    assert refusal.sent < 30 * MEGABYTE


async def test_the_server_answers_others_meanwhile(server: Server, key: str):
    uploading = asyncio.create_task(send_and_listen(server, key, announced=False))
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        answers = [await client.get("/healthz") for _ in range(5)]
    await uploading

    assert [answer.status_code for answer in answers] == [200] * 5
