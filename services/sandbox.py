"""Reading and judging in a child process: documents come from outside, and some are made to do harm.

The child has bounds on memory and time and is killed when it passes them; the process that asked goes on.
"""

from __future__ import annotations

import asyncio
import ctypes
import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from domain.reading.documents import Unreadable

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

PR_SET_PDEATHSIG = 1
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""Options of glibc's `mallopt`."""

MEGABYTE = 1024 * 1024
STARTING = 30.0
"""Seconds beyond the work's own that may pass before a child counts as stuck."""

LARGE = 0.6
"""Share of its bound that a child may hold when it has nothing to do. The languages alone take two fifths."""

ATTEMPTS = 2
THREADS = {"RAYON_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def _confine(megabytes: int, parent: int) -> None:
    """In the child: a bound on memory, one thread, no core files, and death together with the parent.

    The bound is on what it writes to, not on addresses: libraries reserve many that they never use.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * MEGABYTE,) * 2)
    os.environ.update(THREADS)
    return_memory_early()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the signal was asked for
        os._exit(1)


def return_memory_early() -> None:
    """Have this process give memory back to the system when a large document is done with.

    Left to itself glibc keeps up to 64 MB of what was once needed, for every thread. Others are left alone.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        for option, value in ((M_ARENA_MAX, 1), (M_MMAP_THRESHOLD, MEGABYTE), (M_TRIM_THRESHOLD, MEGABYTE)):
            set_option(option, value)


def _observed(work: Callable[[], Result]) -> tuple[Result | Unreadable, float]:
    """In the child: what came of the work, a refusal among it, and how much memory is held after it."""
    try:
        return work(), _held()
    except Unreadable as refusal:
        return refusal, _held()


def _held() -> float:
    """Megabytes of this process that are in memory, where the system tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


def _retire(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # pebble has no types
    pool.join()


class Sandbox:
    """One child process, one piece of work at a time. It is started when first needed.

    A child that a document made large is replaced, so that it does not stay so.
    """

    def __init__(self, seconds: float, megabytes: int) -> None:
        self._seconds = seconds
        self._megabytes = megabytes
        self._turn = asyncio.Lock()
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=1,
            context=multiprocessing.get_context("spawn"),
            initializer=_confine,
            initargs=(self._megabytes, os.getpid()),
        )

    async def run(
        self, work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """The result of `work`. Raises Unreadable when it takes too long, too much, or ends the child.

        A cancelled caller takes its child along: the next piece of work begins in a new one.
        """
        async with self._turn:
            for _ in range(ATTEMPTS):
                try:
                    return await self._attempt(partial(work, *args, **kwargs))
                except BrokenProcessPool:  # its child had ended before the work began
                    self._replace_pool()
            raise Unreadable("document-damaged", "The reader broke down over it.")

    async def _attempt(self, work: Callable[[], Result]) -> Result:
        if not self._pool.active:  # pebble gives a whole pool up when a child ends while it has nothing to do
            self._replace_pool()
        future = self._pool.schedule(_observed, (work,), timeout=self._seconds)
        try:
            async with asyncio.timeout(self._seconds + STARTING):
                answer, held = await asyncio.wrap_future(future)
        except TimeoutError:
            if future.cancelled():
                self._replace_pool()
            raise Unreadable(
                "document-too-slow", f"Reading it took longer than {self._seconds:g} seconds.", self._seconds
            ) from None
        except MemoryError:
            await self._renew_pool()
            raise Unreadable(
                "document-too-demanding",
                f"Reading it needs more than {self._megabytes:,} megabytes of memory.",
                self._megabytes,
            ) from None
        except ProcessExpired:
            raise Unreadable("document-damaged", "The reader broke down over it.") from None
        if held > LARGE * self._megabytes:
            await self._renew_pool()
        if isinstance(answer, Unreadable):
            raise answer
        result: Result = answer
        return result

    async def run_alone(
        self, work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """As `run`, in a child that does nothing else: it has all of the bounds and leaves nothing behind."""
        await self._begin_anew()
        try:
            return await self.run(work, *args, **kwargs)
        finally:
            await self._begin_anew()

    async def _begin_anew(self) -> None:
        async with self._turn:
            await self._renew_pool()

    async def _renew_pool(self) -> None:
        """The memory of the child is given back when this returns."""
        pool, self._pool = self._pool, self._new_pool()
        await asyncio.to_thread(_retire, pool)

    def _replace_pool(self) -> None:
        """In the background, because a child may take seconds to end."""
        threading.Thread(target=_retire, args=(self._pool,), daemon=True).start()
        self._pool = self._new_pool()

    def close(self) -> None:
        _retire(self._pool)
