"""Who hangs up before the body has ended is no fault of ours: nothing is answered, nothing is kept of it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.types import Message
from structlog.testing import capture_logs

from schemas.access import Scope
from services.api.bodies import MEGABYTE
from services.database import Sessions
from tests.api.given import meeting
from tests.conftest import KeyMaker

SEATS = "/v1/indicators/sdg:5.5.1/observations"
FORM = "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nIn 2024'
LARGE = b"state,period,value\n" + b"HRV,2012,5\n" * MEGABYTE
"""More than is held in memory."""

HANGING_UP = [
    ("POST", "/v1/meetings", "application/json", b'{"title": '),
    ("POST", "/v1/submissions", "application/json", b'{"framework": '),
    ("POST", "/v1/submissions", FORM, PART),
    ("POST", SEATS, "text/csv", b"state,period,value\nHRV,20"),
    ("POST", SEATS, "text/csv", LARGE),
    ("POST", "/v1/observations", "application/json", b"["),
    ("PUT", "/v1/frameworks/left/editions/2026", "application/yaml", b"framework: "),
    ("PUT", "/v1/mapping-sets/left", "text/tab-separated-values", b"#"),
    ("POST", "/v1/bounces", "message/rfc822", b"From: "),
]


@pytest.fixture(scope="module")
async def key(make_key: KeyMaker) -> str:
    return await make_key(Scope.ADMIN)


async def hang_up(
    app: FastAPI, method: str, path: str, headers: dict[str, str], body: bytes
) -> list[Message]:
    """What is answered to a caller who sends this much of a body and leaves."""
    answered: list[Message] = []
    coming: list[Message] = [
        {"type": "http.request", "body": body, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return coming.pop(0) if len(coming) > 1 else coming[0]

    async def send(message: Message) -> None:
        answered.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("test", 80),
    }
    await app(scope, receive, send)
    return answered


@pytest.mark.parametrize("once", [False, True], ids=["plain", "once"])
@pytest.mark.parametrize(
    ("method", "path", "kind", "body"), HANGING_UP, ids=[f"{at} {len(body)}" for _, at, _, body in HANGING_UP]
)
async def test_a_body_that_is_broken_off_is_one_line_in_the_log(
    app: FastAPI, key: str, method: str, path: str, kind: str, body: bytes, once: bool
):
    headers = {"Authorization": f"Bearer {key}", "Content-Type": kind, "Transfer-Encoding": "chunked"}
    if once:
        headers["Idempotency-Key"] = f"left {path} {kind} {len(body)}"

    with capture_logs() as logs:
        answered = await hang_up(app, method, path, headers, body)

    assert answered == []
    assert logs == [{"event": "caller left", "method": method, "path": path, "log_level": "info"}]


async def test_what_had_come_is_not_kept(app: FastAPI, key: str, sessions: Sessions):
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/csv", "Transfer-Encoding": "chunked"}
    await hang_up(app, "POST", SEATS, headers, LARGE)

    async with sessions() as session:
        assert (await session.execute(text("SELECT count(*) FROM uploads"))).scalar_one() == 0


async def test_it_is_counted_as_nothing_and_the_same_key_may_send_it_again(
    app: FastAPI, admin: httpx.AsyncClient, key: str
):
    async def counted() -> list[str]:
        lines = (await admin.get("/metrics")).text.splitlines()
        return [line for line in lines if line.startswith("focalpoint_requests_total") and "meetings" in line]

    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": "again",
    }
    before = await counted()
    await hang_up(app, "POST", "/v1/meetings", headers | {"Transfer-Encoding": "chunked"}, b"{")

    assert await counted() == before
    assert (await admin.post("/v1/meetings", json=meeting(), headers=headers)).status_code == 201
