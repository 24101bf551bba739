"""Obligations: opened once for whoever owes a report, met by what is filed, counted for everyone to see."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from domain.calendar.models import Entry
from domain.errors import Invalid
from domain.obligations import queries
from domain.obligations.models import Obligation
from schemas.access import Scope
from services.database import Sessions
from services.loading import load
from services.sandbox import Sandbox
from services.settings import Settings
from services.worker.timetable import keep_obligations
from tests.api.given import pointers, problem_of, report
from tests.api.owing import Found, change, cycle, entry, handed_in, items, obligation
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
async def opened(settings: Settings, sessions: Sessions, sandbox: Sandbox) -> None:
    """What schedules ask for on 1 March 2026, where they have been followed for two years."""
    worker = Worker(settings, sessions, sandbox)
    for worker.now in (NOW - timedelta(days=700), NOW):
        await keep_obligations({"tools": worker.tools})


async def test_the_parties_owe_a_report_each_year_by_30_april(admin: httpx.AsyncClient):
    found = await items(admin, framework="ccm", period="2024")

    states = {item["state"] for item in found}
    assert {(item["due_on"], item["time_zone"], item["kind"]) for item in found} == {
        ("2025-04-30", "Europe/Zurich", "periodic")
    }
    assert len(found) == len(states)
    assert states >= {"HRV", "SSD", "NGA", "XAA"}
    assert not states & {"LTU", "VUT", "USA"}, "left before it was due; joined later; never joined"


async def test_the_calendar_says_under_which_treaty_a_report_is_owed(
    admin: httpx.AsyncClient, sessions: Sessions
):
    both = [await obligation(admin, "HRV", "2025", framework) for framework in ("ccm", "apmbc")]

    assert [(await entry(sessions, one)).title for one in both] == [
        "Article 7 report (CCM) for 2025: Croatia",
        "Article 7 report (APMBC) for 2025: Croatia",
    ]


async def test_first_reports_are_owed_by_those_who_joined_since(admin: httpx.AsyncClient):
    found = [item for item in await items(admin, framework="ccm") if item["kind"] == "initial"]

    assert ("SSD", "2024-02", "2024-07-30") in [
        (item["state"], item["period"], item["due_on"]) for item in found
    ]
    assert "HRV" not in {item["state"] for item in found}


async def test_opening_again_changes_nothing(admin: httpx.AsyncClient, sessions: Sessions, worker: Worker):
    async def state_of_things() -> list[Any]:
        async with sessions() as session:
            rows = select(Obligation.id, Obligation.version).order_by(Obligation.id)
            entries = select(Entry.id, Entry.sequence).order_by(Entry.id)
            return [*(await session.execute(rows)).all(), *(await session.execute(entries)).all()]

    before = await state_of_things()
    worker.now = NOW + timedelta(days=5)
    await keep_obligations({"tools": worker.tools})

    assert await state_of_things() == before


async def test_each_obligation_is_in_the_calendar(admin: httpx.AsyncClient, sessions: Sessions):
    found = await obligation(admin, "HRV", "2025")

    entered = await entry(sessions, found)

    assert (entered.kind, entered.title) == ("obligation", "Article 7 report (CCM) for 2025: Croatia")
    assert (entered.framework, entered.state, entered.due_on) == ("ccm", "HRV", date(2026, 4, 30))
    assert entered.start == datetime(2026, 4, 30, 7, tzinfo=UTC), "nine in Geneva"
    assert entered.over == datetime(2026, 4, 30, 22, tzinfo=UTC), "midnight there"
    assert (entered.status, entered.path) == ("open", f"/v1/obligations/{found['id']}")
    async with sessions() as session:
        [counted] = await session.scalars(select(func.count()).select_from(Obligation))
        [entries] = await session.scalars(select(func.count()).where(Entry.kind == "obligation"))
    assert counted == entries


async def test_a_report_meets_its_obligation_also_when_late(admin: httpx.AsyncClient, sessions: Sessions):
    before = await obligation(admin, "NOR", "2024")

    path = await handed_in(admin, "NOR", "2024")

    after = await obligation(admin, "NOR", "2024")
    assert (before["status"], before["on_time"]) == ("overdue", None)
    assert (after["status"], after["on_time"]) == ("met", False)
    assert (after["submission"], after["met_on"][:4]) == (
        path.rpartition("/")[2],
        str(datetime.now(UTC).year),
    )
    entered = await entry(sessions, after)
    assert (entered.status, entered.reason) == ("done", "submitted")


async def test_a_draft_meets_nothing_and_a_revision_keeps_the_first_day(admin: httpx.AsyncClient):
    made = await admin.post("/v1/submissions", json=report("ALB", period="2024"))
    path = made.headers["location"]
    assert (await obligation(admin, "ALB", "2024"))["status"] == "overdue"

    await admin.post(f"{path}/submit")
    met = await obligation(admin, "ALB", "2024")
    await admin.post(f"{path}/revisions", json=report("ALB", period="2024"))

    assert met["status"] == "met"
    assert await obligation(admin, "ALB", "2024") == met


async def test_a_report_that_is_withdrawn_is_owed_again(admin: httpx.AsyncClient, sessions: Sessions):
    path = await handed_in(admin, "AUT", "2024")
    await admin.post(f"{path}/withdraw")

    found = await obligation(admin, "AUT", "2024")

    assert (found["status"], found["submission"], found["met_on"]) == ("overdue", None, None)
    assert (await entry(sessions, found)).status == "open"
    again = await handed_in(admin, "AUT", "2024")
    assert (await obligation(admin, "AUT", "2024"))["submission"] == again.rpartition("/")[2]


async def test_a_voluntary_report_meets_nothing_and_is_in_no_rate(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient
):
    before = (await anonymous.get("/v1/frameworks/ccm/reporting-rates", params={"cycle": "2024"})).json()

    await handed_in(admin, "USA", "2024")
    await handed_in(admin, "XBB", "2024")

    after = (await anonymous.get("/v1/frameworks/ccm/reporting-rates", params={"cycle": "2024"})).json()
    assert await items(admin, state="USA") == []
    assert (await obligation(admin, "XBB", "2024"))["status"] == "met", (
        "a sample State's, which is not counted"
    )
    assert after == before


async def test_rates_are_of_what_was_owed(admin: httpx.AsyncClient, anonymous: httpx.AsyncClient):
    await admin.put("/v1/frameworks/ccm/reporting-cycles/2017", json=cycle("2098-04-30"))
    for state in ("DNK", "FRA"):
        await handed_in(admin, state, "2017")
    await change(admin, await obligation(admin, "HRV", "2017"), status="waived")
    owed = [
        item
        for item in await items(admin, framework="ccm", period="2017")
        if not item["state"].startswith("X") and item["status"] != "waived"
    ]

    found = await anonymous.get("/v1/frameworks/ccm/reporting-rates", params={"cycle": "2017"})

    rates = found.json()
    assert (rates["expected"], rates["actual"], rates["on_time"]) == (len(owed), 2, 2)
    assert rates["rate"] == rates["rate_on_time"] == pytest.approx(2 / len(owed))
    assert (rates["framework"], rates["cycle"], rates["cycles"]) == ("ccm", "2017", [])


async def test_rates_of_all_cycles_leave_out_those_still_running_from_the_total(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient
):
    await admin.put("/v1/frameworks/oap/reporting-cycles/2023", json=cycle("2024-01-31"))
    await admin.put("/v1/frameworks/oap/reporting-cycles/2098", json=cycle("2099-01-31"))

    found = (await anonymous.get("/v1/frameworks/oap/reporting-rates")).json()

    assert [item["cycle"] for item in found["cycles"]] == ["2023", "2098"]
    assert all(item["expected"] > 150 for item in found["cycles"]), "whoever is party to the Convention"
    assert found["expected"] == found["cycles"][0]["expected"]
    assert (found["cycle"], found["actual"], found["rate"]) == (None, 0, 0.0)


async def test_where_nothing_is_owed_there_is_no_rate(anonymous: httpx.AsyncClient):
    found = (await anonymous.get("/v1/frameworks/wps/reporting-rates")).json()

    assert (found["expected"], found["rate"], found["rate_on_time"]) == (0, None, None)
    for path in ("/v1/frameworks/nowhere/reporting-rates", "/v1/frameworks/ccm/reporting-rates?cycle=1950"):
        problem_of(await anonymous.get(path), 404, "not-found")


async def test_a_cycle_is_put_and_opens_at_once_what_is_met_already(
    admin: httpx.AsyncClient, sessions: Sessions
):
    filed = await handed_in(admin, "CHE", "2023")

    made = await admin.put("/v1/frameworks/ccm/reporting-cycles/2023", json=cycle("2024-04-30"))

    assert made.status_code == 201, made.text
    shown = made.json()
    assert (shown["covers_from"], shown["covers_to"]) == ("2023-01-01", "2023-12-31")
    assert (shown["report"], shown["states"], shown["locked_on"]) == ("CCM report", None, None)
    assert (await admin.get(made.headers["location"])).json() == shown
    found = await obligation(admin, "CHE", "2023")
    assert (found["status"], found["submission"]) == ("met", filed.rpartition("/")[2])
    assert {item["state"] for item in await items(admin, framework="ccm", period="2023")} >= {"LTU", "HRV"}
    listed = (await admin.get("/v1/frameworks/ccm/reporting-cycles")).json()["items"]
    assert [item["period"] for item in listed][-4:] == ["2023", "2024", "2025", "2026"]


async def test_a_cycle_that_moves_takes_its_obligations_along_but_for_extensions(
    admin: httpx.AsyncClient, sessions: Sessions
):
    path = "/v1/frameworks/crc/reporting-cycles/2025"
    await admin.put(path, json=cycle("2098-06-30", states=["HRV", "NOR", "FRA"]))
    longer = await obligation(admin, "NOR", "2025", "crc")
    assert (await change(admin, longer, due_on="2098-09-30")).json()["status"] == "extended"

    moved = await admin.put(path, json=cycle("2098-07-31", states=["HRV", "NOR"]))

    assert moved.status_code == 200
    found = {item["state"]: item for item in await items(admin, framework="crc", period="2025")}
    assert {state: item["due_on"] for state, item in found.items()} == {
        "HRV": "2098-07-31",
        "NOR": "2098-09-30",
    }
    assert found["NOR"]["first_due_on"] == "2098-07-31"
    entered = await entry(sessions, found["HRV"])
    assert (entered.due_on, entered.sequence) == (date(2098, 7, 31), 1)


async def test_who_is_no_longer_asked_is_called_off_and_may_be_asked_again(
    admin: httpx.AsyncClient, sessions: Sessions
):
    path = "/v1/frameworks/cedaw/reporting-cycles/2025"
    await admin.put(path, json=cycle("2098-06-30", states=["HRV", "NOR"]))
    first = await obligation(admin, "NOR", "2025", "cedaw")

    await admin.put(path, json=cycle("2098-06-30", states=["HRV"]))

    assert [item["state"] for item in await items(admin, framework="cedaw")] == ["HRV"]
    problem_of(await admin.get(f"/v1/obligations/{first['id']}"), 404, "not-found")
    assert (await entry(sessions, first)).status == "cancelled"
    await admin.put(path, json=cycle("2098-06-30", states=["HRV", "NOR"]))
    assert (await obligation(admin, "NOR", "2025", "cedaw"))["id"] == first["id"]
    assert (await entry(sessions, first)).status == "open"


async def test_of_what_nobody_can_join_those_who_are_named_owe_a_report(admin: httpx.AsyncClient):
    await admin.put("/v1/frameworks/sdg/reporting-cycles/2025", json=cycle(states=["HRV", "USA"]))
    await admin.put("/v1/frameworks/cim-plan/reporting-cycles/2025", json=cycle())

    assert {item["state"] for item in await items(admin, framework="sdg")} == {"HRV", "USA"}
    assert await items(admin, framework="cim-plan") == []


@pytest.mark.parametrize(
    ("period", "changes", "code", "pointer"),
    [
        ("2020", {"states": ["HRV", "QQQ"]}, "invalid-states", "/states/1"),
        ("2020", {"states": ["HRV", "HRV"]}, "invalid-states", "/states/1"),
        ("2020", {"covers_to": "2019-12-31"}, "dates-out-of-order", "/covers_to"),
        ("2020", {"due_on": "2019-12-31"}, "dates-out-of-order", "/due_on"),
        ("2020", {"locked_on": "2026-06-30"}, "validation-failed", ""),
        ("2020", {"time_zone": "Geneva"}, "validation-failed", "/time_zone"),
        ("2020", {"due_on": "soon"}, "validation-failed", "/due_on"),
        ("2020", {"source": None}, "validation-failed", "/source"),
        ("2020", {"overdue": True}, "validation-failed", "/overdue"),
        ("last-year", {}, "validation-failed", "path:period"),
    ],
)
async def test_a_cycle_that_cannot_be_is_refused_with_the_place(
    admin: httpx.AsyncClient, period: str, changes: Found, code: str, pointer: str
):
    answer = await admin.put(f"/v1/frameworks/ccm/reporting-cycles/{period}", json=cycle(**changes))

    assert list(pointers(problem_of(answer, 422, code))) == [pointer]


async def test_a_cycle_of_no_framework_is_not_found(admin: httpx.AsyncClient):
    problem_of(
        await admin.put("/v1/frameworks/nowhere/reporting-cycles/2020", json=cycle()), 404, "not-found"
    )
    problem_of(await admin.get("/v1/frameworks/ccm/reporting-cycles/1999"), 404, "not-found")
    problem_of(await admin.get("/v1/frameworks/nowhere/reporting-cycles"), 404, "not-found")


async def test_a_cycle_is_not_put_over_a_version_that_one_has_not_seen(admin: httpx.AsyncClient):
    path = "/v1/frameworks/crpd/reporting-cycles/2025"
    seen = (await admin.put(path, json=cycle(states=["HRV"]))).headers["etag"]
    changed = await admin.put(path, json=cycle(states=["NOR"]), headers={"If-Match": seen})

    stale = await admin.put(path, json=cycle(states=["FRA"]), headers={"If-Match": seen})

    assert changed.status_code == 200
    problem_of(stale, 412, "stale")


async def test_from_its_lock_on_a_cycle_counts_no_report(admin: httpx.AsyncClient):
    path = "/v1/frameworks/ccm/reporting-cycles/2022"
    await admin.put(path, json=cycle("2023-04-30", locked_on="2024-01-01"))
    await handed_in(admin, "BEL", "2022")
    before = await obligation(admin, "BEL", "2022")

    await admin.put(path, json=cycle("2023-04-30"))

    assert before["status"] == "overdue"
    assert (await obligation(admin, "BEL", "2022"))["status"] == "met"


async def test_an_extension_moves_the_day_and_keeps_its_reason(admin: httpx.AsyncClient, sessions: Sessions):
    found = await obligation(admin, "ESP", "2025")

    answer = await change(admin, found, due_on="2099-05-31", reason="Change of government.")

    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["status"], shown["due_on"], shown["first_due_on"]) == (
        "extended",
        "2099-05-31",
        "2026-04-30",
    )
    assert shown["reason"] == "Change of government."
    assert answer.headers["etag"] == (await admin.get(f"/v1/obligations/{found['id']}")).headers["etag"]
    assert (await entry(sessions, found)).due_on == date(2099, 5, 31)
    back = await change(admin, found, due_on="2026-04-30")
    assert back.json()["status"] == "overdue"


async def test_a_waiver_ends_reminding_and_can_itself_end(admin: httpx.AsyncClient, sessions: Sessions):
    found = await obligation(admin, "ITA", "2026")

    waived = await change(admin, found, status="waived", reason="Report of the predecessor accepted.")

    assert (waived.json()["status"], waived.json()["reason"]) == (
        "waived",
        "Report of the predecessor accepted.",
    )
    entered = await entry(sessions, found)
    assert (entered.status, entered.reason) == ("cancelled", "waived")
    assert (await change(admin, found, status="open")).json()["status"] == "open"
    entered = await entry(sessions, found)
    assert (entered.status, entered.reason) == ("open", None)


async def test_a_report_meets_what_was_waived_too(admin: httpx.AsyncClient):
    found = await obligation(admin, "PRT", "2026")
    await change(admin, found, status="waived")

    await handed_in(admin, "PRT", "2026")

    assert (await obligation(admin, "PRT", "2026"))["status"] == "met"


async def test_what_cannot_be_granted_is_refused_with_the_reason(admin: httpx.AsyncClient):
    path = "/v1/frameworks/ccm/reporting-cycles/2021"
    await admin.put(path, json=cycle("2098-04-30", locked_on="2098-12-31"))
    found = await obligation(admin, "HRV", "2021")
    await handed_in(admin, "SVN", "2021")
    met = await obligation(admin, "SVN", "2021")

    early = await change(admin, found, due_on="2098-04-29")
    late = await change(admin, found, due_on="2098-12-31")
    assert pointers(problem_of(early, 422, "before-due")) == {"/due_on": "before-due"}
    assert pointers(problem_of(late, 422, "after-lock")) == {"/due_on": "after-lock"}
    for changes in ({"due_on": "2098-05-31"}, {"status": "waived"}, {"status": "open"}):
        problem = problem_of(await change(admin, met, **changes), 409, "wrong-status")
        assert problem["obligation_status"] == "met"
    problem_of(await change(admin, found, status="open"), 409, "wrong-status")


@pytest.mark.parametrize(
    "body",
    [
        {"due_on": "2099-01-01"},
        {"reason": "x"},
        {"reason": "x", "due_on": "2099-01-01", "status": "waived"},
        {"reason": "x", "status": "met"},
        {"reason": "", "status": "waived"},
        {"reason": "x", "state": "FRA"},
    ],
)
async def test_a_change_says_one_thing_and_why(admin: httpx.AsyncClient, body: Found):
    found = await obligation(admin, "HRV", "2026")

    answer = await admin.patch(f"/v1/obligations/{found['id']}", json=body, headers={"If-Match": "*"})

    problem_of(answer, 422, "validation-failed")


async def test_two_people_do_not_undo_each_others_decisions(admin: httpx.AsyncClient):
    path = f"/v1/obligations/{(await obligation(admin, 'HUN', '2026'))['id']}"
    body = {"due_on": "2099-06-30", "reason": "x"}
    tag = {"If-Match": (await admin.get(path)).headers["etag"]}
    assert (await admin.patch(path, json=body, headers=tag)).status_code == 200

    problem_of(await admin.patch(path, json=body, headers=tag), 412, "stale")
    problem_of(await admin.patch(path, json=body), 428, "precondition-required")


async def test_lists_are_chosen_from_and_paged_in_the_order_of_the_days(admin: httpx.AsyncClient):
    chosen = {"framework": "ccm", "due_after": "2026-04-30", "due_before": "2026-05-01"}
    whole = await items(admin, **chosen)
    walked: list[Found] = []
    answer = await admin.get("/v1/obligations", params={**chosen, "limit": "40"})
    while True:
        walked += answer.json()["items"]
        if answer.json()["next"] is None:
            break
        answer = await admin.get(answer.links["next"]["url"])

    assert walked == whole
    assert {item["due_on"] for item in whole} == {"2026-04-30"}
    everything = [item["due_on"] for item in await items(admin, framework="ccm")]
    assert everything == sorted(everything)
    overdue = await items(admin, framework="ccm", status="overdue")
    assert {item["status"] for item in overdue} == {"overdue"}
    assert await items(admin, framework="ccm", due_before="2020-01-01") == []


@pytest.mark.parametrize(
    "query",
    ["status=late", "due_before=tomorrow", "period=24", "state=Croatia", "limit=0", "cursor=x", "due=1"],
)
async def test_a_selection_that_makes_no_sense_is_refused(admin: httpx.AsyncClient, query: str):
    assert (await admin.get(f"/v1/obligations?{query}")).status_code == 422


async def test_a_states_key_sees_what_its_state_owes_and_grants_itself_nothing(
    client_with: ClientMaker, admin: httpx.AsyncClient, anonymous: httpx.AsyncClient
):
    croatia = await client_with(Scope.FOLLOW_UP_WRITE, Scope.CATALOGUE_WRITE, state="HRV")
    own = await obligation(croatia, "HRV", "2026")
    other = await obligation(admin, "FRA", "2026")

    assert {item["state"] for item in await items(croatia)} == {"HRV"}
    problem_of(await croatia.get(f"/v1/obligations/{other['id']}"), 404, "not-found")
    problem_of(await change(croatia, own, due_on="2099-01-01"), 403, "other-state")
    put = await croatia.put("/v1/frameworks/ccm/reporting-cycles/2020", json=cycle())
    problem_of(put, 403, "other-state")
    for path in ("/v1/obligations", "/v1/frameworks/ccm/reporting-cycles"):
        problem_of(await anonymous.get(path), 401, "unauthenticated")


async def test_scopes(client_with: ClientMaker):
    reader = await client_with(Scope.MEETINGS_WRITE)
    found = await obligation(reader, "HRV", "2026")

    assert problem_of(await change(reader, found, status="waived"), 403, "scope-missing")["scope"] == (
        "follow-up:write"
    )
    put = await reader.put("/v1/frameworks/ccm/reporting-cycles/2020", json=cycle())
    assert problem_of(put, 403, "scope-missing")["scope"] == "catalogue:write"


async def test_what_is_overdue_is_there_for_agendas(sessions: Sessions):
    async with sessions() as session:
        by_then = await queries.overdue(session, "ccm", datetime(2025, 5, 2, tzinfo=UTC), state="MEX")
        before = await queries.overdue(session, "ccm", datetime(2025, 4, 30, tzinfo=UTC), state="MEX")

    assert "2024" in [item.period for item in by_then]
    assert "2024" not in [item.period for item in before]


async def test_a_state_that_leaves_owes_no_more(
    admin: httpx.AsyncClient, sessions: Sessions, worker: Worker, tmp_path: Path
):
    found = await obligation(admin, "MLT", "2026")
    left = tmp_path / "memberships.yaml"
    left.write_text(
        "framework: ccm\nmemberships:\n"
        "- {state: MLT, consent: 2009-09-24, entry_into_force: 2010-08-01, withdrawal: 2027-01-01}\n"
    )
    await load(sessions, left)
    worker.now = NOW

    await keep_obligations({"tools": worker.tools})

    assert await items(admin, state="MLT", framework="ccm", period="2026") == []
    assert (await entry(sessions, found)).reason == "not-owed"
    assert await items(admin, state="MLT", framework="ccm", period="2025") != []


async def test_what_was_withdrawn_or_handed_in_unseen_is_settled_within_the_hour(
    admin: httpx.AsyncClient, sessions: Sessions, worker: Worker
):
    path = await handed_in(admin, "IRL", "2026")
    async with sessions.begin() as session:
        found = await session.scalar(select(Obligation).where(Obligation.submission == path[-36:]))
        assert found is not None
        found.status, found.submission, found.met_on = "open", None, None
    worker.now = NOW

    await keep_obligations({"tools": worker.tools})

    assert (await obligation(admin, "IRL", "2026"))["submission"] == path[-36:]


@pytest.mark.parametrize(
    ("schedules", "problems"),
    [
        ("- {framework: nowhere, report: R, due: 04-30, time_zone: UTC, first: 2024, source: S}",
         [("/reporting_schedules/0/framework", "unknown-framework", 2)]),
        ("- &a {framework: lap, report: R, due: 04-30, time_zone: UTC, first: 2024, source: S}\n"
         "- {framework: lap, report: R, due: 04-30, time_zone: UTC, first: 2024, source: S}",
         [("/reporting_schedules/1/framework", "repeated", 3)]),
        ("- {framework: lap, report: R, due: 02-29, time_zone: UTC, first: 2024, source: S}",
         [("/reporting_schedules/0/due", "value-error", 2)]),
    ],
)  # fmt: skip
async def test_schedules_that_cannot_be_are_refused_with_their_lines(
    sessions: Sessions, tmp_path: Path, schedules: str, problems: list[Any]
):
    file = tmp_path / "reporting-cycles.yaml"
    file.write_text(f"reporting_schedules:\n{schedules.replace('&a ', '')}\n")

    with pytest.raises(Invalid) as refused:
        await load(sessions, file)

    assert [(item.pointer, item.code, item.row) for item in refused.value.problems] == problems


async def test_a_report_ends_the_reminders_of_its_obligation(admin: httpx.AsyncClient):
    rule = {
        "subject": {"kind": "obligations", "framework": "ccm", "state": "SWE"},
        "offsets": ["-P30D", "-P7D"],
        "recipients": [{"email": "reports@example.org"}],
        "channel": "email",
    }
    await admin.put("/v1/frameworks/ccm/reporting-cycles/2016", json=cycle("2150-04-30", states=["SWE"]))
    made = await admin.post("/v1/reminder-rules", json=rule)
    assert made.status_code == 201, made.text
    found = await obligation(admin, "SWE", "2016")

    async def ledger() -> set[tuple[str, str, str]]:
        answer = await admin.get("/v1/deliveries", params={"rule": made.json()["id"], "limit": "500"})
        return {
            (item["due_at"][:10], item["offset"], item["status"])
            for item in answer.json()["items"]
            if item["due_at"] > "2149"
        }

    assert await ledger() == {("2150-03-31", "-P30D", "scheduled"), ("2150-04-23", "-P7D", "scheduled")}
    await change(admin, found, due_on="2150-06-30")
    assert await ledger() == {("2150-05-31", "-P30D", "scheduled"), ("2150-06-23", "-P7D", "scheduled")}
    await handed_in(admin, "SWE", "2016")
    assert {status for _, _, status in await ledger()} == {"skipped"}


async def test_workers_that_open_a_year_at_the_same_time_open_it_once(
    admin: httpx.AsyncClient, settings: Settings, sessions: Sessions, sandbox: Sandbox
):
    workers = [Worker(settings, sessions, sandbox) for _ in range(3)]
    for one in workers:
        one.now = datetime(2027, 1, 1, 0, 5, tzinfo=UTC)

    await asyncio.gather(
        *(keep_obligations({"tools": one.tools}) for one in workers),
        admin.put("/v1/frameworks/ccm/reporting-cycles/2027", json=cycle("2028-05-31")),
    )

    found = await items(admin, framework="ccm", period="2027")
    assert len(found) == len({item["state"] for item in found}) > 110
    assert {item["due_on"] for item in found} == {"2028-05-31"}, "what is put stands before the rule"
