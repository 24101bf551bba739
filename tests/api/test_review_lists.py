"""What reviewers go by: the queue of findings, and where the reviews stand."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from domain.assessments.confidence import DOUBTFUL
from schemas.access import Scope
from tests.api.given import problem_of, report
from tests.api.reviewing import Found, case
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker


async def test_the_queue_begins_with_what_the_engine_is_least_sure_of(
    admin: httpx.AsyncClient, reviewer: httpx.AsyncClient, worker: Worker
):
    one = await case(admin, worker, report("NLD", period="2020"))
    await one.decide("budget", level=3, reason="See page 4.")
    query = {"framework": "ccm", "period": "2020", "status": "proposed"}

    whole = (await reviewer.get("/v1/findings", params=query | {"limit": 500})).json()
    pages: list[Found] = []
    page: Found = {"next": None}
    for _ in range(3):
        cursor = {"cursor": page["next"]} if page["next"] else {}
        page = (await reviewer.get("/v1/findings", params=query | cursor | {"limit": 5})).json()
        pages += page["items"]

    confidences = [item["confidence"] for item in whole["items"]]
    assert len(confidences) == 15
    assert confidences == sorted(confidences)
    assert all(0 <= confidence <= 1 for confidence in confidences)
    assert (pages, page["next"]) == (whole["items"], None)
    assert {item["state"] for item in pages} == {"NLD"}
    assert "budget" not in [item["criterion"] for item in pages]


async def test_the_queue_shows_a_states_key_its_own_and_what_is_published(
    admin: httpx.AsyncClient, client_with: ClientMaker, anonymous: httpx.AsyncClient, worker: Worker
):
    await case(admin, worker, report("PER", period="2020"))
    state = await client_with(Scope.SUBMISSIONS_WRITE, state="PER")
    other = await client_with(Scope.SUBMISSIONS_WRITE, state="PRT")

    async def seen(client: httpx.AsyncClient, path: str) -> list[Found]:
        items: list[Found] = (await client.get(path, params={"state": "PER"})).json()["items"]
        return items

    for path in ("/v1/findings", "/v1/assessments"):
        assert await seen(state, path)
        assert await seen(other, path) == []
    assert await seen(anonymous, "/v1/assessments") == []


@pytest.mark.parametrize("cursor", ["x", "MC41", "MC41IHg", "bmFuIDE"])
async def test_a_cursor_of_another_list_is_refused(reviewer: httpx.AsyncClient, cursor: str):
    problem_of(await reviewer.get("/v1/findings", params={"cursor": cursor}), 422, "invalid-cursor")


async def test_the_queue_holds_what_is_under_review(admin: httpx.AsyncClient, worker: Worker):
    cases = {state: await case(admin, worker, report(state, period="2013")) for state in STATUS_OF}
    await admin.post(f"{cases['QAT'].path}/withdraw")
    await admin.post(f"{cases['ROU'].path}/return", json={"reason": "Figures, please."})
    await cases["RWA"].post("publish")

    async def states(path: str, **query: str) -> set[str]:
        items = (await admin.get(path, params={"period": "2013", "limit": 500} | query)).json()["items"]
        return {item["state"] for item in items}

    assert await states("/v1/findings") == {"POL"}
    assert await states("/v1/assessments") == {"POL", "ROU", "RWA"}
    for state, status in STATUS_OF.items():
        assert await states("/v1/findings", submission_status=status) == {state}
        assert await states("/v1/assessments", submission_status=status) == {state}


STATUS_OF = {"POL": "assessed", "QAT": "withdrawn", "ROU": "returned", "RWA": "published"}


async def test_the_queue_tells_doubtful_proposals_from_others(
    admin: httpx.AsyncClient, reviewer: httpx.AsyncClient, worker: Worker
):
    await case(admin, worker, report("NOR", period="2012", text="Gender training matters."))

    async def found(**query: Any) -> list[Found]:
        within = {"period": "2012", "limit": 500}
        items: list[Found] = (await reviewer.get("/v1/findings", params=within | query)).json()["items"]
        return items

    everything, doubtful = await found(), await found(doubtful=True)

    assert "gender-training" in [item["criterion"] for item in doubtful]
    assert doubtful == [item for item in everything if item["confidence"] < DOUBTFUL] != everything
    assert all(item["doubts"] for item in doubtful)
    assert await found(doubtful=False) == [item for item in everything if item not in doubtful]


async def test_who_does_not_review_is_not_told_what_is_disputed(client_with: ClientMaker):
    state = await client_with(Scope.SUBMISSIONS_WRITE, state="PER")

    problem_of(await state.get("/v1/findings", params={"disputed": True}), 403, "scope-missing")
