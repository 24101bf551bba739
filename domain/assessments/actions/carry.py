"""What people decided before is not lost when a report is assessed anew, and never passed off as new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from domain.assessments import decisions, queries
from domain.assessments.actions.review import keep, reviewed
from domain.assessments.models import Assessment, Finding

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def carry_over(session: AsyncSession, assessment: Assessment) -> None:
    """Bring earlier decisions to a new assessment, marked as such.

    On the same revision a decision holds: the text that was decided on is the same. One on an earlier
    revision is shown `before` the reviewer's own. Both only where the rubric still asks the same.
    """
    now = await queries.rubric_named(session, assessment.rubric)
    findings = {finding.criterion: finding for finding in assessment.findings}
    asked: dict[str, set[str]] = {}
    for before in await _decided_before(session, assessment):
        rubric = before.of.rubric
        if rubric not in asked:
            asked[rubric] = decisions.same_questions(await queries.rubric_named(session, rubric), now)
        if before.criterion not in asked[rubric]:
            continue
        if before.of.revision == assessment.revision:
            _hold(session, before, findings[before.criterion])
        else:
            findings[before.criterion].before = _earlier(before, findings[before.criterion])
    await reviewed(session, assessment)


async def _decided_before(session: AsyncSession, assessment: Assessment) -> Sequence[Finding]:
    """Findings on this submission that were decided on, the latest decision on a criterion last.

    Of the present revision only those of the assessment before: it holds what those before it held.
    """
    latest = (
        select(Assessment.id)
        .where(
            Assessment.submission_id == assessment.submission_id,
            Assessment.revision == assessment.revision,
            Assessment.id != assessment.id,
        )
        .order_by(Assessment.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = (
        select(Finding)
        .join(Finding.of)
        .where(
            Assessment.submission_id == assessment.submission_id,
            Finding.decided.is_not(None),
            (Assessment.revision < assessment.revision) | (Assessment.id == latest),
        )
        .order_by(Assessment.revision, Assessment.id)
        .options(contains_eager(Finding.of))
    )
    return (await session.scalars(rows)).all()


def _hold(session: AsyncSession, before: Finding, now: Finding) -> None:
    review = before.review
    assert review is not None  # only decided findings are looked at
    carried_from = review["carried_from"] or str(before.assessment_id)
    keep(session, now, review | {"carried_from": carried_from}, key=None)


def _earlier(before: Finding, now: Finding) -> dict[str, Any]:
    review = before.review
    assert review is not None  # only decided findings are looked at
    rested_on = review["evidence"]
    return {
        "assessment": review["carried_from"] or str(before.assessment_id),
        "revision": before.of.revision,
        "unchanged": decisions.is_unchanged(before, rested_on, now),
        "evidence": [item["id"] for item in decisions.found_again(rested_on, now.evidence)],
    } | {name: review[name] for name in ("level", "applicable", "reason", "by", "at")}
