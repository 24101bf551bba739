"""A second reader's server on this machine: it answers as a test tells it, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.stack.folders import HOST, free_port


@dataclass(frozen=True)
class Call:
    """One call: its body and key, and how many about the same criterion came before it."""

    body: dict[str, Any]
    authorization: str | None
    before: int

    @property
    def shown(self) -> dict[str, Any]:
        """The criterion, the levels and the passages."""
        return dict(json.loads(self.body["messages"][1]["content"]))

    @property
    def criterion(self) -> str:
        return str(self.shown["criterion"]["title"])

    @property
    def ids(self) -> list[str]:
        return [passage["id"] for passage in self.shown["passages"]]


Answer = Callable[[Call], Response | Awaitable[Response]]


def completion(content: object, *, tokens: int = 100, finish: str = "stop", **message: Any) -> Response:
    """An answer of the protocol; `content` that is no text is sent as JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    choice = {
        "index": 0,
        "finish_reason": finish,
        "message": {"role": "assistant", "content": text} | message,
    }
    return JSONResponse({"object": "chat.completion", "choices": [choice], "usage": {"total_tokens": tokens}})


def opinion(call: Call, level: int | None, **changes: Any) -> dict[str, Any]:
    """What a well-behaved model says; it rests on the first passage."""
    said = {"applicable": level is not None, "level": level, "cites": call.ids[:1] if level != 0 else []}
    return said | {"why": f"{call.ids[0]} shows as much."} | changes


class JudgeServer:
    def __init__(self) -> None:
        self.port = free_port(None)
        self.calls: list[Call] = []
        self.answer: Answer = lambda call: completion(opinion(call, 1))

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def criteria(self) -> list[str]:
        """What was asked about, call by call."""
        return [call.criterion for call in self.calls]

    async def take(self, request: Request) -> Response:
        call = Call(await request.json(), request.headers.get("authorization"), before=0)
        call = Call(call.body, call.authorization, before=self.criteria.count(call.criterion))
        self.calls.append(call)
        answer = self.answer(call)
        return answer if isinstance(answer, Response) else await answer

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        routes = [Route("/v1/chat/completions", self.take, methods=["POST"])]
        config = uvicorn.Config(Starlette(routes=routes), host=HOST, port=self.port, log_level="error")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
        yield
        server.should_exit = True
        await serving
