"""A review ends: the assessment is published, or the report goes back to its State."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from domain.access.rules import Actor
from domain.assessments import queries
from domain.assessments.actions.review import touch
from domain.assessments.models import Assessment
from domain.base import Json
from domain.errors import Conflict, Invalid, Problem
from domain.submissions import actions as filing
from domain.submissions import rules as submissions
from schemas.assessments import ChangeRequest, ChangeWanted
from schemas.rubrics import Rubric
from schemas.submissions import SubmissionStatus

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def publish(session: AsyncSession, assessment: Assessment) -> None:
    """Let everyone read the assessment and the submission that it is of."""
    _must_be_of_the_present_revision(assessment)
    submission = assessment.of
    submission.status = submissions.move(submission.status, SubmissionStatus.PUBLISHED)
    assessment.status = "published"
    await touch(session, assessment)


async def request_changes(
    session: AsyncSession, assessment: Assessment, request: ChangeRequest, *, actor: Actor, now: datetime
) -> None:
    """Send the report back to its State with what is asked; the State answers with a revision."""
    _must_be_of_the_present_revision(assessment)
    rubric = await queries.rubric_named(session, assessment.rubric)
    asked = _asked(assessment, request.criteria)
    filing.send_back(assessment.of, _letter(request.reason, asked, rubric, assessment.languages))
    assessment.status = "changes-requested"
    assessment.changes = {
        "reason": request.reason,
        "criteria": asked,
        "by": actor.name,
        "at": now.isoformat(),
    }
    await touch(session, assessment)


def _must_be_of_the_present_revision(assessment: Assessment) -> None:
    if assessment.of.revision != assessment.revision:
        raise Conflict("A later revision has been filed since.", code="revised-since")


def _asked(assessment: Assessment, wanted: Sequence[ChangeWanted]) -> list[Json]:
    gaps = {finding.criterion: finding.gap for finding in assessment.findings}
    problems = [
        Problem(f"/criteria/{number}/criterion", "unknown-criterion", f"There is no `{item.criterion}`.")
        for number, item in enumerate(wanted)
        if item.criterion not in gaps
    ] + [
        Problem(f"/criteria/{number}/reason", "reason-missing", "The finding has no gap: say what to change.")
        for number, item in enumerate(wanted)
        if item.criterion in gaps and not (item.reason or gaps[item.criterion])
    ]
    if problems:
        raise Invalid("Not everything that is asked can be asked.", problems, code="invalid-request")
    return [{"criterion": item.criterion, "reason": item.reason or gaps[item.criterion]} for item in wanted]


def _letter(reason: str | None, asked: Sequence[Json], rubric: Rubric, languages: Sequence[str]) -> str:
    """What is asked in general, then a line for each criterion."""
    titles = {criterion.key: criterion.title for criterion in rubric.criteria}
    lines = [reason] if reason else []
    for item in asked:
        title = titles[item["criterion"]]
        known = next((title[language] for language in [*languages, "en"] if language in title), None)
        lines.append(f"{known or item['criterion']}: {item['reason']}")
    return "\n".join(lines)
