"""An indicator over time, as a chart: what was observed, broken down, and what the targets ask for. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import count, islice

from domain.charts.wording import CODES, enumerated, measured, say, titled
from domain.indicators import periods
from domain.indicators.case import Definition, plainly
from domain.indicators.codes import TOTAL, CodeList
from domain.indicators.periods import Period
from domain.indicators.printed import Stated
from domain.progress import rules
from domain.progress.rules import SEX, Measured
from schemas.agendas import PaperLanguage
from schemas.charts import Axis, Category, Chart, ChartFigure, ChartSeries, ChartTable

MOST_PERIODS = 600
LENGTHS = (12, 6, 4, 3, 1)
"""In months, of periods that follow each other without a gap."""

LEVELS = frozenset({"number", "at-least", "percent", "currency"})
"""Kinds of targets that say what a value is to be."""

PER = {"year": 12, "quarter": 3, "month": 1}

Value = ChartFigure | str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a chart is to show, in which language, and where it is found."""

    title: Mapping[str, str]
    area: str
    language: PaperLanguage
    path: str
    by: CodeList | None = None


@dataclass(frozen=True, slots=True)
class Line:
    code: str
    label: str
    values: Mapping[Period, Value]


def trend(of: Definition, values: Sequence[Measured], asked: Asked, *, additive: bool) -> Chart:
    """A line for the total, for each code of the breakdown, and for the target. Missing values are gaps."""
    language = asked.language
    drawn = _lines(values, asked, additive=additive)
    place = _in_time({one.period for one in values}, [value.period for value in of.targets if value.period])
    target = _target(of, place)
    series = [_series(line, place) for line in drawn]
    has_numbers = any(value is not None for one in series for value in one.values)
    if target is not None and has_numbers:
        label = say(language, "target")
        series.append(ChartSeries(key="target", label=label, role="target", values=target))
    return Chart(
        kind="lines",
        title=say(language, "series-of", name=titled(asked.title, language), area=asked.area),
        description=" ".join(_told(drawn, of, language)),
        language=language,
        category_axis=Axis(title=say(language, "period"), unit=None),
        value_axis=Axis(title=of.unit or say(language, "value"), unit=_unit(of)),
        categories=[Category(key=period.name, label=period.name) for period in place],
        series=series,
        missing=say(language, "no-value"),
        empty=None if has_numbers else say(language, "nothing-drawn" if values else "nothing-observed"),
        notes=_notes(drawn, place, of, language, drawable=target is not None),
        table=_table(drawn, place, target, language),
        path=asked.path,
    )


def _lines(values: Sequence[Measured], asked: Asked, *, additive: bool) -> list[Line]:
    """The total as observed, else women and men where they add up; then codes in the order of their list."""
    concept = asked.by.concept if asked.by is not None else None
    parts: dict[str, dict[Period, Value]] = {}
    for one in values:
        value = _value(one.number, one.text)
        if concept is not None and concept in one.breakdown and value is not None:
            parts.setdefault(one.breakdown[concept], {})[one.period] = value
    known = list(asked.by.codes) if asked.by is not None else []
    order = {code: number for number, code in enumerate(known)}
    codes = sorted(parts, key=lambda code: (order.get(code, len(order)), code))
    there = [one for one in values if one.number is not None or one.text is not None]
    whole = {one.period: _value(one.number, one.text) for one in rules.totals(there, additive=additive)}
    total = {period: value for period, value in whole.items() if value is not None}
    lines = [Line(code, _label(code, asked), parts[code]) for code in codes]
    return [Line(TOTAL, say(asked.language, "total"), total), *lines] if total or not lines else lines


def _label(code: str, asked: Asked) -> str:
    if asked.by is None:
        return code
    if asked.by.concept == SEX and code in CODES:
        return CODES[code][asked.language]
    return asked.by.codes.get(code, code)


def _value(number: Decimal | None, text: str | None) -> Value | None:
    return text if number is None else plainly(Fraction(number))


def _series(line: Line, place: Sequence[Period]) -> ChartSeries:
    found = (line.values.get(period) for period in place)
    numbers = [None if isinstance(value, str) else value for value in found]
    return ChartSeries(key=line.code, label=line.label, role="values", values=numbers)


def _unit(of: Definition) -> str | None:
    return "%" if of.unit in ("per cent", "%", "percent", "percentage") else of.unit


def _in_time(observed: Collection[Period], aims: Iterable[Period]) -> list[Period]:
    """The periods in order. Where all have one length, those in between too, and those until the target."""
    known = sorted(observed, key=lambda one: (one.ends, one.starts))
    months = _length(known)
    if months is None:
        return known
    last = max([known[-1].ends, *(aim.ends for aim in aims)])
    filled = list(islice(_following(known[0], months, last), MOST_PERIODS))
    return filled if set(known) <= set(filled) else known


