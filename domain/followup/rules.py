"""How an information request goes on, and what is asked about a finding. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Protocol

from domain.errors import Conflict
from schemas.followup import RequestStatus

NEXT: Mapping[str, frozenset[RequestStatus]] = {
    "draft": frozenset({"open", "withdrawn"}),
    "open": frozenset({"answered", "closed", "withdrawn"}),
    "answered": frozenset({"answered", "open", "closed"}),
    "closed": frozenset(),
    "withdrawn": frozenset(),
}
"""An answer may be put better while nobody has accepted it, and may be asked for again."""

HIGHEST = 3
"""At this level nothing is left to ask."""


class Judged(Protocol):
    """A finding, as far as something is asked about it."""

    @property
    def gap(self) -> str | None: ...
    @property
    def decided_level(self) -> int | None: ...
    @property
    def decided_applicable(self) -> bool: ...


def move(now: str, to: RequestStatus) -> RequestStatus:
    """The new status. Raises Conflict when the present one does not lead there."""
    if to not in NEXT[now]:
        raise Conflict(
            f"A request that is {now} cannot become {to}.", code="wrong-status", request_status=now
        )
    return to


def asks(finding: Judged) -> bool:
    """Whether something is left to ask, as a reviewer has it if one has decided."""
    level = finding.decided_level
    return bool(finding.gap) and finding.decided_applicable and (level is None or level < HIGHEST)


def title(state: str, question: str) -> str:
    """What the calendar calls it, on one line."""
    return f"Information request to {state}: {textwrap.shorten(question, 160, placeholder=' …')}"
