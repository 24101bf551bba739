"""Answers that carry the version of what they show."""

from __future__ import annotations

from typing import Any, Protocol

from fastapi import Response


class Versioned(Protocol):
    @property
    def etag(self) -> str: ...


def tagged(thing: Versioned, response: Response) -> Any:
    """The thing, with the version in the answer's `ETag` that `If-Match` takes when it is changed."""
    response.headers["ETag"] = thing.etag
    return thing
