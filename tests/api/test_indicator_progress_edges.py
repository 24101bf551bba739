"""Progress has an answer whatever was agreed and observed, and says on what it rests."""

from __future__ import annotations

import httpx
import pytest

from domain.indicators.codes import BUILT_IN, SAME
from tests.api.given import pointers, problem_of
from tests.api.planning import Found, drawn_up
from tests.api.test_indicator_progress import (
    CSV,
    OPEN,
    TRAINED,
    area_of_its_own,
    cim_plan,
    observed,
    progress,
    table,
)

RATED = "un-swap:accountability.policy-and-plan"


async def agreed(client: httpx.AsyncClient, ref: str, *, plan: str, **terms: str) -> None:
    made = await client.put(f"/v1/indicators/{ref}/terms", params={"plan": plan}, json=terms)
    assert made.status_code == 201, made.text


async def reached(client: httpx.AsyncClient, *rows: str, **terms: str) -> Found:
    """What comes of terms and observations under a plan of its own, from 2016 to 2021."""
    plan, area = await cim_plan(client)
    await agreed(client, OPEN, plan=plan, **terms)
    await observed(client, OPEN, area, *rows)
    return await progress(client, OPEN, plan=plan)


async def test_a_baseline_and_a_target_of_one_day_leave_the_progress_of_the_plan_readable(
    admin: httpx.AsyncClient,
):
    area = await area_of_its_own(admin)
    path = await drawn_up(admin, framework="cim-plan", owner=area, start="2018-01-01", end="2018-12-31")
    plan = path.rpartition("/")[2]
    await agreed(admin, OPEN, plan=plan, baseline="10 (2018)", target="20")
    await observed(admin, OPEN, area, "2018-Q1,15")

    found = await progress(admin, OPEN, plan=plan)
    whole = f"/v1/plans/{plan}/indicators"

    assert (found["status"], found["value"], found["expected"]) == ("under-way", 0.5, None)
    assert (await admin.get(whole)).status_code == 200
    assert any(row["indicator"] == OPEN for row in table(await admin.get(whole, headers=CSV)))


async def test_growth_of_one_day_has_no_rate(admin: httpx.AsyncClient):
    found = await reached(
        admin, "2016-01-01,100", baseline="10 (2015)", target="100 by 2025", growth="compound"
    )

    assert (found["status"], found["inputs"]["actual_rate"]) == ("achieved", None)
    assert found["inputs"]["required_rate"] == 0.258925


@pytest.mark.parametrize("number", [f"0.{'0' * 300}1", "9" * 41])
async def test_terms_have_no_more_digits_than_observations(admin: httpx.AsyncClient, number: str):
    plan, _ = await cim_plan(admin)

    answer = await admin.put(
        f"/v1/indicators/{OPEN}/terms", params={"plan": plan}, json={"target": f"{number} countries"}
    )

    problem = problem_of(answer, 422, "invalid-terms")
    assert pointers(problem) == {"/target": "unreadable-value"}
    assert problem["errors"][0]["detail"] == (
        "A number has at most 40 digits before the point and 40 after it."
    )


async def test_a_level_that_its_scale_leaves_out_is_no_step_of_it(admin: httpx.AsyncClient):
    area = await area_of_its_own(admin)
    path = await drawn_up(admin, framework="un-swap", owner=area, start="2012-01-01", end="2017-12-31")
    plan = path.rpartition("/")[2]
    await agreed(admin, RATED, plan=plan, baseline="missing", target="exceeds")
    await observed(admin, RATED, area, "2016,not-applicable")

    alone = await progress(admin, RATED, plan=plan)
    await observed(admin, RATED, area, "2015,approaches")
    after = await progress(admin, RATED, plan=plan)
    refused = await admin.put(
        f"/v1/indicators/{RATED}/terms", params={"state": "ARG"}, json={"target": "not-applicable"}
    )

    assert (alone["status"], alone["code"]) == ("not-computable", "not-applicable")
    assert (after["status"], after["inputs"]["latest_period"], after["value"]) == ("behind", "2015", 0.333333)
    assert pointers(problem_of(refused, 422, "invalid-terms")) == {"/target": "unreadable-value"}


