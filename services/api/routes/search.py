"""Search over frameworks, provisions and indicators."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from domain.frameworks import search
from schemas.fields import NO_NUL, Language
from schemas.paging import Page
from schemas.search import Node, SearchHit
from services.api.addresses import OfFramework, OfTheme
from services.api.dependencies import Anyone, Transaction
from services.api.exchange import Shared
from services.api.paging import Paged

router = APIRouter(tags=["frameworks"], route_class=Shared)


@router.get(
    "/search",
    response_model=Page[SearchHit],
    summary="Frameworks, provisions and indicators, best first",
    description=(
        "In the latest published editions. All words must be there, in any form and with or without "
        'accents; `"a phrase"` holds its words together, `or` stands between alternatives, `-word` leaves '
        "out what has the word in any language. When nothing has all the words, titles that are spelt alike "
        "are found; when none is, what has some of them (`match`)."
    ),
)
async def find(
    pages: Paged,
    session: Transaction,
    _: Anyone,
    q: Annotated[
        str,
        NO_NUL,
        Query(
            min_length=1, max_length=200, description="words", examples=["reproductive health", "cedaw 12"]
        ),
    ],
    language: Annotated[Language | None, Query(description="only texts in this language")] = None,
    framework: OfFramework = None,
    theme: OfTheme = None,
    node: Annotated[Node | None, Query(description="only this kind of thing")] = None,
) -> dict[str, Any]:
    asked = search.Search(q, language=language, framework=framework, theme=theme, node=node)
    after = pages.after_rank
    place = search.Place(*after) if after is not None else None
    hits = await search.page(session, asked, after=place, limit=pages.most)
    return pages.answer(hits, lambda hit: f"{hit.match} {hit.rank!r} {hit.reference}")
