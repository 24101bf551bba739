"""Multipart bodies, read once, with a limit per file that holds while the bytes arrive."""

from __future__ import annotations

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
    _received = 0
    complete = False

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
        self.complete = True


async def form_of(request: Request) -> FormData:
    """The parts of a multipart body.

    Raises TooLarge as soon as one document passes the limit, and Malformed when the body is cut off.
    """
    known = getattr(request.state, "form", None)
    if known is None:
        parser = _DocumentParser(
            request.headers, request.stream(), max_files=MOST_FILES, max_fields=5, max_part_size=MEGABYTE
        )
        try:
            known = await parser.parse()
        except MultiPartException as error:
            raise _damaged(error.message) from None
        if not parser.complete:
            await known.close()
            raise _damaged("It ends before its last boundary.")
        request.state.form = known
    return cast("FormData", known)


def _damaged(reason: str) -> Malformed:
    return Malformed(f"The multipart body is damaged: {reason}", code="malformed-multipart")
