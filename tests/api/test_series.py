"""Series before they are founded and after: previews, exceptions, holidays, changes from a day on."""

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
    when,
)

# Preview


async def test_a_draft_is_previewed_with_its_warnings_and_nothing_is_founded(admin: httpx.AsyncClient):
    draft = series(rrule="FREQ=MONTHLY;INTERVAL=3", anchor="2026-11-30T10:00:00", title="Only looked at")

    preview = (await admin.post("/v1/meeting-series/preview?count=4", json=draft)).json()

    assert [item["start"][:10] for item in preview["items"]] == [
        "2026-11-30",
        "2027-05-30",
        "2027-08-30",
        "2027-11-30",
    ]
    [warning] = preview["warnings"]
    assert (warning["code"], warning["rrule"]) == (
        "months-skipped",
        "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1",
    )
    listed = (await admin.get("/v1/meeting-series?limit=500")).json()["items"]
    assert "Only looked at" not in {item["title"] for item in listed}


async def test_the_rule_that_is_proposed_does_not_drift(admin: httpx.AsyncClient):
    draft = series(rrule="FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1", anchor="2026-11-30T10:00:00")

    preview = (await admin.post("/v1/meeting-series/preview?count=6", json=draft)).json()

    assert preview["warnings"] == []
    assert [item["start"][:10] for item in preview["items"]] == [
        "2026-11-30",
        "2027-02-28",
        "2027-05-31",
        "2027-08-31",
        "2027-11-30",
        "2028-02-29",
    ]


async def test_the_preview_shows_holidays_exceptions_and_what_becomes_of_them(admin: httpx.AsyncClient):
    draft = series(
        rrule="FREQ=MONTHLY;BYMONTHDAY=25",
        anchor="2026-10-25T10:00:00",
        exceptions=["2026-11-25"],
        holidays={"countries": ["CH-GE"], "policy": "next-working-day"},
    )

    preview = (await admin.post("/v1/meeting-series/preview?count=3", json=draft)).json()

    assert preview["items"] == [
        {
            "start": "2026-10-25T10:00:00+01:00",
            "named": "2026-10-25T10:00:00+01:00",
            "holidays": [],
            "left_out": None,
        },
        {
            "start": "2026-11-25T10:00:00+01:00",
            "named": "2026-11-25T10:00:00+01:00",
            "holidays": [],
            "left_out": "exception",
        },
        {
            "start": "2026-12-28T10:00:00+01:00",
            "named": "2026-12-25T10:00:00+01:00",
            "holidays": [{"country": "CH-GE", "name": "Christmas Day"}],
            "left_out": None,
        },
    ]
    assert [item["code"] for item in preview["warnings"]] == ["on-holidays"]


async def test_a_policy_on_holidays_that_is_left_out_is_to_warn_in_a_change_too(admin: httpx.AsyncClient):
    made = await founded(admin, rrule="FREQ=MONTHLY;BYMONTHDAY=25", anchor=f"{YEAR}-01-25T10:00:00")

    changed = await change_series(admin, made, holidays={"countries": ["CH-GE"]})

    assert changed["holidays"] == {"countries": ["CH-GE"], "policy": "warn"}
    preview = await admin.get(f"/v1/meeting-series/{made['id']}/preview?count=12")
    assert preview.status_code == 200, preview.text
    assert [item["code"] for item in preview.json()["warnings"]] == ["on-holidays"]
    later = await change_series(admin, made, time="11:00")
    assert later["holidays"] == changed["holidays"]


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        (
            {"holidays": {"countries": ["CH", "QQ"]}},
            "unknown-country",
            {"/holidays/countries/1": "unknown-country"},
        ),
        ({"ends_on": "2026-01-01"}, "series-without-date", {"": "series-without-date"}),
        ({"committee": "nobody"}, "unknown-committee", {"/committee": "unknown-committee"}),
        ({"title": None}, "validation-failed", {"/title": "missing"}),
        ({"rrule": None, "anchor": None}, "validation-failed", {"/rrule": "missing", "/anchor": "missing"}),
        ({"holidays": {"countries": []}}, "validation-failed", {"/holidays/countries": "too-short"}),
        ({"exceptions": ["25 December"]}, "validation-failed", {"/exceptions/0": "value-error"}),
        ({"url": "javascript:alert(1)"}, "validation-failed", {"/url": "string-pattern-mismatch"}),
    ],
)
@pytest.mark.parametrize("path", ["/v1/meeting-series", "/v1/meeting-series/preview"])
async def test_a_draft_that_cannot_be_is_refused_before_and_after_the_preview(
    admin: httpx.AsyncClient, path: str, changes: Found, code: str, pointer: dict[str, str]
):
    answer = await admin.post(path, json=series(**changes))

    assert pointers(problem_of(answer, 422, code)) == pointer


