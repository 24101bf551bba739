"""A report under review, and a short rubric of which there may be many editions."""

from __future__ import annotations

from typing import Any

import httpx

from tests.api.given import TEXT, assessed, report
from tests.worker_in_process import Worker

Found = dict[str, Any]

OTHER = "In 2023 risk education reached 310 women, 290 men, 120 girls and 140 boys."


class Case:
    """A report and its current assessment, as a reviewer sees them."""

    def __init__(self, client: httpx.AsyncClient, worker: Worker, path: str) -> None:
        self.client, self.worker, self.path = client, worker, path

    async def assessment(self) -> Found:
        found: Found = (await self.client.get(f"{self.path}/assessment")).json()
        return found

    async def finding(self, criterion: str) -> Found:
        return finding(await self.assessment(), criterion)

    async def decide(self, criterion: str, *, within: str | None = None, **decision: Any) -> httpx.Response:
        place = f"/v1/assessments/{within or (await self.assessment())['id']}"
        tag = (await self.client.get(place)).headers["etag"]
        return await self.client.patch(
            f"{place}/findings/{criterion}", json=decision, headers={"If-Match": tag}
        )

    async def post(self, verb: str, body: Found | None = None) -> httpx.Response:
        return await self.client.post(f"/v1/assessments/{(await self.assessment())['id']}/{verb}", json=body)

    async def revise(self, draft: Found) -> None:
        await assessed(self.client, self.worker, await self.client.post(f"{self.path}/revisions", json=draft))

    async def again(self) -> Found:
        assert (await self.client.post(f"{self.path}/assessments")).status_code == 202
        await self.worker.drain()
        return await self.assessment()


def finding(assessment: Found, criterion: str) -> Found:
    found: Found = next(item for item in assessment["findings"] if item["criterion"] == criterion)
    return found


async def case(client: httpx.AsyncClient, worker: Worker, draft: Found) -> Case:
    return Case(
        client, worker, await assessed(client, worker, await client.post("/v1/submissions", json=draft))
    )


RUBRIC = {"key": "apmbc-short", "framework": "apmbc", "title": {"en": "Assistance and education"}}
CRITERIA: list[Found] = [
    {
        "key": "victim-assistance",
        "title": {"en": "Assistance reaches women and girls", "fr": "L'assistance atteint les femmes"},
        "provisions": ["apmbc:art-6"],
        "concepts": [{"all": ["survivors", "women"]}],
        "gap": {"en": "Please say whom assistance reached, by sex."},
    },
    {
        "key": "risk-education",
        "title": {"en": "Risk education reaches women and girls"},
        "provisions": ["apmbc:art-6"],
        "concepts": [{"all": ["risk-education", "women"]}],
    },
]


async def bring(client: httpx.AsyncClient, edition: str, **changes: str) -> None:
    """A rubric of two criteria; `changes` are other titles of them."""
    criteria = [
        criterion | ({"title": {"en": changes[criterion["key"]]}} if criterion["key"] in changes else {})
        for criterion in CRITERIA
    ]
    document = RUBRIC | {"edition": edition, "criteria": criteria}
    answer = await client.put(f"/v1/rubrics/apmbc-short/editions/{edition}", json=document)
    assert answer.is_success, answer.text


def apmbc(state: str, *, period: str = "2024", text: str = TEXT) -> Found:
    return report(state, framework="apmbc", period=period, text=text)


async def cycle(client: httpx.AsyncClient, **body: str) -> httpx.Response:
    return await client.post("/v1/frameworks/apmbc/assessments", json=body)


async def listed(client: httpx.AsyncClient, **query: Any) -> list[Found]:
    items: list[Found] = (await client.get("/v1/assessments", params=query)).json()["items"]
    return items
