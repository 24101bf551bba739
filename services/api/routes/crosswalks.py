"""Where the same information counts elsewhere."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from domain.crosswalks import queries
from domain.submissions import queries as submissions
from schemas.crosswalks import Crosswalk, CrosswalkList
from schemas.fields import Key
from services.api.dependencies import Anyone, Transaction
from services.api.exchange import Exchange

router = APIRouter(prefix="/submissions", tags=["crosswalks"], route_class=Exchange)


@router.get(
    "/{submission_id}/crosswalk",
    response_model=Crosswalk | CrosswalkList,
    summary="What the report establishes under other frameworks",
    description=(
        "What crosses is how far the report addresses the gender and diversity side of a provision, never "
        "whether the State complies. With `to` one crosswalk, without it a list. Only frameworks that bind "
        "the State at the end of the period are offered; `?all=true` shows the rest, marked `party: false`."
    ),
)
async def read_crosswalk(
    submission_id: UUID,
    session: Transaction,
    actor: Anyone,
    to: Annotated[Key | None, Query(description="only to this framework", examples=["crpd"])] = None,
    all_frameworks: Annotated[
        bool, Query(alias="all", description="also to frameworks that do not bind the State")
    ] = False,
) -> Crosswalk | CrosswalkList:
    submission = await submissions.find(session, submission_id, actor=actor)
    if to is not None:
        return await queries.to_framework(session, submission, to, actor=actor, all_frameworks=all_frameworks)
    found = await queries.of_submission(session, submission, actor=actor, all_frameworks=all_frameworks)
    return CrosswalkList(items=found)
