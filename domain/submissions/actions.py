"""What can be done with a submission. Each verb runs inside its caller's transaction."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert
from sqlalchemy.exc import IntegrityError

from domain.access.rules import Actor
from domain.base import new_id
from domain.errors import Conflict, Invalid, NotFound, Problem
from domain.frameworks import queries as frameworks
from domain.frameworks.models import Edition
from domain.jobs.actions import promise
from domain.jobs.models import Job
from domain.jobs.parts import Part
from domain.jobs.queries import open_job
from domain.obligations import actions as obligations
from domain.obligations.actions import Filing
from domain.obligations.rules import bounds
from domain.states import queries as states
from domain.submissions import queries, rules
from domain.submissions.models import Document, Section, Submission
from domain.submissions.reviewing import end_review
from schemas.jobs import AssessSubmission
from schemas.submissions import SectionDraft, SubmissionMetadata
from schemas.submissions import SubmissionStatus as Status

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class File:
    """A document as it was uploaded, its type already established from its content."""

    name: str
    media_type: str
    content: bytes


async def file(
    session: AsyncSession,
    draft: SubmissionMetadata,
    *,
    sections: Sequence[SectionDraft] = (),
    files: Sequence[File] = (),
    actor: Actor,
    today: date,
) -> Submission:
    """Keep a State's report as a draft. At most one per framework, State and period stands."""
    actor.must_write_for(draft.state)
    edition = await _edition(session, draft.framework)
    state = await states.known(session, draft.state)
    if rules.lies_ahead(draft.period, today=today):
        raise Invalid(
            "The period lies in the future.",
            [Problem("/period", "period-in-the-future", f"{draft.period} has not begun yet.")],
            code="period-in-the-future",
        )
    first, last = bounds(draft.period)
    submission = Submission(
        id=new_id(),
        framework=draft.framework,
        edition_id=edition.id,
        state=state.iso3,
        period=draft.period,
        period_start=first,
        period_end=last,
        revision=1,
        voluntary=draft.framework not in await states.party_to(session, state.iso3, as_of=last),
        filed_by=actor.id,
    )
    await _add_once(session, submission)
    await _add_contents(session, submission, sections, files)
    return await queries.find(session, submission.id, actor=actor)


async def _edition(session: AsyncSession, framework: str) -> Edition:
    try:
        return await frameworks.edition(session, framework)
    except NotFound:
        raise Invalid(
            f"There is no published framework `{framework}`.",
            [Problem("/framework", "unknown-framework", f"`{framework}` is not a framework known here.")],
            code="unknown-framework",
        ) from None


async def _add_once(session: AsyncSession, submission: Submission) -> None:
    try:
        async with session.begin_nested():
            session.add(submission)
    except IntegrityError:
        raise Conflict(
            f"{submission.state} has already filed a report under `{submission.framework}` "
            f"for {submission.period}; revise or withdraw that one.",
            code="already-filed",
            framework=submission.framework,
            state=submission.state,
            period=submission.period,
        ) from None


async def _add_contents(
    session: AsyncSession, submission: Submission, sections: Sequence[SectionDraft], files: Sequence[File]
) -> None:
    _distinct(sections)
    place = {"submission_id": submission.id, "revision": submission.revision}
    if sections:
        await session.execute(
            insert(Section),
            [
                {"id": new_id(), "position": position, "key": section.key, "text": section.text} | place
                for position, section in enumerate(sections)
            ],
        )
    for number, file in enumerate(files, start=1):
        document = {
            "id": new_id(),
            "number": number,
            "name": file.name,
            "media_type": file.media_type,
            "size": len(file.content),
            "sha256": hashlib.sha256(file.content).hexdigest(),
            "content": file.content,
        }
        await session.execute(insert(Document), [document | place])


def _distinct(sections: Sequence[SectionDraft]) -> None:
    times = Counter(section.key for section in sections)
    repeated = [
        Problem(f"/sections/{number}/key", "duplicate-section", f"`{section.key}` stands more than once.")
        for number, section in enumerate(sections)
        if times[section.key] > 1
    ]
    if repeated:
        raise Invalid("Two sections have the same key.", repeated, code="duplicate-section")


