"""Series and meetings as tests found and change them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx

from domain.calendar.models import Entry
from services.database import Sessions
from tests.api.given import series

Found = dict[str, Any]

YEAR = datetime.now(UTC).year + 1
"""Of it every day is ahead, and scheduled already."""

WEEKLY = {"rrule": "FREQ=WEEKLY;BYDAY=WE;COUNT=8", "anchor": f"{YEAR}-03-01T10:00:00"}


async def founded(client: httpx.AsyncClient, **changes: Any) -> Found:
    made = await client.post("/v1/meeting-series", json=series(**changes))
    assert made.status_code == 201, made.text
    found: Found = made.json()
    return found


async def meetings_of(client: httpx.AsyncClient, found: Found) -> list[Found]:
    answer = await client.get("/v1/meetings", params={"series": found["id"], "limit": 500})
    items: list[Found] = answer.json()["items"]
    return items


async def change(client: httpx.AsyncClient, path: str, **changes: Any) -> httpx.Response:
    tag = (await client.get(path)).headers["etag"]
    return await client.patch(path, json=changes, headers={"If-Match": tag})


async def change_series(client: httpx.AsyncClient, found: Found, **changes: Any) -> Found:
    answer = await change(client, f"/v1/meeting-series/{found['id']}", **changes)
    assert answer.status_code == 200, answer.text
    changed: Found = answer.json()
    return changed


def when(items: Iterable[Found]) -> list[str]:
    return [f"{item['start'][5:16]} {item['status']}" for item in items]


async def entry_of(sessions: Sessions, item: Found) -> Entry:
    async with sessions() as session:
        found = await session.get(Entry, UUID(item["id"]))
    assert found is not None
    return found
