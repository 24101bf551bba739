"""Tables as the caller wants them: JSON, or CSV that spreadsheets open."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from fastapi import Response

from services.api.accepts import prefers

Found = TypeVar("Found")

CSV = "text/csv"

ALSO: dict[int | str, dict[str, Any]] = {
    200: {"content": {CSV: {"schema": {"type": "string"}}}, "description": "As JSON, or as a table"}
}
"""What routes that answer tables say of themselves, beside JSON."""


def answered(
    response: Response,
    found: Found,
    accept: str,
    columns: Sequence[str],
    rows: Callable[[Found], Iterable[Mapping[str, Any]]],
) -> Found | Response:
    """The same as JSON or as CSV, whichever the caller prefers, with the headers that it has already."""
    response.headers["Vary"] = "Accept"
    if not prefers(accept, CSV):
        return found
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows(found))
    return Response(text.getvalue(), headers=dict(response.headers), media_type=f"{CSV}; charset=utf-8")
