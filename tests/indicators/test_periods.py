"""Every period has one name, and every usual way of writing it is read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.indicators import periods
from domain.indicators.periods import MonthDay, Period, Unreadable, read

DAYS = st.dates(date(1500, 1, 1), date(2150, 12, 31))


@pytest.mark.parametrize(
    ("text", "starts", "ends", "name"),
    [
        ("2012", "2012-01-01", "2012-12-31", "2012"),
        ("2012-A1", "2012-01-01", "2012-12-31", "2012"),
        ("2012-S2", "2012-07-01", "2012-12-31", "2012-S2"),
        ("2012-T1", "2012-01-01", "2012-04-30", "2012-T1"),
        ("2012-Q4", "2012-10-01", "2012-12-31", "2012-Q4"),
        ("2012-02", "2012-02-01", "2012-02-29", "2012-02"),
        ("2012-M02", "2012-02-01", "2012-02-29", "2012-02"),
        ("2012-W05", "2012-01-30", "2012-02-05", "2012-W05"),
        ("2021-W53/2021-W53", None, None, None),
        ("2020-W53", "2020-12-28", "2021-01-03", "2020-W53"),
        ("2012-03-04", "2012-03-04", "2012-03-04", "2012-03-04"),
        ("2012-D366", "2012-12-31", "2012-12-31", "2012-12-31"),
        ("2010/P3Y", "2010-01-01", "2012-12-31", "2010-01-01/P3Y"),
        ("2010-04-01/P1Y", "2010-04-01", "2011-03-31", "2010-04-01/P1Y"),
        ("2010-01-01/P6M", "2010-01-01", "2010-06-30", "2010-S1"),
        ("2010-01-15/P10D", "2010-01-15", "2010-01-24", "2010-01-15/P10D"),
        ("2010/2012", "2010-01-01", "2012-12-31", "2010-01-01/P3Y"),
        ("2010-01-01/2010-03-31", "2010-01-01", "2010-03-31", "2010-Q1"),
        (" 2012 ", "2012-01-01", "2012-12-31", "2012"),
        *(
            (wrong, None, None, None)
            for wrong in (
                "", "12", "2012-13", "2012-Q5", "2012-S3", "2012-W60", "2012-02-30", "2012-D000", "2011-D366",
                "2012/P", "2012/P0Y", "2012/2010", "2012/", "once", "0001", "9999", "２０１２", "2012-1",
                "2012Q1",
                "2012/P9999Y", "2012-00",
            )
        ),
    ],
)  # fmt: skip
def test_periods_are_read_and_named(text: str, starts: str | None, ends: str | None, name: str | None):
    if starts is None or ends is None:
        with pytest.raises(Unreadable) as refused:
            read(text)
        assert refused.value.code == "invalid-period"
    else:
        assert read(text) == Period(date.fromisoformat(starts), date.fromisoformat(ends))
        assert read(text).name == name


@given(DAYS, st.integers(0, 20_000))
def test_the_name_of_any_period_is_read_as_that_period(starts: date, days: int):
    period = Period(starts, min(starts + timedelta(days=days), date(periods.LAST_YEAR, 12, 31)))

    assert read(period.name) == period


def test_a_year_of_two_calendar_years_needs_its_first_day():
    with pytest.raises(Unreadable) as refused:
        read("2004/05")
    assert refused.value.code == "ambiguous-period"

    assert read("2004/05", year_starts=MonthDay(4, 1)) == Period(date(2004, 4, 1), date(2005, 3, 31))
    assert read("1999/00", year_starts=MonthDay(7, 1)).name == "1999-07-01/P1Y"


@pytest.mark.parametrize("text", ["2004/06", "2004/04"])
def test_two_years_that_do_not_follow_each_other_are_no_year(text: str):
    with pytest.raises(Unreadable):
        read(text, year_starts=MonthDay(4, 1))


@given(st.text(max_size=30))
def test_any_text_is_a_period_or_refused(text: str):
    try:
        found = read(text)
    except Unreadable:
        return
    assert periods.read(found.name) == found
