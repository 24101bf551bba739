"""People decide, beside the proposals and never instead of them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import update

from domain.access.rules import Actor
from domain.assessments import decisions, queries
from domain.assessments.actions import picks
from domain.assessments.models import Assessment, Finding, FindingDecision
from domain.assessments.scores import assessed, score_of
from domain.base import Json, new_id
from domain.errors import Conflict, Invalid, Problem
from domain.submissions.models import Submission
from domain.submissions.reviewing import end_review
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
    """Confirm a proposal, set another level with a reason, pick other evidence. The proposal stays."""
    finding = queries.finding_on(assessment, criterion)
    await _open_to_decisions(session, assessment)
    evidence = finding.decided_evidence
    if decision.evidence is not None:
        evidence = await picks.read(session, assessment.of, finding, decision.evidence)
    review = _review(finding, decision, evidence)
    keep(session, finding, review | _signed(actor, now), key=actor.id)
    await reviewed(session, assessment)


def _review(finding: Finding, decision: Decision, evidence: list[Json]) -> Json:
    level, applicable = decision.level, decision.applicable
    if applicable and level is None:  # a decision on the evidence alone
        level, applicable = finding.decided_level, finding.decided_applicable
    if applicable and level is None:
        raise Invalid(
            "The criterion was not assessed: there is no level yet that the evidence could be for.",
            [Problem("/level", "level-missing", "Give a level, or `applicable: false`.")],
            code="level-missing",
        )
    reason = decision.reason
    if reason is None and (level, applicable) == (finding.decided_level, finding.decided_applicable):
        reason = finding.decided["reason"] if finding.decided else None
    if reason is None and decisions.status(finding, level, applicable) == "changed":
        raise Invalid(
            "A decision that differs from the proposal needs a reason.",
            [Problem("/reason", "reason-missing", "Say why.")],
            code="reason-missing",
        )
    if level and not evidence and decision.evidence is not None:
        raise Invalid(
            "A level above 0 cites what it rests on.",
            [Problem("/evidence", "evidence-missing", "Pick at least one passage.")],
            code="evidence-missing",
        )
    return {"level": level, "applicable": applicable, "reason": reason, "evidence": evidence}


def _signed(actor: Actor, now: datetime, carried_from: str | None = None) -> Json:
    return {"by": actor.name, "at": now.isoformat(), "carried_from": carried_from}


def keep(session: AsyncSession, finding: Finding, review: Json, *, key: UUID | None) -> None:
    """Let a decision hold; those before it stay on record. `key` is that of whoever decided here."""
    finding.decided = review
    finding.status = decisions.status(finding, review["level"], review["applicable"])
    finding.obsolete = False
    taken: dict[str, Any] = review | {
        "at": datetime.fromisoformat(review["at"]),
        "carried_from": UUID(review["carried_from"]) if review["carried_from"] else None,
    }
    session.add(FindingDecision(id=new_id(), finding_id=finding.id, key=key, **taken))


async def adopt(session: AsyncSession, assessment: Assessment, *, actor: Actor, now: datetime) -> None:
    """Decide again as on the revision before, where neither the proposal nor its passages have changed."""
    await _open_to_decisions(session, assessment)
    for finding in assessment.findings:
        before = finding.before
        if finding.decided or not before or not before["unchanged"]:
            continue
        chosen = [item for item in finding.evidence if item["id"] in before["evidence"]]
        taken = {name: before[name] for name in ("level", "applicable", "reason")} | {"evidence": chosen}
        keep(session, finding, taken | _signed(actor, now, before["assessment"]), key=actor.id)
    await reviewed(session, assessment)


async def _open_to_decisions(session: AsyncSession, assessment: Assessment) -> None:
    if "published" in (assessment.status, assessment.of.status):
        raise Conflict(
            "What is published is not changed; a revision of the report is assessed anew.", code="published"
        )
    if assessment.of.status == SubmissionStatus.WITHDRAWN:
        raise Conflict(
            "The report has been withdrawn.", code="wrong-status", submission_status=assessment.of.status
        )
    await must_be_current(session, assessment)


async def must_be_current(session: AsyncSession, assessment: Assessment) -> None:
    """Raises Conflict where a later revision or a newer assessment has taken its place."""
    if assessment.of.revision != assessment.revision:
        raise Conflict("A later revision has been filed since.", code="revised-since")
    if await queries.is_superseded(session, assessment):
        raise Conflict("A newer assessment has taken the place of this one.", code="obsolete")


async def reviewed(session: AsyncSession, assessment: Assessment) -> None:
    """Have the assessment say where its review is, and what its levels come to by now."""
    if not any(finding.decided for finding in assessment.findings):
        return
    rubric = await queries.rubric_named(session, assessment.rubric)
    score = score_of(
        rubric,
        assessed(
            (finding.criterion, finding.decided_level, finding.decided_applicable)
            for finding in assessment.findings
        ),
    )
    assessment.decided_score = asdict(score) if score else None
    if assessment.status == "proposed":
        assessment.status = "in-review"
    if all(finding.decided for finding in assessment.findings):
        await end_review(session, await session.get_one(Submission, assessment.submission_id), "decided")
    await touch(session, assessment)


async def touch(session: AsyncSession, assessment: Assessment) -> None:
    """Give the assessment a new version, whichever of its parts has changed."""
    await session.execute(
        update(Assessment)
        .where(Assessment.id == assessment.id)
        .values(version=Assessment.version + 1)
        .execution_options(synchronize_session=False)
    )
    await session.flush()
    await session.refresh(assessment, ["version"])
