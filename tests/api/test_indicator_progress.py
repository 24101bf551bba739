"""Progress of indicators: computed out of observations, agreed terms, and what a person assigned."""

from __future__ import annotations

import asyncio
import csv
import io
from itertools import count
from typing import Any

import httpx
import pytest

from schemas.access import Scope
from tests.api.given import pointers, problem_of
from tests.api.planning import NOBODY, Found, drawn_up
from tests.catalogue.shipped import library
from tests.conftest import ClientMaker

TRAINED = "cim-plan:3.1.1.io1.b.i2"
COUNTRIES = "cim-plan:3.1.3.io1.a.i1"
OPEN = "cim-plan:3.1.4.fo1.i2"
SENT = "cim-plan:3.1.3.io2.a.i1"
CSV = {"Accept": "text/csv"}
_numbers = count(1)


async def observed(client: httpx.AsyncClient, ref: str, area: str, *rows: str) -> None:
    """`2018,30` or `2018,30,F`."""
    lines = [",".join([area, *[*row.split(","), ""][:3]]) for row in rows]
    content = "\n".join(["state,period,value,sex", *lines])
    sent = await client.post(
        f"/v1/indicators/{ref}/observations", content=content, headers={"Content-Type": "text/csv"}
    )
    assert sent.status_code == 200, sent.text
    assert sent.json()["rejected"] == 0, sent.text


async def area_of_its_own(client: httpx.AsyncClient) -> str:
    """The name of an organisation, which is an area in which values can be observed."""
    name = f"ORG-{next(_numbers)}"
    made = await client.put(f"/v1/areas/{name}", json={"title": {"en": name}})
    assert made.status_code == 201, made.text
    return name


async def cim_plan(client: httpx.AsyncClient) -> tuple[str, str]:
    """Id and area of a plan that is carried out from 2016 to 2021."""
    area = await area_of_its_own(client)
    path = await drawn_up(client, framework="cim-plan", owner=area, start="2016-01-01", end="2021-12-31")
    return path.rpartition("/")[2], area


async def progress(client: httpx.AsyncClient, ref: str, **asked: str) -> Found:
    answer = await client.get(f"/v1/indicators/{ref}/progress", params=asked)
    assert answer.status_code == 200, answer.text
    found: Found = answer.json()
    return found


