"""The handover pack: all that one pair of focal points leaves to the next, as it was at one moment."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import docx
import httpx
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from domain.handover import queries
from domain.meetings.models import Meeting
from schemas.access import Scope
from services.database import Sessions
from services.worker.timetable import keep_obligations
from tests.api.convening import NOBODY, Found, called, changed, drafted, entered, path_of, person
from tests.api.given import assessed, problem_of, report
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def day(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def moment(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).replace(microsecond=0).isoformat()


async def given(
    admin: httpx.AsyncClient, since: str, until: str | None, *holders: Found, framework: str = "ccm"
) -> Found:
    draft = {"framework": framework, "terms": "ccm-gfp-tor", "from": since, "until": until}
    made = await admin.post("/v1/mandates", json=draft | {"holders": list(holders), "overlapping": True})
    assert made.status_code == 201, made.text
    found: Found = made.json()
    return found


@pytest.fixture(scope="module")
async def people(admin: httpx.AsyncClient) -> dict[str, str]:
    return {
        "ana": await person(
            admin, "Ana Horvat", role="Focal point", state="HRV", telephone="+385 1 4569 964"
        ),
        "ion": await person(admin, "Ion Pop", organisation="ISU"),
        "left": await person(admin, "Gone Away", left="2020-01-01"),
    }


@pytest.fixture(scope="module")
async def mandate(admin: httpx.AsyncClient, people: dict[str, str]) -> Found:
    """A mandate in force, its work half done, with a past and a coming meeting and a committee."""
    made = await given(
        admin,
        day(-200),
        day(200),
        {"state": "HRV", "persons": [people["ana"]], "role": "Coordinator"},
        {"state": "PHL"},
    )
    plan = f"/v1/plans/{made['plan']}/items"
    await changed(admin, f"{plan}/act-a", status="done", responsible=[people["ana"], "ISU"])
    await changed(admin, f"{plan}/act-h", status="under-way", due=day(40), note="A room is needed.")
    held = await called(admin, moment(-20), kind="gfp-quarterly", title="Quarterly")
    await changed(admin, f"{plan}/act-b", status="under-way")
    await drafted(admin, held)
    await entered(admin, "decisions", held, text="A side event is held.")
    await entered(admin, "action-items", held, text="Find a room.", owner=people["ana"], due_on=day(30))
    await changed(admin, path_of(held), status="held")
    await called(admin, moment(70), kind="gfp-quarterly", title="The next quarterly")
    await called(admin, moment(500), kind="gfp-quarterly", title="Far away")
    await called(admin, moment(-10), kind="side-event", title="Since then, with guests")
    committee = {"title": {"en": "Coordination Committee", "fr": "Comité"}, "framework": "ccm"}
    assert (await admin.put("/v1/committees/ccm-committee", json=committee)).status_code == 201
    for who, role in (("ion", "Secretary"), ("left", None)):
        member = {"person": people[who], "role": role, "since": "2019-01-01"}
        assert (await admin.post("/v1/committees/ccm-committee/members", json=member)).status_code == 201
    return made


def path(mandate: Found) -> str:
    return f"/v1/mandates/{mandate['id']}/handover"


async def pack(client: httpx.AsyncClient, mandate: Found, **query: str) -> Found:
    answer = await client.get(path(mandate), params=query)
    assert answer.status_code == 200, answer.text
    found: Found = answer.json()
    return found


async def test_it_says_what_the_mandate_is_and_who_comes_after(admin: httpx.AsyncClient, mandate: Found):
    later = await given(admin, day(201), None, {"state": "XAA"})

    found = await pack(admin, mandate)

    assert found["mandate"] == mandate
    assert (found["framework"], found["terms"], found["in_force"]) == ("ccm", "ccm-gfp-tor", True)
    assert "Cluster Munitions" in found["framework_title"]
    assert [one["id"] for one in found["successors"]] == [later["id"]]
    assert abs(datetime.fromisoformat(found["as_of"]) - datetime.now(UTC)) < timedelta(seconds=30)
    after = await pack(admin, later)
    assert (after["in_force"], after["successors"]) == (False, [])


async def test_it_says_how_each_activity_stands(admin: httpx.AsyncClient, mandate: Found):
    activities = {item["ref"]: item for item in (await pack(admin, mandate))["activities"]}

    assert list(activities) == [f"act-{letter}" for letter in "abcdefgh"]
    assert activities["act-a"]["responsible"] == ["Ana Horvat", "ISU"]
    assert (activities["act-h"]["due"], activities["act-h"]["note"]) == (day(40), "A room is needed.")
    assert [ref for ref, item in activities.items() if item["idle"]] == [
        "act-c", "act-d", "act-e", "act-f", "act-g",
    ]  # fmt: skip


async def test_it_lists_open_work(admin: httpx.AsyncClient, mandate: Found, worker: Worker):
    worker.now = datetime.now(UTC)
    await keep_obligations({"tools": worker.tools})
    await assessed(admin, worker, await admin.post("/v1/submissions", json=report("IRQ")))
    request = {"framework": "ccm", "state": "IRQ", "questions": [{"text": "Whom?"}], "due_on": day(20)}
    await admin.post("/v1/information-requests", json=request | {"status": "open"})

    groups = {group["kind"]: group for group in (await pack(admin, mandate))["open_work"]}

    assert list(groups) == [
        "overdue-obligations", "findings-awaiting-review", "information-requests", "decisions",
        "action-items", "idle-activities",
    ]  # fmt: skip
    assert groups["overdue-obligations"]["title"].endswith(" States")
    assert groups["information-requests"]["items"][0]["title"] == "Iraq, Whom?"
    assert groups["decisions"]["items"][0]["title"] == "1. A side event is held."
    assert groups["action-items"]["items"][0]["due_on"] == day(30)
    assert len(groups["idle-activities"]["items"]) == 5
    for group in groups.values():
        assert (await admin.get(group["source"]["path"])).status_code == 200, group["source"]
        for thing in group["items"][:3]:
            assert (await admin.get(thing["path"])).status_code == 200, thing


async def test_its_calendar_is_that_of_a_year(admin: httpx.AsyncClient, mandate: Found, worker: Worker):
    worker.now = datetime.now(UTC)
    await keep_obligations({"tools": worker.tools})

    calendar = (await pack(admin, mandate))["calendar"]

    titles = [one["title"] for one in calendar]
    assert "The next quarterly" in titles
    assert not {"Far away", "Quarterly"} & set(titles)
    assert not any(title.startswith("Action item:") for title in titles)
    assert any(one["kind"] == "milestone" and one["due_on"] == day(40) for one in calendar)
    [cycle] = [one for one in calendar if one["kind"] == "reporting-cycle"]
    assert cycle["title"].startswith("Article 7 report for ")
    assert (await admin.get(cycle["path"])).status_code == 200
    assert [one["start"] for one in calendar] == sorted(one["start"] for one in calendar)


async def test_it_names_whom_to_ask(admin: httpx.AsyncClient, mandate: Found):
    found = await pack(admin, mandate, language="fr")

    croatia, philippines = found["holders"]
    assert (croatia["state"], croatia["name"], croatia["role"]) == ("HRV", "Croatie", "Coordinator")
    assert [(one["name"], one["telephone"]) for one in croatia["persons"]] == [
        ("Ana Horvat", "+385 1 4569 964")
    ]
    assert philippines["persons"] == []
    [committee] = found["committees"]
    assert committee["title"] == "Comité"
    assert [(one["name"], one["role"]) for one in committee["members"]] == [("Ion Pop", "Secretary")]


async def test_the_last_analysis_is_the_last_meeting_and_what_was_published_last(
    admin: httpx.AsyncClient, mandate: Found, worker: Worker
):
    async def published(state: str, period: str) -> Found:
        made = await assessed(
            admin, worker, await admin.post("/v1/submissions", json=report(state, period=period))
        )
        assessment: Found = (await admin.get(f"{made}/assessment")).json()
        answer = await admin.post(f"/v1/assessments/{assessment['id']}/publish")
        assert answer.status_code == 200, answer.text
        return assessment

    await published("AUT", "2021")
    before = (await pack(admin, mandate))["last_analysis"]
    first = await published("AUT", "2022")
    await published("ALB", "2022")
    await published("XBB", "2022")

    found = (await pack(admin, mandate))["last_analysis"]

    assert (before["period"], len(before["assessments"])) == ("2021", 1)
    assert found["meeting"]["meeting"]["title"] == "Quarterly"
    assert [one["text"] for one in found["meeting"]["decisions"]] == ["A side event is held."]
    assert found["period"] == "2022"
    assert [one["name"] for one in found["assessments"]] == ["Albania", "Austria"]
    levels = found["assessments"][1]["levels"]
    assert sum(levels.values()) == len(first["findings"])
    assert levels["level_3"] == sum(one["level"] == 3 and one["applicable"] for one in first["findings"])
    assert found["total"] == {
        name: sum(one["levels"][name] for one in found["assessments"]) for name in levels
    }


async def test_it_is_a_document_to_take_away(admin: httpx.AsyncClient, mandate: Found):
    markdown = await admin.get(path(mandate), headers={"Accept": "text/markdown"})
    word = await admin.get(path(mandate), params={"language": "es"}, headers={"Accept": WORD})

    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
    assert [line for line in markdown.text.splitlines() if line.startswith("## ")] == [
        "## Mandate", "## Activities", "## Open work", "## Calendar of the next twelve months",
        "## Contacts", "## Last analysis",
    ]  # fmt: skip
    assert "| Ana Horvat | Focal point | HRV |" in markdown.text
    assert "no progress since the last meeting" in markdown.text
    assert "### Last meeting: Quarterly" in markdown.text
    document = docx.Document(io.BytesIO(word.content))
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert headings == [
        "Mandato", "Actividades", "Trabajo pendiente", "Calendario de los próximos doce meses", "Contactos",
        "Último análisis",
    ]  # fmt: skip
    assert document.core_properties.language == "es"
    assert document.core_properties.title.startswith("Traspaso: ")
    assert all(len(table._tbl.xpath("w:tr[1]/w:trPr/w:tblHeader")) == 1 for table in document.tables)
    assert "private" in word.headers["cache-control"]


async def test_it_is_for_those_who_act_for_all_and_for_the_holders(
    admin: httpx.AsyncClient, mandate: Found, client_with: ClientMaker, anonymous: httpx.AsyncClient
):
    holder = await client_with(Scope.PLANS_WRITE, state="PHL")
    stranger = await client_with(Scope.PLANS_WRITE, state="AUT")
    reader = await client_with(Scope.CATALOGUE_WRITE)

    assert (await pack(holder, mandate))["holders"][0]["persons"][0]["name"] == "Ana Horvat"
    assert (await reader.get(path(mandate))).status_code == 200
    problem_of(await stranger.get(path(mandate)), 404, "not-found")
    problem_of(await anonymous.get(path(mandate)), 401, "unauthenticated")
    problem_of(await admin.get(f"/v1/mandates/{NOBODY}/handover"), 404, "not-found")
    problem_of(await admin.get(path(mandate), params={"language": "de"}), 422, "validation-failed")


@pytest.mark.parametrize(("ended", "status"), [(1, 200), (89, 200), (91, 404)])
async def test_those_who_held_the_mandate_read_it_for_ninety_days_more(
    admin: httpx.AsyncClient, client_with: ClientMaker, ended: int, status: int
):
    former = await client_with(Scope.PLANS_WRITE, state="CHL")
    over = await given(admin, day(-300), day(-ended), {"state": "CHL"})

    assert (await former.get(path(over))).status_code == status
    assert (await admin.get(path(over))).status_code == 200


@pytest.mark.parametrize(("begins", "status"), [(0, 200), (89, 200), (92, 404)])
async def test_those_who_are_to_hold_the_mandate_read_it_from_ninety_days_before(
    admin: httpx.AsyncClient, client_with: ClientMaker, begins: int, status: int
):
    coming = await client_with(Scope.PLANS_WRITE, state="LAO")
    ahead = await given(admin, day(begins), day(begins + 300), {"state": "LAO"})

    assert (await coming.get(path(ahead))).status_code == status
    assert (await admin.get(path(ahead))).status_code == 200


@pytest.mark.parametrize(
    ("framework", "ended", "begins", "status"),
    [
        ("apmbc", 0, 1, 200),  # the day of rotation
        ("cedaw", -60, 61, 200),
        ("crc", 89, -88, 200),
        ("belem-do-para", 89, -200, 200),  # both held it for a time
        ("dap", 91, -200, 404),
        ("gcm", 91, 1, 200),  # nobody held it in between
        ("lap", 200, -89, 200),
        ("oap", 200, -91, 404),  # nobody of a State reads it any more
        ("sdg", 0, 91, 404),  # not yet
        ("wps", -300, 14 * 365, 404),
    ],
)
async def test_those_who_take_the_mandate_over_read_what_is_handed_to_them(
    admin: httpx.AsyncClient, client_with: ClientMaker, framework: str, ended: int, begins: int, status: int
):
    incoming = await client_with(Scope.PLANS_WRITE, state="NZL")
    outgoing = await given(admin, day(-400), day(-ended), {"state": "AUT"}, framework=framework)
    await given(admin, day(begins), day(begins + 300), {"state": "NZL"}, framework=framework)
    later = await given(admin, day(20 * 365), None, {"state": "DEU"}, framework=framework)

    assert (await incoming.get(path(outgoing))).status_code == status
    assert (await incoming.get(path(later))).status_code == 404


async def test_what_is_handed_over_is_for_the_next_and_not_for_those_after_them(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    held = [
        ("AUT", day(-400), day(-1)),
        ("NIC", day(-30), day(30)),
        ("HND", day(0), day(30)),
        ("CUB", day(31), None),
        ("PRY", day(60), None),
    ]
    mandates = {
        state: await given(admin, *period, {"state": state}, framework="un-swap") for state, *period in held
    }

    async def readers(of: str) -> set[str]:
        clients = {state: await client_with(Scope.PLANS_WRITE, state=state) for state in mandates}
        return {
            state
            for state, client in clients.items()
            if (await client.get(path(mandates[of]))).status_code == 200
        }

    assert await readers("AUT") == {"AUT", "NIC", "HND"}
    assert await readers("NIC") == {"NIC", "CUB"}
    assert await readers("CUB") == {"CUB", "PRY"}, "it has no end"


async def test_those_who_held_the_mandate_before_do_not_read_what_others_hand_on(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    before = await client_with(Scope.PLANS_WRITE, state="MEX")
    first = await given(admin, day(-300), day(-30), {"state": "MEX"})
    second = await given(admin, day(-29), None, {"state": "PHL"})

    assert (await before.get(path(first))).status_code == 200
    assert (await before.get(path(second))).status_code == 404


async def test_who_has_left_is_no_contact_of_a_holder(admin: httpx.AsyncClient, people: dict[str, str]):
    persons = [people["left"], people["ana"]]
    made = await given(admin, day(300), day(400), {"state": "HRV", "persons": persons})

    [holder] = (await pack(admin, made))["holders"]

    assert [one["name"] for one in holder["persons"]] == ["Ana Horvat"]


async def test_a_calendar_that_is_cut_says_where(admin: httpx.AsyncClient):
    """Two meetings a day are more lines in a year than it takes."""
    terms = {"framework": "crpd", "terms": "ccm-gfp-tor", "from": day(-1), "until": None}
    made = (await admin.post("/v1/mandates", json=terms | {"holders": [{"state": "HRV"}]})).json()
    for hour in ("10", "15"):
        series = {
            "title": f"Daily at {hour}",
            "framework": "crpd",
            "kind": "other",
            "rrule": "FREQ=DAILY",
            "anchor": f"{day(1)}T{hour}:00:00",
            "time_zone": "UTC",
            "duration_minutes": 5,
        }
        assert (await admin.post("/v1/meeting-series", json=series)).status_code == 201

    found = await pack(admin, made)
    markdown = await admin.get(path(made), headers={"Accept": "text/markdown"})

    assert len(found["calendar"]) == 500
    assert found["calendar_ends"] == found["calendar"][-1]["start"]
    assert "There is more than is listed here" in markdown.text


async def test_what_changes_while_it_is_made_is_not_in_it(admin: httpx.AsyncClient, sessions: Sessions):
    async def meetings(session: Any) -> int:
        return int((await session.execute(select(func.count()).select_from(Meeting))).scalar_one())

    async with sessions.begin() as session:
        await queries.snapshot(session)
        before = await meetings(session)
        await called(admin, moment(90))

        assert await meetings(session) == before
    async with sessions.begin() as session:
        assert await meetings(session) == before + 1
        assert (await session.execute(text("SHOW transaction_isolation"))).scalar_one() == "read committed"


async def test_making_it_changes_nothing(sessions: Sessions):
    async with sessions() as session:
        await queries.snapshot(session)
        with pytest.raises(DBAPIError, match="read-only"):
            await session.execute(text("DELETE FROM agendas"))