def _length(known: Sequence[Period]) -> int | None:
    """How many months all of them have, None where they differ."""
    for months in LENGTHS:
        if known and all(periods.read(f"{one.starts}/P{months}M") == one for one in known):
            return months
    return None


def _following(first: Period, months: int, last: date) -> Iterator[Period]:
    """Periods of one length without a gap, until one has the last day."""
    starts = first.starts
    for number in count(1):
        if starts > last:
            return
        try:
            ends = periods.read(f"{first.starts}/P{number * months}M").ends
        except periods.Unreadable:
            return
        yield Period(starts, ends)
        starts = ends + timedelta(days=1)


def _target(of: Definition, place: Sequence[Period]) -> list[ChartFigure | None] | None:
    """What is to be reached by each period: the next target that has a date, or the only one that has none.

    None where that is no level that single values could reach.
    """
    levels = [(value.period, _level(value, of, place)) for value in of.targets]
    dated = sorted(
        (period.ends, level) for period, level in levels if period is not None and level is not None
    )
    if not levels or any(level is None for _, level in levels):
        return None
    if len(levels) == 1:
        return [levels[0][1]] * len(place)
    if len(dated) < len(levels):
        return None
    return [next((level for day, level in dated if day >= one.ends), dated[-1][1]) for one in place]


def _level(value: Stated, of: Definition, place: Sequence[Period]) -> ChartFigure | None:
    if value.number is None or (of.joint and value.of_each_country):
        return None
    number = Fraction(value.number)
    if value.kind == "per-period":
        return plainly(number) if value.per is not None and PER[value.per] == _length(place) else None
    if of.counting == "by-period":
        return None
    if value.kind == "increment":
        bases = [base.number for base in of.baselines]
        return plainly(number + Fraction(bases[0])) if len(bases) == 1 and bases[0] is not None else None
    return plainly(number) if value.kind in LEVELS else None


def _told(drawn: Sequence[Line], of: Definition, language: PaperLanguage) -> Iterator[str]:
    """Of each line, from where to where it goes and how far it swings; then the target in its own words."""
    for line in drawn:
        numbers = {period: value for period, value in line.values.items() if not isinstance(value, str)}
        if numbers:
            yield _course(line.label, dict(sorted(numbers.items(), key=_by_end)), of, language)
    if of.targets:
        printed = "; ".join(value.printed for value in of.targets)
        yield say(language, "target-printed", printed=printed)


def _by_end(item: tuple[Period, ChartFigure]) -> tuple[date, date]:
    return item[0].ends, item[0].starts


def _course(
    label: str, numbers: Mapping[Period, ChartFigure], of: Definition, language: PaperLanguage
) -> str:
    def said(value: ChartFigure) -> str:
        return measured(value, _unit(of), language)

    [(when, first), *_, (then, last)] = [*numbers.items(), *list(numbers.items())[-1:]]
    if len(numbers) == 1:
        return say(language, "one-value", label=label, first=said(first), when=when.name)
    values = numbers.values()
    return say(
        language,
        "from-to",
        label=label,
        first=said(first),
        when=when.name,
        last=said(last),
        then=then.name,
        least=said(min(values)),
        most=said(max(values)),
    )


def _notes(
    drawn: Sequence[Line], place: Sequence[Period], of: Definition, language: PaperLanguage, *, drawable: bool
) -> list[str]:
    """What a reader would otherwise take wrongly."""
    observed = {period for line in drawn for period in line.values}
    ends = max((period.ends for period in observed), default=None)
    gaps = [one.name for one in place if ends is not None and one.ends < ends and one not in observed]
    notes = [say(language, "gaps", periods=enumerated(gaps, language))] if gaps else []
    if any(isinstance(value, str) for line in drawn for value in line.values.values()):
        notes.append(say(language, "words"))
    if of.targets and not drawable:
        notes.append(say(language, "target-not-drawn"))
    return notes


def _table(
    drawn: Sequence[Line],
    place: Sequence[Period],
    target: Sequence[ChartFigure | None] | None,
    language: PaperLanguage,
) -> ChartTable:
    head = [say(language, "period"), *(line.label for line in drawn)]
    rows: list[list[Value | None]] = [
        [period.name, *(line.values.get(period) for line in drawn)] for period in place
    ]
    if target is not None:
        head.append(say(language, "target"))
        rows = [[*row, level] for row, level in zip(rows, target, strict=True)]
    return ChartTable(head=head, rows=rows)
