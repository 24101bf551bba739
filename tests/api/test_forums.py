"""Reports to the reviews under the Global Compact: in the years of a plan, in order, in the calendar."""

from __future__ import annotations

from datetime import date

import httpx
import pytest
from sqlalchemy import select

from domain.calendar.models import Entry
from services.database import Sessions
from tests.api.given import pointers, problem_of
from tests.api.planning import Found, changed, drawn_up
from tests.api.test_six_steps import put


async def test_forums_fall_into_the_years_of_the_plan_and_reports_to_them_are_in_the_calendar(
    admin: httpx.AsyncClient, sessions: Sessions
):
    path = await drawn_up(admin, owner="MEX", start="2025-01-01", end="2028-12-31")
    await changed(admin, f"{path}/items/s6.a2.m3", status="under-way")

    async def entry() -> tuple[str, str | None, date | None]:
        async with sessions() as session:
            row = await session.scalar(select(Entry).where(Entry.path == f"{path}/forums/imrf/2026"))
        assert row is not None
        assert (row.kind, row.state, row.framework) == ("milestone", "MEX", "gcm-six-steps")
        return row.status, row.reason, row.due_on

    listed = (await admin.get(f"{path}/forums")).json()["items"]
    assert [(one["forum"], one["year"]) for one in listed] == [
        ("imrf", 2026), ("secretary-general-report", 2026),
        ("regional-review", 2028), ("secretary-general-report", 2028),
    ]  # fmt: skip
    assert listed[0]["preparation"][-1] == {"ref": "s6.a2.m3", "status": "under-way"}
    one = f"{path}/forums/imrf/2026"
    first = await put(admin, one, {"on": "2026-05-05", "due": "2026-03-31"})
    assert (first.status_code, first.json()["on_time"]) == (201, None)
    assert await entry() == ("open", None, date(2026, 3, 31))
    said = {"on": "2026-05-05", "due": "2026-03-31", "submitted_on": "2026-04-01", "evidence": ["GCM/HRV/1"]}
    second = await put(admin, one, said, first.headers["etag"])
    assert (second.status_code, second.json()["on_time"]) == (200, False)
    assert await entry() == ("done", "submitted", date(2026, 3, 31))
    assert (await admin.get(one)).json() == second.json()
    third = await put(admin, one, {"on": "2026-05-05"}, second.headers["etag"])
    assert third.json()["on_time"] is None
    assert await entry() == ("cancelled", "undated", date(2026, 3, 31))
    problem_of(await put(admin, one, said), 428, "precondition-required")
    for nowhere in ("imrf/2027", "imrf/2030", "regional-review/2026"):
        problem_of(await admin.get(f"{path}/forums/{nowhere}"), 404, "not-found")
        problem_of(await put(admin, f"{path}/forums/{nowhere}", said), 404, "not-found")
    problem_of(await put(admin, f"{path}/forums/congress/2026", said), 422, "validation-failed")


@pytest.mark.parametrize(
    ("one", "said", "found"),
    [
        ("imrf/2026", {"on": "2025-12-31"}, {"/on": "another-year"}),
        ("imrf/2026", {"on": "2027-01-01"}, {"/on": "another-year"}),
        ("imrf/2026", {"due": "2024-12-31"}, {"/due": "another-year"}),
        ("regional-review/2024", {"on": "2026-01-01"}, {"/on": "another-year"}),
        ("imrf/2026", {"submitted_on": "2150-01-01"}, {"/submitted_on": "day-in-the-future"}),
        (
            "imrf/2026",
            {"on": "1999-05-05", "due": "2150-01-01", "submitted_on": "2150-01-01"},
            {"/on": "another-year", "/due": "another-year", "/submitted_on": "day-in-the-future"},
        ),
    ],
)
async def test_a_report_to_a_forum_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, one: str, said: Found, found: dict[str, str]
):
    path = await drawn_up(admin, start="2024-01-01")

    answer = await put(admin, f"{path}/forums/{one}", said)

    assert pointers(problem_of(answer, 422, next(iter(found.values())))) == found
    assert (await admin.get(f"{path}/forums/{one}")).json()["etag"] is None


async def test_the_regions_may_meet_in_the_year_after_and_reports_be_due_in_the_year_before(
    admin: httpx.AsyncClient,
):
    path = await drawn_up(admin, start="2024-01-01")

    said = {"on": "2025-03-19", "due": "2023-12-31"}

    assert (await put(admin, f"{path}/forums/regional-review/2024", said)).status_code == 201


async def test_a_report_that_was_recorded_stays_when_the_years_of_the_plan_change(
    admin: httpx.AsyncClient, sessions: Sessions
):
    path = await drawn_up(admin, start="2026-01-01", end="2030-12-31")
    one = f"{path}/forums/secretary-general-report/2030"
    first = await put(admin, one, {"due": "2030-03-01"})
    assert first.status_code == 201, first.text

    await changed(admin, path, end="2029-06-30")

    assert (await admin.get(one)).json() == first.json()
    listed = (await admin.get(f"{path}/forums")).json()["items"]
    assert [item for item in listed if item["year"] > 2029] == [first.json()]
    submitted = await put(
        admin, one, {"due": "2030-03-01", "submitted_on": "2026-01-15"}, first.headers["etag"]
    )
    assert submitted.status_code == 200, submitted.text
    async with sessions() as session:
        entry = await session.scalar(select(Entry).where(Entry.path == one))
    assert entry is not None
    assert (entry.status, entry.reason) == ("done", "submitted")
    problem_of(await admin.get(f"{path}/forums/imrf/2030"), 404, "not-found")
