"""Meetings as tests call them, with what they decide and what is to be done after them."""

from __future__ import annotations

from itertools import count
from typing import Any

import httpx

from tests.api.given import meeting

Found = dict[str, Any]
NOBODY = "0198c0de-0000-7000-8000-00000000dead"
_numbers = count(1)


async def called(client: httpx.AsyncClient, start: str, **facts: Any) -> Found:
    made = await client.post("/v1/meetings", json=meeting(start, **facts))
    assert made.status_code == 201, made.text
    found: Found = made.json()
    return found


def path_of(found: Found) -> str:
    return f"/v1/meetings/{found['id']}"


async def drafted(client: httpx.AsyncClient, of: Found, status: int = 201, **query: str) -> Found:
    answer = await client.post(f"{path_of(of)}/agenda", params=query)
    assert answer.status_code == status, answer.text
    assert answer.headers["location"] == f"{path_of(of)}/agenda"
    found: Found = answer.json()
    return found


async def tag_of(client: httpx.AsyncClient, path: str) -> dict[str, str]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return {"If-Match": answer.headers["etag"]}


async def change(client: httpx.AsyncClient, path: str, **changes: Any) -> httpx.Response:
    """A change by someone who has just read the thing."""
    return await client.patch(path, json=changes, headers=await tag_of(client, path))


async def changed(client: httpx.AsyncClient, path: str, **changes: Any) -> Found:
    answer = await change(client, path, **changes)
    assert answer.status_code == 200, answer.text
    found: Found = answer.json()
    return found


async def entered(client: httpx.AsyncClient, noun: str, of: Found, **facts: Any) -> Found:
    """A decision or an action item of a meeting."""
    made = await client.post(f"/v1/{noun}", json={"meeting": of["id"], "text": "Do it."} | facts)
    assert made.status_code == 201, made.text
    found: Found = made.json()
    assert made.headers["location"] == f"/v1/{noun}/{found['id']}"
    read = await client.get(made.headers["location"])
    assert (read.json(), read.headers["etag"]) == (found, made.headers["etag"])
    return found


async def person(client: httpx.AsyncClient, name: str = "Ana Horvat", **facts: Any) -> str:
    email = f"person-{next(_numbers)}@example.org"
    made = await client.post("/v1/persons", json={"name": name, "email": email} | facts)
    assert made.status_code == 201, made.text
    key: str = made.json()["id"]
    return key


def titles(agenda: Found) -> list[str]:
    return [item["title"] for item in agenda["items"]]


def of_kind(agenda: Found, kind: str) -> Found:
    [found] = [item for item in agenda["items"] if item["kind"] == kind]
    return dict(found)
