"""Reminder rules, the ledger, a post office that keeps letters, and a clock that all look at."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from domain.base import new_id
from domain.calendar.actions import due
from domain.reminders.announcing import announce
from domain.reminders.letters.composing import Letter
from services.api.dependencies import the_time
from services.database import Sessions
from services.worker.post import PostUnavailable, Undeliverable
from tests.api.given import meeting
from tests.worker_in_process import Worker

Found = dict[str, Any]
START = datetime.fromisoformat("2040-03-07T10:00:00+01:00")
WEEK, HOUR = timedelta(days=7), timedelta(hours=1)


class PostOffice:
    """Keeps the letters that it is given; refuses those to whom it may not deliver."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.closed = False
        self.unknown: set[str] = set()

    async def send(self, letter: Letter) -> None:
        if self.closed:
            raise PostUnavailable("421 closed for the night")
        if letter.recipient in self.unknown:
            raise Undeliverable("550 no such mailbox")
        self.letters.append(message_from_bytes(letter.content, policy=default))

    async def close(self) -> None:
        """Nothing is held open."""

    def letters_to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if address in str(letter["To"])]


def somebody() -> str:
    """Somebody whom no other test writes to."""
    return f"a-{uuid4().hex}@example.org"


def share_clock(app: FastAPI, worker: Worker) -> None:
    """The API's clock shows from now on what the worker's does."""

    async def the_same_time() -> datetime:
        return worker.now or datetime.now(UTC)

    app.dependency_overrides[the_time] = the_same_time


async def called(client: httpx.AsyncClient, **changes: Any) -> str:
    made = await client.post("/v1/meetings", json=meeting(START.isoformat(), **changes))
    return made.headers["location"]


def rule_for(path: str, *addresses: str, offsets: tuple[str, ...] = ("-P7D", "-PT1H")) -> Found:
    kind = "meeting-series" if "series" in path else "meeting"
    return {
        "subject": {"kind": kind, "id": path.rpartition("/")[2]},
        "offsets": list(offsets),
        "recipients": [{"email": one} for one in addresses],
        "channel": "email",
        "digest": False,
        "working_hours": None,
    }


async def reminded(client: httpx.AsyncClient, path: str, *addresses: str, **details: Any) -> str:
    """The id of a rule about the meeting or series."""
    made = await client.post("/v1/reminder-rules", json=rule_for(path, *addresses, **details))
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def ledger(client: httpx.AsyncClient, rule: str, **only: str) -> list[Found]:
    answer = await client.get("/v1/deliveries", params={"rule": rule, "limit": 500} | only)
    return sorted(answer.json()["items"], key=lambda item: (item["due_at"], item["recipient"]))


def statuses(deliveries: list[Found]) -> dict[str, str]:
    return {item["offset"]: item["status"] for item in deliveries}


async def at(worker: Worker, moment: datetime) -> None:
    worker.now = moment
    await worker.tick()


async def try_again_now(worker: Worker, sessions: Sessions) -> None:
    """What waits for its next attempt need not wait any longer."""
    async with sessions.begin() as session:
        await session.execute(text("UPDATE deliveries SET retry_at = NULL WHERE status = 'scheduled'"))
    await worker.tick()


async def change(client: httpx.AsyncClient, path: str, **changes: Any) -> Found:
    tag = (await client.get(path)).headers["etag"]
    answer = await client.patch(path, json=changes, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text
    found: Found = answer.json()
    return found


async def entered(sessions: Sessions, day: date, *, kind: str = "obligation", **facts: Any) -> UUID:
    """Something that is due on a date, as its owner announces it."""
    made = new_id()
    await told_of(sessions, made, day, kind=kind, **facts)
    return made


async def told_of(
    sessions: Sessions, thing: UUID, day: date, *, kind: str = "obligation", **facts: Any
) -> None:
    """The owner of the thing says how it stands now."""
    dated = due(
        id=thing, kind=kind, title="Article 7 report", day=day, time_zone="Europe/Zurich",
        path=f"/v1/things/{thing}", **facts,
    )  # fmt: skip
    async with sessions.begin() as session:
        await announce(session, dated)


async def ruled(client: httpx.AsyncClient, subject: Found, *recipients: Found, **details: Any) -> str:
    """The id of a rule about anything."""
    draft = {"subject": subject, "offsets": ["-P7D"], "recipients": list(recipients)} | details
    made = await client.post("/v1/reminder-rules", json=draft)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])
