"""A year of the calendar that runs itself, start to end, as one focal point sees it in her mailbox."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from tests.api.given import report
from tests.journeys.moving_clock import Clockwork, Found, clockwork, local, written_at
from tests.worker_in_process import Worker

ANA, MINISTRY = "ana@example.org", "ministry@example.org"
SANTIAGO, ZURICH = "America/Santiago", "Europe/Zurich"

MEETING = "Gender Focal Points: quarterly meeting"
OWN, OTHER = "Article 7 report (CCM) for 2026: Aravia", "Article 7 report (CCM) for 2026: Belmarche"
MARCH, JUNE = "Wednesday 3 March 2027, 10:00", "Wednesday 2 June 2027, 10:00"
MOVED_TO, SEPTEMBER = "Wednesday 9 June 2027, 10:00", "Wednesday 1 September 2027, 10:00"
DECEMBER, APRIL = "Wednesday 1 December 2027, 10:00", "Friday 30 April 2027"
TO_DO = "Action item: Ask for figures by sex and age"

RECEIVED = [
    ("2027-02-17 09:00", f"Reminder: {MEETING}, {MARCH}", "reminder -P14D"),
    ("2027-03-02 09:00", f"Reminder: {MEETING}, {MARCH}", "reminder -P1D"),
    ("2027-03-31 09:00", f"Due on {APRIL}: {OWN}", "reminder -P30D"),
    ("2027-04-07 09:00", "Reminders: 2 items", "reminder -P7D + reminder -P7D"),
    ("2027-04-15 09:00", f"Was due on Wednesday 14 April 2027: {TO_DO}", "reminder P1D"),
    ("2027-04-23 09:00", f"Due on {APRIL}: {OWN}", "reminder -P7D"),
    ("2027-05-14 09:00", f"For your attention: {OTHER}, due on {APRIL}", "escalation P14D"),
    ("2027-05-19 09:00", f"Reminder: {MEETING}, {JUNE}", "reminder -P14D"),
    ("2027-05-27 09:00", f"Moved: {MEETING}, now {MOVED_TO}", "moved"),
    ("2027-06-08 09:00", f"Reminder: {MEETING}, {MOVED_TO}", "reminder -P1D"),
    ("2027-08-18 09:00", f"Reminder: {MEETING}, {SEPTEMBER}", "reminder -P14D"),
    ("2027-08-24 09:00", f"Cancelled: {MEETING}, {SEPTEMBER}", "cancelled"),
    ("2027-11-17 09:00", f"Reminder: {MEETING}, {DECEMBER}", "reminder -P14D"),
    ("2027-11-30 09:00", f"Reminder: {MEETING}, {DECEMBER}", "reminder -P1D"),
]
"""When, by her clocks; the subject; why. What is told at once, in May and August, is told at three in
Geneva. Nothing of her report after she has handed it in, nor of what she has done."""


@pytest.fixture
async def year(app: FastAPI, admin: httpx.AsyncClient, worker: Worker) -> AsyncIterator[Clockwork]:
    async with clockwork(app, admin, worker, local("2027-01-04", "08:00", ZURICH)) as made:
        yield made


async def test_a_year_as_one_focal_point_receives_it(year: Clockwork) -> None:
    ana = await year.post(
        "/v1/persons",
        name="Ana Silva",
        email=ANA,
        time_zone=SANTIAGO,
        working_hours={"start": "09:00", "end": "17:00"},
        state="XAA",
    )
    series = await quarterly_meetings(year, ana)
    await deadlines(year, ana)
    march, june, september, *_ = await year.pages("/v1/meetings", series=series["id"])

    await year.until(local("2027-03-04", "15:00", ZURICH))
    minutes, figures = await agreed(year, march, ana)
    await year.until(local("2027-04-09", "15:00", ZURICH))
    await year.patch(f"/v1/action-items/{minutes['id']}", status="done")
    await year.until(local("2027-04-19", "15:00", ZURICH))
    await year.patch(f"/v1/action-items/{figures['id']}", status="done")
    await year.until(local("2027-04-26", "15:00", ZURICH))
    await submitted(year, "XAA")
    await year.until(local("2027-05-20", "15:00", ZURICH))
    await submitted(year, "XBB")
    await year.until(local("2027-05-27", "15:00", ZURICH))
    await year.patch(f"/v1/meetings/{june['id']}", start="2027-06-09T10:00:00+02:00")
    await year.until(local("2027-08-24", "15:00", ZURICH))
    await year.patch(f"/v1/meetings/{september['id']}", status="cancelled")
    await year.until(local("2028-01-04", "08:00", ZURICH))

    assert await received(year, ANA) == RECEIVED
    assert len(year.office.received) == len(RECEIVED) + len(year.letters_to(MINISTRY))


async def quarterly_meetings(year: Clockwork, ana: Found) -> Found:
    """As their kind says: on the first Wednesday of every third month."""
    series = await year.post(
        "/v1/meeting-series", kind="gfp-quarterly", anchor="2027-03-03T10:00:00", time_zone=ZURICH
    )
    await year.post(
        "/v1/reminder-rules",
        subject={"kind": "meeting-series", "id": series["id"]},
        offsets=["-P14D", "-P1D"],
        recipients=[{"person": ana["id"]}],
    )
    return series


async def deadlines(year: Clockwork, ana: Found) -> None:
    """Ana writes the report of her State; of another State's she is told when it is long overdue. What she
    has to do after meetings comes in one letter a day."""
    await year.post(
        "/v1/reminder-rules",
        subject={"kind": "obligations", "framework": "ccm", "state": "XAA"},
        offsets=["-P30D", "-P7D", "P2D"],
        recipients=[{"person": ana["id"]}],
    )
    await year.post(
        "/v1/reminder-rules",
        subject={"kind": "obligations", "framework": "ccm", "state": "XBB"},
        offsets=["-P30D", "-P7D", "P2D"],
        recipients=[{"email": MINISTRY}],
        escalations=[{"offset": "P14D", "recipients": [{"person": ana["id"]}]}],
    )
    await year.post(
        "/v1/reminder-rules",
        subject={"kind": "action-items", "framework": "ccm"},
        offsets=["-P7D", "P1D"],
        recipients=[{"role": "owner"}],
        digest=True,
    )


async def agreed(year: Clockwork, meeting: Found, ana: Found) -> tuple[Found, Found]:
    """What the meeting asks Ana to do."""
    await year.patch(f"/v1/meetings/{meeting['id']}", status="held")
    facts = {"meeting": meeting["id"], "owner": ana["id"], "due_on": "2027-04-14"}
    minutes = await year.post("/v1/action-items", text="Circulate the minutes", **facts)
    return minutes, await year.post("/v1/action-items", text="Ask for figures by sex and age", **facts)


async def submitted(year: Clockwork, state: str) -> None:
    filed = await year.post("/v1/submissions", **report(state, period="2026"))
    assert (await year.client.post(f"/v1/submissions/{filed['id']}/submit")).status_code == 202


async def received(year: Clockwork, address: str) -> list[tuple[str, str, str]]:
    """Each letter: when by her clocks, its subject, and why it was sent."""
    why: dict[str, list[str]] = {}
    for line in await year.pages("/v1/deliveries", recipient=address, status="sent"):
        why.setdefault(line["message_id"], []).append(" ".join(filter(None, (line["cause"], line["offset"]))))
    return [
        (written_at(one, SANTIAGO), one.letter["Subject"], " + ".join(why[one.message_id]))
        for one in year.letters_to(address)
    ]
