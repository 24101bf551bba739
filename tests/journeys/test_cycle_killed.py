from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from domain.assessments import actions
from domain.assessments.models import Assessment
from domain.jobs.models import Job
from schemas.rubrics import Rubric
from tests.api.reviewing import CRITERIA, RUBRIC
from tests.journeys.installation import FILER, Installation, Promised, long_report
from tests.journeys.processes import until
from tests.stack.processes import only_linux

REPORTS, FEW = 5, 1
REPORT = long_report(pages=24)


async def bring(installation: Installation, edition: str) -> None:
    async with installation.sessions.begin() as session:
        rubric = Rubric.model_validate(RUBRIC | {"edition": edition, "criteria": CRITERIA})
        await actions.bring_rubric(session, rubric)


async def parts_of(installation: Installation, whole: Job) -> list[Job]:
    async with installation.sessions() as session:
        return list(await session.scalars(select(Job).where(Job.part_of == whole.id)))


async def judged_by(installation: Installation, promised: list[Promised], edition: str) -> int:
    """How many of the reports have exactly one assessment by the edition, with a finding per criterion."""
    async with installation.sessions() as session:
        found = await session.scalars(
            select(Assessment.submission_id)
            .join(Assessment.findings)
            .where(
                Assessment.submission_id.in_([one.submission for one in promised]),
                Assessment.rubric == f"{RUBRIC['key']}@{edition}",
            )
        )
        times = Counter(found)
        return sum(times[one.submission] == len(CRITERIA) for one in promised)


@only_linux
async def test_a_cycle_whose_worker_is_killed_in_the_middle_is_completed_by_another(
    installation: Installation,
) -> None:
    [victim] = installation.workers(1)
    await bring(installation, "1")
    promised = [await installation.hand_in(REPORT, framework="apmbc") for _ in range(REPORTS)]
    await installation.until_finished(promised, within=15)
    await bring(installation, "2")
    async with installation.sessions.begin() as session:
        whole = await actions.assess_cycle(session, "apmbc", None, actor=FILER)

    async def in_the_middle() -> bool:
        statuses = [part.status for part in await parts_of(installation, whole)]
        return statuses.count("succeeded") >= FEW and "running" in statuses

    await until(in_the_middle, within=10)
    victim.kill()
    assert await judged_by(installation, promised, "2") < REPORTS
    installation.start_worker()
    [job] = await installation.until_finished([Promised(whole.id, whole.id)], within=20)

    parts = await parts_of(installation, whole)
    assert (job.status, job.done, job.total) == ("succeeded", REPORTS, REPORTS)
    assert [part.status for part in parts] == ["succeeded"] * REPORTS
    assert max(part.attempts for part in parts) == 2
    assert await judged_by(installation, promised, "2") == REPORTS
