"""The handover pack of a mandate."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from domain.handover import pack, writing
from schemas.handover import Handover
from services.api import papers
from services.api.dependencies import KnownCaller, Now, Transaction
from services.api.exchange import Exchange
from services.api.languages import Spoken

router = APIRouter(tags=["plans"], route_class=Exchange)


@router.get(
    "/mandates/{mandate_id}/handover",
    response_model=Handover,
    summary="All that the holders of a mandate hand over to those who come after them",
    description=(
        "The mandate, open work, the calendar of a year, contacts and the last analysis, as they were at one "
        "moment (`as_of`). JSON, Markdown (`Accept: text/markdown`) or a Word document. With a key that is "
        "bound to a State only where that State holds the mandate, from 90 days before it begins until 90 "
        "days after its end, or the next one by the same terms, from 90 days before that begins until 90 "
        "days after the end of this one or, where that is later, after it began (else 404). "
        "Of meetings, plans and what comes of them it has what the key may see."
    ),
    responses=papers.ALSO,
)
async def read_handover(
    mandate_id: UUID,
    request: Request,
    response: Response,
    session: Transaction,
    now: Now,
    actor: KnownCaller,
    language: Spoken,
) -> Any:
    found = await pack.pack(session, mandate_id, language, actor=actor, now=now)
    name = f"{found.terms_title} {found.as_of:%Y-%m-%d}"
    return await papers.answered(request, response, found, writing.paper, language=language, name=name)
