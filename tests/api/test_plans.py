"""Plans: a framework's tree carried out by an owner, who changed what, and how far it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from schemas.access import Scope
from services.database import Sessions
from tests.api.given import pointers, problem_of
from tests.api.planning import (
    NOBODY,
    Found,
    change,
    changed,
    drawn_up,
    entry_of,
    items,
    known,
    milestone,
    plan,
)
from tests.conftest import ClientMaker


@pytest.mark.parametrize(
    ("framework", "counted"),
    [("cim-plan", 51), ("gcm-six-steps", 51), ("mesecvi-plan", 16), ("ccm-gfp-tor", 8)],
)
async def test_a_plan_has_an_item_for_every_provision_in_the_order_of_the_tree(
    admin: httpx.AsyncClient, framework: str, counted: int
):
    path = await drawn_up(admin, framework=framework)

    found = await items(admin, path)
    provisions = (await admin.get(f"/v1/frameworks/{framework}/provisions")).json()["items"]

    mirrored = ("ref", "parent", "depth", "kind", "title")
    assert [[item[name] for name in mirrored] for item in found] == [
        [provision[name] for name in mirrored] for provision in provisions
    ]
    assert {item["status"] for item in found} == {"not-started"}
    assert len([item for item in found if item["counts"]]) == counted
    assert (await admin.get(f"{path}/progress")).json()["counted"] == counted


async def test_a_plan_says_whose_it_is_and_which_edition_it_carries_out(admin: httpx.AsyncClient):
    drafts = {"framework": "cim-plan", "owner": "OAS", "start": "2016-01-01", "end": "2021-12-31"}
    organisation = (await admin.post("/v1/plans", json=drafts)).json()
    state = (await admin.post("/v1/plans", json=plan(owner="HRV", title="Our six steps"))).json()

    assert (organisation["owner"], organisation["state"]) == ("OAS", None)
    assert (organisation["edition"], organisation["title"]) == ("2016.1", "CIM Strategic Plan")
    assert (organisation["start"], organisation["end"]) == ("2016-01-01", "2021-12-31")
    assert (state["owner"], state["state"], state["title"]) == ("HRV", "HRV", "Our six steps")


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"framework": "xyz"}, "unknown-framework", "/framework"),
        ({"edition": "1900"}, "unknown-edition", "/edition"),
        ({"end": "2025-12-31"}, "validation-failed", ""),
        ({"owner": ""}, "validation-failed", "/owner"),
        ({"start": "soon"}, "validation-failed", "/start"),
        ({"colour": "red"}, "validation-failed", "/colour"),
    ],
)
async def test_a_plan_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, changes: Found, code: str, pointer: str
):
    answer = await admin.post("/v1/plans", json=plan(**changes))

    assert pointer in pointers(problem_of(answer, 422, code))


async def test_the_same_request_again_draws_up_nothing(admin: httpx.AsyncClient):
    draft, key = plan(), {"Idempotency-Key": "a plan, once"}

    first = await admin.post("/v1/plans", json=draft, headers=key)
    again = await admin.post("/v1/plans", json=draft, headers=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert len((await admin.get("/v1/plans", params={"owner": draft["owner"]})).json()["items"]) == 1


async def test_plans_are_found_by_framework_owner_state_and_day(admin: httpx.AsyncClient):
    path = await drawn_up(admin, framework="mesecvi-plan", owner="PAN", start="2018-01-01", end="2022-12-31")
    wanted = path.rpartition("/")[2]

    async def found(**filters: str) -> list[str]:
        answer = await admin.get("/v1/plans", params=filters)
        return [item["id"] for item in answer.json()["items"]]

    assert await found(framework="mesecvi-plan", owner="pan") == [wanted]
    assert await found(state="PAN") == [wanted]
    assert await found(state="PAN", as_of="2022-12-31") == [wanted]
    assert await found(state="PAN", as_of="2023-01-01") == []
    assert await found(state="PAN", framework="cim-plan") == []
    problem_of(await admin.get("/v1/plans?colour=red"), 422, "unknown-parameter")


async def test_lists_of_plans_and_items_go_on_where_the_page_before_ended(admin: httpx.AsyncClient):
    path = await drawn_up(admin)
    await drawn_up(admin)
    whole = [item["ref"] for item in await items(admin, path)]

    first = (await admin.get(f"{path}/items?limit=40")).json()
    second = (await admin.get(f"{path}/items?limit=40&cursor={first['next']}")).json()
    pages = (await admin.get("/v1/plans?limit=1")).json()

    assert [item["ref"] for item in first["items"] + second["items"]] == whole
    assert (len(first["items"]), second["next"]) == (40, None)
    following = (await admin.get(f"/v1/plans?limit=1&cursor={pages['next']}")).json()
    assert following["items"][0]["id"] != pages["items"][0]["id"]


async def test_items_are_found_by_status_and_by_what_they_stand_under(admin: httpx.AsyncClient):
    path = await drawn_up(admin)
    await changed(admin, f"{path}/items/s1.a1.m2", status="done")

    under = [item["ref"] for item in await items(admin, path, under="s1.a1")]

    assert under[:2] == ["s1.a1", "s1.a1.m1"]
    assert all(ref.startswith("s1.a1") for ref in under)
    assert [item["ref"] for item in await items(admin, path, status="done")] == ["s1.a1.m2"]
    assert await items(admin, path, status="done", under="s2") == []
    problem_of(await admin.get(f"{path}/items?status=finished"), 422, "validation-failed")


async def test_nothing_stands_under_an_item_that_is_not_there(admin: httpx.AsyncClient):
    path = await drawn_up(admin)

    assert len(await items(admin, path, under="s1.a1.m1")) == 1
    problem_of(await admin.get(f"{path}/items", params={"under": "nope"}), 404, "not-found")


async def test_an_item_says_how_it_stands_and_who_is_responsible(
    admin: httpx.AsyncClient, sessions: Sessions
):
    ana = await known(sessions)
    path = f"{await drawn_up(admin)}/items/s1.a1.m1"
    facts = {
        "status": "under-way",
        "responsible": ["Ministry of Labour", ana],
        "note": "The first draft is with the ministries.",
        "start": "2026-02-01",
        "due": "2026-06-30",
        "evidence": ["https://example.org/draft", "Decree 12/2026, article 3"],
    }

    found = await changed(admin, path, **facts)

    assert {name: found[name] for name in facts} == facts
    assert (await admin.get(path)).json() == found
    assert found["etag"] == (await admin.get(path)).headers["etag"]
    cleared = await changed(admin, path, note=None, start=None, due=None, responsible=[], evidence=[])
    assert [cleared[name] for name in ("note", "start", "due", "responsible", "evidence")] == [
        None, None, None, [], [],
    ]  # fmt: skip
    assert cleared["status"] == "under-way"


async def test_two_people_do_not_overwrite_each_other(admin: httpx.AsyncClient):
    path = f"{await drawn_up(admin)}/items/s1.a1.m1"
    seen = {"If-Match": (await admin.get(path)).headers["etag"]}

    first = await admin.patch(path, json={"status": "under-way"}, headers=seen)
    second = await admin.patch(path, json={"status": "dropped"}, headers=seen)

    assert first.status_code == 200
    problem_of(second, 412, "stale")
    problem_of(await admin.patch(path, json={"status": "done"}), 428, "precondition-required")
    again = {"If-Match": first.json()["etag"]}
    assert (await admin.patch(path, json={"status": "done"}, headers=again)).json()["status"] == "done"


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({}, "validation-failed", ""),
        ({"status": "finished"}, "validation-failed", "/status"),
        ({"responsible": "Ministry"}, "validation-failed", "/responsible"),
        ({"responsible": ["Ministry", NOBODY]}, "unknown-person", "/responsible/1"),
        ({"evidence": ["javascript:alert(1)"]}, "validation-failed", "/evidence/0"),
        ({"due": "2026-02-30"}, "validation-failed", "/due"),
        ({"start": "2027-01-02", "due": "2027-01-01"}, "end-before-start", "/due"),
        ({"due": "2025-12-31"}, "end-before-start", "/due"),
        ({"title": {"en": "Mine"}}, "validation-failed", "/title"),
    ],
)
async def test_a_change_that_cannot_be_is_refused_and_leaves_no_trace(
    admin: httpx.AsyncClient, changes: Found, code: str, pointer: str
):
    path = f"{await drawn_up(admin)}/items/s1.a1.m1"
    before = await changed(admin, path, start="2026-01-01")

    answer = await change(admin, path, **changes)

    assert pointer in pointers(problem_of(answer, 422, code))
    assert (await admin.get(path)).json() == before


async def test_who_changed_what_and_when_is_kept(admin: httpx.AsyncClient, client_with: ClientMaker):
    path = f"{await drawn_up(admin, owner='CHE')}/items/s1.a1.m1"
    ministry = await client_with(Scope.PLANS_WRITE, state="CHE")
    before = datetime.now(UTC)
    await changed(ministry, path, status="under-way", note="Begun.")
    await changed(ministry, path, status="under-way", note="Begun.")
    await changed(admin, path, status="done", due="2026-06-30")

    found = (await admin.get(f"{path}/changes")).json()["items"]

    assert [entry["by"] for entry in found] == ["test", "test CHE"]
    assert found[0]["changes"] == [
        {"field": "status", "before": "under-way", "after": "done"},
        {"field": "due", "before": None, "after": "2026-06-30"},
    ]
    assert {(entry["field"], entry["before"]) for entry in found[1]["changes"]} == {
        ("status", "not-started"),
        ("note", None),
    }
    assert all(before <= datetime.fromisoformat(entry["at"]) <= datetime.now(UTC) for entry in found)
    page = (await admin.get(f"{path}/changes?limit=1")).json()
    assert (await admin.get(f"{path}/changes?cursor={page['next']}")).json()["items"] == found[1:]


async def test_notes_tell_what_was_done_in_a_quarter(admin: httpx.AsyncClient):
    path = f"{await drawn_up(admin)}/items/s1.a1.m1"
    for day in ("2026-01-15", "2026-03-31", "2026-04-01"):
        evidence = [f"https://example.org/{day}"]
        made = await admin.post(
            f"{path}/notes", json={"text": f"Done on {day}.", "on": day, "evidence": evidence}
        )
        assert made.status_code == 201, made.text
        assert (await admin.get(made.headers["location"])).json() == made.json()

    quarter = (await admin.get(f"{path}/notes?since=2026-01-01&until=2026-03-31")).json()["items"]

    assert [note["on"] for note in quarter] == ["2026-03-31", "2026-01-15"]
    assert quarter[0]["text"] == "Done on 2026-03-31."
    assert quarter[0]["evidence"] == ["https://example.org/2026-03-31"]
    assert quarter[0]["by"] == "test"
    for method in ("PATCH", "PUT", "DELETE"):
        problem_of(await admin.request(method, made.headers["location"]), 405, "method-not-allowed")


async def test_a_note_makes_no_edit_stale(admin: httpx.AsyncClient):
    path = f"{await drawn_up(admin)}/items/s1.a1.m1"
    seen = {"If-Match": (await admin.get(path)).headers["etag"]}

    await admin.post(f"{path}/notes", json={"text": "Called the ministry.", "on": "2026-01-15"})

    assert (await admin.patch(path, json={"status": "under-way"}, headers=seen)).status_code == 200


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"text": " "}, "validation-failed", "/text"),
        ({"on": None}, "validation-failed", "/on"),
        ({"on": (datetime.now(UTC) + timedelta(days=3)).date().isoformat()}, "day-in-the-future", "/on"),
        ({"evidence": ["file:///etc/passwd"]}, "validation-failed", "/evidence/0"),
    ],
)
async def test_a_note_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, changes: Found, code: str, pointer: str
):
    path = f"{await drawn_up(admin)}/items/s1.a1.m1/notes"

    answer = await admin.post(path, json={"text": "Done.", "on": "2026-01-15"} | changes)

    assert pointer in pointers(problem_of(answer, 422, code))
    assert (await admin.get(path)).json()["items"] == []


async def test_a_plan_is_renamed_and_its_period_changed(admin: httpx.AsyncClient):
    path = await drawn_up(admin, owner="Long", start="2026-01-01", end="2026-12-31")
    await drawn_up(admin, owner="Long", start="2028-01-01", end="2028-12-31")

    found = await changed(admin, path, title="Renamed", end="2027-12-31")

    assert (found["title"], found["start"], found["end"]) == ("Renamed", "2026-01-01", "2027-12-31")
    problem_of(await change(admin, path, end="2028-01-01"), 409, "plans-overlap")
    problem_of(await change(admin, path, end="2025-12-31"), 422, "end-before-start")
    problem_of(await change(admin, path, title=None), 422, "validation-failed")
    problem_of(await change(admin, path, owner="Other"), 422, "validation-failed")
    problem_of(await admin.patch(path, json={"title": "a"}), 428, "precondition-required")
    problem_of(await admin.patch(path, json={"title": "a"}, headers={"If-Match": '"x"'}), 412, "stale")


async def test_an_item_with_a_due_date_is_a_milestone_until_it_is_done(
    admin: httpx.AsyncClient, sessions: Sessions
):
    ana = await known(sessions, time_zone="America/New_York")
    path = await drawn_up(admin, owner="CRI", title="Six steps")
    item = f"{path}/items/s1.a1.m1"
    await changed(admin, item, status="under-way")
    assert await entry_of(sessions, path, "s1.a1.m1") is None

    await changed(admin, item, due="2026-06-30", responsible=["Ministry", ana])

    made = await milestone(sessions, path, "s1.a1.m1")
    assert (made.kind, made.status, made.due_on) == ("milestone", "open", date(2026, 6, 30))
    assert (made.framework, made.state, made.owner) == ("gcm-six-steps", "CRI", UUID(ana))
    assert made.title == "Involve the ministry for gender equality from the outset (Six steps, CRI)"
    assert made.start == datetime(2026, 6, 30, 13, tzinfo=UTC), "nine o'clock in New York"
    await changed(admin, item, due="2026-07-31")
    assert (await milestone(sessions, path, "s1.a1.m1")).due_on == date(2026, 7, 31)
    await changed(admin, path, title="Our steps")
    assert (await milestone(sessions, path, "s1.a1.m1")).title.endswith("(Our steps, CRI)")

    standing = []
    for facts in ({"status": "done"}, {"status": "under-way"}, {"status": "dropped"}):
        await changed(admin, item, **facts)
        standing.append(await milestone(sessions, path, "s1.a1.m1"))
    await changed(admin, item, status="under-way", due=None)
    standing.append(await milestone(sessions, path, "s1.a1.m1"))

    assert [(entry.status, entry.reason) for entry in standing] == [
        ("done", "done"), ("open", None), ("cancelled", "dropped"), ("cancelled", "undated"),
    ]  # fmt: skip


async def test_a_states_key_reads_and_writes_its_own_plans_only(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    own = await drawn_up(admin, owner="FRA")
    other = await drawn_up(admin, owner="ESP")
    organisation = await drawn_up(admin)
    france = await client_with(Scope.PLANS_WRITE, state="FRA")

    assert [item["owner"] for item in (await france.get("/v1/plans")).json()["items"]] == ["FRA"]
    assert (await changed(france, f"{own}/items/s1.a1.m1", status="done"))["status"] == "done"
    note = {"text": "Done.", "on": "2026-01-15"}
    assert (await france.post(f"{own}/items/s1.a1.m1/notes", json=note)).status_code == 201
    assert (await changed(france, own, title="Les six étapes"))["title"] == "Les six étapes"
    for path in (other, organisation):
        for inner in ("", "/items", "/progress", "/items/s1.a1.m1", "/items/s1.a1.m1/changes"):
            problem_of(await france.get(path + inner), 404, "not-found")
        tag = {"If-Match": "*"}
        problem_of(await france.patch(path, json={"title": "a"}, headers=tag), 404, "not-found")
        item = f"{path}/items/s1.a1.m1"
        problem_of(await france.patch(item, json={"status": "done"}, headers=tag), 404, "not-found")
        problem_of(await france.post(f"{item}/notes", json=note), 404, "not-found")
    for owner in ("ESP", "OAS"):
        answer = await france.post("/v1/plans", json=plan(framework="cim-plan", owner=owner))
        problem_of(answer, 403, "other-state")


async def test_a_states_administrator_sees_all_and_writes_for_the_state(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    path = await drawn_up(admin, owner="DEU")
    poland = await client_with(Scope.ADMIN, state="POL")

    problem_of(await change(poland, path, title="a"), 403, "other-state")
    problem_of(await change(poland, f"{path}/items/s1", status="done"), 403, "other-state")
    note = {"text": "Done.", "on": "2026-01-15"}
    problem_of(await poland.post(f"{path}/items/s1/notes", json=note), 403, "other-state")


async def test_plans_are_read_with_a_key_and_written_with_the_scope(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, client_with: ClientMaker
):
    path = await drawn_up(admin)
    reader = await client_with(Scope.MEETINGS_WRITE)

    problem_of(await anonymous.get(path), 401, "unauthenticated")
    assert (await reader.get(path)).status_code == 200
    problem_of(await reader.post("/v1/plans", json=plan()), 403, "scope-missing")
    problem_of(await change(reader, path, title="a"), 403, "scope-missing")
    problem_of(await change(reader, f"{path}/items/s1", status="done"), 403, "scope-missing")


async def test_what_is_not_there_is_not_found(admin: httpx.AsyncClient):
    path = await drawn_up(admin)

    for missing in (f"/v1/plans/{NOBODY}", f"{path}/items/s9", f"{path}/items/s1/notes/{NOBODY}"):
        problem_of(await admin.get(missing), 404, "not-found")
