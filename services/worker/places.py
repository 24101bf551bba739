"""How many letters may be under way to one place, so that a place that hangs does not hold up the others.

A place is the domain of an e-mail address, or a webhook. What is known of places is known by one process and
soon forgotten.
"""

from __future__ import annotations

import time
from collections import Counter

SLOW = 3.0
"""Seconds for one letter, beyond which a place may have one letter at a time only."""

REMEMBERED = 60.0


class Places:
    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._there: Counter[str] = Counter()
        self._last: dict[str, tuple[float, bool]] = {}

    def enter(self, place: str) -> None:
        self._there[place] += 1

    def leave(self, place: str, *, seconds: float) -> None:
        self._there[place] -= 1
        if not self._there[place]:
            del self._there[place]
        self._last[place] = time.monotonic(), seconds < SLOW
        if len(self._last) > 1_000:
            self._forget()

    def room(self, place: str) -> int:
        """How many more letters may go there now."""
        return max(self._most(place) - self._there[place], 0)

    def full(self) -> list[str]:
        return [place for place in self._there if not self.room(place)]

    def _most(self, place: str) -> int:
        """One slot is always left to other places; half of them until the place has shown how quick it is."""
        since, quick = self._last.get(place, (0.0, False))
        if place not in self._last or time.monotonic() - since > REMEMBERED:
            return max(self._slots // 2, 1)
        return max(self._slots - 1, 1) if quick else 1

    def _forget(self) -> None:
        now = time.monotonic()
        self._last = {place: last for place, last in self._last.items() if now - last[0] <= REMEMBERED}
