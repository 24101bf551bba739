"""What progress is measured from: the definition of an indicator, and the values that were observed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from domain.indicators.periods import LAST_DAY, Period
from domain.indicators.printed import Stated
from schemas.libraries import Counting, Direction, Growth, IndicatorKind
from schemas.progress import Method, Obstacle, Status

NORMAL = "A"
"""Status of a value that nobody qualifies."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What decides how progress is measured."""

    kind: IndicatorKind
    direction: Direction | None = None
    growth: Growth | None = None
    counting: Counting | None = None
    unit: str | None = None
    baselines: Sequence[Stated] = ()
    targets: Sequence[Stated] = ()
    levels: Sequence[Sequence[str]] = ()
    """Of an ordinal indicator: what each step is called, lowest first."""

    left_out: Sequence[Sequence[str]] = ()
    """Of an ordinal indicator: what its levels are called that are no steps, such as “not applicable”."""

    joint: bool = False
    """Whether what is observed is of several countries together."""


@dataclass(frozen=True, slots=True)
class Observed:
    """A value of the total, for a period. One that is missing is not among them."""

    period: Period
    number: Decimal | None = None
    text: str | None = None
    status: str = NORMAL
    proxy: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    status: Status
    reason: str
    """A sentence."""

    code: Obstacle | None = None
    """Why it is not computable."""

    value: Fraction | None = None
    """The share of the way from baseline to target."""

    expected: Fraction | None = None
    """The share that is due at the end of the latest period, from 0 to 1; None where nothing says by when."""

    met: bool | None = None
    """Whether the latest value meets the target; None when that cannot be said."""

    method: Method | None = None
    inputs: Mapping[str, object] = field(default_factory=dict)


