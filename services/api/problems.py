"""Every error as problem details (RFC 9457): one shape, a stable code, no internals."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import asyncpg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from domain import errors
from schemas.fields import Unfit
from services.api.limits import limit_of, too_large
from services.api.methods import allowed

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"


class Malformed(errors.Refusal):
    """What was sent cannot even be taken apart: it is not the format that it says it is."""

    code = "malformed-json"


class NotAcceptable(errors.Refusal):
    """There is no answer in any of the formats that the caller takes."""

    code = "not-acceptable"


class UnsupportedEncoding(errors.UnsupportedMediaType):
    """The body is compressed, or encoded otherwise."""

    code = "unsupported-encoding"


class Busy(errors.Refusal):
    """There is no room for it just now; it may be asked again."""

    code = "busy"


STATUS: dict[type[errors.Refusal], int] = {
    Malformed: 400,
    errors.Invalid: 422,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    NotAcceptable: 406,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.TooLarge: 413,
    errors.UnsupportedMediaType: 415,
    errors.PreconditionRequired: 428,
    Busy: 503,
}

HEADERS = {401: {"WWW-Authenticate": 'Bearer realm="focalpoint"'}, 503: {"Retry-After": "60"}}
HEADERS_OF_CODES = {UnsupportedEncoding.code: {"Accept-Encoding": "identity"}}
CODES = {400: "bad-request", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}


SAFE_IN_PATHS = "/:@!$&'()*+,;=~"

UNIQUE_VIOLATION = "23505"
GAVE_WAY = ("40001", "40P01")
"""Serialisation failure, deadlock: the transaction was undone for the sake of another one."""

TOOK_TOO_LONG = ("55P03", "57014")
"""Lock timeout, statement timeout."""

AWAY = ("08", "53", "57")
"""Classes of states: connection, resources, operator intervention."""

MOST_LISTED = 1_000
"""Places that one answer names."""

PLACES = {"query": "?", "header": "header:", "path": "path:", "cookie": "cookie:"}


def described(status: int, code: str, detail: str, path: str) -> dict[str, Any]:
    """The members that every problem has."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": quote(path, safe=SAFE_IN_PATHS),
        "code": code,
    }


def problem(
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    errors: list[dict[str, Any]] | None = None,
    headers: dict[str, str] | None = None,
    **facts: Any,
) -> Response:
    places = errors or []
    if len(places) > MOST_LISTED:
        detail += f" It is so in {len(places):,} places; `errors` has the first {MOST_LISTED:,}."
    body = described(status, code, detail, request.scope["path"]) | facts
    if places:
        body["errors"] = places[:MOST_LISTED]
    return Response(
        json.dumps(body, ensure_ascii=False, default=str).encode("utf-8", "replace"),
        status,
        headers,
        MEDIA_TYPE,
    )


async def refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, errors.Refusal)
    status = next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)
    listed = [
        {"pointer": item.pointer, "code": item.code, "detail": item.detail}
        | ({"row": item.row} if item.row is not None else {})
        for item in getattr(refusal, "problems", [])
    ]
    headers = HEADERS_OF_CODES.get(refusal.code, HEADERS.get(status))
    return problem(
        request, status, refusal.code, refusal.message, errors=listed, headers=headers, **refusal.facts
    )


def pointer(place: tuple[Any, ...]) -> str:
    """Where in the request: a JSON pointer for bodies, `?name` for parameters."""
    if place and place[0] in PLACES:
        return PLACES[place[0]] + ".".join(str(part) for part in place[1:])
    return "/" + "/".join(str(part) for part in place[1:]) if len(place) > 1 else ""


async def not_valid(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, RequestValidationError)
    found = refusal.errors()
    if any(item["type"] == "json_invalid" for item in found):
        return problem(request, 400, "malformed-json", f"The body is not JSON: {found[0]['ctx']['error']}.")
    # A parameter that several dependencies read is found wrong by each.
    once = dict.fromkeys(
        (pointer(item["loc"]), item["type"].replace("_", "-"), item["msg"].removeprefix("Value error, "))
        for item in found
    )
    listed = [{"pointer": place, "code": code, "detail": detail} for place, code, detail in once]
    return problem(
        request, 422, "validation-failed", "The request is not as the documentation says.", errors=listed
    )


async def unfit(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Unfit)
    return await not_valid(request, RequestValidationError(refusal.problems))


