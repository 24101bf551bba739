"""What goes out comes in again as it was: in each format, every row is unchanged."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.indicators import codes
from tests.api.given import problem_of
from tests.api.test_observations import CSV, SEATS, brought, counts, items, problems
from tests.api.test_observations_large import SDMX

NDJSON = "application/x-ndjson"
MANY = settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.generate],  # many rows at once, told as they are: to make them fewer takes an hour
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)

SIGNS = "=+-@＝＋－＠'\"\\\t\n\r,;|. aé\u2028\x0b0NA"
texts = (
    st.none() | st.text(SIGNS, max_size=12) | st.sampled_from(["NA", "=1+1", "'=1", "''", "＝SUM(A1)", "\\."])
)
"""As people and programs write them, and as spreadsheets and databases take them for something else."""

figures = (
    st.none()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str)
    | st.sampled_from(["1e99", "-1.5e-99", "0", "-0.00", ".5", "9" * 40 + "." + "9" * 40])
)
breakdowns = st.fixed_dictionaries(
    {},
    optional={
        "sex": st.sampled_from(["F", "M", "_O", "_U"]),
        "age": st.sampled_from(["Y15T49", "Y_GE60", "M0T11"]),
        "disability_status": st.sampled_from(["PD", "PWD"]),
    },
)
described = st.fixed_dictionaries(
    {"breakdown": breakdowns},
    optional={
        "source": texts,
        "note": texts,
        "nature": st.sampled_from(["C", "NA", "E"]),
        "unit_multiplier": st.sampled_from(["3", "-2", "units"]),
        "proxy": st.booleans(),
    },
)
PERIODS = ("{}", "{}-Q1", "{}/P3Y", "{}-W05", "{}-03-04", "{0}/{0}-06")


def observations(values: st.SearchStrategy[str | None]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Forty rows, each of its own period."""
    rows = st.lists(st.tuples(described, values), min_size=40, max_size=40)
    return rows.map(
        lambda found: [
            row | {"state": "HRV", "value": value, "period": PERIODS[n % 6].format(2000 + n // 6)}
            for n, (row, value) in enumerate(found)
        ]
    )


async def out(client: httpx.AsyncClient, path: str, kind: str) -> httpx.Response:
    if kind == "application/json":
        page = (await client.get(path, params={"limit": 500})).content  # as it is: numbers keep their digits
        return httpx.Response(200, content=page.removeprefix(b'{"items":').rpartition(b',"next"')[0])
    answer = await client.get(path, headers={"Accept": kind})
    assert answer.status_code == 200, answer.text
    return answer


async def comes_back(client: httpx.AsyncClient, path: str) -> None:
    for kind in ("text/csv", SDMX, NDJSON, "application/json"):
        content = (await out(client, path, kind)).content
        answer = await client.post(path, content=content, headers={"Content-Type": kind})
        assert answer.status_code == 200, (kind, answer.text)
        found = answer.json()
        assert found["problems"] == [], kind
        assert found["unchanged"] == found["received"] == 40, kind


async def only(client: httpx.AsyncClient, path: str, rows: list[dict[str, Any]]) -> None:
    """Nothing else is known of the indicator from now on."""
    await client.delete(path, params={"state": "HRV"})
    answer = (await client.post(path, json=rows)).json()
    assert (answer["problems"], answer["status"]) == ([], "imported")


@MANY
@given(rows=observations(figures))
async def test_figures_come_back_unchanged(admin: httpx.AsyncClient, rows: list[dict[str, Any]]):
    path = "/v1/indicators/sdg:3.1.1/observations"
    await only(admin, path, rows)

    await comes_back(admin, path)


@MANY
@given(rows=observations(texts))
async def test_texts_come_back_unchanged(admin: httpx.AsyncClient, rows: list[dict[str, Any]]):
    listed = (await admin.get("/v1/indicators", params={"framework": "cim-plan", "limit": 500})).json()[
        "items"
    ]
    path = f"/v1/indicators/{next(one['reference'] for one in listed if one['kind'] == 'text')}/observations"
    await only(admin, path, rows)

    await comes_back(admin, path)


async def test_sdmx_csv_has_texts_as_they_are_both_ways(admin: httpx.AsyncClient):
    await admin.post(SEATS, json=[{"state": "POL", "period": 2001, "value": 1, "note": "'=1+1"}])

    sent = await out(admin, f"{SEATS}?state=POL", SDMX)
    answer = await admin.post(SEATS, content=sent.content, headers={"Content-Type": SDMX})

    assert next(csv.DictReader(io.StringIO(sent.text)))["COMMENT_OBS"] == "'=1+1"
    assert counts(answer.json()) == (1, 0, 0, 1, 0)
    assert (await items(admin, state="POL"))[0]["note"] == "'=1+1"


async def test_full_width_formulas_go_out_as_text(admin: httpx.AsyncClient):
    await admin.post(SEATS, json=[{"state": "PRT", "period": 2001, "value": 1, "note": "＝SUM(A1)"}])

    sent = await out(admin, f"{SEATS}?state=PRT", "text/csv")

    assert next(csv.DictReader(io.StringIO(sent.text)))["note"] == "'＝SUM(A1)"


async def sent_as(client: httpx.AsyncClient, kind: str, rows: list[Any], **asked: str) -> dict[str, Any]:
    content = json.dumps(rows) if kind == "application/json" else "\n".join(map(json.dumps, rows))
    answer = await client.post(SEATS, content=content, headers={"Content-Type": kind}, params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("kind", [NDJSON, "application/json"])
async def test_what_an_object_lacks_or_has_too_much_is_its_own_affair(admin: httpx.AsyncClient, kind: str):
    good = {"state": "LTU", "period": "2012", "value": 1}
    rows = [
        good,
        {"state": "LTU", "period": "2013"},
        {"period": "2014", "value": 2},
        good | {"colour": "red"},
        good | {"area": "LVA"},
        {"REF_AREA": "LTU", "TIME_PERIOD": "2015", "obs_value": 3, "SEX": "F"},
        {"state": "LTU", "period": "2016", "value": 4, "note": "\ud800"},
        {"state": "LTU", "period": "2017", "value": 4, "note": "a\u0000b"},
        {"state": "LTU", "period": "2018", "value": "1\n2"},
        good | {"sex": "F", "breakdown": {"sex": "F"}},
    ]

    answer = await sent_as(admin, kind, rows)

    assert problems(answer) == [
        ("unknown-area", "/state", [3]),
        ("unknown-field", "/colour", [4]),
        ("field-twice", "/state", [5]),
        ("text-not-utf-8", "", [7]),
        ("text-contains-nul", "", [8]),
        ("not-a-number", "/value", [9]),
        ("field-twice", "/sex", [10]),
    ]
    found = {(one["period"], one["value"], one["status"]) for one in await items(admin, state="LTU")}
    assert found == {("2012", 1, "A"), ("2013", None, "O"), ("2015", 3, "A")}


async def test_names_that_no_text_can_hold_are_told(admin: httpx.AsyncClient):
    answer = await sent_as(admin, NDJSON, [{"state": "LVA", "period": 1, "\ud800\u0000": 1}])

    assert problems(answer) == [("unknown-field", "/?\ufffd", [1])]


async def test_objects_may_be_mapped_like_columns(admin: httpx.AsyncClient):
    rows = [
        {"Country": "EST", "year": 2012, "value": 1, "own": 1, "start": 1},
        {"Country": "EST", "year": 2013},
    ]

    answer = await sent_as(admin, NDJSON, rows, columns="state:Country,period:year", set="sex:F")

    assert counts(answer) == (2, 2, 0, 0, 0)
    assert answer["ignored_columns"] == ["own", "start"]
    again = await sent_as(
        admin, NDJSON, [rows[0] | {"SEX": "M"}], columns="state:Country,period:year", set="sex:F"
    )
    assert problems(again) == [("field-twice", "/sex", [1])]
    refused = await admin.post(SEATS, json=rows, params={"columns": "shoe:size"})
    problem_of(refused, 422, "invalid-columns")


async def test_columns_that_only_exports_have_are_named(admin: httpx.AsyncClient):
    answer = await brought(admin, "state,period,value,start,freq\nSVK,2012,1,x,A\n")

    assert (answer["imported"], answer["ignored_columns"]) == (1, ["start", "freq"])


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"columns": "state:a,area:b"}, "invalid-map"),
        ({"set": "state:HRV,ref_area:FRA"}, "invalid-map"),
        ({"columns": "value:value"}, "invalid-columns"),
        ({"codes": "sex"}, "invalid-map"),
        ({"codes": "sex:a=F,sex:a=M"}, "invalid-map"),
        ({"codes": "shoe:a=F"}, "unknown-breakdown"),
        ({"codes": "sex:a=Z"}, "unknown-code"),
    ],
)
async def test_maps_that_mean_two_things_are_refused(
    admin: httpx.AsyncClient, asked: dict[str, str], code: str
):
    text = "state,period,value,value\nSVN,2012,1,2\n"

    problem_of(await admin.post(SEATS, content=text, headers=CSV, params=asked), 422, code)


