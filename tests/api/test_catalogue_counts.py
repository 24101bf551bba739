"""The shipped catalogue as a client of the API counts it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import httpx
import pytest

Found = dict[str, Any]

KINDS: dict[str, dict[str, int]] = {
    "apmbc": {"article": 22},
    "belem-do-para": {"chapter": 5, "article": 25},
    "ccm": {"article": 23},
    "ccm-gfp-tor": {"section": 8, "activity": 8},
    "ccm-synergies": {"section": 9, "principle": 4, "recommendation": 18 + 3, "activity": 7},
    "cedaw": {"article": 30},
    "cim-plan": {"section": 7, "final-objective": 8, "immediate-objective": 16, "output": 43},
    "crc": {"article": 54},
    "crpd": {"article": 50},
    "dac-gender-marker": {"score": 3, "criterion": 13},
    "dap": {"section": 7, "action": 16, "commitment": 1},
    "gcm": {"principle": 10, "objective": 23},
    "gcm-six-steps": {"step": 6, "action": 18, "measure": 51},
    "iasc-gam": {"measure": 12},
    "lap": {"section": 10, "action": 7},
    "mesecvi-indicators": {"area": 7, "indicator-kind": 7 * 3},
    "mesecvi-plan": {"goal": 4, "action": 16},
    "mptf-gender-marker": {"requirement": 2},
    "oap": {"section": 8, "action": 10},
    "sdg": {"goal": 17, "target": 169},
    "sisdehm": {"area": 7},
    "un-swap": {"area": 6},
    "wps": {"pillar": 4, "resolution": 10},
}
INDICATORS = {
    "cim-plan": 75, "lap": 2, "mesecvi-indicators": 2, "mesecvi-plan": 19, "oap": 2, "sdg": 232,
    "un-swap": 15,
}  # fmt: skip
SCALES = {
    "dac-gender-marker": ["blank", "0", "1", "2"],
    "iasc-gam": ["0", "1", "2", "3", "4"],
    "mptf-gender-marker": ["C", "B", "A"],
    "un-swap": ["not-applicable", "missing", "approaches", "meets", "exceeds"],
}


async def items(client: httpx.AsyncClient, path: str, **query: str | int) -> list[Found]:
    """Everything that is there, on one page."""
    answer = await client.get(f"/v1/{path}", params=query)
    found: Found = answer.json()
    assert found["next"] is None
    listed: list[Found] = found["items"]
    return listed


async def test_the_catalogue_has_these_frameworks_and_no_others(anonymous: httpx.AsyncClient):
    assert [item["key"] for item in await items(anonymous, "frameworks", limit=100)] == sorted(KINDS)


@pytest.mark.parametrize("key", KINDS)
async def test_a_framework_has_as_many_provisions_of_each_kind_as_its_document(
    anonymous: httpx.AsyncClient, key: str
):
    provisions = await items(anonymous, f"frameworks/{key}/provisions")

    assert Counter(item["kind"] for item in provisions) == KINDS[key]
    assert all(item["source"] for item in provisions)


async def test_indicators_are_as_many_as_the_documents_name_and_each_has_its_source(
    anonymous: httpx.AsyncClient,
):
    found = {key: await items(anonymous, "indicators", framework=key, limit=500) for key in KINDS}

    assert {key: len(listed) for key, listed in found.items() if listed} == INDICATORS
    assert all(item["source"] for listed in found.values() for item in listed)


@pytest.mark.parametrize(("column", "undetermined"), [("baselines", 6), ("targets", 20)])
async def test_the_cim_plan_leaves_baselines_and_targets_to_be_determined(
    anonymous: httpx.AsyncClient, column: str, undetermined: int
):
    indicators = await items(anonymous, "indicators", framework="cim-plan", limit=500)

    values = [value for item in indicators for value in item[column]]
    assert [value["printed"] for value in values if value["kind"] == "tbd"] == ["TBD"] * undetermined


async def test_what_the_cim_plan_prints_is_kept_beside_what_is_read_out_of_it(anonymous: httpx.AsyncClient):
    indicators = await items(anonymous, "indicators", framework="cim-plan", limit=500)

    printed = {value["printed"]: value for item in indicators for value in item["targets"]}
    assert printed["2 additional countries"]["kind"] == "increment"
    assert (printed["$5 million"]["number"], printed["$5 million"]["currency"]) == (5_000_000, "USD")
    assert printed["1 per year"]["kind"] == "per-period"


@pytest.mark.parametrize("key", SCALES)
async def test_a_scale_has_its_levels_from_the_lowest_to_the_highest(anonymous: httpx.AsyncClient, key: str):
    framework = (await anonymous.get(f"/v1/frameworks/{key}")).json()

    assert framework["kind"] == "scale"
    assert [level["value"] for level in framework["edition"]["scale"]["levels"]] == SCALES[key]


async def test_the_42_instruments_of_the_documents_have_kind_body_year_and_source(
    anonymous: httpx.AsyncClient,
):
    instruments = await items(anonymous, "instruments")

    assert len(instruments) == 42
    assert all(item["kind"] and item["body"] and item["source"] for item in instruments)
    assert {item["key"] for item in instruments if item["year"] is None} == {
        "gcm-implementation-guidance",
        "gcm-policies-and-practice-guide",
        "gender-budgeting-action-kit",
        "mptf-gender-marker",
        "sg-report-on-gcm",
    }
    assert {item["framework"] for item in instruments} - {None} <= KINDS.keys()


async def test_goals_targets_and_indicators_are_in_three_languages(anonymous: httpx.AsyncClient):
    listed = await items(anonymous, "frameworks/sdg/provisions")
    listed += await items(anonymous, "indicators", framework="sdg", limit=500)

    assert len(listed) == 17 + 169 + 232
    assert all(set(item["title"]) == {"en", "fr", "es"} for item in listed)
