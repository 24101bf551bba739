"""Rounds and returns of the release before, which named editions, can be answered and read as others can."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from alembic import command

from tests.api.test_indicator_returns import BAD, FRAMEWORK, GOOD, LAWS, SPENDING, opened, recorded, table
from tests.conftest import Servers, execute
from tests.migrations.test_migrations import migrated

EDITION = "@2013"
UNJUDGED = GOOD | {"comparable": None}


def named(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"indicator": answer["indicator"] + EDITION}


async def kept_before(place: Servers, table: str, column: str, value: str) -> None:
    """As the release before kept it, which left references as they were."""
    await migrated(place, command.downgrade, "0020")
    await execute(place.database_url, f"UPDATE {table} SET {column} = {value}")
    await migrated(place, command.upgrade, "head")


async def test_a_round_that_named_an_edition_asks_for_each_indicator_once(
    place: Servers, admin: httpx.AsyncClient
):
    key = await opened(admin, indicators=[SPENDING, LAWS])
    path = f"/v1/indicator-rounds/{FRAMEWORK}/{key}"
    before = await admin.get(path)
    asked = f"ARRAY['{SPENDING}{EDITION}', '{LAWS}{EDITION}', '{SPENDING}']"

    await kept_before(place, "indicator_rounds", "indicators", asked)

    after = await admin.get(path)
    assert after.json() == before.json() | {"indicators": [SPENDING, LAWS]}
    assert after.headers["etag"] != before.headers["etag"]
    assert (await recorded(admin, key)).json()["answers"] == [GOOD, BAD]


@pytest.mark.parametrize(
    "answers",
    [
        [named(GOOD), named(BAD)],
        [GOOD, named(BAD)],
        [named(UNJUDGED), BAD, GOOD, named(BAD)],
        [GOOD, BAD, named(BAD | {"reasons": [{"code": "other", "detail": None}]})],
    ],
)
async def test_answers_that_named_an_edition_count_once_and_may_stay(
    place: Servers, admin: httpx.AsyncClient, answers: Sequence[dict[str, Any]]
):
    key = await opened(admin, indicators=[LAWS, SPENDING])
    made = await recorded(admin, key)

    await kept_before(place, "indicator_returns", "answers", f"'{json.dumps(answers)}'")

    read = await admin.get(made.headers["location"])
    found = read.json()["answers"]
    assert sorted(found, key=lambda one: one["indicator"]) == [GOOD, BAD]
    assert read.headers["etag"] != made.headers["etag"]
    [line] = [one for one in (await table(admin, key))["states"] if one["state"] == "PAN"]
    assert (line["comparable"], line["not_comparable"], line["not_answered"]) == (1, 1, 0)
    facts = {"submitted_on": "2026-06-12", "in_proper_format": True, "answers": found}
    put = await admin.put(made.headers["location"], json=facts, headers={"If-Match": read.headers["etag"]})
    assert (put.status_code, put.json()["answers"]) == (200, found)


async def test_what_names_no_edition_is_as_it_was_after_going_back_and_forward(
    place: Servers, admin: httpx.AsyncClient
):
    made = await recorded(admin, await opened(admin, indicators=[LAWS, SPENDING]))

    await migrated(place, command.downgrade, "0020")
    await migrated(place, command.upgrade, "head")

    again = await admin.get(made.headers["location"])
    assert (again.json(), again.headers["etag"]) == (made.json(), made.headers["etag"])
