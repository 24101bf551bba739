"""However a file is made, what is held of it stays small."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from domain.errors import Invalid
from domain.indicators.codes import BUILT_IN
from domain.indicators.intake import cells, checking
from domain.indicators.intake.cells import Context
from domain.indicators.intake.checking import Checker
from domain.indicators.intake.columns import MOST_NAMED, Wishes
from domain.indicators.intake.files import CSV, NDJSON, reader_for
from domain.indicators.intake.pieces import LARGEST_ROW, Table
from domain.indicators.intake.tally import MOST_GROUPS, Tally
from domain.indicators.rules import Measure

MEGABYTE = 1024 * 1024
PIECE = 64 * 1024
LISTS = {one.column: one for one in BUILT_IN.values()}
CONTEXT = Context({"a:1": Measure("number")}, {"HRV": "HRV"}, {}, LISTS, indicator="a:1")


def peak(of: Callable[[], None]) -> float:
    """The most megabytes that it holds at once."""
    tracemalloc.start()
    of()
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return held / MEGABYTE


@pytest.mark.parametrize(("kind", "begin"), [(CSV, b"state,period,value\n"), (NDJSON, b"")])
def test_a_line_without_end_is_left_out_and_not_held(kind: str, begin: bytes):
    tally = Tally()
    reader = reader_for(kind, tally)
    good = b"HRV,2012,1\n" if kind == CSV else b'{"state":"HRV"}\n'

    def read() -> None:
        numbers: list[int] = []
        for piece in [begin, *[b'{"a":"' + b"x" * PIECE] * 200, b"\n" + good]:
            for table in reader.feed(piece):
                numbers += table.numbers
        list(reader.feed(b"", last=True))
        assert numbers == [2]

    assert peak(read) < 12
    assert [(one["code"], one["rows"]) for one in tally.shown()] == [("row-too-long", [1])]
    assert (reader.received, reader.unreadable) == (2, 1)


def test_a_header_without_end_is_refused():
    reader = reader_for(CSV, Tally())

    for _ in range(LARGEST_ROW // PIECE):
        assert not list(reader.feed(b"x" * PIECE))

    with pytest.raises(Invalid, match="header"):
        list(reader.feed(b"x"))


def unknown_areas(count: int) -> Iterator[Table]:
    for first in range(0, count, 1_000):
        rows = [[f"A{number}", "2012", "1"] for number in range(first, first + 1_000)]
        yield Table(("state", "period", "value"), rows, range(first + 1, first + 1_001))


def test_areas_that_nobody_knows_are_forgotten(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cells, "MOST_REFUSED", 2_000)
    checker = Checker(CONTEXT, Wishes(), Tally())

    def check() -> None:
        for table in unknown_areas(40_000):
            checker.take(table)

    assert peak(check) < 8
    assert checker.rejected == 40_000


def test_series_are_forgotten_when_there_are_many(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checking, "MOST_KEPT", 2_000)
    monkeypatch.setattr(cells, "MOST_KEPT", 2_000)
    ages = {f"C{number}": f"c{number}" for number in range(40_000)}
    lists = LISTS | {"kind": cells.CodeList("KIND", "Kind", ages)}
    context = Context({"a:1": Measure("number")}, {"HRV": "HRV"}, {}, lists, indicator="a:1")
    checker = Checker(context, Wishes(), Tally())

    def check() -> None:
        for first in range(0, 40_000, 1_000):
            rows = [["HRV", "2012", "1", f"C{number}"] for number in range(first, first + 1_000)]
            checker.take(Table(("state", "period", "value", "kind"), rows, range(1_000)))
            checker.new_series()

    assert peak(check) < 8
    assert checker.accepted == 40_000


@pytest.mark.parametrize("columns", [{}, {"state": "state"}])
def test_objects_that_each_have_names_of_their_own_cost_no_more_than_others(columns: dict[str, str]):
    tally = Tally()
    reader, checker = reader_for(NDJSON, tally), Checker(CONTEXT, Wishes(columns), tally)
    text = "".join(f'{{"state":"HRV","period":2012,"k{number:x}":1}}\n' for number in range(5_000)).encode()

    def read() -> None:
        for place in range(0, len(text), PIECE):
            for table in reader.feed(text[place : place + PIECE]):
                checker.take(table)

    assert peak(read) < 12
    assert (checker.accepted, checker.rejected) == ((5_000, 0) if columns else (0, 5_000))
    assert len(checker.ignored) == (MOST_NAMED if columns else 0)
    assert len(tally.shown()) <= 2 * MOST_GROUPS + 1
    assert sum(one["count"] for one in tally.shown()) == checker.rejected


@pytest.mark.parametrize("columns", [{}, {"state": "state"}])
@pytest.mark.parametrize(("names", "letters"), [(20_000, 0), (3, 100_000)])
def test_objects_of_many_or_long_names_are_not_remembered(columns: dict[str, str], names: int, letters: int):
    reader, checker = reader_for(NDJSON, Tally()), Checker(CONTEXT, Wishes(columns), Tally())

    def read() -> None:
        for line in range(30):
            fields = ",".join(f'"k{line}_{number}{"x" * letters}":1' for number in range(names))
            for table in reader.feed(f'{{"state":"HRV",{fields}}}\n'.encode()):
                checker.take(table)

    assert peak(read) < 12
    assert checker.rejected == 30
