"""What those who were told of a meeting hear of its changes, by letter and by webhook."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.database import Sessions
from services.sandbox import Sandbox
from services.settings import Settings
from tests.api.given import meeting, series
from tests.api.reminding import (
    START,
    WEEK,
    Found,
    PostOffice,
    at,
    called,
    change,
    ledger,
    reminded,
    ruled,
    try_again_now,
)
from tests.api.scheduling import meetings_of
from tests.api.test_webhooks import _lead_to, added
from tests.reminders.bounced import notification
from tests.worker.test_webhooks import Receiver, receiving
from tests.worker_in_process import Worker

SOON = START - WEEK + timedelta(hours=1)


def causes(lines: list[Found]) -> list[tuple[str, str]]:
    return [(item["cause"], item["reason"] or item["status"]) for item in lines]


@pytest.mark.parametrize(
    ("language", "says", "never"),
    [
        ("en", "Takes place after all: Dialogue", "moved"),
        ("fr", "Réunion maintenue\xa0: Dialogue", "déplacée"),
        ("es", "Reunión mantenida: Dialogue", "cambiado"),
    ],
)
async def test_a_meeting_that_stands_again_is_told_as_such(
    admin: httpx.AsyncClient,
    worker: Worker,
    office: PostOffice,
    address: str,
    language: str,
    says: str,
    never: str,
):
    worker.now = START - 2 * WEEK
    weekly = series(rrule="FREQ=MONTHLY;BYDAY=1WE", anchor="2040-03-07T10:00:00", title="Dialogue")
    made = (await admin.post("/v1/meeting-series", json=weekly)).json()
    first = (await meetings_of(admin, made))[0]
    rule = await ruled(
        admin, {"kind": "meeting", "id": first["id"]}, {"email": address, "language": language}
    )
    await at(worker, START - WEEK)
    for rrule in ("FREQ=MONTHLY;BYDAY=1TH", "FREQ=MONTHLY;BYDAY=1WE"):
        worker.now += timedelta(minutes=1)
        await change(admin, f"/v1/meeting-series/{made['id']}", rrule=rrule)
        await at(worker, worker.now)

    assert [cause for cause, _ in causes(await ledger(admin, rule))] == ["reminder", "cancelled", "restored"]
    last = office.letters_to(address)[-1]
    assert says in str(last["Subject"]).replace("\u2068", "").replace("\u2069", "")
    text = last.get_body(("plain",))
    assert text is not None
    assert never not in text.get_content()
    [calendar] = last.iter_attachments()
    assert calendar.get_param("method") == "REQUEST"


async def test_of_a_cancellation_of_which_nobody_was_told_nobody_hears_that_it_is_taken_back(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    worker.now = START - 2 * WEEK
    weekly = series(rrule="FREQ=MONTHLY;BYDAY=1WE", anchor="2040-03-07T10:00:00")
    made = (await admin.post("/v1/meeting-series", json=weekly)).json()
    first = (await meetings_of(admin, made))[0]
    rule = await ruled(admin, {"kind": "meeting", "id": first["id"]}, {"email": address})
    await at(worker, START - WEEK)
    for rrule in ("FREQ=MONTHLY;BYDAY=1TH", "FREQ=MONTHLY;BYDAY=1WE"):
        await change(admin, f"/v1/meeting-series/{made['id']}", rrule=rrule)
    await at(worker, SOON)

    assert causes(await ledger(admin, rule)) == [("reminder", "sent")]


@pytest.mark.parametrize(
    "changes",
    [{"location": "Room XX"}, {"duration_minutes": 120}, {"url": "https://meet.example.org/1"}],
)
async def test_another_place_or_length_is_told_to_whoever_was_told(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str, changes: dict[str, Any]
):
    path = await called(admin)
    rule = await reminded(admin, path, address, offsets=("-P7D",))
    await at(worker, START - WEEK)
    worker.now = SOON
    await change(admin, path, title="Dialogue of focal points")

    await change(admin, path, **changes)
    await at(worker, SOON)

    assert causes(await ledger(admin, rule)) == [("reminder", "sent"), ("changed", "sent")]
    letter = office.letters_to(address)[-1]
    assert str(letter["Subject"]).startswith("Changed: ")
    [calendar] = letter.iter_attachments()
    assert calendar.get_param("method") == "REQUEST"


async def test_a_place_that_is_changed_and_back_before_the_news_was_sent_is_no_news(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    path = await called(admin)
    rule = await reminded(admin, path, address, offsets=("-P7D",))
    await at(worker, START - WEEK)
    worker.now = SOON

    await change(admin, path, location="Room XX")
    await change(admin, path, location=None)
    await at(worker, SOON)

    assert causes(await ledger(admin, rule)) == [("reminder", "sent")]


async def test_an_endpoint_that_takes_only_changes_is_told_of_changes(
    admin: httpx.AsyncClient,
    settings: Settings,
    sessions: Sessions,
    sandbox: Sandbox,
    worker: Worker,
    office: PostOffice,
):
    callers = Worker(settings.model_copy(update={"webhooks_to_private": True}), sessions, sandbox)
    receiver, path = Receiver(), await called(admin)
    endpoint = (await added(admin, events=["entry.moved", "entry.cancelled"])).json()["id"]
    async with receiving(receiver) as url:
        await _lead_to(sessions, endpoint, url)
        subject = {"kind": "meeting", "id": path.rpartition("/")[2]}
        rule = await ruled(admin, subject, {"webhook": endpoint}, channel="webhook", offsets=["-P7D"])
        await at(callers, START - WEEK)
        assert causes(await ledger(admin, rule)) == [("reminder", "not-taken")]
        worker.now = SOON
        await change(admin, path, start=(START + timedelta(hours=1)).isoformat())
        await at(callers, SOON)
        await change(admin, path, title="Dialogue of focal points")
        await at(callers, SOON)
        worker.now = SOON + timedelta(hours=1)
        await change(admin, path, status="cancelled")
        await at(callers, worker.now)

    assert sorted(causes(await ledger(admin, rule))) == [
        ("cancelled", "sent"),
        ("moved", "sent"),
        ("reminder", "not-taken"),
        ("reminder", "superseded"),
    ]
    assert len(receiver.calls) == 2
    assert (await admin.get("/v1/deliveries", params={"status": "failed", "rule": rule})).json()[
        "items"
    ] == []


async def test_whoever_has_a_list_behind_them_hears_of_changes_though_a_letter_came_back_from_one_of_it(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    path = await called(admin)
    rule = await reminded(admin, path, address, offsets=("-P7D",))
    await at(worker, START - WEEK)
    [told] = await ledger(admin, rule)
    report = notification(told["message_id"])
    came_back = await admin.post("/v1/bounces", content=report, headers={"Content-Type": "message/rfc822"})
    assert came_back.status_code == 200, came_back.text
    worker.now = SOON

    await change(admin, path, status="cancelled")
    await at(worker, SOON)

    assert causes(await ledger(admin, rule)) == [("reminder", "bounced"), ("cancelled", "sent")]


async def test_a_reminder_that_news_took_the_place_of_says_so(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    path = await called(admin)
    rule = await reminded(admin, path, address, offsets=("-P7D",))
    await at(worker, START - WEEK)
    worker.now = SOON

    await change(admin, path, start=(START + timedelta(minutes=30)).isoformat())
    await at(worker, SOON)

    details = {item["reason"]: item["detail"] for item in await ledger(admin, rule)}
    assert details["superseded"] == "The news of a change was due by then."


async def test_a_digest_that_is_told_again_to_an_endpoint_is_the_same_call(
    admin: httpx.AsyncClient, settings: Settings, sessions: Sessions, sandbox: Sandbox
):
    """What is due is found in the order of time, and what is tried again in another."""
    callers = Worker(settings.model_copy(update={"webhooks_to_private": True}), sessions, sandbox)
    endpoint = (await added(admin)).json()["id"]
    for days in (0, -5):
        start = (START + timedelta(days=days)).isoformat()
        await admin.post("/v1/meetings", json=meeting(start, framework="wps"))
    receiver = Receiver(answer="503 Service Unavailable")
    async with receiving(receiver) as url:
        await _lead_to(sessions, endpoint, url)
        subject, offsets = {"kind": "meetings", "framework": "wps"}, ["-P6D", "-P1D"]
        await ruled(admin, subject, {"webhook": endpoint}, channel="webhook", offsets=offsets, digest=True)
        await at(callers, START - timedelta(days=6) + timedelta(hours=2))
        for _ in range(2):
            await try_again_now(callers, sessions)

    assert len(receiver.calls) == 3
    assert len(json.loads(receiver.calls[0][1])["data"]["items"]) == 2
    assert len({(headers["webhook-id"], body) for headers, body in receiver.calls}) == 1


async def test_a_digest_lists_things_by_their_date(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    """The nearer one is the one that was to be told later."""
    for days, title in ((0, "The later one"), (-5, "The nearer one")):
        start = (START + timedelta(days=days)).isoformat()
        await admin.post("/v1/meetings", json=meeting(start, title=title, framework="lap"))
    await ruled(
        admin,
        {"kind": "meetings", "framework": "lap"},
        {"email": address},
        offsets=["-P6D", "-P1D"],
        digest=True,
    )

    await at(worker, START - timedelta(days=6) + timedelta(hours=2))

    [letter] = office.letters_to(address)
    body = letter.get_body(("plain",))
    assert body is not None
    assert body.get_content().index("The nearer one") < body.get_content().index("The later one")
