"""How far an indicator is from its baseline to its target, and by which method; or why nobody can say. Pure.

Progress is a share of the way, measured against the share of the time that was over at the end of the period
of the latest value: a value that nobody has updated falls behind nothing. Shares below zero and above one are
given as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from domain.indicators.measuring.aims import must_be_of_one_country
from domain.indicators.measuring.case import (
    Case,
    Definition,
    NotComputable,
    Observed,
    Progress,
    plainly,
    said,
)
from domain.indicators.measuring.methods import REACHED
from domain.indicators.periods import Period
from domain.indicators.printed import Stated, level
from schemas.progress import Figure, Method

MILLION = 1_000_000
BY_KIND: Mapping[str, Method | None] = {"text": None, "ordinal": "ordinal", "yes-no": "yes-no"}


def progress(
    of: Definition,
    observed: Sequence[Observed],
    during: Period | None = None,
    *,
    parts: Iterable[Period] = (),
) -> Progress:
    """By the method that the definition asks for. Values outside `during`, a plan's period, do not count.

    `parts` are the periods for which parts of a total were observed: they tell nothing of progress, and that
    is said.
    """
    within = [one for one in observed if during is None or _overlap(one.period, during)]
    applicable = [one for one in within if not _left_out(of, one)]
    case = Case(
        of,
        sorted(applicable, key=lambda one: (one.period.ends, one.period.starts)),
        during,
        parted=any(during is None or _overlap(period, during) for period in parts),
        inapplicable=len(applicable) < len(within),
    )
    method = method_of(of)
    try:
        if method is None:
            raise NotComputable("text-indicator", "What this indicator says is text; a person judges it.")
        for target in of.targets:
            must_be_of_one_country(of, target)
        found = REACHED[method](case)
    except NotComputable as why:
        found = Progress("not-computable", why.sentence, why.code)
    return replace(found, method=method, inputs=_inputs(case) | dict(found.inputs))


def _left_out(of: Definition, one: Observed) -> bool:
    """Whether a value says that there is none: a level that is no step of the scale."""
    if of.kind != "ordinal" or level(said(one), of.levels) is not None:
        return False
    return level(said(one), of.left_out) is not None


def method_of(of: Definition) -> Method | None:
    """By the kind of the indicator, then by what the target says; None for what is text."""
    if of.kind in BY_KIND:
        return BY_KIND[of.kind]
    if any(value.per is not None for value in of.targets):
        return "per-period"
    if len(of.targets) > 1 and all(value.period for value in of.targets):
        return "milestone"
    if any(value.kind == "increment" for value in of.targets):
        return "incremental"
    if of.counting == "by-period":
        return "count"
    return "compound" if of.growth == "compound" else "linear"


def share(value: Fraction | None) -> float | None:
    """As it is shown: to the millionth, never as 0 or 1 what is neither. None for what no float can hold."""
    if value is None:
        return None
    millionths = round(value * MILLION)
    for exactly in (0, MILLION):
        if millionths == exactly and value * MILLION != exactly:
            millionths += 1 if value * MILLION > exactly else -1
    try:
        return millionths / MILLION
    except OverflowError:
        return None


def _overlap(one: Period, other: Period) -> bool:
    return one.starts <= other.ends and other.starts <= one.ends


def _inputs(case: Case) -> dict[str, object]:
    of, last = case.of, case.observed[-1] if case.observed else None
    currencies = [value.currency for value in (*of.targets, *of.baselines) if value.currency is not None]
    return {
        "baseline": _figure(of.baselines),
        "baseline_printed": _as_printed(of.baselines),
        "target": _figure(of.targets),
        "target_printed": _as_printed(of.targets),
        "direction": of.direction,
        "unit": of.unit,
        "currency": currencies[0] if currencies else None,
        "latest": _value(last) if last else None,
        "latest_period": last.period.name if last else None,
        "latest_status": last.status if last else None,
        "latest_proxy": last.proxy if last else None,
        "observations": len(case.observed),
        "starts": case.eve + timedelta(days=1) if case.eve else None,
        "ends": case.ends,
    }


def _figure(values: Sequence[Stated]) -> Figure | None:
    """The number that a cell states, else what it says."""
    numbers = {value.number for value in values}
    [number] = numbers if len(numbers) == 1 else [None]
    return _as_printed(values) if number is None else plainly(Fraction(number))


def _as_printed(values: Sequence[Stated]) -> str | None:
    return "; ".join(value.printed for value in values) or None


def _value(one: Observed) -> Figure | None:
    return one.text if one.number is None else plainly(Fraction(one.number))
