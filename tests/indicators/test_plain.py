"""What is cut into columns at once is what a strict reader of CSV has; what is in doubt is left to that."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.indicators.intake.plain import columns_of

SIGNS = st.text(alphabet='ab,;"\n\r', max_size=40)
CELLS = st.text(alphabet='ab,;" \n\r', max_size=3)


def as_read(text: str, delimiter: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if row]


@given(SIGNS, st.integers(1, 4), st.sampled_from(",;"))
@example('a,"b,b\nb,b",a\n', 3, ",")
@example('"a\nb"\n', 1, ",")
@example('a,""\n"",b\n', 2, ",")
@example('a,""""\n', 2, ",")
@example('a,",\n",b"\n', 2, ",")
@example(',\n,\n""', 2, ",")
@example("a,b\r\n\r\na,b\r\n", 2, ",")
def test_plain_columns_are_those_that_a_reader_has(text: str, width: int, delimiter: str):
    columns = columns_of(text, width, delimiter)

    if columns is not None:
        assert list(map(list, zip(*columns, strict=True))) == as_read(text, delimiter)
        assert len(columns) == width


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=5))
def test_columns_of_what_was_written_are_the_cells_or_in_doubt(rows: list[list[str]]):
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows(rows)

    columns = columns_of(written.getvalue(), 2, ",")

    odd = any(sign in cell for row in rows for cell in row for sign in ',"\r\n')
    assert columns is None if odd else columns == [list(column) for column in zip(*rows, strict=True)]


@pytest.mark.parametrize(
    "text",
    [
        *("a,b", "a\n", "a,b,c\n", "a,b,c\na\n", "\na,b\n", "a,b\rc,d\n"),
        *('a,b"c\n', 'a,"b"c\n', f"a,{'b' * 131_072}\n"),
    ],
)
def test_what_is_not_plain_is_in_doubt(text: str):
    assert columns_of(text, 2, ",") is None
