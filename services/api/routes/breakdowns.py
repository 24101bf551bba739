"""What observations may be broken down by and be about: code lists and areas."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from domain.errors import NotFound
from domain.indicators import actions, queries
from domain.indicators.codes import BUILT_IN
from schemas.observations import Area, AreaDraft, AreaKey, CodeList, CodeListDraft, CodeListKey
from schemas.paging import Page
from services.api.dependencies import (
    KnownCaller,
    ObservationWriter,
    ObservationWriterForAll,
    SeenVersionIfAny,
    Transaction,
)
from services.api.exchange import Exchange
from services.api.paging import Paged
from services.api.tagging import tagged

router = APIRouter(tags=["observations"], route_class=Exchange)


def _version(found: Any, seen: SeenVersionIfAny) -> None:
    if seen is not None:
        seen.must_be(found.etag if found is not None else '""')


@router.get(
    "/code-lists", response_model=Page[CodeList], summary="Breakdowns: SDMX's and those declared here"
)
async def list_code_lists(session: Transaction, _: KnownCaller) -> dict[str, Any]:
    return {"items": [_shown(one) for one in (await queries.code_lists(session)).values()], "next": None}


def _shown(one: Any) -> dict[str, Any]:
    written: dict[str, list[str]] = {}
    for alias, code in one.aliases.items():
        written.setdefault(code, []).append(alias)
    return {
        "key": one.key,
        "column": one.column,
        "title": {"en": one.title},
        "codes": [
            {"code": code, "title": {"en": title}, "aliases": written.get(code, [])}
            for code, title in one.codes.items()
        ],
        "parts": sorted(one.parts),
        "declared": one.concept not in BUILT_IN,
    }


@router.get("/code-lists/{key}", response_model=CodeList, summary="One breakdown, with its codes")
async def read_code_list(key: CodeListKey, response: Response, session: Transaction, _: KnownCaller) -> Any:
    one = (await queries.code_lists(session)).get(key.replace("-", "_"))
    if one is None:
        raise NotFound(f"There is no code list `{key}`.")
    declared = await queries.declared_list(session, key)
    if declared is not None:
        return _declared(tagged(declared, response))
    return _shown(one)


def _declared(found: Any) -> dict[str, Any]:
    columns = {name: getattr(found, name) for name in ("key", "title", "codes", "parts")}
    return columns | {"column": found.key.replace("-", "_"), "declared": True}


@router.put(
    "/code-lists/{key}",
    response_model=CodeList,
    summary="Declare a breakdown (`If-Match` to replace what was seen)",
    description="Its key with underscores is the name of its column, in capitals that of its SDMX concept.",
    responses={201: {"model": CodeList, "description": "A new list"}},
)
async def declare_code_list(
    key: CodeListKey,
    draft: CodeListDraft,
    response: Response,
    session: Transaction,
    _: ObservationWriterForAll,
    seen: SeenVersionIfAny,
) -> Any:
    found = await queries.declared_list(session, key, lock=True)
    _version(found, seen)
    response.status_code = 201 if found is None else 200
    return _declared(tagged(await actions.declare_list(session, key, draft, found=found), response))


@router.get("/areas", response_model=Page[Area], summary="Areas that are no States")
async def list_areas(pages: Paged, session: Transaction, _: KnownCaller) -> dict[str, Any]:
    return pages.answer(
        await queries.areas(session, after=pages.after, limit=pages.most), lambda row: row.key
    )


@router.get("/areas/{key}", response_model=Area, summary="One area")
async def read_area(key: AreaKey, response: Response, session: Transaction, _: KnownCaller) -> Any:
    found = await queries.area(session, key)
    if found is None:
        raise NotFound(f"There is no area `{key}`.")
    return tagged(found, response)


@router.put(
    "/areas/{key}",
    response_model=Area,
    summary="Declare an area (`If-Match` to replace what was seen)",
    description="A key that is bound to a State declares parts of that State, whose keys begin with its code:"
    " `HRV-21`. No area has the code or the number of a State.",
    responses={201: {"model": Area, "description": "A new area"}},
)
async def declare_area(
    key: AreaKey,
    draft: AreaDraft,
    response: Response,
    session: Transaction,
    actor: ObservationWriter,
    seen: SeenVersionIfAny,
) -> Any:
    found = await queries.area(session, key, lock=True)
    _version(found, seen)
    response.status_code = 201 if found is None else 200
    return tagged(await actions.declare_area(session, key, draft, actor=actor, found=found), response)
