"""What no route should have to think of: impossible characters in addresses, refusals of half-sent bodies."""

from __future__ import annotations

import asyncio
import json

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.limits import has_body, limit_of, too_large
from services.api.problems import MEDIA_TYPE, described

DRAIN_SECONDS = 2.0
STOPPING = "The server is stopping. Send the request again in a moment."


class Edges:
    """ASGI, around everything else.

    An address with an encoded U+0000, which no table can hold, is answered 404. The framework's own refusal
    of a body that is too large becomes problem details. After an answer that came before the body had ended,
    the rest is thrown away for a moment, so that the client reads the answer instead of finding the
    connection reset. What a server that stops cuts short is answered 503.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = _Body(receive, ended=not has_body(scope))
        answer = _Answer(scope, send, body)
        try:
            if "\x00" in scope["path"] or b"%00" in scope["query_string"]:
                await answer.refuse(404, "not-found", "The address contains the character U+0000.")
            else:
                await self.app(scope, body.receive, answer.send)
        except asyncio.CancelledError:
            if answer.begun or not scope["app"].state.leaving:
                raise
            await answer.refuse(503, "temporarily-unavailable", STOPPING)
        finally:
            await answer.finish()


class _Body:
    def __init__(self, receive: Receive, *, ended: bool) -> None:
        self._receive = receive
        self.ended = ended

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


class _Answer:
    """An answer on its way out; one that is given while the body still arrives is held open at its end."""

    def __init__(self, scope: Scope, send: Send, body: _Body) -> None:
        self._scope, self._send, self._body = scope, send, body
        self._replaced = False
        self._held_open = False
        self.begun = False

    async def send(self, message: Message) -> None:
        if _is_bare_refusal(message):
            self._replaced = True
            await self.refuse(413, *too_large(self._scope), limit=limit_of(self._scope))
        elif not self._replaced:
            await self._pass_on(message)

    async def refuse(self, status: int, code: str, detail: str, **facts: int) -> None:
        content = json.dumps(described(status, code, detail, self._scope["path"]) | facts).encode()
        headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", b"%d" % len(content))]
        if status == 503:
            headers.append((b"retry-after", b"2"))
        await self._pass_on({"type": "http.response.start", "status": status, "headers": headers})
        await self._pass_on({"type": "http.response.body", "body": content})

    async def _pass_on(self, message: Message) -> None:
        self.begun = True
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self._held_open = not self._body.ended
            message = {**message, "more_body": self._held_open}
        await self._send(message)

    async def finish(self) -> None:
        if self._held_open:
            await self._body.drain()
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})


def _is_bare_refusal(message: Message) -> bool:
    """Whether the framework refuses a body by itself, which it does in plain text."""
    if message["type"] != "http.response.start" or message["status"] != 413:
        return False
    kinds = [value for name, value in message["headers"] if name == b"content-type"]
    return any(kind.startswith(b"text/plain") for kind in kinds)
