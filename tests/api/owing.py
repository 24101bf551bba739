"""What States owe, as tests ask for it and change it."""

from __future__ import annotations

from typing import Any

import httpx

from domain.calendar.models import Entry
from services.database import Sessions
from tests.api.given import report

Found = dict[str, Any]


def cycle(due_on: str = "2026-06-30", **changes: Any) -> Found:
    return {"due_on": due_on, "time_zone": "Europe/Zurich", "source": "a decision"} | changes


async def items(client: httpx.AsyncClient, **chosen: str) -> list[Found]:
    answer = await client.get("/v1/obligations", params={"limit": "500", **chosen})
    assert answer.status_code == 200, answer.text
    found: list[Found] = answer.json()["items"]
    return found


async def obligation(client: httpx.AsyncClient, state: str, period: str, framework: str = "ccm") -> Found:
    [found] = await items(client, state=state, period=period, framework=framework)
    return found


async def handed_in(client: httpx.AsyncClient, state: str, period: str, framework: str = "ccm") -> str:
    made = await client.post("/v1/submissions", json=report(state, period=period, framework=framework))
    assert made.status_code == 201, made.text
    path = str(made.headers["location"])
    assert (await client.post(f"{path}/submit")).status_code == 202
    return path


async def change(client: httpx.AsyncClient, found: Found, **changes: Any) -> httpx.Response:
    path = f"/v1/obligations/{found['id']}"
    tag = (await client.get(path)).headers["etag"]
    return await client.patch(path, json={"reason": "Because."} | changes, headers={"If-Match": tag})


async def entry(sessions: Sessions, found: Found) -> Entry:
    async with sessions() as session:
        return await session.get_one(Entry, found["id"])
