"""Files in pieces of any size come out as the same rows; cells mean what their lists say."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.indicators.codes import BUILT_IN, age_code, multiplier
from domain.indicators.intake.columns import Wishes, laid_out, pairs
from domain.indicators.intake.files import CSV, JSON, NDJSON, reader_for
from domain.indicators.intake.pieces import Columns, Objects
from domain.indicators.intake.tally import MOST_GROUPS, MOST_ROWS, Tally
from domain.indicators.rules import MISSING, Measure, Refused, Value, restored

TEXT = 'a,b\r\n1,"x\ny"\r\n\r\n2,"""q"" é\u2028"\r\n3,z\r\n'
ROWS = [["1", "x\ny"], ["2", '"q" é\u2028'], ["3", "z"]]
OBJECTS = [{"a": "1", "b": "é"}, {"a": 2.50, "b": None}, {"a": True, "breakdown": {"sex": "F"}}]


def read(kind: str, content: bytes, size: int) -> tuple[list[dict[str, str]], list[int], Tally]:
    tally = Tally()
    reader = reader_for(kind, tally)
    rows: list[dict[str, str]] = []
    numbers: list[int] = []
    pieces = [content[place : place + size] for place in range(0, len(content), size)]
    for last, piece in [*((False, piece) for piece in pieces), (True, b"")]:
        for table in reader.feed(piece, last=last):
            numbers += table.numbers
            if isinstance(table, Objects):
                rows += map(dict, table.rows)
                continue
            found = zip(*table.cells, strict=True) if isinstance(table, Columns) else table.rows
            rows += [dict(zip(table.header, row, strict=False)) for row in found]
    return rows, numbers, tally


@given(st.integers(1, 60))
def test_csv_is_the_same_in_pieces_of_any_size(size: int):
    rows, numbers, tally = read(CSV, TEXT.encode(), size)

    assert [list(row.values()) for row in rows] == ROWS
    assert numbers == [1, 2, 3]
    assert not tally


@given(st.integers(1, 60), st.sampled_from(["utf-16", "utf-8-sig"]))
def test_encodings_with_a_mark_may_be_cut_anywhere(size: int, encoding: str):
    if size < 3:
        size = 3
    rows, _, _ = read(CSV, TEXT.encode(encoding), size)

    assert [list(row.values()) for row in rows] == ROWS


@given(st.integers(1, 60))
def test_json_is_the_same_in_pieces_of_any_size(size: int):
    lines = "\n".join(map(json.dumps, OBJECTS)).encode()

    for kind, content in ((NDJSON, lines), (JSON, json.dumps(OBJECTS).encode())):
        rows, numbers, _ = read(kind, content, size)
        assert [{name: cell for name, cell in row.items() if cell} for row in rows] == [
            {"a": "1", "b": "é"},
            {"a": "2.5"},
            {"a": "true", "sex": "F"},
        ]
        assert numbers == [1, 2, 3]


@given(st.binary(max_size=300), st.sampled_from([CSV, NDJSON, JSON]), st.integers(1, 50))
def test_any_bytes_are_read_or_refused(content: bytes, kind: str, size: int):
    try:
        _, numbers, _ = read(kind, content, size)
    except Invalid:
        return
    assert sorted(set(numbers)) == numbers


def test_the_digits_of_a_number_stay_as_they_were_sent():
    rows, _, _ = read(JSON, b'[{"a": 1.10, "b": 12345678901234567890.123456789}]', 1_000)

    assert rows == [{"a": "1.10", "b": "12345678901234567890.123456789"}]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Y15T49", "Y15T49"), ("15 to 49", "Y15T49"), ("16–19", "Y16T19"), ("75 and over", "Y_GE75"),
        ("60+", "Y_GE60"),
        ("under 5", "Y_LT5"), ("Y_GE60", "Y_GE60"), ("old", None), ("15 to", None),
    ],
)  # fmt: skip
def test_ages(text: str, code: str | None):
    assert age_code(text) == code


def test_codes_are_found_by_themselves_their_titles_and_other_names():
    sex, disability = BUILT_IN["SEX"], BUILT_IN["DISABILITY_STATUS"]

    assert [sex.code(text) for text in ("F", "female", "Women", "BOTHSEX", "", "_T", "x")] == [
        "F", "F", "F", "_T", "_T", "_T", None,
    ]  # fmt: skip
    assert disability.codes["PWD"] == "Persons without disability"
    assert disability.code("Persons with disability") == "PD"


@pytest.mark.parametrize(
    ("text", "power"), [("Units", 0), ("thousands", 3), ("6", 6), ("-2", -2), ("dozen", None)]
)
def test_multipliers(text: str, power: int | None):
    assert multiplier(text) == power


