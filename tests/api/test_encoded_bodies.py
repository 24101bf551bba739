"""Bodies are taken as they are: one that is compressed is refused wherever bodies are read."""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from tests.api.given import meeting, problem_of
from tests.api.test_observations import CSV, SEATS, counts

ROWS = b"state,period,value\nMEX,2012,5\n"
PACKED = gzip.compress(ROWS)


def taking_bodies(app: FastAPI) -> Iterator[tuple[str, str]]:
    for context in iter_route_contexts(app.routes):
        for method in (context.methods or set()) & {"POST", "PUT", "PATCH"}:
            yield method, re.sub(r"\{\w+\}", "x", context.path or "")


async def test_a_compressed_body_is_refused_at_every_address(admin: httpx.AsyncClient, app: FastAPI):
    operations = list(taking_bodies(app))

    assert len(operations) > 70
    for method, path in operations:
        answer = await admin.request(method, path, content=PACKED, headers={"Content-Encoding": "gzip"})
        problem_of(answer, 415, "unsupported-encoding")
        assert answer.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("coding", "named"),
    [("gzip", "gzip"), ("GZIP", "gzip"), ("br", "br"), ("identity, gzip", "gzip"), ("x, y", "x, y")],
)
async def test_whatever_it_is_compressed_by(admin: httpx.AsyncClient, coding: str, named: str):
    answer = await admin.post(SEATS, content=PACKED, headers=CSV | {"Content-Encoding": coding})

    detail = problem_of(answer, 415, "unsupported-encoding")["detail"]
    assert detail == f"The body is sent as {named}; send it as it is, without Content-Encoding."


async def test_one_that_comes_in_pieces_is_refused_too(admin: httpx.AsyncClient):
    async def pieces() -> AsyncIterator[bytes]:
        yield PACKED

    answer = await admin.post(SEATS, content=pieces(), headers=CSV | {"Content-Encoding": "gzip"})

    problem_of(answer, 415, "unsupported-encoding")


@pytest.mark.parametrize("coding", ["identity", "Identity", "identity, identity", ""])
async def test_a_body_that_is_said_to_be_as_it_is_is_read(admin: httpx.AsyncClient, coding: str):
    answer = await admin.post(SEATS, content=ROWS, headers=CSV | {"Content-Encoding": coding})

    assert counts(answer.json())[0] == 1


@pytest.mark.parametrize("length", ["0", "00"])
async def test_a_body_of_no_length_is_none(admin: httpx.AsyncClient, length: str):
    headers = {"Content-Length": length, "Content-Encoding": "gzip", "Content-Type": "text/plain"}

    problem_of(await admin.post("/v1/meetings", headers=headers), 422, "validation-failed")


async def test_where_there_is_no_body_nothing_is_said_of_it(admin: httpx.AsyncClient):
    held = (await admin.post("/v1/meetings", json=meeting())).headers["location"]
    coded = {"Content-Encoding": "gzip"}

    read = await admin.get(held, headers=coded)
    refused = await admin.post("/v1/meetings", headers=coded)

    assert read.status_code == 200
    problem_of(refused, 422, "validation-failed")
