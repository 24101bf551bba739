"""Bodies that may be larger than memory: small ones are held, large ones are kept in parts for the worker."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request

from domain.indicators import uploads
from domain.indicators.intake.files import KINDS
from schemas.access import Scope
from services.api import bodies
from services.api.dependencies import caller_of
from services.database import Sessions

LARGEST_UPLOAD = 2 * 1024 * bodies.MEGABYTE
PART = 4 * bodies.MEGABYTE


@dataclass(slots=True)
class Received:
    """A body that has come whole: its bytes, or the upload that has them."""

    digest: bytes
    content: bytes | None = None
    upload: UUID | None = None
    claimed: bool = False
    """Whether a job will read the upload."""


class _Receiving:
    """Bytes as they come. Once they are more than 10 MB, they go to the database part by part."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._digest = hashlib.sha256()
        self._held = bytearray()
        self._size = self._parts = 0
        self.upload: UUID | None = None

    async def take(self, chunk: bytes) -> None:
        self._digest.update(chunk)
        self._held += chunk
        self._size += len(chunk)
        if self._size > bodies.LARGEST_BODY and len(self._held) >= PART:
            await self._keep()

    async def _keep(self) -> None:
        content = await asyncio.to_thread(uploads.packed, bytes(self._held))
        self._held.clear()
        async with self._sessions.begin() as session:
            if self.upload is None:
                self.upload = await uploads.begin(session)
            await uploads.add(session, self.upload, self._parts, content)
        self._parts += 1

    async def whole(self) -> Received:
        if self.upload is None:
            return Received(self._digest.digest(), content=bytes(self._held))
        if self._held:
            await self._keep()
        async with self._sessions.begin() as session:
            await uploads.complete(session, self.upload, self._size)
        return Received(self._digest.digest(), upload=self.upload)

    async def give_up(self) -> None:
        if self.upload is not None:
            await _forget(self._sessions, self.upload)


async def receive(request: Request) -> Received:
    """The body of a caller who may write observations, in one of the formats that are read.

    Raises Forbidden or UnsupportedMediaType before anything is read, and TooLarge as soon as it passes 2 GB.
    """
    known: Received | None = getattr(request.state, "received", None)
    if known is None:
        (await caller_of(request)).must_be_allowed(Scope.OBSERVATIONS_WRITE)
        if bodies.media_type(request) not in KINDS:
            raise bodies.refuse_media_type(request, *dict.fromkeys(KINDS.values()))
        receiving = _Receiving(request.app.state.sessions)
        try:
            async for chunk in request.stream():
                await receiving.take(chunk)
            known = request.state.received = await receiving.whole()
        except BaseException:
            await asyncio.shield(receiving.give_up())
            raise
    return known


async def discard(request: Request) -> None:
    """Drop an upload that no job was promised for: the request failed, or was done before."""
    received: Received | None = getattr(request.state, "received", None)
    if received is not None and received.upload is not None and not received.claimed:
        await _forget(request.app.state.sessions, received.upload)


async def _forget(sessions: Sessions, upload: UUID) -> None:
    async with sessions.begin() as session:
        await uploads.forget(session, upload)
