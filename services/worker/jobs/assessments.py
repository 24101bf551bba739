from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from domain.assessments import actions, queries
from domain.assessments.actions import renewal, second_readings
from domain.assessments.appraisal import Appraisal, Material, appraise
from domain.assessments.queries import Task, Unread
from domain.crosswalks import actions as crosswalks
from domain.jobs import actions as jobs
from domain.reading.documents import Unreadable, read
from domain.reading.extracts import Extent, check_report
from domain.submissions import queries as submissions
from schemas.jobs import AssessCycle, AssessSubmission
from services.worker.runner import GiveUp, Run

PHASE = "reading-and-assessing"


async def assess_submission(run: Run, order: AssessSubmission) -> None:
    """Read a revision, assess it, derive its crosswalk. Done twice, it leaves one of each."""
    async with run.tools.sessions() as session:
        task = await queries.task(session, order.submission, order.revision)
    if task is None:
        return
    appraisal = await _appraised(run, task, await _texts(run, task))
    async with run.record() as session:
        await jobs.report(session, run.held, phase="recording", done=len(task.filed), total=len(task.filed))
        assessment = await actions.record(session, order.submission, order.revision, appraisal)
        if assessment is not None:
            await crosswalks.derive(session, assessment.id)
            if run.tools.settings.judge_url is not None:
                await second_readings.promise_second_reading(session, assessment.id)
            run.result = f"/v1/assessments/{assessment.id}"


async def _texts(run: Run, task: Task) -> list[Material]:
    """All that was filed, as text. One document is in memory at a time, as it came and while it is read."""
    materials: list[Material] = []
    for done, one in enumerate(task.filed):
        if done == 0 or isinstance(one, Unread):
            await run.report(PHASE, done, len(task.filed))
        materials.append(await _read(run, one) if isinstance(one, Unread) else one)
        with _readable():
            check_report(Extent(sum(len(material.content) for material in materials)))
    return materials


async def _read(run: Run, unread: Unread) -> Material:
    async with run.tools.sessions() as session:
        content = await submissions.content_of(session, unread.id)
    with _readable(f"Document {unread.number}"):
        extracted = await run.tools.sandbox.run(read, content, unread.media_type)
    return Material(unread.number, None, None, extracted.text, extracted.pages)


@contextmanager
def _readable(place: str | None = None) -> Iterator[None]:
    """What cannot be read, now or at any other time, ends the job."""
    try:
        yield
    except Unreadable as found:
        refusal = found.within(place) if place else found
        raise GiveUp(refusal.code, refusal.detail, **refusal.facts) from None


async def _appraised(run: Run, task: Task, materials: Sequence[Material]) -> Appraisal:
    with _readable():
        return await run.tools.sandbox.run(
            appraise, task.rubric, task.thesaurus, materials, states=task.states, filed_by=task.filed_by
        )


async def assess_cycle(run: Run, order: AssessCycle) -> None:
    """Have every report of a cycle assessed by the newest, each as a job of its own that may fail by itself.

    Begun twice, it asks for nothing twice.
    """
    async with run.tools.sessions.begin() as session:
        await renewal.promise_parts(session, run.held.id, order)
        if await run.wait_for_parts(session, "assessing"):
            return
    of_period = f"&period={order.period}" if order.period else ""
    run.result = f"/v1/assessments?framework={order.framework}{of_period}"
