"""Which methods an address has. Where there is `GET`, there is `HEAD` (RFC 9110, section 9.3.2)."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS_ALONE = "focalpoint.headers-alone"


class Heads:
    """ASGI middleware: a `HEAD` is done as `GET`, and its body is not sent.

    So every header of `GET` is there, its `Content-Length` too, and whoever may not read is refused alike.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        asked = {**scope, "method": "GET", HEADERS_ALONE: True}

        async def send_headers(message: Message) -> None:
            if "route" in asked:
                scope["route"] = asked["route"]  # for the metrics
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self.app(asked, receive, send_headers)


def wants_headers_alone(scope: Scope) -> bool:
    """Whether a `GET` is one whose body is not sent, so that it need not be made either."""
    return HEADERS_ALONE in scope


def allowed(scope: Scope) -> str:
    """For `Allow`: the methods of all routes at this address. Empty where only mounted files are.

    Of `/things/preview` and `/things/{id}` the first is the address: it leaves less open.
    """
    app: FastAPI = scope["app"]
    found = [route for route in iter_route_contexts(app.routes) if route.methods and _is_at(route, scope)]
    address = min(map(_path_of, found), key=lambda path: path.count("{"), default="")
    methods = {method for route in found if _path_of(route) == address for method in route.methods or ()}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))


def _path_of(route: RouteContext) -> str:
    return route.path or ""


def _is_at(route: RouteContext, scope: Scope) -> bool:
    match, _ = route.matches(scope)
    return match is not Match.NONE
