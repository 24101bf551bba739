"""Imports take turns, totals are held against parts, names mean one thing; exports leave room for others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from domain.indicators import merging
from schemas.access import Scope
from services.api import exports
from services.settings import Settings
from tests.api.given import problem_of
from tests.api.test_observations import CSV, SEATS, brought, counts, items
from tests.conftest import ClientMaker, KeyMaker

FIRST, SECOND = "sdg:2.3.1", "sdg:2.3.2"


@asynccontextmanager
async def turn_of(settings: Settings, indicator: str) -> AsyncIterator[asyncpg.Connection]:
    """The turn of an indicator, taken and held by somebody else."""
    connection = await asyncpg.connect(settings.require_database().replace("+asyncpg", ""))
    try:
        async with connection.transaction():
            await merging.take_turn(connection, indicator)
            yield connection
    finally:
        await connection.close()


async def somebody_waits(connection: asyncpg.Connection) -> None:
    asked = "SELECT pg_sleep(0.01), EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
    async with asyncio.timeout(10):
        while not await connection.fetchval(asked, column=1):
            pass


async def test_a_file_is_read_again_when_one_that_began_before_it_wrote_after_it(
    admin: httpx.AsyncClient, settings: Settings
):
    path = f"/v1/indicators/{SECOND}/observations"
    text = "state,period,value\nHRV,2012,5\n"
    of_both = f"indicator,state,period,value\n{FIRST},HRV,2012,1\n{SECOND},HRV,2012,4\n"

    async with turn_of(settings, FIRST) as connection:
        other = asyncio.create_task(brought(admin, of_both, "/v1/observations"))
        await somebody_waits(connection)
        assert counts(await brought(admin, text, path)) == (1, 1, 0, 0, 0)
    assert counts(await other) == (2, 1, 1, 0, 0)

    assert counts(await brought(admin, text, path)) == (1, 0, 1, 0, 0)
    assert [one["value"] for one in await items(admin, path)] == [5]


KNOWN = """
INSERT INTO series (id, indicator, area, breakdown) VALUES (-1, '{indicator}', 'HRV', '{{}}');
INSERT INTO observations (series, starts, ends, period, value, status, proxy, import_number, revision)
SELECT -1, day, day, to_char(day, 'YYYY-MM-DD'), 1, 'A', false, 1, 1
FROM generate_series(DATE '1900-01-01', DATE '1900-01-01' + {days} - 1, '1 day') AS of (day)
"""


async def test_many_rows_are_changed_although_the_server_takes_their_table_for_empty(
    admin: httpx.AsyncClient, settings: Settings
):
    """As it does until its next turn when it counted while the import that wrote them was under way."""
    indicator, days = "sdg:5.6.1", 40_000
    url = settings.require_database().replace("+asyncpg", "")
    writes, counting = await asyncpg.connect(url), await asyncpg.connect(url)
    async with writes.transaction():
        await writes.execute(KNOWN.format(indicator=indicator, days=days))
        await counting.execute("ANALYZE observations")
    await asyncio.gather(writes.close(), counting.close())
    first = date(1900, 1, 1)
    text = "".join(f"HRV,{first + timedelta(number)},2\n" for number in range(days))

    answer = await brought(admin, f"state,period,value\n{text}", f"/v1/indicators/{indicator}/observations")

    assert counts(answer) == (days, 0, days, 0, 0)


async def test_who_would_wait_long_for_another_import_is_told(
    admin: httpx.AsyncClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(merging, "PATIENCE", 0.1)
    text = "state,period,value\nALB,2012,5\n"

    async with turn_of(settings, "sdg:5.5.1"):
        refused = await admin.post(SEATS, content=text, headers=CSV)
        kept = await admin.delete(SEATS, params={"state": "ALB"})

    problem_of(refused, 409, "import-running")
    problem_of(kept, 409, "import-running")
    assert (await brought(admin, text))["imported"] == 1


async def counted(client: httpx.AsyncClient) -> str:
    """The path of an indicator that counts."""
    listed = (await client.get("/v1/indicators", params={"framework": "cim-plan", "limit": 500})).json()[
        "items"
    ]
    one = next(item for item in listed if item["kind"] == "number" and item["unit"] == "people trained")
    return f"/v1/indicators/{one['reference']}/observations"


def warned(answer: dict[str, Any]) -> list[tuple[str, int, list[int]]]:
    return [(one["detail"], one["count"], one["rows"]) for one in answer["warnings"]]


async def test_a_total_that_comes_alone_is_held_against_parts_that_are_known(admin: httpx.AsyncClient):
    path = await counted(admin)
    await brought(admin, "state,period,value,sex\nCHE,2012,60,F\nCHE,2012,40,M\n", path)

    answer = await brought(admin, "state,period,value\nCHE,2011,1\nCHE,2012,250\n", path)

    assert warned(answer) == [("CHE 2012, SEX: total 250 ≠ 60 + 40", 1, [2])]


async def test_a_part_that_comes_alone_is_held_against_a_total_that_is_known(admin: httpx.AsyncClient):
    path = await counted(admin)
    await brought(admin, "state,period,value,sex\nAUT,2012,60,F\nAUT,2012,40,M\nAUT,2012,100,\n", path)

    answer = await brought(admin, "state,period,value,sex\nAUT,2011,1,F\nAUT,2012,61,F\n", path)

    assert warned(answer) == [("AUT 2012, SEX: total 100 ≠ 61 + 40", 1, [2])]


async def test_totals_of_each_group_and_indicator_are_told_apart(admin: httpx.AsyncClient):
    reference = (await counted(admin)).split("/")[3]
    lines = [
        f"{reference},BEL,2012,{value},{sex},{age}"
        for age in ("Y0T14", "Y15T24")
        for value, sex in ((60, "F"), (30, "M"), (100, ""))
    ]

    answer = await brought(
        admin, "\n".join(["indicator,state,period,value,sex,age", *lines, ""]), "/v1/observations"
    )

    assert warned(answer) == [
        (f"{reference} BEL 2012, AGE Y0T14, SEX: total 100 ≠ 60 + 30", 1, [3]),
        (f"{reference} BEL 2012, AGE Y15T24, SEX: total 100 ≠ 60 + 30", 1, [6]),
    ]


async def test_a_key_of_one_state_declares_areas_under_its_code_only(
    client_with: ClientMaker, admin: httpx.AsyncClient
):
    croatia = await client_with(Scope.OBSERVATIONS_WRITE, state="HRV")
    part = {"title": {"en": "Part"}, "state": "HRV"}

    for key in ("CARICOM", "HR-21", "HRV", "hrv-21", "HRVX-1"):
        problem_of(await croatia.put(f"/v1/areas/{key}", json=part), 403, "other-state")
    assert (await croatia.put("/v1/areas/HRV-21", json=part)).status_code == 201
    assert (await admin.put("/v1/areas/HR-21", json=part)).status_code == 201
    renamed = await croatia.put("/v1/areas/HR-21", json=part | {"title": {"en": "Zagreb"}})
    assert (renamed.status_code, renamed.json()["title"]) == (200, {"en": "Zagreb"})


@pytest.mark.parametrize("key", ["HRV", "hrv", "191", "8", "008"])
async def test_no_area_has_the_code_or_the_number_of_a_state(admin: httpx.AsyncClient, key: str):
    answer = await admin.put(f"/v1/areas/{key}", json={"title": {"en": "Mine"}})

    problem_of(answer, 422, "code-of-state")


@pytest.mark.parametrize(
    ("codes", "pointer"),
    [
        ([{"code": "A", "title": {"en": "x"}}, {"code": "B", "title": {"en": "X "}}], "/codes/1"),
        (
            [{"code": "A", "title": {"en": "a"}, "aliases": ["b"]}, {"code": "B", "title": {"en": "b"}}],
            "/codes/1",
        ),
        ([{"code": "A", "title": {"en": "a"}, "aliases": ["Total"]}], "/codes/0"),
        ([{"code": "ALL", "title": {"en": "everybody"}}], "/codes/0"),
    ],
)
async def test_names_in_a_code_list_mean_one_code(admin: httpx.AsyncClient, codes: list[Any], pointer: str):
    answer = await admin.put("/v1/code-lists/of-two", json={"title": {"en": "Of two"}, "codes": codes})

    problem = problem_of(answer, 422, "invalid-code-list")
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [(pointer, "ambiguous-alias")]


async def test_a_code_list_may_have_the_total_of_sdmx_among_its_codes(admin: httpx.AsyncClient):
    codes = [{"code": "_T", "title": {"en": "Total"}}, {"code": "A", "title": {"en": "a", "fr": "A"}}]

    answer = await admin.put("/v1/code-lists/with-total", json={"title": {"en": "Both"}, "codes": codes})

    assert answer.status_code == 201, answer.text


async def test_series_are_those_of_the_periods_that_are_asked_for(admin: httpx.AsyncClient):
    path = "/v1/indicators/sdg:8.5.2"
    text = "state,period,value,sex\nSRB,2010,1,F\nSRB,2018,2,F\nSRB,2019,3,F\nSRB,2010,4,M\nSRB,2018,5,\n"
    await brought(admin, text, f"{path}/observations")

    found = (await admin.get(f"{path}/series", params={"state": "SRB", "from": "2018"})).json()
    none = (await admin.get(f"{path}/series", params={"state": "SRB", "from": "2020"})).json()

    told = [(one["breakdown"], one["observations"], one["first"], one["last"]) for one in found["items"]]
    assert told == [({"SEX": "F"}, 2, "2018", "2019"), ({}, 1, "2018", "2018")]
    assert (none["items"], none["observed"]) == ([], [])


class Reader:
    """Somebody who asks for an export, and reads it when they like."""

    def __init__(self, app: FastAPI, secret: str, *, reads: bool, query: bytes = b"") -> None:
        self.status, self.ended = 0, False
        self.begun, self.reads = asyncio.Event(), asyncio.Event()
        if reads:
            self.reads.set()
        self._app, self._secret, self._query = app, secret, query

    async def ask(self) -> None:
        headers = [(b"authorization", f"Bearer {self._secret}".encode()), (b"accept", b"text/csv")]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "path": SEATS,
            "raw_path": SEATS.encode(), "query_string": self._query, "headers": headers, "scheme": "http",
            "server": ("test", 80), "client": ("127.0.0.1", 1), "root_path": "",
        }  # fmt: skip
        asked = False

        async def receive() -> dict[str, Any]:
            nonlocal asked
            if asked:
                await asyncio.Event().wait()
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.begun.set()
                return
            await self.reads.wait()
            self.ended = not message.get("more_body", False)

        await self._app(scope, receive, send)


async def begun(*readers: Reader) -> None:
    async with asyncio.timeout(10):
        for reader in readers:
            await reader.begun.wait()


LONG = "state,period,value,note\n" + "".join(
    f"NOR,{date(2001, 1, 1) + timedelta(days=day)},1,{'x' * 500}\n" for day in range(200)
)
"""What comes out again as more than one piece."""


async def test_who_does_not_read_an_export_is_cut_off_and_others_are_served(
    app: FastAPI, admin: httpx.AsyncClient, make_key: KeyMaker, monkeypatch: pytest.MonkeyPatch
):
    await brought(admin, LONG)
    monkeypatch.setattr(exports, "SLOWEST_PIECE", 0.5)
    first, second = await make_key(Scope.SUBMISSIONS_WRITE), await make_key(Scope.SUBMISSIONS_WRITE)
    stuck = [Reader(app, secret, reads=False) for secret in (first, first, second)]
    asked = [asyncio.create_task(reader.ask()) for reader in stuck]
    await begun(*stuck)

    served = Reader(app, await make_key(Scope.SUBMISSIONS_WRITE), reads=True)
    async with asyncio.timeout(10):
        await served.ask()

    assert (served.status, served.ended) == (200, True)
    assert not any(reader.ended for reader in stuck)
    await asyncio.gather(*asked, return_exceptions=True)


async def test_one_key_does_not_take_all_exports_and_who_waits_long_is_told(
    app: FastAPI, admin: httpx.AsyncClient, make_key: KeyMaker, monkeypatch: pytest.MonkeyPatch
):
    await brought(admin, LONG)
    monkeypatch.setattr(exports, "LONGEST_WAIT", 0.2)
    secret = await make_key(Scope.SUBMISSIONS_WRITE)
    stuck = [Reader(app, secret, reads=False) for _ in range(exports.OF_ONE)]
    asked = [asyncio.create_task(reader.ask()) for reader in stuck]
    await begun(*stuck)

    headers = {"Authorization": f"Bearer {secret}", "Accept": "text/csv"}
    refused = await admin.get(SEATS, headers=headers)
    served = await admin.get(SEATS, headers={"Accept": "text/csv"})

    problem_of(refused, 503, "exports-running")
    assert refused.headers["retry-after"]
    assert served.status_code == 200
    for reader in stuck:
        reader.reads.set()
    await asyncio.gather(*asked)
    assert all(reader.ended for reader in stuck)


async def test_whoever_does_not_read_a_short_export_keeps_nobody_waiting(
    app: FastAPI, admin: httpx.AsyncClient, make_key: KeyMaker, monkeypatch: pytest.MonkeyPatch
):
    await brought(admin, "state,period,value\nFIN,2012,1\n")
    monkeypatch.setattr(exports, "LONGEST_WAIT", 0.2)
    secret = await make_key(Scope.SUBMISSIONS_WRITE)
    stuck = [Reader(app, secret, reads=False, query=b"state=FIN") for _ in range(exports.AT_ONCE + 1)]
    asked = [asyncio.create_task(reader.ask()) for reader in stuck]

    await begun(*stuck)
    for reader in stuck:
        reader.reads.set()
    await asyncio.gather(*asked)

    assert [(reader.status, reader.ended) for reader in stuck] == [(200, True)] * 4
