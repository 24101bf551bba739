"""Reports that were handed in elsewhere: people say when, and the obligation is met."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from schemas.access import Scope
from services.database import Sessions
from services.worker.timetable import keep_obligations
from tests.api.given import pointers, problem_of
from tests.api.owing import Found, change, cycle, entry, handed_in, items, obligation
from tests.api.reminding import share_clock
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CYCLE = "/v1/frameworks/ccm/reporting-cycles/2020"
IN_TIME, LATE = "2021-04-12", "2021-05-12"


@pytest.fixture(autouse=True)
async def put(app: FastAPI, worker: Worker, admin: httpx.AsyncClient) -> None:
    """It is 23 November 2026, and somebody has asked for the reports on 2020."""
    worker.now = NOW
    share_clock(app, worker)
    made = await admin.put(CYCLE, json=cycle("2021-04-30"))
    assert made.status_code in (200, 201), made.text


async def met(client: httpx.AsyncClient, state: str, met_on: str = IN_TIME, **more: Any) -> Found:
    """The State's obligation, after somebody has said that its report was handed in elsewhere."""
    found = await obligation(client, state, "2020")
    answer = await change(client, found, status="met", met_on=met_on, **more)
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == (await client.get(f"/v1/obligations/{found['id']}")).headers["etag"]
    shown: Found = answer.json()
    return shown


def standing(found: Found) -> tuple[Any, ...]:
    return tuple(found[name] for name in ("status", "met_on", "on_time", "elsewhere_on", "submission"))


@pytest.mark.parametrize(("state", "day", "on_time"), [("HRV", IN_TIME, True), ("NOR", LATE, False)])
async def test_what_was_handed_in_elsewhere_is_met_on_that_day(
    admin: httpx.AsyncClient, sessions: Sessions, state: str, day: str, on_time: bool
):
    found = await met(admin, state, day, reason="In the database of UNODA.")

    assert standing(found) == ("met", day, on_time, day, None)
    assert found["reason"] == "In the database of UNODA."
    entered = await entry(sessions, found)
    assert (entered.status, entered.reason) == ("done", "submitted")


async def test_it_counts_in_the_rates(admin: httpx.AsyncClient, anonymous: httpx.AsyncClient):
    async def rates() -> Found:
        answer = await anonymous.get("/v1/frameworks/ccm/reporting-rates", params={"cycle": "2020"})
        return dict(answer.json())

    before = await rates()
    await met(admin, "FRA", IN_TIME)
    await met(admin, "ESP", LATE)
    after = await rates()

    assert (after["actual"], after["on_time"]) == (before["actual"] + 2, before["on_time"] + 1)
    assert after["expected"] == before["expected"]


async def test_it_is_undone_as_a_waiver_is(admin: httpx.AsyncClient, sessions: Sessions):
    found = await met(admin, "ALB")

    undone = await change(admin, found, status="open", reason="That was the report on 2019.")

    assert standing(undone.json()) == ("overdue", None, None, None, None)
    assert undone.json()["reason"] == "That was the report on 2019."
    assert (await entry(sessions, found)).status == "open"


async def test_the_day_can_be_put_right(admin: httpx.AsyncClient):
    await met(admin, "AUT", LATE)

    assert standing(await met(admin, "AUT", IN_TIME)) == ("met", IN_TIME, True, IN_TIME, None)


async def test_a_waiver_ends_by_it(admin: httpx.AsyncClient):
    found = await obligation(admin, "ITA", "2020")
    await change(admin, found, status="waived")

    assert (await met(admin, "ITA"))["status"] == "met"
    assert (await change(admin, found, status="open")).json()["status"] == "overdue"


async def test_the_same_report_filed_here_later_keeps_the_day(admin: httpx.AsyncClient):
    await met(admin, "BEL")

    path = await handed_in(admin, "BEL", "2020")

    filed = await obligation(admin, "BEL", "2020")
    assert standing(filed) == ("met", IN_TIME, True, IN_TIME, path[-36:])
    await admin.post(f"{path}/withdraw")
    assert standing(await obligation(admin, "BEL", "2020")) == ("met", IN_TIME, True, IN_TIME, None)


async def test_a_report_filed_here_late_was_on_time_elsewhere(admin: httpx.AsyncClient):
    path = await handed_in(admin, "DNK", "2020")
    late = await obligation(admin, "DNK", "2020")

    found = await met(admin, "DNK")

    assert standing(late) == ("met", "2026-11-23", False, None, path[-36:])
    assert standing(found) == ("met", IN_TIME, True, IN_TIME, path[-36:])
    undone = await change(admin, found, status="open")
    assert standing(undone.json()) == standing(late), "the report that is here counts as before"


async def test_the_first_of_two_reports_counts(admin: httpx.AsyncClient, worker: Worker):
    await handed_in(admin, "SWE", "2020")
    worker.now = datetime(2026, 11, 30, tzinfo=UTC)

    found = await met(admin, "SWE", "2026-11-29")

    assert (found["met_on"], found["elsewhere_on"]) == ("2026-11-23", "2026-11-29")


async def test_a_report_that_counts_does_so_still_though_the_cycle_was_locked_afterwards(
    admin: httpx.AsyncClient,
):
    path = await handed_in(admin, "LTU", "2020")
    await admin.put(CYCLE, json=cycle("2021-04-30", locked_on="2022-01-01"))

    found = await met(admin, "LTU")
    undone = await change(admin, found, status="open")

    assert standing(found) == ("met", IN_TIME, True, IN_TIME, path[-36:])
    assert standing(undone.json()) == ("met", "2026-11-23", False, None, path[-36:])


