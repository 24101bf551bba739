"""What the first release published, and goes on publishing while this one starts, is whole afterwards."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from services.database import MIGRATIONS, open_engine
from services.migrating import migrate
from tests.conftest import TEST_NAME, Servers, execute

Found = dict[str, Any]

FINGERPRINTS = {
    "2020": "05087ff25beea162103e57908f017f9cbddf24ebed085bd6458892b7ba085dcb",
    "2022": "5d389e8abb09b51f81740ce260c2fa8647393275ab111f66704a24d34a5e3da4",
    "2024": "96ad2a242ab06f7793d43923060b8b86c0eadf653688e9b68bac14939b6879bb",
    "2026": "ba29ca80ec9c713eecd0368ea0ada8ad231e8670b8e1afe479e0d7c8f38e20e5",
}
"""As the first release computed them of the documents below."""


def document(edition: str, header: Found) -> Found:
    return {
        "framework": {"key": "plan", "kind": "action-plan", **header},
        "edition": {
            "key": edition,
            "published": f"{edition}-01-31",
            "languages": ["en", "fr"],
            "source": "A/1",
        },
        "provisions": [
            {"ref": "aim-1", "kind": "goal", "title": {"en": "Aims", "fr": "Réunions"}},
            {
                "ref": "action-1",
                "parent": "aim-1",
                "kind": "action",
                "title": {"en": "Count people"},
                "summary": {"en": "Count them."},
                "source": "para. 3",
            },
        ],
        "indicators": [
            {"ref": "i-1", "provision": "action-1", "title": {"en": "People counted"}, "kind": "number"}
        ],
        "claims": [
            {"other": "other", "figure": 3, "as_of": "2020-01-31", "statement": "Three.", "source": "A/1"}
        ],
    }


OLD = document("2020", {"title": {"en": "Former name"}, "short_title": "FN", "adopted": "2019-12-31"})
MIDDLE = document("2022", {"title": {"en": "Middle name"}})
PRESENT = document("2024", {"title": {"en": "Present name", "fr": "Nom présent"}, "body": "Assembly"})
COMING = document("2026", {"title": {"en": "Coming name"}})


async def publish(connection: asyncpg.Connection, library: Found, *, latest: bool) -> None:
    """The statements of the first release, in their order."""
    async with connection.transaction():
        facts = _facts(library["framework"])
        await connection.execute(
            "INSERT INTO frameworks (key, kind, title, short_title, body, adopted, parent) "
            "VALUES ($1, $2, $3, $4, $5, $6, NULL) ON CONFLICT DO NOTHING",
            *facts,
        )
        await _save(connection, library)
        if latest:
            await connection.execute(
                "UPDATE frameworks SET kind = $2, title = $3, short_title = $4, body = $5, adopted = $6 "
                "WHERE key = $1",
                *facts,
            )


def _facts(header: Found) -> tuple[Any, ...]:
    adopted = header.get("adopted")
    return (
        header["key"], header["kind"], json.dumps(header["title"]), header.get("short_title"),
        header.get("body"), date.fromisoformat(adopted) if adopted else None,
    )  # fmt: skip


async def _save(connection: asyncpg.Connection, library: Found) -> None:
    key, edition = library["edition"]["key"], uuid4()
    await connection.execute(
        "INSERT INTO editions (id, framework_key, key, status, published, languages, source, fingerprint) "
        "VALUES ($1, 'plan', $2, 'published', $3, $4, 'A/1', $5)",
        edition, key, date.fromisoformat(library["edition"]["published"]), ["en", "fr"], FINGERPRINTS[key],
    )  # fmt: skip
    for position, item in enumerate(library["provisions"]):
        await connection.execute(
            "INSERT INTO provisions (id, edition_id, ref, parent, position, depth, kind, title, summary, "
            "assessable, themes, source, verified, title_source) "
            "VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, true, '{}', $9, true, 'official')",
            uuid4(), edition, item["ref"], item.get("parent"), position, item["kind"],
            json.dumps(item["title"]), json.dumps(item["summary"]) if "summary" in item else None,
            item.get("source"),
        )  # fmt: skip
    await _save_indicator_and_claim(connection, edition)


async def _save_indicator_and_claim(connection: asyncpg.Connection, edition: UUID) -> None:
    await connection.execute(
        "INSERT INTO indicators (id, edition_id, ref, provision_ref, position, title, kind, disaggregation, "
        "verified) VALUES ($1, $2, 'i-1', 'action-1', 0, $3, 'number', '{}', true)",
        uuid4(), edition, json.dumps({"en": "People counted"}),
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO claims (id, edition_id, other, figure, as_of, statement, source) "
        "VALUES ($1, $2, 'other', 3, '2020-01-31', 'Three.', 'A/1')",
        uuid4(), edition,
    )  # fmt: skip


def upgrade_to_first(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")


@pytest.fixture
async def place(servers: Servers) -> AsyncIterator[Servers]:
    """A database that the first release made and published in, as the migrations leave it."""
    name = f"{TEST_NAME}_{uuid4().hex[:8]}"
    await execute(servers.database_url, f'CREATE DATABASE "{name}"')
    made = servers.with_database(name)
    engine = open_engine(made.database_url, pool=2)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade_to_first)
    await as_first_release(made, (OLD, True), (PRESENT, True))
    await migrate(engine)
    await engine.dispose()
    yield made
    await execute(servers.database_url, f'DROP DATABASE "{name}" WITH (FORCE)')


async def as_first_release(place: Servers, *documents: tuple[Found, bool]) -> None:
    connection = await asyncpg.connect(place.database_url.replace("+asyncpg", ""))
    try:
        for library, latest in documents:
            await publish(connection, library, latest=latest)
    finally:
        await connection.close()


def address(library: Found) -> str:
    return f"/v1/frameworks/plan/editions/{library['edition']['key']}"


async def exported(client: httpx.AsyncClient, library: Found) -> Found:
    found: Found = (await client.get(address(library))).json()
    return found


async def brought(client: httpx.AsyncClient, library: Found) -> str:
    answer = await client.put(address(library), json=library)
    return str(answer.json().get("status"))


async def found(client: httpx.AsyncClient, words: str) -> list[str]:
    """What of the plan has all the words."""
    items = (await client.get("/v1/search", params={"q": words})).json()["items"]
    return [item["reference"] for item in items if item["match"] == "words"]


async def test_editions_of_the_first_release_are_their_documents_again(admin: httpx.AsyncClient):
    assert await exported(admin, PRESENT) == PRESENT
    assert await brought(admin, await exported(admin, OLD)) == "unchanged"

    assert [await brought(admin, library) for library in (OLD, PRESENT, OLD)] == ["unchanged"] * 3

    assert [await exported(admin, library) for library in (OLD, PRESENT)] == [OLD, PRESENT]
    assert (await admin.get("/v1/frameworks/plan")).json()["title"] == PRESENT["framework"]["title"]
    assert await found(admin, "nom present") == ["plan"]
    assert await found(admin, "count people") == ["plan:action-1", "plan:i-1"]


async def test_a_document_that_says_more_is_not_the_one_of_the_first_release(admin: httpx.AsyncClient):
    target = {"printed": "12", "kind": "number", "number": 12}
    more = OLD | {"indicators": [OLD["indicators"][0] | {"targets": [target]}]}

    assert (await admin.put(address(OLD), json=more)).status_code == 409
    assert (await admin.put(address(OLD), json=OLD | {"claims": []})).status_code == 409


async def test_what_a_process_of_the_first_release_still_publishes_is_whole(
    place: Servers, admin: httpx.AsyncClient
):
    await as_first_release(place, (COMING, True), (MIDDLE, False))

    assert await exported(admin, COMING) == COMING
    assert await found(admin, "coming name") == ["plan"]
    assert await found(admin, "count people") == ["plan:action-1", "plan:i-1"]
    assert (await admin.get("/v1/frameworks/plan")).json()["edition"]["key"] == "2026"
    assert [await brought(admin, library) for library in (COMING, MIDDLE)] == ["unchanged"] * 2
    assert await exported(admin, MIDDLE) == MIDDLE
