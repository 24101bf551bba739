"""For which periods a person may assign progress, and which values progress is computed from."""

from __future__ import annotations

from datetime import date, timedelta

import httpx
import pytest

from tests.api.given import pointers, problem_of
from tests.api.test_indicator_progress import TRAINED, cim_plan, observed, progress

ASSIGNED = f"/v1/indicators/{TRAINED}/assigned-progress"
WORKSHOPS = "cim-plan:3.1.5.io1.c.i1"
DRAFT = {"status": "achieved", "reason": "a"}


@pytest.mark.parametrize(
    ("period", "code"),
    [
        ("2150", "day-in-the-future"),
        ("1850", "outside-the-plan"),
        ("2015", "outside-the-plan"),
        ("2022-Q1", "outside-the-plan"),
    ],
)
async def test_progress_is_assigned_for_a_period_of_the_plan_that_has_begun(
    admin: httpx.AsyncClient, period: str, code: str
):
    plan, _ = await cim_plan(admin)

    answer = await admin.put(ASSIGNED, params={"plan": plan, "period": period}, json=DRAFT)

    assert pointers(problem_of(answer, 422, code)) == {"?period": code}
    assert (await progress(admin, TRAINED, plan=plan))["assigned"] is None


async def test_a_period_that_shares_a_day_with_the_plan_is_one_of_it(admin: httpx.AsyncClient):
    plan, _ = await cim_plan(admin)

    for period in ("2015-12-31/P2D", "2021-12-31/P2D"):
        answer = await admin.put(ASSIGNED, params={"plan": plan, "period": period}, json=DRAFT)
        assert answer.status_code == 201, answer.text


async def test_progress_of_a_state_is_assigned_for_any_period_that_has_begun(admin: httpx.AsyncClient):
    early = await admin.put(ASSIGNED, params={"state": "URY", "period": "1999"}, json=DRAFT)
    ahead = await admin.put(ASSIGNED, params={"state": "URY", "period": "2150"}, json=DRAFT)

    assert early.status_code == 201, early.text
    problem_of(ahead, 422, "day-in-the-future")


async def test_what_was_assigned_may_be_withdrawn_when_the_plan_has_other_years(admin: httpx.AsyncClient):
    plan, _ = await cim_plan(admin)
    of = {"plan": plan, "period": "2021"}
    made = await admin.put(ASSIGNED, params=of, json=DRAFT)
    path = f"/v1/plans/{plan}"
    tag = (await admin.get(path)).headers["etag"]
    await admin.patch(path, json={"end": "2020-12-31"}, headers={"If-Match": tag})
    seen = {"If-Match": made.headers["etag"]}

    problem_of(await admin.put(ASSIGNED, params=of, json=DRAFT, headers=seen), 422, "outside-the-plan")
    withdrawn = await admin.put(ASSIGNED, params=of, json=DRAFT | {"status": None}, headers=seen)

    assert withdrawn.status_code == 200, withdrawn.text
    assert (await progress(admin, TRAINED, plan=plan))["assigned"] is None


def daily(first: date, many: int) -> list[str]:
    return [f"{first + timedelta(number)},{number}" for number in range(many)]


async def test_more_values_than_progress_is_computed_from_at_once_are_refused(admin: httpx.AsyncClient):
    await observed(admin, TRAINED, "BOL", *daily(date(1990, 1, 1), 10_001))
    path, last = f"/v1/indicators/{TRAINED}/progress", date(1990, 1, 1) + timedelta(9_999)

    answer = await admin.get(path, params={"state": "BOL"})

    assert pointers(problem_of(answer, 422, "too-many-values")) == {"?as_of": "too-many-values"}
    found = await progress(admin, TRAINED, state="BOL", as_of=last.isoformat())
    assert found["inputs"]["observations"] == 10_000


async def test_values_of_other_periods_than_the_plans_are_not_read(admin: httpx.AsyncClient):
    plan, area = await cim_plan(admin)
    await observed(admin, TRAINED, area, *daily(date(1980, 1, 1), 10_001), "2015-12-31/P2D,20", "2018,40")

    found = await progress(admin, TRAINED, plan=plan)

    assert (found["inputs"]["observations"], found["inputs"]["latest"]) == (2, 40)


async def test_parts_that_make_no_total_are_said_to_be_there(admin: httpx.AsyncClient):
    plan, area = await cim_plan(admin)
    await observed(admin, WORKSHOPS, area, "2015,9", "2015,3,F", "2018,3,F", "2018,2,M")

    found = await progress(admin, WORKSHOPS, plan=plan)

    assert (found["code"], found["reason"]) == (
        "no-observation", "No total was observed in the period, only parts.",
    )  # fmt: skip
    assert (await progress(admin, WORKSHOPS, plan=plan, as_of="2017-12-31"))["reason"] == (
        "No value was observed in the period."
    )
    await observed(admin, WORKSHOPS, area, "2018,4")
    assert (await progress(admin, WORKSHOPS, plan=plan))["inputs"]["latest"] == 4