class NotComputable(Exception):
    def __init__(self, code: Obstacle, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


@dataclass(frozen=True, slots=True)
class Case:
    """A definition with the values that lie in the period, the latest last."""

    of: Definition
    observed: Sequence[Observed]
    during: Period | None
    parted: bool = False
    """Whether parts of a total were observed in the period."""

    inapplicable: bool = False
    """Whether it was said in the period that the indicator does not apply."""

    @property
    def eve(self) -> date | None:
        """The last day before progress is expected: that of the baseline, or the one before the period.

        None where it is not before the day by which the target is to be met: nothing says what is due when.
        """
        eve = self._start_stated
        return eve if eve is None or self.ends is None or eve < self.ends else None

    @property
    def _start_stated(self) -> date | None:
        if self.baseline_day is not None:
            return self.baseline_day
        return self.during.starts - timedelta(days=1) if self.during else None

    @property
    def baseline_day(self) -> date | None:
        """The last day of which the baseline tells, if it says so."""
        days = {value.period.ends if value.period else None for value in self.of.baselines}
        return days.pop() if len(days) == 1 else None

    @property
    def ends(self) -> date | None:
        """The day by which the target is to be met."""
        dated = [value.period.ends for value in self.of.targets if value.period is not None]
        if dated and len(dated) == len(self.of.targets):
            return max(dated)
        return self.during.ends if self.during and self.during.ends < LAST_DAY else None

    @property
    def latest(self) -> Observed:
        """Raises NotComputable where nothing was observed."""
        if not self.observed and self.inapplicable:
            raise NotComputable("not-applicable", "All that was said is that the indicator does not apply.")
        if not self.observed:
            when = " in the period" if self.during else ""
            what = "No total was observed{}, only parts." if self.parted else "No value was observed{}."
            raise NotComputable("no-observation", what.format(when))
        return self.observed[-1]

    @property
    def over(self) -> bool:
        """Whether the latest value is of the day by which the target is to be met, or later."""
        return self.ends is not None and self.latest.period.ends >= self.ends

    @property
    def elapsed(self) -> Fraction | None:
        """The share of the time that was over at the end of the latest period, from 0 to 1."""
        if self.over:
            return Fraction(1)
        if self.eve is None or self.ends is None:
            return None
        return max(
            Fraction((self.latest.period.ends - self.eve).days, (self.ends - self.eve).days), Fraction(0)
        )


def only(values: Sequence[Stated], what: str) -> Stated:
    """The one value of a cell, or the value that it prints several times over."""
    if not values:
        raise NotComputable(named("no", what), f"There is no {what}.")
    if all(value.kind == "tbd" for value in values):
        raise NotComputable(named(what, "tbd"), f"No {what} is set yet: it says {values[0].printed}.")
    if len({(value.number, value.printed) for value in values}) > 1:
        raise NotComputable(named("several", f"{what}s"), _several(values, what))
    return values[0]


def _several(values: Sequence[Stated], what: str) -> str:
    said = ", ".join(f"“{value.printed}”" for value in values)
    if len({value.period.ends for value in values if value.period}) == len(values):
        return f"Only one {what} counts here, and the cell has several, each with its date: {said}."
    return f"The cell has several {what}s, and nothing says which is meant when: {said}."


def named(*parts: str) -> Obstacle:
    return "-".join(parts)  # type: ignore[return-value]  # the codes are made so


def number(value: Stated, what: str) -> Fraction:
    if value.number is None:
        raise NotComputable(named(what, "text"), f"The {what} is no number: “{value.printed}”.")
    return Fraction(value.number)


def stated(values: Sequence[Stated], what: str) -> tuple[Stated, Fraction]:
    value = only(values, what)
    return value, number(value, what)


def direction(of: Definition) -> Direction:
    if of.direction is None:
        raise NotComputable("no-direction", "Nothing says whether more is better or less.")
    return of.direction


def same_unit(baseline: Stated, target: Stated) -> None:
    for name in ("currency", "unit"):
        one, other = getattr(baseline, name), getattr(target, name)
        if one is not None and other is not None and one.casefold() != other.casefold():
            raise NotComputable("unit-mismatch", f"The baseline is in {one}, the target in {other}.")


def observed_number(one: Observed) -> Fraction:
    if one.number is None:
        raise NotComputable("value-not-a-number", f"The value of {one.period.name} is text: “{one.text}”.")
    return Fraction(one.number)


def total(case: Case) -> Fraction:
    """What the values since the baseline add up to; what was before it is in the baseline."""
    day = case.baseline_day
    since = [one for one in case.observed if day is None or one.period.ends > day]
    must_add_up(case, since)
    return sum((observed_number(one) for one in since), Fraction(0))


def must_add_up(case: Case, values: Sequence[Observed]) -> None:
    """Raises NotComputable where there are none at all, or something would count twice or in part."""
    case.latest  # noqa: B018 - raises where there is none
    _must_lie_within(case, values)
    for before, after in pairwise(sorted(values, key=lambda one: one.period.starts)):
        if after.period.starts <= before.period.ends:
            both = f"{before.period.name} and {after.period.name}"
            raise NotComputable("overlapping-periods", f"Values add up, and those of {both} overlap.")


def _must_lie_within(case: Case, values: Sequence[Observed]) -> None:
    """Raises NotComputable for a value that counts what also happened before the period, or after it."""
    during = case.during
    for one in values if during else ():
        if during and (one.period.starts < during.starts or one.period.ends > during.ends):
            has_end = during.ends < LAST_DAY
            edge = f"reaches over the edge of {during.name}" if has_end else f"begins before {during.starts}"
            raise NotComputable("period-mismatch", f"Values add up, and that of {one.period.name} {edge}.")


def latest_number(case: Case) -> Fraction:
    return observed_number(case.latest)


def said(one: Observed) -> str:
    """What was observed, as text."""
    return str(plainly(Fraction(one.number))) if one.number is not None else one.text or ""


def plainly(value: Fraction) -> int | float:
    """A whole number where it is one, or where no other has so many digits."""
    try:
        return int(value) if value.denominator == 1 else float(value)
    except OverflowError:
        return int(value)
