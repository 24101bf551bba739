from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from operator import eq, lt
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, true

from domain.access.rules import Actor
from domain.assessments.models import Assessment, Finding
from domain.base import asked
from domain.errors import NotFound
from domain.followup.models import InformationRequest
from schemas import followup as shapes
from schemas.access import Scope
from schemas.followup import RequestStatus

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A State's key sees what its State has been asked; other keys see everything."""
    if actor.state is None or actor.may(Scope.ADMIN):
        return true()
    asked = InformationRequest.asked_on.is_not(None)
    return (InformationRequest.state == actor.state) & asked


async def find(
    session: AsyncSession, request_id: UUID, *, actor: Actor, lock: bool = False
) -> InformationRequest:
    wanted = select(InformationRequest).where(InformationRequest.id == request_id, visible_to(actor))
    found = await session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFound(f"There is no information request {request_id}.")
    return found


def on(now: datetime, request: InformationRequest) -> shapes.InformationRequest:
    """The request as it stands at a moment."""
    stored = {
        name: getattr(request, name) for name in shapes.InformationRequest.model_fields if name != "overdue"
    }
    return shapes.InformationRequest(overdue=request.overdue(now), **stored)


async def page(
    session: AsyncSession,
    *,
    actor: Actor,
    framework: str | None,
    state: str | None,
    submission: UUID | None,
    status: RequestStatus | None,
    owner: UUID | None,
    due_before: date | None,
    before: UUID | None,
    limit: int,
) -> Sequence[InformationRequest]:
    """Newest first; with `due_before` those that are due before that day."""
    rows = (
        select(InformationRequest)
        .where(visible_to(actor))
        .order_by(InformationRequest.id.desc())
        .limit(limit)
    )
    rows = rows.where(
        *asked(
            (InformationRequest.framework, eq, framework),
            (InformationRequest.state, eq, state),
            (InformationRequest.submission, eq, submission),
            (InformationRequest.status, eq, status),
            (InformationRequest.owner, eq, owner),
            (InformationRequest.due_on, lt, due_before),
            (InformationRequest.id, lt, before),
        )
    )
    return (await session.scalars(rows)).all()


async def open_requests(
    session: AsyncSession, framework: str | None, as_of: date
) -> Sequence[InformationRequest]:
    """What has been asked by a day and is not answered now, what is due first first."""
    rows = (
        select(InformationRequest)
        .where(InformationRequest.status == "open", InformationRequest.asked_on <= as_of)
        .order_by(InformationRequest.over, InformationRequest.id)
    )
    if framework is not None:
        rows = rows.where(InformationRequest.framework == framework)
    return (await session.scalars(rows)).all()


async def about(session: AsyncSession, submission: UUID) -> Sequence[InformationRequest]:
    """All that was ever drafted about a submission."""
    rows = (
        select(InformationRequest)
        .where(InformationRequest.submission == submission)
        .order_by(InformationRequest.id)
    )
    return (await session.scalars(rows)).all()


async def is_judged_by(session: AsyncSession, submission: UUID, criterion: str) -> bool:
    """Whether an assessment of the submission has the criterion."""
    found = exists().where(
        Assessment.submission_id == submission,
        Finding.assessment_id == Assessment.id,
        Finding.criterion == criterion,
    )
    return bool(await session.scalar(select(found)))
