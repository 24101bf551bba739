"""Two ordinary edits at the same moment: one waits for the other, and neither is turned away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest
import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction
from structlog.testing import LogCapture

from domain.meetings.models import Meeting
from services.api import exchange
from services.database import Sessions
from tests.api.convening import person
from tests.api.given import meeting, problem_of, series
from tests.api.planning import plan
from tests.api.scheduling import YEAR, Found
from tests.api.test_going_along import waits

ROUNDS = 4
_numbers = count(1)

Edits = list[Awaitable[httpx.Response]]
Prepared = Callable[[httpx.AsyncClient], Awaitable[Edits]]


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> LogCapture:
    """What is logged of transactions that are done again; whenever the logger was made."""
    entries = LogCapture()
    monkeypatch.setattr(exchange, "log", structlog.wrap_logger(None, processors=[entries]))
    return entries


async def made(client: httpx.AsyncClient, path: str, body: Found) -> Found:
    answer = await client.post(f"/v1/{path}", json=body)
    assert answer.status_code == 201, answer.text
    found: Found = answer.json()
    return found


def change(client: httpx.AsyncClient, path: str, **changes: Any) -> Awaitable[httpx.Response]:
    return client.patch(f"/v1/{path}", json=changes, headers={"If-Match": "*"})


async def of_a_series_and_of_its_meeting(client: httpx.AsyncClient) -> Edits:
    of = await made(client, "meeting-series", series())
    items = (await client.get("/v1/meetings", params={"series": of["id"]})).json()["items"]
    return [
        change(client, f"meeting-series/{of['id']}", location="Room X"),
        change(client, f"meetings/{items[2]['id']}", title="By itself"),
    ]


async def of_a_meeting_and_of_what_goes_with_it(client: httpx.AsyncClient) -> Edits:
    lead, follower = await a_pair(client)
    return [
        change(client, f"meetings/{follower['id']}", location="Room X"),
        change(client, f"meetings/{lead['id']}", start=f"{YEAR}-07-20T10:00:00Z"),
    ]


async def of_the_calendar_of_a_plan_and_of_its_meeting(client: httpx.AsyncClient) -> Edits:
    drawn = await made(
        client, "plans", plan(framework="cim-plan", start=f"{YEAR}-01-01", end=f"{YEAR + 3}-12-31")
    )
    calendar = f"/v1/plans/{drawn['id']}/calendar"
    entered = (await client.post(calendar, json={"time_zone": "America/New_York"})).json()
    return [
        client.post(calendar, json={"time_zone": "America/New_York", "time": "15:00"}),
        change(client, f"meetings/{entered['items'][-1]['id']}", location="Room X"),
    ]


async def of_a_person_and_of_a_meeting_that_they_are_told_of(client: httpx.AsyncClient) -> Edits:
    who = await person(client)
    rule = {"subject": {"kind": "meetings", "framework": "crc"}, "offsets": ["-P1D"]}
    await made(client, "reminder-rules", rule | {"recipients": [{"person": who}]})
    draft = meeting(f"{YEAR}-07-05T10:00:00Z", framework="crc")
    return [
        change(client, f"persons/{who}", language="es"),
        *(client.post("/v1/meetings", json=draft) for _ in range(2)),
        change(client, f"persons/{who}", time_zone="America/New_York"),
    ]


async def of_a_rule_and_of_a_meeting_that_it_is_about(client: httpx.AsyncClient) -> Edits:
    rule = {"subject": {"kind": "meetings", "framework": "crc"}, "offsets": ["-P1D"]}
    told = {"recipients": [{"email": f"at-once-{next(_numbers)}@example.org"}]}
    found = await made(client, "reminder-rules", rule | told)
    draft = meeting(f"{YEAR}-07-05T10:00:00Z", framework="crc")
    return [
        change(client, f"reminder-rules/{found['id']}", offsets=["-P2D"]),
        *(client.post("/v1/meetings", json=draft) for _ in range(2)),
        change(client, f"reminder-rules/{found['id']}", offsets=["-P3D"]),
    ]


async def of_a_person_and_of_their_membership(client: httpx.AsyncClient) -> Edits:
    who, key = await person(client), f"at-once-{next(_numbers)}"
    committee = {"title": {"en": "Committee"}, "framework": "crc"}
    assert (await client.put(f"/v1/committees/{key}", json=committee)).status_code == 201
    rule = {"subject": {"kind": "meetings", "framework": "crc"}, "offsets": ["-P1D"]}
    await made(client, "reminder-rules", rule | {"recipients": [{"committee": key}]})
    draft = meeting(f"{YEAR}-07-05T10:00:00Z", framework="crc")
    return [
        client.post(f"/v1/committees/{key}/members", json={"person": who, "since": "2026-01-01"}),
        client.post("/v1/meetings", json=draft),
        change(client, f"persons/{who}", language="fr"),
    ]


@pytest.mark.parametrize(
    "prepared",
    [
        of_a_series_and_of_its_meeting,
        of_a_meeting_and_of_what_goes_with_it,
        of_the_calendar_of_a_plan_and_of_its_meeting,
        of_a_person_and_of_a_meeting_that_they_are_told_of,
        of_a_rule_and_of_a_meeting_that_it_is_about,
        of_a_person_and_of_their_membership,
    ],
)
async def test_edits_at_the_same_moment_wait_for_each_other(
    admin: httpx.AsyncClient, prepared: Prepared, logged: LogCapture
):
    for _ in range(ROUNDS):
        answers = await asyncio.gather(*await prepared(admin))

        assert {answer.status_code for answer in answers} <= {200, 201}, [one.text for one in answers]
    assert logged.entries == []


class Crossing:
    """Somebody who has what a request waits for, and asks for what the request has."""

    def __init__(self, session: AsyncSession, sessions: Sessions, lead: Found, follower: Found) -> None:
        self.session, self.sessions = session, sessions
        self.lead, self.follower = UUID(lead["id"]), UUID(follower["id"])

    async def begin(self) -> None:
        await self._lock(self.follower)

    async def cross(self, moving: asyncio.Task[httpx.Response]) -> AsyncSessionTransaction:
        """The request, which has waited longer, gives way. What this asks for it has until that is undone."""
        await waits(moving, self.sessions)
        asked = await self.session.begin_nested()
        await self._lock(self.lead)
        return asked

    async def _lock(self, meeting: UUID) -> None:
        await self.session.execute(select(Meeting.id).where(Meeting.id == meeting).with_for_update())


async def a_pair(client: httpx.AsyncClient) -> tuple[Found, Found]:
    lead = await made(client, "meetings", meeting(f"{YEAR}-07-05T10:00:00Z"))
    relative = {"meeting": lead["id"], "offset": "-P1D"}
    return lead, await made(client, "meetings", {"title": "Preparation", "relative_to": relative})


async def test_a_request_that_gave_way_is_done_once_more(
    admin: httpx.AsyncClient, sessions: Sessions, logged: LogCapture
):
    lead, follower = await a_pair(admin)
    async with sessions.begin() as session:
        crossing = Crossing(session, sessions, lead, follower)
        await crossing.begin()
        change_of_lead = change(admin, f"meetings/{lead['id']}", start=f"{YEAR}-07-20T10:00:00Z")
        moving = asyncio.ensure_future(change_of_lead)
        await crossing.cross(moving)

    assert (await moving).status_code == 200
    assert [entry["event"] for entry in logged.entries] == ["done again"]
    starts = [(await admin.get(f"/v1/meetings/{one['id']}")).json()["start"] for one in (lead, follower)]
    assert [start[5:10] for start in starts] == ["07-20", "07-19"]


async def test_a_request_that_gave_way_twice_says_so_and_has_done_nothing(
    admin: httpx.AsyncClient, sessions: Sessions
):
    lead, follower = await a_pair(admin)
    async with sessions.begin() as session:
        crossing = Crossing(session, sessions, lead, follower)
        await crossing.begin()
        moving = asyncio.ensure_future(
            change(admin, f"meetings/{lead['id']}", start=f"{YEAR}-07-20T10:00:00Z")
        )
        asked = await crossing.cross(moving)
        await waits(moving, sessions)
        await asked.rollback()
        await crossing.cross(moving)

    problem_of(await moving, 503, "gave-way")
    assert (await moving).headers["retry-after"]
    assert (await admin.get(f"/v1/meetings/{lead['id']}")).json() == lead
