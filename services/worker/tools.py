"""What jobs are given to work with."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from services.database import Sessions
from services.sandbox import Sandbox
from services.settings import Settings
from services.worker.post import Post


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Tools:
    settings: Settings
    sessions: Sessions
    sandbox: Sandbox
    post: Post
    now: Callable[[], datetime] = utc_now
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