def table(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_progress_is_computed_from_what_was_observed_and_shows_out_of_what(admin: httpx.AsyncClient):
    plan, area = await cim_plan(admin)
    await observed(admin, TRAINED, area, "2016,25", "2018,40")

    found = await progress(admin, TRAINED, plan=plan)

    assert (found["status"], found["method"], found["value"], found["expected"], found["met"]) == (
        "behind", "linear", 0.416667, 0.5, False,
    )  # fmt: skip
    assert (found["code"], found["reason"]) == (
        None, "41.7 % of the way to the target was made; 50 % was due by then.",
    )  # fmt: skip
    assert (found["area"], found["edition"], found["assigned"], found["terms"]) == (
        area,
        "2016.1",
        None,
        None,
    )
    inputs = {name: value for name, value in found["inputs"].items() if value is not None}
    assert inputs == {
        "baseline": 15,
        "baseline_printed": "15",
        "target": 75,
        "target_printed": "At least 75 people trained",
        "direction": "up",
        "unit": "people trained",
        "latest": 40,
        "latest_period": "2018",
        "latest_status": "A",
        "latest_proxy": False,
        "observations": 2,
        "starts": "2016-01-01",
        "ends": "2021-12-31",
    }


async def test_without_a_target_progress_is_not_computable_and_says_why(admin: httpx.AsyncClient):
    plan, area = await cim_plan(admin)
    await observed(admin, OPEN, area, "2018,3")

    found = await progress(admin, OPEN, plan=plan)

    assert (found["status"], found["code"], found["value"]) == ("not-computable", "target-tbd", None)
    assert found["reason"] == "No target is set yet: it says TBD."
    assert (found["inputs"]["baseline"], found["inputs"]["target"], found["inputs"]["latest"]) == (
        0,
        "TBD",
        3,
    )


async def test_women_and_men_make_a_total_where_none_was_observed(admin: httpx.AsyncClient):
    plan, area = await cim_plan(admin)
    await observed(admin, TRAINED, area, "2017,20,F", "2017,10,M", "2018,60,F")

    found = await progress(admin, TRAINED, plan=plan)

    assert (found["inputs"]["latest"], found["inputs"]["latest_period"]) == (30, "2017")


async def test_what_was_observed_later_is_left_out_when_it_is_asked_as_of_a_day(admin: httpx.AsyncClient):
    plan, area = await cim_plan(admin)
    await observed(admin, COUNTRIES, area, "2016,3", "2018,5")

    assert (await progress(admin, COUNTRIES, plan=plan))["status"] == "achieved"
    then = await progress(admin, COUNTRIES, plan=plan, as_of="2017-12-31")
    assert (then["status"], then["as_of"], then["method"]) == ("no-change", "2017-12-31", "incremental")


async def test_a_target_of_each_country_is_computed_for_a_state_and_not_for_a_region(
    admin: httpx.AsyncClient,
):
    plan, area = await cim_plan(admin)
    await observed(admin, SENT, area, "2018,2")
    await observed(admin, SENT, "ARG", "2018,2")

    region, state = await progress(admin, SENT, plan=plan), await progress(admin, SENT, state="ARG")

    assert (region["status"], region["code"]) == ("not-computable", "target-of-each-country")
    assert (state["status"], state["met"]) == ("achieved", True)


async def test_a_state_has_progress_without_a_plan_too(admin: httpx.AsyncClient):
    ref = "mesecvi-plan:" + library("mesecvi-plan").indicators[0].ref

    found = await progress(admin, ref, state="ARG")

    assert (found["state"], found["plan"], found["status"]) == ("ARG", None, "not-computable")


async def test_each_indicator_of_a_plan_is_a_row_and_each_input_a_column(admin: httpx.AsyncClient):
    plan, area = await cim_plan(admin)
    await observed(admin, TRAINED, area, "2018,90")

    listed = (await admin.get(f"/v1/plans/{plan}/indicators", params={"limit": 500})).json()["items"]
    rows = table(await admin.get(f"/v1/plans/{plan}/indicators", params={"limit": 500}, headers=CSV))

    assert [item["indicator"] for item in listed] == [
        f"cim-plan:{item.ref}" for item in library("cim-plan").indicators
    ]
    assert [row["indicator"] for row in rows] == [item["indicator"] for item in listed]
    [row] = [row for row in rows if row["indicator"] == TRAINED]
    assert (row["status"], row["value"], row["target_printed"], row["latest"], row["met"]) == (
        "achieved", "1.25", "At least 75 people trained", "90", "true",
    )  # fmt: skip
    assert rows[0].keys() >= listed[0]["inputs"].keys()


async def test_a_page_of_indicators_leads_to_the_next(admin: httpx.AsyncClient):
    plan, _ = await cim_plan(admin)

    first = await admin.get(f"/v1/plans/{plan}/indicators", params={"limit": 2}, headers=CSV)
    second = await admin.get(first.links["next"]["url"], headers=CSV)

    refs = [row["indicator"] for row in table(first) + table(second)]
    assert refs == [f"cim-plan:{item.ref}" for item in library("cim-plan").indicators[:4]]


async def test_one_indicator_can_be_had_as_a_table_that_calculates_nothing(admin: httpx.AsyncClient):
    plan, _ = await cim_plan(admin)
    path = f"/v1/indicators/{TRAINED}"
    draft = {"status": "on-track", "reason": '=HYPERLINK("x")'}
    await admin.put(f"{path}/assigned-progress", params={"plan": plan, "period": "2018"}, json=draft)

    [row] = table(await admin.get(f"{path}/progress", params={"plan": plan}, headers=CSV))

    assert (row["code"], row["assigned_status"]) == ("no-observation", "on-track")
    assert row["assigned_reason"] == '\'=HYPERLINK("x")'


async def test_terms_that_were_agreed_take_the_place_of_what_is_printed(admin: httpx.AsyncClient):
    plan, area = await cim_plan(admin)
    await observed(admin, OPEN, area, "2018,3")
    path, of = f"/v1/indicators/{OPEN}/terms", {"plan": plan}

    draft = {"target": "2 by 2017; 8 by 2021", "reason": "Annual review."}
    made = await admin.put(path, params=of, json=draft)
    found = await progress(admin, OPEN, plan=plan)

    assert made.status_code == 201, made.text
    assert (await admin.get(path, params=of)).json() == made.json() == found["terms"]
    assert (found["method"], found["status"], found["value"]) == ("milestone", "behind", 0.375)
    assert found["inputs"]["target_printed"] == "2 by 2017; 8 by 2021"
    printed = (await admin.get(f"/v1/indicators/{OPEN}")).json()
    assert [value["printed"] for value in printed["targets"]] == ["TBD"]


async def test_terms_are_changed_with_the_version_seen_and_all_are_kept(admin: httpx.AsyncClient):
    plan, _ = await cim_plan(admin)
    path, of = f"/v1/indicators/{OPEN}/terms", {"plan": plan}
    first = await admin.put(path, params=of, json={"target": "8"})
    tag = {"If-Match": first.headers["etag"]}

    problem_of(await admin.put(path, params=of, json={"target": "9"}), 428, "precondition-required")
    second = await admin.put(path, params=of, json={"reason": "Back to the plan."}, headers=tag)
    problem_of(await admin.put(path, params=of, json={"target": "9"}, headers=tag), 412, "stale")

    assert second.status_code == 200, second.text
    kept = (await admin.get(f"{path}/history", params=of)).json()["items"]
    assert [(one["number"], one["target"]) for one in kept] == [(2, None), (1, "8")]
    assert (await progress(admin, OPEN, plan=plan))["code"] == "target-tbd"


@pytest.mark.parametrize(
    ("ref", "draft", "pointer"),
    [
        (OPEN, {"target": "Gender aware"}, "/target"),
        (OPEN, {"baseline": "2,5", "target": "4"}, "/baseline"),
        ("cim-plan:3.1.3.io1.b.i2", {"target": "perhaps"}, "/target"),
    ],
)
async def test_terms_that_nothing_can_reach_are_refused(
    admin: httpx.AsyncClient, ref: str, draft: dict[str, Any], pointer: str
):
    plan, _ = await cim_plan(admin)

    answer = await admin.put(f"/v1/indicators/{ref}/terms", params={"plan": plan}, json=draft)

    assert pointers(problem_of(answer, 422, "invalid-terms")) == {pointer: "unreadable-value"}


async def test_a_person_assigns_progress_beside_what_is_computed(admin: httpx.AsyncClient):
    plan, area = await cim_plan(admin)
    await observed(admin, TRAINED, area, "2018,75")
    path = f"/v1/indicators/{TRAINED}/assigned-progress"
    of = {"plan": plan, "period": "2018"}

    draft = {"status": "behind", "reason": "Half of them were trained twice."}
    made = await admin.put(path, params=of, json=draft)
    found = await progress(admin, TRAINED, plan=plan)

    assert made.status_code == 201, made.text
    assert (found["status"], found["assigned"]) == ("achieved", made.json())
    assert made.json() | draft == made.json()
    assert (made.json()["by"], made.json()["plan"], made.json()["period"]) == ("test", plan, "2018")


async def test_what_was_assigned_may_be_withdrawn_and_stays_in_its_history(admin: httpx.AsyncClient):
    plan, _ = await cim_plan(admin)
    path = f"/v1/indicators/{TRAINED}/assigned-progress"
    of = {"plan": plan, "period": "2018"}
    early = {"status": "on-track", "reason": "a"}
    await admin.put(path, params=of | {"period": "2017"}, json=early)
    first = await admin.put(path, params=of, json={"status": "behind", "reason": "b"})
    tag = {"If-Match": first.headers["etag"]}

    problem_of(await admin.put(path, params=of, json=early), 428, "precondition-required")
    second = await admin.put(path, params=of, json={"status": None, "reason": "c"}, headers=tag)
    problem_of(await admin.put(path, params=of, json=early, headers=tag), 412, "stale")

    assert second.status_code == 200, second.text
    assert (await admin.get(path, params=of)).json()["status"] is None
    assert (await progress(admin, TRAINED, plan=plan))["assigned"]["period"] == "2017"
    kept = (await admin.get(f"{path}/history", params={"plan": plan})).json()["items"]
    assert [(one["period"], one["status"]) for one in kept] == [
        ("2018", None), ("2018", "behind"), ("2017", "on-track"),
    ]  # fmt: skip


async def test_of_two_who_assign_at_once_one_is_told_of_the_other(admin: httpx.AsyncClient):
    plan, _ = await cim_plan(admin)
    path = f"/v1/indicators/{TRAINED}/assigned-progress"
    draft = {"status": "behind", "reason": "b"}

    both = await asyncio.gather(
        *(admin.put(path, params={"plan": plan, "period": "2018"}, json=draft) for _ in range(2))
    )

    assert sorted(answer.status_code for answer in both) == [201, 428]


@pytest.mark.parametrize("period", ["soon", "2018-13", "2004/05"])
async def test_progress_is_assigned_for_a_period(admin: httpx.AsyncClient, period: str):
    plan, _ = await cim_plan(admin)

    answer = await admin.put(
        f"/v1/indicators/{TRAINED}/assigned-progress",
        params={"plan": plan, "period": period},
        json={"status": "behind", "reason": "b"},
    )

    assert answer.status_code == 422
    assert answer.json()["code"] in ("invalid-period", "ambiguous-period")


async def test_progress_is_that_of_a_plan_or_of_a_state(admin: httpx.AsyncClient):
    path = f"/v1/indicators/{TRAINED}/progress"

    problem_of(await admin.get(path), 422, "plan-or-state")
    problem_of(await admin.get(path, params={"plan": NOBODY, "state": "ARG"}), 422, "plan-or-state")
    problem_of(await admin.get(path, params={"plan": NOBODY}), 404, "not-found")
    problem_of(await admin.get(path, params={"state": "QQQ"}), 404, "not-found")
    missing = "/v1/indicators/cim-plan:none/progress"
    problem_of(await admin.get(missing, params={"state": "ARG"}), 404, "not-found")


async def test_a_key_of_a_state_reads_and_writes_of_that_state_only(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    plan, _ = await cim_plan(admin)
    own = await client_with(Scope.PLANS_WRITE, state="ARG")
    reader = await client_with(Scope.MEETINGS_WRITE)
    path = f"/v1/indicators/{TRAINED}/progress"
    assign = f"/v1/indicators/{TRAINED}/assigned-progress"
    draft = {"status": "behind", "reason": "b"}

    assert (await own.get(path, params={"state": "ARG"})).status_code == 200
    made = await own.put(assign, params={"state": "ARG", "period": "2018"}, json=draft)
    assert made.status_code == 201
    problem_of(await own.get(path, params={"state": "HRV"}), 403, "other-state")
    problem_of(await own.get(path, params={"plan": plan}), 404, "not-found")
    problem_of(
        await reader.put(assign, params={"plan": plan, "period": "2018"}, json=draft), 403, "scope-missing"
    )


async def test_an_indicator_says_its_scale_its_growth_and_how_it_counts(admin: httpx.AsyncClient):
    scale = [
        {"value": str(step), "title": {"en": name}, "meaning": {"en": name}}
        for step, name in enumerate(("Gender blind", "Gender aware", "Transformative"))
    ]
    indicators = [
        {"ref": "i1", "provision": "a", "title": {"en": "Marker"}, "kind": "ordinal", "direction": "up",
         "scale": scale, "baselines": [{"printed": "Gender blind", "kind": "text"}],
         "targets": [{"printed": "Transformative", "kind": "text"}]},
        {"ref": "i2", "provision": "a", "title": {"en": "Funds"}, "kind": "number", "direction": "up",
         "growth": "compound", "counting": "running"},
    ]  # fmt: skip
    document = {
        "framework": {"key": "scored", "kind": "strategic-plan", "title": {"en": "Scored"}},
        "edition": {"key": "1", "published": "2020-01-01", "languages": ["en"], "source": "a test"},
        "provisions": [{"ref": "a", "kind": "objective", "title": {"en": "A"}}],
        "indicators": indicators,
    }
    address = "/v1/frameworks/scored/editions/1"
    assert (await admin.put(address, json=document)).status_code == 201
    assert (await admin.put(address, json=document)).json()["status"] == "unchanged"

    listed = (await admin.get("/v1/indicators", params={"framework": "scored"})).json()["items"]
    tree = (await admin.get("/v1/frameworks/scored/tree")).json()["indicators"]
    area = await area_of_its_own(admin)
    plan = (
        await drawn_up(admin, framework="scored", owner=area, start="2020-01-01", end="2021-12-31")
    ).rpartition("/")[2]
    await observed(admin, "scored:i1", area, "2020,1")

    assert [level["value"] for level in listed[0]["scale"]] == ["0", "1", "2"]
    assert [(one["growth"], one["counting"]) for one in listed] == [(None, None), ("compound", "running")]
    assert [one["scale"] for one in tree] == [one["scale"] for one in listed]
    found = await progress(admin, "scored:i1", plan=plan)
    assert (found["method"], found["value"], found["status"]) == ("ordinal", 0.5, "on-track")

    wrong = document | {
        "edition": {**document["edition"], "key": "2"},
        "indicators": [
            indicators[0] | {"kind": "number", "scale": [scale[0], scale[0]]},
            indicators[1] | {"kind": "text"},
        ],
    }
    problem = problem_of(
        await admin.put("/v1/frameworks/scored/editions/2", json=wrong), 422, "invalid-library"
    )
    assert pointers(problem) == {
        "/indicators/0/scale": "scale-without-order",
        "/indicators/0/scale/1/value": "duplicate-level",
        "/indicators/1/growth": "not-a-number",
        "/indicators/1/counting": "not-a-count",
    }
