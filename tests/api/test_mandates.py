"""Mandates: terms of reference in force, who holds them, and the plan of the work that they ask for."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from domain.plans import queries
from schemas.access import Scope
from services.database import Sessions
from tests.api.given import pointers, problem_of
from tests.api.planning import NOBODY, Found, change, changed, known, milestone
from tests.api.test_indicator_progress import OPEN, observed, progress
from tests.api.test_indicator_progress_edges import agreed
from tests.conftest import ClientMaker

ACTIVITIES = [f"act-{letter}" for letter in "abcdefgh"]


def mandate(first: str, last: str | None, **changes: Any) -> Found:
    """Each test has years of its own: by the same terms there is one mandate at a time."""
    return {
        "framework": "ccm",
        "terms": "ccm-gfp-tor",
        "holders": [{"state": "XAA"}, {"state": "XBB", "role": "Coordinator"}],
        "from": first,
        "until": last,
    } | changes


async def given(client: httpx.AsyncClient, first: str, last: str | None, **changes: Any) -> Found:
    made = await client.post("/v1/mandates", json=mandate(first, last, **changes))
    assert made.status_code == 201, made.text
    found: Found = made.json()
    assert made.headers["location"] == path_of(found)
    read = await client.get(path_of(found))
    assert read.json() == found
    assert read.headers["etag"] == made.headers["etag"]
    return found


def path_of(found: Found) -> str:
    return f"/v1/mandates/{found['id']}"


async def test_a_mandate_says_who_holds_it_and_makes_the_plan_of_its_activities(
    admin: httpx.AsyncClient, sessions: Sessions
):
    ana = await known(sessions)
    holders = [{"state": "XAA", "persons": [ana], "role": "Coordinator"}, {"state": "XBB"}]

    made = await given(admin, "2022-09-02", "2024-08-31", holders=holders)

    assert made["holders"] == [
        {"state": "XAA", "persons": [ana], "role": "Coordinator"},
        {"state": "XBB", "persons": [], "role": None},
    ]
    assert (made["from"], made["until"]) == ("2022-09-02", "2024-08-31")
    plan = (await admin.get(f"/v1/plans/{made['plan']}")).json()
    assert (plan["framework"], plan["mandate"], plan["title"]) == ("ccm-gfp-tor", made["id"], "GFP ToR")
    assert (plan["owner"], plan["state"]) == ("XAA, XBB", None)
    assert (plan["start"], plan["end"]) == ("2022-09-02", "2024-08-31")
    items = (await admin.get(f"/v1/plans/{made['plan']}/items")).json()["items"]
    assert [item["ref"] for item in items if item["counts"]] == ACTIVITIES
    listed = (await admin.get(f"/v1/plans?mandate={made['id']}")).json()["items"]
    assert [item["id"] for item in listed] == [made["plan"]]


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"framework": "xyz"}, "unknown-framework", "/framework"),
        ({"terms": "xyz"}, "unknown-framework", "/terms"),
        ({"terms": "ccm"}, "not-terms-of-reference", "/terms"),
        ({"edition": "1900"}, "unknown-edition", "/edition"),
        ({"holders": [{"state": "QQQ"}]}, "unknown-state", "/holders/0/state"),
        ({"holders": [{"state": "XAA", "persons": [NOBODY]}]}, "unknown-person", "/holders/0/persons/0"),
        ({"holders": []}, "validation-failed", "/holders"),
        ({"holders": [{"state": "XAA"}, {"state": "XAA"}]}, "validation-failed", "/holders"),
        ({"until": "2000-01-01"}, "validation-failed", ""),
        ({"since": "2000-01-01"}, "validation-failed", "/since"),
    ],
)
async def test_a_mandate_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, changes: Found, code: str, pointer: str
):
    answer = await admin.post("/v1/mandates", json=mandate("2001-01-01", "2001-12-31") | changes)

    assert pointer in pointers(problem_of(answer, 422, code))
    assert (await admin.get("/v1/mandates?as_of=2001-06-01")).json()["items"] == []


async def test_by_the_same_terms_there_is_one_mandate_at_a_time_unless_more_are_meant(
    admin: httpx.AsyncClient,
):
    first = await given(admin, "2030-01-01", "2031-12-31")

    again = await admin.post("/v1/mandates", json=mandate("2031-12-31", "2033-12-31"))
    assert problem_of(again, 409, "mandates-overlap")["mandate"] == first["id"]
    meant = await given(admin, "2031-10-01", "2033-12-31", overlapping=True)

    both = (await admin.get("/v1/mandates?framework=ccm&as_of=2031-11-01")).json()["items"]
    assert [item["id"] for item in both] == [meant["id"], first["id"]]
    await given(admin, "2034-01-01", "2035-12-31")


async def test_of_mandates_given_at_the_same_moment_one_stands(admin: httpx.AsyncClient):
    drafts = [mandate("2036-01-01", "2037-12-31") for _ in range(3)]

    answers = await asyncio.gather(*(admin.post("/v1/mandates", json=draft) for draft in drafts))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_a_mandate_ends_and_its_plan_with_it(admin: httpx.AsyncClient):
    made = await given(admin, "2060-01-01", None)
    plan = f"/v1/plans/{made['plan']}"
    assert (await admin.get(plan)).json()["end"] is None
    problem_of(await change(admin, plan, end="2061-12-31"), 409, "follows-the-mandate")

    ended = await changed(admin, path_of(made), until="2061-12-31")

    assert (ended["from"], ended["until"]) == ("2060-01-01", "2061-12-31")
    assert (await admin.get(plan)).json()["end"] == "2061-12-31"
    await given(admin, "2062-01-01", "2063-12-31")
    problem_of(await change(admin, path_of(made), until=None), 409, "mandates-overlap")
    problem_of(await change(admin, path_of(made), until="2059-12-31"), 422, "end-before-start")
    assert (await changed(admin, path_of(made), until="2062-03-31", overlapping=True))[
        "until"
    ] == "2062-03-31"


async def test_a_mandate_without_an_end_counts_nothing_of_before_it(admin: httpx.AsyncClient):
    made = await given(admin, "1990-07-01", None, holders=[{"state": "XAA"}], overlapping=True)
    await agreed(admin, OPEN, plan=made["plan"], baseline="10", target="30 by 1994-06")
    await observed(admin, OPEN, "XAA", "1989,20")
    early = await progress(admin, OPEN, plan=made["plan"])
    await observed(admin, OPEN, "XAA", "1992-S1,16")
    later = await progress(admin, OPEN, plan=made["plan"])
    undated = await changed(admin, path_of(made), until="1991-12-31", overlapping=True)

    assert early["code"] == "no-observation"
    assert early["reason"] == "No value was observed in the period."
    assert (later["status"], later["value"], later["expected"]) == ("behind", 0.3, 0.500342)
    assert (later["inputs"]["starts"], later["inputs"]["ends"]) == ("1990-07-01", "1994-06-30")
    assert undated["until"] == "1991-12-31"


async def test_who_holds_a_mandate_changes_and_two_people_do_not_overwrite_each_other(
    admin: httpx.AsyncClient, sessions: Sessions
):
    ana = await known(sessions)
    made = await given(admin, "2040-01-01", "2041-12-31")
    seen = {"If-Match": (await admin.get(path_of(made))).headers["etag"]}
    holders = [{"state": "XBB", "persons": [ana]}, {"state": "XCC"}]

    first = await admin.patch(path_of(made), json={"holders": holders}, headers=seen)
    second = await admin.patch(path_of(made), json={"holders": [{"state": "XAA"}]}, headers=seen)

    assert [holder["state"] for holder in first.json()["holders"]] == ["XBB", "XCC"]
    assert first.json()["holders"][0]["persons"] == [ana]
    problem_of(second, 412, "stale")
    assert (await admin.get(path_of(made))).json() == first.json()
    assert (await admin.get(f"/v1/plans/{made['plan']}")).json()["owner"] == "XBB, XCC"
    problem_of(await admin.patch(path_of(made), json={"until": None}), 428, "precondition-required")
    problem_of(await change(admin, path_of(made), holders=[{"state": "QQQ"}]), 422, "unknown-state")
    problem_of(await change(admin, path_of(made), terms="ccm"), 422, "validation-failed")


async def test_the_mandate_in_force_on_a_day_is_the_one_that_began_last(
    admin: httpx.AsyncClient, sessions: Sessions
):
    before = await given(admin, "2050-01-01", "2051-12-31")
    after = await given(admin, "2051-10-01", "2053-12-31", overlapping=True)

    async def in_force(day: str, framework: str = "ccm") -> str | None:
        async with sessions() as session:
            found = await queries.mandate_in_force(session, framework, date.fromisoformat(day))
            return str(found.id) if found is not None else None

    assert await in_force("2050-01-01") == before["id"]
    assert await in_force("2051-11-01") == after["id"]
    assert await in_force("2053-12-31") == after["id"]
    assert await in_force("2054-01-01") is None
    assert await in_force("2050-01-01", "apmbc") is None


async def test_an_activity_is_idle_until_something_is_heard_of_it(
    admin: httpx.AsyncClient, sessions: Sessions
):
    made = await given(admin, "2070-01-01", "2071-12-31")
    plan = f"/v1/plans/{made['plan']}"
    last_meeting = datetime.now(UTC)

    async def idle(since: datetime) -> list[str]:
        async with sessions() as session:
            found = await queries.idle_activities(session, "ccm", since, on=date(2070, 6, 1))
        return [item.ref for item in found]

    assert await idle(last_meeting) == ACTIVITIES
    await changed(admin, f"{plan}/items/act-a", status="under-way")
    await changed(admin, f"{plan}/items/act-h", status="dropped")
    note = {"text": "Asked three States for more.", "on": "2026-01-15"}
    assert (await admin.post(f"{plan}/items/act-b/notes", json=note)).status_code == 201

    assert await idle(last_meeting) == ["act-c", "act-d", "act-e", "act-f", "act-g"]
    assert await idle(datetime.now(UTC) + timedelta(hours=1)) == [f"act-{letter}" for letter in "abcdefg"]


async def test_without_a_mandate_in_force_nothing_is_idle(sessions: Sessions):
    async with sessions() as session:
        assert await queries.idle_activities(session, "crpd", datetime.now(UTC)) == []


async def test_the_milestones_of_a_mandate_are_in_the_calendar_of_its_treaty(
    admin: httpx.AsyncClient, sessions: Sessions
):
    made = await given(admin, "2080-01-01", "2081-12-31")
    plan = f"/v1/plans/{made['plan']}"

    await changed(admin, f"{plan}/items/act-d", due="2080-09-01")

    entry = await milestone(sessions, plan, "act-d")
    assert (entry.framework, entry.state, entry.time_zone) == ("ccm", None, "UTC")
    assert entry.title == "Analyse what was reported (GFP ToR)"


async def test_the_states_that_hold_a_mandate_carry_out_its_plan(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    made = await given(admin, "2090-01-01", "2091-12-31", holders=[{"state": "PHL"}, {"state": "IRQ"}])
    plan = f"/v1/plans/{made['plan']}"
    holder = await client_with(Scope.PLANS_WRITE, state="IRQ")
    stranger = await client_with(Scope.PLANS_WRITE, state="AUT")

    assert (await changed(holder, f"{plan}/items/act-a", status="under-way"))["status"] == "under-way"
    assert [item["id"] for item in (await holder.get("/v1/plans")).json()["items"]] == [made["plan"]]
    problem_of(await stranger.get(plan), 404, "not-found")
    assert (await stranger.get("/v1/plans")).json()["items"] == []


async def test_mandates_are_given_by_those_who_act_for_all(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, client_with: ClientMaker
):
    made = await given(admin, "2100-01-01", "2101-12-31")
    state = await client_with(Scope.PLANS_WRITE, state="XAA")
    reader = await client_with(Scope.MEETINGS_WRITE)
    draft = mandate("2102-01-01", "2103-12-31")

    problem_of(await state.post("/v1/mandates", json=draft), 403, "other-state")
    problem_of(await change(state, path_of(made), until="2101-06-30"), 403, "other-state")
    problem_of(await reader.post("/v1/mandates", json=draft), 403, "scope-missing")
    assert (await state.get(path_of(made))).status_code == 200
    problem_of(await anonymous.get(path_of(made)), 401, "unauthenticated")
    problem_of(await admin.get(f"/v1/mandates/{NOBODY}"), 404, "not-found")
