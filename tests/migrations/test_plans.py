"""Plans of the release before have what this release asks of plans, and keep their work on the way back."""

from __future__ import annotations

import httpx
from alembic import command

from tests.api.planning import changed, drawn_up
from tests.conftest import Servers, execute
from tests.migrations.test_migrations import fetched, migrated

INSERTED = (
    'INSERT INTO plans (id, framework, edition, title, owner, start, "end", version) '
    "VALUES ('0198c0de-0000-7000-8000-000000000001', 'cim-plan', '2016.1', 'Plan', 'OAS', '2016-01-01', "
    "'2021-12-31', 1)"
)


async def test_a_process_of_the_release_before_goes_on_drawing_up_plans(
    place: Servers, admin: httpx.AsyncClient
):
    await execute(place.database_url, INSERTED)

    found = (await admin.get("/v1/plans/0198c0de-0000-7000-8000-000000000001")).json()

    assert (found["rollup"], found["from"]) == ("leaves", None)


async def test_going_back_keeps_the_work_and_takes_reports_to_forums_out_of_the_calendar(
    place: Servers, admin: httpx.AsyncClient
):
    path = await drawn_up(admin, owner="CRI", **{"from": {"document": "An audit"}})
    line = {"amount": "1", "currency": "CRC", "stage": "planned"}
    await changed(admin, f"{path}/items/s1.a1.m1", status="done", due="2027-06-30", weight=2, budget=[line])
    await admin.put(f"{path}/forums/imrf/2026", json={"due": "2026-03-31"})
    entries = "SELECT path FROM calendar_entries WHERE kind = 'milestone' ORDER BY path"
    assert len(await fetched(place, entries)) == 2

    await migrated(place, command.downgrade, "0017")

    assert [row["path"] for row in await fetched(place, entries)] == [f"{path}/items/s1.a1.m1"]
    await migrated(place, command.upgrade, "head")
    item = (await admin.get(f"{path}/items/s1.a1.m1")).json()
    assert (item["status"], item["due"]) == ("done", "2027-06-30")
    assert (item["weight"], item["budget"], item["stakeholders"]) == (1.0, [], [])
    assert (await admin.get(path)).json()["from"] is None