# What the rule does not say


async def test_exceptions_are_not_scheduled_and_additions_are(admin: httpx.AsyncClient):
    made = await founded(
        admin,
        rrule="FREQ=MONTHLY;BYMONTHDAY=10;COUNT=3",
        anchor=f"{YEAR}-04-10T10:00:00",
        exceptions=[f"{YEAR}-05-10"],
        additions=[f"{YEAR}-05-12T15:00:00"],
    )

    assert when(await meetings_of(admin, made)) == [
        "04-10T10:00 scheduled",
        "05-12T15:00 scheduled",
        "06-10T10:00 scheduled",
    ]


async def test_a_meeting_on_a_holiday_is_scheduled_on_the_working_day_before(admin: httpx.AsyncClient):
    made = await founded(
        admin,
        rrule="FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25;COUNT=1",
        anchor=f"{YEAR}-12-25T10:00:00",
        holidays={"countries": ["CH"], "policy": "previous-working-day"},
    )

    [found] = await meetings_of(admin, made)

    start = datetime.fromisoformat(found["start"])
    assert start.day in {22, 23, 24}
    assert start.weekday() < 5
    assert found["status"] == "scheduled"


async def test_an_occurrence_that_was_called_off_stays_called_off(
    admin: httpx.AsyncClient, sessions: Sessions
):
    made = await founded(admin, **WEEKLY)
    first, *_ = await meetings_of(admin, made)
    path = f"/v1/meetings/{first['id']}"
    tag = {"If-Match": (await admin.get(path)).headers["etag"]}

    called_off = await admin.delete(path, headers=tag)
    again = await admin.delete(path, headers={"If-Match": called_off.headers["etag"]})

    assert (called_off.status_code, called_off.json()["status"]) == (200, "cancelled")
    assert (again.status_code, again.json()) == (200, called_off.json())

    await change_series(admin, made, time="11:00")
    assert when(await meetings_of(admin, made))[0].endswith("10:00 cancelled")
    assert (await entry_of(sessions, first)).status == "cancelled"


async def test_calling_off_needs_the_version_that_was_seen(admin: httpx.AsyncClient):
    made = await admin.post("/v1/meetings", json=meeting())
    path = made.headers["location"]

    problem_of(await admin.delete(path), 428, "precondition-required")
    problem_of(await admin.delete(path, headers={"If-Match": '"old"'}), 412, "stale")
    problem_of(await admin.delete(f"/v1/meetings/{uuid4()}", headers={"If-Match": "*"}), 404, "not-found")


# Changing a series


async def test_another_time_of_day_moves_every_meeting_and_each_stays_the_same(admin: httpx.AsyncClient):
    made = await founded(admin, **WEEKLY)
    before = await meetings_of(admin, made)

    changed = await change_series(admin, made, time="14:30", title="Renamed", location="Room XX")

    after = await meetings_of(admin, made)
    assert changed["anchor"].endswith("T14:30:00")
    assert [item["uid"] for item in after] == [item["uid"] for item in before]
    assert {item["start"][11:16] for item in after} == {"14:30"}
    assert {item["start"][:10] for item in after} == {item["start"][:10] for item in before}
    assert {(item["title"], item["location"], item["status"]) for item in after} == {
        ("Renamed", "Room XX", "scheduled")
    }
    assert {item["sequence"] for item in after} == {1}