async def plain(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, ClientDisconnect):
        return await left(request, error)
    code = CODES.get(error.status_code, HTTPStatus(error.status_code).phrase.lower().replace(" ", "-"))
    detail: str = error.detail
    facts: dict[str, Any] = {}
    if error.status_code == 404 and detail == "Not Found":
        detail = f"There is nothing at {request.url.path}."
    if error.status_code == 405:
        detail = f"{request.method} is not possible at {request.url.path}."
    if error.status_code == 413:
        code, detail = too_large(request.scope)
        facts = {"limit": limit_of(request.scope)}
    if error.status_code == 400 and isinstance(error.__cause__, UNPARSABLE):
        code, detail = Malformed.code, "The body is not JSON that can be read."
    headers = dict(error.headers or {})
    if error.status_code == 405 and (methods := allowed(request.scope)):
        headers["Allow"] = methods  # the framework names those of one route
    return problem(request, error.status_code, code, str(detail), headers=headers, **facts)


UNPARSABLE = (ValueError, RecursionError)
"""What the framework meets in a body that is no JSON, beside plain mistakes of syntax."""


AWAY_NOW = "The database cannot be reached just now."
TOO_SLOW = "The database could not do this in time, beside what others asked of it; try again."


async def unavailable(request: Request, error: Exception, detail: str = AWAY_NOW) -> Response:
    log.warning("database unavailable", error=type(error).__name__)
    return problem(request, 503, "temporarily-unavailable", detail, headers={"Retry-After": "2"})


async def too_slow(request: Request, error: Exception) -> Response:
    return await unavailable(request, error, TOO_SLOW)


async def gave_way(request: Request, error: Exception) -> Response:
    log.warning("gave way", path=request.url.path, error=type(error).__name__)
    return problem(
        request,
        503,
        "gave-way",
        "This request and others stood in each other's way, and this one gave way. Nothing of it was done; "
        "send it again.",
        headers={"Retry-After": "1"},
    )


class Unanswered(Response):
    """Sends nothing: nobody is there to read it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        return


async def left(request: Request, error: Exception) -> Response:
    """The connection ended before the body did, which is no fault of ours."""
    log.info("caller left", method=request.method, path=request.url.path)
    return Unanswered()


async def unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected error", path=request.url.path, exc_info=error)
    return problem(request, 500, "internal-error", "Something went wrong here; it has been logged.")


async def database_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DBAPIError)
    state = getattr(error.orig, "sqlstate", None)
    if state == UNIQUE_VIOLATION:
        return await overtaken(request, error)
    if has_given_way(error):
        return await gave_way(request, error)
    if state in TOOK_TOO_LONG:
        return await too_slow(request, error)
    # Without a statement it was the connecting that failed, or the committing.
    gone = error.connection_invalidated or error.statement is None
    respond = unavailable if gone else unexpected
    return await respond(request, error)


def has_given_way(error: DBAPIError) -> bool:
    """Whether the database undid all of the transaction, its commit too, so that another could go on."""
    return getattr(error.orig, "sqlstate", None) in GAVE_WAY


async def driver_error(request: Request, error: Exception) -> Response:
    """Of the driver itself, which hot reads use: away, unless the statement is at fault."""
    state = getattr(error, "sqlstate", None)
    if state in GAVE_WAY:
        return await gave_way(request, error)
    if state in TOOK_TOO_LONG:
        return await too_slow(request, error)
    respond = unavailable if state is None or state[:2] in AWAY else unexpected
    return await respond(request, error)


async def overtaken(request: Request, error: Exception) -> Response:
    log.info("overtaken", path=request.url.path, error=type(error).__name__)
    return problem(request, 409, "conflict", "Someone else did this, or changed it, at the same moment.")


def install(app: FastAPI) -> None:
    app.add_exception_handler(errors.Refusal, refused)
    app.add_exception_handler(RequestValidationError, not_valid)
    app.add_exception_handler(Unfit, unfit)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(ClientDisconnect, left)
    app.add_exception_handler(DBAPIError, database_error)
    app.add_exception_handler(StaleDataError, overtaken)
    for kind in (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        app.add_exception_handler(kind, driver_error)
    app.add_exception_handler(OSError, unavailable)
    app.add_exception_handler(PoolExhausted, unavailable)
    app.add_exception_handler(Exception, unexpected)
