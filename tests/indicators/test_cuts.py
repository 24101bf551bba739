"""Where a file is cut into pieces decides nothing: rows, numbers and what is told of them are the same."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.indicators.intake.cells import Context
from domain.indicators.intake.checking import Checker
from domain.indicators.intake.columns import Wishes
from domain.indicators.intake.files import CSV, JSON, NDJSON, reader_for
from domain.indicators.intake.pieces import Columns, Objects
from domain.indicators.intake.tally import Tally
from domain.indicators.rules import Measure

Read = tuple[list[tuple[int, tuple[str, ...]]], list[dict[str, object]], int] | str


def pieces(content: bytes, cuts: Sequence[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(content) + 1) for cut in cuts), len(content)]
    return [content[begins:ends] for begins, ends in pairwise(places)]


def read(kind: str, parts: Sequence[bytes]) -> Read:
    """Rows with their numbers, what is told, and how many there were; or the code of the refusal."""
    tally = Tally()
    reader = reader_for(kind, tally)
    found: list[tuple[int, tuple[str, ...]]] = []
    try:
        for number, part in enumerate(parts, 1):
            for table in reader.feed(part, last=number == len(parts)):
                if isinstance(table, Objects):
                    rows = [tuple(row.values()) for row in table.rows]
                elif isinstance(table, Columns):
                    rows = list(zip(*table.cells, strict=True))
                else:
                    rows = [tuple(row) for row in table.rows]
                found += zip(table.numbers, rows, strict=True)
    except Invalid as refusal:
        return str(refusal.code)
    return found, tally.shown(), reader.received


PARTS = st.sampled_from(['"', "a", "5", ",", ";", "\n", "\r\n", "\r", '""', "é", "\x00", " "])
LINES = st.lists(PARTS, max_size=40).map("".join)
CUTS = st.lists(st.integers(0, 200), max_size=6)


@given(LINES, st.sampled_from(["utf-8", "cp1252"]), CUTS)
@example('5" pipe,x\n1,"a\nb"\n2,c\n', "utf-8", [19])
@example('5" pipe,"x\ny"\n1,2\n', "utf-8", [15])
def test_csv_is_the_same_wherever_it_is_cut(text: str, encoding: str, cuts: list[int]):
    content = b"a,b\n" + text.encode(encoding)

    assert read(CSV, pieces(content, cuts)) == read(CSV, [content])


@given(LINES, CUTS)
@example("\n\na;b,c;d\n1;2;3\n", [1])
@example("a;b\r1,1,1\r", [5])
def test_a_header_is_the_same_wherever_it_is_cut(text: str, cuts: list[int]):
    content = text.encode()

    assert read(CSV, pieces(content, cuts)) == read(CSV, [content])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_mark_may_be_cut_in_two(encoding: str):
    content = "a,b\n1,é\n".encode(encoding)

    for cut in range(len(content)):
        assert read(CSV, pieces(content, [cut])) == ([(1, ("1", "é"))], [], 1)


CONTEXT = Context({"a:1": Measure("number")}, {"HRV": "HRV"}, {}, {}, indicator="a:1")
DAMAGED = {
    CSV: b"state,period,value,note\nHRV,2012,1,x\nHRV,2013,2,\x00\n"
    b'HRV,2014,3,"y"\nHRV,2015,4,caf\xe9 au lait\nHRV,2016,5,\n',
    NDJSON: b"".join(
        b'{"state": "HRV", "period": "%d", "value": %d, "note": "%s"}\n' % (2011 + value, value, note)
        for value, note in enumerate([b"x", b"\\u0000", b"y", b"caf\xe9 au lait", b""], 1)
    ),
}
DAMAGED[JSON] = b"[%s]" % DAMAGED[NDJSON].strip().replace(b"\n", b",")


@pytest.mark.parametrize("kind", DAMAGED)
def test_rows_that_are_no_text_are_left_out_wherever_the_file_is_cut(kind: str):
    for cut in range(len(DAMAGED[kind])):
        tally = Tally()
        reader, checker = reader_for(kind, tally), Checker(CONTEXT, Wishes(), tally)
        parts = pieces(DAMAGED[kind], [cut])
        lines = b"".join(
            checker.take(table)
            for number, part in enumerate(parts, 1)
            for table in reader.feed(part, last=number == len(parts))
        )

        assert [line.split(b"\t")[4] for line in lines.splitlines()] == [b"2012", b"2014", b"2016"], cut
        assert {one["code"]: one["rows"] for one in tally.shown()} == {
            "text-not-utf-8": [4],
            "text-contains-nul": [2],
        }