async def change(
    session: AsyncSession, submission: Submission, sections: Sequence[SectionDraft], *, actor: Actor
) -> Submission:
    """Replace the sections of a draft."""
    actor.must_write_for(submission.state)
    if submission.status != Status.DRAFT:
        raise Conflict(
            f"A submission that is {submission.status} is not changed but revised.",
            code="wrong-status",
            submission_status=submission.status,
        )
    await session.execute(
        delete(Section).where(Section.submission_id == submission.id, Section.revision == submission.revision)
    )
    await _add_contents(session, submission, sections, ())
    submission.updated = func.now()
    return await _reread(session, submission, actor)


async def _reread(session: AsyncSession, submission: Submission, actor: Actor) -> Submission:
    await session.flush()
    submission_id = submission.id
    session.expire(submission)
    return await queries.find(session, submission_id, actor=actor)


async def submit(session: AsyncSession, submission: Submission, *, actor: Actor, now: datetime) -> Job:
    """Hand the report in. Its assessment is promised in the same transaction."""
    actor.must_write_for(submission.state)
    submission.status = rules.move(submission.status, Status.SUBMITTED)
    submission.submitted = now
    filing = Filing(submission.framework, submission.state, submission.period, submission.id, now)
    await obligations.meet(session, [filing], now=now)
    return promise_assessment(session, submission, actor=actor)


def promise_assessment(session: AsyncSession, submission: Submission, *, actor: Actor) -> Job:
    """Have the present revision assessed (again)."""
    part = assessment_of(submission)
    return promise(session, part.order, subject=part.subject, actor=actor, state=part.state)


def assessment_of(submission: Submission) -> Part:
    """The assessment of the present revision as a part of a larger job."""
    order = AssessSubmission(submission=submission.id, revision=submission.revision)
    return Part(order, f"{submission.id}.{submission.revision}", submission.state)


async def send_back(session: AsyncSession, submission: Submission, reason: str) -> None:
    """Ask the State for more; it answers with a revision."""
    submission.status = rules.move(submission.status, Status.RETURNED)
    submission.return_reason = reason
    await end_review(session, submission, "changes-requested")


async def withdraw(session: AsyncSession, submission: Submission, *, actor: Actor) -> None:
    """Take the report back. It stays readable to those concerned; another one may be filed, and is owed again
    where this one was.
    """
    actor.must_write_for(submission.state)
    submission.status = rules.move(submission.status, Status.WITHDRAWN)
    await obligations.take_back(session, [submission.id])
    await end_review(session, submission, "withdrawn")


def must_be_of(submission: Submission, draft: SubmissionMetadata) -> None:
    """A revision is of the same framework, State and period. Raises Invalid when it is not."""
    differs = [
        Problem(f"/{name}", "differs", f"The submission is of {getattr(submission, name)}.")
        for name in ("framework", "state", "period")
        if getattr(draft, name) != getattr(submission, name)
    ]
    if differs:
        raise Invalid("This is a report of something else.", differs, code="other-submission")


async def assess_again(session: AsyncSession, submission: Submission, *, actor: Actor) -> Job:
    """Have the present revision assessed anew; the job that is already to do so, if there is one."""
    if submission.status not in rules.UNDER_REVIEW:
        raise Conflict(
            f"A submission that is {submission.status} is not assessed.",
            code="wrong-status",
            submission_status=submission.status,
        )
    part = assessment_of(submission)
    under_way = await open_job(session, part.order, part.subject)
    return under_way or promise_assessment(session, submission, actor=actor)


async def revise(
    session: AsyncSession,
    submission: Submission,
    *,
    sections: Sequence[SectionDraft] = (),
    files: Sequence[File] = (),
    actor: Actor,
) -> Submission:
    """File the next revision as a draft; what was filed and assessed before stays as it is."""
    actor.must_write_for(submission.state)
    if submission.status == Status.DRAFT:
        raise Conflict(
            "This revision has not been submitted yet.", code="wrong-status", submission_status="draft"
        )
    submission.status = rules.move(submission.status, Status.DRAFT)
    submission.revision += 1
    submission.return_reason = None
    await session.flush()
    await end_review(session, submission, "revised")
    await _add_contents(session, submission, sections, files)
    return await _reread(session, submission, actor)
