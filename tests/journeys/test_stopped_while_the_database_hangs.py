"""Whoever is asked to stop does, before a supervisor loses patience, although the database says nothing."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest

from services.stack.folders import free_port
from tests.journeys.installation import Installation
from tests.journeys.post_office import PostOffice
from tests.journeys.processes import Process, until_true
from tests.journeys.reminding import call_meeting, have_told
from tests.wire import Wire, wire_to

WITHIN = 8.0


@pytest.fixture
async def wire(installation: Installation) -> AsyncIterator[Wire]:
    async with wire_to(installation.settings.require_database()) as wire:
        yield wire


async def ends_well(process: Process, status: int) -> None:
    process.stop()
    await until_true(lambda: not process.lives, within=WITHIN)
    assert process.end() == status
    assert "Traceback" not in process.said


async def test_a_worker_that_sends_letters_ends(installation: Installation, office: PostOffice, wire: Wire):
    installation.workers(0)
    office.seconds_per_letter = 0.2
    worker = installation.start_worker(FOCALPOINT_DATABASE_URL=wire.url)
    meeting = await call_meeting(installation)
    await have_told(installation, meeting, 100)
    await office.until_received(10, within=30)
    wire.hold()

    await ends_well(worker, 0)


async def test_an_api_answers_the_requests_that_it_has_in_hand(installation: Installation, wire: Wire):
    port = free_port(None)
    api = installation.second_api(port, FOCALPOINT_DATABASE_URL=wire.url)
    await installation.until_api_answers(port)
    async with installation.client(port) as client:
        assert (await client.get("/v1/persons")).status_code == 200
        wire.hold()
        paths = ("/v1/persons", "/v1/meetings", "/v1/frameworks", "/v1/frameworks/ccm/provisions?limit=2")
        asked = [asyncio.create_task(client.get(path)) for path in paths]
        await asyncio.sleep(0.5)

        await ends_well(api, -signal.SIGTERM)
        answers = await asyncio.gather(*asked)

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (503, "temporarily-unavailable")
    ] * 4
    assert all(one.headers["retry-after"] == "2" for one in answers)


async def test_an_api_that_has_answered_requests_ends(installation: Installation, wire: Wire):
    port = free_port(None)
    api = installation.second_api(port, FOCALPOINT_DATABASE_URL=wire.url)
    await installation.until_api_answers(port)
    async with installation.client(port) as client:
        for path in ("/v1/persons", "/v1/frameworks/ccm/provisions?limit=2", "/v1/persons"):
            assert (await client.get(path)).status_code == 200
    wire.hold()

    await ends_well(api, -signal.SIGTERM)
