"""What meetings have from their series, and what they were given by themselves, through several changes."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from domain.meetings.actions.keeping import OF_SERIES
from tests.api.given import problem_of
from tests.api.scheduling import YEAR, Found, change, change_series, founded, meetings_of

MONTHLY = {"rrule": "FREQ=MONTHLY;BYDAY=1WE;COUNT=6", "anchor": f"{YEAR}-01-01T10:00:00"}
FEBRUARY, MAY = {"from": f"{YEAR}-02-01"}, {"from": f"{YEAR}-05-01"}


@pytest.fixture(scope="module")
async def committees(admin: httpx.AsyncClient) -> list[str]:
    keys = ["shared-one", "shared-two", "shared-three"]
    for key in keys:
        committee = {"title": {"en": key}, "framework": "ccm"}
        assert (await admin.put(f"/v1/committees/{key}", json=committee)).status_code == 201
    return keys


async def told(client: httpx.AsyncClient, made: Found, name: str) -> list[Any]:
    return [item[name] for item in await meetings_of(client, made)]


SHARED: dict[str, tuple[Any, Any, Any]] = {
    "title": ("One", "Two", "Three"),
    "committee": ("shared-one", "shared-two", "shared-three"),
    "duration_minutes": (30, 60, 90),
    "location": ("Geneva", "New York", "Paris"),
    "url": ("https://one.example.org/", None, "https://three.example.org/"),
    "notes": ("One", "Two", None),
}


def test_each_thing_that_a_change_can_name_is_tried():
    assert {*SHARED} == {*OF_SERIES} - {"framework"}


@pytest.mark.parametrize("name", SHARED)
async def test_a_change_from_an_earlier_day_reaches_what_a_later_one_had_left(
    admin: httpx.AsyncClient, committees: list[str], name: str
):
    assert committees
    first, second, third = SHARED[name]
    made = await founded(admin, **MONTHLY, **{name: first})

    await change_series(admin, made, **{name: second}, **MAY)
    assert await told(admin, made, name) == [first] * 4 + [second] * 2
    await change_series(admin, made, **{name: third}, **FEBRUARY)

    assert await told(admin, made, name) == [first] + [third] * 5


@pytest.mark.parametrize("name", SHARED)
async def test_what_a_meeting_was_given_stays_through_changes_in_any_order(
    admin: httpx.AsyncClient, committees: list[str], name: str
):
    assert committees
    first, second, third = SHARED[name]
    made = await founded(admin, **MONTHLY, **{name: first})
    items = await meetings_of(admin, made)
    await change_series(admin, made, **{name: second}, **MAY)
    # What the others are to have only from May on.
    await change(admin, f"/v1/meetings/{items[2]['id']}", **{name: second})

    await change_series(admin, made, **{name: third}, **FEBRUARY)
    await change_series(admin, made, **{name: first})

    assert await told(admin, made, name) == [first] * 2 + [second] + [first] * 3


async def test_the_same_change_from_an_earlier_day_reaches_what_it_had_left(admin: httpx.AsyncClient):
    made = await founded(admin, **MONTHLY, location="Geneva")
    await change_series(admin, made, location="Paris", **MAY)
    path = f"/v1/meeting-series/{made['id']}"
    tag = (await admin.get(path)).headers["etag"]

    await change_series(admin, made, location="Paris", **FEBRUARY)
    once = await meetings_of(admin, made)
    await change_series(admin, made, location="Paris", **FEBRUARY)

    assert [item["location"] for item in once] == ["Geneva"] + ["Paris"] * 5
    assert [item["sequence"] for item in once] == [0] + [1] * 5
    assert await meetings_of(admin, made) == once
    assert (await admin.get(path)).headers["etag"] == tag


async def test_the_same_hour_from_an_earlier_day_is_refused_until_it_names_the_rule(admin: httpx.AsyncClient):
    made = await founded(admin, **MONTHLY)
    path = f"/v1/meeting-series/{made['id']}"
    await change_series(admin, made, time="11:00", **MAY)

    problem_of(await change(admin, path, time="11:00", **FEBRUARY), 409, "rule-pending")
    await change_series(admin, made, time="11:00", rrule=MONTHLY["rrule"], **FEBRUARY)

    assert [start[11:13] for start in await told(admin, made, "start")] == ["10"] + ["11"] * 5


async def test_a_change_of_one_thing_leaves_another_that_is_to_change_later(admin: httpx.AsyncClient):
    made = await founded(admin, **MONTHLY, location="Geneva")
    await change_series(admin, made, location="Paris", **MAY)

    await change_series(admin, made, title="Renamed", time="11:00", **FEBRUARY)

    assert await told(admin, made, "location") == ["Geneva"] * 4 + ["Paris"] * 2
    assert await told(admin, made, "title") == [made["title"]] + ["Renamed"] * 5


async def test_a_meeting_that_is_given_back_what_its_series_says_goes_with_it_again(
    admin: httpx.AsyncClient,
):
    made = await founded(admin, **MONTHLY, location="Geneva")
    path = f"/v1/meetings/{(await meetings_of(admin, made))[1]['id']}"
    await change(admin, path, location="Vienna", notes="Bring a passport.")
    await change(admin, path, location="Geneva")

    await change_series(admin, made, location="Paris", notes="By train.")

    assert await told(admin, made, "location") == ["Paris"] * 6
    assert (await admin.get(path)).json()["notes"] == "Bring a passport."


async def test_given_what_its_series_says_by_now_a_meeting_goes_with_it_again_though_nothing_else_changes(
    admin: httpx.AsyncClient,
):
    made = await founded(admin, **MONTHLY, location="Geneva")
    path = f"/v1/meetings/{(await meetings_of(admin, made))[1]['id']}"
    await change(admin, path, location="Rome")
    await change_series(admin, made, location="Rome")
    before = (await admin.get(path)).json()

    released = (await change(admin, path, location="Rome")).json()
    await change_series(admin, made, location="Oslo")

    assert released == before | {"own": []}
    assert await told(admin, made, "location") == ["Oslo"] * 6


async def test_what_a_meeting_was_given_by_itself_is_told(admin: httpx.AsyncClient):
    made = await founded(admin, **MONTHLY, location="Geneva", notes="By train.")
    first, second, third, *_ = await meetings_of(admin, made)
    await change(admin, f"/v1/meetings/{second['id']}", notes=None, location="Vienna", title=second["title"])
    await change(admin, f"/v1/meetings/{third['id']}", start=f"{YEAR}-03-20T10:00:00+01:00")

    await change_series(admin, made, location="Paris", **MAY)

    assert (first["own"], second["own"]) == ([], [])
    assert await told(admin, made, "own") == [[], ["location", "notes"], [], [], [], []]


async def test_what_is_so_already_is_not_given(admin: httpx.AsyncClient):
    """As of a form that sends everything that it shows."""
    made = await founded(admin, **MONTHLY, location="Geneva")
    first = (await meetings_of(admin, made))[0]
    shown = {name: first[name] for name in SHARED}
    await change(admin, f"/v1/meetings/{first['id']}", **shown | {"notes": "Bring a passport."})

    await change_series(admin, made, title="Renamed", location="Paris", duration_minutes=30)

    kept = (await admin.get(f"/v1/meetings/{first['id']}")).json()
    assert kept == first | {
        "title": "Renamed", "location": "Paris", "duration_minutes": 30, "notes": "Bring a passport.",
        "end": kept["end"], "sequence": kept["sequence"], "own": ["notes"],
    }  # fmt: skip


async def test_a_series_that_follows_is_changed_from_an_earlier_day_too(admin: httpx.AsyncClient):
    lead = await founded(admin, **MONTHLY)
    draft = {"title": "Before", "relative_to": {"series": lead["id"], "offset": "-P1D"}, "location": "Geneva"}
    made = (await admin.post("/v1/meeting-series", json=draft)).json()
    items = await meetings_of(admin, made)
    await change(admin, f"/v1/meetings/{items[3]['id']}", location="Vienna")

    await change_series(admin, made, location="New York", relative_to={"offset": "-P2D"}, **MAY)
    await change_series(admin, made, location="Paris", **FEBRUARY)

    after = await meetings_of(admin, made)
    assert [item["location"] for item in after] == ["Geneva", "Paris", "Paris", "Vienna", "Paris", "Paris"]
    assert [item["relative_to"]["offset"] for item in after] == ["-P1D"] * 4 + ["-P2D"] * 2
    assert [item["start"] for item in after[:4]] == [item["start"] for item in items[:4]]


async def test_a_zone_that_a_following_series_is_to_have_later_waits_for_its_day(admin: httpx.AsyncClient):
    lead = await founded(admin, **MONTHLY)
    draft = {"title": "Before", "relative_to": {"series": lead["id"], "offset": "-P1D", "time": "09:00"}}
    made = (await admin.post("/v1/meeting-series", json=draft)).json()
    await change_series(admin, made, time_zone="America/New_York", **MAY)

    await change_series(admin, made, title="Renamed", **FEBRUARY)

    assert await told(admin, made, "time_zone") == ["Europe/Zurich"] * 4 + ["America/New_York"] * 2
    assert await told(admin, made, "title") == ["Before"] + ["Renamed"] * 5


async def test_a_companion_of_a_series_stays_in_the_room_of_the_meeting_that_it_goes_with(
    admin: httpx.AsyncClient,
):
    """And goes with its series again once it is back."""
    lead = await founded(admin, **MONTHLY, kind="meeting-of-states-parties", location="Geneva")
    relative = {"series": lead["id"], "offset": "P1D", "time": "13:15"}
    draft = {"kind": "side-event", "relative_to": relative, "location": "Geneva"}
    made = (await admin.post("/v1/meeting-series", json=draft)).json()
    first, second, *_ = await meetings_of(admin, lead)
    for one, rooms in ((first, ["Vienna"]), (second, ["Vienna", "Geneva"])):
        for room in rooms:
            await change(admin, f"/v1/meetings/{one['id']}", location=room)
    assert await told(admin, made, "location") == ["Vienna"] + ["Geneva"] * 5

    await change_series(admin, made, location="Paris")

    assert await told(admin, made, "location") == ["Vienna"] + ["Paris"] * 5


async def test_companions_go_where_their_series_send_the_meetings_that_they_go_with(admin: httpx.AsyncClient):
    lead = await founded(admin, **MONTHLY, kind="meeting-of-states-parties", location="Geneva")
    first, second, *_ = await meetings_of(admin, lead)
    paths = []
    for one, kind, room in (
        (first, "side-event", "Geneva"),
        (second, "side-event", "Geneva"),
        (second, "plenary-summary", "Geneva, room 5"),
        (second, "bilateral", "Geneva"),
    ):
        relative = {"meeting": one["id"], "offset": "P1D", "time": "13:15"}
        draft = {"kind": kind, "relative_to": relative, "location": room}
        paths.append((await admin.post("/v1/meetings", json=draft)).headers["location"])

    await change_series(admin, lead, location="New York", url="https://two.example.org/", **FEBRUARY)
    sent = [(await admin.get(path)).json() for path in paths]
    await change(admin, f"/v1/meetings/{second['id']}", location="Bonn")

    places = [(item["location"], item["url"], item["sequence"], item["own"]) for item in sent]
    assert places == [
        ("Geneva", None, 0, []),
        ("New York", "https://two.example.org/", 1, []),
        ("Geneva, room 5", "https://two.example.org/", 1, []),
        ("Geneva", None, 0, []),
    ]
    assert (await admin.get(paths[1])).json()["location"] == "Bonn"


async def test_a_series_of_companions_that_came_along_with_another_is_changed_as_before(
    admin: httpx.AsyncClient,
):
    lead = await founded(admin, **MONTHLY, kind="meeting-of-states-parties", location="Geneva")
    draft = {"kind": "side-event", "relative_to": {"series": lead["id"], "offset": "P1D"}}
    made = (await admin.post("/v1/meeting-series", json=draft | {"location": "Geneva"})).json()
    third = (await meetings_of(admin, lead))[2]
    await change(admin, f"/v1/meetings/{third['id']}", location="Vienna")

    await change_series(admin, lead, location="New York", **FEBRUARY)
    along = await told(admin, made, "location")
    own = await told(admin, made, "own")
    await change_series(admin, made, location="Paris")

    assert along == ["Geneva", "New York", "Vienna", "New York", "New York", "New York"]
    assert own == [[], [], ["location"], [], [], []]
    assert await told(admin, made, "location") == ["Paris"] * 2 + ["Vienna"] + ["Paris"] * 3


async def test_a_room_that_a_companion_of_a_series_was_given_is_its_own_wherever_the_other_goes(
    admin: httpx.AsyncClient,
):
    lead = await founded(admin, **MONTHLY, kind="meeting-of-states-parties", location="Geneva")
    draft = {"kind": "side-event", "relative_to": {"series": lead["id"], "offset": "P1D"}}
    made = (await admin.post("/v1/meeting-series", json=draft | {"location": "Vienna"})).json()
    first = (await meetings_of(admin, made))[0]
    await change(admin, f"/v1/meetings/{first['id']}", location="Geneva")
    path = f"/v1/meetings/{first['relative_to']['meeting']}"

    await change(admin, path, duration_minutes=45)
    await change_series(admin, lead, location="New York")
    await change_series(admin, made, location="Rome")

    assert await told(admin, made, "location") == ["New York"] + ["Rome"] * 5
    await change_series(admin, made, location="New York")
    await change(admin, path, duration_minutes=50)
    assert await told(admin, made, "own") == [["location"]] + [[]] * 5


async def test_a_meeting_beside_its_series_is_not_changed_with_it(admin: httpx.AsyncClient):
    made = await founded(admin, **MONTHLY, location="Geneva")
    first = (await meetings_of(admin, made))[0]
    draft = {"series": made["id"], "start": first["start"], "location": "Geneva"}
    beside = (await admin.post("/v1/meetings", json=draft)).json()

    await change_series(admin, made, location="Paris")

    assert (await admin.get(f"/v1/meetings/{beside['id']}")).json() == beside


@pytest.mark.parametrize("changes", [{"location": "Paris"}, {"ends_on": f"{YEAR + 6}-01-01"}])
async def test_no_change_begins_after_what_is_entered(admin: httpx.AsyncClient, changes: Found):
    made = await founded(admin, rrule="FREQ=MONTHLY;BYDAY=1WE", anchor=f"{YEAR}-01-01T10:00:00")

    answer = await change(
        admin, f"/v1/meeting-series/{made['id']}", **changes, **{"from": f"{YEAR + 5}-01-01"}
    )

    problem_of(answer, 422, "beyond-schedule")
    assert (await admin.get(f"/v1/meeting-series/{made['id']}")).json() == made


@pytest.mark.parametrize(
    "changes",
    [
        {"location": "Paris"},
        {"relative_to": {"offset": "-P2D"}},
        {"time_zone": "America/New_York"},
        {"ends_on": f"{YEAR + 6}-01-01"},
    ],
)
async def test_no_change_of_a_series_that_follows_begins_after_its_last_meeting(
    admin: httpx.AsyncClient, changes: Found
):
    """However far the other is scheduled, and wherever one was moved."""
    lead = await founded(admin, **MONTHLY | {"rrule": "FREQ=MONTHLY;BYDAY=1WE"}, ends_on=f"{YEAR}-03-31")
    draft = {"title": "Before", "relative_to": {"series": lead["id"], "offset": "-P7D"}, "location": "Geneva"}
    made = (await admin.post("/v1/meeting-series", json=draft)).json()
    first, *_, last = await meetings_of(admin, made)
    await change(admin, f"/v1/meetings/{first['id']}", start=f"{YEAR}-12-15T10:00:00+01:00")
    path = f"/v1/meeting-series/{made['id']}"

    for begins in (f"{YEAR}-12-01", f"{YEAR + 8}-01-01"):
        problem_of(await change(admin, path, **changes, **{"from": begins}), 422, "beyond-schedule")
    assert (await admin.get(path)).json() == made

    begins = last["start"][:10]
    await change_series(admin, made, location="Paris", **{"from": begins})
    await change_series(admin, lead, ends_on=f"{YEAR}-05-31")
    after = await meetings_of(admin, made)
    assert {item["location"] for item in after if item["start"] < begins} == {"Geneva"}
    assert [item["location"] for item in after if begins < item["start"] < f"{YEAR}-12"] == ["Paris"] * 3


async def test_a_series_that_follows_and_has_no_meeting_yet_is_changed_at_once_alone(
    admin: httpx.AsyncClient,
):
    lead = await founded(admin, **MONTHLY | {"rrule": "FREQ=MONTHLY;BYDAY=1WE"}, ends_on=f"{YEAR}-03-31")
    relative = {"relative_to": {"series": lead["id"], "offset": "-P7D"}, "ends_on": f"{YEAR - 1}-01-01"}
    made = (await admin.post("/v1/meeting-series", json={"title": "Before"} | relative)).json()
    assert await meetings_of(admin, made) == []

    answer = await change(admin, f"/v1/meeting-series/{made['id']}", location="Paris", **FEBRUARY)

    problem_of(answer, 422, "beyond-schedule")
    await change_series(admin, made, location="Paris")
