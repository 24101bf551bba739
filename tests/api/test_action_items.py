"""Minutes, decisions and action items of meetings, and the summary of it all."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import docx
import httpx
import pytest

from domain.calendar.models import Entry
from schemas.access import Scope
from services.database import Sessions
from tests.api.convening import (
    NOBODY,
    Found,
    called,
    change,
    changed,
    drafted,
    entered,
    path_of,
    person,
    tag_of,
)
from tests.api.given import pointers, problem_of
from tests.conftest import ClientMaker

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MINUTES = {
    "text": "# Opening\n\nThe Chair **opened** the meeting.\n\n- one\n- two",
    "attendees": {"states": ["HRV"], "others": ["Survivors' network"]},
}


@pytest.fixture
async def held(admin: httpx.AsyncClient) -> Found:
    return await called(admin, "2025-03-05T10:00:00+01:00", title="Réunion: «genre»", framework="cedaw")


async def entry(sessions: Sessions, found: Found) -> Entry | None:
    async with sessions() as session:
        return await session.get(Entry, UUID(found["id"]))


async def test_an_action_item_is_in_the_calendar_until_it_is_done(
    admin: httpx.AsyncClient, held: Found, sessions: Sessions
):
    ana = await person(admin)

    item = await entered(admin, "action-items", held, text="Write\nto them.", owner=ana, due_on="2099-06-30")

    found = await entry(sessions, item)
    assert found is not None
    assert (found.kind, found.title) == ("action-item", "Action item: Write to them.")
    assert (found.framework, str(found.owner), found.due_on) == ("cedaw", ana, date(2099, 6, 30))
    assert found.start == datetime(2099, 6, 30, 7, tzinfo=UTC), "nine where the meeting was"
    assert (found.path, found.status) == (f"/v1/action-items/{item['id']}", "open")
    await changed(admin, found.path, due_on="2099-07-31", time_zone="America/New_York")
    moved = await entry(sessions, item)
    assert moved is not None
    assert moved.start == datetime(2099, 7, 31, 13, tzinfo=UTC)
    done = await changed(admin, found.path, status="done")
    closed = await entry(sessions, item)
    assert closed is not None
    assert (closed.status, closed.reason) == ("done", "done")
    assert date.fromisoformat(done["done_on"]) >= datetime.now(UTC).date() - timedelta(days=1)
    reopened = await changed(admin, found.path, status="open")
    assert (reopened["status"], reopened["done_on"]) == ("open", None)
    await changed(admin, found.path, due_on=None)
    undated = await entry(sessions, item)
    assert undated is not None
    assert (undated.status, undated.reason) == ("cancelled", "undated")


async def test_without_a_day_an_action_item_is_in_no_calendar(
    admin: httpx.AsyncClient, held: Found, sessions: Sessions
):
    item = await entered(admin, "action-items", held)

    assert (item["due_on"], item["owner"], item["overdue"], item["carried"]) == (None, None, False, 0)
    assert item["time_zone"] == "Europe/Zurich"
    assert await entry(sessions, item) is None
    await changed(admin, f"/v1/action-items/{item['id']}", status="cancelled")
    assert await entry(sessions, item) is None


async def test_an_action_item_is_overdue_once_its_day_is_over(admin: httpx.AsyncClient, held: Found):
    late = await entered(admin, "action-items", held, due_on="2025-04-30")

    assert late["overdue"]
    done = await changed(admin, f"/v1/action-items/{late['id']}", status="done", done_on="2025-05-02")
    assert (done["overdue"], done["done_on"]) == (False, "2025-05-02")


async def test_action_items_are_found_by_what_they_are(admin: httpx.AsyncClient):
    one = await called(admin, "2025-04-05T10:00:00Z", framework="sdg")
    other = await called(admin, "2025-05-05T10:00:00Z", framework="sdg")
    ana = await person(admin)
    first = await entered(admin, "action-items", one, owner=ana, due_on="2099-01-31")
    second = await entered(admin, "action-items", one, due_on="2099-02-28")
    third = await entered(admin, "action-items", other)
    await changed(admin, f"/v1/action-items/{third['id']}", status="done")

    async def found(**query: Any) -> list[str]:
        answer = await admin.get("/v1/action-items", params={"framework": "sdg"} | query)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    assert await found() == [third["id"], second["id"], first["id"]]
    assert await found(owner=ana) == [first["id"]]
    assert await found(meeting=other["id"]) == [third["id"]]
    assert await found(status="open") == [second["id"], first["id"]]
    assert await found(due_before="2099-02-28") == [first["id"]]
    page = (await admin.get("/v1/action-items?framework=sdg&limit=2")).json()
    assert [item["id"] for item in page["items"]] == [third["id"], second["id"]]
    assert await found(limit=2, cursor=page["next"]) == [first["id"]]
    problem_of(await admin.get("/v1/action-items?status=late"), 422, "validation-failed")


@pytest.mark.parametrize(
    ("facts", "code", "pointer"),
    [
        ({"meeting": NOBODY}, "unknown-meeting", "/meeting"),
        ({"owner": NOBODY}, "unknown-person", "/owner"),
        ({"decision": NOBODY}, "unknown-decision", "/decision"),
        ({"text": " "}, "validation-failed", "/text"),
        ({"due_on": "tomorrow"}, "validation-failed", "/due_on"),
        ({"time_zone": "Geneva"}, "validation-failed", "/time_zone"),
        ({"status": "done"}, "validation-failed", "/status"),
    ],
)
async def test_an_action_item_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, held: Found, facts: Found, code: str, pointer: str
):
    draft = {"meeting": held["id"], "text": "Do it."} | facts

    assert pointer in pointers(problem_of(await admin.post("/v1/action-items", json=draft), 422, code))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "validation-failed"),
        ({"text": None}, "validation-failed"),
        ({"status": "late"}, "validation-failed"),
        ({"done_on": "2025-05-01"}, "not-done"),
        ({"status": "done", "done_on": "2190-01-01"}, "day-in-the-future"),
        ({"owner": NOBODY}, "unknown-person"),
        ({"decision": NOBODY}, "unknown-decision"),
    ],
)
async def test_a_change_of_an_action_item_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, held: Found, changes: Found, code: str
):
    item = await entered(admin, "action-items", held)
    path = f"/v1/action-items/{item['id']}"

    problem_of(await change(admin, path, **changes), 422, code)
    assert (await admin.get(path)).json() == item


async def test_the_decision_that_an_action_item_carries_out_is_of_its_own_meeting(
    admin: httpx.AsyncClient, held: Found
):
    elsewhere = await called(admin, "2025-06-05T10:00:00Z", framework="cedaw")
    own = await entered(admin, "decisions", held)
    other = await entered(admin, "decisions", elsewhere)

    item = await entered(admin, "action-items", held, decision=own["id"])

    assert item["decision"] == own["id"]
    problem_of(
        await change(admin, f"/v1/action-items/{item['id']}", decision=other["id"]), 422, "unknown-decision"
    )


async def test_whoever_saw_it_before_it_was_carried_on_may_still_change_it(
    admin: httpx.AsyncClient, held: Found
):
    item = await entered(admin, "action-items", held)
    path = f"/v1/action-items/{item['id']}"
    seen = await tag_of(admin, path)
    later = await called(admin, "2040-06-05T10:00:00Z", framework="cedaw")
    await drafted(admin, later)
    assert (await tag_of(admin, path)) == seen
    await changed(admin, path_of(later), status="held")

    assert (await tag_of(admin, path)) != seen
    answer = await admin.patch(path, json={"text": "Do it soon."}, headers=seen)

    assert (answer.json()["text"], answer.json()["carried"]) == ("Do it soon.", 1)
    problem_of(await admin.patch(path, json={"text": "Never."}, headers=seen), 412, "stale")
    problem_of(await admin.patch(path, json={"text": "Never."}), 428, "precondition-required")


async def test_decisions_are_numbered_within_their_meeting(admin: httpx.AsyncClient, held: Found):
    first = await entered(admin, "decisions", held, text="One.")
    seventh = await entered(admin, "decisions", held, text="Seven.", number=7)
    next_one = await entered(admin, "decisions", held, text="Eight.")

    assert [item["number"] for item in (first, seventh, next_one)] == [1, 7, 8]
    assert {item["status"] for item in (first, seventh, next_one)} == {"taken"}
    again = {"meeting": held["id"], "text": "x", "number": 7}
    assert problem_of(await admin.post("/v1/decisions", json=again), 409, "number-taken")["number"] == 7
    path = f"/v1/decisions/{next_one['id']}"
    problem_of(await change(admin, path, number=1), 409, "number-taken")
    seen = await tag_of(admin, path)
    moved = await admin.patch(path, json={"number": 2, "status": "superseded"}, headers=seen)
    assert (moved.json()["number"], moved.json()["status"]) == (2, "superseded")
    problem_of(await admin.patch(path, json={"number": 3}, headers=seen), 412, "stale")
    problem_of(await change(admin, path, status="forgotten"), 422, "validation-failed")
    problem_of(await change(admin, path, text=None), 422, "validation-failed")
    listed = (await admin.get(f"/v1/decisions?meeting={held['id']}&status=taken")).json()["items"]
    assert [item["number"] for item in listed] == [7, 1]
    problem_of(await admin.get(f"/v1/decisions/{NOBODY}"), 404, "not-found")


async def test_minutes_are_written_and_nobody_writes_over_those_of_others(
    admin: httpx.AsyncClient, held: Found
):
    path = f"{path_of(held)}/minutes"
    problem_of(await admin.get(path), 404, "no-minutes")
    problem_of(await admin.put(path, json=MINUTES, headers={"If-Match": '"x"'}), 404, "no-minutes")
    ana = await person(admin)
    attendees = MINUTES["attendees"] | {"persons": [ana]}

    made = await admin.put(path, json=MINUTES | {"attendees": attendees, "language": "fr"})

    assert made.status_code == 201, made.text
    assert made.headers["location"] == path
    assert (await admin.get(path)).json() == made.json()
    assert (made.json()["language"], made.json()["attendees"]["persons"]) == ("fr", [ana])
    problem_of(await admin.put(path, json=MINUTES), 428, "precondition-required")
    seen = {"If-Match": made.headers["etag"]}
    second = await admin.put(path, json=MINUTES, headers=seen)
    assert (second.status_code, second.json()["attendees"]["persons"]) == (200, [])
    problem_of(await admin.put(path, json=MINUTES, headers=seen), 412, "stale")


async def test_minutes_that_name_nobody_known_are_refused(admin: httpx.AsyncClient, held: Found):
    async def refused(code: str, **attendees: Any) -> dict[str, str]:
        answer = await admin.put(f"{path_of(held)}/minutes", json={"text": "x", "attendees": attendees})
        return pointers(problem_of(answer, 422, code))

    assert await refused("unknown-person", persons=[NOBODY], states=["HRV", "QQQ"]) == {
        "/attendees/persons/0": "unknown-person",
        "/attendees/states/1": "unknown-state",
    }
    await refused("validation-failed", states=["HRV", "HRV"])
    await refused("validation-failed", others=["two\nlines"])
    answer = await admin.put(f"{path_of(held)}/minutes", json={"text": "x" * 100_001})
    assert pointers(problem_of(answer, 422, "validation-failed")).keys() == {"/text"}


async def test_a_cancelled_meeting_has_no_minutes_and_decides_nothing(admin: httpx.AsyncClient, held: Found):
    await changed(admin, path_of(held), status="cancelled")

    problem_of(await admin.put(f"{path_of(held)}/minutes", json=MINUTES), 409, "wrong-status")
    for noun in ("decisions", "action-items"):
        draft = {"meeting": held["id"], "text": "x"}
        problem_of(await admin.post(f"/v1/{noun}", json=draft), 409, "wrong-status")


@pytest.fixture
async def outcome(admin: httpx.AsyncClient) -> Found:
    """A meeting that was held, with all that came of it."""
    held = await called(
        admin, "2024-03-05T10:00:00+01:00", title="Réunion: «genre» | 1", framework="crc", location="Palais"
    )
    following = await called(admin, "2024-06-05T10:00:00+02:00", title="The next one", framework="crc")
    ana = await person(admin, "Ana Horvat", organisation="Ministry of Foreign Affairs")
    agenda = await drafted(admin, held)
    opening, arising, _ = agenda["items"]
    item = f"{path_of(held)}/agenda/items"
    await changed(admin, f"{item}/{opening['id']}", status="treated", note="Adopted *as is*.")
    await changed(admin, f"{item}/{arising['id']}", status="dropped")
    attendees = MINUTES["attendees"] | {"persons": [ana]}
    await admin.put(f"{path_of(held)}/minutes", json=MINUTES | {"attendees": attendees})
    await entered(admin, "decisions", held, text="A side event | is held.\nIn November.")
    await entered(admin, "action-items", held, text="Find a room.\x07", owner=ana, due_on="2024-04-30")
    await changed(admin, path_of(held), status="held")
    return held | {"next": following["id"], "ana": ana}


async def test_the_summary_says_what_came_of_a_meeting(admin: httpx.AsyncClient, outcome: Found):
    answer = await admin.get(f"{path_of(outcome)}/summary")

    found = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert found["meeting"]["status"] == "held"
    assert found["took_part"]["states"] == [{"iso3": "HRV", "name": "Croatia"}]
    assert [one["name"] for one in found["took_part"]["persons"]] == ["Ana Horvat"]
    assert "example.org" not in answer.text, "a summary tells nobody's address"
    assert [(point["position"], point["status"]) for point in found["agenda"]] == [
        (1, "treated"), (2, "planned"),
    ]  # fmt: skip
    assert found["minutes"] == MINUTES["text"]
    assert [one["number"] for one in found["decisions"]] == [1]
    assert [(one["owner_name"], one["overdue"]) for one in found["action_items"]] == [("Ana Horvat", True)]
    assert found["next_meeting"]["id"] == outcome["next"]


MARKDOWN = """\
# Summary: Réunion: «genre» \\| 1

