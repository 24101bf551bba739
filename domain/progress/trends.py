"""An indicator over time, as a chart: what was observed, broken down, and what the targets ask for. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import count, islice, pairwise
from typing import Literal, NamedTuple

from domain.charts.wording import CODES, enumerated, measured, say, titled
from domain.indicators import periods
from domain.indicators.codes import TOTAL, CodeList
from domain.indicators.measuring.aims import deadline, in_turn, level
from domain.indicators.measuring.case import Definition, NotComputable, plainly
from domain.indicators.periods import Period
from domain.progress import rules
from domain.progress.rules import SEX, Measured
from schemas.agendas import PaperLanguage
from schemas.charts import Axis, Category, Chart, ChartFigure, ChartSeries, ChartTable

MOST_PERIODS = 600
A_DAY = timedelta(days=1)
Value = ChartFigure | str


class Step(NamedTuple):
    """How long periods are that follow each other."""

    length: int
    unit: Literal["M", "D"]


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
    observed = {one.period for one in values}
    place = _in_time(observed, [value.period for value in of.targets if value.period])
    target = _target(of, place, observed)
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
    """The periods in order. Where all have one length, those in between too, and those until the target.

    Where they do not lie on one raster, or would be too many, all that lies between two is one.
    """
    known = sorted(observed, key=lambda one: (one.ends, one.starts))
    moments = _moments(known)
    if (step := _step(known)) is not None and not moments:
        last = max([known[-1].ends, *(aim.ends for aim in aims)])
        filled = list(islice(_following(known[0], step, last), MOST_PERIODS))
        if set(known) <= set(filled):
            return filled
    return list(_with_gaps(known, moments))


def _moments(known: Sequence[Period]) -> set[Period]:
    """Days as of which values are, so that none lacks in between; none where one follows another."""
    days = [one for one in known if one.starts == one.ends]
    if any(after.starts == before.ends + A_DAY for before, after in pairwise(days)):
        return set()
    return set(days)


def _step(known: Iterable[Period]) -> Step | None:
    """The length that all of them have, in months where it is so many, None where they differ."""
    for length in (_months, _days):
        found = {length(one) for one in known}
        if len(found) == 1 and None not in found:
            return found.pop()
    return None


def _months(one: Period) -> Step | None:
    after = one.ends + A_DAY
    step = Step(12 * (after.year - one.starts.year) + after.month - one.starts.month, "M")
    return step if step.length > 0 and _lasting(one.starts, step, 1) == one else None


def _days(one: Period) -> Step:
    return Step((one.ends - one.starts).days + 1, "D")


def _lasting(starts: date, step: Step, times: int) -> Period:
    return periods.read(f"{starts}/P{step.length * times}{step.unit}")


def _following(first: Period, step: Step, last: date) -> Iterator[Period]:
    """Periods of one length without a gap, until one has the last day."""
    starts = first.starts
    for times in count(1):
        if starts > last:
            return
        try:
            ends = _lasting(first.starts, step, times).ends
        except periods.Unreadable:
            return
        yield Period(starts, ends)
        starts = ends + A_DAY


def _with_gaps(known: Sequence[Period], moments: Set[Period]) -> Iterator[Period]:
    """And what lies between one and the next, unless one of them is a moment."""
    for before, after in pairwise(known):
        yield before
        if before.ends + A_DAY < after.starts and moments.isdisjoint((before, after)):
            yield Period(before.ends + A_DAY, after.starts - A_DAY)
    yield from known[-1:]


def _target(
    of: Definition, place: Sequence[Period], observed: Collection[Period]
) -> list[ChartFigure | None] | None:
    """What is to be reached by each period: the next target that has a date, or the only one that has none.

    None where that is no level that single values could reach.
    """
    try:
        targets = in_turn(of.targets)
    except NotComputable:
        return None
    months = _months_of_years(observed)
    wanted = [(deadline(value), level(of, value, months=months)) for value in targets]
    dated = [(day, plainly(number)) for day, number in wanted if number is not None]
    if len(dated) < len(wanted):
        return None
    return [next((number for day, number in dated if day >= one.ends), dated[-1][1]) for one in place]


def _months_of_years(observed: Collection[Period]) -> int | None:
    """How many months each is, where that is a part of a calendar year, such as a quarter, or all of it."""
    step = _step(observed)
    if step is None or step.unit != "M" or any(one.starts.day > 1 for one in observed):
        return None
    return step.length if all((one.starts.month - 1) % step.length == 0 for one in observed) else None


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
