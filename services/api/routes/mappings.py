"""Which provision answers to which: mapping sets in SSSOM, mappings, counterparts."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from domain.crosswalks import actions as crosswalks
from domain.mappings import actions, queries, sssom
from schemas.fields import Key, Reference
from schemas.mappings import Counterparts, Mapping, MappingSet, MappingStatus, SssomSet
from schemas.paging import Page
from services.api import bodies
from services.api.dependencies import Anyone, CatalogueWriter, SeenVersionIfAny, Transaction
from services.api.exchange import Shared
from services.api.paging import Paged

router = APIRouter(tags=["mappings"], route_class=Shared)

TSV = "text/tab-separated-values"
SetKey = Annotated[Key, Path(examples=["ccm-synergies"])]


def _shown(found: Any, count: int) -> dict[str, Any]:
    columns = ("key", "mapping_set_id", "title", "description", "version", "license", "unknown_slots")
    return {name: getattr(found, name) for name in columns} | {"mappings": count}


@router.get("/mapping-sets", response_model=Page[MappingSet], summary="All mapping sets")
async def list_sets(session: Transaction, _: Anyone) -> dict[str, Any]:
    return {"items": [_shown(*pair) for pair in await queries.sets(session)], "next": None}


@router.get(
    "/mapping-sets/{key}",
    response_model=SssomSet,
    summary="One mapping set, as SSSOM",
    description="JSON, or SSSOM/TSV for `Accept: text/tab-separated-values`.",
    responses={200: {"content": {TSV: {"schema": {"type": "string"}}}}},
)
async def read_set(key: SetKey, request: Request, response: Response, session: Transaction, _: Anyone) -> Any:
    found = await queries.find(session, key)
    document = await queries.exported(session, found)
    if TSV in request.headers.get("accept", ""):
        validators = {"ETag": _tag_as_tsv(found.etag), "Vary": "Accept"}
        return Response(sssom.render(document), headers=validators, media_type=f"{TSV}; charset=utf-8")
    response.headers.update({"ETag": found.etag, "Vary": "Accept"})
    return document


def _tag_as_tsv(etag: str) -> str:
    return f'{etag[:-1]}.tsv"'


@router.put(
    "/mapping-sets/{key}",
    response_model=MappingSet,
    summary="Bring a mapping set",
    description=(
        "SSSOM/TSV or JSON. The set then holds exactly these mappings, accepted. Dangling references, "
        "unknown relations and contradictions are refused, all at once, each with its line. `If-Match` "
        "guards against overwriting what someone else brought meanwhile."
    ),
    max_body_size=bodies.LARGEST_LIBRARY,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                TSV: {"schema": {"type": "string"}},
                bodies.JSON: {"schema": {"$ref": "#/components/schemas/SssomSet"}},
            },
        }
    },
    responses={201: {"model": MappingSet, "description": "A new set"}},
)
async def bring_set(
    key: SetKey,
    request: Request,
    response: Response,
    session: Transaction,
    seen: SeenVersionIfAny,
    _: CatalogueWriter,
) -> dict[str, Any]:
    reading = await _reading(request)

    def check(etag: str) -> None:
        """Whichever of the two formats the caller saw."""
        if seen is not None:
            seen.must_be(etag, _tag_as_tsv(etag))

    found, outcome = await actions.bring(session, key, reading, seen=check)
    if outcome != "unchanged":
        await crosswalks.mark_stale(session)
    response.status_code = 201 if outcome == "created" else 200
    response.headers["ETag"] = found.etag
    return _shown(found, len(reading.mapping_set.mappings))


async def _reading(request: Request) -> sssom.Reading:
    kind = bodies.media_type(request)
    if kind == TSV:
        return sssom.read(bodies.utf8(await bodies.content_of(request)))
    if kind == bodies.JSON:
        document = bodies.shaped_json(SssomSet, await bodies.content_of(request), code="invalid-mapping-set")
        return sssom.Reading(sssom.accept(document), [])
    raise bodies.refuse_media_type(request, TSV, bodies.JSON)


@router.get("/mappings", response_model=Page[Mapping], summary="Mappings of all sets")
async def list_mappings(
    pages: Paged,
    session: Transaction,
    _: Anyone,
    mapping_set: Annotated[Key | None, Query(alias="set", description="only of this mapping set")] = None,
    provision: Annotated[Reference | None, Query(description="as subject or object")] = None,
    status: Annotated[MappingStatus | None, Query(description="only those in this status")] = None,
) -> dict[str, Any]:
    after: UUID | None = pages.after_id
    rows = await queries.page(
        session, key=mapping_set, provision=provision, status=status, after=after, limit=pages.most
    )
    return pages.answer(rows, lambda row: row.id)


@router.get(
    "/provisions/{ref}/counterparts",
    response_model=Counterparts,
    summary="Where a provision is answered to in other frameworks",
    description="Stated, inverted or chained through up to three accepted mappings, each with its chain.",
)
async def read_counterparts(
    ref: Annotated[Reference, Path(examples=["ccm:art-5"])],
    session: Transaction,
    _: Anyone,
    to: Annotated[Key | None, Query(description="only in this framework")] = None,
) -> dict[str, Any]:
    return {"items": await queries.counterparts(session, ref, to=to)}
