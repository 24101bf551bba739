"""While the mail server is away, single letters find out whether it is back; the others wait untouched."""

from __future__ import annotations

import time

FIRST_REST, LONGEST_REST = 0.5, 10.0
"""Seconds between two letters of one worker that try."""


class Outage:
    """What one worker knows of the mail server: there until it is found to be away."""

    def __init__(self) -> None:
        self._rest = 0.0
        self._until = 0.0

    def begin(self) -> None:
        """It is away. Does nothing if that is known."""
        if not self._rest:
            self._rest = FIRST_REST
            self._until = time.monotonic() + self._rest

    def end(self) -> None:
        self._rest = 0.0

    def letters(self, free: int) -> int:
        """How many letters may be begun now: `free`, or while it is away one after each rest, else none."""
        if not self._rest or not free:
            return free
        if time.monotonic() < self._until:
            return 0
        self._rest = min(2 * self._rest, LONGEST_REST)
        self._until = time.monotonic() + self._rest
        return 1
