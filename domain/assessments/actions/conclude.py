"""A review ends: the assessment is published, or the report goes back to its State."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from domain.access.rules import Actor
from domain.assessments import queries
from domain.assessments.actions.review import must_be_current, touch
from domain.assessments.models import Assessment, Finding
from domain.base import Json
from domain.errors import Conflict, Invalid, Problem
from domain.submissions import actions as filing
from domain.submissions import rules as submissions
from domain.submissions.reviewing import end_review
from schemas.assessments import ChangeRequest, ChangeWanted, Undecided
from schemas.rubrics import Rubric
from schemas.submissions import SubmissionStatus

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def publish(session: AsyncSession, assessment: Assessment, *, undecided: Undecided) -> None:
    """Let everyone read the assessment and the submission that it is of.

    What nobody has decided on stays a proposal, for everyone to see as such; `undecided` may refuse that.
    No proposal is published of which it is known that what is newest would judge anew.
    """
    await must_be_current(session, assessment)
    submission = assessment.of
    submission.status = submissions.move(submission.status, SubmissionStatus.PUBLISHED)
    _refuse_some(
        [finding for finding in assessment.findings if finding.obsolete],
        "A newer rubric, thesaurus or engine would judge anew",
        code="obsolete-proposals",
    )
    if undecided == "refused":
        still = [finding for finding in assessment.findings if not finding.decided]
        _refuse_some(still, "Nobody has decided yet on", code="undecided")
    assessment.status = "published"
    await end_review(session, submission, "published")
    await touch(session, assessment)


def _refuse_some(findings: Sequence[Finding], because: str, *, code: str) -> None:
    """Raises Conflict where there are such findings, naming their criteria."""
    criteria = [finding.criterion for finding in findings]
    if criteria:
        raise Conflict(f"{because} {', '.join(criteria)}.", code=code, criteria=criteria)


async def request_changes(
    session: AsyncSession, assessment: Assessment, request: ChangeRequest, *, actor: Actor, now: datetime
) -> None:
    """Send the report back to its State with what is asked; the State answers with a revision."""
    await must_be_current(session, assessment)
    rubric = await queries.rubric_named(session, assessment.rubric)
    asked = _asked(assessment, request.criteria)
    letter = _letter(request.reason, asked, rubric, assessment.languages)
    await filing.send_back(session, assessment.of, letter)
    assessment.status = "changes-requested"
    assessment.changes = {
        "reason": request.reason,
        "criteria": asked,
        "by": actor.name,
        "at": now.isoformat(),
    }
    await touch(session, assessment)


def _asked(assessment: Assessment, wanted: Sequence[ChangeWanted]) -> list[Json]:
    gaps = {finding.criterion: finding.gap for finding in assessment.findings}
    times = Counter(item.criterion for item in wanted)
    problems = [
        Problem(f"/criteria/{number}/{name}", code, detail)
        for number, item in enumerate(wanted)
        for name, code, detail in _wrong(item, gaps, times)
    ]
    if problems:
        raise Invalid("Not everything that is asked can be asked.", problems, code="invalid-request")
    return [{"criterion": item.criterion, "reason": item.reason or gaps[item.criterion]} for item in wanted]


def _wrong(
    item: ChangeWanted, gaps: Mapping[str, str | None], times: Counter[str]
) -> Iterator[tuple[str, str, str]]:
    """Where in the item, in a code, and in words."""
    if item.criterion not in gaps:
        yield "criterion", "unknown-criterion", f"There is no `{item.criterion}`."
    elif not (item.reason or gaps[item.criterion]):
        yield "reason", "reason-missing", "The finding has no gap: say what to change."
    if times[item.criterion] > 1:
        yield "criterion", "duplicate-criterion", f"`{item.criterion}` is asked for more than once."


def _letter(reason: str | None, asked: Sequence[Json], rubric: Rubric, languages: Sequence[str]) -> str:
    """What is asked in general, then a line for each criterion."""
    titles = {criterion.key: criterion.title for criterion in rubric.criteria}
    lines = [reason] if reason else []
    for item in asked:
        title = titles[item["criterion"]]
        known = next((title[language] for language in [*languages, "en"] if language in title), None)
        lines.append(f"{known or item['criterion']}: {item['reason']}")
    return "\n".join(lines)
