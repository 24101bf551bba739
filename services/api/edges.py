"""What no route should have to think of: impossible characters in addresses, refusals of half-sent bodies."""

from __future__ import annotations

import asyncio
import json

from starlette.types import ASGIApp, Message, Receive, Scope, Send

DRAIN_SECONDS = 2.0


class Edges:
    """ASGI middleware.

    An address with an encoded U+0000, which no table can hold, is answered 404. After an answer that came
    before the body had ended, the rest is thrown away for a moment, so that the client reads the answer
    instead of finding the connection reset.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
            await _answer_nul(scope, send)
            return
        if not _has_body(scope):
            await self.app(scope, receive, send)
            return
        body = _Body(receive)
        answered_early: list[Message] = []

        async def hold_the_end(message: Message) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body") and not body.ended:
                answered_early.append(message)
                message = {**message, "more_body": True}
            await send(message)

        await self.app(scope, body.receive, hold_the_end)
        if answered_early:
            await body.drain()
            await send({"type": "http.response.body", "body": b"", "more_body": False})


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


class _Body:
    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.ended = False

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            self.ended = True
        return message

    async def drain(self) -> None:
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                while not self.ended:
                    await self.receive()
        except TimeoutError:
            return


async def _answer_nul(scope: Scope, send: Send) -> None:
    detail = "The address contains the character U+0000, which nothing here can be named."
    body = {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": detail,
        "instance": scope["path"].replace("\x00", "%00"),
        "code": "not-found",
    }
    headers = [(b"content-type", b"application/problem+json")]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
