"""The worker drafts the agenda of each coming meeting once, some time before it begins."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from domain.agendas import actions
from services.database import Sessions
from services.sandbox import Sandbox
from services.settings import Settings
from services.worker.timetable import draft_agendas
from tests.api.convening import (
    Found,
    called,
    change,
    changed,
    drafted,
    entered,
    path_of,
    tag_of,
    titles,
)
from tests.api.given import problem_of
from tests.worker_in_process import Worker

AHEAD, MINUTE = timedelta(days=21), timedelta(minutes=1)
OPENING = "Opening and adoption of the agenda"


def begins(of: Found) -> datetime:
    return datetime.fromisoformat(of["start"]).astimezone(UTC)


async def turn(worker: Worker, moment: datetime) -> None:
    """What the worker does every hour."""
    worker.now = moment
    await draft_agendas({"tools": worker.tools})


async def agenda_of(client: httpx.AsyncClient, of: Found) -> Found | None:
    answer = await client.get(f"{path_of(of)}/agenda")
    if answer.status_code == 404:
        problem_of(answer, 404, "no-agenda")
        return None
    found: Found = answer.json()
    return found


async def test_an_agenda_is_drafted_three_weeks_before_the_meeting_and_not_sooner(
    admin: httpx.AsyncClient, worker: Worker
):
    before = await called(admin, "2031-01-05T10:00:00Z", framework="crc")
    await entered(admin, "decisions", before, text="Ask for figures.")
    coming = await called(admin, "2031-03-03T10:00:00Z", framework="crc")

    await turn(worker, begins(coming) - AHEAD - MINUTE)
    assert await agenda_of(admin, coming) is None
    await turn(worker, begins(coming) - AHEAD)

    agenda = await agenda_of(admin, coming)
    assert agenda is not None
    assert titles(agenda)[0] == OPENING
    assert "decisions" in {item["kind"] for item in agenda["items"]}
    assert datetime.fromisoformat(agenda["drafted_at"]) == begins(coming) - AHEAD


async def test_a_later_turn_leaves_a_draft_alone_and_a_person_has_it_drafted_again(
    admin: httpx.AsyncClient, worker: Worker
):
    before = await called(admin, "2032-01-05T10:00:00Z", framework="cedaw")
    coming = await called(admin, "2032-03-03T10:00:00Z", framework="cedaw")
    await turn(worker, begins(coming) - AHEAD)
    first = await agenda_of(admin, coming)
    await entered(admin, "decisions", before, text="Ask for figures.")

    await turn(worker, begins(coming) - AHEAD / 2)

    assert first is not None
    assert await agenda_of(admin, coming) == first
    again = await drafted(admin, coming, status=200)
    assert "decisions" in {item["kind"] for item in again["items"]}


async def test_a_meeting_whose_agenda_cannot_be_drafted_keeps_no_other_from_its_own(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    first = await called(admin, "2033-03-03T10:00:00Z", framework="crc")
    second = await called(admin, "2033-03-04T10:00:00Z", framework="crc")
    async with sessions.begin() as session:  # as a later release may write it
        await session.execute(
            text("UPDATE meetings SET kind = 'of-tomorrow' WHERE id = :id"), {"id": first["id"]}
        )

    await turn(worker, begins(second) - AHEAD)

    assert await agenda_of(admin, second) is not None


async def test_a_meeting_that_is_called_late_gets_an_agenda_at_the_next_turn(
    admin: httpx.AsyncClient, worker: Worker
):
    late = await called(admin, "2033-03-03T10:00:00Z")
    moved = await called(admin, "2033-06-03T10:00:00Z")
    await changed(admin, path_of(moved), start="2033-03-04T10:00:00Z")

    await turn(worker, begins(late) - MINUTE)

    assert await agenda_of(admin, late) is not None
    assert await agenda_of(admin, moved) is not None


@pytest.mark.parametrize("status", ["cancelled", "held"])
async def test_no_agenda_is_drafted_of_a_meeting_that_is_over(
    admin: httpx.AsyncClient, worker: Worker, status: str
):
    over = await called(admin, "2034-03-03T10:00:00Z")
    await changed(admin, path_of(over), status=status)

    await turn(worker, begins(over) - AHEAD)

    assert await agenda_of(admin, over) is None


async def test_no_agenda_is_drafted_of_a_meeting_that_has_begun(admin: httpx.AsyncClient, worker: Worker):
    begun = await called(admin, "2035-03-03T10:00:00Z")

    await turn(worker, begins(begun))

    assert await agenda_of(admin, begun) is None


async def test_an_agenda_that_people_emptied_stays_empty(admin: httpx.AsyncClient, worker: Worker):
    coming = await called(admin, "2036-03-03T10:00:00Z")
    await drafted(admin, coming)
    path = f"{path_of(coming)}/agenda"
    emptied = await admin.put(path, json={"items": []}, headers=await tag_of(admin, path))
    assert emptied.status_code == 200, emptied.text

    await turn(worker, begins(coming) - AHEAD)

    assert await agenda_of(admin, coming) == emptied.json()
    assert emptied.json()["items"] == []


async def test_a_number_of_days_is_a_setting_and_none_leaves_agendas_to_people(
    admin: httpx.AsyncClient, settings: Settings, sessions: Sessions, sandbox: Sandbox
):
    coming = await called(admin, "2037-03-03T10:00:00Z")

    def set_to(days: int) -> Worker:
        return Worker(settings.model_copy(update={"agenda_days_ahead": days}), sessions, sandbox)

    await turn(set_to(0), begins(coming) - MINUTE)
    await turn(set_to(3), begins(coming) - timedelta(days=4))
    assert await agenda_of(admin, coming) is None
    await turn(set_to(3), begins(coming) - timedelta(days=3))
    assert await agenda_of(admin, coming) is not None


async def test_two_workers_and_a_person_at_once_make_one_agenda_of_each_meeting(
    admin: httpx.AsyncClient, settings: Settings, sessions: Sessions, sandbox: Sandbox
):
    coming = [await called(admin, f"2038-03-{day:02}T10:00:00Z") for day in range(1, 6)]
    workers = [Worker(settings, sessions, sandbox) for _ in range(2)]

    _, _, asked = await asyncio.gather(
        *(turn(one, begins(coming[-1]) - AHEAD) for one in workers),
        admin.post(f"{path_of(coming[0])}/agenda"),
    )

    assert asked.status_code in (200, 201), asked.text
    for one in coming:
        agenda = await agenda_of(admin, one)
        assert agenda is not None
        assert len(set(titles(agenda))) == len(titles(agenda)) >= 3


async def test_what_people_did_since_the_worker_looked_is_left_as_it_is(
    admin: httpx.AsyncClient, sessions: Sessions
):
    before = await called(admin, "2039-01-05T10:00:00Z", framework="crpd")
    made, off = [await called(admin, f"2039-03-0{day}T10:00:00Z", framework="crpd") for day in (3, 4)]
    agenda = await drafted(admin, made)
    await entered(admin, "decisions", before, text="Ask for figures.")
    assert (await change(admin, path_of(off), status="cancelled")).status_code == 200

    for one in (made, off):
        async with sessions.begin() as session:
            await actions.draft_ahead(
                session, UUID(one["id"]), until=begins(one), now=begins(one) - timedelta(days=1)
            )

    assert await agenda_of(admin, made) == agenda
    assert await agenda_of(admin, off) is None
