"""Real servers for every test: those of the environment, or embedded ones thrown away afterwards."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import hypothesis
import pytest
from fastapi import FastAPI

from domain.access import actions as access
from schemas.access import KeyDraft, Scope
from services.api.main import create_app
from services.database import Sessions, open_engine, sessions_of
from services.loading import SHIPPED, load
from services.migrating import migrate
from services.sandbox import Sandbox
from services.settings import Settings
from services.stack.postgres import EmbeddedPostgres
from services.stack.redis import EmbeddedRedis
from tests.worker_in_process import Worker

hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
"""What passes once passes again, also when slow. `--hypothesis-profile default` tries other examples."""

hypothesis.settings.load_profile("repeatable")

TEST_NAME = f"focalpoint_test_{uuid4().hex[:12]}"


@dataclass(frozen=True)
class Servers:
    """Where PostgreSQL and Redis are, and the names under which this run may make things there."""

    database_url: str
    redis_url: str
    prefix: str = TEST_NAME

    def with_database(self, name: str) -> Servers:
        return replace(self, database_url=f"{self.database_url.rpartition('/')[0]}/{name}")

    def settings(self, home: Path) -> Settings:
        return Settings(
            home=home,
            database_url=self.database_url,
            redis_url=self.redis_url,
            redis_prefix=self.prefix,
            smtp_url=None,
            database_pool=5,
            encoder="off",
        )


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """The environment's servers where it names them, else embedded ones without durability."""
    given = Settings()
    home = tmp_path_factory.mktemp("servers")
    home.chmod(0o755)
    database_url, redis_url = given.database_url, given.redis_url
    postgres, redis = EmbeddedPostgres(home, durable=False), EmbeddedRedis(home, persist=False)
    if database_url is None:
        postgres.start()
        database_url = postgres.url
    if redis_url is None:
        redis.start()
        redis_url = redis.url
    yield Servers(database_url, redis_url)
    redis.stop()
    postgres.stop()


async def execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
async def template(servers: Servers) -> AsyncIterator[str]:
    """A database that the migrations built and the shipped catalogue filled, of an installation that has
    kept reports since the first year of their schedules.
    """
    name = f"{TEST_NAME}_template"
    await execute(servers.database_url, f'CREATE DATABASE "{name}"')
    url = servers.with_database(name).database_url
    engine = open_engine(url, pool=2)
    await migrate(engine)
    await load(sessions_of(engine), SHIPPED)
    for file in ("states.yaml", "memberships.yaml"):
        await load(sessions_of(engine), SHIPPED / "samples" / file)
    await engine.dispose()
    await execute(url, "UPDATE reporting_schedules SET kept_from = make_date(first, 1, 1)")
    yield name
    await execute(servers.database_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def place(servers: Servers, template: str) -> AsyncIterator[Servers]:
    """The servers with a database of the test's own, ready for use."""
    name = f"{TEST_NAME}_{uuid4().hex[:8]}"
    await execute(servers.database_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    yield servers.with_database(name)
    await execute(servers.database_url, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def settings(place: Servers, tmp_path: Path) -> Settings:
    return place.settings(tmp_path)


@pytest.fixture
async def sessions(settings: Settings) -> AsyncIterator[Sessions]:
    engine = open_engine(settings.require_database(), pool=5)
    yield sessions_of(engine)
    await engine.dispose()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One child process for all tests that read documents: starting it takes longer than most tests."""
    shared = Sandbox(seconds=30, megabytes=2_000)
    yield shared
    shared.close()


@pytest.fixture
async def app(settings: Settings, sandbox: Sandbox) -> AsyncIterator[FastAPI]:
    made = create_app(settings, sandbox=sandbox)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def anonymous(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


KeyMaker = Callable[..., Awaitable[str]]


@pytest.fixture
def make_key(sessions: Sessions) -> KeyMaker:
    """Makes an API key with scopes, perhaps bound to a State; returns its secret."""

    async def make(*scopes: Scope, state: str | None = None) -> str:
        async with sessions.begin() as session:
            draft = KeyDraft(name=f"test {state or ''}".strip(), scopes=list(scopes), state=state)
            _, secret = await access.issue_key(session, draft)
        return secret

    return make


ClientMaker = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def client_with(app: FastAPI, make_key: KeyMaker) -> AsyncIterator[ClientMaker]:
    """Makes clients whose key has the given scopes."""
    opened: list[httpx.AsyncClient] = []

    async def make(*scopes: Scope, state: str | None = None) -> httpx.AsyncClient:
        secret = await make_key(*scopes, state=state)
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://test",
            headers={"Authorization": f"Bearer {secret}"},
        )
        opened.append(client)
        return client

    yield make
    await asyncio.gather(*(client.aclose() for client in opened))


@pytest.fixture
async def admin(client_with: ClientMaker) -> httpx.AsyncClient:
    """A client that may do everything."""
    return await client_with(Scope.ADMIN)


@pytest.fixture
def worker(settings: Settings, sessions: Sessions, sandbox: Sandbox) -> Worker:
    """The worker's jobs, run in this process: `await worker.drain()` until nothing is promised."""
    return Worker(settings, sessions, sandbox)


SOAK = os.environ.get("FOCALPOINT_SOAK") == "1"
"""Fault tests run at full size; `make soak` sets it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys first: they wait more than they compute, so the quick tests beside them fill the time."""
    items.sort(key=lambda item: "journeys" not in item.path.parts)
