"""Answers to whoever reads what is published, kept in memory for as long as nothing of it changes.

Published editions are immutable, so their bytes need not be built twice. PostgreSQL says in every process,
by `NOTIFY` on commit, when anything of the catalogue changes; a process that cannot hear it keeps nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from uuid import uuid4

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.api.accepts import prefers_yaml
from services.database import connect_arguments

logger = logging.getLogger(__name__)

CHANNEL = "focalpoint_catalogue"
"""What the triggers of the catalogue's tables notify."""

MOST_BYTES = 64 * 1024 * 1024
OVERHEAD = 1_500
"""Bytes that an answer takes in memory beside its body, as measured."""

SILENCE = 10.0
"""Seconds after which, and within which, the connection must prove that it hears."""

Question = tuple[str, bytes, bool]
"""Path, query, and whether YAML is preferred."""

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

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self._answers: OrderedDict[Question, Answer] = OrderedDict()
        self._bytes = 0
        self._listening = False
        self.generation = 0
        """Rises with every change; an answer that was begun in an earlier one is not kept."""

    def __len__(self) -> int:
        return len(self._answers)

    def known(self, scope: Scope) -> Answer | None:
        """What was answered before to the same question."""
        question = question_of(scope)
        found = self._answers.get(question)
        if found is not None:
            self._answers.move_to_end(question)
        return found

    def keep(self, scope: Scope, response: Response, *, begun: int) -> None:
        """Keep an answer that was made of what the database said since generation `begun`.

        One with links is not kept: they say under which name the caller knows this service.
        """
        question = question_of(scope)
        if not self._listening or begun != self.generation or question in self._answers:
            return
        if "link" in response.headers:
            return
        headers = response.raw_headers
        validators = [item for item in headers if item[0].decode() in VALIDATORS]
        body = bytes(response.body)
        self._answers[question] = Answer(response.headers["etag"], headers, validators, body, scope["route"])
        self._bytes += len(body) + OVERHEAD
        while self._bytes > self.most_bytes:
            _, oldest = self._answers.popitem(last=False)
            self._bytes -= len(oldest.body) + OVERHEAD

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
            except Exception as error:  # whatever the driver meets: it is tried again
                logger.warning("not hearing of changes of the catalogue: %r", error)
            await asyncio.sleep(1)

    async def _hear(self, engine: AsyncEngine) -> None:
        """Until the connection ends."""
        connection = await asyncpg.connect(**connect_arguments(engine))
        line = _Line(connection, self.forget)
        try:
            connection.add_termination_listener(lambda _: self._deaf(line))
            await connection.add_listener(CHANNEL, line.heard)
            await line.prove()
            self.forget()
            self._listening = True
            while not await line.ends_within(SILENCE):
                await line.prove()
        finally:
            self._deaf(line)
            connection.terminate()

    def _deaf(self, line: _Line) -> None:
        self._listening = False
        self.forget()
        line.ended.set()


def question_of(scope: Scope) -> Question:
    accept = b", ".join(value for name, value in scope["headers"] if name == b"accept")
    yaml = b"yaml" in accept and prefers_yaml(accept.decode("latin-1"))
    return scope["path"], scope["query_string"], yaml


class _Line:
    """A connection that listens. It proves that it hears by hearing its own voice.

    Behind a pooler that shares connections `LISTEN` succeeds and nothing is ever heard.
    """

    def __init__(self, connection: asyncpg.Connection, changed: Callable[[], None]) -> None:
        self._connection = connection
        self._changed = changed
        self._voice = uuid4().hex
        self._heard = asyncio.Event()
        self.ended = asyncio.Event()

    def heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        """A change has no payload; a voice is of this process or of another one that proves itself."""
        if payload == self._voice:
            self._heard.set()
        elif not payload:
            self._changed()

    async def prove(self) -> None:
        """Raises TimeoutError when the voice does not come back."""
        self._heard.clear()
        await self._connection.execute("SELECT pg_notify($1, $2)", CHANNEL, self._voice, timeout=SILENCE)
        async with asyncio.timeout(SILENCE):
            await self._heard.wait()

    async def ends_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.ended.wait()
        return self.ended.is_set()


class FromMemory:
    """ASGI middleware: whole reads of the catalogue that were answered before, without a route."""

    def __init__(self, app: ASGIApp, published: Published) -> None:
        self.app = app
        self._published = published

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        # Who brings a key goes the long way: it may be a wrong one.
        known = None if b"authorization" in headers else self._published.known(scope)
        if known is None:
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
