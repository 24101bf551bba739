"""A mapping set that is published through one process is known to every other one at its next question."""

from __future__ import annotations

from typing import Any

import httpx
from sqlalchemy import func, select

from domain.assessments.models import Assessment
from domain.crosswalks.models import CrosswalkItem, Derivation
from domain.jobs.models import Job
from domain.mappings import queries as mappings
from schemas.jobs import DeriveCrosswalk, DeriveCrosswalks
from services.stack.folders import free_port
from tests.journeys.installation import UNFINISHED, Installation, Promised
from tests.journeys.processes import until

WORKERS, REPORTS, MOST_ROUNDS = 3, 9, 12
TARGETS = ("crpd:art-20", "crpd:art-28")


async def test_two_apis_and_three_workers_see_a_new_mapping_set_at_once(installation: Installation) -> None:
    second = free_port(None)
    workers = {worker.pid for worker in installation.workers(WORKERS)}
    installation.api()
    other = installation.second_api(second)
    for port in (None, second):
        await installation.until_api_answers(port)
    promised = [await installation.hand_in() for _ in range(REPORTS)]
    await installation.until_finished(promised, within=30)

    worked: set[int] = set()
    async with installation.client() as one, installation.client(second) as two:
        assert await stated(one) == await stated(two) == set()
        for number in range(MOST_ROUNDS):
            target = TARGETS[number % 2]
            here, there = (one, two) if number % 2 else (two, one)
            answer = await here.put("/v1/mapping-sets/of-a-journey", json=mapping_set(target))
            assert answer.is_success
            assert await stated(there) == {target}
            await until(lambda: is_derived(installation), within=15)
            assert await crossed(installation, promised) == dict.fromkeys(TARGETS, 0) | {target: REPORTS}
            worked |= workers & await who_derived(installation)
            if number and worked == workers:  # it was published through either
                break
    other.end()

    assert worked == workers


def mapping_set(target: str) -> dict[str, Any]:
    row = {
        "subject_id": "ccm:art-5",
        "predicate_id": "skos:broadMatch",
        "object_id": target,
        "mapping_justification": "semapv:ManualMappingCuration",
    }
    return {
        "mapping_set_id": "https://example.org/mappings/of-a-journey",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "mappings": [row],
    }


async def stated(client: httpx.AsyncClient) -> set[str]:
    """Where the set leads, as this process has it."""
    answer = await client.get("/v1/provisions/ccm:art-5/counterparts", params={"to": "crpd"})
    return {
        item["provision"]
        for item in answer.json()["items"]
        if [link["set"] for link in item["chain"]] == ["of-a-journey"]
    }


async def is_derived(installation: Installation) -> bool:
    async with installation.sessions() as session:
        open_jobs = select(func.count()).where(
            Job.kind.in_([DeriveCrosswalks.kind, DeriveCrosswalk.kind]), Job.status.in_(UNFINISHED)
        )
        return await session.scalar(open_jobs) == 0


async def crossed(installation: Installation, promised: list[Promised]) -> dict[str, int]:
    """By target, how many of the reports establish something there, of the present mappings."""
    async with installation.sessions() as session:
        version = await mappings.version(session)
        counted = await session.execute(
            select(CrosswalkItem.provision, func.count())
            .join(Assessment, Assessment.id == CrosswalkItem.assessment_id)
            .join(Derivation, Derivation.assessment_id == Assessment.id)
            .where(
                Assessment.submission_id.in_([one.submission for one in promised]),
                CrosswalkItem.provision.in_(TARGETS),
                Derivation.graph == version,
            )
            .group_by(CrosswalkItem.provision)
        )
        return dict.fromkeys(TARGETS, 0) | {row[0]: row[1] for row in counted}


async def who_derived(installation: Installation) -> set[int]:
    """The processes that did; workers are called by their machine and process."""
    async with installation.sessions() as session:
        names = await session.scalars(
            select(Job.lease_owner).where(Job.kind == DeriveCrosswalk.kind, Job.status == "succeeded")
        )
        return {int(name.rpartition(":")[2]) for name in names if name}
