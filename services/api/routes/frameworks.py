"""Frameworks, their provisions and indicators, themes, and the instruments that documents name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from domain.frameworks import answers, changes, editions, queries
from schemas.fields import Key, LocalReference, Reference
from schemas.frameworks import (
    Framework,
    Indicator,
    Instrument,
    Provision,
    Theme,
    Tree,
)  # fmt: skip
from schemas.paging import Page
from services.api import hot, paging
from services.api.addresses import AnEdition, FrameworkKey, OfFramework, OfTheme
from services.api.bodies import JSON
from services.api.dependencies import Anyone, Driver, Transaction
from services.api.exchange import Catalogued
from services.api.paging import Paged
from services.database import read

router = APIRouter(tags=["frameworks"], route_class=Catalogued)


def _with_edition(framework: Any, edition: Any) -> dict[str, Any]:
    columns = ("key", "kind", "title", "short_title", "body", "adopted", "parent")
    return {name: getattr(framework, name) for name in columns} | {"edition": edition}


def _provision(row: Any, later: Sequence[changes.Outline]) -> Provision:
    deprecated = changes.dropped(row.framework, "provision", row.ref, later)
    return Provision.model_validate(row).model_copy(update={"deprecated": deprecated})


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
    key: FrameworkKey, session: Transaction, _: Anyone, edition: AnEdition = None
) -> dict[str, Any]:
    framework = await queries.find(session, key)
    if edition is None:
        return _with_edition(framework, (await queries.latest_editions(session)).get(key))
    return _with_edition(framework, await queries.edition(session, key, edition))


@router.get(
    "/frameworks/{key}/tree",
    response_model=Tree,
    summary="The latest edition whole, in one answer",
    description="Provisions and indicators in reading order. For an earlier edition: `provisions?edition=`.",
)
async def read_tree(key: FrameworkKey, driver: Driver, _: Anyone) -> Response:
    tree = await read(driver, partial(answers.tree, framework=key))
    return Response(tree, media_type=JSON)


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
    edition: AnEdition = None,
    theme: Annotated[Key | None, Query(description="only provisions with this theme")] = None,
    under: Annotated[LocalReference | None, Query(description="only this node and those below")] = None,
    limit: Annotated[
        int | None, Query(ge=1, le=500, description="most items on a page; all when left out")
    ] = None,
    cursor: paging.Cursor = None,
) -> dict[str, Any] | Response:
    after = paging.after_number(cursor)
    if limit is not None and edition is None and under is None:
        return await hot.page_of_provisions(request, key, theme=theme, after=after, limit=limit)
    of = await queries.edition(session, key, edition)
    most = limit + 1 if limit else None
    rows = await queries.provisions(session, of, theme=theme, under=under, after=after, limit=most)
    found = paging.answered(request, response, rows, limit or len(rows), lambda row: row.position)
    if edition is not None:
        later = await editions.later(session, of)
        found["items"] = [_provision(row, later) for row in found["items"]]
    return found


@router.get("/provisions/{ref}", response_model=Provision, summary="One provision, by reference")
async def read_provision(
    ref: Annotated[Reference, Path(examples=["ccm:art-7"])], session: Transaction, _: Anyone
) -> Provision:
    found = await queries.provision(session, ref)
    return _provision(found, await editions.later(session, found.of))


@router.get("/indicators", response_model=Page[Indicator], summary="Indicators of the latest editions")
async def list_indicators(
    pages: Paged,
    session: Transaction,
    _: Anyone,
    framework: OfFramework = None,
    theme: OfTheme = None,
) -> dict[str, Any]:
    after = pages.after
    rows = await queries.indicators(session, framework=framework, theme=theme, after=after, limit=pages.most)
    return pages.answer(rows, lambda row: row.reference)


@router.get("/indicators/{ref}", response_model=Indicator, summary="One indicator, by reference")
async def read_indicator(
    ref: Annotated[Reference, Path(examples=["sdg:5.2.1"])], session: Transaction, _: Anyone
) -> Indicator:
    found = await queries.indicator(session, ref)
    deprecated = changes.dropped(
        found.framework, "indicator", found.ref, await editions.later(session, found.of)
    )
    return Indicator.model_validate(found).model_copy(update={"deprecated": deprecated})


@router.get("/themes", response_model=Page[Theme], summary="The controlled vocabulary")
async def list_themes(session: Transaction, _: Anyone) -> dict[str, Any]:
    return {"items": await queries.themes(session), "next": None}


@router.get("/instruments", response_model=Page[Instrument], summary="Instruments that the documents name")
async def list_instruments(session: Transaction, _: Anyone) -> dict[str, Any]:
    return {"items": await queries.instruments(session), "next": None}
