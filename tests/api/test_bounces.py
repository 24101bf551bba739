"""Letters that came back are found in the ledger; and what letters say, before any is sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.api.given import meeting, problem_of
from tests.reminders.bounced import notification
from tests.worker_in_process import Worker

START = datetime.fromisoformat("2043-03-04T10:00:00+01:00")
MESSAGE = {"Content-Type": "message/rfc822"}
Found = dict[str, Any]


@pytest.fixture
async def sent(admin: httpx.AsyncClient, worker: Worker) -> Found:
    """A line of the ledger whose letter has been sent."""
    called = await admin.post("/v1/meetings", json=meeting(START.isoformat()))
    rule = {
        "subject": {"kind": "meeting", "id": called.json()["id"]},
        "offsets": ["-P1D"],
        "recipients": [{"email": f"a-{uuid4().hex}@example.org"}],
    }
    made = await admin.post("/v1/reminder-rules", json=rule)
    worker.now = START - timedelta(days=1)
    await worker.tick()
    [line] = (await admin.get("/v1/deliveries", params={"rule": made.json()["id"]})).json()["items"]
    assert line["status"] == "sent"
    found: Found = line
    return found


async def line_of(client: httpx.AsyncClient, sent: Found) -> Found:
    found: Found = (await client.get(f"/v1/deliveries/{sent['id']}")).json()
    return found


async def test_a_failure_for_good_is_seen_in_the_ledger(admin: httpx.AsyncClient, sent: Found):
    answers = [
        await admin.post("/v1/bounces", content=notification(sent["message_id"]), headers=MESSAGE)
        for _ in range(2)
    ]

    for answer in answers:
        assert answer.status_code == 200, answer.text
        assert answer.json() == {
            "outcome": "failed",
            "status": "5.1.1",
            "diagnostic": "550 5.1.1 <focal.point@example.org>: no such mailbox",
            "deliveries": [sent["id"]],
        }
    line = await line_of(admin, sent)
    assert (line["status"], line["detail"]) == ("bounced", answers[0].json()["diagnostic"])
    assert line["bounced_at"] is not None
    listed = await admin.get("/v1/deliveries", params={"status": "bounced", "rule": sent["rule"]})
    assert [item["id"] for item in listed.json()["items"]] == [sent["id"]]


async def test_a_delay_is_noted_and_the_letter_stays_sent(admin: httpx.AsyncClient, sent: Found):
    delayed = notification(sent["message_id"], action="delayed", status="4.4.1")

    answer = await admin.post("/v1/bounces", content=delayed, headers=MESSAGE)

    assert answer.json()["outcome"] == "delayed"
    line = await line_of(admin, sent)
    assert (line["status"], line["bounced_at"]) == ("sent", None)
    assert line["detail"].startswith("Delayed: ")


async def test_a_letter_that_arrived_changes_nothing(admin: httpx.AsyncClient, sent: Found):
    delivered = notification(sent["message_id"], action="delivered", status="2.0.0")

    answer = await admin.post("/v1/bounces", content=delivered, headers=MESSAGE)

    assert answer.json()["outcome"] == "other"
    assert (await line_of(admin, sent))["status"] == "sent"


async def test_the_report_may_be_sent_without_the_head_of_its_message(admin: httpx.AsyncClient, sent: Found):
    head, _, body = notification(sent["message_id"]).partition(b"\r\n\r\n")
    kind = head.decode().rpartition("Content-Type: ")[2]

    answer = await admin.post("/v1/bounces", content=body, headers={"Content-Type": kind})

    assert answer.json()["deliveries"] == [sent["id"]]


async def test_a_letter_that_was_not_sent_yet_cannot_come_back(admin: httpx.AsyncClient):
    called = await admin.post("/v1/meetings", json=meeting(START.isoformat()))
    rule = {
        "subject": {"kind": "meeting", "id": called.json()["id"]},
        "offsets": ["-P1D"],
        "recipients": [{"email": f"a-{uuid4().hex}@example.org"}],
    }
    made = await admin.post("/v1/reminder-rules", json=rule)
    [line] = (await admin.get("/v1/deliveries", params={"rule": made.json()["id"]})).json()["items"]

    report = notification(line["message_id"])
    problem_of(await admin.post("/v1/bounces", content=report, headers=MESSAGE), 422, "unknown-letter")

    assert (await line_of(admin, line))["status"] == "scheduled"


async def test_a_letter_that_is_not_ours_is_refused(admin: httpx.AsyncClient):
    foreign = notification("<somebody-elses@example.org>")

    refused = problem_of(
        await admin.post("/v1/bounces", content=foreign, headers=MESSAGE), 422, "unknown-letter"
    )
    assert refused["message_id"] == "<somebody-elses@example.org>"


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"Subject: out of office\r\n\r\nback on Monday", MESSAGE, 422, "not-a-notification"),
        (b"", MESSAGE, 422, "not-a-notification"),
        (notification(None), MESSAGE, 422, "letter-not-named"),
        (b"{}", {"Content-Type": "application/json"}, 415, "unsupported-media-type"),
        (b"x" * (1024 * 1024 + 1), MESSAGE, 413, "too-large"),
    ],
)
async def test_what_says_nothing_of_a_letter_is_refused(
    admin: httpx.AsyncClient, content: bytes, headers: dict[str, str], status: int, code: str
):
    problem_of(await admin.post("/v1/bounces", content=content, headers=headers), status, code)


async def test_the_words_of_letters_can_be_read(admin: httpx.AsyncClient):
    found = (await admin.get("/v1/letter-templates")).json()

    assert {item["language"] for item in found["items"]} == {"en", "fr", "es"}
    assert len({(i["language"], i["kind"], i["occasion"]) for i in found["items"]}) == 3 * (6 * 5 + 2)
    assert found["variables"]["title"]


@pytest.mark.parametrize(("asked", "given"), [("fr", "fr"), ("es-419", "es"), ("de", "en")])
async def test_a_letter_can_be_read_before_it_is_sent(
    admin: httpx.AsyncClient, sent: Found, asked: str, given: str
):
    wanted = {"entry": sent["entry"], "language": asked}

    preview = (await admin.get("/v1/letter-templates/preview", params=wanted)).json()

    assert preview["language"] == given
    assert "Dialogue" in preview["subject"]
    assert "Dialogue" in preview["text"]
    assert f'<html lang="{given}">' in preview["html"]


async def test_there_is_no_letter_about_what_is_not_in_the_calendar(admin: httpx.AsyncClient):
    unknown = {"entry": str(UUID(int=1))}
    problem_of(await admin.get("/v1/letter-templates/preview", params=unknown), 404, "not-found")
