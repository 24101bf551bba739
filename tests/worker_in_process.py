"""The worker without its dispatcher: promised jobs are carried out at once, by the worker's own code."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select

from domain.jobs import parts
from domain.jobs.models import Job
from services.database import Sessions
from services.sandbox import Sandbox
from services.settings import Settings
from services.worker.jobs import JOBS
from services.worker.post import LoggedPost, Post
from services.worker.runner import carry_out
from services.worker.sending import Sender
from services.worker.tools import Tools
from services.worker.webhooks import Courier


class Worker:
    """Set `now` to move its clock, `post` to give it another post office."""

    def __init__(self, settings: Settings, sessions: Sessions, sandbox: Sandbox) -> None:
        self.now: datetime | None = None
        self.post: Post = LoggedPost()
        self._settings, self._sessions, self._sandbox = settings, sessions, sandbox

    @property
    def tools(self) -> Tools:
        moment = self.now
        clock = (lambda: moment) if moment else (lambda: datetime.now(UTC))
        courier = Courier(self._sessions, self._settings)
        return Tools(self._settings, self._sessions, self._sandbox, self.post, courier, now=clock)

    async def tick(self) -> None:
        """Send all reminders that are due."""
        await Sender(self.tools).drain()

    async def drain(self) -> None:
        """Carry out every job that is due, until none is."""
        while await self.carry_out_due():
            pass

    async def carry_out_due(self) -> bool:
        """Carry out what is due now, not what it promises in turn. False when nothing was."""
        job_ids = await self._due()
        for job_id in job_ids:
            await carry_out(self.tools, job_id, JOBS)
        return bool(job_ids)

    async def _due(self) -> list:  # type: ignore[type-arg]  # of UUIDs
        async with self._sessions.begin() as session:
            await parts.follow(session)
            due = select(Job.id).where(Job.status == "queued", Job.run_after <= func.now())
            return list(await session.scalars(due.order_by(Job.id)))
