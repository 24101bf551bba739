"""Processes of our own beside the tests."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.stack.children import command_of

only_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells a process that its parent is gone"
)

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]


@contextlib.contextmanager
def running(script: str, *arguments: object) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    """Another process, and the first thing it says; it is killed at the end if it is still there."""
    with subprocess.Popen(
        [sys.executable, str(HERE / script), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT), *sys.path])},
    ) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether `condition` comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def is_gone(pid: int) -> bool:
    return not command_of(pid)
