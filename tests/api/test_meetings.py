"""The calendar: series that keep their time of day, meetings that move, feeds that other programs read."""

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


@pytest.mark.parametrize("changes", [{}, {"title": None}, {"start": None}, {"status": "moved"}, {"uid": "x"}])
async def test_a_change_that_cannot_be_is_refused(admin: httpx.AsyncClient, changes: Found):
    made = await admin.post("/v1/meetings", json=meeting())

    problem_of(await change(admin, made.headers["location"], **changes), 422, "validation-failed")


async def read_feed(client: httpx.AsyncClient, address: str = "/v1/calendar.ics") -> Calendar:
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "private" in answer.headers["cache-control"]
    calendar = Calendar.from_ical(answer.content)
    assert isinstance(calendar, Calendar)
    return calendar


async def test_the_feed_is_read_back_as_it_was_entered(admin: httpx.AsyncClient):
    made = await founded(admin, framework="crpd", title="Séance, d'été; «hiver»")
    meetings = (await admin.get(f"/v1/meetings?series={made['id']}")).json()["items"]
    await change(admin, f"/v1/meetings/{meetings[0]['id']}", status="cancelled")

    calendar = await read_feed(admin, "/v1/calendar.ics?framework=crpd")

    events = {str(event["UID"]): event for event in calendar.events}
    assert events.keys() == {item["uid"] for item in meetings}
    for item in meetings:
        event = events[item["uid"]]
        assert event.start == datetime.fromisoformat(item["start"])
        assert event.end == datetime.fromisoformat(item["end"])
        assert (event.start.hour, str(event.start.tzinfo)) == (10, "Europe/Zurich")
        assert str(event["SUMMARY"]) == "Séance, d'été; «hiver»"
    assert [str(events[item["uid"]]["STATUS"]) for item in meetings[:2]] == ["CANCELLED", "CONFIRMED"]
    assert [events[item["uid"]]["SEQUENCE"] for item in meetings[:2]] == [1, 0]


async def test_a_key_and_the_token_of_its_holder_open_the_same_feed(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient
):
    await admin.post("/v1/meetings", json=meeting())
    address = httpx.URL((await admin.get("/v1/me")).json()["calendar"])

    by_token = await anonymous.get(address.raw_path.decode())
    by_key = await admin.get("/v1/calendar.ics")

    assert by_token.status_code == 200
    assert by_token.content == by_key.content
    unchanged = {"If-None-Match": by_token.headers["etag"]}
    assert (await anonymous.get(address.raw_path.decode(), headers=unchanged)).status_code == 304


async def test_the_feed_is_closed_to_strangers(anonymous: httpx.AsyncClient, admin: httpx.AsyncClient):
    problem_of(await anonymous.get("/v1/calendar.ics"), 401, "unauthenticated")
    for wrong in ("wrong", "", "%EF%BF%BD"):
        answer = await anonymous.get(f"/v1/calendar.ics?token={wrong}")
        problem_of(answer, 401, "invalid-calendar-token")
    key = (await admin.post("/v1/api-keys", json={"name": "a", "scopes": ["meetings:write"]})).json()
    own = {"Authorization": f"Bearer {key['secret']}"}
    address = httpx.URL((await anonymous.get("/v1/me", headers=own)).json()["calendar"])
    assert (await anonymous.get(address.raw_path.decode())).status_code == 200

    await admin.delete(f"/v1/api-keys/{key['id']}")

    problem_of(await anonymous.get(address.raw_path.decode()), 401, "invalid-calendar-token")
