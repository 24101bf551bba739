"""Lines over categories that stand in order, such as periods, with a gap where there is no value. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from domain.charts import lettering
from domain.charts.drawing import LEADING, SMALL, Drawing
from domain.charts.horizontal import LETTERS, MARGIN, named
from domain.charts.scales import Scale, ticks
from domain.charts.styles import GRID, QUIET, Style
from domain.charts.wording import measured
from schemas.charts import Chart, ChartFigure, ChartSeries

HEIGHT, INSIDE = 300.0, 24.0
ALONE = 24.0
"""Half the length of a target that is a single point."""


APART = 11.0
"""From marker to marker, at least."""


def lines(drawing: Drawing, chart: Chart, styles: Sequence[Style]) -> None:
    """A line for each series; what the values are stands above, the categories below."""
    drawing.remark(MARGIN, named(chart.value_axis), room=drawing.width - 2 * MARGIN, most=1)
    drawing.top += 12
    values = [value for one in chart.series for value in one.values if value is not None]
    field = _Field.of(drawing, chart, Scale(ticks(values), drawing.top + HEIGHT, drawing.top))
    field.names()
    for one, style in zip(chart.series, styles, strict=True):
        field.line(one, style)
    drawing.top = field.scale.begin + 3 * SMALL * LEADING


@dataclass(frozen=True, slots=True)
class _Field:
    """Where lines run: from `begin` to `end` across, with a scale upwards."""

    drawing: Drawing
    chart: Chart
    scale: Scale
    begin: float
    end: float

    @classmethod
    def of(cls, drawing: Drawing, chart: Chart, scale: Scale) -> _Field:
        """With its grid, and so much room at the left as the longest number at a tick takes."""
        said = [measured(tick, chart.value_axis.unit, chart.language) for tick in scale.ticks]
        begin = MARGIN + max(lettering.length(text, SMALL) for text in said) + 8
        end = drawing.width - MARGIN
        for tick, text in zip(scale.ticks, said, strict=True):
            y = scale(tick)
            drawing.stroke(begin, y, end, y, QUIET if tick == 0 else GRID)
            drawing.text(begin - 6, y + LETTERS, text, anchor="end", fill=QUIET)
        return cls(drawing, chart, scale, begin + INSIDE, end - INSIDE)

    def across(self, place: int) -> float:
        """Where a category stands; one alone stands in the middle."""
        count = len(self.chart.categories)
        share = place / (count - 1) if count > 1 else 0.5
        return self.begin + (self.end - self.begin) * share

    def names(self) -> None:
        """As many as there is room for, at equal distances."""
        drawing, y, labels = self.drawing, self.scale.begin, [one.label for one in self.chart.categories]
        longest = max(lettering.length(label, SMALL) for label in labels) + 12
        apart = (self.end - self.begin) / max(len(labels) - 1, 1)
        for place in range(0, len(labels), max(1, math.ceil(longest / apart))):
            x = self.across(place)
            drawing.stroke(x, y, x, y + 5, QUIET)
            drawing.text(x, y + 5 + SMALL * LEADING, labels[place], anchor="middle", fill=QUIET)
        below, middle = y + 5 + 2.3 * SMALL * LEADING, (self.begin + self.end) / 2
        drawing.text(middle, below, named(self.chart.category_axis), anchor="middle", fill=QUIET)

    def line(self, one: ChartSeries, style: Style) -> None:
        """Each stretch without a gap is a line; each value has a marker, also one that stands alone."""
        for stretch in _stretches(one):
            points = [(self.across(place), self.scale(value)) for place, value in stretch]
            if len(points) == 1 and one.role == "target":
                [(x, y)] = points
                points = [(x - ALONE, y), (x + ALONE, y)]
            if len(points) > 1:
                self.drawing.curve(points, style)
            if one.role == "values":
                self.markers(one, style, stretch)

    def markers(self, one: ChartSeries, style: Style, stretch: Sequence[tuple[int, ChartFigure]]) -> None:
        """At each value, or where they would hide the line at every so many, and always at both ends."""
        apart = (self.end - self.begin) / max(len(self.chart.categories) - 1, 1)
        every = max(1, math.ceil(APART / apart))
        ends = (stretch[0][0], stretch[-1][0])
        for place, value in stretch:
            if place % every and place not in ends:
                continue
            said = measured(value, self.chart.value_axis.unit, self.chart.language)
            tip = f"{one.label}, {self.chart.categories[place].label}: {said}"
            self.drawing.marker(self.across(place), self.scale(value), style, tip=tip)


def _stretches(one: ChartSeries) -> Iterator[list[tuple[int, ChartFigure]]]:
    for there, group in groupby(enumerate(one.values), key=lambda item: item[1] is not None):
        if there:
            yield [(place, value) for place, value in group if value is not None]
