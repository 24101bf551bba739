"""What mappings connect has changed: all crosswalks that were derived from it before are derived anew."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from domain.assessments.models import Assessment
from domain.crosswalks import actions
from domain.crosswalks.models import Derivation
from domain.jobs import parts
from domain.jobs.parts import Part
from domain.submissions.models import Submission
from schemas.jobs import DeriveCrosswalk

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def promise_parts(session: AsyncSession, whole: UUID) -> None:
    """Have each crosswalk that people read derived anew, if it is of an older version than the present one.

    Until this transaction ends, nobody makes another one: a job that ends with it leaves nothing behind.
    """
    version = await actions.hold_graph(session)
    later = aliased(Assessment)
    behind = (
        select(Assessment.id, Submission.state)
        .join(Assessment.of)
        .outerjoin(Derivation, Derivation.assessment_id == Assessment.id)
        .where(
            Assessment.revision == Submission.revision,
            ~exists().where(
                later.submission_id == Assessment.submission_id,
                later.revision == Assessment.revision,
                later.id > Assessment.id,
            ),
            Derivation.graph.is_distinct_from(version),
        )
        .order_by(Assessment.id)
    )
    wanted = [
        Part(DeriveCrosswalk(assessment=assessment_id), f"{assessment_id}.{version}", state)
        for assessment_id, state in await session.execute(behind)
    ]
    await parts.promise_parts(session, whole, wanted)
