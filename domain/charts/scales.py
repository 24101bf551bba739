"""Where values stand along an axis, and at which round numbers it is marked. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from schemas.charts import ChartFigure

PARTS = 5
"""Into about how many parts an axis is divided."""

LEAST = 1e-290
"""Nothing smaller can be divided further."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Values between the first and the last tick, laid off from one place to another."""

    ticks: tuple[ChartFigure, ...]
    begin: float
    end: float

    def __call__(self, value: ChartFigure) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.begin + (self.end - self.begin) * float((value - low) / (high - low))


def ticks(values: Iterable[ChartFigure]) -> tuple[ChartFigure, ...]:
    """Round numbers around all values. Zero is always among them: lengths are not to deceive."""
    found = [0, *values]
    low, high = min(found), max(found)
    if low == high:
        return (0, 1)
    step, power = _step(high - low, whole=all(value == int(value) for value in found))
    first, last = math.floor(low / step), math.ceil(high / step)
    return tuple(_exactly(number * step, power) for number in range(first, last + 1))


def _step(span: ChartFigure, *, whole: bool) -> tuple[ChartFigure, int]:
    """1, 2 or 5 times a power of ten, and which; whole numbers are not divided."""
    rough = max(float(span) / PARTS, LEAST)
    power = math.floor(math.log10(rough))
    factor = next(factor for factor in (1, 2, 5, 10) if factor * 10.0**power >= rough * 0.999)
    if whole and power < 0:
        return 1, 0
    return (factor * 10**power, 0) if power >= 0 else (factor * 10.0**power, power)


def _exactly(value: ChartFigure, power: int) -> ChartFigure:
    """Without the dust of binary fractions."""
    return round(value, 1 - power) if power < 0 else value
