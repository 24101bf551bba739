"""Local time holds: what goes out, and when, where clocks change and months are short.

Everything is asked for through the API, sent by the worker's own loop and read at the mail server.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from tests.journeys.moving_clock import Clockwork, clockwork, local, written_at
from tests.worker_in_process import Worker

BEGINS = local("2020-01-01", "00:00", "UTC")
READER, ZURICH = "reader@example.org", "Europe/Zurich"
OFFSETS = ["-P7D", "-PT48H", "-P1D", "-PT1H"]

# Days are counted by the local calendar, hours exactly: of 48 hours one is missing or there twice.
CHANGES = [
    ("Europe/Zurich", "2027-03-28 10:00", ["03-21 10:00", "03-26 09:00", "03-27 10:00", "03-28 09:00"]),
    ("Europe/Zurich", "2027-10-31 10:00", ["10-24 10:00", "10-29 11:00", "10-30 10:00", "10-31 09:00"]),
    ("America/New_York", "2027-03-14 10:00", ["03-07 10:00", "03-12 09:00", "03-13 10:00", "03-14 09:00"]),
    ("America/New_York", "2027-11-07 10:00", ["10-31 10:00", "11-05 11:00", "11-06 10:00", "11-07 09:00"]),
    ("Pacific/Apia", "2020-09-27 10:00", ["09-20 10:00", "09-25 09:00", "09-26 10:00", "09-27 09:00"]),
    ("Pacific/Apia", "2021-04-04 10:00", ["03-28 10:00", "04-02 11:00", "04-03 10:00", "04-04 09:00"]),
    # A time that there is not on the day itself, and one that there is twice: the first is meant.
    ("Europe/Zurich", "2028-03-27 02:30", ["03-20 02:30", "03-25 01:30", "03-26 03:30", "03-27 01:30"]),
    ("Europe/Zurich", "2028-10-30 02:30", ["10-23 02:30", "10-28 03:30", "10-29 02:30", "10-30 01:30"]),
]
"""Zone, start of a meeting, and when each reminder of it is sent."""

MONTHS = {
    "FREQ=MONTHLY;BYMONTHDAY=31": ("2027-12-31", ["12-30", "01-30", "03-30", "05-30"]),
    "FREQ=MONTHLY;BYMONTHDAY=-1": ("2027-12-31", ["12-30", "01-30", "02-28", "03-30", "04-29", "05-30"]),
    "FREQ=MONTHLY;BYMONTHDAY=29": ("2027-12-29", ["12-28", "01-28", "02-28", "03-28", "04-28", "05-28"]),
}
"""Rule and anchor of a series, and the days before its meetings; 2028 is a leap year."""


@pytest.fixture
async def clocks(app: FastAPI, admin: httpx.AsyncClient, worker: Worker) -> AsyncIterator[Clockwork]:
    async with clockwork(app, admin, worker, BEGINS, rounds=False) as made:
        yield made


async def test_reminders_keep_to_local_time_where_clocks_change(clocks: Clockwork) -> None:
    for zone, start, expected in sorted(CHANGES, key=lambda change: change[1]):
        clocks.office.received.clear()
        begins = local(*start.split(), zone)
        clocks.worker.now = begins - timedelta(days=8)
        await meeting_in(clocks, zone, begins)
        await clocks.until(begins + timedelta(hours=1))

        sent = [written_at(one, zone) for one in clocks.letters_to(READER)]
        assert sent == [f"{start[:4]}-{moment}" for moment in expected], (zone, start)


async def meeting_in(clocks: Clockwork, zone: str, begins: datetime) -> None:
    meeting = await clocks.post(
        "/v1/meetings",
        title="Dialogue",
        framework="ccm",
        start=begins.isoformat(),
        time_zone=zone,
        duration_minutes=60,
    )
    await have_told(clocks, "meeting", meeting["id"], OFFSETS)


async def have_told(clocks: Clockwork, kind: str, about: str, offsets: list[str]) -> None:
    subject = {"kind": kind, "id": about}
    await clocks.post("/v1/reminder-rules", subject=subject, offsets=offsets, recipients=[{"email": READER}])


async def test_reminders_of_series_at_the_end_of_months_come_the_day_before_each_meeting(
    clocks: Clockwork,
) -> None:
    clocks.worker.now = local("2027-12-01", "00:00", ZURICH)
    for rrule, (anchor, _) in MONTHS.items():
        series = await clocks.post(
            "/v1/meeting-series",
            title=rrule,
            framework="ccm",
            rrule=rrule,
            time_zone=ZURICH,
            anchor=f"{anchor}T10:00:00",
            duration_minutes=60,
        )
        await have_told(clocks, "meeting-series", series["id"], ["-P1D"])
    await clocks.until(local("2028-06-01", "00:00", ZURICH))

    for rrule, (_, expected) in MONTHS.items():
        about = [one for one in clocks.letters_to(READER) if f"{rrule}," in one.letter["Subject"]]
        assert [written_at(one, ZURICH)[5:] for one in about] == [f"{day} 10:00" for day in expected], rrule
