"""From JSON to a mapping set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from domain.errors import Problem
from domain.mappings.sssom.acceptance import Reading, Row, judged
from domain.mappings.sssom.shapes import shape_problems
from schemas.mappings import SssomMapping, SssomSet


def read_data(data: Any) -> Reading:
    """The mapping set that JSON says, held to the rules for files.

    The line of a mapping is its number, from 1.
    """
    listed = data.get("mappings", []) if isinstance(data, dict) else []
    found: list[Problem] = []
    header = _header(data, listed, found)
    rows = list(_rows(listed, found)) if isinstance(listed, list) else []
    return Reading(None, rows, {}, found) if header is None else judged(header, rows, found)


def _header(data: Any, listed: Any, found: list[Problem]) -> SssomSet | None:
    """What holds for all of the set."""
    try:
        return SssomSet.model_validate(data | {"mappings": []} if isinstance(listed, list) and data else data)
    except ValidationError as error:
        found += [Problem(pointer, code, detail) for pointer, _, code, detail in shape_problems(error)]
        return None


def _rows(listed: list[Any], found: list[Problem]) -> Iterator[Row]:
    for position, item in enumerate(listed):
        try:
            yield Row(position, position + 1, SssomMapping.model_validate(item))
        except ValidationError as error:
            for pointer, _, code, detail in shape_problems(error):
                found.append(Problem(f"/mappings/{position}{pointer}", code, detail, position + 1))