async def test_values_that_reach_over_the_edge_of_the_plan_do_not_add_up(admin: httpx.AsyncClient):
    found = await reached(
        admin, "2015-01-01/P2Y,90", "2021-06/P2Y,30", baseline="0", target="100", counting="by-period"
    )

    assert (found["status"], found["code"]) == ("not-computable", "period-mismatch")


async def test_a_quarter_that_nobody_observed_is_not_zero(admin: httpx.AsyncClient):
    found = await reached(admin, "2018-Q1,2", "2018-Q4,1", target="4 per year")

    assert (found["status"], found["code"]) == ("not-computable", "no-observation")


@pytest.mark.parametrize("target", ["4 reports/year by 2018", "4 reports per year by 2018"])
async def test_one_year_that_met_the_target_of_each_is_behind_when_the_time_is_over(
    admin: httpx.AsyncClient, target: str
):
    found = await reached(admin, "2018,4", target=target)

    assert (found["method"], found["status"], found["inputs"]["periods_wanted"]) == (
        "per-period",
        "behind",
        3,
    )


async def test_whoever_was_counted_as_neither_woman_nor_man_is_in_the_total(admin: httpx.AsyncClient):
    plan, area = await cim_plan(admin)
    await observed(admin, TRAINED, area, "2018,3,F", "2018,2,M", "2018,4,_U")

    assert (await progress(admin, TRAINED, plan=plan))["inputs"]["latest"] == 9


async def test_it_is_said_that_the_latest_value_is_an_estimate_and_a_proxy(admin: httpx.AsyncClient):
    plan, area = await cim_plan(admin)
    content = f"state,period,value,sex,status,proxy\n{area},2018,3,F,E,\n{area},2018,2,M,,true\n"
    sent = await admin.post(
        f"/v1/indicators/{TRAINED}/observations", content=content, headers={"Content-Type": "text/csv"}
    )
    assert sent.status_code == 200, sent.text

    found = await progress(admin, TRAINED, plan=plan)
    [row] = table(await admin.get(f"/v1/indicators/{TRAINED}/progress", params={"plan": plan}, headers=CSV))

    assert (found["inputs"]["latest_status"], found["inputs"]["latest_proxy"]) == ("E", True)
    assert (row["latest_status"], row["latest_proxy"]) == ("E", "true")


async def test_what_is_short_of_the_target_is_not_all_of_the_way(admin: httpx.AsyncClient):
    found = await reached(admin, "2021,99999999", baseline="0", target="100000000")

    assert (found["status"], found["met"], found["value"]) == ("behind", False, 0.999999)
    assert found["reason"] == "Almost 100 % of the way to the target was made; 100 % was due by then."


async def test_milestones_that_go_down_and_up_lead_nowhere(admin: httpx.AsyncClient):
    found = await reached(admin, "2018,4", target="8 by 2017; 2 by 2021")

    assert (found["status"], found["code"]) == ("not-computable", "against-direction")


async def test_breakdowns_that_a_definition_calls_otherwise_are_known_by_the_lists_that_have_their_codes(
    admin: httpx.AsyncClient,
):
    path = "/v1/indicators/sdg:4.5.1"
    area = await area_of_its_own(admin)
    content = (
        "state,period,value,disability_status,urbanisation,income_wealth_quantile\n"
        f"{area},2018,0.9,PD,,\n{area},2018,0.8,,R,\n{area},2018,0.7,,,Q1\n"
    )
    sent = await admin.post(f"{path}/observations", content=content, headers={"Content-Type": "text/csv"})
    assert sent.json()["imported"] == 3, sent.text

    told = (await admin.get(f"{path}/series", params={"state": area})).json()

    assert told["expected"] == [
        "sex", "urbanisation", "income-wealth-quantile", "disability-status", "indigenous-status",
        "conflict-affected",
    ]  # fmt: skip
    assert told["missing"] == ["sex", "indigenous-status", "conflict-affected"]
    assert set(told["expected"]) - set(told["missing"]) == set(told["observed"])


def test_all_other_names_of_breakdowns_stand_for_lists_that_there_are():
    keys = {of.key for of in BUILT_IN.values()}

    assert set(SAME.values()) <= keys
    assert not SAME.keys() & keys
