"""Keeping our own processes running beside each other, and ending them together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Self

from services.stack import children

FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 5.0
SETTLED_AFTER_SECONDS = 30.0
GRACE_SECONDS = 10.0
TICK_SECONDS = 0.05


@dataclass
class Child:
    """A command to be kept running: its present process, or the time of its next one."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay: float = 0.0
    due: float = 0.0
    restarts: int = 0


class Supervisor:
    """Starts commands, starts again those that exit, and ends all of them, in the reverse order, with itself.

    What a child writes is appended to `home/log/<name>.log`. `report` is given a line for each thing that
    happens. Use it once, from the main thread.

    From the first start until `stop` is done, SIGINT and SIGTERM are its own: one that arrives before `wait`
    raises SystemExit (status 0), so that leaving the `with` ends the children in order. A second one changes
    nothing.
    """

    def __init__(self, home: Path, report: Callable[[str], None], *, grace: float = GRACE_SECONDS) -> None:
        self._log = home / "log"
        self._report = report
        self._grace = grace
        self._children: dict[str, Child] = {}
        self._is_waiting = False
        self._is_ending = False
        self._former_handlers: dict[signal.Signals, Any] = {}

    def start(
        self, name: str, command: Sequence[str | Path], environment: Mapping[str, str] | None = None
    ) -> None:
        """Start `command` and keep it running; `environment` is added to ours.

        Raises OSError or ChildFailed when it cannot be started, ValueError when the name is taken.
        """
        if name in self._children:
            raise ValueError(f"{name} is already being kept running")
        self.listen()
        child = self._children[name] = Child(name, command, environment or {})
        try:
            self._launch(child)
        except (OSError, children.ChildFailed):
            del self._children[name]
            raise

    def pid(self, name: str) -> int | None:
        """The process of a child; None between its end and its next start."""
        process = self._children[name].process
        return None if process is None else process.pid

    def restarts(self, name: str) -> int:
        """How often a child has been started again."""
        return self._children[name].restarts

    def tick(self) -> None:
        """Notice the children that have exited, and start again those whose delay is over."""
        for child in self._children.values():
            if child.process is None and time.monotonic() >= child.due:
                self._start_again(child)
            elif child.process is not None and child.process.poll() is not None:
                self._note_exit(child, child.process)

    def wait(self, also: Callable[[], None] | None = None) -> None:
        """Keep the children running, and `also` run, until SIGINT or SIGTERM arrives; then return."""
        self.listen()
        self._is_waiting = True
        while not self._is_ending:
            self.tick()
            if also is not None:
                also()
            time.sleep(TICK_SECONDS)

    def stop(self) -> None:
        """End all children, the last started first: SIGTERM, and SIGKILL after the grace. None is left."""
        self._is_ending = True
        for name, child in reversed(self._children.items()):
            if child.process is not None:
                self._end(name, child.process)
        self._children.clear()
        for number, handler in self._former_handlers.items():
            signal.signal(number, handler)
        self._former_handlers.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _launch(self, child: Child) -> None:
        self._log.mkdir(parents=True, exist_ok=True)
        with (self._log / f"{child.name}.log").open("ab") as output:
            child.process = children.start(
                child.command, output=output, ending=signal.SIGTERM, environment=child.environment
            )
        child.started = time.monotonic()
        self._report(f"{child.name} started (process {child.process.pid})")

    def _start_again(self, child: Child) -> None:
        child.restarts += 1
        try:
            self._launch(child)
        except (OSError, children.ChildFailed) as error:
            self._schedule(child, f"could not be started ({error})", lived=0.0)

    def _note_exit(self, child: Child, process: subprocess.Popen[bytes]) -> None:
        _sweep(process)
        self._schedule(child, _describe(process.returncode), lived=time.monotonic() - child.started)

    def _schedule(self, child: Child, event: str, *, lived: float) -> None:
        child.process = None
        child.delay = next_delay(child.delay, lived=lived)
        child.due = time.monotonic() + child.delay
        self._report(f"{child.name} {event}; starting again in {child.delay:g} s")

    def _end(self, name: str, process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        try:
            process.wait(self._grace)
        except subprocess.TimeoutExpired:
            self._report(f"{name} did not end within {self._grace:g} s and is killed")
            process.kill()
            process.wait()
        _sweep(process)
        self._report(f"{name} {_describe(process.returncode)}")

    def listen(self) -> None:
        """Take over SIGINT and SIGTERM now, before anything has been started."""
        for number in (signal.SIGINT, signal.SIGTERM):
            if number not in self._former_handlers:
                self._former_handlers[number] = signal.signal(number, self._note_signal)

    def _note_signal(self, _number: int, _frame: FrameType | None) -> None:
        is_first, self._is_ending = not self._is_ending, True
        if is_first and not self._is_waiting:
            raise SystemExit(0)


def next_delay(last: float, *, lived: float) -> float:
    """Seconds before a child is started again: twice the last delay, unless it ran well for a while."""
    if lived >= SETTLED_AFTER_SECONDS:
        return FIRST_DELAY_SECONDS
    return min(max(last * 2, FIRST_DELAY_SECONDS), LONGEST_DELAY_SECONDS)


def _describe(status: int) -> str:
    return f"ended with status {status}" if status >= 0 else f"was ended by {signal.Signals(-status).name}"


def _sweep(process: subprocess.Popen[bytes]) -> None:
    """Kill what a child that is gone left in its session: it would hold the ports the next one needs."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS says the latter of a zombie
        os.killpg(process.pid, signal.SIGKILL)
