from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from services.stack.children import command_of
from services.stack.folders import HOST, free_port
from tests.journeys.processes import CONSOLE_SCRIPT, Process, processes_with, until_true
from tests.stack.conftest import open_folder
from tests.stack.processes import only_linux

pytestmark = only_linux  # elsewhere, processes are not found by their environment

COLD_SECONDS, WARM_SECONDS = 12.0, 4.0
SHARED = 2.0
"""How much longer a machine may take that others use, too."""


class Stack:
    """`focalpoint up` with a home and a port of its own."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.home = home
        self.port = free_port(None)
        self.environment = {
            **environment,
            "FOCALPOINT_HOME": str(home),
            "FOCALPOINT_PORT": str(self.port),
        }
        self.process = self.up()

    def up(self) -> Process:
        self.starts = time.monotonic()
        self.process = Process([CONSOLE_SCRIPT, "up"], self.environment, self.home / f"{self.starts}.log")
        return self.process

    async def ready_after(self) -> float:
        """Seconds from the start until it said so."""
        await until_true(lambda: f"ready {self.address}\n" in self.process.said, within=60)
        return time.monotonic() - self.starts

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def key(self) -> str:
        return (self.home / "admin.key").read_text().strip()

    def is_ready(self) -> bool:
        """Whether the API answers, finds both servers, and knows the administrator."""
        client = httpx.Client(base_url=self.address, headers={"Authorization": f"Bearer {self.key}"})
        with client:
            return [client.get(path).status_code for path in ("/readyz", "/v1/jobs")] == [200, 200]

    def worker(self) -> int:
        """The process of its worker; 0 when there is none."""
        return next((pid for pid in self.processes() if "-m services.worker" in command_of(pid)), 0)

    def servers(self) -> list[int]:
        states = [self.home / name / "state.json" for name in ("postgres", "redis")]
        return [json.loads(state.read_text())["pid"] for state in states]

    def processes(self) -> list[int]:
        return processes_with("FOCALPOINT_HOME", str(self.home))


@pytest.fixture(scope="module")
def stack(bytecode: dict[str, str]) -> Iterator[Stack]:
    with open_folder() as home:
        stack = Stack(home, bytecode)
        yield stack
        stack.process.end()


@pytest.fixture(scope="module")
def neighbour(stack: Stack, bytecode: dict[str, str]) -> Iterator[Stack]:
    """Another one, started at the same time."""
    with open_folder() as home:
        neighbour = Stack(home, bytecode)
        yield neighbour
        neighbour.process.sweep()


async def test_two_start_beside_each_other_and_ctrl_c_ends_the_one_it_meant(
    stack: Stack, neighbour: Stack
) -> None:
    assert await neighbour.ready_after() < COLD_SECONDS * SHARED
    assert await stack.ready_after() < COLD_SECONDS * SHARED
    assert stack.key != neighbour.key
    assert stack.is_ready()
    assert neighbour.is_ready()

    assert neighbour.process.end(signal.SIGINT) == 0

    assert neighbour.processes() == []
    assert stack.is_ready()


async def test_a_worker_and_servers_that_are_killed_are_started_again(stack: Stack) -> None:
    await stack.ready_after()
    killed = [stack.worker(), *stack.servers()]

    for pid in killed:
        os.kill(pid, signal.SIGKILL)

    await until_true(lambda: not {0, *killed} & {stack.worker(), *stack.servers()}, within=15)
    await until_true(stack.is_ready, within=15)


async def test_sigterm_leaves_nothing_behind_and_the_next_start_finds_the_data(stack: Stack) -> None:
    await stack.ready_after()
    key = stack.key

    assert stack.process.end(signal.SIGTERM) == 0
    assert stack.processes() == []

    stack.up()
    assert await stack.ready_after() < WARM_SECONDS * SHARED
    assert stack.key == key
    assert stack.is_ready()


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"FOCALPOINT_PORT": "abc"}, "FOCALPOINT_PORT: Input should be a valid integer"),
        (
            {"FOCALPOINT_DATABASE_URL": "mysql://here"},
            "FOCALPOINT_DATABASE_URL: must look like postgresql://",
        ),
        ({"FOCALPOINT_HOME": "another"}, "set FOCALPOINT_PORT to another port"),
        ({"FOCALPOINT_PORT": "1"}, "set FOCALPOINT_HOME to another folder"),
    ],
    ids=["a port that is no number", "an address of something else", "a port in use", "a home in use"],
)
async def test_what_cannot_be_started_is_refused_in_one_sentence(
    stack: Stack, setting: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    await stack.ready_after()
    refused = await asyncio.create_subprocess_exec(
        *(CONSOLE_SCRIPT, "up"),
        env={**os.environ, **stack.environment, **setting},
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = (words.decode() for words in await refused.communicate())

    assert refused.returncode == 1
    assert sentence in errors
    assert (len(errors.splitlines()), output) == (1, "")
