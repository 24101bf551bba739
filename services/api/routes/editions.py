"""Editions of frameworks: published as library documents, and given back as such."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from domain.access.rules import Actor
from domain.errors import Invalid, Problem
from domain.frameworks import actions, editions, queries, rules
from schemas.access import Scope
from schemas.editions import CarryOver, CarryOverRequest, EditionDiff
from schemas.frameworks import Edition, PublishedEdition
from schemas.libraries import Library
from schemas.paging import Page
from services.api import bodies
from services.api.addresses import EditionKey, FrameworkKey
from services.api.dependencies import Anyone, CatalogueWriter, KnownCaller, Transaction
from services.api.exchange import Catalogued
from services.libraries import library_of

router = APIRouter(prefix="/frameworks/{key}/editions", tags=["frameworks"], route_class=Catalogued)

MEDIA_TYPES = ("application/json", "application/yaml")
DOCUMENT = {kind: {"schema": {"$ref": "#/components/schemas/Library"}} for kind in MEDIA_TYPES}


@router.get("", response_model=Page[Edition], summary="Published editions, newest first")
async def list_editions(key: FrameworkKey, session: Transaction, _: Anyone) -> dict[str, Any]:
    return {"items": await queries.editions(session, key), "next": None}


@router.get(
    "/{edition}",
    response_class=Response,
    summary="An edition as a library document",
    description=(
        "The document that the edition was made from, as JSON, or as YAML with `Accept: application/yaml`. "
        "Sent back to the same address it is `unchanged`. Drafts are shown to keys with `catalogue:write`."
    ),
    responses={200: {"content": DOCUMENT, "description": "The library document"}},
)
async def read_edition(
    key: FrameworkKey, edition: EditionKey, request: Request, session: Transaction, actor: Anyone
) -> Response:
    of = await queries.edition(session, key, edition, drafts=_sees_drafts(actor))
    document = rules.canonical(await queries.library(session, of))
    response = bodies.written(request, document)
    response.headers.update(_caching(of.status))
    return response


def _sees_drafts(actor: Actor) -> bool:
    return actor.may(Scope.CATALOGUE_WRITE)


def _caching(*statuses: str) -> dict[str, str]:
    """A draft may be another at any time, and is not for everyone."""
    return {"cache-control": "no-store"} if "draft" in statuses else {}


@router.put(
    "/{edition}",
    response_model=PublishedEdition,
    summary="Publish an edition",
    description=(
        "A library document, as YAML or JSON. Published at once and immutable from then on; `?draft=true` "
        "keeps it open. The same document again answers `unchanged`. Every problem is named at once, in YAML "
        "with its line."
    ),
    max_body_size=bodies.LARGEST_LIBRARY,
    openapi_extra={"requestBody": {"required": True, "content": DOCUMENT}},
    responses={201: {"model": PublishedEdition, "description": "A new edition"}},
)
async def publish_edition(
    key: FrameworkKey,
    edition: EditionKey,
    request: Request,
    response: Response,
    session: Transaction,
    _: CatalogueWriter,
    draft: Annotated[bool, Query(description="keep it open, to be replaced or published later")] = False,
) -> dict[str, Any]:
    async with bodies.located(request):
        library = await library_of(session, await bodies.data_of(request))
        _must_match(library, key, edition)
        published, outcome = await actions.publish(session, library, draft=draft)
    response.status_code = 200 if outcome == "unchanged" else 201
    return {
        "edition": published,
        "status": outcome,
        "latest": await queries.latest_id(session, key) == published.id,
        "provisions": len(library.provisions),
        "indicators": len(library.indicators),
        "undeclared": await editions.undeclared(session, published, library),
    }


def _must_match(library: Library, key: str, edition: str) -> None:
    if (library.framework.key, library.edition.key) != (key, edition):
        raise Invalid(
            "The document is of another framework or edition than the address.",
            [Problem("/framework/key", "address-mismatch", f"The address says {key}, edition {edition}.")],
            code="address-mismatch",
        )


@router.get(
    "/{edition}/diff/{other}",
    response_model=EditionDiff,
    summary="What differs between two editions",
    description=(
        "Provisions and indicators of `edition` (`from`) and `other` (`to`) that were added, removed, moved, "
        "retitled, retargeted or changed otherwise. Any two published editions, in either direction; with "
        "`catalogue:write`, drafts too."
    ),
)
async def read_diff(
    key: FrameworkKey,
    edition: EditionKey,
    other: EditionKey,
    response: Response,
    session: Transaction,
    actor: Anyone,
) -> EditionDiff:
    drafts = _sees_drafts(actor)
    old = await queries.edition(session, key, edition, drafts=drafts)
    new = await queries.edition(session, key, other, drafts=drafts)
    response.headers.update(_caching(old.status, new.status))
    return await editions.diff(session, old, new)


@router.post(
    "/{edition}/carry-over",
    response_model=CarryOver,
    summary="Where references of an earlier edition go in this one",
    description=(
        "Proposes, and writes nothing: by reference, by the successors that the editions on the way declare, "
        "or unresolved for a person to decide. What was said about the earlier edition stays with it."
    ),
)
async def propose_carry_over(
    key: FrameworkKey, edition: EditionKey, order: CarryOverRequest, session: Transaction, _: KnownCaller
) -> CarryOver:
    return await editions.carry_over(session, key, edition, order)
