"""Reading and judging in a child process: documents come from outside, and some are made to do harm.

The child has bounds on memory and time and is killed when it passes them; the process that asked goes on.
"""

from __future__ import annotations

import asyncio
import ctypes
import multiprocessing
import resource
import signal
import sys
from collections.abc import Callable
from concurrent.futures import TimeoutError as TookTooLong
from typing import ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from domain.reading.documents import Unreadable

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

PR_SET_PDEATHSIG = 1
MEGABYTE = 1024 * 1024


def _confine(megabytes: int) -> None:
    """In the child: a bound on memory, no core files, and death together with the parent."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class Sandbox:
    """One child process, one piece of work at a time. It is started when first needed."""

    def __init__(self, seconds: float, megabytes: int) -> None:
        self._seconds = seconds
        self._turn = asyncio.Lock()
        self._pool = ProcessPool(
            max_workers=1,
            context=multiprocessing.get_context("spawn"),
            initializer=_confine,
            initargs=(megabytes,),
        )

    async def run(
        self, work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """The result of `work`. Raises Unreadable when it takes too long, too much, or ends the child.

        A cancelled caller takes its child along: the next piece of work begins in a new one.
        """
        async with self._turn:
            future = self._pool.schedule(work, args=list(args), kwargs=kwargs, timeout=self._seconds)
            try:
                result: Result = await asyncio.wrap_future(future)
            except TookTooLong:
                raise Unreadable(
                    "document-too-slow", f"Reading it took longer than {self._seconds:g} seconds."
                ) from None
            except MemoryError:
                raise Unreadable("document-too-demanding", "Reading it needs too much memory.") from None
            except ProcessExpired:
                raise Unreadable("document-damaged", "The reader broke down over it.") from None
            return result

    def close(self) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble has no types
        self._pool.join()
