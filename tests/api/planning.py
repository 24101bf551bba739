"""Plans as tests draw them up and change them, and what the calendar then says."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import select

from domain.base import new_id
from domain.calendar.models import Entry
from domain.people.models import Person
from services.database import Sessions

Found = dict[str, Any]
NOBODY = "0198c0de-0000-7000-8000-00000000dead"
_numbers = count(1)


def plan(**changes: Any) -> Found:
    """The ministry of a test of its own carries out the six steps."""
    return {
        "framework": "gcm-six-steps",
        "owner": f"Ministry {next(_numbers)}",
        "start": "2026-01-01",
        "end": "2028-12-31",
    } | changes


async def drawn_up(client: httpx.AsyncClient, **changes: Any) -> str:
    made = await client.post("/v1/plans", json=plan(**changes))
    assert made.status_code == 201, made.text
    path = made.headers["location"]
    assert (await client.get(path)).json() == made.json()
    return path


async def items(client: httpx.AsyncClient, path: str, **filters: Any) -> list[Found]:
    answer = await client.get(f"{path}/items", params=filters)
    assert answer.status_code == 200, answer.text
    found: list[Found] = answer.json()["items"]
    return found


async def change(client: httpx.AsyncClient, path: str, **changes: Any) -> httpx.Response:
    tag = (await client.get(path)).headers["etag"]
    return await client.patch(path, json=changes, headers={"If-Match": tag})


async def changed(client: httpx.AsyncClient, path: str, **changes: Any) -> Found:
    answer = await change(client, path, **changes)
    assert answer.status_code == 200, answer.text
    found: Found = answer.json()
    return found


async def known(sessions: Sessions, **facts: Any) -> str:
    person = Person(id=new_id(), name="Ana", email=f"{uuid4()}@example.org", **facts)
    async with sessions.begin() as session:
        session.add(person)
    return str(person.id)


async def entry_of(sessions: Sessions, path: str, ref: str) -> Entry | None:
    async with sessions() as session:
        found: Entry | None = await session.scalar(select(Entry).where(Entry.path == f"{path}/items/{ref}"))
    return found


async def milestone(sessions: Sessions, path: str, ref: str) -> Entry:
    found = await entry_of(sessions, path, ref)
    assert found is not None
    return found
