"""Returns of national indicators: rounds, what came in, and whose data can be compared."""

from __future__ import annotations

import csv
import io
from itertools import count
from typing import Any

import httpx
import pytest

from schemas.access import Scope
from tests.api.given import pointers, problem_of
from tests.api.planning import Found
from tests.conftest import ClientMaker

FRAMEWORK = "mesecvi-indicators"
LAWS, SPENDING = f"{FRAMEWORK}:legislation.structural.i1", f"{FRAMEWORK}:national-plans.process.i1"
GOOD = {"indicator": LAWS, "comparable": True, "reasons": []}
BAD = {
    "indicator": SPENDING,
    "comparable": False,
    "reasons": [{"code": "other-period", "detail": "Two fiscal years together"}],
}
_numbers = count(1)


async def opened(client: httpx.AsyncClient, **facts: Any) -> str:
    """A round of its own, of three States."""
    key = f"r{next(_numbers)}"
    draft = {"due": "2026-06-30", "expected": ["PAN", "CHL", "PER"]} | facts
    made = await client.put(f"/v1/indicator-rounds/{FRAMEWORK}/{key}", json=draft)
    assert made.status_code == 201, made.text
    return key


def returned(key: str, state: str = "PAN", **facts: Any) -> Found:
    return {
        "framework": FRAMEWORK,
        "round": key,
        "state": state,
        "submitted_on": "2026-06-12",
        "in_proper_format": True,
        "answers": [GOOD, BAD],
    } | facts


async def recorded(client: httpx.AsyncClient, *args: Any, **facts: Any) -> httpx.Response:
    made = await client.post("/v1/indicator-returns", json=returned(*args, **facts))
    assert made.status_code == 201, made.text
    read = await client.get(made.headers["location"])
    assert read.json() == made.json()
    return made


async def table(client: httpx.AsyncClient, key: str, as_of: str = "2026-07-15") -> Found:
    answer = await client.get(f"/v1/indicator-rounds/{FRAMEWORK}/{key}/table", params={"as_of": as_of})
    assert answer.status_code == 200, answer.text
    found: Found = answer.json()
    return found


async def test_a_round_asks_all_parties_for_all_indicators_unless_others_are_named(admin: httpx.AsyncClient):
    parties = await admin.get(
        "/v1/frameworks/belem-do-para/memberships",
        params={"as_of": "2026-06-30", "status": "party", "limit": 500},
    )

    path = f"/v1/indicator-rounds/{FRAMEWORK}/2026"
    made = await admin.put(path, json={"due": "2026-06-30"})

    assert made.json()["indicators"] == [LAWS, SPENDING]
    assert made.json()["expected"] == [item["state"] for item in parties.json()["items"]]
    assert len(made.json()["expected"]) == 32
    assert (await admin.get(path)).json() == made.json()
    listed = (await admin.get("/v1/indicator-rounds", params={"framework": FRAMEWORK})).json()["items"]
    assert made.json() in listed
    later = await admin.put(path, json={"due": "2026-07-31"}, headers={"If-Match": made.headers["etag"]})
    assert (later.status_code, later.json()["due"]) == (200, "2026-07-31")
    problem_of(await admin.put(path, json={"due": "2026-06-30"}), 428, "precondition-required")
    stale = await admin.put(path, json={"due": "2026-06-30"}, headers={"If-Match": made.headers["etag"]})
    problem_of(stale, 412, "stale")


@pytest.mark.parametrize(
    ("facts", "code", "pointer"),
    [
        ({"due": "June"}, "validation-failed", "/due"),
        ({"indicators": ["sdg:9.9.9"]}, "unknown-indicator", "/indicators/0"),
        ({"indicators": []}, "validation-failed", "/indicators"),
        ({"expected": ["QQQ"]}, "unknown-state", "/expected/0"),
        ({"expected": []}, "nobody-asked", "/expected"),
        ({"expected": ["PAN", "PAN"]}, "validation-failed", "/expected"),
    ],
)
async def test_a_round_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, facts: Found, code: str, pointer: str
):
    path = f"/v1/indicator-rounds/{FRAMEWORK}/never"

    answer = await admin.put(path, json={"due": "2026-06-30"} | facts)

    assert pointer in pointers(problem_of(answer, 422, code))
    problem_of(await admin.get(path), 404, "not-found")
    problem_of(await admin.put("/v1/indicator-rounds/xyz/1", json={"due": "2026-06-30"}), 404, "not-found")


