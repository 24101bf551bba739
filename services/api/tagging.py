"""Versions: answers carry that of what they show, and changes are held against it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from fastapi import Depends, Response

from domain.errors import PreconditionRequired, Stale
from services.api.dependencies import SeenVersionIfAny, Version, needed


class Versioned(Protocol):
    @property
    def etag(self) -> str: ...


Thing = TypeVar("Thing", bound=Versioned)


def tagged(thing: Thing, response: Response, *, at: str | None = None) -> Thing:
    """The thing, with the version in the answer's `ETag` that `If-Match` takes when it is changed.

    Of a new thing `at` is the address where it is from now on (`Location`).
    """
    response.headers["ETag"] = thing.etag
    if at is not None:
        response.headers["Location"] = at
    return thing


def as_seen(find: Callable[..., Awaitable[Thing]]) -> Callable[..., Awaitable[Thing]]:
    """A dependency: what `find` finds, if it is as the caller saw it.

    Raises what `find` raises, then PreconditionRequired without `If-Match`, then Stale for another version.
    """

    wanted = Depends(find)

    async def held(*, found: Thing = wanted, seen: SeenVersionIfAny) -> Thing:
        needed(seen).must_be(found.etag)
        return found

    return held


def must_have_seen(before: Versioned | None, seen: Version | None) -> None:
    """Where something may be put in the place of what is there: whoever does so must have seen it.

    Raises Stale for a version of nothing or of what was there before, PreconditionRequired without any.
    """
    if before is None:
        if seen is not None:
            raise Stale("There is nothing here yet.")
        return
    if seen is None:
        raise PreconditionRequired("There is something here already: send `If-Match` with its ETag.")
    seen.must_be(before.etag)
