"""Templates: what a kind of meeting fills in, which meetings go with it, what a plan's period asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from schemas.access import Scope
from tests.api.convening import changed
from tests.api.given import meeting, pointers, problem_of
from tests.conftest import ClientMaker

Found = dict[str, Any]

YEAR = datetime.now(UTC).year + 1
ZURICH = {"time_zone": "Europe/Zurich"}


async def test_the_kinds_say_what_asks_for_them_and_what_stands_on_their_agendas(admin: httpx.AsyncClient):
    kinds = {item["key"]: item for item in (await admin.get("/v1/meeting-kinds")).json()["items"]}

    quarterly = kinds["gfp-quarterly"]
    assert quarterly["rrule"] == "FREQ=MONTHLY;INTERVAL=3;BYDAY=1WE"
    assert quarterly["source"]["provision"] == "ccm-gfp-tor:section-6"
    assert quarterly["title"].keys() == {"en", "fr", "es"}
    committee = kinds["coordination-committee"]
    assert [point["key"] for point in committee["first_of_year"]] == ["introduction-of-focal-points"]
    assert "paragraph 14" in committee["source"]["text"]
    assert [item["kind"] for item in kinds["meeting-of-states-parties"]["companions"]] == [
        "side-event",
        "plenary-summary",
    ]
    assert [key for key, kind in kinds.items() if kind["from_plan"]] == [
        "monitoring-plan",
        "annual-review",
        "mid-term-evaluation",
        "external-evaluation",
    ]
    assert kinds["other"]["source"] is None


async def test_a_series_of_a_kind_needs_no_more_than_a_place_and_a_first_day(admin: httpx.AsyncClient):
    draft = {"kind": "gfp-quarterly", "anchor": "2026-03-04T10:00:00", **ZURICH}

    made = await admin.post("/v1/meeting-series", json=draft)

    assert made.status_code == 201, made.text
    found = made.json()
    assert (found["title"], found["framework"], found["duration_minutes"]) == (
        "Gender Focal Points: quarterly meeting",
        "ccm",
        90,
    )
    meetings = (await admin.get("/v1/meetings", params={"series": found["id"]})).json()["items"]
    assert {item["kind"] for item in meetings} == {"gfp-quarterly"}
    assert {datetime.fromisoformat(item["start"]).weekday() for item in meetings} == {2}


async def test_what_is_said_goes_before_what_the_kind_says(admin: httpx.AsyncClient):
    draft = {
        "kind": "gfp-quarterly",
        "title": "Our meeting",
        "framework": "apmbc",
        "rrule": "FREQ=MONTHLY;INTERVAL=3;BYDAY=3WE",
        "anchor": "2026-03-04T10:00:00",
        "duration_minutes": 45,
        **ZURICH,
    }

    found = (await admin.post("/v1/meeting-series", json=draft)).json()

    assert {name: found[name] for name in draft} == draft


@pytest.mark.parametrize("kind", ["bilateral", "coordination-committee"])
async def test_a_kind_of_which_nothing_says_how_often_needs_a_rule(admin: httpx.AsyncClient, kind: str):
    draft = {"kind": kind, "anchor": "2026-03-04T10:00:00", **ZURICH}

    answer = await admin.post("/v1/meeting-series", json=draft)

    assert pointers(problem_of(answer, 422, "validation-failed")) == {"/rrule": "missing"}


async def test_a_kind_that_is_not_stated_fills_in_nothing(admin: httpx.AsyncClient):
    answer = await admin.post("/v1/meeting-series", json={"anchor": "2026-03-04T10:00:00"})

    assert pointers(problem_of(answer, 422, "validation-failed")).keys() == {
        "/title", "/framework", "/rrule", "/time_zone", "/duration_minutes",
    }  # fmt: skip


async def test_a_meeting_of_states_parties_brings_its_side_event_and_a_summary_per_committee(
    admin: httpx.AsyncClient,
):
    for key in ("victim-assistance", "clearance", "coordination-committee"):
        committee = {"title": {"en": key.capitalize()}, "framework": "ccm"}
        assert (await admin.put(f"/v1/committees/{key}", json=committee)).is_success
    draft = {
        "kind": "meeting-of-states-parties",
        "title": "15MSP",
        "start": f"{YEAR}-11-16T10:00:00+01:00",
        "location": "Palais des Nations",
        "companions": True,
        **ZURICH,
    }

    made = await admin.post("/v1/meetings", json=draft)

    assert made.status_code == 201, made.text
    window = {"start_after": f"{YEAR}-11-16T00:00:00Z", "start_before": f"{YEAR}-11-20T00:00:00Z"}
    items = (await admin.get("/v1/meetings", params=window)).json()["items"]
    assert sorted((item["kind"], item["start"][8:16], item["committee"]) for item in items) == [
        ("meeting-of-states-parties", "16T10:00", None),
        ("plenary-summary", "17T10:00", "clearance"),
        ("plenary-summary", "17T10:15", "victim-assistance"),
        ("side-event", "17T13:15", None),
    ]
    assert {item["location"] for item in items} == {"Palais des Nations"}
    path = made.headers["location"]
    tag = (await admin.get(path)).headers["etag"]
    moved = {"start": f"{YEAR}-11-23T10:00:00+01:00"}
    await admin.patch(path, json=moved, headers={"If-Match": tag})
    side_events = (await admin.get("/v1/meetings", params={"kind": "side-event"})).json()["items"]
    assert [item["start"][8:16] for item in side_events] == ["24T13:15"]


async def test_companions_go_where_the_other_meeting_goes_unless_they_are_elsewhere(
    admin: httpx.AsyncClient,
):
    draft = {"kind": "meeting-of-states-parties", "framework": "apmbc", "companions": True, **ZURICH}
    place = {"location": "Palais des Nations", "url": "https://meet.example.org/a"}
    made = await admin.post("/v1/meetings", json=draft | place | {"start": f"{YEAR}-11-16T10:00:00+01:00"})
    path = made.headers["location"]
    preparation = {"title": "Preparation", "relative_to": {"meeting": made.json()["id"], "offset": "-P1D"}}
    beside = await admin.post("/v1/meetings", json=preparation | {"location": "Palais des Nations"})

    async def side_event() -> dict[str, Any]:
        [found] = (
            await admin.get("/v1/meetings", params={"kind": "side-event", "framework": "apmbc"})
        ).json()["items"]
        return dict(found)

    async def change(where: str, **changes: str) -> None:
        answer = await admin.patch(where, json=changes, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text

    before = await side_event()
    await change(path, location="New York", start=f"{YEAR}-11-23T10:00:00+01:00")
    moved = await side_event()
    await change(f"/v1/meetings/{moved['id']}", url="https://meet.example.org/b")
    await change(path, location="Vienna", url="https://meet.example.org/c")
    apart = await side_event()

    assert (moved["location"], moved["start"][8:16]) == ("New York", "24T13:15")
    assert moved["sequence"] == before["sequence"] + 1
    assert (apart["location"], apart["url"]) == ("Vienna", "https://meet.example.org/b")
    found = (await admin.get(beside.headers["location"])).json()
    assert found["location"] == "Palais des Nations"


async def test_companions_are_refused_where_a_kind_has_none(admin: httpx.AsyncClient):
    draft = {"kind": "bilateral", "start": f"{YEAR}-11-16T10:00:00+01:00", "companions": True, **ZURICH}

    answer = await admin.post("/v1/meetings", json=draft)

    assert pointers(problem_of(answer, 422, "no-companions")) == {"/companions": "no-companions"}


async def test_more_committees_than_a_plenary_can_hear_are_not_left_out_silently(admin: httpx.AsyncClient):
    for number in range(41):
        committee = {"title": {"en": f"Committee {number}"}, "framework": "oap"}
        assert (await admin.put(f"/v1/committees/many-{number}", json=committee)).is_success
    draft = {
        "kind": "meeting-of-states-parties",
        "framework": "oap",
        "start": f"{YEAR}-11-16T10:00:00+01:00",
        "companions": True,
        **ZURICH,
    }

    problem_of(await admin.post("/v1/meetings", json=draft), 409, "too-many-committees")


async def test_a_bilateral_is_seen_by_the_state_that_it_concerns_and_no_other(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    croatia = await client_with(Scope.SUBMISSIONS_WRITE, state="HRV")
    france = await client_with(Scope.SUBMISSIONS_WRITE, state="FRA")
    draft = {"kind": "bilateral", "state": "HRV", "start": f"{YEAR}-05-05T10:00:00Z", **ZURICH}
    path = (await admin.post("/v1/meetings", json=draft)).headers["location"]
    follow_up = {"title": "Again", "relative_to": {"meeting": path.rpartition("/")[2], "offset": "P2W"}}
    again = (await admin.post("/v1/meetings", json=follow_up)).headers["location"]
    common = (await admin.post("/v1/meetings", json=meeting(f"{YEAR}-05-06T10:00:00Z"))).headers["location"]

    async def seen(client: httpx.AsyncClient) -> set[str]:
        window = {"start_after": f"{YEAR}-05-01T00:00:00Z", "start_before": f"{YEAR}-06-01T00:00:00Z"}
        items = (await client.get("/v1/meetings", params=window)).json()["items"]
        return {f"/v1/meetings/{item['id']}" for item in items}

    assert await seen(croatia) == {path, again, common}
    assert await seen(france) == {common}
    assert (await croatia.get(again)).json()["state"] == "HRV"
    problem_of(await france.get(path), 404, "not-found")


# What a plan's period asks for


async def plan_of(client: httpx.AsyncClient, start: str, end: str, owner: str = "OAS") -> str:
    draft = {"framework": "cim-plan", "owner": owner, "start": start, "end": end}
    made = await client.post("/v1/plans", json=draft)
    assert made.status_code == 201, made.text
    return made.headers["location"]


async def entered(client: httpx.AsyncClient, plan: str, **wanted: Any) -> Found:
    answer = await client.post(f"{plan}/calendar", json={"time_zone": "America/New_York"} | wanted)
    assert answer.status_code == 200, answer.text
    found: Found = answer.json()
    return found


def dates(found: Found) -> list[str]:
    return [f"{item['kind']} {item['start'][:10]} {item['status']}" for item in found["items"]]


async def test_the_period_of_a_plan_brings_its_reviews_and_evaluations(admin: httpx.AsyncClient):
    plan = await plan_of(admin, "2030-01-01", "2034-12-31")

    found = await entered(admin, plan)

    # 31 December is a Tuesday in 2030, a Wednesday in 2031, a Friday in 2032, a Saturday in 2033, a Sunday in
    # 2034 and a Monday in 2035.
    assert dates(found) == [
        "monitoring-plan 2030-04-30 scheduled",
        "annual-review 2030-12-31 scheduled",
        "annual-review 2031-12-31 scheduled",
        "annual-review 2032-12-31 scheduled",
        "mid-term-evaluation 2032-12-31 scheduled",
        "annual-review 2033-12-30 scheduled",
        "annual-review 2034-12-29 scheduled",
        "external-evaluation 2035-12-31 scheduled",
    ]
    assert (found["made"], found["moved"], found["cancelled"]) == (8, 0, 0)
    assert {item["start"][11:] for item in found["items"]} == {"10:00:00-05:00", "10:00:00-04:00"}
    assert [item["date"] for item in found["dates"]][-2:] == ["2034-12-31", "2035-12-31"]
    listed = (await admin.get("/v1/meetings", params={"plan": plan.rpartition("/")[2]})).json()["items"]
    assert listed == found["items"]


async def test_each_meeting_names_the_plan_that_asks_for_it(admin: httpx.AsyncClient):
    wanted = {"kinds": ["mid-term-evaluation"]}
    plans = [await plan_of(admin, "2090-01-01", "2094-12-31", owner=owner) for owner in ("OAS", "HRV")]

    found = [(await entered(admin, plan, **wanted))["items"][0]["title"] for plan in plans]

    assert found == [
        "Mid-term evaluation (CIM Strategic Plan, OAS)",
        "Mid-term evaluation (CIM Strategic Plan, HRV)",
    ]


async def test_the_meetings_of_a_mandate_stand_under_the_treaty_that_it_serves(admin: httpx.AsyncClient):
    draft = {
        "framework": "ccm", "terms": "ccm-gfp-tor", "from": "2090-01-01", "until": "2091-12-31",
        "holders": [{"state": "HRV"}],
    }  # fmt: skip
    mandate = (await admin.post("/v1/mandates", json=draft)).json()

    found = await entered(admin, f"/v1/plans/{mandate['plan']}", kinds=["annual-review"])

    assert {(item["framework"], item["title"]) for item in found["items"]} == {
        ("ccm", "Annual review (GFP ToR)")
    }


async def test_a_second_time_enters_nothing(admin: httpx.AsyncClient):
    plan = await plan_of(admin, "2040-01-01", "2044-12-31")
    once = await entered(admin, plan)

    again = await entered(admin, plan)

    assert again == once | {"made": 0}


async def test_what_was_not_moved_by_hand_follows_the_period(admin: httpx.AsyncClient):
    plan = await plan_of(admin, "2050-01-01", "2053-12-31")
    before = await entered(admin, plan)
    first_review = f"/v1/meetings/{before['items'][1]['id']}"
    tag = (await admin.get(first_review)).headers["etag"]
    moved = {"start": "2051-02-01T10:00:00-05:00"}
    await admin.patch(first_review, json=moved, headers={"If-Match": tag})
    tag = (await admin.get(plan)).headers["etag"]
    period = {"start": "2050-07-01", "end": "2052-12-31"}
    assert (await admin.patch(plan, json=period, headers={"If-Match": tag})).status_code == 200

    after = await entered(admin, plan)

    assert dates(after) == [
        "monitoring-plan 2050-10-31 scheduled",
        "annual-review 2051-02-01 moved",
        "annual-review 2052-06-28 scheduled",
        "external-evaluation 2053-12-31 scheduled",
    ]
    assert (after["made"], after["moved"], after["cancelled"]) == (0, 3, 3)
    uids = {item["uid"] for item in before["items"]}
    assert {item["uid"] for item in after["items"]} <= uids


async def test_meetings_are_renamed_with_their_plan_unless_somebody_named_them_otherwise(
    admin: httpx.AsyncClient,
):
    plan = await plan_of(admin, "2060-01-01", "2063-12-31", owner="Renamed Commission")
    first, second, *_ = (await entered(admin, plan))["items"]
    before = {item["id"]: item["title"] for item in (await entered(admin, plan))["items"]}
    named = await changed(admin, f"/v1/meetings/{first['id']}", title="Kick-off")
    held = await changed(admin, f"/v1/meetings/{second['id']}", status="held")

    await changed(admin, plan, title="New Plan of the Renamed Commission")
    await changed(admin, plan, end="2064-12-31")

    after = {item["id"]: item["title"] for item in (await entered(admin, plan))["items"]}
    assert after[named["id"]] == "Kick-off"
    assert after[held["id"]] == before[held["id"]]
    others = after.keys() & before.keys() - {named["id"], held["id"]}
    assert len(others) >= 3
    for key in others:
        kind, _, _ = before[key].partition(" (")
        assert after[key] == f"{kind} (New Plan of the Renamed Commission)"
    calendar = (await admin.get("/v1/calendar.ics")).text.replace("\r\n ", "")
    assert "Mid-term evaluation (New Plan of the Renamed Commission)" in calendar


async def test_what_has_passed_is_told_and_not_entered(admin: httpx.AsyncClient):
    plan = await plan_of(admin, "2016-01-01", "2021-12-31")

    found = await entered(admin, plan)

    assert found["items"] == []
    assert [f"{item['kind']} {item['date']}" for item in found["dates"]] == [
        "monitoring-plan 2016-04-30",
        "annual-review 2016-12-31",
        "annual-review 2017-12-31",
        "annual-review 2018-12-31",
        "mid-term-evaluation 2018-12-31",
        "annual-review 2019-12-31",
        "annual-review 2020-12-31",
        "annual-review 2021-12-31",
        "external-evaluation 2022-12-31",
    ]
    assert {item["meeting"] for item in found["dates"]} == {None}


async def test_only_the_kinds_that_are_asked_for_are_entered(admin: httpx.AsyncClient):
    plan = await plan_of(admin, "2060-01-01", "2064-12-31")

    found = await entered(admin, plan, kinds=["mid-term-evaluation"], time="14:30")

    # 31 December 2062 is a Sunday.
    assert [item["start"] for item in found["items"]] == ["2062-12-29T14:30:00-05:00"]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"time_zone": "Washington"}, "validation-failed"),
        ({"time_zone": "UTC", "kinds": ["bilateral"]}, "validation-failed"),
        ({"time_zone": "UTC", "kinds": []}, "validation-failed"),
        ({"time_zone": "UTC", "time": "10"}, "validation-failed"),
        ({"time_zone": "UTC", "committee": "nobody"}, "unknown-committee"),
    ],
)
async def test_a_calendar_that_cannot_be_is_refused(admin: httpx.AsyncClient, wanted: Found, code: str):
    plan = await plan_of(admin, "2070-01-01", "2071-12-31", owner=f"Owner {uuid4()}")

    problem_of(await admin.post(f"{plan}/calendar", json=wanted), 422, code)


async def test_a_plan_that_is_not_there_has_no_calendar(admin: httpx.AsyncClient):
    answer = await admin.post(f"/v1/plans/{uuid4()}/calendar", json={"time_zone": "UTC"})

    problem_of(answer, 404, "not-found")