async def test_it_stays_so_every_hour(admin: httpx.AsyncClient, worker: Worker):
    for state in ("CHE", "MEX"):
        await met(admin, state)
    path = await handed_in(admin, "MEX", "2020")
    before = [await obligation(admin, state, "2020") for state in ("CHE", "MEX")]

    await keep_obligations({"tools": worker.tools})
    await admin.put(CYCLE, json=cycle("2021-04-30"))

    assert [await obligation(admin, state, "2020") for state in ("CHE", "MEX")] == before
    assert before[1]["submission"] == path[-36:]


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2026-11-24", "day-in-the-future"),
        ("2019-12-31", "before-period"),
        ("2022-01-01", "after-lock"),
    ],
)
async def test_a_day_on_which_it_cannot_have_been_handed_in_is_refused(
    admin: httpx.AsyncClient, day: str, code: str
):
    await admin.put(CYCLE, json=cycle("2021-04-30", locked_on="2022-01-01" if code == "after-lock" else None))
    found = await obligation(admin, "IRL", "2020")

    answer = await change(admin, found, status="met", met_on=day)

    assert pointers(problem_of(answer, 422, code)) == {"/met_on": code}
    assert (await obligation(admin, "IRL", "2020"))["status"] == "overdue"


async def test_today_is_that_of_those_who_take_the_reports_in(admin: httpx.AsyncClient, worker: Worker):
    found = await obligation(admin, "PRT", "2020")
    worker.now = datetime(2026, 11, 23, 22, 59, tzinfo=UTC)
    early = await change(admin, found, status="met", met_on="2026-11-24")
    worker.now = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)

    problem_of(early, 422, "day-in-the-future")
    assert (await met(admin, "PRT", "2026-11-24"))["on_time"] is False


async def test_the_period_of_a_cycle_begins_where_the_cycle_says(admin: httpx.AsyncClient):
    covered = cycle("2027-05-03", covers_from="2023-01-01", covers_to="2026-12-31", states=["HRV"])
    await admin.put("/v1/frameworks/crpd/reporting-cycles/2027", json=covered)
    found = await obligation(admin, "HRV", "2027", "crpd")

    refused = await change(admin, found, status="met", met_on="2022-12-31")

    problem_of(refused, 422, "before-period")
    assert (await change(admin, found, status="met", met_on="2023-01-01")).json()["on_time"] is True


async def test_what_has_been_met_elsewhere_is_not_extended_or_waived(admin: httpx.AsyncClient):
    found = await met(admin, "SVN")

    for changes in ({"due_on": "2098-05-31"}, {"status": "waived"}):
        problem = problem_of(await change(admin, found, **changes), 409, "wrong-status")
        assert problem["obligation_status"] == "met"


@pytest.mark.parametrize(
    "body",
    [
        {"status": "met"},
        {"status": "met", "met_on": None},
        {"status": "met", "met_on": "yesterday"},
        {"status": "open", "met_on": IN_TIME},
        {"status": "waived", "met_on": IN_TIME},
        {"met_on": IN_TIME},
        {"due_on": "2099-01-01", "met_on": IN_TIME},
        {"due_on": "2099-01-01", "status": "met", "met_on": IN_TIME},
    ],
)
async def test_a_day_goes_with_what_was_met_and_with_nothing_else(admin: httpx.AsyncClient, body: Found):
    found = await obligation(admin, "HUN", "2020")

    problem_of(await change(admin, found, **body), 422, "validation-failed")


async def test_a_states_key_does_not_say_so_of_itself(client_with: ClientMaker):
    croatia = await client_with(Scope.FOLLOW_UP_WRITE, state="HRV")
    reader = await client_with(Scope.MEETINGS_WRITE)
    [own] = await items(croatia, framework="ccm", period="2020")

    problem_of(await change(croatia, own, status="met", met_on=IN_TIME), 403, "other-state")
    problem_of(await change(reader, own, status="met", met_on=IN_TIME), 403, "scope-missing")


async def test_reminders_of_it_end(admin: httpx.AsyncClient):
    await admin.put("/v1/frameworks/ccm/reporting-cycles/2026", json=cycle("2027-04-30", states=["LUX"]))
    rule = {
        "subject": {"kind": "obligations", "framework": "ccm", "state": "LUX"},
        "offsets": ["-P30D"],
        "recipients": [{"email": "reports@example.org"}],
        "channel": "email",
    }
    made = (await admin.post("/v1/reminder-rules", json=rule)).json()

    async def ledger() -> list[str]:
        answer = await admin.get("/v1/deliveries", params={"rule": made["id"]})
        return [item["status"] for item in answer.json()["items"] if item["due_at"] > "2027"]

    assert await ledger() == ["scheduled"]
    found = await obligation(admin, "LUX", "2026")
    await change(admin, found, status="met", met_on="2026-11-20")

    assert await ledger() == ["skipped"]


async def test_two_who_say_so_at_once_do_not_undo_each_other(admin: httpx.AsyncClient):
    path = f"/v1/obligations/{(await obligation(admin, 'MLT', '2020'))['id']}"
    tag = {"If-Match": (await admin.get(path)).headers["etag"]}
    bodies = [{"status": "met", "met_on": day, "reason": "x"} for day in (IN_TIME, LATE)]

    answers = await asyncio.gather(*(admin.patch(path, json=body, headers=tag) for body in bodies))

    assert sorted(answer.status_code for answer in answers) == [200, 412]
