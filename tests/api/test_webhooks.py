"""Webhook endpoints through the API, and a rule that tells one of them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from standardwebhooks import Webhook

from services.database import Sessions
from services.sandbox import Sandbox
from services.settings import Settings
from tests.api.given import meeting, pointers, problem_of
from tests.worker.test_webhooks import Receiver, receiving
from tests.worker_in_process import Worker

URL = "https://hooks.example.org/focalpoint"
START = datetime.fromisoformat("2042-03-05T10:00:00+01:00")
Found = dict[str, Any]


async def added(client: httpx.AsyncClient, **draft: Any) -> httpx.Response:
    made = await client.post("/v1/webhooks", json={"url": URL, **draft})
    assert made.status_code == 201, made.text
    return made


async def changed(client: httpx.AsyncClient, path: str, **change: Any) -> httpx.Response:
    tag = (await client.get(path)).headers["etag"]
    return await client.patch(path, json=change, headers={"If-Match": tag})


async def test_the_secret_is_shown_once(admin: httpx.AsyncClient):
    key = {"Idempotency-Key": uuid4().hex}
    made = await admin.post("/v1/webhooks", json={"url": URL}, headers=key)
    again = await admin.post("/v1/webhooks", json={"url": URL}, headers=key)
    path = made.headers["location"]

    assert made.json()["secret"].startswith("whsec_")
    assert made.headers["cache-control"] == "no-store"
    assert again.json() == made.json() | {"secret": None}
    seen = [
        await admin.get(path),
        await admin.get("/v1/webhooks"),
        await changed(admin, path, events=["entry.moved"]),
    ]
    assert not any("whsec_" in answer.text or '"secret"' in answer.text for answer in seen)


async def test_a_rotation_gives_a_new_secret_and_says_how_long_the_former_holds(admin: httpx.AsyncClient):
    made = await added(admin)

    rotated = await admin.post(f"{made.headers['location']}/rotate", json={"grace_hours": 2})
    at_once = await admin.post(f"{made.headers['location']}/rotate", json={"grace_hours": 0})

    assert len({answer.json()["secret"] for answer in (made, rotated, at_once)}) == 3
    assert rotated.json()["former_secret_until"] is not None
    assert at_once.json()["former_secret_until"] is None


async def test_a_change_needs_the_version_that_was_seen(admin: httpx.AsyncClient):
    path = (await added(admin)).headers["location"]
    tag = (await admin.get(path)).headers["etag"]

    problem_of(await admin.patch(path, json={"enabled": False}), 428, "precondition-required")
    off = await admin.patch(path, json={"enabled": False}, headers={"If-Match": tag})
    problem_of(await admin.patch(path, json={"enabled": True}, headers={"If-Match": tag}), 412, "stale")

    assert (off.json()["enabled"], off.json()["disabled_because"]) == (False, "It was switched off.")
    on = await changed(admin, path, enabled=True, events=None)
    assert (on.json()["enabled"], on.json()["disabled_because"]) == (True, None)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://hooks.example.org/", "webhook-not-https"),
        ("https://127.0.0.1/", "webhook-address-private"),
        ("https://localhost:8443/hook", "webhook-address-private"),
        ("https://169.254.169.254/latest/meta-data", "webhook-address-private"),
        ("https://[::1]/", "webhook-address-private"),
        ("https://printer.local/", "webhook-address-private"),
    ],
)
async def test_an_address_that_will_never_be_called_is_refused_at_once(
    admin: httpx.AsyncClient, url: str, code: str
):
    refused = problem_of(await admin.post("/v1/webhooks", json={"url": url}), 422, code)
    assert pointers(refused) == {"/url": code}
    path = (await added(admin)).headers["location"]
    problem_of(await changed(admin, path, url=url), 422, code)


@pytest.mark.parametrize(
    "url",
    [
        "", "hooks.example.org", "ftp://hooks.example.org/", "https://", "https://user:pass@example.org/",
        "https://example.org/#part", "https://example.org:0/", "https://example.org:99999/",
        "https://example.org/a b", "https://exämple.org/", "https://example.org/\r\nHost: x", "https://[::1/",
        f"https://example.org/{'x' * 2000}",
    ],
)  # fmt: skip
async def test_what_is_no_address_is_refused(admin: httpx.AsyncClient, url: str):
    problem_of(await admin.post("/v1/webhooks", json={"url": url}), 422, "validation-failed")


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"url": None},
        {"enabled": None},
        {"events": []},
        {"events": ["entry.moved", "entry.moved"]},
        {"events": ["everything"]},
        {"secret": "whsec_mine"},
    ],
)
async def test_a_change_that_cannot_be_is_refused(admin: httpx.AsyncClient, change: Found):
    path = (await added(admin)).headers["location"]
    problem_of(await changed(admin, path, **change), 422, "validation-failed")


async def test_an_endpoint_that_was_removed_is_gone(admin: httpx.AsyncClient):
    path = (await added(admin)).headers["location"]

    assert (await admin.delete(path)).status_code == 200

    for answer in (
        await admin.get(path),
        await admin.delete(path),
        await admin.post(f"{path}/rotate", json={}),
    ):
        problem_of(answer, 404, "not-found")


async def test_a_rule_tells_an_endpoint_once_and_the_ledger_says_so(
    admin: httpx.AsyncClient, settings: Settings, sessions: Sessions, sandbox: Sandbox
):
    allowed = settings.model_copy(update={"webhooks_to_private": True})
    worker, receiver = Worker(allowed, sessions, sandbox), Receiver()
    endpoint = await added(admin)
    async with receiving(receiver) as url:
        await _lead_to(sessions, endpoint.json()["id"], url)
        rule = await _told_by_webhook(admin, endpoint.json()["id"])
        for moment in (START - timedelta(days=1), START - timedelta(hours=20)):
            worker.now = moment
            await worker.tick()

    [(headers, body)] = receiver.calls
    [line] = (await admin.get("/v1/deliveries", params={"rule": rule})).json()["items"]
    assert (line["status"], line["channel"]) == ("sent", "webhook")
    assert line["message_id"] == f"<{headers['webhook-id']}@focalpoint>"
    assert json.loads(body)["type"] == "reminder.due"
    assert headers["webhook-signature"].startswith("v1,")
    with pytest.raises(Exception, match="too new"):  # signed by the clock of the test, long from now
        Webhook(endpoint.json()["secret"]).verify(body, headers)


async def _lead_to(sessions: Sessions, endpoint: str, url: str) -> None:
    """The API of this module takes public addresses only."""
    from sqlalchemy import update

    from domain.reminders.channels import WebhookEndpoint

    async with sessions.begin() as session:
        await session.execute(update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint).values(url=url))


async def _told_by_webhook(client: httpx.AsyncClient, endpoint: str) -> str:
    called = await client.post("/v1/meetings", json=meeting(START.isoformat()))
    made = await client.post(
        "/v1/reminder-rules",
        json={
            "subject": {"kind": "meeting", "id": called.json()["id"]},
            "offsets": ["-P1D"],
            "channel": "webhook",
            "recipients": [{"webhook": endpoint}],
        },
    )
    assert made.status_code == 201, made.text
    return str(made.json()["id"])
