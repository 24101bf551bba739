"""Who may hand over, and figures of findings. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Protocol

from domain.access.rules import Actor
from domain.errors import NotFound
from schemas.access import Scope
from schemas.handover import LevelCounts

READ_AFTERWARDS = timedelta(days=90)
"""How long those who held a mandate go on reading its pack after the last day of it."""


class Judged(Protocol):
    """A finding, as far as it is counted."""

    @property
    def decided_level(self) -> int | None: ...
    @property
    def decided_applicable(self) -> bool: ...


class Activity(Protocol):
    """An item of a mandate's plan."""

    @property
    def counts(self) -> bool: ...
    @property
    def status(self) -> str: ...
    @property
    def progressed_at(self) -> datetime | None: ...


def must_be_concerned(actor: Actor, holders: Collection[str], until: date | None, day: date) -> None:
    """Raises NotFound for a key bound to a State that does not hold the mandate, or held it long ago."""
    if actor.state is None or actor.may(Scope.ADMIN):
        return
    if actor.state not in holders or (until is not None and day > until + READ_AFTERWARDS):
        raise NotFound(f"There is no handover pack of this mandate for {actor.state}.")


def is_in_force(since: date, until: date | None, day: date) -> bool:
    return since <= day and (until is None or day <= until)


def is_idle(activity: Activity, since: datetime | None) -> bool:
    """Whether it is not done and nothing was heard of it since then, or ever."""
    if not activity.counts or activity.status not in ("not-started", "under-way"):
        return False
    heard = activity.progressed_at
    return heard is None or (since is not None and heard < since)


def counted(findings: Iterable[Judged]) -> LevelCounts:
    counts = Counter(_standing(finding) for finding in findings)
    return LevelCounts(**{name: counts[name] for name in LevelCounts.model_fields})


def _standing(finding: Judged) -> str:
    if not finding.decided_applicable:
        return "not_applicable"
    level = finding.decided_level
    return "not_assessed" if level is None else f"level_{level}"


def together(counts: Iterable[LevelCounts]) -> LevelCounts:
    several = list(counts)
    return LevelCounts(
        **{name: sum(getattr(one, name) for one in several) for name in LevelCounts.model_fields}
    )
