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
from typing import ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from domain.reading.documents import Unreadable

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

PR_SET_PDEATHSIG = 1
MEGABYTE = 1024 * 1024
STARTING = 30.0
"""Seconds beyond the work's own that may pass before a child counts as stuck."""

ATTEMPTS = 2
THREADS = {"RAYON_NUM_THREADS": "1"}


def _confine(megabytes: int, parent: int) -> None:
    """In the child: a bound on memory, one thread, no core files, and death together with the parent.

    The bound is on what it writes to, not on addresses: libraries reserve many that they never use.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * MEGABYTE,) * 2)
    os.environ.update(THREADS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the signal was asked for
        os._exit(1)


def _retire(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # pebble has no types
    pool.join()


class Sandbox:
    """One child process, one piece of work at a time. It is started when first needed."""

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
        future = self._pool.schedule(work, timeout=self._seconds)
        try:
            async with asyncio.timeout(self._seconds + STARTING):
                result: Result = await asyncio.wrap_future(future)
        except TimeoutError:
            if future.cancelled():
                self._replace_pool()
            raise Unreadable(
                "document-too-slow", f"Reading it took longer than {self._seconds:g} seconds.", self._seconds
            ) from None
        except MemoryError:
            raise Unreadable(
                "document-too-demanding",
                f"Reading it needs more than {self._megabytes:,} megabytes of memory.",
                self._megabytes,
            ) from None
        except ProcessExpired:
            raise Unreadable("document-damaged", "The reader broke down over it.") from None
        return result

    def _replace_pool(self) -> None:
        """In the background, because a child may take seconds to end."""
        threading.Thread(target=_retire, args=(self._pool,), daemon=True).start()
        self._pool = self._new_pool()

    def close(self) -> None:
        _retire(self._pool)
