"""Our processes and their children, as the kernel sees them: memory that they hold, time that they took.

Linux only, like the figures themselves.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
MEGABYTE = 1024 * 1024
EVERY = 0.005


def _facts(pid: int) -> list[str]:
    """Of /proc/PID/stat, from the state on; nothing when the process has gone."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []


def family(roots: Iterable[int]) -> set[int]:
    """These processes and all that descend from them."""
    found = set(roots)
    parents = {int(entry.name): _facts(int(entry.name)) for entry in PROC.iterdir() if entry.name.isdecimal()}
    while more := {pid for pid, facts in parents.items() if facts and int(facts[1]) in found} - found:
        found |= more
    return found


def cpu_seconds(roots: Iterable[int]) -> float:
    """Taken so far by these processes and their descendants, those that have ended among them."""
    return sum(int(ticks) for pid in family(roots) for ticks in _facts(pid)[11:15]) / TICKS


def machine_cpu_seconds() -> float:
    """Taken so far by everything on this machine."""
    user, nice, system, _, _, *interrupts = (
        int(ticks) for ticks in (PROC / "stat").read_text().split("\n", 1)[0].split()[1:]
    )
    return (user + nice + system + sum(interrupts[:2])) / TICKS


def megabytes(pids: Iterable[int]) -> dict[int, float]:
    """What each holds in memory; pages that several share are counted with each."""
    return {pid: int(facts[21]) * PAGE / MEGABYTE for pid in pids if (facts := _facts(pid))}


class Watch(threading.Thread):
    """The most memory that a process and its descendants hold together, seen every 5 ms."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root = root
        self._ended = threading.Event()
        self.peak = 0.0
        self.at_peak: dict[int, float] = {}

    def run(self) -> None:
        looked = 0.0
        pids: set[int] = set()
        while not self._ended.wait(EVERY):
            if time.monotonic() - looked > 10 * EVERY:  # who there is changes less often than what they hold
                pids, looked = family([self._root]), time.monotonic()
            held = megabytes(pids)
            if (total := sum(held.values())) > self.peak:
                self.peak, self.at_peak = total, held

    def since_last(self) -> float:
        """The peak since this was last asked."""
        peak, self.peak = self.peak, 0.0
        return peak

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """What is started meanwhile runs on this core alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
