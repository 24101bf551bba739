"""A newer rubric, thesaurus or engine: old proposals are marked, and a whole cycle can be assessed again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Integer, and_, cast, exists, func, select, update

from domain.access.rules import Actor
from domain.assessments import queries, rules
from domain.assessments.models import Assessment, Finding, RubricEdition, ThesaurusEdition
from domain.frameworks import queries as frameworks
from domain.jobs import actions as jobs
from domain.jobs import parts
from domain.jobs.models import Job
from domain.jobs.queries import open_job
from domain.submissions import actions as filing
from domain.submissions import rules as submissions
from domain.submissions.models import Submission
from schemas.jobs import AssessCycle

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


def _is_by_the_newest_editions() -> ColumnElement[bool]:
    """Whether an assessment is by the rubric and the thesaurus that judge now."""
    rubric = queries.judging(Submission.framework).with_only_columns(
        RubricEdition.key + "@" + RubricEdition.edition
    )
    thesaurus = queries.LATEST_THESAURUS.with_only_columns(ThesaurusEdition.key)
    return and_(
        Assessment.rubric == rubric.scalar_subquery(), Assessment.thesaurus == thesaurus.scalar_subquery()
    )


def _is_of_the_newest() -> ColumnElement[bool]:
    """Whether an assessment is by what is newest now. An engine of a later release is not older."""
    numbers = [int(number) for number in rules.ENGINE.split(".")]
    engine = cast(func.string_to_array(Assessment.engine, "."), ARRAY(Integer))
    return and_(_is_by_the_newest_editions(), engine >= cast(numbers, ARRAY(Integer)))


async def retire_outdated(session: AsyncSession) -> None:
    """Mark proposals obsolete that nobody has decided on and that the newest would judge anew.

    What is published stays as it was published.
    """
    outdated = await session.scalars(
        select(Assessment.id)
        .join(Assessment.of)
        .where(
            Assessment.status != "published",
            ~_is_of_the_newest(),
            exists().where(
                Finding.assessment_id == Assessment.id, Finding.decided.is_(None), ~Finding.obsolete
            ),
        )
        .order_by(Assessment.id)
        .with_for_update(of=Assessment)
    )
    await retire(session, outdated.all())


async def retire(session: AsyncSession, assessments: Sequence[UUID]) -> None:
    """Mark the proposals of these assessments obsolete, unless they were decided on.

    The assessments are written first, as by whoever decides: a decision under way is waited for, then seen.
    """
    await session.execute(
        update(Assessment).where(Assessment.id.in_(assessments)).values(version=Assessment.version + 1)
    )
    await session.execute(
        update(Finding)
        .where(Finding.assessment_id.in_(assessments), Finding.decided.is_(None))
        .values(obsolete=True)
    )


async def assess_cycle(session: AsyncSession, framework: str, period: str | None, *, actor: Actor) -> Job:
    """Have all reports of a cycle assessed by the newest; the job that already is to, if there is one."""
    await frameworks.find(session, framework, lock=True)
    await queries.rubric_for(session, framework)
    order = AssessCycle(framework=framework, period=period)
    subject = f"{framework}.{period or 'all'}"
    under_way = await open_job(session, order, subject)
    return under_way or jobs.promise(session, order, subject=subject, actor=actor)


async def promise_parts(session: AsyncSession, job_id: UUID, order: AssessCycle) -> None:
    """An assessment for each report that the newest has not judged.

    Asked again when its parts have ended, this promises what they left behind because a rubric or thesaurus
    came in meanwhile. Engines are not asked about then: what a worker of an older release carried out would
    be promised without end.
    """
    begun = await parts.have_been_promised(session, job_id)
    up_to_date = _is_by_the_newest_editions() if begun else _is_of_the_newest()
    behind = (
        select(Submission)
        .where(
            Submission.framework == order.framework,
            Submission.status.in_(submissions.UNDER_REVIEW),
            ~exists().where(
                Assessment.submission_id == Submission.id,
                Assessment.revision == Submission.revision,
                up_to_date,
            ),
        )
        .order_by(Submission.id)
    )
    if order.period is not None:
        behind = behind.where(Submission.period == order.period)
    reports = (await session.scalars(behind)).all()
    await parts.promise_parts(session, job_id, [filing.assessment_of(report) for report in reports])
