"""Multipart bodies, read once, with a limit per file that holds while the bytes arrive."""

from __future__ import annotations

from typing import cast

from fastapi import Request
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser

from domain.errors import Invalid, TooLarge

MEGABYTE = 1024 * 1024
LARGEST_DOCUMENT = 25 * MEGABYTE
LARGEST_FILING = 120 * MEGABYTE
MOST_FILES = 20


class _DocumentParser(MultiPartParser):
    _received = 0

    def on_part_begin(self) -> None:
        super().on_part_begin()
        self._received = 0

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._received += end - start
        if self._received > LARGEST_DOCUMENT:
            raise TooLarge(
                "A document is larger than 25 MB.", code="document-too-large", limit=LARGEST_DOCUMENT
            )
        super().on_part_data(data, start, end)


async def form_of(request: Request) -> FormData:
    """The parts of a multipart body. Raises TooLarge as soon as one document passes the limit."""
    known = getattr(request.state, "form", None)
    if known is None:
        parser = _DocumentParser(
            request.headers, request.stream(), max_files=MOST_FILES, max_fields=5, max_part_size=MEGABYTE
        )
        try:
            known = await parser.parse()
        except MultiPartException as error:
            raise Invalid(
                f"The multipart body is damaged: {error.message}", code="malformed-multipart"
            ) from None
        request.state.form = known
    return cast("FormData", known)
