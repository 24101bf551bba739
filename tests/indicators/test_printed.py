"""Baselines and targets as they are printed: read value by value, and written back to the letter."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.indicators import printed
from domain.indicators.periods import Period
from tests.catalogue.shipped import library

NUMBERS = st.integers(min_value=0, max_value=999_999_999)
UNITS = st.sampled_from(["countries", "people trained", "States Parties", "tools (online)", "ateliers d’été"])


@given(st.text())
def test_a_cell_is_written_back_to_the_letter(text: str):
    assert str(printed.read_cell(text)) == text


@given(st.lists(st.text(alphabet="0123456789TBDa $,.%é", min_size=1, max_size=20), max_size=6))
def test_a_cell_of_several_values_is_written_back_to_the_letter(values: list[str]):
    text = " ;\n".join(values)

    assert str(printed.read_cell(text)) == text


@given(NUMBERS, UNITS)
def test_a_number_is_found_in_each_way_of_printing_it(number: int, unit: str):
    for text, kind in (
        (f"{number}", "number"),
        (f"{number:,} {unit}", "number"),
        (f"At least {number} {unit}", "at-least"),
        (f"Guide sent to at least {number:,} {unit}", "at-least"),
        (f"{number} additional {unit}", "increment"),
        (f"US${number:,}", "currency"),
        (f"{number} %", "percent"),
        (f"{number} {unit} per year", "per-period"),
    ):
        found = printed.read(text)
        assert (found.kind, found.number) == (kind, Decimal(number)), text


@pytest.mark.parametrize(
    ("text", "kind", "number", "unit", "currency"),
    [
        ("2 additional countries", "increment", "2", "countries", None),
        ("+3", "increment", "3", None, None),
        ("US$237,000", "currency", "237000", None, "USD"),
        ("$5 million", "currency", "5000000", None, "USD"),
        ("1.5 million €", "currency", "1500000", None, "EUR"),
        ("at least one recommendation", "at-least", "1", "recommendation", None),
        ("12.5 per cent of seats", "percent", "12.5", "per cent of seats", None),
        ("\u22123 points", "number", "-3", "points", None),
        ("237\u202f000", "number", "237000", None, None),
        ("TBD", "tbd", None, None, None),
        ("to be determined", "tbd", None, None, None),
    ],
)
def test_what_is_printed_is_read(
    text: str, kind: str, number: str | None, unit: str | None, currency: str | None
):
    found = printed.read(text)

    assert (found.kind, found.unit, found.currency) == (kind, unit, currency)
    assert found.number == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    "text", ["Gender aware", "5 to 10", "2 workshops in 3 countries", "2,5", "1,2,3", "+5 %", "$5 €", "3/4"]
)
def test_what_cannot_be_read_for_certain_is_text(text: str):
    assert (printed.read(text).kind, printed.read(text).number) == ("text", None)


@pytest.mark.parametrize(
    ("text", "number", "ends"),
    [
        ("12 by 2018", 12, date(2018, 12, 31)),
        ("At least 12 workshops by the end of 2018-Q2", 12, date(2018, 6, 30)),
        ("30 % (2016)", 30, date(2016, 12, 31)),
    ],
)
def test_a_value_may_say_for_when_it_is(text: str, number: int, ends: date):
    found = printed.read(text)

    assert found.number == number
    assert found.period is not None
    assert found.period.ends == ends


def test_a_year_that_is_none_is_part_of_the_text():
    assert printed.read("12 by 2018-Q7").period is None
    assert printed.read("12 by 2018-Q7").kind == "text"


def test_a_cell_may_hold_several_values():
    found = printed.read_cell("10 by 2018;\n  20 by 2021 ")

    assert [value.printed for value in found.values] == ["10 by 2018", "20 by 2021"]
    assert found.values[1].period == Period(date(2021, 1, 1), date(2021, 12, 31))
    assert str(found) == "10 by 2018;\n  20 by 2021 "


@pytest.mark.parametrize(
    ("text", "per"),
    [
        ("1 per year", "year"),
        ("4 meetings each quarter", "quarter"),
        ("2 annually", "year"),
        ("1 report/year", "year"),
        ("1/month", "month"),
        ("2 reports / quarter", "quarter"),
    ],
)
def test_a_value_may_be_wanted_in_each_period(text: str, per: str):
    assert (printed.read(text).kind, printed.read(text).per) == ("per-period", per)


@pytest.mark.parametrize("text", ["1 report/yearbook", "1 per yearbook", "2 reports/country"])
def test_what_is_wanted_of_something_else_is_not_wanted_in_each_period(text: str):
    assert (printed.read(text).kind, printed.read(text).per) == ("number", None)


def test_a_level_is_known_by_its_value_or_a_title():
    scale = [("0", "Gender blind"), ("1", "Gender aware", "Sensible al género")]

    assert [printed.level(text, scale) for text in ("0", " gender AWARE ", "sensible al género")] == [0, 1, 1]
    assert printed.level("Gender neutral", scale) is None


def test_the_catalogue_took_from_what_is_printed_what_is_read_here():
    stated = [value for item in library("cim-plan").indicators for value in (*item.baselines, *item.targets)]
    differing = {
        value.printed
        for value in stated
        if (value.kind, value.number, value.currency)
        != ((found := printed.read(value.printed)).kind, found.number, found.currency)
    }

    assert len(stated) == 142
    assert differing == {"Guide sent to electoral institution of each country"}  # where it is one, unsaid
