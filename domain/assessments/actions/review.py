"""People decide, beside the proposals and never instead of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import update

from domain.access.rules import Actor
from domain.assessments.models import Assessment, Finding
from domain.errors import Conflict, Invalid, NotFound, Problem
from domain.submissions import rules as submissions
from schemas.assessments import Decision
from schemas.submissions import SubmissionStatus

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def decide(
    session: AsyncSession,
    assessment: Assessment,
    criterion: str,
    decision: Decision,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Confirm a proposal or set another level with a reason. The proposal stays as it was."""
    finding = next((item for item in assessment.findings if item.criterion == criterion), None)
    if finding is None:
        raise NotFound(f"This assessment has no criterion `{criterion}`.", criterion=criterion)
    _open_to_decisions(assessment, finding)
    differs = (decision.level, decision.applicable) != (finding.level, finding.applicable)
    if differs and decision.reason is None:
        raise Invalid(
            "A decision that differs from the proposal needs a reason.",
            [Problem("/reason", "reason-missing", "Say why.")],
            code="reason-missing",
        )
    finding.review = decision.model_dump() | {"by": actor.name, "at": now.isoformat()}
    finding.status = "changed" if differs else "confirmed"
    assessment.status = "in-review" if assessment.status == "proposed" else assessment.status
    await _touch(session, assessment)


def _open_to_decisions(assessment: Assessment, finding: Finding) -> None:
    if assessment.status == "published":
        raise Conflict(
            "What is published is not changed; a revision of the report is assessed anew.", code="published"
        )
    if assessment.of.revision != assessment.revision:
        raise Conflict("A later revision has been filed since.", code="revised-since")
    if finding.obsolete:
        raise Conflict("A newer assessment has taken the place of this finding.", code="obsolete")


async def publish(session: AsyncSession, assessment: Assessment) -> None:
    """Let everyone read the assessment and the submission that it is of."""
    submission = assessment.of
    if submission.revision != assessment.revision:
        raise Conflict("A later revision has been filed since.", code="revised-since")
    submission.status = submissions.move(submission.status, SubmissionStatus.PUBLISHED)
    assessment.status = "published"
    await _touch(session, assessment)


async def _touch(session: AsyncSession, assessment: Assessment) -> None:
    """Give the assessment a new version, whichever of its parts has changed."""
    await session.execute(
        update(Assessment)
        .where(Assessment.id == assessment.id)
        .values(version=Assessment.version + 1, status=assessment.status)
        .execution_options(synchronize_session=False)
    )
    await session.flush()
    await session.refresh(assessment, ["version"])
