"""Servers that nobody else uses, so that they can be killed, and an installation on them."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path

import pytest
import sqlalchemy

from services.database import open_engine, sessions_of
from services.stack.postgres import EmbeddedPostgres
from services.stack.preparing import prepare
from services.stack.redis import EmbeddedRedis
from tests.conftest import SOAK
from tests.journeys.figures import Figures
from tests.journeys.installation import Installation, settings_for
from tests.journeys.post_office import PostOffice
from tests.stack.conftest import open_folder

KEPT = ("FOCALPOINT_PG_BIN", "FOCALPOINT_SOAK")

SMTP_SECONDS = 20.0 if SOAK else 1.0
"""How long a worker waits for any one answer of a mail server: as people have it, or so that what a killed
worker held is soon sent by another."""

FIGURES = Figures()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: pytest.ExitCode) -> None:
    """Under `make soak`: what was measured."""
    if SOAK and FIGURES.noted:
        terminalreporter.section("measured")
        terminalreporter.write_line("\n".join(FIGURES.table()))
        FIGURES.keep(ok=exitstatus == pytest.ExitCode.OK)


@pytest.fixture(scope="session")
def figures() -> Figures:
    return FIGURES


@pytest.fixture(autouse=True, scope="module")
def _a_plain_environment() -> Iterator[None]:
    """What the processes are told is what the tests tell them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("FOCALPOINT_") and name not in KEPT]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where no bytecode is beside the sources, nor may be, the processes keep it together for these tests:
    each would otherwise take seconds to start.
    """
    if not sys.dont_write_bytecode or Path(cache_from_source(sqlalchemy.__file__)).exists():
        return {}
    folder = str(tmp_path_factory.mktemp("bytecode"))
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder}


@dataclass(frozen=True)
class Machine:
    """Both servers, and the key of the administrator of the database there."""

    postgres: EmbeddedPostgres
    redis: EmbeddedRedis
    key: str


@pytest.fixture(scope="session")
async def machine() -> AsyncIterator[Machine]:
    """Durable servers, as people run them; the catalogue and the sample States are loaded."""
    with open_folder() as home, EmbeddedPostgres(home) as postgres, EmbeddedRedis(home) as redis:
        settings = settings_for(home, postgres.url, redis.url, prefix="unused")
        await prepare(settings, home / "admin.key", samples=True)
        yield Machine(postgres, redis, (home / "admin.key").read_text().strip())


@pytest.fixture(scope="session")
async def installation(
    machine: Machine,
    bytecode: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Installation]:
    """One for all tests here: starting processes is what takes longest. Tests file reports of their own."""
    home, office = tmp_path_factory.mktemp("installation"), PostOffice()
    settings = settings_for(home, machine.postgres.url, machine.redis.url, prefix="journeys")
    environment = bytecode | {
        "FOCALPOINT_HOME": str(home),
        "FOCALPOINT_PORT": str(settings.port),
        "FOCALPOINT_DATABASE_URL": settings.require_database(),
        "FOCALPOINT_REDIS_URL": settings.require_redis(),
        "FOCALPOINT_REDIS_PREFIX": settings.redis_prefix,
        "FOCALPOINT_DATABASE_POOL": str(settings.database_pool),
        "FOCALPOINT_SMTP_URL": office.url,
        "FOCALPOINT_SMTP_SECONDS": str(SMTP_SECONDS),
        "FOCALPOINT_WEBHOOK_SECONDS": str(SMTP_SECONDS / 2),
    }
    engine = open_engine(settings.require_database(), pool=5)
    made = Installation(
        settings, sessions_of(engine), machine.postgres, machine.redis, machine.key, office, environment
    )
    yield made
    made.sweep()
    office.close()
    await engine.dispose()


@pytest.fixture
def office(installation: Installation) -> Iterator[PostOffice]:
    """The mail server, open and empty; quick, until the test says otherwise."""
    office = installation.post_office
    office.as_usual()
    yield office
    office.as_usual()
