"""The second reader's server: any that speaks OpenAI's chat completions, asked with a JSON schema."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, Field, ValidationError

from schemas.verdicts import JudgePrompt, ReadingStatus
from services import yaml
from services.loading import SHIPPED
from services.settings import Settings

LONGEST_ANSWER = 256 * 1024
"""Bytes of an answer with all that surrounds it; a good one has less than two thousand."""

MOST_NEW_TOKENS = 1_000
LONGEST_WAIT = timedelta(hours=1)
"""What a server may ask for with `Retry-After`."""

PASSING = {408, 425, 429}
"""Besides 5xx: the same call may be answered later."""

FOR_ALL = {401, 403, 404, 405}
"""Besides 3xx: the address, the key or the name of the model is wrong, and so every call would be refused."""


@cache
def prompt() -> JudgePrompt:
    """The prompt as it is shipped."""
    content = (SHIPPED / "prompts" / "second-reader.yaml").read_bytes()
    return JudgePrompt.model_validate(yaml.parse(content))


@dataclass(frozen=True, slots=True)
class Answered:
    content: str
    tokens: int


class Away(Exception):
    """No answer now. The same call may be answered later, after `wait` at least."""

    def __init__(self, detail: str, wait: timedelta = timedelta()) -> None:
        super().__init__(detail)
        self.wait = wait


class Closed(Exception):
    """The server takes no call of ours, whatever it is about."""


class NoOpinion(Exception):
    """The call was answered, and not with an opinion; it may have cost all the same."""

    def __init__(self, status: ReadingStatus, detail: str, tokens: int = 0) -> None:
        super().__init__(detail)
        self.status = status
        self.tokens = tokens


class Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class Choice(BaseModel):
    message: Message
    finish_reason: str | None = None


class Usage(BaseModel):
    total_tokens: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0


class Completion(BaseModel):
    """What is read of an answer; the rest is passed over."""

    choices: Annotated[list[Choice], Field(min_length=1)]
    usage: Usage | None = None


class Judge:
    """One server and model. What it says goes no further than to the caller: nothing of it is logged."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        assert settings.judge_url is not None, "nobody is to be asked"
        self._client = client
        self._address = endpoint(settings.judge_url)
        self._model = settings.judge_model
        self._seconds = settings.judge_seconds

    async def ask(self, messages: list[dict[str, str]], schema: dict[str, Any]) -> Answered:
        """The answer, which may be anything. Raises Away, Closed or NoOpinion."""
        request = {
            "model": self._model,
            "messages": messages,
            "temperature": 0,
            "max_tokens": MOST_NEW_TOKENS,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "verdict", "strict": True, "schema": schema},
            },
        }
        try:
            async with asyncio.timeout(self._seconds):
                return _read(await self._post(request))
        except TimeoutError:
            raise Away(f"The judge did not answer within {self._seconds:g} s.") from None
        except httpx.HTTPError as error:
            raise Away(f"The judge could not be reached ({type(error).__name__}).") from None

    async def _post(self, request: dict[str, Any]) -> bytes:
        async with self._client.stream("POST", self._address, json=request) as response:
            _check_status(response)
            content = bytearray()
            async for piece in response.aiter_raw():
                content += piece
                if len(content) > LONGEST_ANSWER:
                    raise NoOpinion("malformed", f"The answer is longer than {LONGEST_ANSWER:,} bytes.")
            return bytes(content)


@asynccontextmanager
async def judge_for(settings: Settings) -> AsyncIterator[Judge]:
    """The judge of the settings, over connections that are closed afterwards."""
    # Nothing compressed is asked for or unpacked: a small answer cannot become a huge one.
    headers = {"Accept-Encoding": "identity"}
    if settings.judge_key is not None:
        headers["Authorization"] = f"Bearer {settings.judge_key.get_secret_value()}"
    async with httpx.AsyncClient(headers=headers, timeout=None) as client:  # noqa: S113 - each call has its own
        yield Judge(client, settings)


def endpoint(url: str) -> str:
    """The address to post to, from that of the server, of its `/v1`, or of the endpoint itself."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/") or "/v1"
    if not path.endswith("/chat/completions"):
        path += "/chat/completions"
    return parts._replace(path=path).geturl()


def _check_status(response: httpx.Response) -> None:
    status = response.status_code
    detail = f"The judge answered {status}."
    if status in PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Away(detail, _asked_to_wait(response))
    if status in FOR_ALL or response.is_redirect:
        raise Closed(detail)
    if status != HTTPStatus.OK:
        raise NoOpinion("unavailable", detail)


def _asked_to_wait(response: httpx.Response) -> timedelta:
    seconds = response.headers.get("retry-after", "")
    return min(timedelta(seconds=int(seconds)), LONGEST_WAIT) if _is_number(seconds) else timedelta()


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _read(content: bytes) -> Answered:
    try:
        completion = Completion.model_validate_json(content)
    except ValidationError:
        raise NoOpinion("malformed", "The answer is not a chat completion.") from None
    choice, tokens = completion.choices[0], completion.usage.total_tokens if completion.usage else 0
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise NoOpinion("refused", "The judge declined to give an opinion.", tokens)
    if choice.finish_reason == "length":
        raise NoOpinion("malformed", f"The answer was cut off at {MOST_NEW_TOKENS} tokens.", tokens)
    return Answered(choice.message.content or "", tokens)