async def test_the_table_says_who_returned_on_time_and_in_the_proper_format_and_what_compares(
    admin: httpx.AsyncClient,
):
    key = await opened(admin)
    await recorded(admin, key)
    late = {"submitted_on": "2026-07-01", "in_proper_format": False, "format_reasons": ["incomplete"]}
    await recorded(admin, key, "CHL", answers=[GOOD | {"comparable": None}], **late)
    await recorded(admin, key, "CAN", answers=[GOOD])

    found = await table(admin, key)

    lines = [
        [line[name] for name in ("state", "timeliness", "in_proper_format", "comparable", "not_answered")]
        for line in found["states"]
    ]
    assert lines == [
        ["CHL", "late", False, 0, 1], ["PAN", "on-time", True, 1, 0], ["PER", "missing", None, 0, 2],
        ["CAN", "on-time", True, 1, 1],
    ]  # fmt: skip
    assert found["counts"] == {
        "expected": 3, "submitted": 2, "on_time": 1, "in_proper_format": 1,
        "on_time_and_in_proper_format": 1, "comparable": 1, "wholly_comparable": 0, "unasked": 1,
    }  # fmt: skip
    laws, spending = found["indicators"]
    assert (laws["comparable"], laws["not_judged"], laws["not_answered"]) == (
        ["CAN", "PAN"],
        ["CHL"],
        ["PER"],
    )
    assert spending["not_comparable"] == [{"state": "PAN", "reasons": BAD["reasons"]}]
    before = await table(admin, key, as_of="2026-06-30")
    assert [(line["state"], line["timeliness"]) for line in before["states"]] == [
        ("CHL", "awaited"), ("PAN", "on-time"), ("PER", "awaited"), ("CAN", "on-time"),
    ]  # fmt: skip
    assert (before["counts"]["submitted"], before["counts"]["unasked"]) == (1, 1)
    assert before["indicators"][0]["not_judged"] == []
    assert before["indicators"][0]["comparable"] == ["CAN", "PAN"]


async def test_a_state_that_is_asked_no_more_and_returned_nothing_is_in_no_count(admin: httpx.AsyncClient):
    key = await opened(admin)
    await recorded(admin, key, "CHL", submitted_on=None, in_proper_format=None, answers=[])
    path = f"/v1/indicator-rounds/{FRAMEWORK}/{key}"
    tag = (await admin.get(path)).headers["etag"]

    await admin.put(path, json={"due": "2026-06-30", "expected": ["PAN"]}, headers={"If-Match": tag})

    found = await table(admin, key)
    assert found["counts"]["unasked"] == 0
    assert [(line["state"], line["timeliness"]) for line in found["states"]] == [
        ("PAN", "missing"), ("CHL", "not-asked"),
    ]  # fmt: skip


async def test_who_moved_the_day_of_a_round_is_kept(admin: httpx.AsyncClient):
    key = await opened(admin)
    path = f"/v1/indicator-rounds/{FRAMEWORK}/{key}"
    draft = {"due": "2026-07-15", "expected": ["PAN", "CHL", "PER"]}
    tag = {"If-Match": (await admin.get(path)).headers["etag"]}
    moved = await admin.put(path, json=draft, headers=tag)
    again = await admin.put(path, json=draft, headers={"If-Match": moved.headers["etag"]})
    assert again.headers["etag"] == moved.headers["etag"], "nothing changed"

    found = (await admin.get(f"{path}/changes")).json()["items"]

    assert [entry["by"] for entry in found] == ["test", "test"]
    assert found[0]["changes"] == [{"field": "due", "before": "2026-06-30", "after": "2026-07-15"}]
    assert {"field": "due", "before": None, "after": "2026-06-30"} in found[1]["changes"]
    page = (await admin.get(f"{path}/changes", params={"limit": 1})).json()
    assert (await admin.get(f"{path}/changes?limit=1&cursor={page['next']}")).json()["items"] == found[1:]
    problem_of(await admin.get(f"/v1/indicator-rounds/{FRAMEWORK}/none/changes"), 404, "not-found")


