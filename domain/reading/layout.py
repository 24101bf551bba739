"""Where words stand on a page, and the order in which a person reads them.

The lines of a page come as the file has them. They stay so, unless they stand side by side: then columns of
running text follow one another, and the cells of tables come row by row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from operator import attrgetter
from statistics import median
from typing import NamedTuple

from domain.reading.tables import table_lines

Span = tuple[float, float]

WIDE_GAP = 1.0
"""Times the height of a line: words of one sentence stand nearer than that."""

MOST_LINES = 2_000
"""More than a page can hold: pages that say they have more are left as they are, to be done in time."""

FAR_BELOW = 3.0
FEWEST_ROWS = {2: 3}
FEWEST_ROWS_OF_MANY_COLUMNS = 2
LONGEST_CELL = 10
RUNNING_TEXT = 20
FULL = 0.7
MOSTLY = 0.6
ENUMERATOR = re.compile(r"\(?(?:\w{1,4}[.)]){1,3}|[-*+•·▪●◦–]")
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff]")
WORD_BROKEN = re.compile(r"(?<=\w)-\n")


class Run(NamedTuple):
    """Words without a wide gap between them, in points from the lower left corner of the page."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def reach(self) -> Span:
        return self.bottom, self.top


class Line(NamedTuple):
    """A line as the file has it: one run, or several side by side. A `fixed` one is a row of a table."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    runs: tuple[Run, ...]
    fixed: bool = False

    @property
    def size(self) -> float:
        return self.top - self.bottom


def line_of(*runs: Run) -> Line:
    first, last = runs[0], runs[-1]
    text = first.text if len(runs) == 1 else " ".join([run.text for run in runs])
    return Line(text, first.left, first.bottom, last.right, first.top, runs)


@dataclass
class Zone:
    """Rows of runs that stand side by side, one below the other, and the gutters that part them all."""

    gutters: list[Span]
    rows: list[list[Run]] = field(default_factory=list)

    def column(self, run: Run) -> int:
        """The place of its column in the order of reading."""
        middle = (run.left + run.right) / 2
        left = sum(1 for gutter in self.gutters if gutter[1] <= middle)
        return len(self.gutters) - left if self.right_to_left else left

    @cached_property
    def right_to_left(self) -> bool:
        """Whether most of its words are in Arabic or Hebrew."""
        runs = [run for row in self.rows for run in row]
        return sum(1 for run in runs if RIGHT_TO_LEFT.search(run.text)) > len(runs) / 2

    @property
    def columns(self) -> int:
        return len(self.gutters) + 1

    @property
    def stands(self) -> bool:
        side_by_side = sum(1 for row in self.rows if len(row) > 1)
        return side_by_side >= FEWEST_ROWS.get(self.columns, FEWEST_ROWS_OF_MANY_COLUMNS)


def in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """The same words: columns one after the other, tables by rows, everything else as it was."""
    runs = [run for line in lines for run in line.runs if not ENUMERATOR.fullmatch(run.text)]
    rows = rows_of(runs)
    if len(rows) < len(runs) <= MOST_LINES:
        for zone in filter(lambda zone: zone.stands, zones(rows)):
            lines = with_zone_read(lines, zone)
    return list(lines)


def rows_of(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs on one height, from the top of the page down, each row from left to right."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=attrgetter("top"), reverse=True):
        if rows and level(rows[-1][0], run):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=attrgetter("left")) if len(row) > 1 else row for row in rows]


def level(one: Run, other: Run) -> bool:
    """Whether two runs stand at one height, raised or lowered characters included."""
    shared = min(one.top, other.top) - max(one.bottom, other.bottom)
    return shared >= MOSTLY * min(one.height, other.height)


def zones(rows: Sequence[list[Run]]) -> Iterator[Zone]:
    zone: Zone | None = None
    for row in rows:
        left = narrowed(zone, row) if zone else []
        if zone and left:
            zone.gutters = left
            zone.rows.append(row)
            continue
        if zone:
            yield zone
        gutters = gaps(row)
        zone = Zone(gutters, [row]) if gutters else None
    if zone:
        yield zone


def gaps(row: Sequence[Run]) -> list[Span]:
    pairs = pairwise(row)
    return [(one.right, other.left) for one, other in pairs if other.left > one.right]


def narrowed(zone: Zone, row: Sequence[Run]) -> list[Span]:
    """What is left of the gutters beside this row; nothing if it is too far below, or running text."""
    if zone.rows[-1][0].bottom - row[0].top > FAR_BELOW * row[0].height:
        return []
    free = [(float("-inf"), row[0].left), *gaps(row), (row[-1].right, float("inf"))]
    shared = [(max(a, c), min(b, d)) for a, b in zone.gutters for c, d in free]
    left = [(a, b) for a, b in shared if b - a > WIDE_GAP / 2 * row[0].height]
    return left if len(row) > 1 or len(left) == len(zone.gutters) else []


def with_zone_read(lines: Sequence[Line], zone: Zone) -> list[Line]:
    """The lines with those of the zone in the order in which they are read, where the first of them was."""
    inside = {id(run) for row in zone.rows for run in row}
    within = [any(id(run) in inside for run in line.runs) for line in lines]
    first = within.index(True)
    cells = [run for line, held in zip(lines, within, strict=True) if held for run in line.runs]
    before, after = lines[:first], lines[first:]
    rest = [line for line, held in zip(after, within[first:], strict=True) if not held]
    return [*before, *read_zone(zone, cells), *rest]


def read_zone(zone: Zone, cells: Sequence[Run]) -> list[Line]:
    columns = [zone.column(cell) for cell in cells]
    returns = sum(1 for one, other in pairwise(columns) if other < one)
    if running_text(zone, cells):
        by_rows = 0 < returns < MOSTLY * len(zone.rows)
        if not by_rows or len(cells) > LONGEST_CELL * zone.columns * (returns + 1):
            return by_column(zone, cells)
    elif not returns:
        cells = [run for row in zone.rows for run in row]
    return by_row(zone, cells)


def running_text(zone: Zone, cells: Sequence[Run]) -> bool:
    """Whether the columns are full of words, as those of an article are and those of most tables are not."""
    if median(len(cell.text) for cell in cells) < RUNNING_TEXT:
        return False
    widest = [0.0] * zone.columns
    for cell in cells:
        widest[zone.column(cell)] = max(widest[zone.column(cell)], cell.right - cell.left)
    full = sum(1 for cell in cells if cell.right - cell.left >= FULL * widest[zone.column(cell)])
    return full >= MOSTLY * len(cells)


def by_column(zone: Zone, cells: Sequence[Run]) -> list[Line]:
    columns = [[cell for cell in cells if zone.column(cell) == number] for number in range(zone.columns)]
    return [line_of(cell) for column in columns for cell in column]


def by_row(zone: Zone, cells: Sequence[Run]) -> list[Line]:
    """Rows as lines of text; a row ends where the file goes back to an earlier column."""
    rows: list[list[list[str]]] = []
    last = zone.columns
    for cell in cells:
        column = zone.column(cell)
        if column < last:
            rows.append([[] for _ in range(zone.columns)])
        rows[-1][column].append(cell.text)
        last = column
    text = [[cell_text(pieces) for pieces in row] for row in rows]
    place = line_of(*cells)
    return [place._replace(text=line, fixed=True) for line in table_lines(text)]


def cell_text(pieces: Sequence[str]) -> str:
    """The lines of a cell; a word that was broken at a line end is put together at its hyphen."""
    return WORD_BROKEN.sub("-", "\n".join(pieces))
