"""What a change says of an object inside another is merged into it member by member (RFC 7396)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.api.convening import change, changed, person
from tests.api.given import pointers, problem_of
from tests.api.scheduling import WEEKLY, YEAR, Found, founded, meetings_of

Kept = Callable[[httpx.AsyncClient], Awaitable[str]]
HOURS: Found = {"start": "06:00", "end": "08:30", "weekdays": ["SU", "MO", "TU"]}
HOLIDAYS: Found = {"countries": ["CH-GE"], "policy": "skip"}


async def somebody(client: httpx.AsyncClient) -> str:
    return f"/v1/persons/{await person(client, working_hours=HOURS)}"


async def a_rule(client: httpx.AsyncClient) -> str:
    draft = {
        "subject": {"kind": "meetings", "framework": "crc"},
        "offsets": ["-P1D"],
        "recipients": [{"email": "merged@example.org"}],
        "working_hours": HOURS,
    }
    made = await client.post("/v1/reminder-rules", json=draft)
    assert made.status_code == 201, made.text
    return str(made.headers["location"])


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ({"end": "15:00"}, HOURS | {"end": "15:00"}),
        ({"end": "08:00"}, HOURS | {"end": "08:00"}),
        ({"weekdays": ["FR"]}, HOURS | {"weekdays": ["FR"]}),
        ({"end": None}, HOURS | {"end": "17:00"}),
        ({}, HOURS),
        (None, None),
    ],
)
@pytest.mark.parametrize("kept", [somebody, a_rule])
async def test_working_hours_keep_what_is_left_out(
    admin: httpx.AsyncClient, kept: Kept, given: Found | None, whole: Found | None
):
    path = await kept(admin)

    answer = await changed(admin, path, working_hours=given)

    assert answer["working_hours"] == whole
    assert (await admin.get(path)).json()["working_hours"] == whole


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"start": "09:00"}, {"/working_hours": "value-error"}),
        ({"start": "9:00"}, {"/working_hours/start": "string-pattern-mismatch"}),
        ({"lunch": "12:00"}, {"/working_hours/lunch": "extra-forbidden"}),
    ],
)
async def test_what_they_would_be_as_a_whole_must_be_working_hours(
    admin: httpx.AsyncClient, given: Found, where: Found
):
    path = await somebody(admin)

    refused = await change(admin, path, working_hours=given)

    assert pointers(problem_of(refused, 422, "validation-failed")) == where
    assert (await admin.get(path)).json()["working_hours"] == HOURS


async def test_holidays_keep_their_policy_and_their_countries(admin: httpx.AsyncClient):
    rule = {"rrule": "FREQ=MONTHLY;BYMONTHDAY=25;COUNT=3", "anchor": f"{YEAR}-10-25T10:00:00"}
    made = await founded(admin, **rule, holidays=HOLIDAYS)
    path = f"/v1/meeting-series/{made['id']}"

    other_country = await changed(admin, path, holidays={"countries": ["CH"]})
    still_skipped = await meetings_of(admin, made)
    other_policy = await changed(admin, path, holidays={"policy": "next-working-day"})
    by_default = await changed(admin, path, holidays={"policy": None})
    refused = await change(admin, path, holidays={"countries": None})

    assert other_country["holidays"] == {"countries": ["CH"], "policy": "skip"}
    assert [item["start"][5:10] for item in still_skipped] == ["10-25", "11-25"]
    assert other_policy["holidays"] == {"countries": ["CH"], "policy": "next-working-day"}
    assert by_default["holidays"] == {"countries": ["CH"], "policy": "warn"}
    where = pointers(problem_of(refused, 422, "validation-failed"))
    assert where == {"/holidays/countries": "missing"}


async def test_a_distance_keeps_its_weekday_and_its_hour(admin: httpx.AsyncClient):
    lead = await founded(admin, **WEEKLY)
    relative = {"series": lead["id"], "offset": "-P1W", "weekday": "MO", "time": "09:00"}
    made = await admin.post("/v1/meeting-series", json={"title": "Before", "relative_to": relative})
    path = made.headers["location"]

    farther = await changed(admin, path, relative_to={"offset": "-P14D"})
    any_day = await changed(admin, path, relative_to={"weekday": None})

    assert farther["relative_to"] == relative | {"offset": "-P14D"}
    assert any_day["relative_to"] == relative | {"offset": "-P14D", "weekday": None}
    refused = await change(admin, path, relative_to={"series": lead["id"]})
    where = pointers(problem_of(refused, 422, "validation-failed"))
    assert where == {"/relative_to/series": "extra-forbidden"}
