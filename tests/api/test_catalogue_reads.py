"""Reads of what is published: from memory, by shorter ways, and always what the database says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from schemas.frameworks import Provision, Tree
from services.settings import Settings
from tests.api.conftest import Server
from tests.api.given import problem_of
from tests.conftest import execute

READS = [
    "/v1/frameworks", "/v1/frameworks/ccm", "/v1/frameworks/ccm/tree", "/v1/frameworks/ccm/provisions",
    "/v1/frameworks/ccm/provisions?limit=5&theme=victim-assistance", "/v1/frameworks/ccm/editions",
    "/v1/frameworks/ccm/memberships?as_of=2021-09-21", "/v1/frameworks/ccm/overlaps",
    "/v1/overlaps?frameworks=ccm,crpd", "/v1/provisions/ccm:art-7", "/v1/indicators",
    "/v1/indicators?framework=sdg", "/v1/indicators/sdg:5.2.1", "/v1/themes", "/v1/instruments",
    "/v1/states", "/v1/states/HRV", "/v1/search?q=women", "/v1/schemas/library.json", "/v1/rubrics",
    "/v1/mapping-sets", "/v1/provisions/ccm:art-7/counterparts",
]  # fmt: skip


@pytest.fixture(scope="module")
def settings(server: Server) -> Settings:
    """Everything here happens on the server's database: it and this process are two beside each other."""
    return server.settings


