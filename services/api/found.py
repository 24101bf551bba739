"""What an address names, found before its route begins.

Dependencies are solved in the order in which a route names them. A route that writes to what it finds here
`ToRead` names its caller (`PlanWriter`, …) before it: whoever may not write is told so first.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from domain.meetings import queries as meetings
from domain.meetings.models import Meeting
from domain.plans import queries as plans
from domain.plans.models import Plan
from domain.submissions import queries as submissions
from domain.submissions.models import Submission
from services.api.dependencies import Anyone, KnownCaller, MeetingWriter, PlanWriter, Transaction


async def plan_to_read(plan_id: UUID, session: Transaction, actor: KnownCaller) -> Plan:
    """The plan. Raises NotFound where there is none that the caller may see."""
    return await plans.find(session, plan_id, actor=actor)


async def plan_to_write(plan_id: UUID, session: Transaction, actor: PlanWriter) -> Plan:
    """The plan, which nobody else changes until the caller is answered. Raises Forbidden for a caller who
    writes no plans, NotFound where there is none that they may see.
    """
    return await plans.find(session, plan_id, actor=actor, lock=True)


async def meeting_to_read(meeting_id: UUID, session: Transaction, actor: KnownCaller) -> Meeting:
    """The meeting. Raises NotFound where there is none that the caller may see."""
    return await meetings.find(session, meeting_id, actor=actor)


async def meeting_to_write(meeting_id: UUID, session: Transaction, actor: MeetingWriter) -> Meeting:
    """The meeting, which nobody else changes until the caller is answered. Raises Forbidden for a caller who
    writes no meetings, NotFound where there is none.
    """
    return await meetings.find(session, meeting_id, actor=actor, lock=True)


async def submission_to_read(submission_id: UUID, session: Transaction, actor: Anyone) -> Submission:
    """The submission. Raises NotFound where there is none that the caller may see, with or without a key."""
    return await submissions.find(session, submission_id, actor=actor)


PlanToRead = Annotated[Plan, Depends(plan_to_read)]
PlanToWrite = Annotated[Plan, Depends(plan_to_write)]
MeetingToRead = Annotated[Meeting, Depends(meeting_to_read)]
MeetingToWrite = Annotated[Meeting, Depends(meeting_to_write)]
SubmissionToRead = Annotated[Submission, Depends(submission_to_read)]
