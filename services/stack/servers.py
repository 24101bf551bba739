"""What every embedded server does: start once on its folder, be shared, keep its port, end with its owner."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from dataclasses import replace
from pathlib import Path
from typing import IO, Self

from services.stack import children
from services.stack.children import Identity
from services.stack.folders import Folder, State, free_port

START_SECONDS = 300  # recovery after a crash may be long, and is lost when cut short
STOP_SECONDS = 60
PAUSE_SECONDS = 0.005
RETRY_SECONDS = 0.2
# Why a server may end while it starts, and yet start later: a port that was just taken; sessions of a crashed
# PostgreSQL, too busy to have noticed.
PASSING_REASONS = ("Address already in use", "pre-existing shared memory block")


class ServerFailed(RuntimeError):
    """A server could not be started; the message ends with its own last words."""


class EmbeddedServer(ABC):
    """A server with its files in `home/<name>` and its log in `home/log/<name>.log`.

    The first to start it on a folder owns it: the server ends with that process or its `stop`. Whoever else
    starts it there meanwhile shares it and does not end it. A server whose owner is gone is ended and started
    anew.
    """

    def __init__(self, home: Path, name: str, program: Path, ending: signal.Signals) -> None:
        home = home.resolve()
        self._folder = Folder(home / name)
        self._data = self._folder.path / "data"
        self._log = home / "log" / f"{name}.log"
        self._program = program
        self._ending = ending
        self._process: subprocess.Popen[bytes] | None = None
        self._known_state: State | None = None

    def start(self) -> None:
        """Return once the server answers.

        Raises ChildFailed or ServerFailed when it cannot be made or started, TimeoutError after 300 s.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self._folder.claim():
            if self._is_shared():
                return
            _pause_until(deadline, f"the owner of {self._folder.path} has started no server")
        try:
            self._run_owned(deadline)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """End the server cleanly, if this object started it, within 60 s."""
        if self._process is not None:
            self._process.send_signal(self._ending)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._let_go()

    def kill(self) -> None:
        """End the server as a crash would (SIGKILL), if this object started it."""
        if self._process is not None:
            self._process.kill()
        self._let_go()

    def restart(self) -> None:
        """Stop and start again, on the same port where possible."""
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def _state(self) -> State:
        if self._known_state is None:
            raise RuntimeError(f"{type(self).__name__} has not been started")
        return self._known_state

    @abstractmethod
    def _create_data(self, folder: Path, identity: Identity, password: str) -> None:
        """Make the data folder `folder / "data"`, so that `identity` owns it."""

    @abstractmethod
    def _command(self, port: int) -> list[str]:
        """The words that run the server; the data folder is one of them."""

    @abstractmethod
    def _is_serving(self) -> bool:
        """Whether the process in the state is alive and takes connections."""

    def _configuration(self) -> bytes:
        """What the server reads from its standard input."""
        return b""

    def _is_shared(self) -> bool:
        try:
            self._known_state = self._folder.read()
        except FileNotFoundError:  # its owner is still making it
            return False
        return self._is_serving()

    def _run_owned(self, deadline: float) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        if self._data.exists():
            self._known_state = self._folder.read()
            self._end_orphan(deadline)
        else:
            self._make_data()
        while last_words := self._try_to_run(deadline):
            if not any(reason in last_words for reason in PASSING_REASONS):
                raise ServerFailed(f"{self._program} {last_words}")
            _pause_until(deadline, f"{self._program} still {last_words}", RETRY_SECONDS)

    def _end_orphan(self, deadline: float) -> None:
        """End the server that a former owner left behind: nobody else would."""
        pid = self._state.pid
        if pid is None or not self._is_at_work(pid):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, self._ending)
        while self._is_at_work(pid):
            _pause_until(deadline, f"process {pid} does not leave {self._data}")

    def _is_at_work(self, pid: int) -> bool:
        """Whether this process lives and works on our data: the number alone may be another's by now."""
        return str(self._data) in children.command_of(pid)

    def _make_data(self) -> None:
        """Make data and password; the data folder appears at the end, whole, or not at all."""
        identity = children.ordinary_identity(self._program, self._folder.path)
        state = State(password=secrets.token_urlsafe(24))
        nursery = self._folder.path / "nursery"
        shutil.rmtree(nursery, ignore_errors=True)
        make_private(nursery, identity)
        self._create_data(nursery, identity, state.password)
        self._folder.write(state)
        (nursery / "data").rename(self._data)
        shutil.rmtree(nursery)
        self._known_state = state

    def _try_to_run(self, deadline: float) -> str:
        """Nothing once the server answers; its status and last words when it has ended instead."""
        self._log.parent.mkdir(exist_ok=True)
        with self._log.open("ab") as log:
            beginning = log.tell()
            process = self._launch(log)
        while not self._is_serving():
            if process.poll() is not None:
                words = self._log.read_bytes()[beginning:].decode(errors="replace")
                return f"ended with status {process.returncode}:\n{words}"
            _pause_until(deadline, f"{self._program} is not ready")
        return ""

    def _launch(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        port = free_port(self._state.port)
        process = self._process = children.start(
            self._command(port),
            output=log,
            ending=self._ending,
            identity=children.owner_of(self._data),
            environment={"LC_ALL": "C", "TZ": "UTC"},
            given=self._configuration(),
        )
        self._known_state = replace(self._state, port=port, pid=process.pid)
        self._folder.write(self._state)
        return process

    def _let_go(self) -> None:
        if self._process is not None:
            self._process.wait()
            self._process = None
        self._folder.release()


def make_private(folder: Path, identity: Identity) -> None:
    """Make a folder that only `identity` (and root) can enter."""
    folder.mkdir(mode=0o700)
    give(folder, identity)


def give(path: Path, identity: Identity) -> None:
    """Make `identity` the owner of a file or folder of ours."""
    if identity.uid is not None and identity.gid is not None:
        os.chown(path, identity.uid, identity.gid)


def _pause_until(deadline: float, complaint: str, pause: float = PAUSE_SECONDS) -> None:
    if time.monotonic() > deadline:
        raise TimeoutError(complaint)
    time.sleep(pause)
