"""Which provision answers to which: mapping sets in SSSOM, single mappings and their review, counterparts."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from domain.access.rules import Actor
from domain.mappings import actions, queries, sssom
from schemas.fields import FrameworkKey, Key, Reference
from schemas.mappings import (
    BroughtSet,
    Counterparts,
    Mapping,
    MappingChange,
    MappingDraft,
    MappingSet,
    MappingStatus,
    RelationName,
    SssomSet,
)
from schemas.paging import Page
from services.api import bodies
from services.api.accepts import prefers
from services.api.dependencies import (
    Anyone,
    CatalogueWriter,
    MappingReviewer,
    Now,
    SeenVersion,
    SeenVersionIfAny,
    Transaction,
)
from services.api.exchange import Shared
from services.api.paging import Paged
from services.api.tagging import tagged

router = APIRouter(tags=["mappings"], route_class=Shared)

TSV = "text/tab-separated-values"
ASK_FIRST = "no-cache"
"""What reviewers change is not answered from a cache that does not ask whether it still holds."""

READABLE = "Without a key, mappings that are suggested or rejected are not shown."

SetKey = Annotated[Key, Path(examples=["ccm-synergies"])]


def _shown(found: Any, count: int) -> dict[str, Any]:
    columns = ("key", "mapping_set_id", "title", "description", "version", "license", "unknown_slots")
    return {name: getattr(found, name) for name in columns} | {"mappings": count}


def _validators(actor: Actor, *varying: str) -> dict[str, str]:
    """Whoever has a key reads more than what is published, and no cache may give that to others."""
    varies = {"Vary": ", ".join([*varying, "Authorization"])}
    return varies if actor.anonymous else varies | {"Cache-Control": f"private, {ASK_FIRST}"}


@router.get(
    "/mapping-sets",
    response_model=Page[MappingSet],
    summary="All mapping sets",
    description=f"Those in which there is something to read. {READABLE}",
)
async def list_sets(response: Response, session: Transaction, actor: Anyone) -> dict[str, Any]:
    response.headers.update(_validators(actor))
    return {"items": [_shown(*pair) for pair in await queries.sets(session, actor=actor)], "next": None}


@router.get(
    "/mapping-sets/{key}",
    response_model=SssomSet,
    summary="One mapping set, as SSSOM",
    description=(
        "JSON, or SSSOM/TSV for `Accept: text/tab-separated-values`. `?inverse=true` gives it the other way "
        f"round, as `sssom invert` does. {READABLE}"
    ),
    responses={200: {"content": {TSV: {"schema": {"type": "string"}}}}},
)
async def read_set(
    key: SetKey,
    request: Request,
    response: Response,
    session: Transaction,
    actor: Anyone,
    inverse: Annotated[bool, Query(description="subjects and objects changed over")] = False,
) -> Any:
    document, etag, whole = await queries.exported(session, key, actor=actor)
    if not whole:
        etag = _tag_of(etag, "published")
    if inverse:
        document, etag = sssom.inverted(document), _tag_of(etag, "inverse")
    if prefers(request.headers.get("accept", ""), TSV):
        validators = {"ETag": _tag_as_tsv(etag)} | _validators(actor, "Accept")
        return Response(sssom.render(document), headers=validators, media_type=f"{TSV}; charset=utf-8")
    response.headers.update({"ETag": etag} | _validators(actor, "Accept"))
    return document


def _tag_as_tsv(etag: str) -> str:
    return _tag_of(etag, "tsv")


def _tag_of(etag: str, form: str) -> str:
    return f'{etag[:-1]}.{form}"'


@router.put(
    "/mapping-sets/{key}",
    response_model=BroughtSet,
    summary="Bring a mapping set",
    description=(
        "SSSOM/TSV or JSON. The set then holds these mappings, accepted unless they say another status. "
        "Dangling references, unknown relations and contradictions are refused, all at once, each with its "
        "line. With `If-Match` the set is exactly what was brought, and refused when someone changed it "
        "meanwhile; without it, pairs that were decided on here stand, and are named in `kept`."
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
    responses={201: {"model": BroughtSet, "description": "A new set"}},
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

    brought = await actions.bring(session, key, reading, seen=check if seen is not None else None)
    found = brought.mapping_set
    response.status_code = 201 if brought.outcome == "created" else 200
    return _shown(tagged(found, response), await queries.count(session, found)) | {"kept": brought.kept}


async def _reading(request: Request) -> sssom.Reading:
    kind = bodies.media_type(request)
    if kind == TSV:
        text = bodies.utf8(await bodies.content_of(request))
        return await asyncio.to_thread(sssom.read, text)
    if kind == bodies.JSON:
        data = await bodies.data_of(request)
        return await asyncio.to_thread(sssom.read_data, data)
    raise bodies.refuse_media_type(request, TSV, bodies.JSON)


@router.get(
    "/mappings",
    response_model=Page[Mapping],
    summary="Mappings of all sets",
    description=f"`from` and `to` are the frameworks of subject and object, as stated. {READABLE}",
)
async def list_mappings(
    pages: Paged,
    response: Response,
    session: Transaction,
    actor: Anyone,
    mapping_set: Annotated[Key | None, Query(alias="set", description="only of this mapping set")] = None,
    provision: Annotated[Reference | None, Query(description="as subject or object")] = None,
    from_: Annotated[
        FrameworkKey | None, Query(alias="from", description="only subjects of this framework")
    ] = None,
    to: Annotated[FrameworkKey | None, Query(description="only objects of this framework")] = None,
    relation: Annotated[RelationName | None, Query(description="only this relation")] = None,
    status: Annotated[MappingStatus | None, Query(description="only those in this status")] = None,
) -> dict[str, Any]:
    response.headers.update({"Cache-Control": ASK_FIRST} | _validators(actor))
    rows = await queries.page(
        session,
        actor=actor,
        key=mapping_set,
        provision=provision,
        from_=from_,
        to=to,
        relation=relation,
        status=status,
        after=pages.after_id,
        limit=pages.most,
    )
    return pages.answer(rows, lambda row: row.id)


@router.get("/mappings/{mapping_id}", response_model=Mapping, summary="One mapping", description=READABLE)
async def read_mapping(mapping_id: UUID, response: Response, session: Transaction, actor: Anyone) -> Mapping:
    response.headers.update({"Cache-Control": ASK_FIRST} | _validators(actor))
    return await _one(session, await queries.mapping(session, mapping_id, actor=actor), response)


async def _one(session: Transaction, found: Any, response: Response) -> Mapping:
    [mapping] = await queries.shown(session, [found])
    return tagged(mapping, response)


@router.post(
    "/mappings",
    response_model=Mapping,
    status_code=201,
    summary="State a mapping",
    description=(
        "An expert's single statement, or that a framework has no counterpart. Accepted at once, in the set "
        "`single-statements`; refused (409) where it contradicts what that set has accepted."
    ),
)
async def state_mapping(
    draft: MappingDraft, response: Response, session: Transaction, now: Now, actor: MappingReviewer
) -> Mapping:
    found = await actions.state(session, draft, actor=actor, now=now)
    response.headers["Location"] = f"/v1/mappings/{found.id}"
    return await _one(session, found, response)


@router.patch(
    "/mappings/{mapping_id}",
    response_model=Mapping,
    summary="Review a mapping (`If-Match`)",
    description=(
        "Accept, reject or deprecate it, change what it says, or both at once. Refused (409) where it would "
        "contradict what its set has accepted. The reviewer and the day are kept with it."
    ),
)
async def review_mapping(
    mapping_id: UUID,
    change: MappingChange,
    response: Response,
    session: Transaction,
    now: Now,
    actor: MappingReviewer,
    seen: SeenVersion,
) -> Mapping:
    found = await actions.review(session, mapping_id, change, seen=seen.must_be, actor=actor, now=now)
    return await _one(session, found, response)


@router.get(
    "/provisions/{ref}/counterparts",
    response_model=Counterparts,
    summary="Where a provision is answered to in other frameworks",
    description=(
        "Stated, inverted or chained through up to three accepted mappings that together prove a relation, "
        "each with its chain; and the frameworks that are said to have no counterpart."
    ),
)
async def read_counterparts(
    ref: Annotated[Reference, Path(examples=["ccm:art-5"])],
    session: Transaction,
    _: Anyone,
    to: Annotated[Key | None, Query(description="only in this framework")] = None,
) -> Response:
    return Response(await queries.counterparts(session, ref, to=to), media_type=bodies.JSON)
