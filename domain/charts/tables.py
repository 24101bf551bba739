"""The table behind a chart as CSV. Pure."""

from __future__ import annotations

import csv
import io

from schemas.charts import Chart, ChartFigure

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""With what a cell begins that spreadsheets take for a formula."""


def written(chart: Chart) -> str:
    """The head, then the rows. Numbers are as they are, cells without one are empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(map(_cell, chart.table.head))
    writer.writerows(map(_cell, row) for row in chart.table.rows)
    return text.getvalue()


def _cell(value: str | ChartFigure | None) -> str | ChartFigure | None:
    """Text that spreadsheets would calculate has an apostrophe before it."""
    if isinstance(value, str) and value.lstrip("' ").startswith(FORMULA):
        return f"'{value}"
    return value
