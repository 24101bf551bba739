"""Rows of a file to observations, column by column; what is wrong with a row keeps that row out. Pure.

A chunk of rows whose numbers are all in order is never looked at row by row: each column is read by functions
that loop in C. That is what lets one process keep up with the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import compress

from domain.indicators.intake import columns
from domain.indicators.intake.cells import (
    DESCRIPTION,
    MOST_KEPT,
    NULL,
    Attributes,
    Context,
    Fault,
    NewSeries,
    Periods,
    Series,
    copied,
    deletes,
    text_cell,
)
from domain.indicators.intake.columns import MOST_NAMED, Layout, Wishes
from domain.indicators.intake.fields import Fields
from domain.indicators.intake.pieces import Columns, Objects, Table
from domain.indicators.intake.tally import Tally
from domain.indicators.rules import LONGEST_TEXT, Measure, Refused, Value, restored

Column = Sequence[str]
SERIES_OF_AN_IMPORT = 32
"""Bits for the series that one import numbers, so that numbers of two imports are never the same."""


@dataclass(frozen=True, slots=True)
class Values:
    """A column of values: numbers, texts, which are missing, and what is refused by its place."""

    numbers: Column
    texts: Column
    missing: Sequence[bool]
    refused: dict[int, Refused]


class Sheet:
    """Rows under one header."""

    def __init__(self, layout: Layout, context: Context, new: NewSeries, *, direct: bool) -> None:
        self.layout = layout
        self.series = Series(context, layout.dimensions, new)
        self.described = tuple(name for name in DESCRIPTION if layout.has(name))
        self.attributes = Attributes(context, self.described, direct=direct)

    def column(self, rows: Sequence[Column], name: str, count: int, default: str = "") -> Column:
        """The cells of a field in all rows, given by their columns."""
        place = self.layout.places.get(name)
        return rows[place] if place is not None else (self.layout.constants.get(name, default),) * count


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows by column: as they were written, and as they are to be kept."""

    keys: Sequence[tuple[str, ...]]
    written: Column
    """Periods."""

    described: Sequence[tuple[bool | str, ...]]
    series: Column
    periods: Column
    values: Values
    attributes: Column
    notes: Column
    refused: dict[int, list[Fault]]
    """Notes and deletions, by their places."""

    @property
    def fine(self) -> bool:
        refused = "" in self.series or "" in self.periods or "" in self.attributes
        return not (refused or self.values.refused or self.refused)

    def faults(self, sheet: Sheet, periods: Periods) -> list[list[Fault]]:
        """Of each row. Where the value is refused, its status is not held against it."""
        return [
            [
                *sheet.series.refused.get(key, ()),
                *periods.refused.get(written, ()),
                *self._of_value(place, sheet.attributes.refused.get(about, [])),
                *self.refused.get(place, ()),
            ]
            for place, (key, written, about) in enumerate(
                zip(self.keys, self.written, self.described, strict=True)
            )
        ]

    def _of_value(self, place: int, otherwise: list[Fault]) -> list[Fault]:
        refused = self.values.refused.get(place)
        return otherwise if refused is None else [Fault(refused.code, "/value", refused.detail)]


