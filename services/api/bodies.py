"""Bodies that come in more than one format: JSON or YAML documents, SSSOM/TSV, merge patches."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError

from domain.errors import Invalid, Problem, Refusal, TooLarge, UnsupportedMediaType
from services import yaml
from services.api.problems import TOO_LARGE, Malformed

Shape = TypeVar("Shape", bound=BaseModel)

MEGABYTE = 1024 * 1024
LARGEST_BODY = 10 * MEGABYTE
LARGEST_LIBRARY = yaml.LARGEST

JSON = "application/json"
YAML = ("application/yaml", "application/x-yaml", "text/yaml")


async def content_of(request: Request) -> bytes:
    """A body of some other type than documents. Raises TooLarge as soon as it passes 10 MB."""
    known: bytes | None = getattr(request.state, "content", None)
    if known is None:
        received = bytearray()
        async for chunk in request.stream():
            received += chunk
            if len(received) > LARGEST_BODY:
                code, detail = TOO_LARGE
                raise TooLarge(detail, code=code, limit=LARGEST_BODY)
        known = request.state.content = bytes(received)
    return known


def media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def refuse_media_type(request: Request, *accepted: str) -> UnsupportedMediaType:
    return UnsupportedMediaType(
        f"`{media_type(request) or 'no content type'}` is not accepted here; send {' or '.join(accepted)}.",
        accepted=list(accepted),
    )


def shaped(shape: type[Shape], data: object, *, code: str = "validation-failed") -> Shape:
    """`data` as `shape`. Raises Invalid with every problem at once."""
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        raise _invalid(error, code) from None


def shaped_json(shape: type[Shape], content: bytes | str, *, code: str = "validation-failed") -> Shape:
    """JSON text as `shape`. Raises Malformed, or Invalid with every problem at once."""
    try:
        return shape.model_validate_json(content)
    except ValidationError as error:
        raise _invalid(error, code) from None


def _invalid(error: ValidationError, code: str) -> Refusal:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        return Malformed(found[0]["msg"].replace("Invalid JSON", "This is not JSON") + ".")
    return Invalid(
        "What was sent is not as the documentation says.",
        [
            Problem(
                "/" + "/".join(str(part) for part in item["loc"]),
                item["type"].replace("_", "-"),
                item["msg"].removeprefix("Value error, "),
            )
            for item in found
        ],
        code=code,
    )


def must_be_json(request: Request) -> None:
    """Raises UnsupportedMediaType for a body of another type than JSON or one that builds on it."""
    headers = request.headers
    if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
        return
    if media_type(request) != JSON and not media_type(request).endswith("+json"):
        raise refuse_media_type(request, JSON)


async def document(request: Request, shape: type[Shape], *, code: str) -> Shape:
    """A JSON or YAML body as `shape`."""
    kind = media_type(request)
    if kind == JSON:
        return shaped_json(shape, await content_of(request), code=code)
    if kind in YAML:
        data: Any = await asyncio.to_thread(yaml.parse, await content_of(request))
        return shaped(shape, data, code=code)
    raise refuse_media_type(request, YAML[0], JSON)


@asynccontextmanager
async def located(request: Request) -> AsyncIterator[None]:
    """Problems with a YAML body that are raised inside name its lines."""
    if media_type(request) in YAML:
        with yaml.located(await content_of(request)):
            yield
    else:
        yield


def written(request: Request, data: Any) -> Response:
    """Data as JSON, or as YAML where the caller prefers it."""
    as_yaml = any(kind in request.headers.get("accept", "") for kind in YAML)
    content = yaml.written(data) if as_yaml else json.dumps(data, ensure_ascii=False).encode()
    return Response(content, media_type=YAML[0] if as_yaml else JSON, headers={"Vary": "Accept"})


def utf8(content: bytes) -> str:
    """Text that the database can hold. Raises Invalid, with the offset of the first wrong byte."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(f"The body is not UTF-8 at byte {error.start}.", code="text-not-utf-8") from None
    if "\x00" in text:
        raise Invalid("The body contains the character U+0000.", code="text-contains-nul")
    return text