async def test_who_judged_a_return_and_how_before_is_kept(admin: httpx.AsyncClient, client_with: ClientMaker):
    key = await opened(admin)
    made = await recorded(admin, key)
    path = made.headers["location"]
    another = await client_with(Scope.OBSERVATIONS_WRITE)
    facts = {"submitted_on": "2026-07-02", "in_proper_format": True, "answers": [GOOD, BAD]}
    await another.put(path, json=facts, headers={"If-Match": made.headers["etag"]})

    [latest, first] = (await admin.get(f"{path}/changes")).json()["items"]

    assert latest["changes"] == [{"field": "submitted_on", "before": "2026-06-12", "after": "2026-07-02"}]
    assert {"field": "answers", "before": None, "after": [GOOD, BAD]} in first["changes"]
    chile = await client_with(Scope.OBSERVATIONS_WRITE, state="CHL")
    problem_of(await chile.get(f"{path}/changes"), 404, "not-found")


async def test_the_table_is_a_file_too(admin: httpx.AsyncClient):
    key = await opened(admin)
    await recorded(admin, key)

    answer = await admin.get(f"/v1/indicator-rounds/{FRAMEWORK}/{key}/table", headers={"Accept": "text/csv"})

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = {line["state"]: line for line in csv.DictReader(io.StringIO(answer.text))}
    assert lines["PAN"]["why_not_comparable"] == f"{SPENDING} (other-period)"
    assert (lines["PAN"]["timeliness"], lines["PER"]["submitted_on"]) == ("on-time", "")
    assert (lines["PAN"]["in_proper_format"], lines["PER"]["in_proper_format"]) == ("true", "")


async def test_a_state_returns_once_and_what_is_known_of_it_is_corrected(admin: httpx.AsyncClient):
    key = await opened(admin)
    made = await recorded(admin, key)
    path, tag = made.headers["location"], {"If-Match": made.headers["etag"]}

    again = await admin.post("/v1/indicator-returns", json=returned(key))
    corrected = await admin.put(path, json={"submitted_on": "2026-07-02", "answers": [GOOD]}, headers=tag)

    assert problem_of(again, 409, "already-returned")["indicator_return"] == made.json()["id"]
    assert (corrected.json()["timeliness"], corrected.json()["in_proper_format"]) == ("late", None)
    assert corrected.json()["answers"] == [GOOD]
    problem_of(await admin.put(path, json={}, headers=tag), 412, "stale")
    problem_of(await admin.put(path, json={}), 428, "precondition-required")


async def test_answers_may_stay_when_the_round_does_not_ask_for_them_any_more(admin: httpx.AsyncClient):
    key = await opened(admin, indicators=[LAWS, SPENDING])
    at = f"/v1/indicator-rounds/{FRAMEWORK}/{key}"
    made = await recorded(admin, key)
    path = made.headers["location"]
    narrowed = {"due": "2026-06-30", "expected": ["PAN"], "indicators": [SPENDING]}
    assert (await admin.put(at, json=narrowed, headers={"If-Match": "*"})).status_code == 200
    judged = {"indicator": SPENDING, "comparable": True, "reasons": []}

    corrected = await admin.put(
        path,
        json={"submitted_on": "2026-06-12", "answers": [GOOD, judged]},
        headers={"If-Match": made.headers["etag"]},
    )
    shown = await table(admin, key)
    without = await admin.put(
        path,
        json={"submitted_on": "2026-06-12", "answers": [judged]},
        headers={"If-Match": corrected.headers["etag"]},
    )
    again = await admin.put(
        path,
        json={"submitted_on": "2026-06-12", "answers": [GOOD, judged]},
        headers={"If-Match": without.headers["etag"]},
    )

    assert corrected.json()["answers"] == [GOOD, judged]
    assert [one["indicator"] for one in shown["indicators"]] == [SPENDING]
    assert without.json()["answers"] == [judged]
    assert pointers(problem_of(again, 422, "not-in-the-round")) == {
        "/answers/0/indicator": "not-in-the-round"
    }