async def test_what_a_file_calls_codes_may_be_said(admin: httpx.AsyncClient):
    text = 'state,period,value,disability_status,sex\nGBR,2012,1,"Disabled, as of 2011",everybody\n'

    told = await brought(admin, text)
    answer = await brought(admin, text, codes='"disability_status:disabled, as of 2011=PD",sex:Everybody=_T')

    assert told["rejected"] == 1
    assert counts(answer) == (1, 1, 0, 0, 0)
    assert (await items(admin, state="GBR"))[0]["breakdown"] == {"DISABILITY_STATUS": "PD"}


async def test_a_comma_before_decimals_is_for_numbers_only(admin: httpx.AsyncClient):
    text = "state;period;value\nCZE;2012;1,5\nCZE;2013;1.234\nCZE;2014;1.234,5\nCZE;2015;..\nCZE;2016;1,2,3\n"

    answer = await brought(admin, text, decimal="comma")

    assert problems(answer) == [("decimal-point", "/value", [2, 3]), ("not-a-number", "/value", [5])]
    assert "`1.234` has a point" in answer["problems"][0]["detail"]
    assert "`1,2,3` is text" in answer["problems"][1]["detail"]
    assert [one["value"] for one in await items(admin, state="CZE")] == [1.5, None]


async def test_a_comma_before_decimals_leaves_texts_alone(admin: httpx.AsyncClient):
    listed = (await admin.get("/v1/indicators", params={"framework": "cim-plan", "limit": 500})).json()[
        "items"
    ]
    path = f"/v1/indicators/{next(one['reference'] for one in listed if one['kind'] == 'text')}/observations"

    await brought(admin, "state;period;value\nCZE;2012;Strategy, plan. Budget\n", path, decimal="comma")

    assert [one["value"] for one in await items(admin, path, state="CZE")] == ["Strategy, plan. Budget"]


async def test_a_number_with_a_line_end_is_no_number(admin: httpx.AsyncClient):
    answer = await brought(admin, 'state,period,value\nHUN,2012,"1\n2"\nHUN,2013,1\n')

    assert problems(answer) == [("not-a-number", "/value", [1])]
    assert answer["imported"] == 1


def test_a_span_of_ages_has_one_code():
    assert [codes.age_code(text) for text in ("Y015T049", "Y49T15", "49 to 15", "M00", "Y_GE060")] == [
        "Y15T49", None, None, "M0", "Y_GE60",
    ]  # fmt: skip
