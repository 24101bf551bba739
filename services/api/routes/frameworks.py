"""Frameworks, their editions, provisions, indicators and themes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from domain.errors import Invalid, Problem
from domain.frameworks import actions, queries
from domain.states import queries as states
from schemas.fields import Key, LocalReference, Reference
from schemas.frameworks import (
    Edition,
    Framework,
    Indicator,
    Instrument,
    Provision,
    PublishedEdition,
    Theme,
)  # fmt: skip
from schemas.libraries import Library
from schemas.paging import Page
from schemas.states import Membership, MembershipStatus, Overlaps
from services.api import bodies, paging
from services.api.dependencies import Anyone, CatalogueWriter, Now, Transaction
from services.api.exchange import Exchange
from services.api.paging import Paged

router = APIRouter(tags=["frameworks"], route_class=Exchange)

FrameworkKey = Annotated[Key, Path(description="key of a framework", examples=["ccm"])]
EditionKey = Annotated[str, Path(max_length=40, examples=["2008"])]
AsOf = Annotated[date | None, Query(description="any day; today when left out", examples=["2021-09-21"])]


def _with_edition(framework: Any, edition: Any) -> dict[str, Any]:
    columns = ("key", "kind", "title", "short_title", "body", "adopted", "parent")
    return {name: getattr(framework, name) for name in columns} | {"edition": edition}


@router.get("/frameworks", response_model=Page[Framework], summary="All frameworks, by key")
async def list_frameworks(
    pages: Paged,
    session: Transaction,
    _: Anyone,
) -> dict[str, Any]:
    rows = await queries.page(session, after=pages.after, limit=pages.most)
    latest = await queries.latest_editions(session)
    found = pages.answer(rows, lambda row: row.key)
    found["items"] = [_with_edition(row, latest.get(row.key)) for row in found["items"]]
    return found


@router.get("/frameworks/{key}", response_model=Framework, summary="One framework")
async def read_framework(
    key: FrameworkKey, session: Transaction, _: Anyone, edition: Annotated[str | None, Query()] = None
) -> dict[str, Any]:
    framework = await queries.find(session, key)
    if edition is None:
        return _with_edition(framework, (await queries.latest_editions(session)).get(key))
    return _with_edition(framework, await queries.edition(session, key, edition))


@router.get("/frameworks/{key}/editions", response_model=Page[Edition], summary="Published editions")
async def list_editions(key: FrameworkKey, session: Transaction, _: Anyone) -> dict[str, Any]:
    return {"items": await queries.editions(session, key), "next": None}


@router.put(
    "/frameworks/{key}/editions/{edition}",
    response_model=PublishedEdition,
    summary="Publish an edition",
    description=(
        "A library document, as YAML or JSON. Published at once and immutable from then on; `?draft=true` "
        "keeps it open. The same document again answers `unchanged`. Every problem is named at once."
    ),
    max_body_size=bodies.LARGEST_LIBRARY,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                kind: {"schema": {"$ref": "#/components/schemas/Library"}}
                for kind in ("application/yaml", "application/json")
            },
        }
    },
    responses={201: {"model": PublishedEdition, "description": "A new edition"}},
)
async def publish_edition(
    key: FrameworkKey,
    edition: EditionKey,
    request: Request,
    response: Response,
    session: Transaction,
    _: CatalogueWriter,
    draft: Annotated[bool, Query()] = False,
) -> dict[str, Any]:
    library = await bodies.document(request, Library, code="invalid-library")
    _must_match(library, key, edition)
    published, outcome = await actions.publish(session, library, draft=draft)
    response.status_code = 200 if outcome == "unchanged" else 201
    return {
        "edition": published,
        "status": outcome,
        "provisions": len(library.provisions),
        "indicators": len(library.indicators),
    }


def _must_match(library: Library, key: str, edition: str) -> None:
    if (library.framework.key, library.edition.key) != (key, edition):
        raise Invalid(
            "The document is of another framework or edition than the address.",
            [Problem("/framework/key", "address-mismatch", f"The address says {key}, edition {edition}.")],
            code="address-mismatch",
        )


@router.get(
    "/frameworks/{key}/provisions",
    response_model=Page[Provision],
    summary="The tree, flat in reading order",
    description="Without `limit` the whole tree is answered.",
)
async def list_provisions(
    key: FrameworkKey,
    request: Request,
    response: Response,
    session: Transaction,
    _: Anyone,
    edition: Annotated[str | None, Query()] = None,
    theme: Annotated[Key | None, Query(description="only provisions with this theme")] = None,
    under: Annotated[LocalReference | None, Query(description="only this node and those below")] = None,
    limit: Annotated[int | None, Query(ge=1, le=500)] = None,
    cursor: paging.Cursor = None,
) -> dict[str, Any]:
    of = await queries.edition(session, key, edition)
    after = paging.after_number(cursor)
    most = limit + 1 if limit else None
    rows = await queries.provisions(session, of, theme=theme, under=under, after=after, limit=most)
    return paging.answered(request, response, rows, limit or len(rows), lambda row: row.position)


@router.get("/provisions/{ref}", response_model=Provision, summary="One provision, by reference")
async def read_provision(
    ref: Annotated[Reference, Path(examples=["ccm:art-7"])], session: Transaction, _: Anyone
) -> Any:
    return await queries.provision(session, ref)


@router.get("/indicators", response_model=Page[Indicator], summary="Indicators of the latest editions")
async def list_indicators(
    pages: Paged,
    session: Transaction,
    _: Anyone,
    framework: Annotated[Key | None, Query()] = None,
    theme: Annotated[Key | None, Query()] = None,
) -> dict[str, Any]:
    after = pages.after
    rows = await queries.indicators(session, framework=framework, theme=theme, after=after, limit=pages.most)
    return pages.answer(rows, lambda row: row.reference)


@router.get("/indicators/{ref}", response_model=Indicator, summary="One indicator, by reference")
async def read_indicator(
    ref: Annotated[Reference, Path(examples=["sdg:5.2.1"])], session: Transaction, _: Anyone
) -> Any:
    return await queries.indicator(session, ref)


@router.get("/themes", response_model=Page[Theme], summary="The controlled vocabulary")
async def list_themes(session: Transaction, _: Anyone) -> dict[str, Any]:
    return {"items": await queries.themes(session), "next": None}


@router.get("/instruments", response_model=Page[Instrument], summary="Instruments that the documents name")
async def list_instruments(session: Transaction, _: Anyone) -> dict[str, Any]:
    return {"items": await queries.instruments(session), "next": None}


@router.get(
    "/frameworks/{key}/memberships",
    response_model=Page[Membership],
    summary="Who had signed, joined or left on a day",
    tags=["States"],
)
async def list_memberships(
    key: FrameworkKey,
    pages: Paged,
    session: Transaction,
    now: Now,
    _: Anyone,
    as_of: AsOf = None,
    status: Annotated[MembershipStatus | None, Query()] = None,
) -> dict[str, Any]:
    await queries.find(session, key)
    rows = await states.memberships(
        session,
        key,
        as_of=as_of or now.date(),
        status=status,
        after=pages.after,
        limit=pages.most,
    )
    return pages.answer(rows, lambda row: row.state)


@router.get(
    "/frameworks/{key}/overlaps",
    response_model=Overlaps,
    summary="What its parties share with other frameworks",
    description="Computed for any day, beside the figures that documents state.",
    tags=["States"],
)
async def read_overlaps(
    key: FrameworkKey, session: Transaction, now: Now, _: Anyone, as_of: AsOf = None
) -> Overlaps:
    return await states.overlaps(session, key, as_of=as_of or now.date())
