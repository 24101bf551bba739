"""The folder of one server: whose it is, and what must be remembered from one start to the next."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

# Below the ports that systems hand to outgoing connections (32768 and up): a client that retries while the
# server is down can then neither take its port nor connect to itself.
PORTS = range(20_000, 32_000)
HOST = "127.0.0.1"


@dataclass(frozen=True)
class State:
    """How to reach a server, and the process that last was it."""

    password: str
    port: int | None = None
    pid: int | None = None


class Folder:
    """One server's folder, made when it is missing. At most one process owns it at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None
        path.mkdir(parents=True, exist_ok=True)

    def claim(self) -> bool:
        """Become the owner, until `release` or the end of this process. False when another is."""
        if self._lock is not None:
            return True
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return False
        self._lock = lock
        return True

    def release(self) -> None:
        """Let another become the owner."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def read(self) -> State:
        """What was last written. Raises FileNotFoundError before that."""
        return State(**json.loads((self.path / "state.json").read_text()))

    def write(self, state: State) -> None:
        """Replace the state, whole or not at all, for its owner's eyes only (mode 0600)."""
        draft = self.path / "state.json.draft"
        draft.unlink(missing_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(state), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / "state.json")


def free_port(preferred: int | None) -> int:
    """A local TCP port nobody listens on: the preferred one where possible."""
    if preferred is not None and _is_free(preferred):
        return preferred
    candidates = secrets.SystemRandom().sample(PORTS, 100)
    return next(port for port in candidates if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
