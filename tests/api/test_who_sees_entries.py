"""A State's key and the persons of a State see of the calendar what they see of the things in it."""

from __future__ import annotations

from typing import Any

import httpx
from icalendar import Calendar

from schemas.access import Scope
from tests.api.given import problem_of
from tests.api.planning import Found, changed, drawn_up
from tests.conftest import ClientMaker

DUE = "2099-03-31"


async def addresses(client: httpx.AsyncClient, path: str = "/v1/calendar.ics") -> set[str]:
    """Of what the calendar shows."""
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    calendar = Calendar.from_ical(answer.content)
    shown = (*calendar.events, *calendar.todos)
    return {httpx.URL(str(entry["URL"])).path for entry in shown}


async def feed(client: httpx.AsyncClient, **subject: str) -> str:
    made = await client.post("/v1/calendar-feeds", json={"subject": subject})
    assert made.status_code == 201, made.text
    return httpx.URL(made.json()["address"]).raw_path.decode()


async def dated(client: httpx.AsyncClient, plan: str, ref: str, **facts: Any) -> str:
    await changed(client, f"{plan}/items/{ref}", due=DUE, **facts)
    return f"{plan}/items/{ref}"


async def a_mandate(client: httpx.AsyncClient, *states: str) -> Found:
    draft = {
        "framework": "ccm", "terms": "ccm-gfp-tor", "from": "2098-01-01", "until": "2099-12-31",
        "holders": [{"state": state} for state in states], "overlapping": True,
    }  # fmt: skip
    made = await client.post("/v1/mandates", json=draft)
    assert made.status_code == 201, made.text
    found: Found = made.json()
    return found


async def test_milestones_are_seen_by_those_who_see_the_plan(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    croatia = await client_with(Scope.MEETINGS_WRITE, state="HRV")
    organisation, own, other = [
        await drawn_up(admin, owner=owner) for owner in ("An organisation", "HRV", "FRA")
    ]
    held = await a_mandate(admin, "HRV", "FRA")
    hidden = {await dated(admin, plan, "s1.a1.m1") for plan in (organisation, other)}
    seen = {
        await dated(admin, own, "s1.a1.m1"),
        await dated(admin, f"/v1/plans/{held['plan']}", "act-b"),
    }

    every = await feed(croatia, kind="all")
    of_framework = await feed(croatia, kind="framework", key="ccm")

    for path in ("/v1/calendar.ics", every):
        found = await addresses(croatia, path)
        assert seen <= found
        assert not hidden & found
    assert hidden | seen <= await addresses(admin)
    for place in hidden:
        problem_of(await croatia.get(place.partition("/items/")[0]), 404, "not-found")

    await changed(admin, f"/v1/mandates/{held['id']}", holders=[{"state": "FRA"}])

    activity = f"/v1/plans/{held['plan']}/items/act-b"
    for path in ("/v1/calendar.ics", every, of_framework):
        assert activity not in await addresses(croatia, path)
    assert activity in await addresses(admin)


async def test_meetings_of_a_plan_and_what_is_to_be_done_after_them_are_seen_by_those_who_see_the_plan(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    croatia = await client_with(Scope.MEETINGS_WRITE, state="HRV")
    held = await a_mandate(admin, "HRV")
    plan = f"/v1/plans/{held['plan']}"
    entered = await admin.post(f"{plan}/calendar", json={"time_zone": "UTC", "kinds": ["annual-review"]})
    review = entered.json()["items"][0]
    action = (
        await admin.post(
            "/v1/action-items",
            json={"meeting": review["id"], "text": "Do it.", "due_on": DUE, "time_zone": "UTC"},
        )
    ).json()
    places = {f"/v1/meetings/{review['id']}", f"/v1/action-items/{action['id']}"}

    assert places <= await addresses(croatia)
    assert [(await croatia.get(place)).status_code for place in sorted(places)] == [200, 200]

    await changed(admin, f"/v1/mandates/{held['id']}", holders=[{"state": "FRA"}])

    assert not places & await addresses(croatia)
    assert [(await croatia.get(place)).status_code for place in sorted(places)] == [404, 404]
    assert review["id"] not in (await croatia.get("/v1/meetings?framework=ccm&limit=500")).text
    assert places <= await addresses(admin)


async def person(client: httpx.AsyncClient, email: str, **facts: Any) -> str:
    made = await client.post("/v1/persons", json={"name": "Ana", "email": email, **facts})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def told(client: httpx.AsyncClient, rule: Found) -> set[str]:
    found = (await client.get("/v1/deliveries", params={"rule": rule["id"], "limit": 500})).json()["items"]
    return {item["recipient"] for item in found if item["status"] == "scheduled"}


async def test_a_person_of_a_state_is_reminded_of_milestones_that_the_state_sees_and_of_their_own(
    admin: httpx.AsyncClient,
):
    croatian = await person(admin, "croatian@example.org", state="HRV")
    french = await person(admin, "french@example.org", state="FRA")
    owner = await person(admin, "owner@example.org", state="AUT")
    common = await person(admin, "common@example.org")
    held = await a_mandate(admin, "HRV", "FRA")
    activity = f"/v1/plans/{held['plan']}/items/act-c"
    await changed(admin, activity, due=DUE, responsible=[owner])
    recipients = [{"person": one} for one in (croatian, french, owner, common)]
    subject = {"kind": "milestones", "framework": "ccm"}
    rule = {"subject": subject, "offsets": ["-P7D"], "recipients": recipients}
    made = await admin.post("/v1/reminder-rules", json=rule)
    assert made.status_code == 201, made.text

    everyone = {f"{name}@example.org" for name in ("croatian", "french", "owner", "common")}
    assert await told(admin, made.json()) == everyone

    await changed(admin, f"/v1/mandates/{held['id']}", holders=[{"state": "FRA"}])

    assert await told(admin, made.json()) == everyone - {"croatian@example.org"}


async def test_a_state_makes_nobody_of_another_state_responsible(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    austria = await client_with(Scope.PLANS_WRITE, state="AUT")
    french = await person(admin, "elsewhere@example.org", state="FRA")
    plan = await drawn_up(austria, owner="AUT")
    item = f"{plan}/items/s1.a1.m1"
    tag = (await austria.get(item)).headers["etag"]

    answer = await austria.patch(item, json={"responsible": [french]}, headers={"If-Match": tag})

    problem_of(answer, 422, "unknown-person")
