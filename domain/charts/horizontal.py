"""Bars that lie, with the names of categories beside them: of several series, or of parts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.charts import lettering
from domain.charts.drawing import LEADING, SMALL, Drawing
from domain.charts.scales import Scale, ticks
from domain.charts.styles import GRID, PAPER, QUIET, Style
from domain.charts.wording import measured
from schemas.charts import Axis, Chart, ChartFigure, ChartSeries

MARGIN, NAMES = 16.0, 250.0
BAR, WHOLE_BAR, BETWEEN = 16.0, 26.0, 14.0
LETTERS = SMALL / 3
"""How far the line that letters stand on is below their middle."""


def bars(drawing: Drawing, chart: Chart, styles: Sequence[Style]) -> None:
    """A bar for each value, with the value at its end; what is missing is said, in place of a bar."""
    values = list(_values(chart))
    said = [measured(value, chart.value_axis.unit, chart.language) for value in values]
    together = BAR * len(chart.series)
    band = max(together, 2 * SMALL * LEADING) + BETWEEN
    field = _Field.of(drawing, chart, values, band=band, ends=[*said, chart.missing])
    for place in range(len(chart.categories)):
        field.name(place)
        top = field.middle(place) - together / 2
        for number, (one, style) in enumerate(zip(chart.series, styles, strict=True)):
            field.bar(place, one, style, top + BAR * number)


def stacked(drawing: Drawing, chart: Chart, styles: Sequence[Style]) -> None:
    """A bar for each category out of its parts, each with its number where there is room; then their sum."""
    sums = [sum(one.values[place] or 0 for one in chart.series) for place in range(len(chart.categories))]
    said = [measured(total, None, chart.language) for total in sums]
    field = _Field.of(drawing, chart, sums, band=WHOLE_BAR + BETWEEN, ends=said)
    for place, total in enumerate(sums):
        field.name(place)
        field.parts(place, styles)
        drawing.text(field.scale(total) + 6, field.middle(place) + LETTERS, said[place], bold=True)


def _values(chart: Chart) -> Iterator[ChartFigure]:
    return (value for one in chart.series for value in one.values if value is not None)


def named(axis: Axis) -> str:
    """The title of an axis, with a unit that its numbers do not have beside them."""
    return axis.title if axis.unit in (None, "%", axis.title) else f"{axis.title} ({axis.unit})"


@dataclass(frozen=True, slots=True)
class _Field:
    """Where bars lie: from `begin` downwards a band for each category, with a scale across."""

    drawing: Drawing
    chart: Chart
    scale: Scale
    begin: float
    band: float
    side: float
    """Where the names of categories end."""

    @classmethod
    def of(
        cls,
        drawing: Drawing,
        chart: Chart,
        values: Sequence[ChartFigure],
        *,
        band: float,
        ends: Sequence[str],
    ) -> _Field:
        """With its grid, and so much room at the right as the longest text at the end of a bar takes."""
        after = max(lettering.length(text, SMALL) for text in ends) + 10
        longest = max(lettering.length(one.label, SMALL) for one in chart.categories)
        names = MARGIN + min(longest + 2, NAMES)
        scale = Scale(ticks(values), names + 12, drawing.width - MARGIN - after)
        field = cls(drawing, chart, scale, drawing.top, band, names)
        field.grid()
        return field

    def middle(self, place: int) -> float:
        return self.begin + self.band * (place + 0.5)

    def grid(self) -> None:
        """Lines at the ticks, their numbers below, and what they count."""
        axis, drawing, scale = self.chart.value_axis, self.drawing, self.scale
        end = self.begin + self.band * len(self.chart.categories)
        for tick in scale.ticks:
            drawing.stroke(scale(tick), self.begin, scale(tick), end, QUIET if tick == 0 else GRID)
            said = measured(tick, axis.unit, self.chart.language)
            drawing.text(scale(tick), end + SMALL * LEADING, said, anchor="middle", fill=QUIET)
        centre, room = (scale.begin + scale.end) / 2, scale.end - scale.begin
        below = end + 2.6 * SMALL * LEADING
        drawing.text(centre, below, named(axis), anchor="middle", room=room, fill=QUIET)
        drawing.top = end + 3 * SMALL * LEADING

    def name(self, place: int) -> None:
        """The name of a category beside the middle of its band, in two lines at most."""
        label = self.chart.categories[place].label
        found = lettering.lines(label, SMALL, NAMES, most=2)
        first = self.middle(place) + LETTERS - (len(found) - 1) * SMALL * LEADING / 2
        for number, line in enumerate(found):
            y = first + number * SMALL * LEADING
            whole = label if line.endswith(lettering.ELLIPSIS) else ""
            self.drawing.text(self.side, y, line, anchor="end", whole=whole)

    def bar(self, place: int, one: ChartSeries, style: Style, top: float) -> None:
        """The value stands at the right of its bar, or of zero where the bar goes left."""
        value, baseline = one.values[place], top + BAR / 2 + LETTERS
        if value is None:
            self.drawing.text(self.scale(0) + 6, baseline, self.chart.missing, fill=QUIET)
            return
        low, high = sorted((self.scale(0), self.scale(value)))
        said = measured(value, self.chart.value_axis.unit, self.chart.language)
        tip = self.tip(place, one, said)
        self.drawing.area(low, top + 1, high - low, BAR - 2, style, tip=tip)
        self.drawing.text(high + 6, baseline, said)

    def parts(self, place: int, styles: Sequence[Style]) -> None:
        x, top = self.scale(0), self.middle(place) - WHOLE_BAR / 2
        for one, style in zip(self.chart.series, styles, strict=True):
            value = one.values[place]
            if value:
                wide = self.scale(value) - self.scale(0)
                said = measured(value, None, self.chart.language)
                tip = self.tip(place, one, said)
                self.drawing.area(x + 1, top, max(wide - 2, 0.5), WHOLE_BAR, style, tip=tip)
                self.number(x + wide / 2, top, said, room=wide)
                x += wide

    def tip(self, place: int, one: ChartSeries, said: str) -> str:
        return f"{self.chart.categories[place].label}, {one.label}: {said}"

    def number(self, middle: float, top: float, said: str, *, room: float) -> None:
        """On paper of its own, so that no pattern runs through it."""
        wide = lettering.length(said, SMALL) + 6
        if wide + 4 <= room:
            self.drawing.shape(
                "rect", x=middle - wide / 2, y=top + 5, width=wide, height=WHOLE_BAR - 10, rx=3, fill=PAPER
            )
            self.drawing.text(middle, top + WHOLE_BAR / 2 + LETTERS, said, anchor="middle")
