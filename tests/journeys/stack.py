"""The whole stack on one machine, as people start it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import httpx

from services.stack.children import command_of
from services.stack.folders import HOST, free_port
from tests.journeys.processes import CONSOLE_SCRIPT, Process, processes_with, until_true


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
        """Seconds from the start until it said so, or until now when it has said so already."""
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
