from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from domain.access.rules import Actor
from domain.assessments import queries as assessments
from domain.crosswalks.models import CrosswalkItem
from domain.frameworks import queries as frameworks
from domain.mappings.rules import framework_of
from domain.states import queries as states
from domain.submissions.models import Submission
from schemas.crosswalks import Crosswalk
from schemas.crosswalks import CrosswalkItem as Item

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def of_submission(
    session: AsyncSession, submission: Submission, *, actor: Actor, all_frameworks: bool
) -> list[Crosswalk]:
    """What the current assessment establishes, by framework: those that bind the State, or all."""
    derived = await _derived(session, submission, actor)
    bound = await states.bound_by(session, submission.state, as_of=submission.period_end)
    assessable = await frameworks.assessable(session)
    return [
        _crosswalk(submission, key, key in bound, derived[key], assessable)
        for key in sorted(derived)
        if all_frameworks or key in bound
    ]


async def to_framework(
    session: AsyncSession, submission: Submission, to: str, *, actor: Actor, all_frameworks: bool
) -> Crosswalk:
    """The crosswalk to one framework; without items when it does not bind the State, unless all is asked."""
    await frameworks.find(session, to)
    derived = await _derived(session, submission, actor)
    bound = await states.bound_by(session, submission.state, as_of=submission.period_end)
    if to not in bound and not all_frameworks:
        return Crosswalk(submission=submission.id, to=to, party=False, items=[], unmapped=[])
    return _crosswalk(submission, to, to in bound, derived[to], await frameworks.assessable(session))


async def _derived(session: AsyncSession, submission: Submission, actor: Actor) -> dict[str, list[Item]]:
    assessment = await assessments.current(session, submission, actor=actor)
    rows = await session.scalars(
        select(CrosswalkItem)
        .where(CrosswalkItem.assessment_id == assessment.id)
        .order_by(CrosswalkItem.position)
    )
    derived: dict[str, list[Item]] = defaultdict(list)
    for row in rows:
        derived[row.framework].append(Item.model_validate(row))
    return derived


def _crosswalk(
    submission: Submission, key: str, party: bool, items: list[Item], assessable: dict[str, bool]
) -> Crosswalk:
    reached = {item.provision for item in items}
    return Crosswalk(
        submission=submission.id,
        to=key,
        party=party,
        items=items,
        unmapped=[
            reference
            for reference, can_be in assessable.items()
            if can_be and framework_of(reference) == key and reference not in reached
        ],
    )
