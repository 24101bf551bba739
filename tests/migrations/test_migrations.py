"""The database is what the migrations make it, and they agree with the models."""

from __future__ import annotations

from collections.abc import Callable

import asyncpg
import httpx
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from domain.registry import Base
from services.database import MIGRATIONS, expected_revision, is_current, open_engine, present_revision
from services.migrating import migrate
from tests.api.given import assessed, report
from tests.conftest import Servers, execute
from tests.worker_in_process import Worker


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    return list(compare_metadata(context, Base.metadata))


async def test_models_and_migrations_agree(place: Servers):
    engine = open_engine(place.database_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_migrating_a_second_time_changes_nothing(place: Servers):
    engine = open_engine(place.database_url)
    assert await present_revision(engine) == expected_revision()
    assert await migrate(engine) is False
    await engine.dispose()


def test_there_is_one_line_of_migrations_and_its_head_has_the_highest_number():
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [expected_revision()]


async def migrated(place: Servers, step: Callable[[Config, str], None], revision: str) -> None:
    def take(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        step(config, revision)

    engine = open_engine(place.database_url)
    async with engine.begin() as connection:
        await connection.run_sync(take)
    await engine.dispose()


async def test_what_was_decided_before_decisions_were_kept_is_the_first_of_them(
    place: Servers, admin: httpx.AsyncClient, worker: Worker
):
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("HRV")))
    current = await admin.get(f"{path}/assessment")
    finding = f"/v1/assessments/{current.json()['id']}/findings/budget"
    decision = {"level": 3, "reason": "See page 4."}
    decided = await admin.patch(finding, json=decision, headers={"If-Match": current.headers["etag"]})
    await migrated(place, command.downgrade, "0002")
    await execute(
        place.database_url, "UPDATE findings SET review = review - '{evidence,carried_from}'::text[]"
    )

    await migrated(place, command.upgrade, "head")

    [kept] = (await admin.get(f"{finding}/decisions")).json()["items"]
    [review] = [item["review"] for item in decided.json()["findings"] if item["review"]]
    assert {name: kept[name] for name in review} == review


async def test_reviews_that_were_pending_before_the_calendar_knew_of_reviews_are_in_it(
    place: Servers, admin: httpx.AsyncClient, worker: Worker
):
    pending = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("HRV")))
    done = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("FRA")))
    published = (await admin.get(f"{done}/assessment")).json()["id"]
    await admin.post(f"/v1/assessments/{published}/publish")
    entries = "SELECT id, title, path, status, start, over FROM calendar_entries WHERE kind = 'review'"
    [before] = [row for row in await fetched(place, entries) if row["status"] == "open"]

    await migrated(place, command.downgrade, "0007")
    assert await fetched(place, entries) == []
    await migrated(place, command.upgrade, "head")

    assert await fetched(place, entries) == [before]
    assert before["path"] == f"{pending}/assessment"


async def fetched(place: Servers, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(place.database_url.replace("+asyncpg", ""))
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()


async def set_revision(place: Servers, revision: str) -> None:
    await execute(place.database_url, f"UPDATE alembic_version SET version_num = '{revision}'")


async def test_processes_of_this_release_go_on_when_the_next_one_has_migrated(
    place: Servers, anonymous: httpx.AsyncClient
):
    later = f"{int(expected_revision()) + 1:04}"
    assert is_current(expected_revision())

    await set_revision(place, later)

    assert is_current(later)
    assert (await anonymous.get("/readyz")).json()["checks"]["migrations"] is True


async def test_processes_wait_for_the_migrations_of_their_release(
    place: Servers, anonymous: httpx.AsyncClient
):
    await set_revision(place, "0000")

    assert not is_current("0000")
    assert not is_current(None)
    assert (await anonymous.get("/readyz")).json()["checks"]["migrations"] is False
