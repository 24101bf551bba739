"""How far decisions agree with proposals: raw, and beyond what chance would give (Cohen 1960). Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

CATEGORIES = ("0", "1", "2", "3", "not-applicable")

Pairs = Counter[tuple[str, str]]
"""How often a category was proposed and a category decided."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """`raw` is the share of equal pairs. `kappa` is none where it is not defined; `why_no_kappa` says why.

    Rows of `matrix` are what was proposed, columns what was decided, both in the order of CATEGORIES.
    """

    n: int
    raw: float | None
    kappa: float | None
    why_no_kappa: str | None
    matrix: list[list[int]]


def category(level: int | None, applicable: bool) -> str:
    """Not applicable is a category of its own, not a level."""
    return str(level) if applicable else "not-applicable"


def measure(pairs: Pairs) -> Agreement:
    """The figures for a table of pairs, rounded to four decimals."""
    n = pairs.total()
    matrix = [[pairs[proposed, decided] for decided in CATEGORIES] for proposed in CATEGORIES]
    if not n:
        return Agreement(0, None, None, "Nothing has been decided.", matrix)
    observed = Fraction(sum(pairs[name, name] for name in CATEGORIES), n)
    expected = _by_chance(matrix, n)
    if expected == 1:
        reason = "All proposals and all decisions are of one category: chance alone would agree."
        return Agreement(n, _rounded(observed), None, reason, matrix)
    kappa = (observed - expected) / (1 - expected)
    return Agreement(n, _rounded(observed), _rounded(kappa), None, matrix)


def _by_chance(matrix: list[list[int]], n: int) -> Fraction:
    """The agreement expected of two who choose independently, each with their own frequencies."""
    rows = [sum(row) for row in matrix]
    columns = [sum(column) for column in zip(*matrix, strict=True)]
    return Fraction(sum(row * column for row, column in zip(rows, columns, strict=True)), n * n)


def _rounded(figure: Fraction) -> float:
    return round(float(figure), 4)
