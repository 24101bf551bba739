"""How long the worker holds a job, and how long it waits before trying again. Seconds throughout."""

from __future__ import annotations

from datetime import timedelta

LEASE = timedelta(seconds=6)
HEARTBEAT = 2.0
HAND_AGAIN_AFTER = timedelta(seconds=4)
"""A job handed to the dispatcher and not claimed by then is handed over anew."""

WINDOW = {"documents": 8, "opinions": 8, "imports": 8, "errands": 200}
"""How many unclaimed jobs of a queue may be with the dispatcher at once."""

LONGEST_WAIT = 60.0


def wait_before(attempt: int, *, jitter: float) -> timedelta:
    """Exponential: 0.4 s, 0.8 s, … up to a minute, times a jitter in [0.5, 1.5)."""
    return timedelta(seconds=min(LONGEST_WAIT, 0.2 * 2 ** min(attempt, 20)) * jitter)
