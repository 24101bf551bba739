"""Filings under frameworks whose rubric adds its levels up: a national plan, a project document."""

from __future__ import annotations

import httpx
import pytest

from tests.api.given import assessed, levels, report
from tests.assessments.test_scores import DOCUMENTS
from tests.worker_in_process import Worker

PLAN = (
    "The Ministry of Women's Affairs will be a member of the inter-ministerial committee from the outset. "
    "Consultations were held with women's organisations in four regions.\n\n"
    "Gender-responsive budgeting will be applied to the costing of the plan."
)


async def test_a_plan_is_judged_measure_by_measure(admin: httpx.AsyncClient, worker: Worker):
    made = await admin.post("/v1/submissions", json=report("CHL", framework="gcm-six-steps", text=PLAN))
    path = await assessed(admin, worker, made)

    found = (await admin.get(f"{path}/assessment")).json()

    given = levels(found)
    assert found["rubric"].startswith("gcm-six-steps@")
    assert len(given) == 51
    assert {key: given[key] for key in ("s1.a1.m1", "s2.a1.m3", "s4.a2.m1", "s4.a3.m2")} == {
        "s1.a1.m1": 1, "s2.a1.m3": 2, "s4.a2.m1": 1, "s4.a3.m2": 0,
    }  # fmt: skip
    assert found["score"]["value"] == str(sum(level >= 1 for level in given.values()))


@pytest.mark.parametrize(
    ("state", "value"), [("NOR", "not screened"), ("SWE", "0"), ("DNK", "1"), ("ISL", "2")]
)
async def test_a_project_document_gets_its_score(
    admin: httpx.AsyncClient, worker: Worker, state: str, value: str
):
    draft = report(state, framework="dac-gender-marker", text=DOCUMENTS[value])
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=draft))

    score = (await admin.get(f"{path}/assessment")).json()["score"]

    assert score["value"] == value
    assert score["why"]


async def test_a_report_under_a_rubric_without_a_score_has_none(admin: httpx.AsyncClient, worker: Worker):
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("AUT")))

    found = (await admin.get(f"{path}/assessment")).json()

    assert found["score"] is None
    assert all(0 < finding["confidence"] < 1 for finding in found["findings"])