Tuesday 5 March 2024, 10:00 – 11:00 (Europe/Zurich)

Place: Palais

## Who took part

- Croatia
- Ana Horvat, Ministry of Foreign Affairs
- Survivors' network

## Agenda

1. **Opening and adoption of the agenda** (treated)
   - Adopted \\*as is\\*.
2. **Any other business**

## Minutes

### Opening

The Chair **opened** the meeting.

- one
- two

## Decisions

| No. | Decision | Status |
| --- | --- | --- |
| 1 | A side event \\| is held.<br>In November. | taken |

## Action items

| What is to be done | By whom | By when | Status |
| --- | --- | --- | --- |
| Find a room.\x07 | Ana Horvat | Tuesday 30 April 2024 | overdue |

## Next meeting

The next one: Wednesday 5 June 2024, 10:00 – 11:00 (Europe/Zurich)
"""


async def test_the_summary_as_markdown(admin: httpx.AsyncClient, outcome: Found):
    answer = await admin.get(f"{path_of(outcome)}/summary", headers={"Accept": "text/markdown"})

    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.text == MARKDOWN
    assert answer.headers["vary"] == "Accept, Accept-Language"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith('attachment; filename="Reunion- genre - 1 2024-03-05.md"; ')
    assert unquote(disposition.partition("UTF-8''")[2]) == "Réunion- «genre» - 1 2024-03-05.md"


async def test_the_summary_as_a_word_document(admin: httpx.AsyncClient, outcome: Found):
    answer = await admin.get(
        f"{path_of(outcome)}/summary?language=fr",
        headers={"Accept": f"application/pdf, {WORD}, application/json;q=0.5"},
    )

    assert answer.headers["content-type"] == WORD
    assert '.docx"' in answer.headers["content-disposition"]
    assert answer.headers["content-language"] == "fr"
    document = docx.Document(io.BytesIO(answer.content))
    facts = document.core_properties
    assert (facts.title, facts.language, facts.author) == ("Résumé\u00a0: Réunion: «genre» | 1", "fr", "")
    styled = [(one.style.name, one.text) for one in document.paragraphs if one.text]
    assert styled[0] == ("Title", facts.title)
    assert [text for style, text in styled if style == "Heading 1"] == [
        "Participation", "Ordre du jour", "Compte rendu", "Décisions", "Mesures à prendre",
        "Prochaine réunion",
    ]  # fmt: skip
    assert ("Heading 2", "Opening") in styled
    assert ("List Number", "Ouverture et adoption de l'ordre du jour (traité)") in styled
    assert ("List Bullet 2", "Adopted *as is*.") in styled
    decisions, actions = document.tables
    assert [[cell.text for cell in row.cells] for row in decisions.rows] == [
        ["N°", "Décision", "État"],
        ["1", "A side event | is held.\nIn November.", "prise"],
    ]
    assert [cell.text for cell in actions.rows[1].cells] == [
        "Find a room.", "Ana Horvat", "mardi 30\u00a0avril 2024", "en retard",
    ]  # fmt: skip
    for table in (decisions, actions):
        assert len(table._tbl.xpath("w:tr[1]/w:trPr/w:tblHeader")) == 1
    assert document.styles.element.xpath("w:docDefaults//w:lang/@w:val") == ["fr"]


async def test_the_summary_of_a_meeting_of_which_nothing_is_noted(admin: httpx.AsyncClient):
    ahead = await called(admin, "2045-03-05T10:00:00Z", framework="wps")

    answer = await admin.get(f"{path_of(ahead)}/summary?language=es", headers={"Accept": "text/markdown"})

    assert "**La reunión aún no se ha celebrado.**" in answer.text
    assert answer.text.count("Sin constancia.") == 2
    assert answer.text.count("Ninguno.") == 3
    assert "No se ha fijado fecha." in answer.text
    await changed(admin, path_of(ahead), status="cancelled")
    answer = await admin.get(f"{path_of(ahead)}/summary", headers={"Accept": "text/markdown"})
    assert "**The meeting was cancelled.**" in answer.text


async def test_what_came_of_a_meeting_is_for_those_who_may_see_the_meeting(
    admin: httpx.AsyncClient, client_with: ClientMaker, anonymous: httpx.AsyncClient
):
    peru = await client_with(Scope.MEETINGS_WRITE, state="PER")
    angola = await client_with(Scope.MEETINGS_WRITE, state="AGO")
    reader = await client_with(Scope.CATALOGUE_WRITE)
    bilateral = await called(admin, "2025-07-05T10:00:00Z", framework="crc", kind="bilateral", state="PER")
    await admin.put(f"{path_of(bilateral)}/minutes", json=MINUTES)
    paths = [f"{path_of(bilateral)}/summary", f"{path_of(bilateral)}/minutes"]
    for noun in ("decisions", "action-items"):
        made = await entered(admin, noun, bilateral)
        assert (made["framework"], made["state"]) == ("crc", "PER")
        paths.append(f"/v1/{noun}/{made['id']}")
        listed = f"/v1/{noun}?meeting={bilateral['id']}"
        assert len((await peru.get(listed)).json()["items"]) == 1
        assert (await angola.get(listed)).json()["items"] == []
        draft = {"meeting": bilateral["id"], "text": "x"}
        problem_of(await peru.post(f"/v1/{noun}", json=draft), 403, "other-state")
        problem_of(await reader.post(f"/v1/{noun}", json=draft), 403, "scope-missing")
        problem_of(await change(peru, paths[-1], text="x"), 403, "other-state")

    for path in paths:
        assert (await peru.get(path)).status_code == 200
        assert (await reader.get(path)).status_code == 200
        problem_of(await angola.get(path), 404, "not-found")
        problem_of(await anonymous.get(path), 401, "unauthenticated")
    problem_of(await peru.put(paths[1], json=MINUTES), 403, "other-state")
