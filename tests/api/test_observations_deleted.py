"""Observations that should not have been: deleted by selection and by files, kept as what they were."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from domain.indicators import deleting
from schemas.access import Scope
from services.settings import Settings
from tests.api.given import problem_of
from tests.api.test_observations import CSV, SEATS, brought, counts, items, problems
from tests.api.test_observations_large import SDMX, job_of, large
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker

LAND = "/v1/indicators/sdg:5.a.1/observations"


async def deleted(client: httpx.AsyncClient, path: str = SEATS, **asked: Any) -> dict[str, Any]:
    answer = await client.delete(path, params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def acted(client: httpx.AsyncClient, *rows: str) -> dict[str, Any]:
    """The answer to SDMX-CSV."""
    head = "STRUCTURE,STRUCTURE_ID,ACTION,INDICATOR,REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,OBS_STATUS"
    head += ",UNIT_MULT,SOURCE_DETAIL"
    lines = [f"dataflow,FOCALPOINT:OBSERVATIONS(1.0),{row}" for row in rows]
    content = "\n".join([head, *lines, ""])
    answer = await client.post("/v1/observations", content=content, headers={"Content-Type": SDMX})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert found["received"] == sum(counts(found)[1:]) + found["deleted"]
    return found


async def test_one_observation_is_deleted_and_kept_as_what_it_was(admin: httpx.AsyncClient):
    await brought(admin, "state,period,value,sex\nTUR,2012,1,F\nTUR,2012,2,_T\nTUR,2012-Q1,3,F\n")

    answer = await deleted(admin, state="TUR", period="2012", sex="F")

    assert (answer["deleted"], answer["dry_run"]) == (1, False)
    assert [one["value"] for one in await items(admin, state="TUR")] == [3, 2]
    [former] = await items(admin, f"{SEATS}/revisions", state="TUR")
    assert (former["value"], former["deleted"], former["replaced_by"]) == (1, True, "test")
    assert (await admin.get(f"/v1/imports/{answer['id']}")).json() == answer


async def test_what_is_deleted_is_missing_and_not_zero(admin: httpx.AsyncClient):
    await brought(admin, "state,period,value,age\nPRY,2012,1,15-49\n", LAND)
    await deleted(admin, LAND, state="PRY")

    assert await items(admin, LAND, state="PRY") == []
    assert (await admin.get(LAND, params={"state": "PRY"}, headers={"Accept": "text/csv"})).text == (
        "state,period,value,status,nature,unit_multiplier,proxy,source,note\n"
    )
    series = (await admin.get(LAND.replace("observations", "series"), params={"state": "PRY"})).json()
    assert (series["items"], series["observed"]) == ([], [])


async def test_deleting_again_deletes_nothing(admin: httpx.AsyncClient):
    await brought(admin, "state,period,value\nMAR,2012,1\nMAR,2013,1\n")

    assert (await deleted(admin, state="MAR"))["deleted"] == 2
    assert await deleted(admin, state="MAR") == {"id": None, "dry_run": False, "deleted": 0}
    assert len(await items(admin, f"{SEATS}/revisions", state="MAR")) == 2


async def test_a_dry_run_says_how_many_and_deletes_nothing(admin: httpx.AsyncClient):
    await brought(admin, "state,period,value\nTUN,2012,1\nTUN,2013,1\n")

    assert await deleted(admin, state="TUN", dry_run="true") == {"id": None, "dry_run": True, "deleted": 2}
    assert len(await items(admin, state="TUN")) == 2


async def test_what_is_reported_anew_goes_on_with_its_revisions(admin: httpx.AsyncClient):
    text = "state,period,value\nEGY,2012,1\n"
    await brought(admin, text)
    await deleted(admin, state="EGY")

    assert counts(await brought(admin, text)) == (1, 1, 0, 0, 0)
    assert (await items(admin, state="EGY"))[0]["revision"] == 2
    await deleted(admin, state="EGY")
    await brought(admin, "state,period,value\nEGY,2012,5\n")
    assert counts(await brought(admin, "state,period,value\nEGY,2012,6\n")) == (1, 0, 1, 0, 0)
    assert (await items(admin, state="EGY"))[0]["revision"] == 4
    was = await items(admin, f"{SEATS}/revisions", state="EGY")
    assert [(one["revision"], one["value"], one["deleted"]) for one in was] == [
        (1, 1, True),
        (2, 1, True),
        (3, 5, False),
    ]


async def test_a_series_of_which_much_was_deleted_is_reported_anew_beside_many_of_which_little_was(
    admin: httpx.AsyncClient, settings: Settings
):
    """Statistics say of such a table that little was deleted of any series; an answer is due within 30 s."""
    path, days, first = "/v1/indicators/sdg:5.6.2/observations", 20_000, date(1900, 1, 1)
    ages = "".join(f"{state},2012,1,Y{age}T{age + 4}\n" for state in ("HRV", "BRA") for age in range(60))
    much = "".join(f"FRA,{first + timedelta(number)},1,\n" for number in range(days))
    await brought(admin, f"state,period,value,age\n{ages}{much}", path)
    assert (await deleted(admin, path, state=["HRV", "FRA"]))["deleted"] == days + 60
    connection = await asyncpg.connect(settings.require_database().replace("+asyncpg", ""))
    await connection.execute("ANALYZE observations; ANALYZE former_observations")
    await connection.close()

    answer = await brought(admin, f"state,period,value,age\n{much}", path)

    assert counts(answer) == (days, days, 0, 0, 0)
    assert (await items(admin, path, state="FRA", to="1900-01-01"))[0]["revision"] == 2


async def test_a_selection_is_by_periods_and_breakdowns_too(admin: httpx.AsyncClient):
    await brought(
        admin, "state,period,value,sex\nCOL,2010,1,F\nCOL,2011,2,F\nCOL,2012,3,M\nECU,2011,4,\nPAN,2030,5,\n"
    )

    assert (await deleted(admin, state=["COL", "ECU"], **{"from": "2011"}, sex=["F", "_T"]))["deleted"] == 2
    assert [one["value"] for one in await items(admin, state=["COL", "ECU"])] == [1, 3]
    assert (await deleted(admin, period="2030"))["deleted"] == 1


async def test_something_must_narrow_what_is_deleted(admin: httpx.AsyncClient):
    problem_of(await admin.delete(SEATS), 422, "no-selection")
    problem_of(await admin.delete(SEATS, params={"dry_run": "true"}), 422, "no-selection")
    problem_of(await admin.delete(SEATS, params={"period": "soon"}), 422, "invalid-period")
    problem_of(await admin.delete(SEATS, params={"sex": "X"}), 422, "unknown-code")
    problem_of(await admin.delete(SEATS, params={"stat": "HRV"}), 422, "unknown-parameter")
    unknown = await admin.delete("/v1/indicators/sdg:0.0.0/observations", params={"state": "HRV"})
    problem_of(unknown, 404, "not-found")


async def test_more_than_can_be_deleted_while_somebody_waits_is_refused(
    admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    await brought(admin, "state,period,value\nIRQ,2012,1\nIRQ,2013,1\n")
    monkeypatch.setattr(deleting, "MOST", 1)

    problem = problem_of(await admin.delete(SEATS, params={"state": "IRQ"}), 409, "too-many-selected")

    assert problem["limit"] == 1
    assert len(await items(admin, state="IRQ")) == 2


async def test_a_key_of_one_state_deletes_its_own(
    client_with: ClientMaker, admin: httpx.AsyncClient, anonymous: httpx.AsyncClient
):
    text = "state,period,value\nSRB,2012,1\nMNE,2012,2\n"
    await brought(admin, text)
    serbia = await client_with(Scope.OBSERVATIONS_WRITE, state="SRB")
    reader = await client_with(Scope.SUBMISSIONS_WRITE)

    problem_of(await serbia.delete(SEATS, params={"state": "MNE"}), 403, "other-state")
    problem_of(await serbia.delete(SEATS), 422, "no-selection")
    problem_of(await reader.delete(SEATS, params={"state": "MNE"}), 403, "scope-missing")
    problem_of(await anonymous.delete(SEATS, params={"state": "MNE"}), 401, "unauthenticated")
    assert (await deleted(serbia, period="2012"))["deleted"] == 1
    assert [one["state"] for one in await items(admin, state=["SRB", "MNE"])] == ["MNE"]


async def test_rows_of_a_file_delete(admin: httpx.AsyncClient):
    await brought(admin, "state,period,value,sex,source\nLBN,2012,1,F,a\nLBN,2013,2,F,\nLBN,2014,3,F,\n")

    answer = await acted(
        admin,
        "D,sdg:5.5.1,LBN,F,2012,,,,",
        "Delete,sdg:5.5.1,LBN,F,2013,nonsense,A,,source",
        "D,sdg:5.5.1,LBN,F,2015,,,,",
        "D,sdg:5.5.1,LBN,M,2014,,,,",
        "R,sdg:5.5.1,LBN,F,2016,4,,,",
    )

    assert counts(answer) == (5, 1, 0, 2, 0)
    assert (answer["deleted"], answer["status"]) == (2, "imported")
    assert [one["period"] for one in await items(admin, state="LBN")] == ["2014", "2016"]
    was = await items(admin, f"{SEATS}/revisions", state="LBN")
    assert [(one["value"], one["source"], one["deleted"]) for one in was] == [(1, "a", True), (2, None, True)]


async def test_a_file_that_deletes_does_nothing_the_second_time(admin: httpx.AsyncClient):
    await brought(admin, "state,period,value,sex\nJOR,2012,1,F\n")
    row = "D,sdg:5.5.1,JOR,F,2012,,,,"

    assert (await acted(admin, row))["deleted"] == 1
    assert counts(await acted(admin, row)) == (1, 0, 0, 1, 0)


async def test_an_export_is_taken_back_by_its_action(admin: httpx.AsyncClient):
    await brought(admin, "state,period,value,sex,status\nDZA,2012,1,F,\nDZA,2013,,F,M\n")
    out = await admin.get(SEATS, params={"state": "DZA"}, headers={"Accept": SDMX})

    taken_back = out.content.replace(b",I,", b",D,")
    answer = await admin.post("/v1/observations", content=taken_back, headers={"Content-Type": SDMX})

    assert answer.json()["deleted"] == 2
    assert await items(admin, state="DZA") == []


async def test_deletions_that_would_mean_more_or_less_are_left_out(admin: httpx.AsyncClient):
    await brought(admin, "state,period,value,sex,source\nSAU,2012,1,F,a\nSAU,2012,2,,a\n")

    answer = await acted(
        admin,
        "D,sdg:5.5.1,SAU,,2012,,,,",
        "D,sdg:5.5.1,SAU,F,2012,,,,a",
        "D,sdg:5.5.1,SAU,F,,,,,",
        "X,sdg:5.5.1,SAU,F,2012,1,,,",
    )

    assert problems(answer) == [
        ("deletes-too-much", "/sex", [1]),
        ("deletes-no-value", "/value", [2]),
        ("invalid-period", "/period", [3]),
        ("unknown-action", "/action", [4]),
    ]
    assert len(await items(admin, state="SAU")) == 2


async def test_rows_that_state_and_delete_one_observation_are_left_out(admin: httpx.AsyncClient):
    rows = [
        "R,sdg:5.5.1,QAT,F,2012,1,,,",
        "D,sdg:5.5.1,QAT,F,2012,,,,",
        "D,sdg:5.5.1,QAT,F,2013,7,,,",
        "D,sdg:5.5.1,QAT,F,2013,,,,",
    ]

    first = await acted(admin, *rows)

    assert problems(first) == [("conflicting-rows", "/value", [1, 2])]
    assert "1 and deleted" in first["problems"][0]["detail"]
    assert counts(first) == (4, 0, 0, 2, 2)


async def told(client: httpx.AsyncClient, state: str) -> list[tuple[Any, ...]]:
    found = await items(client, state=state)
    return [(one["value"], one["status"], one["unit_multiplier"], one["source"]) for one in found]


async def test_merged_rows_leave_what_they_do_not_say(admin: httpx.AsyncClient):
    await acted(admin, "R,sdg:5.5.1,OMN,F,2012,1,E,3,first", "R,sdg:5.5.1,OMN,F,2013,,M,,first")

    answer = await acted(
        admin,
        "M,sdg:5.5.1,OMN,F,2012,2,,,",
        "A,sdg:5.5.1,OMN,F,2013,5,,units,",
        "I,sdg:5.5.1,OMN,F,2014,,,,",
        "M,sdg:5.5.1,OMN,F,2015,8,,,",
    )

    assert counts(answer) == (4, 2, 2, 0, 0)
    assert await told(admin, "OMN") == [
        (2, "E", 3, "first"),
        (5, "A", None, "first"),
        (None, "O", None, None),
        (8, "A", None, None),
    ]


@pytest.mark.parametrize(
    ("row", "now"),
    [
        (",,,second", (1, "E", 3, "second")),
        (",,units,", (1, "E", None, "first")),
        (",O,,", (None, "O", 3, "first")),
        (",,,", (1, "E", 3, "first")),
    ],
)
async def test_a_merged_row_changes_what_it_says(admin: httpx.AsyncClient, row: str, now: tuple[Any, ...]):
    await acted(admin, "R,sdg:5.5.1,OMN,M,2012,1,E,3,first")

    await acted(admin, f"M,sdg:5.5.1,OMN,M,2012,{row}")

    assert now in await told(admin, "OMN")


async def test_replacing_rows_leave_nothing_of_what_was(admin: httpx.AsyncClient):
    await acted(admin, "R,sdg:5.5.1,KWT,F,2012,1,E,3,first")

    await acted(admin, "R,sdg:5.5.1,KWT,F,2012,2,,,")

    assert await told(admin, "KWT") == [(2, "A", None, None)]


async def test_an_atomic_file_and_a_dry_run_delete_nothing(admin: httpx.AsyncClient):
    await brought(admin, "state,period,value\nYEM,2012,1\n")
    text = "state,period,value,action\nYEM,2012,,D\n"

    tried = await brought(admin, text, dry_run="true")
    refused = await brought(admin, text + "YEM,x,1,R\n", atomic="true")

    assert (tried["deleted"], refused["deleted"], refused["status"]) == (1, 0, "refused")
    assert len(await items(admin, state="YEM")) == 1


async def test_a_large_file_deletes_where_nothing_was_known(admin: httpx.AsyncClient, worker: Worker):
    path = "/v1/indicators/sdg:5.6.1/observations"
    content = large("GEO").replace(b"note\n", b"note,action\n", 1)
    lines = content.decode().splitlines()
    text = "\n".join([lines[0], *(f"{line},R" for line in lines[1:]), "GEO,1999-01-01,,,D", ""])

    job = await job_of(admin, worker, await admin.post(path, content=text.encode(), headers=CSV))

    answer = (await admin.get(job["result"])).json()
    assert (answer["unchanged"], answer["deleted"], answer["rejected"]) == (1, 0, 0), answer
    assert answer["imported"] == answer["received"] - 1
