"""Meetings that go with others, and meetings that stand beside a series."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from services.database import Sessions
from tests.api.given import meeting, pointers, problem_of, series
from tests.api.scheduling import (
    WEEKLY,
    YEAR,
    Found,
    change,
    change_series,
    entry_of,
    founded,
    meetings_of,
)


async def test_a_meeting_three_weeks_before_another_moves_with_it_until_moved_by_itself(
    admin: httpx.AsyncClient, sessions: Sessions
):
    lead = (await admin.post("/v1/meetings", json=meeting(f"{YEAR}-09-15T10:00:00+02:00"))).headers[
        "location"
    ]
    draft = {
        "title": "Preparation",
        "relative_to": {"meeting": lead.rpartition("/")[2], "offset": "-P3W", "time": "09:00"},
    }
    made = await admin.post("/v1/meetings", json=draft)
    path = made.headers["location"]
    assert made.json()["start"] == f"{YEAR}-08-25T09:00:00+02:00"
    assert made.json()["relative_to"] == {"weekday": None, **draft["relative_to"]}

    await change(admin, lead, start=f"{YEAR}-12-15T10:00:00+01:00")

    moved = (await admin.get(path)).json()
    assert (moved["start"], moved["status"], moved["sequence"]) == (
        f"{YEAR}-11-24T09:00:00+01:00",
        "scheduled",
        1,
    )
    assert (await entry_of(sessions, moved)).start.date().isoformat() == f"{YEAR}-11-24"
    await change(admin, path, start=f"{YEAR}-11-30T09:00:00+01:00")
    await change(admin, lead, start=f"{YEAR}-12-20T10:00:00+01:00")
    assert (await admin.get(path)).json()["start"] == f"{YEAR}-11-30T09:00:00+01:00"


async def test_a_chain_of_meetings_moves_and_is_called_off_together(admin: httpx.AsyncClient):
    first = (await admin.post("/v1/meetings", json=meeting(f"{YEAR}-09-15T10:00:00+02:00"))).headers[
        "location"
    ]
    chain = [first]
    for _ in range(3):
        relative = {"meeting": chain[-1].rpartition("/")[2], "offset": "-P1W"}
        made = await admin.post("/v1/meetings", json={"title": "Before", "relative_to": relative})
        chain.append(made.headers["location"])

    await change(admin, first, start=f"{YEAR}-09-16T10:00:00+02:00")
    found = [(await admin.get(path)).json() for path in chain]
    assert [item["start"][8:10] for item in found] == ["16", "09", "02", "26"]

    await change(admin, first, status="cancelled")
    found = [(await admin.get(path)).json() for path in chain]
    assert {item["status"] for item in found} == {"cancelled"}


async def test_a_series_goes_with_another_through_all_its_changes(admin: httpx.AsyncClient):
    lead = await founded(admin, **WEEKLY)
    draft = {
        "title": "Preparation",
        "relative_to": {"series": lead["id"], "offset": "-P1W", "weekday": "FR", "time": "15:00"},
    }
    preview = (await admin.post("/v1/meeting-series/preview?count=3", json=draft)).json()
    answer = await admin.post("/v1/meeting-series", json=draft)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    items = await meetings_of(admin, made)
    leads = await meetings_of(admin, lead)

    assert [item["start"] for item in preview["items"]] == [item["start"] for item in items[:3]]
    assert len(items) == 8
    for item, led in zip(items, leads, strict=True):
        start, other = (datetime.fromisoformat(one["start"]) for one in (item, led))
        assert (start.weekday(), start.hour) == (4, 15)
        assert timedelta(days=4) < other - start < timedelta(days=5)
        assert item["relative_to"]["meeting"] == led["id"]

    await change_series(admin, lead, rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=4")
    after = [item for item in await meetings_of(admin, made) if item["status"] == "scheduled"]
    leads = [item for item in await meetings_of(admin, lead) if item["status"] == "scheduled"]
    assert [item["relative_to"]["meeting"] for item in after] == [item["id"] for item in leads]

    await change_series(admin, made, relative_to={"offset": "-P1D", "weekday": None, "time": "12:00"})
    after = [item for item in await meetings_of(admin, made) if item["status"] == "scheduled"]
    for item, led in zip(after, leads, strict=True):
        start, other = (datetime.fromisoformat(one["start"]) for one in (item, led))
        assert (start.weekday(), start.hour) == (6, 12)
        assert (other.date() - start.date()).days == 1


@pytest.mark.parametrize(
    ("draft", "code", "pointer"),
    [
        (
            {"relative_to": {"meeting": str(uuid4()), "offset": "-P1W"}},
            "unknown-meeting",
            {"/relative_to/meeting": "unknown-meeting"},
        ),
        ({"start": None}, "validation-failed", {"": "value-error"}),
        (
            {
                "start": "2027-03-03T10:00:00Z",
                "relative_to": {"meeting": str(uuid4()), "offset": "-P1W"},
            },
            "validation-failed",
            {"": "value-error"},
        ),
        ({"series": str(uuid4())}, "unknown-series", {"/series": "unknown-series"}),
        ({"state": "QQQ"}, "unknown-state", {"/state": "unknown-state"}),
        ({"committee": "nobody"}, "unknown-committee", {"/committee": "unknown-committee"}),
        ({"time_zone": None}, "validation-failed", {"/time_zone": "missing"}),
        ({"series": str(uuid4()), "kind": "bilateral"}, "not-additional", {"/kind": "not-additional"}),
    ],
)
async def test_a_meeting_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, draft: Found, code: str, pointer: dict[str, str]
):
    body = meeting(**draft)
    if "relative_to" in draft and "start" not in draft:
        del body["start"]

    assert pointers(problem_of(await admin.post("/v1/meetings", json=body), 422, code)) == pointer


@pytest.mark.parametrize("offset", ["-P1M", "P1Y", "-PT1H", "1W", "-P3W2D", "P1000D"])
async def test_a_distance_is_in_whole_weeks_or_days(admin: httpx.AsyncClient, offset: str):
    draft = meeting(relative_to={"meeting": str(uuid4()), "offset": offset})

    answer = await admin.post("/v1/meetings", json=draft)

    assert "/relative_to/offset" in pointers(problem_of(answer, 422, "validation-failed"))


async def test_nothing_goes_with_a_meeting_that_was_called_off(admin: httpx.AsyncClient):
    lead = (await admin.post("/v1/meetings", json=meeting())).headers["location"]
    await change(admin, lead, status="cancelled")
    draft = {"title": "Preparation", "relative_to": {"meeting": lead.rpartition("/")[2], "offset": "-P3W"}}

    answer = await admin.post("/v1/meetings", json=draft)

    problem_of(answer, 422, "cancelled-meeting")


async def test_a_series_by_distance_has_no_rule_of_its_own(admin: httpx.AsyncClient):
    lead = await founded(admin, **WEEKLY)
    relative = {"series": lead["id"], "offset": "-P1W"}
    refused = await admin.post("/v1/meeting-series", json=series(relative_to=relative))
    assert "a series relative to another takes no rrule, anchor" in refused.text
    made = (await admin.post("/v1/meeting-series", json={"title": "Before", "relative_to": relative})).json()

    assert (made["rrule"], made["anchor"], made["relative_to"]["series"]) == (None, None, lead["id"])
    answer = await change(admin, f"/v1/meeting-series/{made['id']}", rrule="FREQ=DAILY", time="10:00")
    assert pointers(problem_of(answer, 422, "not-of-this-series")).keys() == {"/rrule", "/time"}


async def test_an_additional_meeting_stands_beside_the_series_and_outlives_its_changes(
    admin: httpx.AsyncClient,
):
    made = await founded(admin, **WEEKLY, committee=None)
    first, *_ = await meetings_of(admin, made)
    beside = {"series": made["id"], "start": first["start"]}

    answer = await admin.post("/v1/meetings", json=beside)
    await change_series(admin, made, rrule="FREQ=WEEKLY;BYDAY=TU;COUNT=8")

    assert answer.status_code == 201, answer.text
    found = (await admin.get(answer.headers["location"])).json()
    assert (found["kind"], found["status"], found["series"]) == ("additional", "scheduled", made["id"])
    assert (found["title"], found["framework"], found["duration_minutes"]) == (made["title"], "ccm", 90)