async def test_an_indicator_is_the_same_in_whichever_edition_it_is_named(admin: httpx.AsyncClient):
    key = await opened(admin, indicators=[f"{LAWS}@2013", LAWS, SPENDING])
    twice = returned(key, answers=[GOOD, GOOD | {"indicator": f"{LAWS}@2013"}])

    found = (await admin.get(f"/v1/indicator-rounds/{FRAMEWORK}/{key}")).json()
    pinned = await recorded(admin, key, "CHL", answers=[GOOD | {"indicator": f"{LAWS}@2013"}])
    await recorded(admin, key, "PAN", answers=[GOOD])
    refused = await admin.post("/v1/indicator-returns", json=twice)
    unknown = await admin.put(
        f"/v1/indicator-rounds/{FRAMEWORK}/{key}-x",
        json={"due": "2026-06-30", "expected": ["PAN"], "indicators": [f"{LAWS}@1999"]},
    )

    assert found["indicators"] == [LAWS, SPENDING]
    assert pinned.json()["answers"] == [GOOD]
    assert (await table(admin, key))["indicators"][0]["comparable"] == ["CHL", "PAN"]
    problem_of(refused, 422, "validation-failed")
    problem_of(unknown, 422, "unknown-indicator")


@pytest.mark.parametrize(
    ("facts", "code", "pointer"),
    [
        ({"round": "1999"}, "unknown-round", "/round"),
        ({"state": "QQQ"}, "unknown-state", "/state"),
        ({"submitted_on": "2199-01-01"}, "day-in-the-future", "/submitted_on"),
        ({"submitted_on": None}, "validation-failed", ""),
        ({"in_proper_format": False}, "validation-failed", ""),
        ({"format_reasons": ["incomplete"]}, "validation-failed", ""),
        ({"evidence": ["/v1/nowhere"]}, "unknown-evidence", "/evidence/0"),
        ({"answers": [GOOD, GOOD]}, "validation-failed", "/answers"),
        ({"answers": [GOOD | {"indicator": "sdg:5.2.2"}]}, "not-in-the-round", "/answers/0/indicator"),
        ({"answers": [GOOD | {"comparable": False}]}, "validation-failed", "/answers/0"),
        ({"answers": [BAD | {"comparable": True}]}, "validation-failed", "/answers/0"),
    ],
)
async def test_a_return_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, facts: Found, code: str, pointer: str
):
    key = await opened(admin)

    answer = await admin.post("/v1/indicator-returns", json=returned(key) | facts)

    assert pointer in pointers(problem_of(answer, 422, code))
    assert (await admin.get("/v1/indicator-returns", params={"round": key})).json()["items"] == []


async def test_a_states_key_sees_what_its_state_returned(
    admin: httpx.AsyncClient, client_with: ClientMaker, anonymous: httpx.AsyncClient
):
    key = await opened(admin)
    own, other = await recorded(admin, key, "PAN"), await recorded(admin, key, "CHL")
    panama = await client_with(Scope.OBSERVATIONS_WRITE, state="PAN")
    reader = await client_with(Scope.MEETINGS_WRITE)

    found = (await panama.get("/v1/indicator-returns", params={"round": key})).json()["items"]
    assert [item["id"] for item in found] == [own.json()["id"]]
    assert len((await reader.get("/v1/indicator-returns", params={"round": key})).json()["items"]) == 2
    problem_of(await panama.get(other.headers["location"]), 404, "not-found")
    whole = f"/v1/indicator-rounds/{FRAMEWORK}/{key}/table"
    problem_of(await panama.get(whole), 403, "other-state")
    problem_of(await panama.post("/v1/indicator-returns", json=returned(key, "PER")), 403, "other-state")
    problem_of(await reader.post("/v1/indicator-returns", json=returned(key, "PER")), 403, "scope-missing")
    assert (await reader.get(whole)).status_code == 200
    problem_of(await anonymous.get(whole), 401, "unauthenticated")
