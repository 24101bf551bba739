"""The API, the worker's sending and a real mail server, all by one clock that the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from fastapi import FastAPI

from services.worker.post import SmtpPost
from services.worker.timetable import draft_agendas, extend_series, keep_obligations
from tests.api.reminding import share_clock
from tests.journeys.post_office import PostOffice, Received
from tests.worker_in_process import Worker

Found = dict[str, Any]
MOST_IN_A_PAGE = 500
DAY = timedelta(days=1)


@dataclass
class Clockwork:
    """`client` may do everything. Nothing happens but by `until`; `rounds` are what the worker does every
    hour, and here as each month begins."""

    client: httpx.AsyncClient
    worker: Worker
    office: PostOffice
    rounds: bool = True

    @property
    def now(self) -> datetime:
        assert self.worker.now is not None
        return self.worker.now

    async def until(self, moment: datetime) -> None:
        """Let time pass. The worker looks for what is due at once, every midnight and whenever something
        is."""
        await self.worker.tick()
        while self.now < moment:
            midnight = self.now.replace(hour=0, minute=0, second=0, microsecond=0) + DAY
            self.worker.now = min([moment, midnight, *await self._due()])
            if self.rounds and self.now == midnight and midnight.day == 1:
                await self._make_rounds()
            await self.worker.tick()

    async def _make_rounds(self) -> None:
        tools = {"tools": self.worker.tools}
        await extend_series(tools)
        await keep_obligations(tools)
        await draft_agendas(tools)

    async def _due(self) -> list[datetime]:
        """When the ledger has something next, as the API shows it."""
        asked = {"status": "scheduled", "due_after": self.now.isoformat(), "limit": MOST_IN_A_PAGE}
        until = (self.now + DAY).isoformat()
        answer = await self.client.get("/v1/deliveries", params=asked | {"due_before": until})
        moments = [datetime.fromisoformat(item["due_at"]) for item in answer.json()["items"]]
        return [moment for moment in moments if moment > self.now]

    async def post(self, path: str, **draft: Any) -> Found:
        made = await self.client.post(path, json=draft)
        assert made.status_code == 201, made.text
        found: Found = made.json()
        return found

    async def patch(self, path: str, **changes: Any) -> Found:
        tag = (await self.client.get(path)).headers["etag"]
        answer = await self.client.patch(path, json=changes, headers={"If-Match": tag})
        assert answer.status_code == 200, answer.text
        found: Found = answer.json()
        return found

    async def pages(self, path: str, **asked: Any) -> list[Found]:
        answer = await self.client.get(path, params=asked | {"limit": MOST_IN_A_PAGE})
        assert answer.status_code == 200, answer.text
        found: list[Found] = answer.json()["items"]
        return found

    def letters_to(self, address: str) -> list[Received]:
        return [one for one in self.office.received if one.recipient == address]


@asynccontextmanager
async def clockwork(
    app: FastAPI, client: httpx.AsyncClient, worker: Worker, begins: datetime, *, rounds: bool = True
) -> AsyncIterator[Clockwork]:
    office = PostOffice()
    office.open()
    worker.post, worker.now = SmtpPost(office.url), begins
    share_clock(app, worker)
    try:
        yield Clockwork(client, worker, office, rounds)
    finally:
        await worker.post.close()
        office.close()


def written_at(one: Received, zone: str) -> str:
    """When a letter was sent, by the clocks of a zone."""
    moment: datetime = one.letter["Date"].datetime
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def local(day: str, time: str, zone: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
