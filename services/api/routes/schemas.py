"""JSON Schemas of the documents that the catalogue takes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Response

from schemas import documents
from services.api.dependencies import Anyone
from services.api.exchange import Catalogued

router = APIRouter(tags=["frameworks"], route_class=Catalogued)

KIND = "application/schema+json"
Name = StrEnum("Name", {name: name for name in documents.DOCUMENTS})  # type: ignore[misc]  # made of the list


@router.get(
    "/schemas/{name}.json",
    response_class=Response,
    summary="JSON Schema of a catalogue document",
    description="Draft 2020-12, for editors and validators; `library` is the format of an edition.",
    responses={200: {"content": {KIND: {"schema": {"type": "object"}}}, "description": "The schema"}},
)
async def read_schema(name: Annotated[Name, Path(examples=["library"])], _: Anyone) -> Response:
    return Response(documents.rendered(name), media_type=KIND)
