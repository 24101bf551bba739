"""Charts as data: enough for a front end to draw them, and for anybody to read them without a drawing."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.agendas import PaperLanguage
from schemas.fields import Outgoing

ChartKind = Literal["bars", "stacked-bars", "lines"]
ChartFigure = int | float


class Axis(Outgoing):
    """What is laid off along one side of a chart."""

    title: str
    unit: str | None = Field(description="`%`, or what is counted; null: numbers without a unit")


class Category(Outgoing):
    """A place on the axis of categories: an objective, a cycle, a period."""

    key: str = Field(examples=["3.1.1", "2024"])
    label: str


class ChartSeries(Outgoing):
    """The values that belong together."""

    key: str = Field(examples=["done", "F", "target"])
    label: str
    role: Literal["values", "target"] = Field(description="`target`: what is to be reached, not what was")
    values: list[ChartFigure | None] = Field(
        description="for each category, as they are, below 0 and above 100 too; null: none, which is not 0"
    )


class ChartTable(Outgoing):
    """What stands behind a chart. Every row has as many cells as the head."""

    head: list[str]
    rows: list[list[str | ChartFigure | None]]


class Chart(Outgoing):
    """A chart. Whoever cannot see it reads `description` and `table`."""

    kind: ChartKind
    title: str
    description: str = Field(description="what it shows, in sentences")
    language: PaperLanguage = Field(description="of the fixed words; titles are in it as far as they exist")
    category_axis: Axis
    value_axis: Axis
    categories: list[Category] = Field(description="in reading order")
    series: list[ChartSeries] = Field(description="in reading order")
    missing: str = Field(description="what a value that is null means", examples=["no value"])
    empty: str | None = Field(description="why there is nothing to draw; null: there is")
    notes: list[str] = Field(description="what is to be known to read it rightly")
    table: ChartTable
    path: str = Field(description="where it is: as JSON, as SVG and as CSV, whichever is asked for")
