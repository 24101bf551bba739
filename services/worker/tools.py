"""What jobs and the sender are given to work with."""

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
from services.worker.webhooks import Courier


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Keys:
    """What has been looked up, and stays as it is for the life of the installation."""

    unsubscribe: bytes | None = None


@dataclass(frozen=True, slots=True)
class Tools:
    settings: Settings
    sessions: Sessions
    sandbox: Sandbox
    post: Post
    courier: Courier
    now: Callable[[], datetime] = utc_now
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
    keys: Keys = field(default_factory=Keys)
