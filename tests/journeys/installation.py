"""An installation of focalpoint: a database and a key prefix of its own, and processes that use them."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx
from sqlalchemy import func, select

from domain.access.rules import Actor
from domain.assessments.models import Assessment, Finding
from domain.crosswalks.models import CrosswalkItem
from domain.jobs import actions as jobs
from domain.jobs.models import Job
from domain.reading.documents import PLAIN
from domain.submissions import actions
from domain.submissions.actions import File
from domain.submissions.models import Passage
from schemas.access import Scope
from schemas.submissions import SectionDraft, SubmissionMetadata
from services.database import Sessions
from services.loading import SHIPPED
from services.settings import Settings
from services.stack.folders import HOST, free_port
from services.stack.postgres import EmbeddedPostgres
from services.stack.redis import EmbeddedRedis
from tests.journeys.post_office import PostOffice
from tests.journeys.processes import Process, until

FILER = Actor(uuid4(), "focal point of Costaluna", frozenset({Scope.ADMIN}))
CRITERIA = 16
UNFINISHED = ("queued", "running")
SAMPLE = SHIPPED / "samples" / "xcc-2024.txt"
PAGES_OF_SAMPLE = 4

_months = itertools.count()


@dataclass(frozen=True)
class Promised:
    """A report that was handed in, and the job that was promised for it."""

    submission: UUID
    job: UUID


@dataclass
class Installation:
    """Its servers may be killed and emptied. Its processes stay from test to test until one is ended."""

    settings: Settings
    sessions: Sessions
    postgres: EmbeddedPostgres
    redis: EmbeddedRedis
    key: str
    post_office: PostOffice
    environment: dict[str, str]
    started: list[Process] = field(default_factory=list)

    def workers(self, number: int) -> list[Process]:
        """Exactly so many that run: those that do already, as far as they are wanted, and new ones."""
        running = self._running("worker")
        for surplus in running[number:]:
            surplus.end()
        return running[:number] + [self.start_worker() for _ in range(number - len(running))]

    def start_worker(self, **environment: str) -> Process:
        return self._start("worker", **environment)

    def api(self) -> Process:
        """The one that runs, or a new one."""
        return next(iter(self._running("api")), None) or self._start("api")

    def second_api(self, port: int, **environment: str) -> Process:
        """Another process of the API, on a port of its own."""
        return self._start("api", log="second", FOCALPOINT_PORT=str(port), **environment)

    def _running(self, name: str) -> list[Process]:
        return [one for one in self.started if one.log.name.startswith(name) and one.lives]

    def _start(self, name: str, log: str | None = None, **environment: str) -> Process:
        written = self.settings.home / "log" / f"{log or name}-{len(self.started)}.log"
        command = [sys.executable, "-m", f"services.{name}"]
        process = Process(command, self.environment | environment, written)
        self.started.append(process)
        return process

    def sweep(self) -> None:
        for process in self.started:
            process.sweep()
        self.started.clear()

    def client(self, port: int | None = None) -> httpx.AsyncClient:
        """A client of the API, or of the one on another port, that may do everything."""
        address = f"http://{HOST}:{port}" if port else self.settings.address
        return httpx.AsyncClient(
            base_url=address, headers={"Authorization": f"Bearer {self.key}"}, timeout=10
        )

    async def until_api_answers(self, port: int | None = None) -> None:
        async with self.client(port) as client:
            await until(lambda: _is_ready(client), within=15)

    async def hand_in(self, *documents: bytes, framework: str = "ccm") -> Promised:
        """A report of these documents, or of one short section; acknowledged once this returns."""
        files = [File(f"{number}.txt", PLAIN, content) for number, content in enumerate(documents)]
        sections = [] if files else [SectionDraft(key="a", text="Women take part in clearance.")]
        async with self.sessions.begin() as session:
            submission = await actions.file(
                session,
                next_report(framework),
                sections=sections,
                files=files,
                actor=FILER,
                today=now().date(),
            )
            job = await actions.submit(session, submission, actor=FILER, now=now())
        return Promised(submission.id, job.id)

    async def job(self, promised: Promised) -> Job:
        async with self.sessions() as session:
            return await session.get_one(Job, promised.job)

    async def until_read(self, promised: Promised) -> Job:
        """The job, once a worker is reading the documents."""

        async def being_read() -> Job | None:
            job = await self.job(promised)
            return job if job.status == "running" and job.phase == "reading-and-assessing" else None

        job = await until(being_read, within=15)
        assert job is not None
        return job

    async def until_some_finished(self, promised: Sequence[Promised], some: int) -> None:
        async def enough() -> bool:
            return await self.how_many(promised, "succeeded") >= some

        await until(enough, within=15)

    async def until_finished(self, promised: Sequence[Promised], *, within: float) -> list[Job]:
        async def all_finished() -> list[Job] | None:
            async with self.sessions() as session:
                wanted = select(Job).where(Job.id.in_([one.job for one in promised]))
                jobs = list(await session.scalars(wanted))
            return jobs if not any(job.status in UNFINISHED for job in jobs) else None

        jobs = await until(all_finished, within=within)
        assert jobs is not None
        return jobs

    async def how_many(self, promised: Sequence[Promised], *statuses: str) -> int:
        async with self.sessions() as session:
            wanted = select(func.count()).where(
                Job.id.in_([one.job for one in promised]), Job.status.in_(statuses)
            )
            return await session.scalar(wanted) or 0

    async def cancel(self, promised: Promised) -> None:
        async with self.sessions.begin() as session:
            job = await session.get_one(Job, promised.job, with_for_update=True)
            jobs.cancel(job, actor=FILER, now=now())

    async def must_be_complete_and_single(self, promised: Sequence[Promised]) -> None:
        """One assessment per report, with one finding per criterion and its crosswalk; no passage twice."""
        ids = [one.submission for one in promised]
        assessments = (
            select(
                Assessment.submission_id,
                func.count(Assessment.id.distinct()),
                func.count(Finding.id.distinct()),
                func.count(CrosswalkItem.id.distinct()) > 0,
            )
            .outerjoin(Finding, Finding.assessment_id == Assessment.id)
            .outerjoin(CrosswalkItem, CrosswalkItem.assessment_id == Assessment.id)
            .where(Assessment.submission_id.in_(ids))
            .group_by(Assessment.submission_id)
        )
        repeated = (
            select(Passage.submission_id, Passage.number)
            .where(Passage.submission_id.in_(ids))
            .group_by(Passage.submission_id, Passage.number)
            .having(func.count() > 1)
        )
        async with self.sessions() as session:
            found = {row[0]: tuple(row[1:]) for row in await session.execute(assessments)}
            assert found == dict.fromkeys(ids, (1, CRITERIA, True))
            assert not (await session.execute(repeated)).all()

    async def must_have_no_effects(self, promised: Promised) -> None:
        async with self.sessions() as session:
            for table in (Assessment, Passage):
                wanted = select(func.count()).where(table.submission_id == promised.submission)
                assert await session.scalar(wanted) == 0


async def _is_ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).status_code == 200
    except httpx.TransportError:
        return False


def now() -> datetime:
    return datetime.now(UTC)


def next_report(framework: str = "ccm") -> SubmissionMetadata:
    """A report that nobody has filed: three sample States, and fifty years of months for each."""
    months, state = divmod(next(_months), 3)
    years, month = divmod(months, 12)
    return SubmissionMetadata(
        framework=framework, state=("XAA", "XBB", "XCC")[state], period=f"{1960 + years}-{month + 1:02}"
    )


def long_report(pages: int) -> bytes:
    """Plain text of about so many pages; reading it takes about 6 ms a page."""
    text = SAMPLE.read_text()
    return "\n\n".join(text for _ in range(pages // PAGES_OF_SAMPLE)).encode()


def settings_for(home: Path, database_url: str, redis_url: str, prefix: str) -> Settings:
    return Settings(
        home=home,
        host=HOST,
        port=free_port(None),
        database_url=database_url,
        redis_url=redis_url,
        redis_prefix=prefix,
        smtp_url=None,
        database_pool=5,
    )
