"""Everything on one machine: servers, migrations, catalogue, API and worker, in one command."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from services.settings import Settings, SettingsError
from services.stack.folders import Folder
from services.stack.postgres import EmbeddedPostgres
from services.stack.redis import EmbeddedRedis
from services.stack.supervisor import Supervisor

log = logging.getLogger(__name__)

READY_WITHIN = 60.0
POLL = 0.05
URLS = "servers.json"
ADMIN_KEY = "admin.key"

Demonstration = Callable[[str, str], None]


def run_stack(settings: Settings, *, samples: Demonstration | None = None) -> None:
    """Start the stack, print `ready http://HOST:PORT`, and stay until SIGINT or SIGTERM (status 0).

    With `samples` the sample States are loaded, and it is called with the API's address and the
    administrator's key once that is ready.

    Raises SettingsError when the port is taken or another stack runs in the same home.
    """
    home = settings.home.resolve()
    owner = Folder(home)
    if not owner.claim():
        raise SettingsError(f"Another focalpoint runs in {home}; set FOCALPOINT_HOME to another folder.")
    _check_port(settings)
    supervisor = Supervisor(home, _note)
    supervisor.listen()
    with contextlib.ExitStack() as stack:
        settings, look_after = _with_servers(settings, home, stack)
        stack.enter_context(supervisor)
        _start(supervisor, "api", settings)
        _prepare(settings, home, samples=samples is not None)
        _wait_until_ready(supervisor, settings)
        _start(supervisor, "worker", settings)
        _say(f"ready {settings.address}")
        if samples is not None:
            samples(_own_address(settings), (home / ADMIN_KEY).read_text().strip())
        supervisor.wait(look_after)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _note(line: str) -> None:
    log.info(line)


def _check_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise SettingsError(
                f"{settings.host}:{settings.port} cannot be listened on ({error.strerror}); "
                "set FOCALPOINT_PORT to another port."
            ) from None


def _with_servers(
    settings: Settings, home: Path, stack: contextlib.ExitStack
) -> tuple[Settings, Callable[[], None]]:
    """The settings with every server's address, and what brings back an embedded one that has died."""
    servers: list[EmbeddedPostgres | EmbeddedRedis] = []
    found: dict[str, str] = {}
    if settings.database_url is None:
        postgres = stack.enter_context(EmbeddedPostgres(home))
        servers.append(postgres)
        found["database_url"] = postgres.url
    if settings.redis_url is None:
        redis = stack.enter_context(EmbeddedRedis(home))
        servers.append(redis)
        found["redis_url"] = redis.url
    _remember(home, found)
    stack.callback(_forget, home)
    return settings.model_copy(update=found), _Watch(servers)


class _Watch:
    """Once a second: a server that has died is started again. Starting one that runs does nothing."""

    def __init__(self, servers: list[EmbeddedPostgres | EmbeddedRedis]) -> None:
        self._servers = servers
        self._next = 0.0

    def __call__(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 1.0
        for server in self._servers:
            server.start()


def _remember(home: Path, urls: dict[str, str]) -> None:
    """So that other commands with the same home find the servers; readable by the owner only."""
    file = home / URLS
    file.touch(mode=0o600)
    file.write_text(json.dumps(urls))


def _forget(home: Path) -> None:
    (home / URLS).unlink(missing_ok=True)


def settings_of_running_stack(settings: Settings) -> Settings:
    """The settings with the addresses of the embedded servers that run in the same home, if any do."""
    with contextlib.suppress(FileNotFoundError):
        urls = json.loads((settings.home / URLS).read_text())
        missing = {name: url for name, url in urls.items() if getattr(settings, name) is None}
        return settings.model_copy(update=missing)
    return settings


def _start(supervisor: Supervisor, name: str, settings: Settings) -> None:
    environment = {
        "FOCALPOINT_DATABASE_URL": settings.require_database(),
        "FOCALPOINT_REDIS_URL": settings.require_redis(),
    }
    supervisor.start(name, [sys.executable, "-m", f"services.{name}"], environment)


def _prepare(settings: Settings, home: Path, *, samples: bool) -> None:
    """Migrate and load the catalogue while the API is starting; it is not ready before."""
    from domain.errors import Refusal
    from services.stack.preparing import prepare

    try:
        key_is_new = asyncio.run(prepare(settings, home / ADMIN_KEY, samples=samples))
    except Refusal as refusal:
        raise SettingsError(f"The catalogue cannot be loaded: {refusal.message}") from None
    if key_is_new:
        _say(f"the administrator's API key is in {home / ADMIN_KEY}")


def _own_address(settings: Settings) -> str:
    """Where this machine reaches the API, whatever it listens on."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - compared, not bound
    return f"http://{everywhere.get(settings.host, settings.host)}:{settings.port}"


def _wait_until_ready(supervisor: Supervisor, settings: Settings) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        supervisor.tick()
        if _answers(f"{_own_address(settings)}/readyz"):
            return
        time.sleep(POLL)
    raise SettingsError(f"The API did not become ready; see {settings.home.resolve() / 'log' / 'api.log'}.")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False
