"""A database that takes what it is sent and says nothing: requests end all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext

import asyncpg
import httpx
import pytest

from domain.indicators.exporting import Sink
from schemas.access import Scope
from services import database
from services.api.exports import Export
from services.api.main import create_app
from services.sandbox import Sandbox
from services.settings import Settings
from tests.conftest import KeyMaker
from tests.wire import Wire, wire_to

READS = ["/v1/persons", "/v1/frameworks/ccm/provisions?limit=2"]
"""By way of a session, and of the driver alone."""


@pytest.fixture
async def wire(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Wire]:
    monkeypatch.setitem(database.CONNECT, "command_timeout", 0.5)
    monkeypatch.setattr(database, "LONGEST_WAIT", 0.5)
    async with wire_to(settings.require_database()) as wire:
        yield wire


@pytest.fixture
async def client(
    wire: Wire, settings: Settings, sandbox: Sandbox, make_key: KeyMaker
) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings.model_copy(update={"database_url": wire.url}), sandbox=sandbox)
    headers = {"Authorization": f"Bearer {await make_key(Scope.ADMIN)}"}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client,
    ):
        yield client


@pytest.mark.parametrize("path", READS)
async def test_a_request_is_answered_503_and_the_next_one_as_soon_as_the_database_is_back(
    client: httpx.AsyncClient, wire: Wire, path: str
):
    assert (await client.get(path)).status_code == 200
    wire.hold()
    async with asyncio.timeout(20):
        answer = await client.get(path)
    wire.let_go()

    assert (answer.status_code, answer.json()["code"]) == (503, "temporarily-unavailable")
    assert answer.headers["retry-after"] == "2"
    assert (await client.get(path)).status_code == 200


async def test_an_export_may_take_longer_than_a_request(settings: Settings, wire: Wire):
    engine = database.open_engine(wire.url)

    async def copy(driver: asyncpg.Connection, sink: Sink) -> None:
        await driver.copy_from_query("SELECT pg_sleep(1), 'all'", output=sink)

    export = Export(engine, nullcontext, copy, media_type="text/csv", headers={})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(export), base_url="http://test") as client:
        answer = await client.get("/")

    assert (answer.status_code, answer.text) == (200, "\tall\n")
    await database.close(engine)
