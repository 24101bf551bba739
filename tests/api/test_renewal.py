"""A newer rubric, thesaurus or engine: what was proposed is marked, and whole cycles are assessed again."""

from __future__ import annotations

import httpx
from sqlalchemy import text

from schemas.access import Scope
from services.database import Sessions
from services.worker.timetable import retire_outdated
from tests.api.given import problem_of
from tests.api.reviewing import apmbc, bring, case, cycle, listed
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker


async def test_a_newer_rubric_makes_undecided_proposals_obsolete_at_once(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker
):
    await bring(admin, "7")
    one, two = await case(admin, worker, apmbc("DNK")), await case(admin, worker, apmbc("ECU"))
    await one.decide("victim-assistance", level=1, reason="Only a plan.")
    await two.post("publish")
    before = await admin.get(f"{one.path}/assessment")

    await bring(admin, "8")

    after = await admin.get(f"{one.path}/assessment")
    assert before.headers["etag"] != after.headers["etag"]
    assert [item["obsolete"] for item in after.json()["findings"]] == [False, True]
    without = {"obsolete": None}
    assert [item | without for item in after.json()["findings"]] == [
        item | without for item in before.json()["findings"]
    ]
    published = (await anonymous.get(f"{two.path}/assessment")).json()
    assert [item["obsolete"] for item in published["findings"]] == [False, False]


