"""One database and one application for each module here, so that hundreds of small tests stay quick.

Tests of a module therefore share what they file: each takes a State or period of its own.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import structlog
from fastapi import FastAPI

from domain.access import actions as access
from schemas.access import KeyDraft, Scope
from services.api.main import create_app
from services.database import Sessions, open_engine, sessions_of
from services.sandbox import Sandbox
from services.settings import Settings
from tests.api.reminding import PostOffice, share_clock, somebody
from tests.conftest import TEST_NAME, ClientMaker, KeyMaker, Servers, execute
from tests.worker_in_process import Worker

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> Iterator[None]:
    """Tracebacks without the values of variables, which take seconds to render."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])
    yield
    structlog.reset_defaults()


@asynccontextmanager
async def database(servers: Servers, template: str) -> AsyncIterator[Servers]:
    """The servers with a database of the caller's own, dropped afterwards."""
    name = f"{TEST_NAME}_{uuid4().hex[:8]}"
    await execute(servers.database_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    yield servers.with_database(name)
    await execute(servers.database_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
async def place(servers: Servers, template: str) -> AsyncIterator[Servers]:
    async with database(servers, template) as made:
        yield made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def settings(place: Servers, home: Path) -> Settings:
    return place.settings(home)


@pytest.fixture(scope="module")
async def sessions(settings: Settings) -> AsyncIterator[Sessions]:
    engine = open_engine(settings.require_database(), pool=5)
    yield sessions_of(engine)
    await engine.dispose()


@asynccontextmanager
async def running(settings: Settings, sandbox: Sandbox) -> AsyncIterator[FastAPI]:
    made = create_app(settings, sandbox=sandbox)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture(scope="module")
async def app(settings: Settings, sandbox: Sandbox) -> AsyncIterator[FastAPI]:
    async with running(settings, sandbox) as made:
        yield made


def client_of(app: FastAPI, secret: str | None = None) -> httpx.AsyncClient:
    """A client that sees answers as they go over the wire, those about our own faults too."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        base_url="http://test",
        headers={"Authorization": f"Bearer {secret}"} if secret else None,
        trust_env=False,
    )


@pytest.fixture(scope="module")
async def anonymous(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


@pytest.fixture(scope="module")
def make_key(sessions: Sessions) -> KeyMaker:
    async def make(*scopes: Scope, state: str | None = None) -> str:
        async with sessions.begin() as session:
            draft = KeyDraft(name=f"test {state or ''}".strip(), scopes=list(scopes), state=state)
            _, secret = await access.issue_key(session, draft)
        return secret

    return make


@pytest.fixture(scope="module")
async def client_with(app: FastAPI, make_key: KeyMaker) -> AsyncIterator[ClientMaker]:
    opened: list[httpx.AsyncClient] = []

    async def make(*scopes: Scope, state: str | None = None) -> httpx.AsyncClient:
        opened.append(client_of(app, await make_key(*scopes, state=state)))
        return opened[-1]

    yield make
    await asyncio.gather(*(client.aclose() for client in opened))


@pytest.fixture(scope="module")
async def admin(client_with: ClientMaker) -> httpx.AsyncClient:
    return await client_with(Scope.ADMIN)


@pytest.fixture(scope="module")
async def reviewer(client_with: ClientMaker) -> httpx.AsyncClient:
    return await client_with(Scope.ASSESSMENTS_REVIEW)


@pytest.fixture
def worker(settings: Settings, sessions: Sessions, sandbox: Sandbox) -> Worker:
    """A worker whose clock and post office are the test's own."""
    return Worker(settings, sessions, sandbox)


@pytest.fixture
def office(app: FastAPI, worker: Worker) -> Iterator[PostOffice]:
    """The worker's post office; while it is open, the API and the worker have one clock."""
    made = PostOffice()
    worker.post = made
    share_clock(app, worker)
    yield made
    app.dependency_overrides.clear()


@pytest.fixture
def address() -> str:
    return somebody()


@dataclass(frozen=True)
class Server:
    """The API as its own process, listening on a port of this machine."""

    settings: Settings
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return self.settings.address

    def resident_megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) / 1024


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
async def server(
    servers: Servers, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Server]:
    """A real server on a database of its own, as `python -m services.api` starts it.

    A module that lets its `settings` be those of the server works on the server's database.
    """
    async with database(servers, template) as place:
        made = place.settings(tmp_path_factory.mktemp("server"))
        settings = made.model_copy(update={"port": _free_port()})
        with _serving(settings) as process:
            yield Server(settings, process)


@contextmanager
def _serving(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "services.api"]
    process = subprocess.Popen(command, env=_environment(settings), cwd=ROOT)
    try:
        _wait_until_ready(settings.address, process)
        yield process
    finally:
        process.terminate()
        process.wait(15)


def _environment(settings: Settings) -> dict[str, str]:
    return os.environ | {
        "FOCALPOINT_DATABASE_URL": settings.require_database().replace("+asyncpg", ""),
        "FOCALPOINT_REDIS_URL": settings.require_redis(),
        "FOCALPOINT_HOME": str(settings.home),
        "FOCALPOINT_PORT": str(settings.port),
        "FOCALPOINT_LOG_LEVEL": "warning",
    }


def _wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended while it started"
        try:
            if httpx.get(f"{address}/readyz", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail("the server was not ready within 30 seconds")
