"""Charts over HTTP: whoever asks for an image gets one, whoever asks for figures gets those."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from schemas.access import Scope
from tests.api.given import pointers, problem_of
from tests.api.planning import NOBODY, changed, drawn_up
from tests.api.test_indicator_progress import TRAINED, area_of_its_own, cim_plan, observed
from tests.catalogue.shipped import library
from tests.conftest import ClientMaker

SVG, CSV = "image/svg+xml", "text/csv"
RATES = "/v1/frameworks/ccm/charts/reporting-rates"
SERIES = f"/v1/indicators/{TRAINED}/charts/series"
AS_BROWSERS_ASK_FOR_IMAGES = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
Found = dict[str, Any]


async def chart(client: httpx.AsyncClient, path: str, **asked: str) -> Found:
    answer = await client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    found: Found = answer.json()
    heads = {len(found["table"]["head"])}
    assert {len(row) for row in found["table"]["rows"]} <= heads
    assert {len(one["values"]) for one in found["series"]} <= {len(found["categories"])}
    return found


async def drawing(client: httpx.AsyncClient, path: str, **asked: str) -> ET.Element:
    answer = await client.get(path, params=asked, headers={"Accept": SVG})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith(SVG)
    return ET.fromstring(answer.content)


def keys(found: Found) -> list[str]:
    return [one["key"] for one in found["categories"]]


def series(found: Found) -> dict[str, list[float | None]]:
    return {one["key"]: one["values"] for one in found["series"]}


async def test_a_plan_is_drawn_objective_by_objective(admin: httpx.AsyncClient):
    path = await drawn_up(admin)
    await changed(admin, f"{path}/items/s1.a1.m1", status="done")
    await changed(admin, f"{path}/items/s1.a1.m2", status="dropped")

    found = await chart(admin, f"{path}/charts/progress")

    tree = library("gcm-six-steps").provisions
    assert keys(found) == [one.ref for one in tree if one.parent is None]
    assert (found["kind"], found["language"]) == ("stacked-bars", "en")
    assert [series(found)[key][0] for key in ("done", "dropped", "under-way")] == [1, 1, 0]
    told = (await admin.get(f"{path}/progress")).json()
    assert found["table"]["rows"][-1][1:] == [1, 0, told["not_started"], 1, told["counted"] + 1]


async def test_a_chart_says_whose_plan_it_shows_and_of_which_day(admin: httpx.AsyncClient):
    path, today = await drawn_up(admin, owner="UGA"), datetime.now(UTC).date()

    items = await chart(admin, f"{path}/charts/progress")
    indicators = await chart(admin, f"{path}/charts/progress", of="indicators", as_of="2026-06-30")

    assert items["title"] == "Progress by objective: GCM six-step guide, UGA"
    assert items["description"].endswith(f"As recorded on {today}.")
    assert indicators["description"].endswith(
        f"Values of periods that ended by 2026-06-30. As recorded on {today}."
    )


async def test_the_parts_of_an_objective_are_drawn_when_it_is_named(admin: httpx.AsyncClient):
    path = await drawn_up(admin)

    found = await chart(admin, f"{path}/charts/progress", under="s1")

    assert keys(found) == ["s1.a1", "s1.a2", "s1.a3"]
    assert found["title"].endswith("s1 Kick-off")
    problem_of(await admin.get(f"{path}/charts/progress", params={"under": "s99"}), 404, "not-found")


async def test_terms_of_reference_are_drawn_activity_by_activity(admin: httpx.AsyncClient):
    path = await drawn_up(admin, framework="ccm-gfp-tor")

    found = await chart(admin, f"{path}/charts/progress")

    assert keys(found) == [f"act-{letter}" for letter in "abcdefgh"]


async def test_indicators_of_a_plan_are_drawn_by_objective_and_status(admin: httpx.AsyncClient):
    plan, area = await cim_plan(admin)
    await observed(admin, TRAINED, area, "2018,90")

    found = await chart(admin, f"/v1/plans/{plan}/charts/progress", of="indicators")

    assert [one["key"] for one in found["series"] if any(one["values"])] == ["achieved", "not-computable"]
    assert dict(zip(keys(found), series(found)["achieved"], strict=True))["3.1.1"] == 1
    assert found["table"]["rows"][-1][1:] == [1, *[0] * 6, 74, 75]


async def test_a_series_by_sex_has_its_total_its_target_and_its_gaps(admin: httpx.AsyncClient):
    plan, area = await cim_plan(admin)
    await observed(admin, TRAINED, area, "2016,20,F", "2016,10,M", "2018,40,F", "2018,35,M")

    found = await chart(admin, SERIES, plan=plan, by="sex")

    assert keys(found) == ["2016", "2017", "2018"]
    assert series(found) == {
        "F": [20, None, 40], "M": [10, None, 35], "_T": [30, None, 75], "target": [75, 75, 75],
    }  # fmt: skip
    assert [one["role"] for one in found["series"]] == ["values"] * 3 + ["target"]
    assert found["notes"] == ["Gaps: no value for 2017."]
    assert "Target as stated: At least 75 people trained." in found["description"]
    assert found["path"] == f"{SERIES}?plan={plan}&by=sex"


async def test_terms_that_were_agreed_move_the_target(admin: httpx.AsyncClient):
    plan, area = await cim_plan(admin)
    await observed(admin, TRAINED, area, "2018,40")
    terms = {"target": "50 by 2019", "reason": "Review."}
    await admin.put(f"/v1/indicators/{TRAINED}/terms", params={"plan": plan}, json=terms)

    found = await chart(admin, SERIES, plan=plan)

    assert series(found) == {"_T": [40, None], "target": [50, 50]}


async def test_forecasts_and_missing_values_are_not_drawn(admin: httpx.AsyncClient):
    plan, area = await cim_plan(admin)
    content = f"state,period,value,status\n{area},2016,3,A\n{area},2017,,M\n{area},2018,9,F"
    path = f"/v1/indicators/{TRAINED}/observations"
    sent = await admin.post(path, content=content, headers={"Content-Type": CSV})
    assert sent.json()["rejected"] == 0, sent.text

    found = await chart(admin, SERIES, plan=plan)

    assert (keys(found), series(found)["_T"]) == (["2016", "2017"], [3, None])


async def test_only_the_periods_that_are_asked_for_are_drawn(admin: httpx.AsyncClient):
    plan, area = await cim_plan(admin)
    await observed(admin, TRAINED, area, "2015,1", "2016,2", "2017,3", "2018,4")

    found = await chart(admin, SERIES, plan=plan, **{"from": "2016", "to": "2017"})

    assert keys(found) == ["2016", "2017"]
    answer = await admin.get(SERIES, params={"plan": plan, "from": "soon"})
    problem_of(answer, 422, "invalid-period")


async def test_an_area_that_is_no_state_has_a_series_too(admin: httpx.AsyncClient):
    area = await area_of_its_own(admin)
    await observed(admin, TRAINED, area, "2018,40")

    assert series(await chart(admin, SERIES, state=area))["_T"] == [40]


async def test_where_nothing_was_observed_the_drawing_says_so(admin: httpx.AsyncClient):
    root = await drawing(admin, SERIES, state="HRV", language="es")

    assert root.get("lang") == "es"
    assert "No se ha observado nada." in "".join(root.itertext())


async def test_a_state_is_named_alike_for_charts_progress_and_observations(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    own = await client_with(Scope.PLANS_WRITE, state="HRV")
    of = SERIES.removesuffix("/charts/series")

    for client in (admin, own):
        assert (await chart(client, SERIES, state="191"))["title"].endswith("(Croatia)")
        told = await client.get(f"{of}/progress", params={"state": "191"})
        assert (told.status_code, told.json().get("area")) == (200, "HRV")
        assert (await client.get(f"{of}/observations", params={"state": "191"})).status_code == 200
    for path in (SERIES, f"{of}/progress"):
        problem_of(await own.get(path, params={"state": "32"}), 403, "other-state")
        for nobody in ("hrv", "999", "QQQ", "a b", "", "\0"):
            problem_of(await admin.get(path, params={"state": nobody}), 404, "not-found")


async def test_periods_that_end_before_they_begin_are_refused(admin: httpx.AsyncClient):
    asked = {"state": "HRV", "from": "2020", "to": "2010"}

    refused = await admin.get(SERIES, params=asked)
    same = await admin.get(SERIES, params=asked | {"to": "2020"})

    assert pointers(problem_of(refused, 422, "end-before-start")) == {"?to": "end-before-start"}
    assert same.status_code == 200


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({}, 422, "plan-or-state"),
        ({"state": "HRV", "plan": NOBODY}, 422, "plan-or-state"),
        ({"plan": NOBODY}, 404, "not-found"),
        ({"state": "QQQ"}, 404, "not-found"),
        ({"state": "HRV", "by": "shoe_size"}, 422, "unknown-breakdown"),
        ({"state": "HRV", "by": "sex", "colour": "red"}, 422, "unknown-parameter"),
        ({"state": "HRV", "language": "de"}, 422, "validation-failed"),
    ],
)
async def test_a_series_is_of_one_area_and_one_known_breakdown(
    admin: httpx.AsyncClient, asked: dict[str, str], status: int, code: str
):
    problem_of(await admin.get(SERIES, params=asked), status, code)


async def test_the_rates_are_drawn_for_everybody(anonymous: httpx.AsyncClient):
    found = await chart(anonymous, RATES)
    rates = (await anonymous.get("/v1/frameworks/ccm/reporting-rates")).json()

    assert sorted(keys(found)) == sorted(one["cycle"] for one in rates["cycles"])
    assert (await anonymous.get(RATES)).headers["cache-control"].startswith("public")
    problem_of(await anonymous.get("/v1/frameworks/nowhere/charts/reporting-rates"), 404, "not-found")


async def test_a_cycle_of_which_nothing_is_known_is_no_zero(admin: httpx.AsyncClient):
    due_on = (datetime.now(UTC) + timedelta(days=30)).date()
    cycle = {"due_on": due_on.isoformat(), "time_zone": "Europe/Zurich", "source": "a decision"}
    made = await admin.put(f"/v1/frameworks/wps/reporting-cycles/{due_on.year}", json=cycle)
    assert made.status_code == 201, made.text

    found = await chart(admin, "/v1/frameworks/wps/charts/reporting-rates", language="fr")

    assert series(found) == {"submitted": [None], "on-time": [None]}
    assert found["missing"] == "rien n'était dû"
    assert found["notes"] == [f"En cours\u00a0: {due_on.year}."]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        (SVG, SVG),
        ("image/*", SVG),
        (AS_BROWSERS_ASK_FOR_IMAGES, SVG),
        ("text/html, text/csv;q=0.5", CSV),
        ("image/svg+xml;q=0.2, application/json;q=0.9", "application/json"),
        ("*/*;q=0.1, application/json;q=0", SVG),
    ],
)
async def test_the_format_that_is_wanted_most_is_answered(
    anonymous: httpx.AsyncClient, accept: str, kind: str
):
    answer = await anonymous.get(RATES, headers={"Accept": accept})

    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert answer.headers["vary"] == "Accept, Accept-Language"
    others = {link["type"] for link in answer.links.values() if "type" in link}
    assert kind not in others


@pytest.mark.parametrize("accept", ["image/png", "text/html", "application/json;q=0", "nonsense"])
async def test_a_format_that_there_is_not_is_refused(anonymous: httpx.AsyncClient, accept: str):
    problem = problem_of(await anonymous.get(RATES, headers={"Accept": accept}), 406, "not-acceptable")

    assert problem["formats"] == ["application/json", SVG, CSV]


async def test_a_drawing_is_the_same_bytes_again_and_is_not_sent_twice(anonymous: httpx.AsyncClient):
    headers = {"Accept": SVG}
    first, second = [await anonymous.get(RATES, headers=headers) for _ in range(2)]

    assert first.content == second.content
    assert first.headers["content-security-policy"] == "default-src 'none'"
    seen = headers | {"If-None-Match": first.headers["etag"]}
    assert (await anonymous.get(RATES, headers=seen)).status_code == 304
    other = await anonymous.get(RATES, headers={"Accept": CSV})
    assert other.headers["etag"] != first.headers["etag"]


async def test_the_table_is_what_the_chart_has_behind_it(admin: httpx.AsyncClient):
    path = await drawn_up(admin, title="=Plan", owner="UNIFEM")
    found = await chart(admin, f"{path}/charts/progress")

    answer = await admin.get(f"{path}/charts/progress", headers={"Accept": CSV})

    rows = list(csv.reader(io.StringIO(answer.text)))
    table = found["table"]
    assert rows == [table["head"], *([str(cell) for cell in row] for row in table["rows"])]
    assert answer.headers["content-disposition"].startswith('attachment; filename="=Plan, UNIFEM items.csv"')


async def test_fixed_words_and_titles_are_in_the_language_of_the_reader(admin: httpx.AsyncClient):
    path = await drawn_up(admin)

    answer = await admin.get(f"{path}/charts/progress", headers={"Accept-Language": "fr-CH, en;q=0.3"})

    assert answer.headers["content-language"] == "fr"
    assert [one["label"] for one in answer.json()["series"]] == [
        "achevé", "en cours", "non commencé", "abandonné",
    ]  # fmt: skip


async def test_a_key_of_a_state_sees_charts_of_that_state_only(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, client_with: ClientMaker
):
    plan, _ = await cim_plan(admin)
    own = await client_with(Scope.PLANS_WRITE, state="ARG")

    assert (await own.get(SERIES, params={"state": "ARG"})).status_code == 200
    problem_of(await own.get(SERIES, params={"state": "HRV"}), 403, "other-state")
    problem_of(await own.get(SERIES, params={"plan": plan}), 404, "not-found")
    problem_of(await own.get(f"/v1/plans/{plan}/charts/progress"), 404, "not-found")
    problem_of(await anonymous.get(SERIES, params={"state": "ARG"}), 401, "unauthenticated")
