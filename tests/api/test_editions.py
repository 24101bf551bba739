"""Editions that clients bring: of frameworks and of rubrics."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.given import pointers, problem_of

Found = dict[str, Any]


def library(key: str, edition: str, published: str, title: str, **changes: Any) -> Found:
    return {
        "framework": {"key": key, "kind": "action-plan", "title": {"en": title}} | changes,
        "edition": {"key": edition, "published": published, "languages": ["en"], "source": "A/1"},
        "provisions": [{"ref": "action-1", "kind": "action", "title": {"en": "Collect data"}}],
    }


def rubric(**changes: Any) -> Found:
    return {
        "key": "short",
        "edition": "1",
        "framework": "ccm",
        "title": {"en": "Victim assistance"},
        "criteria": [
            {
                "key": "victim-assistance",
                "title": {"en": "Assistance reaches women and girls"},
                "provisions": ["ccm:art-5"],
                "concepts": [{"all": ["survivors", "women"]}],
            }
        ],
    } | changes


@pytest.fixture
def key() -> str:
    """A framework that no other test brings."""
    return f"plan-{uuid4().hex[:12]}"


async def bring(client: httpx.AsyncClient, document: Found, *, draft: bool = False) -> httpx.Response:
    key, edition = document["framework"]["key"], document["edition"]["key"]
    place = f"/v1/frameworks/{key}/editions/{edition}"
    return await client.put(place, json=document, params={"draft": draft})


async def title_of(client: httpx.AsyncClient, key: str) -> str:
    return str((await client.get(f"/v1/frameworks/{key}")).json()["title"]["en"])


async def test_the_latest_published_edition_describes_its_framework(admin: httpx.AsyncClient, key: str):
    await bring(admin, library(key, "2024", "2024-01-31", "First name"))
    await bring(admin, library(key, "2026", "2026-01-31", "Second name"))

    assert await title_of(admin, key) == "Second name"


async def test_a_draft_edition_does_not_describe_its_framework(admin: httpx.AsyncClient, key: str):
    await bring(admin, library(key, "2024", "2024-01-31", "Published"))

    draft = await bring(admin, library(key, "2026", "2026-01-31", "Draft"), draft=True)

    assert (draft.status_code, draft.json()["status"]) == (201, "draft")
    assert await title_of(admin, key) == "Published"


async def test_an_old_edition_does_not_describe_its_framework(admin: httpx.AsyncClient, key: str):
    old = library(key, "2020", "2020-01-31", "Old name")
    await bring(admin, library(key, "2024", "2024-01-31", "Present name"))

    answers = [await bring(admin, old), await bring(admin, old)]

    assert [answer.json()["status"] for answer in answers] == ["published", "unchanged"]
    assert await title_of(admin, key) == "Present name"


async def test_a_framework_is_adopted_under_one_that_is_known(admin: httpx.AsyncClient, key: str):
    orphan = library(key, "2024", "2024-01-31", "A plan", parent="xyz")

    problem = problem_of(await bring(admin, orphan), 422, "invalid-library")

    assert pointers(problem) == {"/framework/parent": "unknown-framework"}
    problem_of(await admin.get(f"/v1/frameworks/{key}"), 404, "not-found")
    assert (await bring(admin, library(key, "2024", "2024-01-31", "A plan", parent="ccm"))).is_success


async def test_a_rubric_is_for_a_framework_that_is_known(admin: httpx.AsyncClient):
    place = "/v1/rubrics/short/editions/1"

    problem = problem_of(await admin.put(place, json=rubric(framework="xyz")), 422, "invalid-rubric")

    assert pointers(problem) == {"/framework": "unknown-framework"}
    assert (await admin.put(place, json=rubric())).status_code == 201
