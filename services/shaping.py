"""Bytes as text and data as the shapes of `schemas`, with everything that does not fit named at once."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from domain.errors import Invalid, Problem

Shape = TypeVar("Shape", bound=BaseModel)


def shaped(shape: type[Shape], data: object, *, code: str = "validation-failed") -> Shape:
    """`data` as `shape`. Raises Invalid with every problem at once."""
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        raise invalid(error, code=code) from None


def invalid(error: ValidationError, *, code: str) -> Invalid:
    """What pydantic found, in our words and with JSON pointers."""
    problems = [
        Problem(
            "/" + "/".join(str(part) for part in item["loc"]),
            item["type"].replace("_", "-"),
            item["msg"].removeprefix("Value error, "),
        )
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    return Invalid("What was sent is not as the documentation says.", problems, code=code)


def text_of(content: bytes) -> str:
    """UTF-8, with or without a mark at its beginning. Raises Invalid with the line that is something else."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = Problem("", "not-utf-8", "The file is not UTF-8.", row=line)
        raise Invalid("The file is not UTF-8.", [problem], code="not-utf-8") from None
