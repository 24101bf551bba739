"""Rows of CSV that are so plain that they can be cut into columns at once, and not row by row. Pure.

Whoever is not sure of them says so, and a reader of CSV has the word.
"""

from __future__ import annotations

import csv
import re
from functools import cache


def columns_of(text: str, width: int, delimiter: str) -> list[list[str]] | None:
    """The cells of whole rows by column, as a strict reader of CSV has them; None when in doubt.

    There is no doubt where every row has `width` cells and quotation marks stand only around cells that have
    no delimiter, line end or quotation mark in them.
    """
    if width < 2 or len(text) > csv.field_size_limit():  # an empty line is no row; a cell may be too long
        return None
    if not text.endswith("\n"):  # what stands after the last line end may be an empty cell in quotation marks
        return None
    if '"' in text:
        if not _marks_around_cells(delimiter).fullmatch(text):
            return None
        text = text.replace('"', "")
    text = text.replace("\r\n", "\n")
    return None if "\r" in text else _cut(text, width, delimiter)


@cache
def _marks_around_cells(delimiter: str) -> re.Pattern[str]:
    ends = f"{re.escape(delimiter)}\r\n"
    return re.compile(rf'[^"]*(?:(?<![^{ends}])"[^"{ends}]*"(?![^{ends}])[^"]*)*')


def _cut(text: str, width: int, delimiter: str) -> list[list[str]] | None:
    """Line ends become cells of their own: rows are whole if, and only if, these are all in their places."""
    rows = text.count("\n")
    cells = text.replace("\n", f"{delimiter}\n{delimiter}").split(delimiter)
    cells.pop()  # what stands after the last line end: nothing
    ends = cells[width :: width + 1]
    whole = len(cells) == rows * (width + 1) and ends.count("\n") == rows
    return [cells[place :: width + 1] for place in range(width)] if whole else None
