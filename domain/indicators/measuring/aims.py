"""What a target asks for, in numbers: the one place that says so, for progress and for charts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from domain.indicators.measuring.case import (
    Definition,
    NotComputable,
    direction,
    number,
    only,
    same_unit,
    stated,
)
from domain.indicators.printed import Per, Stated

MONTHS: Mapping[Per, int] = {"year": 12, "quarter": 3, "month": 1}


def aim(of: Definition, target: Stated) -> Fraction:
    """The number that is to be reached; of so many more, that from the baseline on, the way that is better.

    Raises NotComputable where there is none.
    """
    if target.per is not None or target.kind != "increment":
        return number(target, "target")
    more, (baseline, base) = increment(target), stated(of.baselines, "baseline")
    same_unit(baseline, target)
    return base + more if direction(of) == "up" else base - more


def increment(target: Stated) -> Fraction:
    """How many more are wanted. Raises NotComputable where that is none."""
    more = number(target, "target")
    if more <= 0:
        raise NotComputable("no-increment", f"“{target.printed}” adds nothing.")
    return more


def level(of: Definition, target: Stated, *, months: int | None) -> Fraction | None:
    """What each single value, of so many months, is to be; None where single values are not to be so."""
    try:
        must_be_of_one_country(of, target)
        adds_up = of.counting == "by-period" if target.per is None else MONTHS[target.per] != months
        return None if adds_up else aim(of, target)
    except NotComputable:
        return None


def in_turn(targets: Sequence[Stated]) -> Sequence[Stated]:
    """Several targets, if each has a date of its own, else the only one. Raises NotComputable for others."""
    dated = [target for target in targets if target.period]
    if len({deadline(target) for target in dated}) == len(targets) > 0:
        return sorted(dated, key=deadline)
    return [only(targets, "target")]


def deadline(target: Stated) -> date:
    return target.period.ends if target.period else date.max


def must_be_of_one_country(of: Definition, target: Stated) -> None:
    """Raises NotComputable for a target of each country where values are of several together."""
    if of.joint and target.of_each_country:
        raise NotComputable(
            "target-of-each-country",
            "The target is for each country by itself, and values here are of all together:"
            f" “{target.printed}”.",
        )
