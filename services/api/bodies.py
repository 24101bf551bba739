"""Bodies that come in more than one format: JSON or YAML documents, SSSOM/TSV, merge patches."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Request, Response

from domain.errors import Invalid, Problem, Refusal, TooLarge, UnsupportedMediaType
from services import yaml
from services.api.accepts import YAML, prefers_yaml
from services.api.limits import has_body, too_large
from services.api.problems import Malformed, UnsupportedEncoding
from services.shaping import Shape, shaped

MEGABYTE = 1024 * 1024
LARGEST_BODY = 10 * MEGABYTE
LARGEST_LIBRARY = yaml.LARGEST

JSON = "application/json"


async def content_of(request: Request) -> bytes:
    """A body of some other type than documents. Raises TooLarge as soon as it passes 10 MB."""
    known: bytes | None = getattr(request.state, "content", None)
    if known is None:
        received = bytearray()
        async for chunk in request.stream():
            received += chunk
            if len(received) > LARGEST_BODY:
                code, detail = too_large(request.scope, LARGEST_BODY)
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


def shaped_json(shape: type[Shape], content: bytes | str, *, code: str = "validation-failed") -> Shape:
    """JSON text as `shape`. Raises Malformed, or Invalid with every problem at once."""
    return shaped(shape, _json_data(content), code=code)


def _json_data(content: bytes | str) -> Any:
    """Raises Malformed for what is no JSON, and Invalid for an object that has a key twice."""
    try:
        text = content if isinstance(content, str) else content.decode()
        data = json.loads(text, object_pairs_hook=_each_key_once)
        if "\\u" in text:
            json.dumps(data, ensure_ascii=False).encode()  # raises for half a character
        return data
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Malformed(f"This is not JSON: {error.msg} at {place}.") from None
    except (ValueError, RecursionError):
        raise Malformed("This is not JSON that can be read.") from None


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            detail = f"The key `{key[:80]}` stands twice in one object."
            raise Invalid(detail, [Problem("", "duplicate-key", detail)], code="duplicate-key")
        found[key] = value
    return found


def must_be_json(request: Request) -> None:
    """Raises UnsupportedMediaType for a body of another type than JSON or one that builds on it."""
    if not has_body(request.scope):
        return
    if media_type(request) != JSON and not media_type(request).endswith("+json"):
        raise refuse_media_type(request, JSON)


def must_not_be_encoded(request: Request) -> None:
    """Raises UnsupportedEncoding for a body that would have to be unpacked first."""
    named = ",".join(request.headers.getlist("content-encoding")).lower().split(",")
    codings = {coding.strip() for coding in named} - {"", "identity"}
    if codings and has_body(request.scope):
        said = ", ".join(sorted(codings))[:80]
        raise UnsupportedEncoding(f"The body is sent as {said}; send it as it is, without Content-Encoding.")


async def document(request: Request, shape: type[Shape], *, code: str) -> Shape:
    """A JSON or YAML body as `shape`. Raises Malformed, Invalid, TooLarge or UnsupportedMediaType."""
    return await asyncio.to_thread(shaped, shape, await data_of(request), code=code)


async def data_of(request: Request) -> Any:
    """What a JSON or YAML body says. Read in a thread, so that a large one keeps nobody waiting."""
    kind = media_type(request)
    if kind == JSON:
        return await asyncio.to_thread(_json_data, await content_of(request))
    if kind in YAML:
        read = await asyncio.to_thread(yaml.read, await content_of(request))
        request.state.document = read
        return read.data
    raise refuse_media_type(request, YAML[0], JSON)


@asynccontextmanager
async def located(request: Request) -> AsyncIterator[None]:
    """Refusals of a YAML body that are raised inside name its lines."""
    try:
        yield
    except Refusal as refusal:
        document: yaml.Document | None = getattr(request.state, "document", None)
        if document is not None:
            await asyncio.to_thread(document.locate, refusal)
        raise


def written(request: Request, data: Any) -> Response:
    """Data as JSON, or as YAML where the caller prefers it."""
    as_yaml = prefers_yaml(", ".join(request.headers.getlist("accept")))
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
