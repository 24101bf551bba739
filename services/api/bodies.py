"""Bodies that come in more than one format: JSON or YAML documents, SSSOM/TSV, merge patches."""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from domain.errors import Invalid, Problem, UnsupportedMediaType
from services import yaml

Shape = TypeVar("Shape", bound=BaseModel)

JSON = "application/json"
YAML = ("application/yaml", "application/x-yaml", "text/yaml")


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
    """JSON text as `shape`. Raises Invalid with every problem at once."""
    try:
        return shape.model_validate_json(content)
    except ValidationError as error:
        raise _invalid(error, code) from None


def _invalid(error: ValidationError, code: str) -> Invalid:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if any(item["type"] == "json_invalid" for item in found):
        return Invalid("The body is not JSON.", code="malformed-json")
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


async def document(request: Request, shape: type[Shape], *, code: str) -> Shape:
    """A JSON or YAML body as `shape`."""
    kind = media_type(request)
    if kind == JSON:
        return shaped_json(shape, await request.body(), code=code)
    if kind in YAML:
        data: Any = yaml.parse(await request.body())
        return shaped(shape, data, code=code)
    raise refuse_media_type(request, "application/yaml", JSON)


def utf8(content: bytes) -> str:
    """Text that the database can hold. Raises Invalid, with the offset of the first wrong byte."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(f"The body is not UTF-8 at byte {error.start}.", code="text-not-utf-8") from None
    if "\x00" in text:
        raise Invalid("The body contains the character U+0000.", code="text-contains-nul")
    return text
