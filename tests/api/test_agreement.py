"""How far decisions agree with proposals is a figure that the API reports, by what it can be told apart."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from domain.assessments import rules
from tests.api.given import assessed, levels, problem_of, report
from tests.worker_in_process import Worker

Found = dict[str, Any]

ADDRESS = "/v1/rubrics/apmbc-short/agreement"
REACHED = "In 2024, 112 women and 96 men among the survivors received rehabilitation services."
REACHED_FR = "En 2024, 112 femmes et 96 hommes parmi les survivants ont reçu des services de réadaptation."
NOTHING = "The weather in the capital was dry all year, and the harvest was good."

RUBRIC = {
    "key": "apmbc-short",
    "framework": "apmbc",
    "title": {"en": "Victim assistance"},
    "criteria": [
        {
            "key": key,
            "title": {"en": f"Assistance reaches women and girls ({key})"},
            "provisions": ["apmbc:art-6"],
            "concepts": [{"all": ["survivors", "women"]}],
        }
        for key in ("assistance", "rehabilitation")
    ],
}

PROPOSED = {REACHED: 3, REACHED_FR: 3, NOTHING: 0}


async def bring(client: httpx.AsyncClient, edition: str) -> None:
    path = f"/v1/rubrics/apmbc-short/editions/{edition}"
    assert (await client.put(path, json=RUBRIC | {"edition": edition})).is_success


async def decided(client: httpx.AsyncClient, worker: Worker, state: str, text: str, level: int | None) -> str:
    """The address of an assessment, after a decision on the first of its criteria."""
    draft = report(state, framework="apmbc", text=text)
    path = await assessed(client, worker, await client.post("/v1/submissions", json=draft))
    answer = await client.get(f"{path}/assessment")
    assert levels(answer.json()) == dict.fromkeys(("assistance", "rehabilitation"), PROPOSED[text])
    place = f"/v1/assessments/{answer.json()['id']}"
    decision = {"level": level} if level is not None else {"applicable": False}
    made = await client.patch(
        f"{place}/findings/assistance",
        json=decision | {"reason": "As read."},
        headers={"If-Match": answer.headers["etag"]},
    )
    assert made.status_code == 200
    return place


@pytest.fixture(scope="module")
def worked() -> list[str]:
    return []


@pytest.fixture
async def reviews(admin: httpx.AsyncClient, worker: Worker, worked: list[str]) -> list[str]:
    """Four reviews in English by one edition, one of a sample State, and one in French by the next."""
    if not worked:
        await bring(admin, "1")
        for state, text, level in (("HRV", REACHED, 3), ("ALB", REACHED, 2), ("AUT", NOTHING, 0)):
            worked.append(await decided(admin, worker, state, text, level))
        worked.append(await decided(admin, worker, "BEL", NOTHING, None))
        worked.append(await decided(admin, worker, "XAA", REACHED, 0))
        await bring(admin, "2")
        worked.append(await decided(admin, worker, "FRA", REACHED_FR, 3))
    return worked


async def read(client: httpx.AsyncClient, **query: str) -> Found:
    answer = await client.get(ADDRESS, params=query)
    assert answer.status_code == 200, answer.text
    found: Found = answer.json()
    return found


@pytest.mark.usefixtures("reviews")
async def test_agreement_counts_what_was_decided_without_sample_states(admin: httpx.AsyncClient):
    found = await read(admin, edition="1")

    assert found["categories"] == ["0", "1", "2", "3", "not-applicable"]
    # 0.5 observed; by chance (2·1 + 2·1) / 4² = 0.25
    assert found["overall"] == {
        "n": 4,
        "raw": 0.5,
        "kappa": 0.3333,
        "why_no_kappa": None,
        "matrix": [[1, 0, 0, 0, 1], [0] * 5, [0] * 5, [0, 0, 1, 1, 0], [0] * 5],
    }
    assert found["criteria"] == [found["overall"] | {"criterion": "assistance"}]


@pytest.mark.usefixtures("reviews")
async def test_agreement_is_told_apart_by_edition_engine_and_language(admin: httpx.AsyncClient):
    found = await read(admin)

    def counts(name: str) -> dict[str, int]:
        return {group["value"]: group["n"] for group in found[name]}

    assert found["overall"]["n"] == 5
    assert counts("editions") == {"1": 4, "2": 1}
    assert counts("engines") == {rules.ENGINE: 5}
    assert counts("languages") == {"en": 4, "fr": 1}
    french = next(group for group in found["languages"] if group["value"] == "fr")
    assert (french["raw"], french["kappa"]) == (1.0, None)
    assert french["why_no_kappa"]


@pytest.mark.usefixtures("reviews")
@pytest.mark.parametrize(
    ("query", "n"),
    [
        ({"language": "fr"}, 1),
        ({"language": "es"}, 0),
        ({"engine": rules.ENGINE}, 5),
        ({"engine": "0.9.0"}, 0),
        ({"framework": "apmbc"}, 5),
        ({"framework": "ccm"}, 0),
        ({"edition": "2", "language": "fr"}, 1),
    ],
)
async def test_the_query_selects_what_is_counted(admin: httpx.AsyncClient, query: dict[str, str], n: int):
    found = await read(admin, **query)

    assert found["overall"]["n"] == n
    assert {name: found[name] for name in ("edition", "engine", "language", "framework")} == {
        "edition": None,
        "engine": None,
        "language": None,
        "framework": None,
    } | query


async def test_a_decision_counts_where_it_was_made_not_where_it_was_carried(
    admin: httpx.AsyncClient, worker: Worker, reviews: list[str]
):
    submission = (await admin.get(reviews[0])).json()["submission"]
    await admin.post(f"/v1/submissions/{submission}/assessments")
    await worker.drain()
    carried = (await admin.get(f"/v1/submissions/{submission}/assessment")).json()
    assert (carried["rubric"], carried["findings"][0]["status"]) == ("apmbc-short@2", "confirmed")

    assert (await read(admin, edition="1"))["overall"]["n"] == 4
    assert (await read(admin, edition="2"))["overall"]["n"] == 1


async def test_everyone_reads_the_agreement_over_what_they_may_read(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, reviews: list[str]
):
    assert (await read(anonymous))["overall"]["n"] == 0

    assert (await admin.post(f"{reviews[-1]}/publish")).status_code == 200

    found = await read(anonymous)
    assert (found["overall"]["n"], found["overall"]["raw"]) == (1, 1.0)
    assert [group["value"] for group in found["languages"]] == ["fr"]


async def test_a_rubric_or_edition_that_there_is_not_is_not_found(admin: httpx.AsyncClient):
    problem_of(await admin.get("/v1/rubrics/colour/agreement"), 404, "not-found")
    problem_of(await admin.get("/v1/rubrics/ccm-gender/agreement?edition=1066"), 404, "not-found")