async def test_another_rule_keeps_the_days_that_both_name_and_cancels_the_others(
    admin: httpx.AsyncClient, sessions: Sessions
):
    made = await founded(admin, **WEEKLY)
    before = await meetings_of(admin, made)

    await change_series(admin, made, rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;COUNT=5")

    after = await meetings_of(admin, made)
    kept = {item["id"]: item["status"] for item in after if item["id"] in {old["id"] for old in before}}
    assert [kept[item["id"]] for item in before] == ["scheduled", "cancelled"] * 4
    assert [item["sequence"] for item in after[:2]] == [0, 1]
    assert len(after) == 9
    assert after[-1]["status"] == "scheduled"
    assert (await entry_of(sessions, before[1])).status == "cancelled"


async def test_a_rule_that_is_taken_back_has_its_meetings_stand_again(admin: httpx.AsyncClient):
    made = await founded(admin, **WEEKLY)
    before = await meetings_of(admin, made)
    await change_series(admin, made, rrule="FREQ=WEEKLY;BYDAY=TH;COUNT=8")

    await change_series(admin, made, rrule=WEEKLY["rrule"])

    after = {item["id"]: item for item in await meetings_of(admin, made)}
    assert [after[item["id"]]["status"] for item in before] == ["scheduled"] * 8
    assert {item["status"] for item in after.values() if item["id"] not in {b["id"] for b in before}} == {
        "cancelled"
    }


async def test_the_same_change_again_changes_nothing(admin: httpx.AsyncClient):
    made = await founded(admin, **WEEKLY)
    wanted = {"rrule": "FREQ=WEEKLY;BYDAY=TH;COUNT=8", "time": "09:00", "title": "Thursdays"}
    await change_series(admin, made, **wanted)
    once = await meetings_of(admin, made)
    tag = (await admin.get(f"/v1/meeting-series/{made['id']}")).headers["etag"]

    await change_series(admin, made, **wanted)

    assert await meetings_of(admin, made) == once
    assert (await admin.get(f"/v1/meeting-series/{made['id']}")).headers["etag"] == tag


async def test_what_was_moved_or_held_by_itself_is_left_alone(admin: httpx.AsyncClient):
    made = await founded(admin, **WEEKLY)
    first, second, third, *_ = await meetings_of(admin, made)
    moved_to = (datetime.fromisoformat(second["start"]) + timedelta(days=1)).isoformat()
    await change(admin, f"/v1/meetings/{first['id']}", status="held")
    await change(admin, f"/v1/meetings/{second['id']}", start=moved_to)
    await change(admin, f"/v1/meetings/{third['id']}", title="A name of its own")

    await change_series(admin, made, rrule="FREQ=WEEKLY;BYDAY=FR;COUNT=8", title="Renamed", time="08:00")

    after = {item["id"]: item for item in await meetings_of(admin, made)}
    assert (after[first["id"]]["start"], after[first["id"]]["status"]) == (first["start"], "held")
    assert (after[second["id"]]["start"], after[second["id"]]["status"]) == (moved_to, "moved")
    assert after[second["id"]]["title"] == made["title"]
    assert (after[third["id"]]["title"], after[third["id"]]["status"]) == ("A name of its own", "cancelled")


async def test_a_change_from_a_day_on_leaves_what_is_before_it(admin: httpx.AsyncClient):
    made = await founded(admin, **WEEKLY)
    before = await meetings_of(admin, made)
    begins = before[4]["start"][:10]

    changed = await change_series(admin, made, time="16:00", **{"from": begins})

    after = await meetings_of(admin, made)
    assert [item["start"][11:13] for item in after] == ["10"] * 4 + ["16"] * 4
    assert changed["rule_from"] is not None
    too_early = await change(admin, f"/v1/meeting-series/{made['id']}", time="17:00")
    problem_of(too_early, 409, "rule-pending")
    await change_series(admin, made, time="17:00", rrule=WEEKLY["rrule"])
    assert {item["start"][11:13] for item in await meetings_of(admin, made)} == {"17"}


async def test_a_series_that_ends_meets_no_more_and_may_go_on_after_all(admin: httpx.AsyncClient):
    made = await founded(admin, **WEEKLY)
    before = await meetings_of(admin, made)

    ended = await change_series(admin, made, ends_on=before[2]["start"][:10])

    assert ended["ends_on"] == before[2]["start"][:10]
    statuses = [item["status"] for item in await meetings_of(admin, made)]
    assert statuses == ["scheduled"] * 3 + ["cancelled"] * 5
    await change_series(admin, made, ends_on=None)
    assert {item["status"] for item in await meetings_of(admin, made)} == {"scheduled"}


async def test_another_zone_keeps_the_days_and_the_local_time(admin: httpx.AsyncClient):
    made = await founded(admin, **WEEKLY, time_zone="Pacific/Apia")
    before = await meetings_of(admin, made)

    await change_series(admin, made, time_zone="Pacific/Midway")

    after = await meetings_of(admin, made)
    assert [item["id"] for item in after] == [item["id"] for item in before]
    assert [item["start"][:16] for item in after] == [item["start"][:16] for item in before]
    assert {item["start"][16:] for item in after} == {":00-11:00"}


async def test_a_holiday_rule_that_is_added_moves_what_it_concerns(admin: httpx.AsyncClient):
    made = await founded(admin, rrule="FREQ=MONTHLY;BYMONTHDAY=1;COUNT=12", anchor=f"{YEAR}-01-01T10:00:00")

    await change_series(admin, made, holidays={"countries": ["CH"], "policy": "next-working-day"})

    after = await meetings_of(admin, made)
    moved = [item["start"][5:10] for item in after if item["start"][8:10] != "01"]
    assert len(after) == 12
    assert [day[:2] for day in moved] == ["01", "08"]
    await change_series(admin, made, holidays=None)
    assert {item["start"][8:10] for item in await meetings_of(admin, made)} == {"01"}


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({}, 422, "validation-failed"),
        ({"from": f"{YEAR}-01-01"}, 422, "validation-failed"),
        ({"title": None}, 422, "validation-failed"),
        ({"rrule": "FREQ=HOURLY"}, 422, "validation-failed"),
        ({"kind": "other"}, 422, "validation-failed"),
        ({"time": "25:00"}, 422, "validation-failed"),
        ({"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, 422, "rule-without-date"),
        ({"ends_on": "2020-01-01"}, 422, "series-without-date"),
        ({"holidays": {"countries": ["QQ"]}}, 422, "unknown-country"),
        ({"committee": "nobody"}, 422, "unknown-committee"),
        ({"relative_to": {"offset": "-P1W"}}, 422, "not-of-this-series"),
        ({"time": "11:00", "from": f"{YEAR + 5}-01-01"}, 422, "beyond-schedule"),
    ],
)
async def test_a_change_that_cannot_be_is_refused_and_leaves_everything(
    admin: httpx.AsyncClient, changes: Found, status: int, code: str
):
    made = await founded(admin, **WEEKLY)
    before = await meetings_of(admin, made)

    problem_of(await change(admin, f"/v1/meeting-series/{made['id']}", **changes), status, code)

    assert (await admin.get(f"/v1/meeting-series/{made['id']}")).json() == made
    assert await meetings_of(admin, made) == before


async def test_two_people_do_not_change_a_series_unawares(admin: httpx.AsyncClient):
    made = await founded(admin, **WEEKLY)
    path = f"/v1/meeting-series/{made['id']}"
    tag = {"If-Match": (await admin.get(path)).headers["etag"]}

    assert (await admin.patch(path, json={"title": "One"}, headers=tag)).status_code == 200

    problem_of(await admin.patch(path, json={"title": "Two"}, headers=tag), 412, "stale")
    problem_of(await admin.patch(path, json={"title": "Two"}), 428, "precondition-required")


async def test_reminders_follow_the_series_through_its_changes(admin: httpx.AsyncClient):
    made = await founded(admin, **WEEKLY)
    subject = {"kind": "meeting-series", "id": made["id"]}
    rule = {"subject": subject, "offsets": ["-P7D"], "recipients": [{"email": "focal.point@example.org"}]}
    made_rule = await admin.post("/v1/reminder-rules", json=rule)
    assert made_rule.status_code == 201, made_rule.text

    async def planned() -> dict[str, str]:
        query = {"rule": made_rule.json()["id"], "status": "scheduled", "limit": 500}
        lines = (await admin.get("/v1/deliveries", params=query)).json()["items"]
        return {line["meeting"]: line["occurrence"] for line in lines}

    async def standing() -> dict[str, datetime]:
        items = await meetings_of(admin, made)
        return {
            item["id"]: datetime.fromisoformat(item["start"])
            for item in items
            if item["status"] != "cancelled"
        }

    for changes in (
        {"time": "15:00"},
        {"rrule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE;COUNT=4"},
        {"ends_on": f"{YEAR}-03-20"},
        {"ends_on": None, "rrule": WEEKLY["rrule"]},
    ):
        await change_series(admin, made, **changes)

        told = {key: datetime.fromisoformat(start) for key, start in (await planned()).items()}
        assert told == await standing()
