from __future__ import annotations

from domain.assessments import actions, queries
from domain.assessments.actions import renewal, second_readings
from domain.assessments.appraisal import appraise
from domain.crosswalks import actions as crosswalks
from domain.reading.documents import Unreadable
from schemas.jobs import AssessCycle, AssessSubmission
from services.worker.runner import GiveUp, Run


async def assess_submission(run: Run, order: AssessSubmission) -> None:
    """Read a revision, assess it, derive its crosswalk. Done twice, it leaves one of each."""
    async with run.tools.sessions() as session:
        task = await queries.task(session, order.submission, order.revision)
    if task is None:
        return
    await run.report("reading-and-assessing", 0, len(task.materials))
    try:
        appraisal = await run.tools.sandbox.run(appraise, task.rubric, task.thesaurus, task.materials)
    except Unreadable as refusal:
        raise GiveUp(refusal.code, refusal.detail) from None
    await run.report("recording", len(task.materials), len(task.materials))
    async with run.record() as session:
        assessment = await actions.record(session, order.submission, order.revision, appraisal)
        if assessment is not None:
            await crosswalks.derive(session, assessment)
            if run.tools.settings.judge_url is not None:
                await second_readings.promise_second_reading(session, assessment.id)
            run.result = f"/v1/assessments/{assessment.id}"


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
