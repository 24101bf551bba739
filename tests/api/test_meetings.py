"""The calendar: series that keep their time of day, meetings that move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from icalendar import Calendar

from tests.api.given import meeting, pointers, problem_of, series

Found = dict[str, Any]
GENEVA = ZoneInfo("Europe/Zurich")


async def founded(client: httpx.AsyncClient, **changes: Any) -> Found:
    made = await client.post("/v1/meeting-series", json=series(**changes))
    assert made.status_code == 201, made.text
    found: Found = made.json()
    assert made.headers["location"] == f"/v1/meeting-series/{found['id']}"
    assert (await client.get(made.headers["location"])).json() == found
    return found


async def test_the_preview_counts_from_the_anchor_and_keeps_ten_o_clock(admin: httpx.AsyncClient):
    made = await founded(admin)

    preview = (await admin.get(f"/v1/meeting-series/{made['id']}/preview?count=6")).json()

    assert [item["start"] for item in preview["items"]] == [
        "2026-03-04T10:00:00+01:00",
        "2026-06-03T10:00:00+02:00",
        "2026-09-02T10:00:00+02:00",
        "2026-12-02T10:00:00+01:00",
        "2027-03-03T10:00:00+01:00",
        "2027-06-02T10:00:00+02:00",
    ]
    assert preview["warnings"] == []


async def test_meetings_of_a_series_are_at_ten_in_summer_and_winter(admin: httpx.AsyncClient):
    made = await founded(admin)

    found = (await admin.get(f"/v1/meetings?series={made['id']}")).json()["items"]
    starts = [datetime.fromisoformat(item["start"]) for item in found]

    assert 7 <= len(found) <= 8
    assert {start.utcoffset() for start in starts} == {timedelta(hours=1), timedelta(hours=2)}
    assert {(start.astimezone(GENEVA).hour, start.weekday()) for start in starts} == {(10, 2)}
    assert all(start.day <= 7 for start in starts)
    assert all(start > datetime.now(UTC) for start in starts)
    for item in found:
        assert (item["title"], item["status"], item["sequence"]) == ("GFP quarterly meeting", "scheduled", 0)
        end = datetime.fromisoformat(item["end"])
        assert end - datetime.fromisoformat(item["start"]) == timedelta(minutes=90)


@pytest.mark.parametrize(
    ("rrule", "anchor", "code", "better"),
    [
        ("FREQ=MONTHLY", "2026-01-31T10:00:00", "months-skipped", "BYMONTHDAY=-1"),
        ("FREQ=MONTHLY;BYDAY=1WE", "2026-03-05T10:00:00", "anchor-not-met", None),
    ],
)
async def test_the_preview_warns_of_what_a_rule_does(
    admin: httpx.AsyncClient, rrule: str, anchor: str, code: str, better: str | None
):
    made = await founded(admin, rrule=rrule, anchor=anchor)

    warnings = (await admin.get(f"/v1/meeting-series/{made['id']}/preview")).json()["warnings"]

    warning = next(item for item in warnings if item["code"] == code)
    assert warning["detail"]
    assert better is None or better in warning["rrule"]


async def test_the_last_of_the_month_does_not_drift(admin: httpx.AsyncClient):
    made = await founded(admin, rrule="FREQ=MONTHLY;BYMONTHDAY=-1", anchor="2026-01-31T10:00:00")

    items = (await admin.get(f"/v1/meeting-series/{made['id']}/preview?count=5")).json()["items"]

    assert [item["start"][5:10] for item in items] == ["01-31", "02-28", "03-31", "04-30", "05-31"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"rrule": "FREQ=HOURLY"}, "/rrule"),
        ({"rrule": "every month"}, "/rrule"),
        ({"rrule": "FREQ=MONTHLY;COUNT=3;UNTIL=20270101"}, "/rrule"),
        ({"time_zone": "Geneva"}, "/time_zone"),
        ({"anchor": "2026-03-04T10:00:00+01:00"}, "/anchor"),
        ({"duration_minutes": 0}, "/duration_minutes"),
        ({"title": "Two\nlines"}, "/title"),
        ({"title": "   "}, "/title"),
    ],
)
async def test_a_series_that_cannot_be_is_refused(admin: httpx.AsyncClient, changes: Found, pointer: str):
    answer = await admin.post("/v1/meeting-series", json=series(**changes))

    assert pointer in pointers(problem_of(answer, 422, "validation-failed"))


@pytest.mark.parametrize("path", ["/v1/meeting-series", "/v1/meetings"])
async def test_a_meeting_is_held_under_a_framework_that_exists(admin: httpx.AsyncClient, path: str):
    draft = (series if "series" in path else meeting)(framework="xyz")

    assert pointers(problem_of(await admin.post(path, json=draft), 422, "unknown-framework")) == {
        "/framework": "unknown-framework"
    }


async def test_a_rule_that_never_meets_is_refused(admin: httpx.AsyncClient):
    never = series(rrule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")

    answer = await admin.post("/v1/meeting-series", json=never)

    assert pointers(problem_of(answer, 422, "rule-without-date")) == {"/rrule": "rule-without-date"}


async def test_a_meeting_by_itself_is_shown_in_its_own_zone(admin: httpx.AsyncClient):
    made = await admin.post("/v1/meetings", json=meeting("2027-07-01T08:00:00Z"))

    found = made.json()
    assert made.status_code == 201
    assert (found["start"], found["end"]) == ("2027-07-01T10:00:00+02:00", "2027-07-01T11:00:00+02:00")
    assert (found["series"], found["time_zone"]) == (None, "Europe/Zurich")
    assert (await admin.get(made.headers["location"])).json() == found


async def test_meetings_are_found_by_framework_and_time(admin: httpx.AsyncClient):
    for start in ("2033-01-01T10:00:00Z", "2033-02-01T10:00:00Z", "2033-03-01T10:00:00Z"):
        await admin.post("/v1/meetings", json=meeting(start, framework="apmbc"))

    async def found(**filters: str) -> list[str]:
        answer = await admin.get("/v1/meetings", params={"framework": "apmbc"} | filters)
        return [item["start"][5:7] for item in answer.json()["items"]]

    assert await found() == ["01", "02", "03"]
    assert await found(start_after="2033-02-01T10:00:00Z") == ["02", "03"]
    assert await found(start_before="2033-02-01T10:00:00Z") == ["01"]
    assert await found(framework="crc") == []


async def change(client: httpx.AsyncClient, path: str, **changes: Any) -> httpx.Response:
    tag = (await client.get(path)).headers["etag"]
    return await client.patch(path, json=changes, headers={"If-Match": tag})


async def test_every_change_is_counted_for_those_invited(admin: httpx.AsyncClient):
    made = await admin.post("/v1/meetings", json=meeting())
    path, uid = made.headers["location"], made.json()["uid"]

    renamed = (await change(admin, path, title="Renamed")).json()
    moved = (await change(admin, path, start="2027-03-10T09:00:00Z")).json()
    cancelled = (await change(admin, path, status="cancelled")).json()

    assert [found["status"] for found in (renamed, moved, cancelled)] == ["scheduled", "moved", "cancelled"]
    assert [found["sequence"] for found in (renamed, moved, cancelled)] == [1, 2, 3]
    assert {found["uid"] for found in (renamed, moved, cancelled)} == {uid}
    assert moved["start"] == "2027-03-10T10:00:00+01:00"
    problem_of(await change(admin, path, title="After"), 409, "wrong-status")


async def sequences(client: httpx.AsyncClient, path: str) -> tuple[int, int]:
    """As the meeting says, and as calendar programs read it."""
    found = (await client.get(path)).json()
    calendar = Calendar.from_ical((await client.get("/v1/calendar.ics")).content)
    [event] = [event for event in calendar.events if str(event["UID"]) == found["uid"]]
    return found["sequence"], int(event["SEQUENCE"])


async def test_there_is_one_sequence_and_it_counts_what_those_invited_must_learn(admin: httpx.AsyncClient):
    made = await admin.post("/v1/meetings", json=meeting(notes="Bring figures."))
    path = made.headers["location"]
    counted = []
    for changes in (
        {"title": made.json()["title"], "notes": "Bring figures."},
        {"notes": "Bring all figures."},
        {"url": "https://meet.example.org/gfp", "title": "Renamed", "start": "2027-03-10T09:00:00Z"},
        {"committee": None},
        {"status": "cancelled"},
    ):
        assert (await change(admin, path, **changes)).status_code == 200
        counted.append(await sequences(admin, path))

    assert counted == [(0, 0), (1, 1), (2, 2), (2, 2), (3, 3)]


async def test_a_change_to_what_a_meeting_is_already_changes_nothing(admin: httpx.AsyncClient):
    made = await admin.post("/v1/meetings", json=meeting())

    again = await change(admin, made.headers["location"], title=made.json()["title"])

    assert (again.json(), again.headers["etag"]) == (made.json(), made.headers["etag"])


async def test_a_calendar_says_where_a_meeting_is_on_the_web_and_what_to_know_of_it(admin: httpx.AsyncClient):
    both = {"location": "Room XX", "url": "https://meet.example.org/gfp", "notes": "Bring figures;\nand tea."}
    made = await admin.post("/v1/meetings", json=meeting("2027-03-05T10:00:00Z", **both))
    online = await admin.post("/v1/meetings", json=meeting("2027-03-05T10:00:00Z", url=both["url"]))

    calendar = Calendar.from_ical((await admin.get("/v1/calendar.ics")).content)

    events = {str(event["UID"]): event for event in calendar.events}
    hybrid, online = events[made.json()["uid"]], events[online.json()["uid"]]
    assert (str(hybrid["LOCATION"]), str(hybrid["URL"])) == ("Room XX", both["url"])
    assert str(hybrid["DESCRIPTION"]) == f"{both['notes']}\n\n{both['url']}"
    assert (str(online["LOCATION"]), str(online["URL"])) == (both["url"], both["url"])


@pytest.mark.parametrize("changes", [{}, {"title": None}, {"start": None}, {"status": "moved"}, {"uid": "x"}])
async def test_a_change_that_cannot_be_is_refused(admin: httpx.AsyncClient, changes: Found):
    made = await admin.post("/v1/meetings", json=meeting())

    problem_of(await change(admin, made.headers["location"], **changes), 422, "validation-failed")
