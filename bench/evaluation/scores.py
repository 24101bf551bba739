"""Right and wrong, counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scores:
    """Decisions against labels: found and right, found and wrong, missed; `n` were decided."""

    right: int
    wrong: int
    missed: int
    n: int

    @property
    def precision(self) -> float:
        return share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        return share(2 * self.right, 2 * self.right + self.wrong + self.missed)

    def figures(self) -> dict[str, float]:
        """Three decimals each, for the record."""
        shown = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return {name: round(value, 3) for name, value in shown.items()} | {"n": self.n}


def scored(decisions: Iterable[tuple[bool, bool]]) -> Scores:
    """Scores of (label, decision) pairs."""
    pairs = list(decisions)
    return Scores(
        right=sum(label and found for label, found in pairs),
        wrong=sum(found and not label for label, found in pairs),
        missed=sum(label and not found for label, found in pairs),
        n=len(pairs),
    )


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
