"""Hot reads: a shorter way to the answers that are asked for most and that must come from the database.

It goes without the framework's reading of parameters and without a transaction of its own (decision 0009).
Whatever is not the plain question of a caller without a key goes the ordinary way, to the same query.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import FastAPI
from pydantic import Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from domain.frameworks import answers
from schemas.fields import Key
from services.api import paging
from services.api.exchange import LATEST, entity_tag
from services.api.published import is_known
from services.database import read

PLAIN: dict[str, TypeAdapter[str]] = {
    "limit": TypeAdapter(Annotated[str, Field(pattern=r"^([1-9][0-9]?|[1-4][0-9][0-9]|500)$")]),
    "theme": TypeAdapter(Key),
    "cursor": TypeAdapter(Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=400)]),
}
KEY = TypeAdapter(Key)


def _plain(scope: Scope) -> dict[str, str] | None:
    """The parameters of a GET without a key, if each stands once and is as one expects it."""
    if scope["method"] != "GET" or any(name == b"authorization" for name, _ in scope["headers"]):
        return None
    asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    given = dict(asked)
    if len(given) != len(asked) or "limit" not in given or not given.keys() <= PLAIN.keys():
        return None
    return given if all(_fits(PLAIN[name], value) for name, value in asked) else None


def _fits(shape: TypeAdapter[str], value: str) -> bool:
    try:
        shape.validate_python(value)
    except ValidationError:
        return False
    return True


class HotRoute(Route):
    """A route that matches the plain question only; what is asked stands in the scope as `asked`."""

    def __init__(self, path: str, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        super().__init__(path, endpoint, include_in_schema=False)
        self.methods = {"GET"}

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        plain = match is Match.FULL and _fits(KEY, child["path_params"]["key"])
        asked = _plain(scope) if plain else None
        return (Match.NONE, {}) if asked is None else (match, {**child, "asked": asked})


async def list_provisions(request: Request) -> Response:
    key, asked = request.path_params["key"], request.scope["asked"]
    after = paging.after_number(asked.get("cursor"))
    return await page_of_provisions(
        request, key, theme=asked.get("theme"), after=after, limit=int(asked["limit"])
    )


async def page_of_provisions(
    request: Request, key: str, *, theme: str | None, after: int | None, limit: int
) -> Response:
    """A page of the latest edition's provisions, perhaps of one theme."""
    ask = partial(answers.provisions, framework=key, theme=theme, after=after, limit=limit)
    page = await read(request.app.state.driver, ask)
    following = b"null" if page.last is None else b'"%b"' % paging.encode(page.last).encode()
    body = b'{"items":[%b],"next":%b}' % (page.items, following)
    headers = {"etag": entity_tag(body), "cache-control": LATEST}
    if is_known(headers["etag"], request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)
    if page.last is not None:
        headers["link"] = paging.link(request, paging.encode(page.last))
    return Response(body, headers=headers, media_type="application/json")


def install(app: FastAPI) -> None:
    """Before the framework's routes."""
    path = "/v1/frameworks/{key}/provisions"
    app.router.routes.insert(0, HotRoute(path, list_provisions))
