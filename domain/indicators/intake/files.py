"""Files of observations, read as they arrive: CSV, NDJSON and JSON arrays, in chunks of rows. Pure.

What cannot be read is told by row; everything else goes on. At no time is more than a piece in memory.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from domain.errors import Invalid
from domain.indicators.intake.objects import JsonArray, JsonLines
from domain.indicators.intake.pieces import LARGEST_ROW, TOO_LONG, Columns, Held, Reader, Table, Text
from domain.indicators.intake.plain import columns_of
from domain.indicators.intake.tally import Tally

ONLY_OF_STR = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
LINE_END = re.compile(r"[\r\n]")
DELIMITERS = (",", ";", "\t")


class CsvRows:
    """RFC 4180, with a header. Commas, semicolons or tabs: whichever the header has most of."""

    def __init__(self, tally: Tally, *, charset: str | None = None, delimiter: str | None = None) -> None:
        self.received = self.unreadable = 0
        self._tally, self._text, self._delimiter = tally, Text(charset), delimiter
        self._held, self._damaged, self._ended = Held(), False, False
        self._header: tuple[str, ...] | None = None

    def feed(self, content: bytes, *, last: bool = False) -> Iterator[Table | Columns]:
        if self._ended:
            return
        self._held.add(self._text.decode(content, last=last))
        self._damaged |= self._text.damaged
        cut = len(self._held.text) if last else self._whole(self._held.text)
        if last and self._header is None and not self._held.text.strip():
            raise Invalid("The file is empty; its first row names the columns.", code="empty-file")
        if cut:
            ready = self._held.take(cut)
            plain = self._plain(ready)
            yield from self._tables(ready, last=last) if plain is None else (plain,)
            self._damaged = self._damaged and bool(self._held.text)
        if self._held.drop_endless():
            self._refuse("row-too-long", TOO_LONG)

    def _plain(self, text: str) -> Columns | None:
        if self._header is None or self._damaged:
            return None
        cells = columns_of(text, len(self._header), self._delimiter_of(text))
        if cells is None:
            return None
        first = self.received + 1
        self.received += len(cells[0])
        return Columns(self._header, cells, range(first, self.received + 1))

    def _whole(self, held: str) -> int:
        """How much of what is held ends with a row, as far as quotation marks that are counted tell."""
        cut = max(held.rfind("\n"), held.rfind("\r", 0, -1)) + 1
        if self._header is None and not held[:cut].strip():
            return 0
        open_quote = held.count('"', 0, cut) % 2 and len(held) < LARGEST_ROW
        return 0 if open_quote else cut

    def _tables(self, text: str, *, last: bool) -> Iterator[Table]:
        lines = csv.reader(_lines_of(text), delimiter=self._delimiter_of(text), strict=True)
        failed: str | None = ""
        while failed is not None:
            rows: list[list[str]] = []
            failed = _read_on(lines, rows)
            yield from self._under_header(rows)
            if failed is not None and not last and _is_open(failed):
                self._held.put_back(self._open_row(text))
            elif failed is not None:
                self._refuse(*self._why(failed))

    def _open_row(self, text: str) -> str:
        """The row at whose middle the text ends, after rows of which some may be unreadable."""
        lines = list(_lines_of(text))
        rows = csv.reader(lines, delimiter=self._delimiter_of(text), strict=True)
        begins, failed = 0, ""
        while not _is_open(failed):
            begins, failed = rows.line_num, _read_on(islice(rows, 1), []) or ""
        return "".join(lines[begins:])

    def _under_header(self, rows: list[list[str]]) -> Iterator[Table]:
        if not all(rows):
            rows = [row for row in rows if row]
        if self._header is None and rows:
            self._header = tuple(rows.pop(0))
        if self._header is not None and (rows or self.received == 0):
            first = self.received + 1
            self.received += len(rows)
            yield Table(self._header, rows, range(first, first + len(rows)), self._damaged)

    def _why(self, failed: str) -> tuple[str, str]:
        if _is_open(failed):
            self._ended = True
            return (
                "unclosed-quote",
                "opens a quotation mark that is never closed; nothing after it was read",
            )
        return "malformed-row", "cannot be read: a quotation mark stands where none may, or it is too long"

    def _refuse(self, code: str, what: str) -> None:
        if self._header is None:
            raise Invalid("The header of the file cannot be read.", code="unreadable-header")
        self.received += 1
        self.unreadable += 1
        self._tally.add(code, "", f"Row {self.received} {what}.", [self.received])

    def _delimiter_of(self, text: str) -> str:
        if self._delimiter is None:
            header = LINE_END.split(text.strip(), maxsplit=1)[0]
            self._delimiter = max(DELIMITERS, key=header.count)
        return self._delimiter


def _is_open(failed: str) -> bool:
    """Whether it failed because the text ends within quotation marks."""
    return "end of data" in failed


def _lines_of(text: str) -> Iterable[str]:
    """Lines with their ends. What only `str` takes for one, such as U+2028, is part of a cell."""
    if any(sign in text for sign in ONLY_OF_STR):
        return io.StringIO(text, newline="")
    return text.splitlines(keepends=True)  # twice as fast


def _read_on(lines: Iterator[list[str]], rows: list[list[str]]) -> str | None:
    """Rows up to the next that cannot be read, and why that cannot. None at the end."""
    try:
        rows.extend(lines)
    except csv.Error as error:
        return str(error)
    return None


CSV, TSV, NDJSON, JSON = "text/csv", "text/tab-separated-values", "application/x-ndjson", "application/json"
SDMX = "application/vnd.sdmx.data+csv"
KINDS: Mapping[str, str] = {
    CSV: CSV, "application/csv": CSV, SDMX: SDMX, TSV: TSV,
    NDJSON: NDJSON, "application/ndjson": NDJSON, "application/jsonl": NDJSON, JSON: JSON,
}  # fmt: skip
"""Media types that are read, and which of the formats each means."""


def reader_for(kind: str, tally: Tally, *, charset: str | None = None) -> Reader:
    """The reader of one of the formats."""
    if kind == NDJSON:
        return JsonLines(tally, charset=charset)
    if kind == JSON:
        return JsonArray(tally, charset=charset)
    return CsvRows(tally, charset=charset, delimiter="\t" if kind == TSV else None)
