"""Ledgers of the release before stay as they are, and those of this one could become theirs again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import httpx
from alembic import command

from services.worker.timetable import keep_obligations
from tests.api.owing import change, cycle, obligation
from tests.conftest import Servers, execute
from tests.migrations.test_migrations import fetched, migrated
from tests.worker_in_process import Worker

KEPT = "SELECT framework, kept_from FROM reporting_schedules ORDER BY framework"
LOADED_BY_THE_RELEASE_BEFORE = (
    "INSERT INTO reporting_schedules (framework, report, due, time_zone, first, source) "
    "VALUES ('{}', 'Report', '04-30', 'UTC', 2019, 'S') ON CONFLICT (framework) DO UPDATE SET first = 2019"
)


async def test_what_was_kept_is_kept_from_its_first_year_and_new_schedules_from_today(place: Servers):
    await migrated(place, command.downgrade, "0018")
    await execute(place.database_url, "UPDATE reporting_schedules SET first = 2022 WHERE framework = 'ccm'")

    await migrated(place, command.upgrade, "0019")

    kept = {"apmbc": date(2024, 1, 1), "ccm": date(2022, 1, 1)}
    assert dict(await fetched(place, KEPT)) == kept
    [(before,)] = await fetched(place, "SELECT current_date")
    for framework in ("ccm", "lap"):
        await execute(place.database_url, LOADED_BY_THE_RELEASE_BEFORE.format(framework))
    [(after,)] = await fetched(place, "SELECT current_date")
    found = dict(await fetched(place, KEPT))
    assert before <= found.pop("lap") <= after
    assert found == kept
    await migrated(place, command.upgrade, "head")


async def test_what_was_handed_in_elsewhere_stays_met_on_the_way_back(
    place: Servers, admin: httpx.AsyncClient, worker: Worker
):
    await admin.put("/v1/frameworks/ccm/reporting-cycles/2020", json=cycle("2021-04-30"))
    found = await obligation(admin, "HRV", "2020")
    await change(admin, found, status="met", met_on="2021-04-12")

    await migrated(place, command.downgrade, "0018")
    await migrated(place, command.upgrade, "head")
    worker.now = datetime(2026, 11, 23, tzinfo=UTC)
    await keep_obligations({"tools": worker.tools})

    shown = await obligation(admin, "HRV", "2020")
    assert (shown["status"], shown["met_on"], shown["on_time"]) == ("met", "2021-04-12", True)
    assert (await change(admin, shown, status="open")).json()["status"] == "overdue", "it can be taken back"
