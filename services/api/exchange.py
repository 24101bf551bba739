"""What surrounds every request: one transaction, remembered answers, validators, known parameters."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, cast

import structlog
from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError
from starlette.datastructures import UploadFile

from domain.access import actions as access
from domain.errors import Invalid, Problem
from services.api import bodies, uploads
from services.api.dependencies import caller_of
from services.api.forms import close_form, form_of, has_form
from services.api.methods import wants_headers_alone
from services.api.problems import has_given_way
from services.api.published import VALIDATORS, Published, is_known

log = structlog.get_logger(__name__)

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

KEPT_HEADERS = ("content-type", "location", "etag", "link")
LONGEST_KEY = 255

SHOWN_ONCE = {"secret", "address"}
"""What an answer that must not be stored says once: the secret of a key, the address of a calendar feed."""

LATEST = "public, max-age=60"
"""A cache may go on with the latest edition for a minute after the next one is published."""

PINNED = "public, max-age=3600"
WHOLE = ["edition"]
"""Parameters of reads that are kept: there are as many answers as editions. Pages and selections are not."""


class Exchange(APIRoute):
    """A route whose request is one transaction, committed after the answer is made and before it is sent.

    An error rolls back. A commit that fails is answered as an error. With an `Idempotency-Key` on a POST the
    answer is kept in that same transaction, so it exists if and only if the effects do. A transaction that
    gave way to another is done once more from its beginning.
    """

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        known = {name for dependant in _all(self.dependant) for name in _query_names(dependant)}
        takes_json = self.body_field is not None
        streamed = isinstance(self, Streamed)

        async def transacted(request: Request) -> Response:
            async with request.app.state.sessions.begin() as session:
                request.state.session = session
                if request.method == "POST" and "idempotency-key" in request.headers:
                    return await _once(request, handle, takes_json=takes_json, streamed=streamed)
                return await handle(request)

        async def exchange(request: Request) -> Response:
            _refuse_unknown_parameters(request, known)
            bodies.must_not_be_encoded(request)
            if takes_json and not (await caller_of(request)).anonymous:
                bodies.must_be_json(request)
            try:
                response = await _perhaps_again(request, transacted, once=streamed)
            finally:
                await close_form(request)
                await uploads.discard(request)
            return _validated(request, response)

        return exchange


async def _perhaps_again(request: Request, transacted: Handler, *, once: bool) -> Response:
    """What was streamed, and the files of a form, have been read: it is for the client to send them again."""
    try:
        return await transacted(request)
    except DBAPIError as error:
        if once or not has_given_way(error) or has_form(request):
            raise
        log.info("done again", path=request.url.path, error=type(error.orig).__name__)
    return await transacted(request)


def _all(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from _all(inner)


def _query_names(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        yield field.alias


def _refuse_unknown_parameters(request: Request, known: set[str]) -> None:
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        raise Invalid(
            "The request has parameters that are not known here.",
            [Problem(f"?{name}", "unknown-parameter", "This parameter is not known.") for name in unknown],
            code="unknown-parameter",
        )


async def _once(request: Request, handle: Handler, *, takes_json: bool, streamed: bool) -> Response:
    actor = await caller_of(request)
    if actor.anonymous:
        return await handle(request)
    key = request.headers["idempotency-key"]
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        raise Invalid(
            f"An Idempotency-Key has 1 to {LONGEST_KEY} printable characters.", code="invalid-idempotency-key"
        )
    session, caller = request.state.session, str(actor.id)
    fingerprint = await _fingerprint(request, takes_json=takes_json, streamed=streamed)
    before = await access.recall(session, caller, key, fingerprint)
    if before is not None and before.status is not None:
        return Response(before.body, before.status, {**(before.headers or {}), "Idempotent-Replay": "true"})
    response = await handle(request)
    kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    body = _without_secret(bytes(response.body)) if "no-store" in _caching(response) else bytes(response.body)
    await access.remember(session, caller, key, status=response.status_code, headers=kept, body=body)
    return response


def _caching(response: Response) -> str:
    return response.headers.get("cache-control", "")


def _without_secret(body: bytes) -> bytes:
    """An answer as it may be kept: whoever asks again learns that it was done, not the secret."""
    answer = json.loads(body)
    return json.dumps(answer | dict.fromkeys(SHOWN_ONCE & answer.keys()), ensure_ascii=False).encode()


async def _fingerprint(request: Request, *, takes_json: bool, streamed: bool) -> str:
    """The same request again has the same fingerprint, whatever boundary its multipart body chose."""
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    if request.headers.get("content-type", "").startswith("multipart/"):
        for name, part in (await form_of(request)).multi_items():
            digest.update(f"\n{name}\n".encode())
            if isinstance(part, UploadFile):
                digest.update(f"{part.filename}\n".encode() + await part.read())
                await part.seek(0)
            else:
                digest.update(part.encode())
    elif streamed:
        digest.update((await uploads.receive(request)).digest)
    else:
        # What the framework is to read must be read by way of it, once.
        digest.update(await (request.body() if takes_json else bodies.content_of(request)))
    return digest.hexdigest()


class Streamed(Exchange):
    """A route whose body may be larger than memory: it is received in parts, which the worker reads."""


def entity_tag(body: bytes | memoryview) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:20]}"'


def _validated(request: Request, response: Response) -> Response:
    """Give single reads an entity tag, and answer 304 to whoever has this version already."""
    if request.method != "GET" or response.status_code != 200:
        return response
    if not hasattr(response, "body"):
        return _not_begun(response) if wants_headers_alone(request.scope) else response
    if "etag" not in response.headers:
        response.headers["etag"] = entity_tag(response.body)
    if not is_known(response.headers["etag"], request.headers.get("if-none-match")):
        return response
    kept = {name: response.headers[name] for name in VALIDATORS if name in response.headers}
    return Response(status_code=304, headers=kept)


def _not_begun(stream: Response) -> Response:
    """The headers of a stream, of which nobody will read anything."""
    response = Response()
    response.raw_headers = stream.raw_headers
    return response


class Shared(Exchange):
    """A route that reads what is published: the same for everyone, so that shared caches may keep it."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        if self.methods != {"GET"}:
            return handle

        async def shared(request: Request) -> Response:
            return _cacheable(request, await handle(request))

        return shared


def _cacheable(request: Request, response: Response) -> Response:
    """The answer as shared caches may keep it, if it is not said otherwise."""
    if response.status_code in (200, 304) and "cache-control" not in response.headers:
        response.headers["cache-control"] = PINNED if _names_an_edition(request) else LATEST
    return response


def _names_an_edition(request: Request) -> bool:
    named = request.path_params
    return "edition" in named or "edition" in request.query_params or "@" in str(named.get("ref"))


class Catalogued(Shared):
    """A shared route whose answers depend on the catalogue alone: whole reads are kept in memory."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def change(request: Request) -> Response:
            response = await handle(request)
            if request.method == "PUT":  # other methods only ask
                _memory(request).forget()
            return response

        async def read(request: Request) -> Response:
            asked = request.query_params.multi_items()
            if asked and [name for name, _ in asked] != WHOLE:
                return await handle(request)
            begun = _memory(request).generation
            response = await handle(request)
            if response.status_code == 200 and "no-store" not in _caching(response):
                _memory(request).keep(request.scope, response, begun=begun)
            return response

        return read if self.methods == {"GET"} else change


def _memory(request: Request) -> Published:
    return cast("Published", request.app.state.published)
