from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.processes import CONSOLE_SCRIPT, until_true
from tests.journeys.stack import Stack
from tests.stack.conftest import open_folder
from tests.stack.processes import only_linux

pytestmark = only_linux  # elsewhere, processes are not found by their environment

COLD_SECONDS, WARM_SECONDS = 12.0, 4.0
SHARED = 2.0
"""How much longer a machine may take that others use, too."""


@pytest.fixture(scope="module")
def stacks(bytecode: dict[str, str]) -> Iterator[tuple[Stack, Stack]]:
    """Two that start beside each other, from nothing."""
    with open_folder() as here, open_folder() as there:
        both = (Stack(here, bytecode), Stack(there, bytecode))
        yield both
        for stack in both:
            stack.process.end()


@pytest.fixture
def stack(stacks: tuple[Stack, Stack]) -> Stack:
    return stacks[0]


async def test_two_start_beside_each_other_and_ctrl_c_ends_the_one_it_meant(
    stacks: tuple[Stack, Stack],
) -> None:
    stack, neighbour = stacks
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
