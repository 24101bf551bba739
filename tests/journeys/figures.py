"""What the fault tests measure, beside what must hold; `make soak` shows and keeps it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

KEPT = Path(__file__).parents[2] / "var/bench/soak.json"


@dataclass(frozen=True)
class Figure:
    """`value` has no limit, or may be at most `at_most`, or must be at least `at_least`."""

    fault: str
    measure: str
    value: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def holds(self) -> bool:
        above = self.at_least is None or self.value >= self.at_least
        return above and (self.at_most is None or self.value <= self.at_most)

    @property
    def limit(self) -> str:
        bounds = (("at most", self.at_most), ("at least", self.at_least))
        return ", ".join(f"{word} {bound:,g}" for word, bound in bounds if bound is not None)

    def __str__(self) -> str:
        return f"{self.measure}: {self.value:,g} ({self.limit or 'no limit'})"


@dataclass
class Figures:
    """All of one run."""

    noted: list[Figure] = field(default_factory=list)

    def note(
        self,
        fault: str,
        measure: str,
        value: float,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> None:
        """Keep a figure, and fail if it is beyond its limit."""
        figure = Figure(fault, measure, round(value, 3), at_most, at_least)
        self.noted.append(figure)
        assert figure.holds, str(figure)

    def table(self) -> list[str]:
        heads = ("fault", "measured", "figure", "limit", "holds")
        rows = [
            (one.fault, one.measure, f"{one.value:,g}", one.limit, "yes" if one.holds else "NO")
            for one in self.noted
        ]
        widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
        return [
            "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip()
            for row in (heads, *rows)
        ]

    def keep(self, *, ok: bool) -> None:
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        figures = [asdict(one) | {"holds": one.holds} for one in self.noted]
        KEPT.write_text(json.dumps({"ok": ok, "figures": figures}, indent=1) + "\n")
