"""Sending what is due, straight from the ledger: no queue stands between, so there is none to lose.

A worker has at most `FOCALPOINT_SENDS_IN_FLIGHT` letters under way whose end is not recorded. That many may
be sent a second time, with the same `Message-ID`, when the worker is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import deque
from datetime import timedelta

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from domain.reminders import rules
from domain.reminders.ledger import claiming
from domain.reminders.ledger.claiming import Claimed, Held, Outcome, Result
from domain.reminders.rules import Pace
from services.worker.correspondence import carry
from services.worker.outage import Outage
from services.worker.places import Places
from services.worker.post import PostAway, PostUnavailable, Unanswered, Undeliverable
from services.worker.tools import Tools

log = structlog.get_logger(__name__)

POLL = 0.5
"""Seconds between two looks at the ledger when nothing was due at the first."""

WITHOUT_POST = tuple(channel for channel in claiming.CHANNELS if channel != "email")
LOOK_FOR_EXPIRED = 1.0
LEAVE_WITHIN = 1.5
"""Seconds in which letters under way may still be taken when the worker is asked to stop, and in which the
database may take what became of them.
"""


class Sender:
    """The sending of one worker. `turn` is one look at the ledger; `run` makes them for ever."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._slots = tools.settings.sends_in_flight
        self._places = Places(self._slots)
        self._outage = Outage()
        self._under_way: dict[asyncio.Task[None], Held] = {}
        self._ended: deque[Result] = deque()
        self._woken = asyncio.Event()
        self._expired_looked_for = 0.0

    async def run(self) -> None:
        """Until cancelled. An outage of the database is waited out; what ended then is recorded after."""
        try:
            while True:
                try:
                    more = await self._whole_turn()
                except Exception as error:
                    log.warning("sending waits", error=type(error).__name__, detail=str(error)[:200])
                    more = False
                    await asyncio.sleep(POLL)
                if not more:
                    await self._wait()
        finally:
            await self._leave()

    async def _whole_turn(self) -> bool:
        """One that is not cut short while the database answers: what it has taken is given back."""
        turn = asyncio.create_task(self.turn())
        try:
            return await asyncio.shield(turn)
        except asyncio.CancelledError:
            await asyncio.wait({turn}, timeout=LEAVE_WITHIN)
            turn.cancel()
            await asyncio.gather(turn, return_exceptions=True)
            raise

    async def turn(self) -> bool:
        """Record what has ended, and begin what is due. Whether there may be more to begin at once."""
        self._woken.clear()
        ended = list(self._ended)
        free = self._slots - len(self._under_way)
        async with self._tools.sessions.begin() as session:
            await self._take_back(session)
            await claiming.record(session, ended, owner=self._tools.name)
            claimed = await self._claim(session, free)
        for _ in ended:
            self._ended.popleft()
        for held in claimed.letters:
            self._begin(held)
        if claimed.skipped:
            log.info("reminders skipped", number=claimed.skipped)
        return bool(claimed.skipped) or 0 < len(claimed.letters) < free

    async def _claim(self, session: AsyncSession, free: int) -> Claimed:
        if not free:
            return Claimed([], 0)
        letters = self._outage.letters(free)
        return await claiming.claim(
            session,
            owner=self._tools.name,
            lease=self._tools.settings.send_lease,
            most=letters or free,
            now=self._tools.now(),
            channels=claiming.CHANNELS if letters else WITHOUT_POST,
            full=self._places.full(),
            room=self._places.room,
        )

    async def drain(self) -> None:
        """Send all that is due by now, and record it."""
        while await self.turn() or self._under_way or self._ended:
            if self._under_way:
                await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)

    async def _take_back(self, session: AsyncSession) -> None:
        if time.monotonic() - self._expired_looked_for < LOOK_FOR_EXPIRED:
            return
        expired = await claiming.take_back_expired(session)
        self._expired_looked_for = time.monotonic()
        if expired:
            log.warning("reminders taken back from a lost worker", number=expired)

    async def _wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL):
                await self._woken.wait()

    def _begin(self, held: Held) -> None:
        self._places.enter(held.place)
        task = asyncio.create_task(self._send(held))
        self._under_way[task] = held
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        held = self._under_way.pop(task)
        if task.cancelled():
            self._note(held, "given-back", "The worker was stopped.")
        self._woken.set()

    async def _send(self, held: Held) -> None:
        begun = time.monotonic()
        try:
            async with asyncio.timeout(self._tools.settings.send_seconds):
                await carry(self._tools, held.lines)
        except (Undeliverable, PostUnavailable) as failure:
            self._fail(held, failure)
        except TimeoutError:
            self._put_off(held, "unanswered", "It was not taken in time.", rules.PERHAPS_TAKEN)
        except Exception as error:  # of ours: the others are to go out all the same
            _report(error, held)
            self._put_off(held, "postponed", f"The attempt ended with {type(error).__name__}.")
        else:
            self._post_is_there(held)
            self._note(held, "sent")
        finally:
            self._places.leave(held.place, seconds=time.monotonic() - begun)

    def _fail(self, held: Held, failure: Undeliverable | PostUnavailable) -> None:
        if isinstance(failure, PostAway):
            self._outage.begin()
            self._put_off(held, "postponed", str(failure), rules.FOR_ALL)
            return
        self._post_is_there(held)
        if isinstance(failure, Undeliverable):
            self._note(held, "refused", str(failure))
        elif isinstance(failure, Unanswered):
            self._put_off(held, "unanswered", str(failure), rules.PERHAPS_TAKEN)
        else:
            asked = timedelta(seconds=failure.retry_after or 0)
            self._put_off(held, "postponed", str(failure), at_least=asked)

    def _post_is_there(self, held: Held) -> None:
        if held.lines[0].channel not in WITHOUT_POST:
            self._outage.end()

    def _put_off(
        self,
        held: Held,
        outcome: Outcome,
        answer: str,
        pace: Pace = rules.FOR_ONE,
        *,
        at_least: timedelta = timedelta(),
    ) -> None:
        jitter = random.uniform(0.5, 1.5)  # noqa: S311 - not a secret
        wait = max(at_least, rules.wait_before(held.attempts[0], pace, jitter=jitter))
        self._note(held, outcome, answer, wait=wait)

    def _note(
        self, held: Held, outcome: Outcome, answer: str | None = None, *, wait: timedelta = timedelta()
    ) -> None:
        self._ended.append(Result(held, outcome, self._tools.now(), answer, wait))
        if outcome != "sent":
            log.info(f"reminder {outcome}", delivery=str(held.lines[0].id), attempt=held.attempts[0])

    async def _leave(self) -> None:
        """Let letters under way be taken for a moment, give back the others, and record all of it."""
        if self._under_way:
            _, unfinished = await asyncio.wait(self._under_way, timeout=LEAVE_WITHIN)
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)
        with contextlib.suppress(Exception):  # what cannot be recorded is taken back when its lease ends
            async with asyncio.timeout(LEAVE_WITHIN), self._tools.sessions.begin() as session:
                await claiming.record(session, self._ended, owner=self._tools.name)


def _report(error: Exception, held: Held) -> None:
    """That a database is away is known without a traceback."""
    away = isinstance(error, DBAPIError) and error.connection_invalidated
    tell = log.warning if away else log.exception
    tell("reminder not sent", delivery=str(held.lines[0].id), error=type(error).__name__)
