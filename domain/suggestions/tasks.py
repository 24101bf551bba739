"""What is to be compared, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.suggestions.texts import Side

ENGINE = "1.0.0"
"""Counts up whenever the same editions may give other suggestions."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """An accepted mapping between the two frameworks, turned so that it leads from source to target."""

    mapping: str
    pair: Pair


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be proposed. Equal tasks give equal proposals."""

    source: Side
    target: Side
    thesaurus: str | None
    """As JSON."""
    only: str | None
    """The one provision of the source to propose for; None for all."""
    most: int
    """Proposals for one provision."""
    passed_over: frozenset[Pair] = frozenset()
    """Pairs that are not proposed."""
    without: frozenset[str] = frozenset()
    """Provisions that have no counterpart in the other framework: nothing is proposed for them."""
    known: Sequence[Known] = ()
    encoder: bool = True
    """Whether the sentence encoder is used where it is installed."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pair, with what speaks for it."""

    subject: str
    object: str
    labels: Pair
    score: float
    """0 to 1: 1 where every way of comparing puts it first."""
    ranks: dict[str, float]
    """Its place among the candidates of its subject, by way of comparing; equals share the mean of theirs."""
    words: tuple[str, ...]
    themes: tuple[str, ...]
    """Themes of the catalogue and concepts of the thesaurus that both have."""
    closest: str | None
    """The accepted mapping whose two ends are most like these."""


@dataclass(frozen=True, slots=True)
class Proposed:
    proposals: tuple[Proposal, ...]
    """The best first."""
    ways: tuple[str, ...]
    """How the editions were compared."""
    languages: Pair
    notes: tuple[str, ...] = ()


class NothingToCompare(Exception):
    """One of the editions has no texts, or nothing in it can be mapped. The message says which."""
