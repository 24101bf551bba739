"""A focalpoint of its own on real servers, into which benchmarks file reports."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.rules import Actor
from domain.jobs.models import Job
from domain.submissions import actions
from domain.submissions.actions import File
from schemas.access import Scope
from schemas.submissions import SubmissionMetadata
from services.database import Sessions, open_engine, sessions_of
from services.settings import Settings
from services.stack.folders import HOST, free_port
from services.stack.postgres import EmbeddedPostgres
from services.stack.preparing import prepare
from services.stack.redis import EmbeddedRedis

FILER = Actor(uuid4(), "bench", frozenset({Scope.ADMIN}))
STATES = ("XAA", "XBB", "XCC")
UNFINISHED = ("queued", "running")
LOOK_EVERY = 0.05

_numbers = itertools.count()


@dataclass(frozen=True)
class Installation:
    """Its servers run already; API and workers are started and ended as wanted."""

    sessions: Sessions
    settings: Settings
    key: str

    @contextmanager
    def process(self, name: str) -> Iterator[int]:
        """`api` or `worker`, until the end of the block; its process id."""
        told = {
            "FOCALPOINT_DATABASE_URL": self.settings.require_database().replace("+asyncpg", ""),
            "FOCALPOINT_REDIS_URL": self.settings.require_redis(),
            "FOCALPOINT_REDIS_PREFIX": self.settings.redis_prefix,
            "FOCALPOINT_DATABASE_POOL": str(self.settings.database_pool),
            "FOCALPOINT_PORT": str(self.settings.port),
            "FOCALPOINT_LOG_LEVEL": "error",
        }
        others = {name: value for name, value in os.environ.items() if not name.startswith("FOCALPOINT_")}
        with subprocess.Popen([sys.executable, "-m", f"services.{name}"], env=others | told) as started:
            try:
                yield started.pid
            finally:
                started.send_signal(signal.SIGTERM)
                started.wait(20)

    @asynccontextmanager
    async def workers(self, number: int, warm: File) -> AsyncIterator[list[int]]:
        """So many workers, each of which has assessed a report already; their process ids."""
        with ExitStack() as stack:
            pids = [stack.enter_context(self.process("worker")) for _ in range(number)]
            seen: set[str | None] = set()
            while len(seen) < number:
                jobs = await self.finished(await self.hand_in([[warm]] * 2 * number), within=120)
                seen |= {job.lease_owner for job in jobs}
            yield pids

    async def hand_in(self, filings: Sequence[Sequence[File]]) -> list[UUID]:
        """The jobs that assess these, all promised at the moment in which this returns."""
        async with self.sessions.begin() as session:
            return [await _hand_in(session, files) for files in filings]

    async def finished(self, jobs: Sequence[UUID], *, within: float) -> list[Job]:
        """These jobs, once they have ended, however they did. Raises TimeoutError."""
        end = time.monotonic() + within
        left = select(func.count()).where(Job.id.in_(jobs), Job.status.in_(UNFINISHED))
        async with self.sessions() as session:
            while await session.scalar(left):
                await session.rollback()
                if time.monotonic() > end:
                    raise TimeoutError(f"not assessed within {within:g} s")
                await asyncio.sleep(LOOK_EVERY)
            return list(await session.scalars(select(Job).where(Job.id.in_(jobs))))

    async def reports(self) -> int:
        """How many have been assessed."""
        assessed = select(func.count()).where(Job.status == "succeeded")
        async with self.sessions() as session:
            return await session.scalar(assessed) or 0

    def client(self) -> httpx.Client:
        """A client of its API that may do everything."""
        return httpx.Client(
            base_url=f"{self.settings.address}/v1",
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=60,
            trust_env=False,
        )


async def _hand_in(session: AsyncSession, files: Sequence[File]) -> UUID:
    now = datetime.now(UTC)
    submission = await actions.file(session, next_report(), files=files, actor=FILER, today=now.date())
    job = await actions.submit(session, submission, actor=FILER, now=now)
    await session.flush()
    session.expunge_all()
    return job.id


def next_report() -> SubmissionMetadata:
    """A report that nobody has filed: of a sample State, and of a month since 1900."""
    months, state = divmod(next(_numbers), len(STATES))
    years, month = divmod(months, 12)
    period = f"{1900 + years}-{month + 1:02}"
    return SubmissionMetadata(framework="ccm", state=STATES[state], period=period)


@asynccontextmanager
async def installation() -> AsyncIterator[Installation]:
    """With the catalogue and no report, in a folder that is removed afterwards."""
    with _open_folder() as home, EmbeddedPostgres(home) as postgres, EmbeddedRedis(home) as redis:
        settings = Settings(
            home=home, host=HOST, port=free_port(None), database_url=postgres.url, redis_url=redis.url
        )
        key = home / "admin.key"
        await prepare(settings, key, samples=True)
        engine = open_engine(settings.require_database(), pool=2)
        try:
            yield Installation(sessions_of(engine), settings, key.read_text().strip())
        finally:
            await engine.dispose()


@contextmanager
def _open_folder() -> Iterator[Path]:
    """One that the servers' own accounts can enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
