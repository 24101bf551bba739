"""Observations through the door: files in, answers by groups of rows, files out, what was before."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import httpx
import pytest

from schemas.access import Scope
from tests.api.given import pointers, problem_of
from tests.conftest import ClientMaker

SEATS = "/v1/indicators/sdg:5.5.1/observations"
CSV = {"Content-Type": "text/csv"}


async def brought(
    client: httpx.AsyncClient, content: str | bytes, path: str = SEATS, **asked: Any
) -> dict[str, Any]:
    """The answer to a CSV."""
    answer = await client.post(path, content=content, headers=CSV, params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    total = sum(found[name] for name in ("imported", "updated", "unchanged", "deleted", "rejected"))
    assert found["received"] == total
    return found


def counts(answer: dict[str, Any]) -> tuple[int, ...]:
    return tuple(answer[name] for name in ("received", "imported", "updated", "unchanged", "rejected"))


def problems(answer: dict[str, Any]) -> list[tuple[str, str, list[int]]]:
    return [(found["code"], found["pointer"], found["rows"]) for found in answer["problems"]]


async def items(client: httpx.AsyncClient, path: str = SEATS, **asked: Any) -> list[dict[str, Any]]:
    answer = await client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_file_is_imported_and_read_again(admin: httpx.AsyncClient):
    text = (
        "state,period,value,sex,age,disability_status,status,source\n"
        'HRV,2012,23.80,F,_T,_T,A,"UN Global SDG Database"\n'
        "HRV,2013-Q1,1e-3,female,15-49,PD,,\n"
    )

    answer = await brought(admin, text)

    assert counts(answer) == (2, 2, 0, 0, 0)
    assert (answer["status"], answer["problems"], answer["dry_run"]) == ("imported", [], False)
    first, second = await items(admin, state="HRV")
    assert first["value"] == 23.8
    assert '"value" : 23.80' in (await admin.get(SEATS, params={"state": "HRV"})).text
    assert first["breakdown"] == {"SEX": "F"}
    assert (first["period"], first["start"], first["end"]) == ("2012", "2012-01-01", "2012-12-31")
    assert (first["status"], first["source"], first["revision"]) == ("A", "UN Global SDG Database", 1)
    assert second["breakdown"] == {"SEX": "F", "AGE": "Y15T49", "DISABILITY_STATUS": "PD"}
    assert (second["period"], second["end"]) == ("2013-Q1", "2013-03-31")
    again = (await admin.get(f"/v1/imports/{answer['id']}")).json()
    assert again == answer


async def test_the_same_file_again_changes_nothing(admin: httpx.AsyncClient):
    text = "state,period,value\nFRA,2012,1\nFRA,2013,\n"
    await brought(admin, text)

    assert counts(await brought(admin, text)) == (2, 0, 0, 2, 0)
    assert await items(admin, f"{SEATS}/revisions", state="FRA") == []


async def test_what_changes_keeps_what_it_was(admin: httpx.AsyncClient):
    await brought(admin, "state,period,value,source\nESP,2012,1,first\nESP,2013,5,first\n")

    answer = await brought(admin, "state,period,value,source\nESP,2012,2,second\nESP,2013,5.0,first\n")

    assert counts(answer) == (2, 0, 1, 1, 0)
    now = (await items(admin, state="ESP"))[0]
    assert (now["value"], now["source"], now["revision"]) == (2, "second", 2)
    [before] = await items(admin, f"{SEATS}/revisions", state="ESP")
    assert (before["value"], before["source"], before["revision"]) == (1, "first", 1)
    assert before["replaced"] == now["recorded"]
    assert before["replaced_by"] == "test"


async def test_missing_is_not_zero(admin: httpx.AsyncClient):
    answer = await brought(
        admin,
        "state,period,value,status\nITA,2010,NA,\nITA,2011,0,\nITA,2012,,M\nITA,2013,,A\nITA,2014,3,M\n",
    )

    assert counts(answer) == (5, 3, 0, 0, 2)
    assert problems(answer) == [("value-missing", "/value", [4]), ("value-though-missing", "/value", [5])]
    found = [(one["value"], one["status"]) for one in await items(admin, state="ITA")]
    assert found == [(None, "O"), (0, "A"), (None, "M")]


async def test_bad_rows_are_told_by_groups_and_the_good_ones_are_in(admin: httpx.AsyncClient):
    text = (
        "state,period,value,sex\n"
        "PER,2010,Gender aware,F\n"
        "PER,2011,10,F\n"
        "PER,2012,Gender neutral,F\n"
        'PER,2013,"1,5",F\n'
        "PER,2014,101,F\n"
        "PER,2015,1,Q\n"
        "ZZZ,2016,1,F\n"
        "ZZZ,2017,1,F\n"
        "PER,once,1,F\n"
        "PER,2018,1\n"
        "PER,2019,1,F\n"
        "PER,2020/21,1,F\n"
    )

    answer = await brought(admin, text)

    assert counts(answer) == (12, 2, 0, 0, 10)
    assert answer["status"] == "partly-imported"
    assert problems(answer) == [
        ("not-a-number", "/value", [1, 3]),
        ("decimal-comma", "/value", [4]),
        ("percentage-over-100", "/value", [5]),
        ("unknown-code", "/sex", [6]),
        ("unknown-area", "/state", [7, 8]),
        ("invalid-period", "/period", [9]),
        ("ragged-row", "", [10]),
        ("ambiguous-period", "/period", [12]),
    ]
    assert "Gender aware" in answer["problems"][0]["detail"]
    assert [one["period"] for one in await items(admin, state="PER")] == ["2011", "2019"]


async def test_what_is_meant_can_be_said(admin: httpx.AsyncClient):
    answer = await brought(
        admin,
        'Year;Percentage\n2004/05;"101,5"\n',
        columns="period:Year,value:Percentage",
        set="state:GBR,sex:F",
        decimal="comma",
        beyond_100="true",
        year_starts="04-01",
    )

    assert counts(answer) == (1, 1, 0, 0, 0)
    [one] = await items(admin, state="GBR")
    assert (one["period"], one["start"], one["end"]) == ("2004-04-01/P1Y", "2004-04-01", "2005-03-31")
    assert (one["value"], one["breakdown"]) == (101.5, {"SEX": "F"})


async def test_what_a_row_does_not_name_is_told(admin: httpx.AsyncClient):
    content = "indicator,state,period,value\n,HRV,2012,1\n5.5.1,,2012,1\n5.5.1,HRV,,1\n"

    answer = await brought(admin, content, "/v1/observations", framework="sdg")

    told = [(found["pointer"], found["detail"].partition(":")[0]) for found in answer["problems"]]
    assert sorted(told) == [
        ("/indicator", "No indicator is named."),
        ("/period", "No period is given"),
        ("/state", "No area is named."),
    ]


async def test_rows_on_one_observation_that_disagree_are_all_left_out(admin: httpx.AsyncClient):
    text = "state,period,value,sex\nKEN,2012,1,F\nKEN,2012,100,_T\nKEN,2012,120,\nKEN,2012,1.0,FEMALE\n"

    answer = await brought(admin, text)

    assert counts(answer) == (4, 2, 0, 1, 1)
    assert problems(answer) == [("percentage-over-100", "/value", [3])]
    answer = await brought(admin, text, beyond_100="true")
    assert problems(answer) == [("conflicting-rows", "/value", [2, 3])]
    assert "100 and 120" in answer["problems"][0]["detail"]
    assert answer["rejected"] == 2


async def test_a_row_that_is_there_twice_is_taken_once(admin: httpx.AsyncClient):
    answer = await brought(admin, "state,period,value\nUGA,2012,5\nUGA,2012,5\n")

    assert counts(answer) == (2, 1, 0, 1, 0)


async def test_a_dry_run_says_what_would_be_and_keeps_nothing(admin: httpx.AsyncClient):
    await brought(admin, "state,period,value\nNOR,2012,5\n")

    answer = await brought(admin, "state,period,value\nNOR,2012,6\nNOR,2013,6\nNOR,x,6\n", dry_run="true")

    assert counts(answer) == (3, 1, 1, 0, 1)
    assert (answer["dry_run"], answer["id"]) == (True, None)
    assert [one["value"] for one in await items(admin, state="NOR")] == [5]


async def test_atomic_is_all_or_nothing(admin: httpx.AsyncClient):
    text = "state,period,value\nSWE,2012,6\nSWE,x,6\n"

    answer = await brought(admin, text, atomic="true")

    assert counts(answer) == (2, 0, 0, 0, 2)
    assert answer["status"] == "refused"
    assert await items(admin, state="SWE") == []


async def test_totals_are_compared_with_their_parts(admin: httpx.AsyncClient):
    answer = await brought(
        admin,
        "state,period,value,sex,unit_multiplier\n"
        "CHE,2012,60,F,\nCHE,2012,30,M,\nCHE,2012,100,_T,\n"
        "CHE,2013,60,F,\nCHE,2013,40,M,\nCHE,2013,0.1,_T,thousands\n"
        "CHE,2014,60,F,\nCHE,2014,100,_T,\n"
        "CHE,2015,6,F,1\nCHE,2015,40,M,\nCHE,2015,1,_T,thousands\n",
        await _number(admin),
    )

    assert [(found["code"], found["detail"], found["rows"]) for found in answer["warnings"]] == [
        ("total-differs", "CHE 2012, SEX: total 100 ≠ 60 + 30", [3]),
        ("total-differs", "CHE 2015, SEX: total 1000 ≠ 60 + 40", [11]),
    ]
    assert answer["imported"] == 11


async def _number(client: httpx.AsyncClient) -> str:
    """An indicator that counts."""
    listed = (await client.get("/v1/indicators", params={"framework": "cim-plan", "limit": 500})).json()[
        "items"
    ]
    one = next(item for item in listed if item["kind"] == "number" and item["unit"] == "people trained")
    return f"/v1/indicators/{one['reference']}/observations"


async def test_json_and_ndjson_are_read_like_csv(admin: httpx.AsyncClient):
    rows = [
        {"state": "DEU", "period": "2012", "value": 1.10, "breakdown": {"SEX": "F"}},
        {"state": "DEU", "period": "2013", "value": "2"},
        {"state": "DEU", "period": 2014, "value": None, "note": 'not\tyet\\ "asked"'},
        {"state": "DEU", "period": "2015", "value": [1]},
        "text",
    ]
    lower = [
        row | {"breakdown": {"sex": "F"}} if isinstance(row, dict) and "breakdown" in row else row
        for row in rows
    ]
    as_json = await admin.post(SEATS, json=lower)
    as_lines = await admin.post(
        SEATS,
        content="\n".join(json.dumps(row) for row in [*lower, "{"]) + "\n{broken",
        headers={"Content-Type": "application/x-ndjson"},
    )

    assert counts(as_json.json()) == (5, 3, 0, 0, 2)
    assert problems(as_json.json()) == [("not-a-value", "/value", [4]), ("not-an-object", "", [5])]
    assert counts(as_lines.json())[3] == 3
    assert ("malformed-json", "", [7]) in problems(as_lines.json())
    found = await items(admin, state="DEU")
    assert {(one["period"], one["note"]) for one in found} >= {("2014", 'not\tyet\\ "asked"')}


@pytest.mark.parametrize("content", ["", "[", "{}", '[{"state": "DEU"', "[1,2] 3"])
async def test_a_body_that_is_no_array_is_refused(admin: httpx.AsyncClient, content: str):
    answer = await admin.post(SEATS, content=content, headers={"Content-Type": "application/json"})

    problem_of(answer, 422, "malformed-json")


async def test_columns_are_mapped_and_others_are_named(admin: httpx.AsyncClient):
    text = '\ufeff"iso3c","date","code","ind_value","sex"\n"ABW",2004,"5.5.1",NA,NA\n'
    text += '"AFG",2004,"5.5.1",12.5,"BOTHSEX"\n'
    text += 'NA,2019,"5.5.1",NA,NA\n'

    answer = await brought(admin, text, columns="state:iso3c,period:date,value:ind_value")

    assert counts(answer) == (3, 2, 0, 0, 1)
    assert answer["ignored_columns"] == ["code"]
    assert problems(answer) == [("unknown-area", "/state", [3])]


async def test_columns_that_nobody_knows_are_refused_without_a_map(admin: httpx.AsyncClient):
    answer = await admin.post(SEATS, content="state,period,value,sexe\nFRA,2012,1,F\n", headers=CSV)

    problem = problem_of(answer, 422, "invalid-columns")
    assert problem["errors"][0]["code"] == "unknown-column"
    for text in ("state,period\nFRA,2012\n", "state,state,period,value\n1,1,1,1\n"):
        problem_of(await admin.post(SEATS, content=text, headers=CSV), 422, "invalid-columns")


@pytest.mark.parametrize(
    ("encoded", "headers"),
    [
        ("state,period,value,note\nAUT,2001,1,é\n".encode("utf-16"), {}),
        ("state,period,value,note\nAUT,2002,1,é\n".encode("utf-8-sig"), {}),
        (
            "state,period,value,note\nAUT,2003,1,é\n".encode("cp1252"),
            {"Content-Type": "text/csv; charset=windows-1252"},
        ),
        (
            "state\tperiod\tvalue\tnote\nAUT\t2004\t1\té\n".encode(),
            {"Content-Type": "text/tab-separated-values"},
        ),
        ("state,period,value,note\r\nAUT,2005,1,é\r\n".encode(), {}),
        ("state,period,value,note\rAUT,2006,1,é\r".encode(), {}),
    ],
)
async def test_usual_encodings_and_line_ends_are_read(
    admin: httpx.AsyncClient, encoded: bytes, headers: dict[str, str]
):
    answer = await admin.post(SEATS, content=encoded, headers=CSV | headers)

    assert answer.json()["imported"] == 1, answer.text
    assert (await items(admin, state="AUT"))[-1]["note"] == "é"


async def test_rows_in_another_encoding_are_left_out(admin: httpx.AsyncClient):
    text = (
        "state,period,value,note\nBEL,2001,1,é\n".encode()
        + "BEL,2002,1,é\n".encode("cp1252")
        + b"BEL,2003,1,\x00\n"
    )

    answer = await brought(admin, text)

    assert counts(answer) == (3, 1, 0, 0, 2)
    assert problems(answer) == [("text-not-utf-8", "", [2]), ("text-contains-nul", "", [3])]


async def test_a_file_without_a_mark_that_looks_like_utf_16_is_refused(admin: httpx.AsyncClient):
    text = "state,period,value\nBEL,2001,1\n".encode("utf-16-le")

    problem_of(await admin.post(SEATS, content=text, headers=CSV), 422, "text-not-utf-8")


async def test_an_open_quotation_mark_ends_the_file_where_it_stands(admin: httpx.AsyncClient):
    answer = await brought(admin, 'state,period,value,note\nNLD,2001,1,a\nNLD,2002,1,"b\nNLD,2003,1,c\n')

    assert problems(answer) == [("unclosed-quote", "", [2])]
    assert counts(answer) == (2, 1, 0, 0, 1)


async def test_a_misplaced_quotation_mark_costs_one_row(admin: httpx.AsyncClient):
    answer = await brought(admin, 'state,period,value,note\nLUX,2001,1,"a"b\nLUX,2002,1,b\n')

    assert problems(answer) == [("malformed-row", "", [1])]
    assert counts(answer) == (2, 1, 0, 0, 1)


async def test_formulas_go_out_as_text_and_come_in_as_they_were(admin: httpx.AsyncClient):
    notes = ["=1+1", "+1", "-1", "@a", "'=1", "plain", "'", "-"]
    out = io.StringIO()
    csv.writer(out).writerows(
        [("state", "period", "value", "note"), *(("POL", 2000 + n, n, note) for n, note in enumerate(notes))]
    )
    await admin.post(
        SEATS,
        json=[{"state": "POL", "period": 2000 + n, "value": n, "note": note} for n, note in enumerate(notes)],
    )

    answer = await admin.get(SEATS, params={"state": "POL"}, headers={"Accept": "text/csv"})

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["note"] for row in rows] == ["'=1+1", "'+1", "'-1", "'@a", "''=1", "plain", "'", "'-"]
    assert counts(await brought(admin, answer.content)) == (8, 0, 0, 8, 0)
    assert [one["note"] for one in await items(admin, state="POL")] == notes


async def test_selections(admin: httpx.AsyncClient):
    await brought(
        admin,
        "state,period,value,sex,age\nCAN,2010,1,F,15-49\nCAN,2011,2,M,\nCAN,2012-S1,3,F,\nCAN,2012,4,,\nMEX,2012,5,,\n",
    )

    async def values(**asked: Any) -> list[int]:
        return [one["value"] for one in await items(admin, **asked)]

    assert sorted(await values(state=["CAN", "MEX"])) == [1, 2, 3, 4, 5]
    assert sorted(await values(state="CAN", sex="F")) == [1, 3]
    assert sorted(await values(state="CAN", sex=["F", "M"], age="_T")) == [2, 3]
    assert await values(state="CAN", sex="_T") == [4]
    assert sorted(await values(state="CAN", **{"from": "2011", "to": "2012-06"})) == [2, 3]
    problem_of(await admin.get(SEATS, params={"sex": "X"}), 422, "unknown-code")
    problem_of(await admin.get(SEATS, params={"from": "soon"}), 422, "invalid-period")
    problem_of(await admin.get(SEATS, params={"breakdown": "shoe_size:41"}), 422, "unknown-breakdown")
    problem_of(await admin.get("/v1/indicators/sdg:0.0.0/observations"), 404, "not-found")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_areas_are_selected_as_files_name_them_and_unknown_ones_are_refused(
    admin: httpx.AsyncClient, method: str
):
    path = "/v1/indicators/sdg:5.6.2/observations"
    await brought(admin, "state,period,value\nHRV,2012,1\n", path)
    asked = {"dry_run": "true"} if method == "DELETE" else {}

    for state in ("HRV", "191", " HRV"):
        found = (await admin.request(method, path, params=asked | {"state": state})).json()
        assert (len(found["items"]) if method == "GET" else found["deleted"]) == 1, state
    for state in ("hrv", "ZZZ", "999", ""):
        answer = await admin.request(method, path, params=asked | {"state": state})
        assert pointers(problem_of(answer, 422, "unknown-area")) == {"?state": "unknown-area"}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_periods_that_end_before_they_begin_are_refused(admin: httpx.AsyncClient, method: str):
    asked = {"state": "CAN", "from": "2020", "to": "2010"}

    answer = await admin.request(method, SEATS, params=asked)

    assert pointers(problem_of(answer, 422, "end-before-start")) == {"?to": "end-before-start"}


async def test_pages_follow_each_other(admin: httpx.AsyncClient):
    lines = [f"BRA,{year},{year - 1990},{sex}" for sex in ("F", "M") for year in range(1990, 1997)]
    await brought(admin, "\n".join(["state,period,value,sex", *lines]))

    seen: list[tuple[str, str]] = []
    asked: dict[str, Any] = {"state": "BRA", "limit": 3}
    while True:
        page = (await admin.get(SEATS, params=asked)).json()
        seen += [(one["breakdown"]["SEX"], one["period"]) for one in page["items"]]
        if page["next"] is None:
            break
        asked["cursor"] = page["next"]

    assert seen == [(sex, str(year)) for sex in ("F", "M") for year in range(1990, 1997)]
    problem_of(await admin.get(SEATS, params={"cursor": "xyz"}), 422, "invalid-cursor")


async def test_ndjson_and_json_say_the_same(admin: httpx.AsyncClient):
    note = 'a\\b "c"\n\td'
    await admin.post(SEATS, json=[{"state": "CHL", "period": 2001, "value": 1, "note": note}])

    answer = await admin.get(SEATS, params={"state": "CHL"}, headers={"Accept": "application/x-ndjson"})

    assert [json.loads(line) for line in answer.text.splitlines()] == await items(admin, state="CHL")
    assert (await items(admin, state="CHL"))[0]["note"] == note


async def test_declared_lists_break_down_too(admin: httpx.AsyncClient):
    abuse = {
        "title": {"en": "Kind of abuse"},
        "codes": [
            {"code": "SEXUAL", "title": {"en": "Sexual"}},
            {"code": "OTHER", "title": {"en": "Non-sexual"}, "aliases": ["Other, not sexual"]},
        ],
    }
    made = await admin.put("/v1/code-lists/partner-abuse", json=abuse)
    assert (made.status_code, made.json()["column"]) == (201, "partner_abuse")

    text = 'state,Year,Value,Type of abuse\nJPN,2001,1,Sexual\nJPN,2001,2,"Other, not sexual"\nJPN,2001,3,\n'
    answer = await brought(admin, text, columns="period:Year,value:Value,partner_abuse:Type of abuse")

    assert counts(answer) == (3, 3, 0, 0, 0)
    found = await items(admin, state="JPN", breakdown="partner_abuse:OTHER")
    assert [(one["value"], one["breakdown"]) for one in found] == [(2, {"PARTNER_ABUSE": "OTHER"})]
    less = abuse | {"codes": abuse["codes"][:1]}
    problem_of(await admin.put("/v1/code-lists/partner-abuse", json=less), 409, "code-in-use")
    stale = await admin.put("/v1/code-lists/partner-abuse", json=abuse, headers={"If-Match": '"x"'})
    problem_of(stale, 412, "stale")
    problem_of(await admin.put("/v1/code-lists/sex", json=abuse), 409, "built-in")
    twice = abuse | {"codes": [abuse["codes"][0]] * 2, "parts": ["NONE"]}
    assert (
        len(problem_of(await admin.put("/v1/code-lists/two", json=twice), 422, "invalid-code-list")["errors"])
        == 2
    )
    lists = {one["key"]: one for one in (await admin.get("/v1/code-lists")).json()["items"]}
    assert lists["disability-status"]["codes"][1]["title"]["en"] == "Persons without disability"
    assert lists["partner-abuse"]["declared"]
    assert (await admin.get("/v1/code-lists/partner-abuse")).headers["etag"] == made.headers["etag"]
    assert (await admin.get("/v1/code-lists/age")).status_code == 200
    problem_of(await admin.get("/v1/code-lists/none"), 404, "not-found")


async def test_a_key_of_one_state_writes_and_reads_its_own(
    client_with: ClientMaker, admin: httpx.AsyncClient
):
    albania = await client_with(Scope.OBSERVATIONS_WRITE, state="ALB")
    await brought(admin, "state,period,value\nGRC,2012,1\n")

    answer = await brought(albania, "state,period,value\nALB,2012,1\nGRC,2012,2\n")

    assert counts(answer) == (2, 1, 0, 0, 1)
    assert problems(answer) == [("other-state", "/state", [2])]
    assert {one["state"] for one in await items(albania)} == {"ALB"}
    assert await items(albania, state="GRC") == []
    assert "GRC" not in (await albania.get(SEATS, headers={"Accept": "text/csv"})).text
    other = await brought(admin, "state,period,value\nGRC,2013,1\n")
    problem_of(await albania.get(f"/v1/imports/{other['id']}"), 404, "not-found")

    part = {"title": {"en": "Tirana"}, "state": "ALB"}
    assert (await albania.put("/v1/areas/ALB-11", json=part)).status_code == 201
    assert (await brought(albania, "state,period,value\nALB-11,2012,1\n"))["imported"] == 1
    assert {one["state"] for one in await items(albania)} == {"ALB", "ALB-11"}
    problem_of(await albania.put("/v1/areas/WORLD", json={"title": {"en": "World"}}), 403, "other-state")
    problem_of(await admin.put("/v1/areas/ALB", json=part), 422, "code-of-state")
    problem_of(await albania.put("/v1/code-lists/x", json={}), 403, "other-state")


async def test_who_may_not_write_may_not_send(client_with: ClientMaker, anonymous: httpx.AsyncClient):
    reader = await client_with(Scope.SUBMISSIONS_WRITE)

    problem_of(await reader.post(SEATS, content="x", headers=CSV), 403, "scope-missing")
    with_key = CSV | {"Idempotency-Key": "1"}
    problem_of(await reader.post(SEATS, content="x", headers=with_key), 403, "scope-missing")
    problem_of(await anonymous.post(SEATS, content="x", headers=CSV), 401, "unauthenticated")
    problem_of(await anonymous.get(SEATS), 401, "unauthenticated")


async def test_other_media_types_and_charsets_are_refused(admin: httpx.AsyncClient):
    for kind in ("application/pdf", ""):
        problem_of(
            await admin.post(SEATS, content="x", headers={"Content-Type": kind}),
            415,
            "unsupported-media-type",
        )
    wrong = await admin.post(SEATS, content="x", headers={"Content-Type": "text/csv; charset=ebcdic"})
    problem_of(wrong, 422, "unknown-charset")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"columns": "state"}, "invalid-map"),
        ({"columns": "shoe:size"}, "invalid-columns"),
        ({"columns": "state:none"}, "invalid-columns"),
        ({"set": "state:FRA"}, "invalid-columns"),
        ({"year_starts": "13-01"}, "invalid-year-start"),
        ({"decimal": "dot"}, "validation-failed"),
        ({"colums": "x"}, "unknown-parameter"),
    ],
)
async def test_wishes_that_make_no_sense_are_refused(
    admin: httpx.AsyncClient, asked: dict[str, str], code: str
):
    answer = await admin.post(SEATS, content="state,period,value\n", headers=CSV, params=asked)

    problem_of(answer, 422, code)


async def test_a_file_of_several_indicators(admin: httpx.AsyncClient):
    text = "code,state,period,value\n5.5.1,FIN,2012,1\n5.5.2,FIN,2012,2\n"
    text += "9.9.99,FIN,2012,3\nsdg:5.5.2,FIN,2013,4\n"

    answer = await brought(admin, text, "/v1/observations", columns="indicator:code", framework="sdg")

    assert counts(answer) == (4, 3, 0, 0, 1)
    assert problems(answer) == [("unknown-indicator", "/indicator", [3])]
    assert len(await items(admin, "/v1/indicators/sdg:5.5.2/observations", state="FIN")) == 2


async def test_the_same_key_and_body_are_done_once(admin: httpx.AsyncClient):
    headers = CSV | {"Idempotency-Key": "of observations"}
    first = await admin.post(SEATS, content="state,period,value\nDNK,2012,1\n", headers=headers)
    again = await admin.post(SEATS, content="state,period,value\nDNK,2012,1\n", headers=headers)
    other = await admin.post(SEATS, content="state,period,value\nDNK,2012,2\n", headers=headers)

    assert first.json() == again.json()
    assert again.headers["idempotent-replay"] == "true"
    problem_of(other, 422, "idempotency-key-reused")


async def test_series_tell_expected_breakdowns_from_actual_ones(admin: httpx.AsyncClient):
    path = "/v1/indicators/sdg:8.5.2"
    await brought(
        admin, "state,period,value,sex\nHRV,2010,1,F\nHRV,2012,2,F\nHRV,2012,2,\n", f"{path}/observations"
    )

    answer = (await admin.get(f"{path}/series", params={"state": "HRV"})).json()

    assert answer["expected"] == ["sex", "age", "disability-status"]
    assert (answer["observed"], answer["missing"]) == (["sex"], ["age", "disability-status"])
    assert {
        "state": "HRV",
        "breakdown": {"SEX": "F"},
        "observations": 2,
        "first": "2010",
        "last": "2012",
    } in answer["items"]


@pytest.mark.parametrize(
    ("framework", "kind", "good", "bad"),
    [
        ("sdg", "yes-no", ["Yes", "no"], "perhaps"),
        ("un-swap", "ordinal", ["not-applicable", "exceeds"], "excellent"),
    ],
)
async def test_values_fit_the_kind_of_the_indicator(
    admin: httpx.AsyncClient, framework: str, kind: str, good: list[str], bad: str
):
    listed = (await admin.get("/v1/indicators", params={"framework": framework, "limit": 500})).json()
    reference = next(one["reference"] for one in listed["items"] if one["kind"] == kind)
    path = f"/v1/indicators/{reference}/observations"
    rows = [{"state": "HRV", "period": 2001 + n, "value": value} for n, value in enumerate([*good, bad])]

    answer = (await admin.post(path, json=rows)).json()

    assert (answer["imported"], answer["rejected"]) == (2, 1), answer
    assert [one["value"] for one in await items(admin, path)] == [value.lower() for value in good]


async def test_a_level_may_be_sent_as_it_is_printed(admin: httpx.AsyncClient):
    listed = (await admin.get("/v1/indicators", params={"framework": "un-swap", "limit": 500})).json()
    path = f"/v1/indicators/{listed['items'][0]['reference']}/observations"
    said = ["Exceeds requirements", "not APPLICABLE", "exceeds", "outstanding"]
    rows = [{"state": "NOR", "period": 2001 + n, "value": value} for n, value in enumerate(said)]

    answer = (await admin.post(path, json=rows)).json()

    assert problems(answer) == [("unknown-level", "/value", [4])]
    assert "exceeds (Exceeds requirements)" in answer["problems"][0]["detail"]
    found = [one["value"] for one in await items(admin, path, state="NOR")]
    assert found == ["exceeds", "not-applicable", "exceeds"]
