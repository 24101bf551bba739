"""What lies between our programs and their database: it passes all on, until it holds all back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

from services.stack.folders import HOST

PIECE = 65_536


class Wire:
    """To the database of a URL. Held, it still takes what it is sent, as a server that hangs does."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._open = asyncio.Event()
        self._open.set()
        self._ends: set[asyncio.StreamWriter] = set()
        self._port = 0
        self.taken = 0
        """Connections so far."""

    @property
    def url(self) -> str:
        """The same database, by way of this."""
        who = self._parts.netloc.rpartition("@")[0]
        return self._parts._replace(netloc=f"{who}@{HOST}:{self._port}").geturl()

    def hold(self) -> None:
        """Nothing goes through, and nothing is refused."""
        self._open.clear()

    def let_go(self) -> None:
        self._open.set()

    @asynccontextmanager
    async def laid(self) -> AsyncIterator[Wire]:
        server = await asyncio.start_server(self._take, HOST, 0)
        self._port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.let_go()
            for end in self._ends:
                end.transport.abort()
            await server.wait_closed()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.taken += 1
        self._ends.add(writer)
        await self._open.wait()
        with suppress(OSError):
            there = await asyncio.open_connection(self._parts.hostname, self._parts.port)
            self._ends.add(there[1])
            await asyncio.gather(self._pass_on(reader, there[1]), self._pass_on(there[0], writer))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(PIECE):
                await self._open.wait()
                writer.write(piece)
                await writer.drain()
        await self._open.wait()
        writer.close()


@asynccontextmanager
async def wire_to(url: str) -> AsyncIterator[Wire]:
    async with Wire(url).laid() as wire:
        yield wire