@pytest.fixture(scope="module")
async def other(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        yield client


async def soon(holds: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(500):
        if await holds():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not come to hold within five seconds")


def plan(edition: str, *titles: str) -> dict[str, Any]:
    refs = [f"action-{number}" for number in range(len(titles))]
    return {
        "framework": {"key": "reads", "kind": "action-plan", "title": {"en": f"Plan of {edition}"}},
        "edition": {
            "key": edition, "published": f"{edition}-01-31", "languages": ["en"], "source": "A/1",
        },
        "provisions": [
            {"ref": ref, "kind": "action", "title": {"en": title}}
            for ref, title in zip(refs, titles, strict=True)
        ],
    }  # fmt: skip


async def publish(admin: httpx.AsyncClient, document: dict[str, Any]) -> None:
    place = f"/v1/frameworks/reads/editions/{document['edition']['key']}"
    assert (await admin.put(place, json=document)).status_code == 201


PINNED = [
    "/v1/frameworks/ccm/editions/2008", "/v1/frameworks/ccm/editions/2008/diff/2008",
    "/v1/frameworks/ccm?edition=2008", "/v1/frameworks/ccm/provisions?edition=2008",
    "/v1/provisions/ccm:art-7@2008", "/v1/indicators/sdg:5.2.1@2019.1",
]  # fmt: skip


@pytest.mark.parametrize("path", READS + PINNED)
async def test_a_read_of_the_catalogue_has_a_validator_and_may_be_kept_by_shared_caches(
    path: str, anonymous: httpx.AsyncClient
):
    first = await anonymous.get(path)
    again = await anonymous.get(path, headers={"If-None-Match": first.headers["etag"]})
    changed = await anonymous.get(path, headers={"If-None-Match": '"another"'})

    assert first.status_code == 200
    assert first.headers["cache-control"] == f"public, max-age={3600 if path in PINNED else 60}"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["cache-control"] == first.headers["cache-control"]
    assert (changed.status_code, changed.content) == (200, first.content)


async def test_what_was_answered_from_memory_is_what_the_database_says(
    app: FastAPI, anonymous: httpx.AsyncClient, admin: httpx.AsyncClient
):
    async def kept() -> bool:
        await anonymous.get("/v1/frameworks/crpd/tree")
        return len(app.state.published) > 0

    await soon(kept)
    from_memory = await anonymous.get("/v1/frameworks/crpd/tree")
    with_a_key = await admin.get("/v1/frameworks/crpd/tree")

    assert from_memory.content == with_a_key.content
    assert from_memory.headers == with_a_key.headers


async def test_a_new_edition_is_read_at_once_here_and_in_a_moment_by_every_process(
    anonymous: httpx.AsyncClient, admin: httpx.AsyncClient, other: httpx.AsyncClient
):
    path = "/v1/frameworks/reads/tree"
    await publish(admin, plan("2024", "Collect data"))
    await soon(lambda: answers(other, path, "2024"))
    for client_reads in range(3):
        assert (await anonymous.get(path)).json()["edition"] == "2024", client_reads
        assert (await other.get(path)).json()["edition"] == "2024"

    await publish(admin, plan("2025", "Collect data", "Publish data"))

    assert (await anonymous.get(path)).json()["edition"] == "2025"
    assert len((await anonymous.get("/v1/frameworks/reads/provisions?limit=9")).json()["items"]) == 2
    await soon(lambda: answers(other, path, "2025"))


async def answers(client: httpx.AsyncClient, path: str, edition: str) -> bool:
    found = await client.get(path)
    return found.status_code == 200 and found.json()["edition"] == edition


async def test_who_cannot_hear_of_changes_keeps_nothing(
    app: FastAPI, anonymous: httpx.AsyncClient, settings: Settings
):
    async def kept() -> bool:
        await anonymous.get("/v1/themes")
        return len(app.state.published) > 0

    async def forgotten() -> bool:
        return len(app.state.published) == 0

    await soon(kept)
    await execute(
        settings.require_database(),
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE query LIKE 'SELECT pg_notify%' AND datname = current_database()",
    )
    await soon(forgotten)
    await anonymous.get("/v1/themes")  # a second passes before it listens again
    assert len(app.state.published) == 0
    await soon(kept)


async def test_an_answer_that_was_begun_before_a_change_is_not_kept(
    app: FastAPI, anonymous: httpx.AsyncClient
):
    async def listening() -> bool:
        await anonymous.get("/v1/themes")
        return len(app.state.published) > 0

    await soon(listening)
    app.state.published.forget()
    reading = asyncio.create_task(anonymous.get("/v1/frameworks/crc/tree"))
    while app.state.published.generation and not reading.done():
        app.state.published.forget()
        await asyncio.sleep(0)

    assert (await reading).status_code == 200
    assert len(app.state.published) == 0


async def test_memory_has_a_bound_and_forgets_what_was_longest_not_asked_for(
    app: FastAPI, anonymous: httpx.AsyncClient
):
    memory = app.state.published

    async def listening() -> bool:
        await anonymous.get("/v1/themes")
        return len(memory) > 0

    await soon(listening)
    memory.forget()
    before, memory.most_bytes = memory.most_bytes, 20_000
    for number in range(1, 21):
        await anonymous.get(f"/v1/provisions/crc:art-{number}")
    kept, memory.most_bytes = len(memory), before

    assert 3 < kept < 20


async def test_the_name_by_which_one_caller_knows_the_service_is_not_told_to_another(
    anonymous: httpx.AsyncClient,
):
    for _ in range(2):
        await anonymous.get("/v1/indicators", headers={"Host": "elsewhere.example"})

    assert "elsewhere" not in (await anonymous.get("/v1/indicators")).headers["link"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("application/yaml", "application/yaml"),
        ("text/yaml, */*", "application/yaml"),
        ("application/json, application/yaml;q=0.1", "application/json"),
        ("application/json;q=0.2, application/yaml", "application/yaml"),
        ("application/yaml;q=0", "application/json"),
    ],
)
async def test_a_document_comes_as_it_is_wanted_from_memory_too(
    accept: str, kind: str, anonymous: httpx.AsyncClient
):
    for _ in range(2):
        answer = await anonymous.get("/v1/frameworks/ccm/editions/2008", headers={"Accept": accept})
        assert answer.headers["content-type"].partition(";")[0] == kind


async def test_a_change_made_past_the_service_is_noticed_too(
    anonymous: httpx.AsyncClient, settings: Settings
):
    async def title() -> str:
        themes = (await anonymous.get("/v1/themes")).json()["items"]
        return str(next(theme["title"]["en"] for theme in themes if theme["key"] == "budget"))

    before = await title()
    await execute(
        settings.require_database(),
        """UPDATE themes SET title = jsonb_set(title, '{en}', '"Money"') WHERE key = 'budget'""",
    )

    async def changed() -> bool:
        return await title() == "Money"

    assert before != "Money"
    await soon(changed)


@pytest.mark.parametrize(
    ("key", "theme"), [("sdg", "women-and-girls"), ("cim-plan", None), ("crc", "children")]
)
async def test_a_page_by_the_short_way_is_the_page_by_the_ordinary_one(
    key: str, theme: str | None, anonymous: httpx.AsyncClient
):
    edition = (await anonymous.get(f"/v1/frameworks/{key}")).json()["edition"]["key"]
    chosen = {"limit": "7"} | ({"theme": theme} if theme else {})
    cursor: dict[str, str] = {}
    seen = []
    while True:
        short = await anonymous.get(f"/v1/frameworks/{key}/provisions", params=chosen | cursor)
        ordinary = await anonymous.get(
            f"/v1/frameworks/{key}/provisions", params={"edition": edition, **chosen, **cursor}
        )
        assert short.json() == ordinary.json()
        seen += short.json()["items"]
        if short.json()["next"] is None:
            break
        assert short.links["next"]["url"].endswith(f"cursor={short.json()['next']}")
        cursor = {"cursor": short.json()["next"]}

    whole = (await anonymous.get(f"/v1/frameworks/{key}/provisions")).json()["items"]
    assert seen == [item for item in whole if theme is None or theme in item["themes"]]


@pytest.mark.parametrize("key", ["sdg", "cim-plan", "ccm", "un-swap"])
async def test_the_tree_is_the_provisions_and_the_indicators(key: str, anonymous: httpx.AsyncClient):
    tree = (await anonymous.get(f"/v1/frameworks/{key}/tree")).json()
    provisions = (await anonymous.get(f"/v1/frameworks/{key}/provisions")).json()["items"]
    indicators = (await anonymous.get(f"/v1/indicators?framework={key}&limit=500")).json()["items"]

    assert Tree.model_validate(tree).model_dump(mode="json") == tree
    assert tree["provisions"] == provisions
    assert sorted(tree["indicators"], key=lambda item: item["reference"]) == sorted(
        indicators, key=lambda item: item["reference"]
    )
    assert set(provisions[0]) == set(Provision.model_fields)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("limit=501", 422, "validation-failed"),
        ("limit=0", 422, "validation-failed"),
        ("limit=05", 200, None),
        ("limit=5&limit=6", 200, None),
        ("limit=5&theme=UPPER", 422, "validation-failed"),
        ("limit=5&theme=--", 422, "validation-failed"),
        ("limit=5&theme=knitting", 200, None),
        ("limit=5&cursor=!", 422, "invalid-cursor"),
        ("limit=5&cursor=abc", 422, "invalid-cursor"),
        ("limit=5&colour=red", 422, "unknown-parameter"),
    ],
)
async def test_odd_questions_are_answered_as_everywhere(
    query: str, status: int, code: str | None, anonymous: httpx.AsyncClient
):
    answer = await anonymous.get(f"/v1/frameworks/ccm/provisions?{query}")

    assert answer.status_code == status
    assert code is None or answer.json()["code"] == code


@pytest.mark.parametrize("path", ["/v1/frameworks/xyz/provisions?limit=5", "/v1/frameworks/xyz/tree"])
async def test_there_is_nothing_of_an_unknown_framework(path: str, anonymous: httpx.AsyncClient):
    problem_of(await anonymous.get(path), 404, "not-found")


@pytest.mark.parametrize("path", ["/v1/frameworks/ccm/tree", "/v1/frameworks/ccm/provisions?limit=5"])
async def test_who_brings_a_wrong_key_is_told_even_if_anyone_may_read(
    path: str, anonymous: httpx.AsyncClient
):
    await anonymous.get(path)

    problem_of(await anonymous.get(path, headers={"Authorization": "Bearer fp_no"}), 401, "invalid-api-key")


async def test_another_method_on_the_same_address_is_refused(anonymous: httpx.AsyncClient):
    answer = await anonymous.post("/v1/frameworks/ccm/provisions?limit=5")

    problem_of(answer, 405, "method-not-allowed")
