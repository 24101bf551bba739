"""Frameworks, their provisions and indicators, as clients read them."""

from __future__ import annotations

import httpx
import pytest


@pytest.mark.parametrize(
    ("framework", "kind", "count"),
    [("ccm", "article", 23), ("cedaw", "article", 30), ("crpd", "article", 50), ("crc", "article", 54)],
)
async def test_every_article_of_a_treaty_is_a_provision(
    anonymous: httpx.AsyncClient, framework: str, kind: str, count: int
):
    answer = await anonymous.get(f"/v1/frameworks/{framework}/provisions")

    assert sum(item["kind"] == kind for item in answer.json()["items"]) == count


async def test_a_provision_is_found_by_reference_and_by_pinned_reference(anonymous: httpx.AsyncClient):
    latest = await anonymous.get("/v1/provisions/ccm:art-7")
    pinned = await anonymous.get("/v1/provisions/ccm:art-7@2008")

    assert latest.status_code == 200
    assert latest.json() == pinned.json()
    assert latest.json()["reference"] == "ccm:art-7"


async def test_a_theme_narrows_the_tree(anonymous: httpx.AsyncClient):
    answer = await anonymous.get("/v1/frameworks/ccm/provisions", params={"theme": "victim-assistance"})

    items = answer.json()["items"]
    assert "art-5" in [item["ref"] for item in items]
    assert all("victim-assistance" in item["themes"] for item in items)


async def test_under_answers_the_node_and_what_stands_below_it(anonymous: httpx.AsyncClient):
    answer = await anonymous.get("/v1/frameworks/sdg/provisions", params={"under": "5"})

    refs = [item["ref"] for item in answer.json()["items"]]
    assert refs[0] == "5"
    assert "5.2" in refs
    assert "8" not in refs


async def test_indicators_that_the_migration_guide_names_are_there(anonymous: httpx.AsyncClient):
    for ref in ("5.1.1", "5.2.2", "5.6.2", "5.c.1", "8.8.2"):
        answer = await anonymous.get(f"/v1/indicators/sdg:{ref}")
        assert answer.status_code == 200, ref
        assert set(answer.json()["title"]) >= {"en", "fr", "es"}


async def test_unverified_actions_say_so(anonymous: httpx.AsyncClient):
    answer = await anonymous.get("/v1/frameworks/lap/provisions")

    actions = [item for item in answer.json()["items"] if item["assessable"]]
    assert actions
    assert not any(item["verified"] for item in actions)


async def test_counterparts_come_stated_and_inverted(anonymous: httpx.AsyncClient):
    stated = await anonymous.get("/v1/provisions/ccm:art-7/counterparts", params={"to": "crpd"})
    inverted = await anonymous.get("/v1/provisions/crpd:art-35/counterparts", params={"to": "ccm"})

    assert "stated" in {item["kind"] for item in stated.json()["items"]}
    assert "crpd:art-35" in {item["provision"] for item in stated.json()["items"]}
    assert "ccm:art-7" in {item["provision"] for item in inverted.json()["items"]}
    assert "inverted" in {item["kind"] for item in inverted.json()["items"]}
