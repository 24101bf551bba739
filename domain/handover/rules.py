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
"""How long those who held a mandate read its pack after the last day of it; and those who took it over, after
that or, if it comes later, after their own first day."""

READ_BEFOREHAND = timedelta(days=90)
"""From how long before their first day those who are to hold a mandate read its pack, and the one that is
handed to them."""


class Term(Protocol):
    """A mandate, as far as it says who holds it and when."""

    @property
    def states(self) -> Collection[str]: ...
    @property
    def since(self) -> date: ...
    @property
    def until(self) -> date | None: ...


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


def must_be_concerned(actor: Actor, mandate: Term, successors: Iterable[Term], day: date) -> None:
    """Raises NotFound for a key bound to a State that neither holds the mandate nor is the next to hold it,
    or did so long ago, or will only in a long time."""
    if actor.state is None or actor.may(Scope.ADMIN):
        return
    if actor.state in mandate.states and _is_near(mandate, day):
        return
    for heir in _heirs(mandate, successors):
        if actor.state in heir.states and _is_near(heir, day) and _is_handed_over(mandate, heir, day):
            return
    raise NotFound(f"There is no handover pack of this mandate for {actor.state}.")


def _heirs(mandate: Term, successors: Iterable[Term]) -> list[Term]:
    """Who hold the mandate once it has ended: those beside it who stay, and those who come first after it."""
    end = mandate.until
    if end is None:
        return list(successors)
    staying = [term for term in successors if term.until is None or term.until > end]
    first = min((term.since for term in staying), default=end)
    return [term for term in staying if term.since <= max(first, end + timedelta(days=1))]


def _is_handed_over(mandate: Term, heir: Term, day: date) -> bool:
    """Whether it is a current matter: after a vacancy the heir's first days count."""
    return mandate.until is None or day <= max(mandate.until, heir.since) + READ_AFTERWARDS


def _is_near(term: Term, day: date) -> bool:
    return term.since - READ_BEFOREHAND <= day and (term.until is None or day <= term.until + READ_AFTERWARDS)


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
