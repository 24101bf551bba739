"""A mail server that takes everything and keeps nothing: python -m bench.sink PORT"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop

END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """Answers each command as it comes; a letter ends with a dot."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._buffer = b""
        self._in_letter = False
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._step():
            pass

    def _step(self) -> bool:
        end = END if self._in_letter else b"\r\n"
        piece, found, rest = self._buffer.partition(end)
        if not found:
            return False
        self._buffer = rest
        if self._in_letter:
            self._in_letter = False
            self._transport.write(b"250 taken\r\n")
        else:
            self._answer(piece[:4].upper())
        return True

    def _answer(self, command: bytes) -> None:
        self._in_letter = command == b"DATA"
        answers = {b"DATA": b"354 go on\r\n", b"EHLO": b"250 sink\r\n", b"QUIT": b"221 bye\r\n"}
        self._transport.write(answers.get(command, b"250 fine\r\n"))
        if command == b"QUIT":
            self._transport.close()


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
