"""How many requests, how long they took: by route template, never by raw path."""

from __future__ import annotations

import time

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUESTS = Counter("focalpoint_requests_total", "HTTP requests", ["method", "route", "status"])
SECONDS = Histogram("focalpoint_request_seconds", "Time until the answer began", ["method", "route"])


class Measured:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter()

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = _template(scope)
                REQUESTS.labels(scope["method"], route, message["status"]).inc()
                SECONDS.labels(scope["method"], route).observe(time.perf_counter() - begun)
            await send(message)

        await self.app(scope, receive, note)


def _template(scope: Scope) -> str:
    """`/v1/frameworks/{key}`: routes know their path within the router, which stands under `/v1`."""
    path = str(getattr(scope.get("route"), "path", "unmatched"))
    within = scope["path"].startswith("/v1/") and not path.startswith("/v1/")
    return f"/v1{path}" if within and path.startswith("/") else path
