"""Keyset paging: the cursor is the key of the last row seen."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import FiniteFloat, TypeAdapter

from domain.errors import Invalid, Problem
from domain.indicators.exporting import Place
from schemas.fields import Moment
from schemas.search import Match

Row = TypeVar("Row")

MOST_DIGITS = 9
MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
SHARE: TypeAdapter[float] = TypeAdapter(FiniteFloat)
PLACE: TypeAdapter[Place] = TypeAdapter(Place)
RANKED: TypeAdapter[tuple[Match, float, str]] = TypeAdapter(tuple[Match, FiniteFloat, str])

Limit = Annotated[int, Query(ge=1, le=500, description="most items on a page")]
Cursor = Annotated[str | None, Query(max_length=400, description="`next` of the page before")]


def encode(key: object) -> str:
    return base64.urlsafe_b64encode(str(key).encode()).decode().rstrip("=")


def _refuse() -> Invalid:
    return Invalid(
        "The cursor is not one that this service gave.",
        [Problem("?cursor", "invalid-cursor", "Start again without it.")],
        code="invalid-cursor",
    )


def after(cursor: str | None) -> str | None:
    """The key that a cursor stands for."""
    if cursor is None:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        raise _refuse() from None
    if not text or "\x00" in text:
        raise _refuse()
    return text


def after_id(cursor: str | None) -> UUID | None:
    text = after(cursor)
    try:
        return UUID(text) if text is not None else None
    except ValueError:
        raise _refuse() from None


def after_number(cursor: str | None) -> int | None:
    text = after(cursor)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        raise _refuse()
    return int(text)


def after_moment(cursor: str | None) -> tuple[datetime, UUID] | None:
    """A place in the calendar: a time, and the id that comes first among several at that time."""
    text = after(cursor)
    if text is None:
        return None
    moment, _, key = text.partition(" ")
    try:
        return MOMENT.validate_python(moment), UUID(key)
    except ValueError:
        raise _refuse() from None


def after_confidence(cursor: str | None) -> tuple[float, UUID] | None:
    """A place in the queue of reviewers: a confidence, and the id that comes first among several of it."""
    text = after(cursor)
    if text is None:
        return None
    confidence, _, key = text.partition(" ")
    try:
        return SHARE.validate_python(confidence), UUID(key)
    except ValueError:
        raise _refuse() from None


def after_place(cursor: str | None) -> Place | None:
    """A place among observations: series, first and last day, revision."""
    text = after(cursor)
    if text is None:
        return None
    try:
        return PLACE.validate_python(tuple(text.split(" ")))
    except ValueError:
        raise _refuse() from None


def after_rank(cursor: str | None) -> tuple[Match, float, str] | None:
    """A place in what was found: how, with what rank, and the reference among those of equal rank."""
    text = after(cursor)
    if text is None:
        return None
    try:
        return RANKED.validate_python(tuple(text.split(" ")))
    except ValueError:
        raise _refuse() from None


def answered(
    request: Request,
    response: Response,
    rows: Sequence[Row],
    limit: int,
    key: Callable[[Row], object],
    *,
    shown: Callable[[Row], object] | None = None,
) -> dict[str, Any]:
    """`rows` were read with one more than `limit`; that one says whether there is a next page.

    They are answered as they are, or as each is `shown`.
    """
    items = rows[:limit]
    following = encode(key(items[-1])) if len(rows) > limit else None
    if following is not None:
        response.headers["Link"] = link(request, following)
    return {"items": [shown(row) for row in items] if shown else list(items), "next": following}


def link(request: Request, cursor: str) -> str:
    """The header that gives the address of the next page (RFC 8288)."""
    address, _, query = str(request.url).partition("?")
    others = [part for part in query.split("&") if part and not part.startswith("cursor=")]
    return f'<{address}?{"&".join([*others, f"cursor={cursor}"])}>; rel="next"'


class Pages:
    """Which page of a list is asked for, and how it is answered."""

    def __init__(self, request: Request, response: Response, limit: int, cursor: str | None) -> None:
        self._request, self._response = request, response
        self._limit, self._cursor = limit, cursor

    @property
    def most(self) -> int:
        """How many rows to read: one more than asked tells whether there is a next page."""
        return self._limit + 1

    @property
    def after(self) -> str | None:
        """The key of the last row seen."""
        return after(self._cursor)

    @property
    def after_id(self) -> UUID | None:
        return after_id(self._cursor)

    @property
    def after_number(self) -> int | None:
        return after_number(self._cursor)

    @property
    def after_moment(self) -> tuple[datetime, UUID] | None:
        return after_moment(self._cursor)

    @property
    def after_place(self) -> Place | None:
        return after_place(self._cursor)

    @property
    def after_confidence(self) -> tuple[float, UUID] | None:
        return after_confidence(self._cursor)

    @property
    def after_rank(self) -> tuple[Match, float, str] | None:
        return after_rank(self._cursor)

    def answer(
        self,
        rows: Sequence[Row],
        key: Callable[[Row], object],
        *,
        shown: Callable[[Row], object] | None = None,
    ) -> dict[str, Any]:
        return answered(self._request, self._response, rows, self._limit, key, shown=shown)


async def pages_of(request: Request, response: Response, limit: Limit = 50, cursor: Cursor = None) -> Pages:
    return Pages(request, response, limit, cursor)


Paged = Annotated[Pages, Depends(pages_of)]
