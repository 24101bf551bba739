"""Agendas draft themselves from open work, and what people made of them stays."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from schemas.access import Scope
from services.worker.timetable import keep_obligations
from tests.api.convening import (
    NOBODY,
    Found,
    called,
    change,
    changed,
    drafted,
    entered,
    of_kind,
    path_of,
    person,
    tag_of,
    titles,
)
from tests.api.given import assessed, pointers, problem_of, report
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker

STANDING = [
    "Opening and adoption of the agenda",
    "Decisions and action items of earlier meetings",
    "Any other business",
]


async def test_without_open_work_an_agenda_has_the_standing_points_of_its_kind(admin: httpx.AsyncClient):
    held = await called(admin, "2031-03-03T10:00:00Z", framework="crc")
    problem_of(await admin.get(f"{path_of(held)}/agenda"), 404, "no-agenda")

    agenda = await drafted(admin, held)

    assert titles(agenda) == STANDING
    assert [item["position"] for item in agenda["items"]] == [1, 2, 3]
    assert {(item["kind"], item["status"], item["edited"]) for item in agenda["items"]} == {
        ("standing", "planned", False)
    }
    read = await admin.get(f"{path_of(held)}/agenda")
    assert read.json() == agenda
    assert read.headers["content-language"] == "en"


@pytest.mark.parametrize(
    ("asked", "headers", "language", "first"),
    [
        ({}, {}, "en", "Opening and adoption of the agenda"),
        ({"language": "fr"}, {}, "fr", "Ouverture et adoption de l'ordre du jour"),
        ({}, {"Accept-Language": "de, es-MX;q=0.9, fr;q=0.3"}, "es", "Apertura y aprobación del programa"),
        ({}, {"Accept-Language": "de, *;q=0.1"}, "en", "Opening and adoption of the agenda"),
        ({"language": "en"}, {"Accept-Language": "fr"}, "en", "Opening and adoption of the agenda"),
    ],
)
async def test_an_agenda_is_in_the_readers_language(
    admin: httpx.AsyncClient, asked: Found, headers: Found, language: str, first: str
):
    held = await called(admin, "2031-04-03T10:00:00Z", framework="crc")
    await drafted(admin, held)

    answer = await admin.get(f"{path_of(held)}/agenda", params=asked, headers=headers)

    assert (answer.json()["language"], titles(answer.json())[0]) == (language, first)
    assert answer.headers["content-language"] == language
    assert "accept-language" in answer.headers["vary"].lower()


async def test_a_language_that_is_not_offered_is_refused(admin: httpx.AsyncClient):
    held = await called(admin, "2031-05-03T10:00:00Z", framework="crc")

    answer = await admin.post(f"{path_of(held)}/agenda?language=de")

    assert "?language" in pointers(problem_of(answer, 422, "validation-failed"))


async def test_the_years_first_committee_introduces_the_focal_points(admin: httpx.AsyncClient):
    kind = {"kind": "coordination-committee", "title": "Committee"}
    first = await called(admin, "2032-01-20T10:00:00Z", **kind)
    second = await called(admin, "2032-05-20T10:00:00Z", **kind)

    introduction = "Introduction of the gender focal points"
    assert titles(await drafted(admin, first))[1] == introduction
    assert introduction not in titles(await drafted(admin, second))


@pytest.fixture
async def owing(worker: Worker) -> None:
    """What schedules ask for has been opened."""
    worker.now = datetime(2026, 11, 1, tzinfo=UTC)
    await keep_obligations({"tools": worker.tools})


async def test_reports_that_are_overdue_are_one_point_with_the_states_below(
    admin: httpx.AsyncClient, owing: None
):
    held = await called(admin, "2033-03-03T10:00:00Z", framework="apmbc", kind="other")
    listed: list[Found] = []
    query: Found = {"framework": "apmbc", "status": "overdue", "limit": 500}
    while query:
        page = (await admin.get("/v1/obligations", params=query)).json()
        listed += page["items"]
        query = query | {"cursor": page["next"]} if page["next"] else {}
    states = {item["state"] for item in listed if not item["state"].startswith("X")}

    point = of_kind(await drafted(admin, held), "overdue-obligations")

    assert len(states) > 50
    assert point["title"] == f"Article 7 report, overdue: {len(states)} States"
    assert {thing["state"] for thing in point["below"]} == states
    assert point["source"] == {
        "kind": "obligations",
        "path": "/v1/obligations?framework=apmbc&status=overdue",
    }
    one = point["below"][0]
    found = (await admin.get(one["path"])).json()["items"]
    assert {item["state"] for item in found} == {one["state"]}
    assert one["title"].endswith(", ".join(item["period"] for item in found))
    assert one["due_on"] == min(item["due_on"] for item in found)


async def test_findings_requests_and_idle_activities_are_points(admin: httpx.AsyncClient, worker: Worker):
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("HRV")))
    findings = len((await admin.get(f"{path}/assessment")).json()["findings"])
    question = {"text": "How many of those trained were women?"}
    request = {"framework": "ccm", "state": "IRQ", "questions": [question], "due_on": "2099-09-30"}
    asked = await admin.post("/v1/information-requests", json=request | {"status": "open"})
    assert asked.status_code == 201, asked.text
    mandate = {"framework": "ccm", "terms": "ccm-gfp-tor", "from": "2034-01-01", "until": "2035-12-31"}
    given = await admin.post("/v1/mandates", json=mandate | {"holders": [{"state": "XAA"}]})
    assert given.status_code == 201, given.text
    held = await called(admin, "2034-03-01T10:00:00Z", kind="gfp-quarterly", title="Quarterly")

    agenda = await drafted(admin, held)

    review = of_kind(agenda, "findings-awaiting-review")
    assert review["title"] == f"Findings awaiting review: {findings}"
    assert [thing["title"] for thing in review["below"]] == [f"Croatia, 2024: {findings}"]
    requests = of_kind(agenda, "information-requests")
    assert requests["title"] == "Information requests without an answer: 1"
    [below] = requests["below"]
    assert (below["title"], below["state"], below["due_on"]) == (
        "Iraq, How many of those trained were women?", "IRQ", "2099-09-30",
    )  # fmt: skip
    idle = of_kind(agenda, "idle-activities")
    assert idle["title"] == "Activities without progress so far: 8"
    kinds = [item["kind"] for item in agenda["items"]]
    keys = titles(agenda)
    assert keys[kinds.index("idle-activities") - 1] == "Progress on the activities of the mandate"
    assert kinds[-3:] == ["information-requests", "standing", "standing"]
    assert keys[-2:] == ["Any other business", "Date of the next meeting"]
    plan = f"/v1/plans/{given.json()['plan']}"
    item = idle["below"][0]["path"]
    assert item.startswith(f"{plan}/items/")
    await changed(admin, item, status="under-way")
    assert of_kind(await drafted(admin, held, 200), "idle-activities")["title"].endswith(": 7")


async def test_activities_are_idle_since_the_last_meeting_once_there_was_one(admin: httpx.AsyncClient):
    mandate = {"framework": "oap", "terms": "ccm-gfp-tor", "from": "2024-01-01", "until": None}
    given = await admin.post("/v1/mandates", json=mandate | {"holders": [{"state": "XAA"}]})
    assert given.status_code == 201, given.text
    for year in ("2025", "2038"):
        last = await called(admin, f"{year}-03-01T10:00:00Z", kind="gfp-quarterly", framework="oap")

    idle = of_kind(await drafted(admin, last), "idle-activities")

    assert idle["title"] == "Activities without progress since the last meeting: 8"


async def test_what_others_owe_is_not_laid_before_the_guests_of_an_event(
    admin: httpx.AsyncClient, owing: None
):
    held = await called(admin, "2033-04-03T13:15:00Z", framework="apmbc", kind="side-event")

    agenda = await drafted(admin, held)

    assert {item["kind"] for item in agenda["items"]} == {"standing"}


async def test_a_bilateral_is_about_its_state_alone(admin: httpx.AsyncClient, owing: None):
    held = await called(admin, "2033-05-03T10:00:00Z", framework="apmbc", kind="bilateral", state="AGO")
    other = await called(admin, "2033-02-03T10:00:00Z", framework="apmbc", kind="bilateral", state="PER")
    await entered(admin, "action-items", other)

    agenda = await drafted(admin, held)

    assert [item["kind"] for item in agenda["items"]] == [
        "standing", "standing", "overdue-obligations", "standing",
    ]  # fmt: skip
    point = of_kind(agenda, "overdue-obligations")
    assert point["title"] == "Article 7 report, overdue: 1 State"
    assert [thing["state"] for thing in point["below"]] == ["AGO"]


async def test_decisions_and_action_items_are_carried_forward_until_they_are_done(admin: httpx.AsyncClient):
    first, second, third = [
        await called(admin, f"2035-0{month}-03T10:00:00Z", framework="cedaw") for month in (1, 4, 7)
    ]
    decision = await entered(admin, "decisions", first, text="A side event is held.")
    item = await entered(admin, "action-items", first, text="Find\na room.", due_on="2035-03-01")
    later = await entered(admin, "action-items", third, text="Of a later meeting.")
    assert titles(await drafted(admin, first)) == STANDING

    agenda = await drafted(admin, second)
    point = of_kind(agenda, "action-items")
    assert titles(agenda)[1:4] == [
        STANDING[1],
        "Decisions not yet carried out: 1",
        "Action items not done: 1",
    ]
    assert [thing["title"] for thing in of_kind(agenda, "decisions")["below"]] == ["1. A side event is held."]
    [below] = point["below"]
    assert (below["title"], below["path"]) == ("Find a room.", f"/v1/action-items/{item['id']}")
    assert (below["due_on"], below["carried"]) == ("2035-03-01", 0)

    [below] = of_kind(await drafted(admin, third), "action-items")["below"]
    assert (below["carried"], later["carried"]) == (0, 0)
    assert (await admin.get(below["path"])).json()["carried"] == 0, "nobody has met yet"
    await changed(admin, path_of(second), status="held")
    [below] = of_kind(await drafted(admin, third, 200), "action-items")["below"]
    assert below["carried"] == 1
    assert (await admin.get(below["path"])).json()["carried"] == 1
    await changed(admin, below["path"], status="done")
    await changed(admin, f"/v1/decisions/{decision['id']}", status="carried-out")
    assert titles(await drafted(admin, third, 200)) == STANDING
    assert (await admin.get(below["path"])).json()["carried"] == 1, "it stood on one agenda"


async def test_drafting_again_touches_nothing_that_people_edited(admin: httpx.AsyncClient):
    before = await called(admin, "2036-01-03T10:00:00Z", framework="crpd")
    held = await called(admin, "2036-04-03T10:00:00Z", framework="crpd")
    await entered(admin, "decisions", before, text="First.")
    item = await entered(admin, "action-items", before)
    agenda = await drafted(admin, held)
    path = f"{path_of(held)}/agenda"
    opening, arising, decisions, actions, other = agenda["items"]
    ana = await person(admin)
    listed = [
        {"id": other["id"]},
        {"id": decisions["id"], "title": "What we said", "presenter": ana, "minutes": 20},
        {"title": "A point of our own"},
        {"id": actions["id"]},
        {"id": opening["id"], "note": "Be brief."},
    ]
    edited = await admin.put(path, json={"items": listed}, headers=await tag_of(admin, path))
    assert edited.status_code == 200, edited.text
    mine = edited.json()["items"][2]
    assert [item["id"] for item in edited.json()["dropped"]] == [arising["id"]]

    await entered(admin, "decisions", before, text="Second.")
    await changed(admin, f"/v1/action-items/{item['id']}", status="cancelled")
    again = await drafted(admin, held, 200)

    assert [one["id"] for one in again["items"]] == [
        other["id"], decisions["id"], mine["id"], opening["id"],
    ]  # fmt: skip
    assert [one["position"] for one in again["items"]] == [1, 2, 3, 4]
    renamed = again["items"][1]
    assert (renamed["title"], renamed["presenter"], renamed["minutes"]) == ("What we said", ana, 20)
    assert [thing["title"] for thing in renamed["below"]] == ["1. First.", "2. Second."]
    assert again["items"][3]["note"] == "Be brief."
    assert [one["id"] for one in again["dropped"]] == [arising["id"]]
    drafted_title = await changed(admin, f"{path}/items/{renamed['id']}", title=None)
    assert drafted_title["title"] == "Decisions not yet carried out: 2"
    for decision in renamed["below"]:
        await changed(admin, decision["path"], status="carried-out")
    done = (await drafted(admin, held, 200))["items"][1]
    assert (done["id"], done["below"], done["presenter"]) == (renamed["id"], [], ana)
    assert done["title"] == "Decisions not yet carried out: 0"


async def test_a_draft_that_changes_nothing_makes_nobodys_edit_stale(admin: httpx.AsyncClient):
    held = await called(admin, "2036-05-03T10:00:00Z", framework="crc")
    first = await drafted(admin, held)
    tag = await tag_of(admin, f"{path_of(held)}/agenda")

    again = await drafted(admin, held, 200)

    assert again == first
    assert await tag_of(admin, f"{path_of(held)}/agenda") == tag
    edit = {"items": [{"title": "Only this"}]}
    answer = await admin.put(f"{path_of(held)}/agenda", json=edit, headers=tag)
    assert titles(answer.json()) == ["Only this"]


async def test_two_people_do_not_overwrite_each_other(admin: httpx.AsyncClient):
    held = await called(admin, "2036-06-03T10:00:00Z", framework="crc")
    point = (await drafted(admin, held))["items"][0]
    path = f"{path_of(held)}/agenda"
    item = f"{path}/items/{point['id']}"
    seen = await tag_of(admin, path)
    french = await admin.get(f"{path}?language=fr")

    assert (await admin.patch(item, json={"minutes": 5}, headers=seen)).status_code == 200
    problem_of(await admin.patch(item, json={"minutes": 9}, headers=seen), 412, "stale")
    problem_of(await admin.put(path, json={"items": []}, headers=seen), 412, "stale")
    problem_of(await admin.delete(item, headers=seen), 412, "stale")
    problem_of(await admin.put(path, json={"items": []}), 428, "precondition-required")
    problem_of(await admin.patch(item, json={"minutes": 9}), 428, "precondition-required")
    problem_of(
        await admin.patch(item, json={"minutes": 9}, headers={"If-Match": french.headers["etag"]}),
        412,
        "stale",
    )
    french = await admin.get(f"{path}?language=fr")
    in_french = {"If-Match": french.headers["etag"]}
    assert (await admin.patch(item, json={"minutes": 9}, headers=in_french)).status_code == 200
    unchanged = {"If-None-Match": (await admin.get(path)).headers["etag"]}
    assert (await admin.get(path, headers=unchanged)).status_code == 304
    assert (await admin.get(f"{path}?language=es", headers=unchanged)).status_code == 200


async def test_points_are_added_moved_dropped_and_put_back(admin: httpx.AsyncClient):
    held = await called(admin, "2036-07-03T10:00:00Z", framework="crc")
    opening, _, other = (await drafted(admin, held))["items"]
    path = f"{path_of(held)}/agenda"

    added = await admin.post(f"{path}/items", json={"title": "Budget", "minutes": 15})
    first = await admin.post(f"{path}/items", json={"title": "Welcome", "after": opening["id"]})

    assert added.status_code == first.status_code == 201
    assert (await admin.get(first.headers["location"])).json() == first.json()
    assert titles((await admin.get(path)).json()) == [
        STANDING[0], "Welcome", STANDING[1], "Budget", STANDING[2],
    ]  # fmt: skip
    assert (added.json()["kind"], added.json()["source"], added.json()["edited"]) == ("added", None, True)
    await changed(admin, added.headers["location"], position=1)
    await changed(admin, f"{path}/items/{opening['id']}", position=99)
    assert titles((await admin.get(path)).json()) == [
        "Budget", "Welcome", STANDING[1], STANDING[2], STANDING[0],
    ]  # fmt: skip
    tag = await tag_of(admin, path)
    assert (await admin.delete(f"{path}/items/{other['id']}", headers=tag)).status_code == 204
    await changed(admin, first.headers["location"], status="dropped")
    found = (await admin.get(path)).json()
    assert titles(found) == ["Budget", STANDING[1], STANDING[0]]
    assert [item["position"] for item in found["items"]] == [1, 2, 3]
    assert {(item["title"], item["position"]) for item in found["dropped"]} == {
        ("Welcome", None), (STANDING[2], None),
    }  # fmt: skip
    await changed(admin, f"{path}/items/{other['id']}", status="planned", position=1)
    assert titles(await drafted(admin, held, 200)) == [STANDING[2], "Budget", STANDING[1], STANDING[0]]


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"title": " "}, "validation-failed", "/title"),
        ({"title": "x", "minutes": 0}, "validation-failed", "/minutes"),
        ({"title": "x", "presenter": NOBODY}, "unknown-person", "/presenter"),
        ({"title": "x", "after": NOBODY}, "unknown-point", "/after"),
        ({"minutes": 5}, "validation-failed", "/title"),
        ({"title": "x", "kind": "standing"}, "validation-failed", "/kind"),
    ],
)
async def test_a_point_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, body: Found, code: str, pointer: str
):
    held = await called(admin, "2036-08-03T10:00:00Z", framework="crc")
    await drafted(admin, held)

    answer = await admin.post(f"{path_of(held)}/agenda/items", json=body)

    assert pointer in pointers(problem_of(answer, 422, code))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "validation-failed"),
        ({"status": None}, "validation-failed"),
        ({"status": "done"}, "validation-failed"),
        ({"position": 0}, "validation-failed"),
        ({"presenter": NOBODY}, "unknown-person"),
        ({"title": None}, "title-needed"),
    ],
)
async def test_a_change_of_a_point_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, changes: Found, code: str
):
    held = await called(admin, "2036-09-03T10:00:00Z", framework="crc")
    await drafted(admin, held)
    added = await admin.post(f"{path_of(held)}/agenda/items", json={"title": "Budget"})

    problem_of(await change(admin, added.headers["location"], **changes), 422, code)
    assert (await admin.get(added.headers["location"])).json() == added.json()


async def test_an_edit_that_cannot_be_names_every_place(admin: httpx.AsyncClient):
    held = await called(admin, "2036-10-03T10:00:00Z", framework="crc")
    agenda = await drafted(admin, held)
    path = f"{path_of(held)}/agenda"
    known = agenda["items"][0]["id"]

    async def refused(code: str, *items: Found) -> dict[str, str]:
        answer = await admin.put(path, json={"items": list(items)}, headers=await tag_of(admin, path))
        return pointers(problem_of(answer, 422, code))

    assert await refused("unknown-point", {"id": known}, {"id": NOBODY}) == {"/items/1/id": "unknown-point"}
    assert await refused("unknown-person", {"id": known, "presenter": NOBODY}) == {
        "/items/0/presenter": "unknown-person"
    }
    await refused("validation-failed", {"id": known}, {"id": known})
    await refused("validation-failed", {"note": "of nothing"})
    assert (await admin.get(path)).json() == agenda
    problem_of(await admin.get(f"{path}/items/{NOBODY}"), 404, "not-found")


@pytest.mark.parametrize("status", ["held", "cancelled"])
async def test_the_agenda_of_a_meeting_that_is_over_is_not_drafted_any_more(
    admin: httpx.AsyncClient, status: str
):
    held = await called(admin, "2036-11-03T10:00:00Z", framework="crc")
    agenda = await drafted(admin, held)
    await changed(admin, path_of(held), status=status)

    problem = problem_of(await admin.post(f"{path_of(held)}/agenda"), 409, "wrong-status")

    assert problem["meeting_status"] == status
    assert (await admin.get(f"{path_of(held)}/agenda")).json() == agenda
    point = f"{path_of(held)}/agenda/items/{agenda['items'][0]['id']}"
    assert (await changed(admin, point, status="treated"))["status"] == "treated"


async def test_drafted_at_the_same_moment_there_is_one_agenda(admin: httpx.AsyncClient):
    held = await called(admin, "2036-12-03T10:00:00Z", framework="crc")

    answers = await asyncio.gather(*(admin.post(f"{path_of(held)}/agenda") for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert {str(titles(answer.json())) for answer in answers} == {str(STANDING)}


async def test_a_states_key_sees_below_a_point_what_concerns_its_state(
    admin: httpx.AsyncClient, client_with: ClientMaker, anonymous: httpx.AsyncClient, owing: None
):
    peru = await client_with(Scope.MEETINGS_WRITE, state="PER")
    reader = await client_with(Scope.CATALOGUE_WRITE)
    bilateral = await called(admin, "2037-01-03T10:00:00Z", framework="apmbc", kind="bilateral", state="AGO")
    await entered(admin, "action-items", bilateral, text="Between us.")
    held = await called(admin, "2037-02-03T10:00:00Z", framework="apmbc")
    await drafted(admin, held)
    await drafted(admin, bilateral)
    path = f"{path_of(held)}/agenda"

    found = (await peru.get(path)).json()

    assert [thing["state"] for thing in of_kind(found, "overdue-obligations")["below"]] == ["PER"]
    assert {thing["state"] for thing in of_kind(found, "action-items")["below"]} == {"PER"}
    assert "Between us." not in str(found)
    assert "Between us." in (await reader.get(path)).text
    point = found["items"][0]
    item = f"{path}/items/{point['id']}"
    assert (await peru.get(item)).json() == point
    problem_of(await peru.get(f"{path_of(bilateral)}/agenda"), 404, "not-found")
    tag = await tag_of(peru, path)
    refused: list[Any] = [
        await peru.post(path),
        await peru.put(path, json={"items": []}, headers=tag),
        await peru.post(f"{path}/items", json={"title": "x"}),
        await peru.patch(item, json={"minutes": 5}, headers=tag),
        await peru.delete(item, headers=tag),
    ]
    for answer in refused:
        problem_of(answer, 403, "other-state")
    problem_of(await reader.post(path), 403, "scope-missing")
    problem_of(await anonymous.get(path), 401, "unauthenticated")
    problem_of(await admin.get(f"/v1/meetings/{NOBODY}/agenda"), 404, "not-found")
    problem_of(await admin.post(f"/v1/meetings/{NOBODY}/agenda"), 404, "not-found")
