"""A job of many parts waits for them without a holder, and stands in nobody's way."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from domain.jobs import actions, parts
from domain.jobs.actions import Claim, Fenced
from domain.jobs.models import Job
from domain.jobs.parts import Part
from schemas.jobs import AssessCycle, AssessSubmission, Queue
from services.database import Sessions

WHOLE = AssessCycle(framework="ccm", period="2024")


def part(subject: str) -> Part:
    return Part(AssessSubmission(submission=uuid4(), revision=1), subject, "HRV")


async def begun(sessions: Sessions, *subjects: str) -> Claim:
    """A claimed job of these parts."""
    async with sessions.begin() as session:
        job = actions.promise(session, WHOLE, subject="ccm.2024")
    async with sessions.begin() as session:
        held = await actions.claim(session, job.id, owner="one")
        assert held is not None
        await parts.promise_parts(session, held.id, [part(subject) for subject in subjects])
    return held


async def status_of(sessions: Sessions, job_id: UUID) -> tuple[str, int, int | None]:
    async with sessions.begin() as session:
        await parts.follow(session)
    async with sessions() as session:
        job = await session.get_one(Job, job_id)
        return job.status, job.done, job.total


async def end(sessions: Sessions, subject: str, status: str) -> None:
    async with sessions.begin() as session:
        await session.execute(update(Job).where(Job.subject == subject).values(status=status))


async def test_it_goes_on_when_the_last_part_has_ended_however_it_did(sessions: Sessions):
    held = await begun(sessions, "a", "b", "c")
    async with sessions.begin() as session:
        assert await parts.wait(session, held, phase="assessing")

    seen = [await status_of(sessions, held.id)]
    for subject, status in (("a", "succeeded"), ("b", "failed"), ("c", "cancelled")):
        await end(sessions, subject, status)
        seen.append(await status_of(sessions, held.id))

    assert seen == [("running", 0, 3), ("running", 1, 3), ("running", 2, 3), ("queued", 3, 3)]


async def test_while_it_waits_no_lease_runs_out_and_no_attempt_is_counted(sessions: Sessions):
    held = await begun(sessions, "a")
    async with sessions.begin() as session:
        await parts.wait(session, held, phase="assessing")

    with pytest.raises(Fenced):
        async with sessions.begin() as session:
            await actions.hold(session, held)
    async with sessions.begin() as session:
        await actions.take_back_dead_leases(session)
        job = await session.get_one(Job, held.id)
        assert (job.status, job.lease_until, job.attempts) == ("running", None, 0)


async def test_there_is_nothing_to_wait_for_without_open_parts(sessions: Sessions):
    held = await begun(sessions)

    async with sessions.begin() as session:
        assert not await parts.wait(session, held, phase="assessing")


async def test_what_failed_is_no_part_again_nor_is_any_beside_an_open_job_of_its_own(sessions: Sessions):
    async with sessions.begin() as session:
        own = part("b")
        actions.promise(session, own.order, subject=own.subject)
    held = await begun(sessions, "a", "b")
    await end(sessions, "a", "failed")

    async with sessions.begin() as session:
        await parts.promise_parts(session, held.id, [part("a"), part("b"), part("c")])
    async with sessions.begin() as session:
        await parts.wait(session, held, phase="assessing")

    assert await status_of(sessions, held.id) == ("running", 1, 2)


async def test_what_a_part_left_behind_is_a_part_again(sessions: Sessions):
    held = await begun(sessions, "a", "b")
    for subject, status in (("a", "succeeded"), ("b", "cancelled")):
        await end(sessions, subject, status)

    async with sessions.begin() as session:
        await parts.promise_parts(session, held.id, [part("a"), part("b")])
        await parts.wait(session, held, phase="assessing")

    assert await status_of(sessions, held.id) == ("running", 2, 3)


async def test_what_is_asked_for_by_itself_goes_before_parts(sessions: Sessions):
    await begun(sessions, *(f"part-{number}" for number in range(20)))
    async with sessions.begin() as session:
        single = actions.promise(session, part("single").order, subject="single")

    async with sessions.begin() as session:
        handed = await actions.hand_over(session, Queue.DOCUMENTS.value)

    assert single.id in [job_id for job_id, _ in handed]
    assert len(handed) < 20
