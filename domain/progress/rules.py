"""What progress is computed from: an indicator's definition with what was agreed, and its totals. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from typing import Any, NamedTuple, Protocol

from domain.errors import Invalid, Problem
from domain.indicators import printed
from domain.indicators.measuring.case import NORMAL, Definition, Observed, Progress
from domain.indicators.measuring.progress import share
from domain.indicators.periods import Period
from domain.indicators.printed import Stated
from domain.indicators.rules import FORMULA
from schemas.libraries import Counting, Direction, Growth
from schemas.progress import AgreedTermsDraft, ProgressInputs

SEX = "SEX"
PARTS = {"F", "M"}
OTHERS = {"_O", "_U", "_X"}
"""Who is counted as neither: other, unknown, not specified."""

LEFT_OUT = "left out"
"""In which group a scale counts the levels that are no steps of it."""

LONGEST = re.compile(r"[0-9]{41}")


class Terms(Protocol):
    """What was agreed."""

    @property
    def baseline(self) -> str | None: ...
    @property
    def target(self) -> str | None: ...
    @property
    def direction(self) -> str | None: ...
    @property
    def growth(self) -> str | None: ...
    @property
    def counting(self) -> str | None: ...


class Measured(NamedTuple):
    """A value that was observed, for a breakdown: `{}` is the total."""

    breakdown: Mapping[str, str]
    period: Period
    number: Decimal | None
    text: str | None
    status: str = NORMAL
    proxy: bool = False


def definition(indicator: Any, terms: Terms | None, *, joint: bool = False) -> Definition:
    """As the edition prints the indicator, but for what was agreed. `joint`: of several countries at once."""
    levels = scale_of(indicator)
    found = Definition(
        kind=indicator.kind,
        direction=indicator.direction,
        growth=indicator.growth,
        counting=indicator.counting,
        unit=indicator.unit,
        baselines=[_read(value) for value in indicator.baselines],
        targets=[_read(value) for value in indicator.targets],
        levels=[_names(level) for level in levels if level["counts_as"] != LEFT_OUT],
        left_out=[_names(level) for level in levels if level["counts_as"] == LEFT_OUT],
        joint=joint,
    )
    return found if terms is None else _agreed(found, terms)


def scale_of(indicator: Any) -> Sequence[Mapping[str, Any]]:
    """Its own levels, else those of the edition that it stands in."""
    if indicator.scale:
        return list(indicator.scale)
    edition = indicator.of.scale
    return list(edition["levels"]) if edition and indicator.kind == "ordinal" else []


def _names(level: Mapping[str, Any]) -> Sequence[str]:
    return (level["value"], *level["title"].values())


def _read(value: Mapping[str, Any]) -> Stated:
    """A printed value. Number, unit and kind are those that the catalogue took from it."""
    number = value["number"]
    return replace(
        printed.read(value["printed"]),
        kind=value["kind"],
        number=None if number is None else Decimal(str(number)),
        unit=value["unit"],
        currency=value["currency"],
    )


def _agreed(found: Definition, terms: Terms) -> Definition:
    direction: Direction | None = terms.direction or found.direction  # type: ignore[assignment]  # as kept
    growth: Growth | None = terms.growth or found.growth  # type: ignore[assignment]  # as kept
    counting: Counting | None = terms.counting or found.counting  # type: ignore[assignment]  # as kept
    return replace(
        found,
        direction=direction,
        growth=growth,
        counting=counting,
        baselines=found.baselines if terms.baseline is None else printed.read_cell(terms.baseline).values,
        targets=found.targets if terms.target is None else printed.read_cell(terms.target).values,
    )


def must_be_readable(of: Definition, terms: AgreedTermsDraft) -> None:
    """Raises Invalid for terms that could never be reached, such as text where numbers are counted."""
    problems = []
    for name, text in (("baseline", terms.baseline), ("target", terms.target)):
        for value in printed.read_cell(text or "").values:
            if value.kind != "tbd" and not _means_something(of, value):
                problems.append(Problem(f"/{name}", "unreadable-value", _unreadable(of, value)))
    if problems:
        raise Invalid("The terms cannot be read.", problems, code="invalid-terms")


def _unreadable(of: Definition, value: Stated) -> str:
    if LONGEST.search(value.printed):
        return "A number has at most 40 digits before the point and 40 after it."
    return f"“{value.printed[:80]}” is nothing that a {of.kind} indicator can reach."


def _means_something(of: Definition, value: Stated) -> bool:
    if of.kind == "ordinal":
        return any(printed.level(text, of.levels) is not None for text in (value.printed, value.what))
    if of.kind == "yes-no":
        return printed.yes_or_no(value.what) is not None
    return of.kind == "text" or value.number is not None


def totals(values: Iterable[Measured], *, additive: bool) -> list[Observed]:
    """The total of each period: as it was observed, else, where parts add up, what its parts by sex make.

    There are no parts of a total unless both women and men were observed. Whoever was counted as neither is
    added.
    """
    whole: dict[Period, Observed] = {}
    parts: dict[Period, dict[str, Measured]] = {}
    for one in values:
        if not one.breakdown:
            whole[one.period] = Observed(one.period, one.number, one.text, one.status, one.proxy)
        elif one.number is not None and _is_part(one.breakdown):
            parts.setdefault(one.period, {})[one.breakdown[SEX]] = one
    for period, by_sex in parts.items():
        if additive and period not in whole and by_sex.keys() >= PARTS:
            whole[period] = _together(period, by_sex.values())
    return list(whole.values())


def _is_part(breakdown: Mapping[str, str]) -> bool:
    return breakdown.keys() == {SEX} and breakdown[SEX] in PARTS | OTHERS


def _together(period: Period, parts: Collection[Measured]) -> Observed:
    """Their sum, a proxy if one of them is; its status is that of a part that is not normal."""
    number = reduce(printed.EXACT.add, (one.number for one in parts if one.number is not None), Decimal(0))
    status = next((one.status for one in parts if one.status != NORMAL), NORMAL)
    return Observed(period, number, None, status, any(one.proxy for one in parts))


def shown(found: Progress) -> dict[str, Any]:
    """As clients read it."""
    return {
        "status": found.status,
        "method": found.method,
        "code": found.code,
        "reason": found.reason,
        "value": share(found.value),
        "expected": share(found.expected),
        "met": found.met,
        "inputs": ProgressInputs.model_validate(dict(found.inputs)),
    }


COLUMNS = (
    "indicator", "title", "edition", "plan", "state", "area", "as_of", "status", "method", "code", "value",
    "expected", "met", *ProgressInputs.model_fields, "reason", "assigned_status", "assigned_period",
    "assigned_reason", "assigned_by",
)  # fmt: skip


def components(item: Mapping[str, Any]) -> dict[str, object]:
    """A row of the table: everything that decides the status, in columns."""
    assigned, title = item["assigned"], item["title"]
    names = ("status", "period", "reason", "by")
    row = {name: item[name] for name in COLUMNS if name in item}
    row |= item["inputs"].model_dump()
    row |= {"title": title.get("en") or next(iter(title.values()))}
    row |= {f"assigned_{name}": getattr(assigned, name) for name in names if assigned is not None}
    return {name: _cell(row.get(name)) for name in COLUMNS}


def _cell(value: object) -> object:
    """Text that spreadsheets would calculate has an apostrophe before it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.lstrip("'")[:1] in tuple(FORMULA):
        return f"'{value}"
    return value