async def test_proposals_of_an_older_engine_or_thesaurus_become_obsolete(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    await bring(admin, "9")
    cases = {
        state: await case(admin, worker, apmbc(state, period="2023"))
        for state in ("ESP", "FRA", "GTM", "HND")
    }
    by = {"ESP": "engine = '0.9.10'", "FRA": "thesaurus = '2020.1'", "GTM": "engine = '99.0.0'"}
    async with sessions.begin() as session:
        for state, values in by.items():
            where = "submission_id = (SELECT id FROM submissions WHERE state = :state AND period = '2023')"
            await session.execute(text(f"UPDATE assessments SET {values} WHERE {where}"), {"state": state})

    await retire_outdated({"tools": worker.tools})

    obsolete = {
        state: {item["obsolete"] for item in (await one.assessment())["findings"]}
        for state, one in cases.items()
    }
    assert obsolete == {"ESP": {True}, "FRA": {True}, "GTM": {False}, "HND": {False}}


async def test_a_whole_cycle_is_assessed_again_as_one_job(
    admin: httpx.AsyncClient, reviewer: httpx.AsyncClient, worker: Worker
):
    await bring(admin, "10")
    reports = [await case(admin, worker, apmbc(state, period="2022")) for state in ("IRL", "ITA", "JPN")]
    await case(admin, worker, apmbc("IRL", period="2021"))
    await reports[0].decide("victim-assistance", level=1, reason="Only a plan.")
    await reports[2].post("publish")
    await bring(admin, "11")
    assert len(await listed(reviewer, framework="apmbc", period="2022", obsolete=True)) == 2

    asked = await cycle(reviewer, period="2022")
    twice = await cycle(reviewer, period="2022")
    await worker.drain()

    assert asked.status_code == 202
    assert twice.json()["id"] == asked.json()["id"]
    job = (await reviewer.get(asked.headers["location"])).json()
    assert (job["status"], job["attempts"]) == ("succeeded", 1)
    assert job["progress"] == {"done": 2, "failed": 0, "total": 2, "phase": "assessing"}
    parts = (await reviewer.get("/v1/jobs", params={"part_of": job["id"]})).json()["items"]
    assert [(part["kind"], part["status"]) for part in parts] == [("assess-submission", "succeeded")] * 2
    done = (await reviewer.get(job["result"])).json()["items"]
    assert {item["state"]: item["rubric"] for item in done} == {
        "IRL": "apmbc-short@11",
        "ITA": "apmbc-short@11",
        "JPN": "apmbc-short@10",
    }
    assert [(item["criteria"], item["decided"], item["obsolete"]) for item in done] == [
        (2, 0, 0),
        (2, 1, 0),
        (2, 0, 0),
    ]
    assert await listed(reviewer, framework="apmbc", period="2022", obsolete=True) == []
    assert [
        item["period"] for item in await listed(reviewer, framework="apmbc", state="IRL", obsolete=True)
    ] == ["2021"]


async def test_a_cycle_that_is_up_to_date_is_done_at_once(admin: httpx.AsyncClient, worker: Worker):
    asked = await cycle(admin, period="2010")
    await worker.drain()

    job = (await admin.get(asked.headers["location"])).json()
    assert (job["status"], job["progress"]["done"]) == ("succeeded", 0)


async def test_a_report_that_cannot_be_assessed_does_not_hold_up_the_cycle(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    await bring(admin, "12")
    reports = [await case(admin, worker, apmbc(state, period="2019")) for state in ("LAO", "LBN")]
    await bring(admin, "13")
    asked = await cycle(admin, period="2019")
    await worker.carry_out_due()
    async with sessions.begin() as session:
        poisoned = {"subject": f"{reports[0].path.rpartition('/')[2]}.1"}
        await session.execute(
            text("UPDATE jobs SET status = 'failed' WHERE subject = :subject AND status = 'queued'"), poisoned
        )

    await worker.drain()

    job = (await admin.get(asked.headers["location"])).json()
    assert (job["status"], job["progress"]["done"], job["progress"]["failed"]) == ("succeeded", 2, 1)
    everything = (await admin.get("/v1/jobs", params={"limit": 500})).json()["items"]
    assert job in everything
    left = await listed(admin, framework="apmbc", period="2019", obsolete=True)
    assert [item["state"] for item in left] == ["LAO"]


async def test_a_cycle_that_lost_its_worker_goes_on_and_asks_for_nothing_twice(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    await bring(admin, "14")
    for state in ("MEX", "MNE"):
        await case(admin, worker, apmbc(state, period="2018"))
    await bring(admin, "15")
    asked = (await cycle(admin, period="2018")).json()["id"]
    await worker.carry_out_due()
    async with sessions.begin() as session:  # as if it had been lost after its parts were promised
        lost = "UPDATE jobs SET status = 'queued', epoch = epoch + 1, run_after = now() WHERE id = :id"
        await session.execute(text(lost), {"id": asked})

    await worker.drain()

    job = (await admin.get(f"/v1/jobs/{asked}")).json()
    parts = (await admin.get("/v1/jobs", params={"part_of": asked})).json()["items"]
    assert (job["status"], job["progress"]["total"], len(parts)) == ("succeeded", 2, 2)


async def test_a_cancelled_cycle_takes_its_parts_with_it(admin: httpx.AsyncClient, worker: Worker):
    await bring(admin, "16")
    await case(admin, worker, apmbc("NOR", period="2017"))
    await bring(admin, "17")
    asked = (await cycle(admin, period="2017")).json()["id"]
    await worker.carry_out_due()
    waiting = (await admin.get(f"/v1/jobs/{asked}")).json()

    cancelled = await admin.delete(f"/v1/jobs/{asked}")
    await worker.drain()

    assert (waiting["status"], waiting["progress"]["total"]) == ("running", 1)
    assert cancelled.json()["status"] == "cancelled"
    parts = (await admin.get("/v1/jobs", params={"part_of": asked})).json()["items"]
    assert [part["status"] for part in parts] == ["cancelled"]
    assert [
        item["state"] for item in await listed(admin, framework="apmbc", period="2017", obsolete=True)
    ] == ["NOR"]


async def test_a_cycle_belongs_to_all_and_needs_a_framework_with_a_rubric(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    croatia = await client_with(Scope.ASSESSMENTS_REVIEW, state="HRV")

    problem_of(await cycle(croatia), 403, "other-state")
    problem_of(await admin.post("/v1/frameworks/xyz/assessments", json={}), 404, "not-found")
    problem_of(await admin.post("/v1/frameworks/sdg/assessments", json={}), 409, "no-rubric")


async def test_a_cycle_ends_with_every_report_judged_by_what_came_in_meanwhile(
    admin: httpx.AsyncClient, worker: Worker
):
    await bring(admin, "18")
    for state in ("MLI", "MLT"):
        await case(admin, worker, apmbc(state, period="2016"))
    await bring(admin, "19")
    asked = (await cycle(admin, period="2016")).json()["id"]
    await worker.carry_out_due()  # the whole, which promises its parts
    await worker.carry_out_due()  # the parts
    await bring(admin, "20")

    assert (await cycle(admin, period="2016")).json()["id"] == asked
    await worker.drain()

    job = (await admin.get(f"/v1/jobs/{asked}")).json()
    assert (job["status"], job["progress"]["done"]) == ("succeeded", 4)
    found = await listed(admin, framework="apmbc", period="2016")
    assert {item["rubric"] for item in found} == {"apmbc-short@20"}
    assert await listed(admin, framework="apmbc", period="2016", obsolete=True) == []


async def test_a_cycle_does_not_wait_for_a_worker_of_an_older_release_to_be_as_new(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    await bring(admin, "21")
    await case(admin, worker, apmbc("MDA", period="2015"))
    older = text("UPDATE assessments SET engine = '0.9.0' WHERE rubric = 'apmbc-short@22'")
    await bring(admin, "22")
    asked = (await cycle(admin, period="2015")).json()["id"]
    await worker.carry_out_due()
    await worker.carry_out_due()
    async with sessions.begin() as session:
        await session.execute(older)

    await worker.drain()

    job = (await admin.get(f"/v1/jobs/{asked}")).json()
    assert (job["status"], job["progress"]["done"]) == ("succeeded", 1)


async def test_an_edition_that_comes_in_after_a_newer_one_judges_nothing(
    admin: httpx.AsyncClient, worker: Worker
):
    await bring(admin, "24")
    one = await case(admin, worker, apmbc("NPL", period="2014"))

    await bring(admin, "23")

    assert [item["obsolete"] for item in (await one.assessment())["findings"]] == [False, False]
    assert (await one.again())["rubric"] == "apmbc-short@24"
