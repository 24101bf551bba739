"""What is wrong with the shape of a set or a mapping, in the words of the format."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from domain.mappings.sssom.slots import URI_SLOTS

_CODES = {
    "missing": "required",
    "literal_error": "unknown-value",
    "float_parsing": "not-a-number",
    "finite_number": "not-a-number",
    "greater_than_equal": "out-of-range",
    "less_than_equal": "out-of-range",
    "date_parsing": "not-a-date",
    "date_from_datetime_parsing": "not-a-date",
    "value_error": "invalid",
    "extra_forbidden": "unknown-slot",
}


def shape_problems(error: ValidationError) -> Iterator[tuple[str, str, str, str]]:
    """Pointer, slot, code and detail of everything that does not have the right shape."""
    for item in error.errors(include_url=False, include_context=False):
        pointer = "".join(f"/{part}" for part in item["loc"])
        slot = str(item["loc"][0]) if item["loc"] else ""
        code = _code(slot, item["type"])
        yield pointer, slot, code, _detail(slot, code, item)


def _code(slot: str, kind: str) -> str:
    if kind == "string_pattern_mismatch":
        return "malformed-uri" if slot in URI_SLOTS else "malformed-curie"
    if kind == "literal_error" and slot == "predicate_id":
        return "unknown-relation"
    return _CODES.get(kind, kind.replace("_", "-"))


def _detail(slot: str, code: str, item: ErrorDetails) -> str:
    if code == "required":
        return f"{slot} is missing."
    if code == "unknown-slot":
        return f"`{slot}` is no slot of SSSOM 1.1; declare it in extension_definitions."
    wrong = {"malformed-curie": "not a CURIE, `prefix:reference`", "malformed-uri": "not an absolute URI"}
    message = wrong.get(code, item["msg"].removeprefix("Value error, "))
    return (
        f"{slot} `{str(item['input'])[:80]}`: {message}." if slot else f"{message[:1].upper()}{message[1:]}."
    )
