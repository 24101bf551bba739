"""Multipart bodies, read once, with a limit per file that holds while the bytes arrive."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import cast

from fastapi import Request
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser

from domain.errors import TooLarge
from services.api.bodies import MEGABYTE
from services.api.problems import Malformed

LARGEST_DOCUMENT = 25 * MEGABYTE
LARGEST_FILING = 120 * MEGABYTE
MOST_FILES = 20


class _DocumentParser(MultiPartParser):
    """Refuses a file as soon as it passes the limit, and a body that ends before its last boundary."""

    _received = 0
    _complete = False

    def __init__(self, request: Request) -> None:
        stream = self._to_the_end(request.stream())
        super().__init__(request.headers, stream, max_files=MOST_FILES, max_fields=5, max_part_size=MEGABYTE)

    async def _to_the_end(self, stream: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        async for chunk in stream:
            yield chunk
        if not self._complete:
            raise MultiPartException("It ends before its last boundary.")

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

    def on_end(self) -> None:
        self._complete = True


async def form_of(request: Request) -> FormData:
    """The parts of a multipart body.

    Raises TooLarge as soon as one document passes the limit, and Malformed when the body is cut off.
    """
    known = getattr(request.state, "form", None)
    if known is None:
        try:
            known = request.state.form = await _DocumentParser(request).parse()
        except MultiPartException as error:
            detail = f"The multipart body is damaged: {error.message}"
            raise Malformed(detail, code="malformed-multipart") from None
    return cast("FormData", known)


def has_form(request: Request) -> bool:
    """Whether the parts of a multipart body were read."""
    return getattr(request.state, "form", None) is not None


async def close_form(request: Request) -> None:
    """Remove the temporary files of a multipart body that was read."""
    known = getattr(request.state, "form", None)
    if known is not None:
        await cast("FormData", known).close()