@pytest.mark.parametrize(
    ("kind", "unit", "text", "expected"),
    [
        ("number", None, "1.50", Value(number="1.50")),
        ("number", None, "-.5e3", Value(number="-.5e3")),
        ("number", None, "..", MISSING),
        ("number", None, "1,5", "decimal-comma"),
        ("number", None, "1.234,5", "decimal-comma"),
        ("number", None, "12 %", "not-a-number"),
        ("number", None, "１", "not-a-number"),
        ("number", None, "1e999", "not-a-number"),
        ("ratio", "per cent", "100", Value(number="100")),
        ("ratio", "per cent", "100.1", "percentage-over-100"),
        ("ratio", "per cent per year", "100.1", Value(number="100.1")),
        ("yes-no", None, "Sí", Value(text="yes")),
        ("yes-no", None, "2", "not-yes-or-no"),
        ("text", None, "-", MISSING),
        ("text", None, "some", Value(text="some")),
        ("text", None, "x" * 5_001, "text-too-long"),
        ("ordinal", None, "Gender aware", Value(text="Gender aware")),
        ("ordinal", None, "2", Value(number="2")),
    ],
)
def test_values(kind: str, unit: str | None, text: str, expected: Value | str):
    found = Measure(kind, unit).read(text)

    assert (found.code if isinstance(found, Refused) else found) == expected


def test_levels_are_those_of_the_scale():
    marker = Measure("ordinal", levels=(("0", "Not targeted"), ("1", "Significant"), ("2", "Principal")))

    assert marker.read("2") == Value(number="2")
    refused = marker.read("3")
    assert isinstance(refused, Refused)
    assert refused.code == "unknown-level"
    assert "0 (Not targeted), 1 (Significant), 2 (Principal)" in refused.detail


SCALE = (("blank", "None"), ("0", "Blind", "Ciego"), ("1", "Aware", "Consciente"), ("A", "Aware", "Avanzado"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("blind", Value(number="0")),
        ("  CIEGO ", Value(number="0")),
        ("Consciente", Value(number="1")),
        ("a", Value(text="A")),
        ("none", Value(text="blank")),
        ("", MISSING),
        ("..", MISSING),
        ("aware", "ambiguous-level"),
        ("Blind spot", "unknown-level"),
    ],
)
def test_a_level_is_named_by_its_value_or_by_a_title_in_any_language(text: str, expected: Value | str):
    found = Measure("ordinal", levels=SCALE).read(text)

    assert (found.code if isinstance(found, Refused) else found) == expected


def test_a_value_as_it_is_printed_names_its_own_level():
    crossed = Measure("ordinal", levels=(("1", "2"), ("2", "1")))

    assert crossed.read("2") == Value(number="2")


def test_a_title_of_two_levels_is_told_with_both():
    refused = Measure("ordinal", levels=SCALE).read("Aware")

    assert isinstance(refused, Refused)
    assert "the levels 1 and A" in refused.detail


@pytest.mark.parametrize(
    ("column", "plain"),
    [("1\n2.5\n100\n", True), ("1\n\n", False), ("101\n", False), ("1,5\n", False), ("", True)],
)
def test_a_plain_column_is_seen_at_once(column: str, plain: bool):
    assert Measure("ratio", "per cent").all_plain(column, beyond_hundred=False) is plain


def test_counts_are_summed_and_shares_are_not():
    assert Measure("number", "people").additive
    assert not Measure("number", "score from 0 to 100").additive
    assert not Measure("number", "per 100,000 population").additive
    assert not Measure("ratio", "per cent").additive


def test_those_of_a_year_are_summed_and_workshops_are_not_the_sum_of_who_came():
    assert Measure("number", "participants per year").additive
    assert not Measure("number", "births per 1,000 women per year").additive
    assert not Measure("number", "workshops").additive
    assert not Measure("number", "Forums per year").additive


@pytest.mark.parametrize(
    ("text", "was"), [("'=1", "=1"), ("''=1", "'=1"), ("'", "'"), ("'a", "'a"), ("=1", "=1")]
)
def test_apostrophes_before_formulas_are_taken_away(text: str, was: str):
    assert restored(text) == was


def test_a_map_may_name_columns_with_commas():
    assert pairs('a:b,"c:d, e"', parameter="columns") == {"a": "b", "c": "d, e"}


def test_a_name_that_the_map_gives_away_is_free_for_nothing_else():
    layout = laid_out(["value", "v2", "state", "period"], Wishes({"value": "v2"}), [], indicator_named=True)

    assert layout.places["value"] == 1
    assert layout.ignored == ("value",)


def test_a_tally_stays_small():
    tally = Tally()
    for number in range(2 * MOST_GROUPS):
        tally.add(
            "unknown-code", "/sex", f"`{number}`", range(number * 10, number * 10 + 10), about=str(number)
        )
    tally.add("not-a-number", "/value", "x", range(1, MOST_ROWS + 11))

    shown = tally.shown()
    assert len(shown) <= MOST_GROUPS + 2
    assert sum(group["count"] for group in shown) == 20 * MOST_GROUPS + MOST_ROWS + 10
    assert max(len(group["rows"]) for group in shown) == MOST_ROWS
