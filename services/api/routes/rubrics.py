"""Rubrics: by what submissions are judged."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from domain.assessments import actions, queries
from domain.errors import Invalid, Problem
from schemas.assessments import RubricSummary
from schemas.fields import Key
from schemas.paging import Page
from schemas.rubrics import Rubric
from services.api import bodies
from services.api.dependencies import Anyone, CatalogueWriter, Transaction
from services.api.exchange import Shared

router = APIRouter(tags=["assessments"], route_class=Shared)

DOCUMENT = {
    kind: {"schema": {"$ref": "#/components/schemas/Rubric"}}
    for kind in ("application/yaml", "application/json")
}
RubricEditionKey = Annotated[str, Path(max_length=40, examples=["2022.1"])]


@router.get("/rubrics", response_model=Page[RubricSummary], summary="All rubrics, newest edition first")
async def list_rubrics(session: Transaction, _: Anyone) -> dict[str, Any]:
    return {"items": await queries.rubrics(session), "next": None}


@router.get(
    "/rubrics/{key}/editions/{edition}",
    response_class=Response,
    summary="A rubric edition as a document",
    description=(
        "What each criterion asks for, and what its levels need: the document that the edition was made "
        "from, as JSON, or as YAML with `Accept: application/yaml`. Sent back to the same address it changes "
        "nothing."
    ),
    responses={200: {"content": DOCUMENT, "description": "The rubric"}},
)
async def read_rubric(
    key: Key, edition: RubricEditionKey, request: Request, session: Transaction, _: Anyone
) -> Response:
    found = await queries.rubric_edition(session, key, edition)
    return bodies.written(request, found.document)


@router.put(
    "/rubrics/{key}/editions/{edition}",
    response_model=RubricSummary,
    summary="Bring a rubric edition",
    description="YAML or JSON. An edition is immutable; the same document again changes nothing.",
    max_body_size=bodies.LARGEST_LIBRARY,
    openapi_extra={"requestBody": {"required": True, "content": DOCUMENT}},
    responses={201: {"model": RubricSummary, "description": "A new edition"}},
)
async def bring_rubric(
    key: Key,
    edition: RubricEditionKey,
    request: Request,
    response: Response,
    session: Transaction,
    _: CatalogueWriter,
) -> Any:
    async with bodies.located(request):
        rubric = await bodies.document(request, Rubric, code="invalid-rubric")
        _must_match(rubric, key, edition)
        found, outcome = await actions.bring_rubric(session, rubric)
    await session.flush()
    await session.refresh(found)
    response.status_code = 200 if outcome == "unchanged" else 201
    return found


def _must_match(rubric: Rubric, key: str, edition: str) -> None:
    if (rubric.key, rubric.edition) != (key, edition):
        raise Invalid(
            "The document is of another rubric or edition than the address.",
            [Problem("/key", "address-mismatch", f"The address says {key}, edition {edition}.")],
            code="address-mismatch",
        )
