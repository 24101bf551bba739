"""Rubrics come in and go out as documents."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import yaml

from services.loading import SHIPPED
from tests.api.given import pointers, problem_of

RUBRIC: dict[str, Any] = {
    "key": "example",
    "edition": "1",
    "framework": "example-plan",
    "title": {"en": "An example"},
    "criteria": [
        {"key": "data", "title": {"en": "Data"}, "provisions": ["ccm:art-5"], "concepts": ["data"]},
    ],
}
PLAN: dict[str, Any] = {
    "framework": {"key": "example-plan", "kind": "action-plan", "title": {"en": "An example plan"}},
    "edition": {"key": "2026", "published": "2026-01-01", "languages": ["en"], "source": "Document 1"},
    "provisions": [{"ref": "a", "kind": "action", "title": {"en": "Collect data"}}],
}


@pytest.mark.parametrize("key", ["ccm-gender", "gcm-six-steps", "dac-gender-marker"])
async def test_everyone_reads_what_a_rubric_asks_and_sent_back_it_changes_nothing(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, key: str
):
    shipped = yaml.safe_load((SHIPPED / "rubrics" / f"{key}.yaml").read_text())
    place = f"/v1/rubrics/{key}/editions/{shipped['edition']}"

    document = (await anonymous.get(place)).json()
    as_yaml = await anonymous.get(place, headers={"Accept": "application/yaml"})

    assert yaml.safe_load(as_yaml.text) == document
    assert {name: document[name] for name in ("key", "edition", "title")} == {
        name: shipped[name] for name in ("key", "edition", "title")
    }
    assert [item["key"] for item in document["criteria"]] == [item["key"] for item in shipped["criteria"]]
    assert (await admin.put(place, json=document)).status_code == 200


async def test_an_edition_that_there_is_not_is_not_found(anonymous: httpx.AsyncClient):
    problem_of(await anonymous.get("/v1/rubrics/ccm-gender/editions/1066"), 404, "not-found")


async def test_editions_are_listed_by_their_numbers_the_newest_first(admin: httpx.AsyncClient):
    for edition in ("2024.10", "2024.9"):
        document = RUBRIC | {"key": "numbered", "framework": "apmbc", "edition": edition}
        assert (await admin.put(f"/v1/rubrics/numbered/editions/{edition}", json=document)).is_success

    found = (await admin.get("/v1/rubrics")).json()["items"]

    assert [item["edition"] for item in found if item["key"] == "numbered"] == ["2024.10", "2024.9"]


async def test_a_rubric_is_not_of_a_framework_of_which_there_is_a_draft_alone(admin: httpx.AsyncClient):
    plan = "/v1/frameworks/example-plan/editions/2026"
    assert (await admin.put(plan, json=PLAN, params={"draft": True})).status_code == 201

    refused = await admin.put("/v1/rubrics/example/editions/1", json=RUBRIC)
    assert pointers(problem_of(refused, 422, "invalid-rubric")) == {"/framework": "unknown-framework"}

    assert (await admin.put(plan, json=PLAN)).is_success
    assert (await admin.put("/v1/rubrics/example/editions/1", json=RUBRIC)).status_code == 201
