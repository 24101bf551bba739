"""A chart as SVG that can be read without colours, at any size, and by a voice. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

from domain.charts import horizontal, lettering, vertical
from domain.charts.drawing import LABEL, SMALL, TITLE, Drawing
from domain.charts.styles import MOST_LINES, STYLES, TARGET, Style
from domain.charts.wording import say
from schemas.charts import Chart, ChartKind, ChartSeries

WIDTH, MARGIN = 800.0, 16.0
ROOM = WIDTH - 2 * MARGIN
SWATCH = 26.0
MOST: Mapping[ChartKind, int] = {"bars": 60, "stacked-bars": 60, "lines": 1_000}
"""How many categories are drawn; the first ones of bars, the last ones of lines."""

PLOTS: Mapping[ChartKind, Callable[[Drawing, Chart, Sequence[Style]], None]] = {
    "bars": horizontal.bars,
    "stacked-bars": horizontal.stacked,
    "lines": vertical.lines,
}


def written(chart: Chart) -> bytes:
    """The same chart is always the same bytes."""
    drawn, left_out = _drawable(chart)
    drawing = Drawing(
        WIDTH, _prefix(chart), title=chart.title, description=_described(chart), language=chart.language
    )
    drawing.top = MARGIN - 6
    drawing.paragraph(MARGIN, chart.title, TITLE, room=ROOM, most=2, bold=True)
    drawing.top += 10
    if chart.empty is None:
        styles = _styles(drawn.series)
        _legend(drawing, drawn, styles)
        PLOTS[chart.kind](drawing, drawn, styles)
    else:
        drawing.top += 24
        drawing.paragraph(MARGIN, chart.empty, LABEL, room=ROOM, most=3)
        drawing.top += 24
    _remarks(drawing, chart, left_out)
    return drawing.finished()


def _prefix(chart: Chart) -> str:
    """Names in a document must not meet those of another chart on the same page."""
    return f"c{hashlib.sha256(chart.model_dump_json().encode()).hexdigest()[:10]}"


def _described(chart: Chart) -> str:
    sentences = [*([chart.empty] if chart.empty else []), chart.description, *chart.notes]
    return " ".join([*sentences, say(chart.language, "figures-at", path=chart.path)])


def _drawable(chart: Chart) -> tuple[Chart, int]:
    """As much of the chart as can be told apart, and how many series or categories that leaves out."""
    most, series = MOST[chart.kind], list(chart.series)
    over = max(0, len(chart.categories) - most)
    if chart.kind == "lines":
        series = [one for one in series if one.role == "values"][:MOST_LINES]
        series += [one for one in chart.series if one.role == "target"]
    shown = slice(over, None) if chart.kind == "lines" else slice(0, most)
    kept = [one.model_copy(update={"values": one.values[shown]}) for one in series]
    update = {"categories": chart.categories[shown], "series": kept}
    return chart.model_copy(update=update), over + len(chart.series) - len(series)


def _styles(series: Sequence[ChartSeries]) -> list[Style]:
    values = iter(STYLES)
    return [TARGET if one.role == "target" else next(values) for one in series]


def _legend(drawing: Drawing, chart: Chart, styles: Sequence[Style]) -> None:
    """What each style stands for, line by line as there is room; parts that no bar has are left out."""
    x, drawing.top = MARGIN, drawing.top + SMALL * 1.3
    for one, style in zip(chart.series, styles, strict=True):
        if chart.kind == "stacked-bars" and not any(one.values):
            continue
        wide = min(lettering.length(one.label, SMALL), ROOM - SWATCH - 8)
        if x > MARGIN and x + SWATCH + 8 + wide > WIDTH - MARGIN:
            x, drawing.top = MARGIN, drawing.top + 20
        _swatch(drawing, x, style, lines=chart.kind == "lines", target=one.role == "target")
        drawing.text(x + SWATCH + 6, drawing.top, one.label, room=wide + 1)
        x += SWATCH + wide + 24
    drawing.top += 14


def _swatch(drawing: Drawing, x: float, style: Style, *, lines: bool, target: bool) -> None:
    if not lines:
        drawing.area(x, drawing.top - 11, SWATCH, 13, style)
        return
    middle = drawing.top - 4
    drawing.curve([(x, middle), (x + SWATCH, middle)], style)
    if not target:
        drawing.marker(x + SWATCH / 2, middle, style)


def _remarks(drawing: Drawing, chart: Chart, left_out: int) -> None:
    notes = list(chart.notes)
    if left_out:
        notes.append(say(chart.language, "more", count=left_out))
    for note in notes:
        drawing.top += 4
        drawing.remark(MARGIN, note, room=ROOM)
    drawing.top += MARGIN
