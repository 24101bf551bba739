"""Our own programs as real processes, which a test may kill, and waiting for what they do."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from services.stack import children
from services.stack.children import command_of

Answer = TypeVar("Answer")

LOOK_EVERY = 0.04
CONSOLE_SCRIPT = Path(sys.executable).with_name("focalpoint")


class Process:
    """A program of ours, in a session of its own. It ends with the tests, however they end."""

    def __init__(self, words: Sequence[str | Path], environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._popen = children.start(words, output=output, ending=signal.SIGKILL, environment=environment)

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def lives(self) -> bool:
        return self._popen.poll() is None

    @property
    def said(self) -> str:
        """What it and its children have written so far."""
        return self.log.read_text(errors="replace")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end."""
        self._popen.send_signal(number)

    def kill(self) -> None:
        """SIGKILL, for it alone: what it started must notice by itself."""
        self._popen.kill()
        self._popen.wait()

    def end(self, number: signal.Signals = signal.SIGTERM, *, within: float = 10.0) -> int:
        """Ask it to end; the status that it ends with. Raises TimeoutExpired."""
        self.stop(number)
        return self._popen.wait(within)

    def family(self) -> list[int]:
        """The processes of its session that live, without itself."""
        return [pid for pid in _pids() if pid != self.pid and _session(pid) == self.pid and command_of(pid)]

    def sweep(self) -> None:
        """Kill it and whatever is left of its session."""
        with contextlib.suppress(subprocess.TimeoutExpired, ProcessLookupError):
            self._popen.kill()
            self._popen.wait(5)
        for pid in self.family():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def processes_with(variable: str, value: str) -> list[int]:
    """Those alive whose environment has this: it is handed down to every child."""
    return [pid for pid in _pids() if command_of(pid) and f"{variable}={value}" in _environment(pid)]


def _environment(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/environ").read_text(errors="replace").split("\0")
    except OSError:  # gone, or somebody else's
        return []


async def until(ask: Callable[[], Awaitable[Answer]], *, within: float) -> Answer:
    """The first answer that is not false. Raises TimeoutError with the last one."""
    end = time.monotonic() + within
    while not (answer := await ask()):
        if time.monotonic() > end:
            raise TimeoutError(f"not within {within:g} s: {answer!r}")
        await asyncio.sleep(LOOK_EVERY)
    return answer


async def until_true(condition: Callable[[], bool], *, within: float) -> None:
    """Wait for a condition. Raises TimeoutError."""

    async def ask() -> bool:
        return condition()

    await until(ask, within=within)
