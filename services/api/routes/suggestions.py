"""Mappings that the machine proposes and a person decides on."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from domain.mappings.models import Mapping
from domain.suggestions import actions, queries, records
from schemas.fields import FrameworkKey, Reference
from schemas.jobs import Job
from schemas.suggestions import SuggestionRequest, Suggestions
from services.api.dependencies import KnownCaller, MappingReviewer, Transaction
from services.api.exchange import Exchange
from services.api.paging import Paged
from services.api.promises import promised

router = APIRouter(tags=["mappings"], route_class=Exchange)


@router.post(
    "/mapping-suggestions",
    response_model=Job,
    status_code=202,
    summary="Have mappings suggested between two frameworks, or for one provision",
    description=(
        "The latest editions are compared, in a language that both are written in where there is one. What "
        "is suggested replaces what was suggested before and is still open. A pair that somebody rejected is "
        "never suggested again. While such a job is under way, asking again answers that job."
    ),
)
async def ask(
    request: SuggestionRequest, response: Response, session: Transaction, actor: MappingReviewer
) -> Any:
    return await promised(session, await actions.ask(session, request, actor=actor), response)


@router.get(
    "/mapping-suggestions",
    response_model=Suggestions,
    summary="Suggestions that are still open, the best first",
    description=(
        "Each is accepted, changed or rejected by `PATCH /v1/mappings/{id}`. Scores compare the candidates "
        "of one provision; the first of a provision that nothing answers to may stand high in the list, too."
    ),
)
async def list_suggestions(
    pages: Paged,
    session: Transaction,
    _: KnownCaller,
    source: Annotated[FrameworkKey, Query(alias="from")],
    to: Annotated[FrameworkKey, Query()],
    provision: Annotated[Reference | None, Query(description="on either side")] = None,
) -> dict[str, Any]:
    found = await queries.find_set(session, source, to)
    rows = await queries.page(session, found, provision=provision, after=pages.after_number, limit=pages.most)
    closest = await queries.mappings(session, filter(None, (records.closest_in(row.slots) for row in rows)))
    answer = pages.answer(rows, lambda row: row.position)
    items = [_shown(row, closest) for row in answer["items"]]
    return {"set": found.key, "note": found.header.get("comment"), "items": items, "next": answer["next"]}


def _shown(row: Mapping, mappings: dict[UUID, Mapping]) -> dict[str, Any]:
    nearest = mappings.get(found) if (found := records.closest_in(row.slots)) else None
    columns = {name: getattr(row, name) for name in ("id", "etag", "subject", "relation", "object")}
    return columns | {
        "subject_label": row.slots.get("subject_label"),
        "object_label": row.slots.get("object_label"),
        "score": row.slots.get("similarity_score"),
        "ranks": records.ranks_in(row.slots),
        "words": row.slots.get("match_string", []),
        "themes": records.themes_in(row.slots),
        "closest": nearest and _closest(nearest),
    }


def _closest(row: Mapping) -> dict[str, Any]:
    names = ("set", "subject", "relation", "object")
    return {"mapping": row.id} | {name: getattr(row, name) for name in names}