class Checker:
    """Reads the tables of a file one after the other. What is to be written comes out as `COPY` takes it."""

    def __init__(
        self, context: Context, wishes: Wishes, tally: Tally, *, number: int = 0, direct: bool = False
    ) -> None:
        """`number`: of the import. `direct`: rows come out as the table of observations has them."""
        self.accepted = self.rejected = 0
        self._ignored: dict[str, None] = {}
        self._context, self._wishes, self._tally = context, wishes, tally
        self._new = NewSeries(number << SERIES_OF_AN_IMPORT)
        self._written_by = f"{number}\t1" if direct else None
        self._periods = Periods(context)
        self._sheets: dict[tuple[str, ...], Sheet] = {}
        self._fields: Fields | None = None

    @property
    def acts(self) -> bool:
        """Whether some rows are to be merged, or delete."""
        return any(sheet.attributes.acts for sheet in self._sheets.values())

    def new_series(self) -> bytes:
        """Series that came up since this was last asked: number, indicator, area, breakdown."""
        lines, self._new.lines = self._new.lines, []
        return "".join(lines).encode()

    @property
    def ignored(self) -> list[str]:
        """Columns that were left out, the first of them."""
        names = [*self._ignored, *(self._fields.left_out if self._fields else ())]
        return names[:MOST_NAMED]

    def take(self, table: Table | Columns | Objects) -> bytes:
        """Lines of row, series, first and last day, period, number, text, status, nature, multiplier, proxy,
        source, action, note. Direct ones leave out the row and the action, and end with import and revision.

        Raises Invalid when the columns are not understood, Deletes when a direct row is to delete.
        """
        if isinstance(table, Objects):
            table = self._of_objects(table)
        sheet = self._sheet(table.header)
        if isinstance(table, Columns):
            return self._lines(sheet, table.cells, table.numbers).encode()
        rows, numbers = self._sound(table, sheet.layout.width)
        return self._lines(sheet, list(zip(*rows, strict=True)), numbers).encode() if rows else b""

    def _of_objects(self, objects: Objects) -> Table:
        if self._fields is None:
            named = self._context.indicator is not None
            self._fields = Fields(self._wishes, self._context.lists.keys(), indicator_named=named)
        table, refused = self._fields.table(objects)
        self.rejected += len(refused)
        for number, fault in refused:
            self._tally.add(fault.code, fault.pointer, fault.detail, [number])
        return table

    def _sheet(self, header: tuple[str, ...]) -> Sheet:
        sheet = self._sheets.get(header)
        if sheet is None:
            named = self._context.indicator is not None
            wishes = self._wishes if self._fields is None else Wishes(constants=self._wishes.constants)
            layout = columns.laid_out(header, wishes, self._context.lists.keys(), indicator_named=named)
            sheet = self._sheets[header] = Sheet(
                layout, self._context, self._new, direct=self._written_by is not None
            )
            self._ignored |= dict.fromkeys(layout.ignored)
        return sheet

    def _sound(self, table: Table, width: int) -> tuple[Sequence[Column], Sequence[int]]:
        """Rows that have all their cells, and nothing in them that is no text."""
        rows, numbers = table.rows, table.numbers
        if set(map(len, rows)) != {width}:
            detail = f"A row has another number of cells than the header, which has {width}."
            whole = [len(row) == width for row in rows]
            rows, numbers = self._without(rows, numbers, whole, Fault("ragged-row", "", detail))
        if table.damaged:
            detail = (
                "The row has bytes that are no text in UTF-8, or in the charset that was named; if the"
                " file is in windows-1252, say `Content-Type: text/csv; charset=windows-1252`."
            )
            whole = [_is_text("".join(row)) for row in rows]
            rows, numbers = self._without(rows, numbers, whole, Fault("text-not-utf-8", "", detail))
            detail = "The row contains the character U+0000."
            whole = ["\x00" not in "".join(row) for row in rows]
            rows, numbers = self._without(rows, numbers, whole, Fault("text-contains-nul", "", detail))
        return rows, numbers

    def _without(
        self, rows: Sequence[Column], numbers: Sequence[int], whole: Sequence[bool], fault: Fault
    ) -> tuple[Sequence[Column], Sequence[int]]:
        left_out = [number for number, fine in zip(numbers, whole, strict=True) if not fine]
        if not left_out:
            return rows, numbers
        self.rejected += len(left_out)
        self._tally.add(fault.code, fault.pointer, fault.detail, left_out)
        return list(compress(rows, whole)), list(compress(numbers, whole))

    def _lines(self, sheet: Sheet, cells: Sequence[Column], numbers: Sequence[int]) -> str:
        self._stay_small(sheet)
        count = len(numbers)
        chunk = self._read(sheet, cells, count)
        parts = [chunk.series, chunk.periods, chunk.values.numbers, chunk.values.texts, chunk.attributes]
        if self._written_by is None:
            parts = [list(map(str, numbers)), *parts, chunk.notes]
        else:
            parts = [*parts, chunk.notes, (self._written_by,) * count]
        lines: Iterable[str] = map("\t".join, zip(*_fewer(parts, count), strict=True))
        if not chunk.fine:
            lines = compress(lines, self._fine(chunk.faults(sheet, self._periods), numbers))
        kept = list(lines)
        self.accepted += len(kept)
        return "\n".join([*kept, ""])

    def _stay_small(self, sheet: Sheet) -> None:
        """Forget between chunks, never within one: what was refused is asked for at its end."""
        for cells in (self._periods, sheet.attributes):
            cells.stay_small()
        if len(self._new.measures) >= MOST_KEPT or sheet.series.has_many:
            self._new.measures.clear()
            for known in self._sheets.values():
                known.series.forget()

    def _read(self, sheet: Sheet, cells: Sequence[Column], count: int) -> Chunk:
        def column(name: str, default: str = "") -> Column:
            return sheet.column(cells, name, count, default)

        indicator, by = self._context.indicator or "", map(column, sheet.layout.dimensions)
        keys = list(zip(column("indicator", indicator), column("state"), *by, strict=True))
        series = list(map(sheet.series.__getitem__, keys))
        values = self._values(column("value"), series)
        described = _zipped([values.missing, *map(column, sheet.described)], count)
        notes, refused = self._notes(column("note") if sheet.layout.has("note") else None, count)
        if sheet.layout.has("action"):
            refused |= _deletions_refused(sheet, values, column)
        return Chunk(
            keys=keys,
            written=column("period"),
            described=described,
            series=series,
            periods=list(map(self._periods.__getitem__, column("period"))),
            values=values,
            attributes=_looked_up(sheet.attributes, described),
            notes=notes,
            refused=refused,
        )

    def _fine(self, faults: Sequence[Sequence[Fault]], numbers: Sequence[int]) -> list[bool]:
        for number, found in zip(numbers, faults, strict=True):
            self.rejected += bool(found)
            for fault in found:
                self._tally.add(fault.code, fault.pointer, fault.detail, [number], about=fault.about)
        return [not found for found in faults]

    def _values(self, texts: Column, series: Column) -> Values:
        measure = self._only_measure(series)
        numbers = self._plain_numbers(texts, measure) if measure is not None else None
        if numbers is None:
            return self._one_by_one(texts, series)
        count = len(numbers)
        return Values(numbers, (NULL,) * count, (False,) * count, {})

    def _plain_numbers(self, texts: Column, measure: Measure) -> Column | None:
        """The numbers that the texts are, where all of them are such in the simplest manner."""
        together = "\n".join([*texts, ""])
        if together.count("\n") != len(texts):  # a cell with a line end in it would pass for two
            return None
        if self._context.decimal_comma:
            if "." in together:
                return None
            together = together.replace(",", ".")
            texts = together.split("\n")[:-1]
        plain = measure.all_plain(together, beyond_hundred=self._context.beyond_hundred)
        return texts if plain else None

    def _only_measure(self, series: Column) -> Measure | None:
        """What all rows are measured in, if it is the same."""
        context = self._context
        if context.indicator is not None:
            return context.measures[context.indicator]
        found = {self._new.measures.get(number) for number in set(series)}
        return found.pop() if len(found) == 1 else None

    def _one_by_one(self, texts: Column, series: Column) -> Values:
        numbers, said, missing, refused = [], [], [], {}
        for place, (text, number) in enumerate(zip(texts, series, strict=True)):
            measure = self._measure_of(number)
            value = self._value(text, measure) if measure else None
            if isinstance(value, Refused):
                refused[place] = value
                value = None
            numbers.append(NULL if value is None or value.number is None else value.number)
            said.append(NULL if value is None or value.text is None else self._text(value.text))
            missing.append(value is not None and value.missing)
        return Values(numbers, said, missing, refused)

    def _value(self, text: str, measure: Measure) -> Value | Refused:
        context = self._context
        return measure.read(text, beyond_hundred=context.beyond_hundred, decimal_comma=context.decimal_comma)

    def _measure_of(self, series: str) -> Measure | None:
        context = self._context
        if context.indicator is not None:
            return context.measures[context.indicator]
        return self._new.measures.get(series)

    def _text(self, text: str) -> str:
        return copied(restored(text) if self._context.spreadsheet else text)

    def _notes(self, texts: Column | None, count: int) -> tuple[Column, dict[int, list[Fault]]]:
        if texts is None:
            return (NULL,) * count, {}
        notes, refused = [], {}
        for place, text in enumerate(texts):
            faults: list[Fault] = []
            notes.append(
                text_cell(text, "/note", LONGEST_TEXT, faults, spreadsheet=self._context.spreadsheet)
            )
            if faults:
                refused[place] = faults
        return notes, refused


