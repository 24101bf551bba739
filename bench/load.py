"""A load generator that costs little: it knows how long an answer is, and only counts bytes."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

import uvloop

CONNECTIONS = 16


@dataclass(frozen=True)
class Target:
    """One request, sent over and over; `path` may hold `{n}`, which then rises."""

    name: str
    address: str
    path: str
    headers: tuple[str, ...] = ()
    status: int = 200

    def requests(self) -> list[bytes]:
        """As they go over the wire."""
        host = urlsplit(self.address).netloc
        lines = "".join(f"{header}\r\n" for header in self.headers)
        return [f"GET {self.path} HTTP/1.1\r\nHost: {host}\r\n{lines}\r\n".encode()]


class _Client(asyncio.BufferedProtocol):
    """One connection that always has one request under way."""

    def __init__(self, request: bytes, size: int, counts: list[int]) -> None:
        self._request, self._size, self._counts = request, size, counts
        self._missing = size
        self._buffer = bytearray(1 << 20)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._missing -= nbytes
        if self._missing == 0:
            self._counts[0] += 1
            self._missing = self._size
            self._transport.write(self._request)
        elif self._missing < 0:
            raise SystemExit("an answer was longer than the first one")


async def _size_of(host: str, port: int, target: Target) -> int:
    """Bytes of the whole answer, head and body, which must have the status that is expected."""
    reader, writer = await asyncio.open_connection(host, port, limit=1 << 26)
    writer.write(target.requests()[0])
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split()[1])
    if status != target.status:
        raise SystemExit(f"{target.name}: {target.path} answered {status}")
    fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:] if line)
    length = int(fields.get(b"content-length", 0))
    await reader.readexactly(length)
    writer.close()
    return len(head) + length


async def _run(target: Target, seconds: float) -> float:
    place = urlsplit(target.address)
    assert place.hostname
    assert place.port
    size = await _size_of(place.hostname, place.port, target)
    counts = [0]
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(
            lambda: _Client(target.requests()[0], size, counts), place.hostname, place.port
        )
        for _ in range(CONNECTIONS)
    ]
    await asyncio.sleep(seconds / 5)
    before, begun = counts[0], time.perf_counter()
    await asyncio.sleep(seconds)
    rate = (counts[0] - before) / (time.perf_counter() - begun)
    for transport, _ in opened:
        transport.close()
    return rate


def _measure(target: Target, seconds: float, answer: multiprocessing.Queue[float]) -> None:
    answer.put(uvloop.run(_run(target, seconds)))


def rate(target: Target, *, seconds: float) -> float:
    """Requests per second over 16 connections, from a process of its own."""
    context = multiprocessing.get_context("spawn")
    answer: multiprocessing.Queue[float] = context.Queue()
    process = context.Process(target=_measure, args=(target, seconds, answer))
    process.start()
    found = answer.get(timeout=seconds * 3 + 20)
    process.join()
    return found
