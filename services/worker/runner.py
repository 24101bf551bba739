"""Carrying out a promised job: claim it, keep its lease alive, record its effects once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from domain.jobs import actions, parts, rules
from domain.jobs.actions import Claim, Fenced
from schemas.jobs import Order
from services.worker.tools import Tools

log = structlog.get_logger(__name__)

SETTLE_AGAIN_AFTER = 0.5
SETTLING_ATTEMPTS = int(rules.LEASE.total_seconds() / SETTLE_AGAIN_AFTER)


UNKNOWN_KIND_WAIT = timedelta(seconds=5)
"""Until a worker of the release that knows the kind may have come."""


class GiveUp(Exception):
    """The job can never succeed: why, in a stable code and a sentence, with the limit that was passed."""

    def __init__(self, code: str, detail: str, **facts: float) -> None:
        super().__init__(code, detail)
        self.problem: dict[str, Any] = {"code": code, "detail": detail, **facts}


class NotNow(Exception):
    """What the job needs of others is away, for the reason given: tried again, after `wait` at least."""

    def __init__(self, reason: str, wait: timedelta = timedelta()) -> None:
        super().__init__(reason)
        self.wait = wait


class Run:
    """One attempt at a job, by the worker that holds it."""

    def __init__(self, tools: Tools, held: Claim) -> None:
        self.tools = tools
        self.held = held
        self.result: str | None = None
        self.recorded = False

    @asynccontextmanager
    async def record(self) -> AsyncIterator[AsyncSession]:
        """The transaction of the effects. It commits together with the job's success, or not at all."""
        async with self.tools.sessions.begin() as session:
            yield session
            await self.succeed(session)

    async def succeed(self, session: AsyncSession) -> None:
        """End the job in this transaction, which is also that of its effects."""
        await actions.succeed(session, self.held, result=self.result)
        self.recorded = True

    @asynccontextmanager
    async def part(self, phase: str, done: int, total: int) -> AsyncIterator[AsyncSession]:
        """The transaction of a part of the effects. It commits while the job is held, or not at all."""
        async with self.tools.sessions.begin() as session:
            yield session
            await actions.report(session, self.held, phase=phase, done=done, total=total)

    async def wait_for_parts(self, session: AsyncSession, phase: str) -> bool:
        """Let go of the job, in this transaction, until its parts have ended. False when they have."""
        self.recorded = await parts.wait(session, self.held, phase=phase)
        return self.recorded

    async def report(self, phase: str, done: int, total: int) -> None:
        """Tell those who watch how far the job is."""
        async with self.part(phase, done, total):
            pass


Work = Callable[[Run, Any], Awaitable[None]]


async def carry_out(tools: Tools, job_id: UUID, jobs: dict[str, tuple[type[Order], Work]]) -> None:
    """Carry the job out, unless it is finished, cancelled or held by another worker."""
    async with tools.sessions.begin() as session:
        held = await actions.claim(session, job_id, owner=tools.name)
    if held is None:
        return
    run = Run(tools, held)
    if held.kind not in jobs:
        log.warning("job of a later release given back", job=str(held.id), kind=held.kind)
        await _settle(run, partial(actions.let_go, wait=UNKNOWN_KIND_WAIT))
        return
    body = asyncio.create_task(_complete(run, *jobs[held.kind]))
    beats = asyncio.create_task(_keep_alive(run))
    try:
        await asyncio.wait({body, beats}, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        await _stop(body, beats)
        await asyncio.shield(_settle(run, actions.let_go))
        raise
    await _stop(body, beats)
    await _conclude(run, body)


async def _complete(run: Run, shape: type[Order], work: Work) -> None:
    await work(run, shape.model_validate(run.held.arguments))
    if not run.recorded:
        async with run.record():
            pass


async def _keep_alive(run: Run) -> None:
    """Renews the lease until the job is no longer held: taken over, or cancelled.

    A job that has written its end is held by nobody as soon as that commits. What the server does afterwards,
    such as dropping the tables of a large import, may take longer than a heartbeat, and is not a loss.
    """
    while True:
        await asyncio.sleep(rules.HEARTBEAT)
        try:
            async with run.tools.sessions.begin() as session:
                await actions.hold(session, run.held)
        except Fenced:
            if not run.recorded:
                return
        except Exception as error:  # the lease may outlive a database that is away for a moment
            log.warning("heartbeat missed", job=str(run.held.id), error=type(error).__name__)


async def _stop(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _conclude(run: Run, body: asyncio.Task[None]) -> None:
    """Record how the attempt ended. A fenced one records nothing: the job is somebody else's now."""
    error = None if body.cancelled() else body.exception()
    about = {"job": str(run.held.id), "kind": run.held.kind}
    if body.cancelled() or isinstance(error, Fenced):
        log.warning("job taken away", **about)
    elif isinstance(error, GiveUp):
        log.info("job given up", **about, **error.problem)
        await _settle(run, lambda session, held: actions.fail(session, held, error.problem))
    elif isinstance(error, NotNow):
        log.warning("job waits", **about, reason=str(error))
        await _try_again(run, str(error), after=error.wait)
    elif error is not None:
        log.error("job failed for now", **about, exc_info=error)
        await _try_again(run, f"The last attempt ended with {type(error).__name__}.")


async def _try_again(run: Run, detail: str, *, after: timedelta = timedelta()) -> None:
    wait = max(after, rules.wait_before(run.held.epoch, jitter=random.uniform(0.5, 1.5)))  # noqa: S311 - not a secret
    problem = {"code": "attempt-failed", "detail": detail}
    await _settle(run, lambda session, held: actions.try_again(session, held, problem, wait=wait))


async def _settle(run: Run, end: Callable[[AsyncSession, Claim], Awaitable[None]]) -> None:
    """Tried for as long as a lease, as the database may be away: then the job is taken back in any case."""
    for _ in range(SETTLING_ATTEMPTS):
        try:
            async with run.tools.sessions.begin() as session:
                await end(session, run.held)
        except Fenced:
            return
        except Exception as error:
            log.warning("end not recorded", job=str(run.held.id), error=type(error).__name__)
            await asyncio.sleep(SETTLE_AGAIN_AFTER)
        else:
            return
