"""What was wrong with the rows of a file, by groups: one entry for each kind of mistake. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

MOST_ROWS = 1_000
"""Numbers of rows that a group lists; `count` says how many there are."""

MOST_GROUPS = 500


@dataclass(slots=True)
class Group:
    """Rows with the same mistake. The detail is that of the first."""

    code: str
    pointer: str
    detail: str
    count: int = 0
    rows: list[int] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "detail": self.detail,
            "pointer": self.pointer,
            "count": self.count,
            "rows": sorted(self.rows),
        }


class Tally:
    """Problems by code, place and, where there are few of them, the text in question."""

    def __init__(self) -> None:
        self.groups: dict[tuple[str, str, str], Group] = {}

    def add(self, code: str, pointer: str, detail: str, rows: Iterable[int], *, about: str = "") -> None:
        group = self._group(code, pointer, detail, about)
        for row in rows:
            group.count += 1
            if len(group.rows) < MOST_ROWS:
                group.rows.append(row)

    def add_one(self, code: str, pointer: str, detail: str, row: int | None, *, about: str = "") -> None:
        """One more of a group, whichever row it is in, if any."""
        group = self._group(code, pointer, detail, about)
        group.count += 1
        if row is not None and len(group.rows) < MOST_ROWS:
            group.rows.append(row)

    def _group(self, code: str, pointer: str, detail: str, about: str) -> Group:
        if len(self.groups) >= MOST_GROUPS:
            about = ""
        if len(self.groups) >= 2 * MOST_GROUPS:  # places may be as many as texts: names that the sender chose
            pointer = ""
        return self.groups.setdefault((code, pointer, about), Group(code, pointer, detail))

    def shown(self) -> list[dict[str, Any]]:
        """In the order of the first row of each."""
        groups = sorted(self.groups.values(), key=lambda group: (group.rows or [0])[0])
        return [group.shown() for group in groups]

    def __bool__(self) -> bool:
        return bool(self.groups)