OF_VALUES = ("nature", "unit_multiplier", "proxy", "source", "note")


def _deletions_refused(
    sheet: Sheet, values: Values, column: Callable[[str], Column]
) -> dict[int, list[Fault]]:
    """By place: deletions that mean more, or less, than that one observation is to go. What their values are
    does not matter.
    """
    breakdown = {name: column(name) for name in sheet.layout.dimensions}
    described = [column(name) for name in OF_VALUES if sheet.layout.has(name)]
    refused: dict[int, list[Fault]] = {}
    for place in (place for place, action in enumerate(column("action")) if deletes(action)):
        values.refused.pop(place, None)
        faults = [_too_wide(name) for name, codes in breakdown.items() if not codes[place].strip()]
        if values.missing[place] and any(texts[place].strip() for texts in described):
            faults.append(NOT_THE_VALUE)
        if faults:
            refused[place] = faults
    return refused


def _too_wide(name: str) -> Fault:
    detail = f"In a deletion, no code of `{name}` would mean all of them; write `_T` for the total."
    return Fault("deletes-too-much", f"/{name}", detail, name)


NOT_THE_VALUE = Fault(
    "deletes-no-value",
    "/value",
    "A deletion that names no value but a source, a note or the like would leave the value where it is; to"
    " delete the observation, leave them empty, or name the value as well.",
)


def _one_throughout(column: Sequence[object]) -> bool:
    return column[0] == column[-1] and column.count(column[0]) == len(column)


def _zipped(columns: Sequence[Sequence[bool | str]], count: int) -> Sequence[tuple[bool | str, ...]]:
    """Rows of the columns, made only once where all are the same."""
    if all(map(_one_throughout, columns)):
        return (tuple(column[0] for column in columns),) * count
    return list(zip(*columns, strict=True))


def _looked_up(found: Attributes, described: Sequence[tuple[bool | str, ...]]) -> Column:
    if described[0] is described[-1]:  # of rows that are all the same, or of a single one
        return (found[described[0]],) * len(described)
    return list(map(found.__getitem__, described))


def _fewer(parts: Sequence[Column], count: int) -> list[Column]:
    """The same cells in fewer columns: neighbours that are one text throughout become one."""
    fewer: list[Column] = [parts[0]]
    for part in parts[1:]:
        if _one_throughout(part) and _one_throughout(fewer[-1]):
            fewer[-1] = (f"{fewer[-1][0]}\t{part[0]}",) * count
        else:
            fewer.append(part)
    return fewer


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
