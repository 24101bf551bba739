"""Answers to whoever reads what is published, kept in memory for as long as nothing of it changes.

Published editions are immutable, so their bytes need not be built twice. PostgreSQL says in every process,
by `NOTIFY` on commit, when anything of the catalogue changes; a process that cannot hear it keeps nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.database import connect_arguments

logger = logging.getLogger(__name__)

CHANNEL = "focalpoint_catalogue"
"""What the triggers of the catalogue's tables notify."""

MOST_BYTES = 64 * 1024 * 1024
SILENCE = 10.0
"""Seconds after which the connection is asked whether it still is one."""


AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""How a database that cannot be reached shows itself."""

Question = tuple[str, bytes, bytes]
"""Path, query, and the media types that the caller accepts."""

Headers = list[tuple[bytes, bytes]]

VALIDATORS = ("etag", "cache-control", "vary")
"""What an answer 304 repeats of the headers."""


def is_known(etag: str, seen: str | None) -> bool:
    """Whether a caller who has seen the versions in `If-None-Match` has seen this one."""
    if seen is None:
        return False
    tag = etag.removeprefix("W/")
    return seen.strip() == "*" or tag in [item.strip().removeprefix("W/") for item in seen.split(",")]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent with status 200, and to whom has it already, with 304."""

    etag: str
    headers: Headers
    validators: Headers
    body: bytes
    route: object
    """The route that made it, for the metrics."""


class Published:
    """The answers of this process, the least recently asked for forgotten first."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Question, Answer] = OrderedDict()
        self._bytes = 0
        self._listening = False
        self.generation = 0
        """Rises with every change; an answer that was begun in an earlier one is not kept."""

    def __len__(self) -> int:
        return len(self._answers)

    def known(self, scope: Scope, accept: bytes) -> Answer | None:
        """What was answered before to the same question."""
        key = (scope["path"], scope["query_string"], accept)
        found = self._answers.get(key)
        if found is not None:
            self._answers.move_to_end(key)
        return found

    def keep(self, scope: Scope, response: Response, *, begun: int) -> None:
        """Keep an answer that was made of what the database said since generation `begun`."""
        accept = next((value for name, value in scope["headers"] if name == b"accept"), b"")
        key = (scope["path"], scope["query_string"], accept)
        if not self._listening or begun != self.generation or key in self._answers:
            return
        headers = response.raw_headers
        validators = [item for item in headers if item[0].decode() in VALIDATORS]
        body = bytes(response.body)
        self._answers[key] = Answer(response.headers["etag"], headers, validators, body, scope["route"])
        self._bytes += _size(key, body)
        while self._bytes > MOST_BYTES:
            oldest, answer = self._answers.popitem(last=False)
            self._bytes -= _size(oldest, answer.body)

    def forget(self) -> None:
        """Something of the catalogue has changed."""
        self.generation += 1
        self._answers.clear()
        self._bytes = 0

    @asynccontextmanager
    async def listening(self, engine: AsyncEngine) -> AsyncIterator[None]:
        """Hear of changes while inside; a lost connection is taken up again."""
        task = asyncio.create_task(self._listen(engine))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _listen(self, engine: AsyncEngine) -> None:
        while True:
            try:
                await self._hear(engine)
            except AWAY as error:
                logger.debug("not listening for changes of the catalogue: %s", error)
            await asyncio.sleep(1)

    async def _hear(self, engine: AsyncEngine) -> None:
        """Until the connection ends."""
        connection = await asyncpg.connect(**connect_arguments(engine))
        ended = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: self._deaf(ended))
            await connection.add_listener(CHANNEL, lambda *_: self.forget())
            self.forget()
            self._listening = True
            await _until(ended, connection)
        finally:
            self._deaf(ended)
            connection.terminate()

    def _deaf(self, ended: asyncio.Event) -> None:
        self._listening = False
        self.forget()
        ended.set()


def _size(question: Question, body: bytes) -> int:
    return sum(map(len, question)) + len(body)


async def _until(ended: asyncio.Event, connection: asyncpg.Connection) -> None:
    """Wait for the end of the connection, and ask it now and then, because an end may pass in silence."""
    while not ended.is_set():
        try:
            await asyncio.wait_for(ended.wait(), SILENCE)
        except TimeoutError:
            await connection.execute("SELECT 1", timeout=SILENCE)


class FromMemory:
    """ASGI middleware: whole reads of the catalogue that were answered before, without a route."""

    def __init__(self, app: ASGIApp, published: Published) -> None:
        self.app = app
        self._published = published

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        known = None
        # Who brings a key goes the long way: it may be a wrong one.
        if headers is not None and b"authorization" not in headers:
            known = self._published.known(scope, headers.get(b"accept", b""))
        if headers is None or known is None:
            await self.app(scope, receive, send)
            return
        scope["route"] = known.route
        seen = headers.get(b"if-none-match")
        if seen is not None and is_known(known.etag, seen.decode("latin-1")):
            await send({"type": "http.response.start", "status": 304, "headers": known.validators})
            await send({"type": "http.response.body"})
        else:
            await send({"type": "http.response.start", "status": 200, "headers": known.headers})
            await send({"type": "http.response.body", "body": known.body})
