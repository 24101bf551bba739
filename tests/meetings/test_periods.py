"""The dates that the period of a plan asks for, against the calendar of the CIM Strategic Plan."""

from __future__ import annotations

from datetime import date

import pytest

from domain.errors import Invalid
from domain.meetings.periods import dates_of, last_day, weekday_from, weekday_up_to

SIX_YEARS = (date(2016, 1, 1), date(2021, 12, 31))


def test_the_cim_plan_asks_for_what_its_section_on_monitoring_says():
    assert dates_of("monitoring-plan", *SIX_YEARS) == [date(2016, 4, 30)]
    assert dates_of("annual-review", *SIX_YEARS) == [date(year, 12, 31) for year in range(2016, 2022)]
    assert dates_of("mid-term-evaluation", *SIX_YEARS) == [date(2018, 12, 31)]
    assert dates_of("external-evaluation", *SIX_YEARS) == [date(2022, 12, 31)]


def test_read_as_a_plan_of_five_years_its_evaluation_is_a_year_earlier():
    five_years = (date(2016, 1, 1), date(2020, 12, 31))

    assert dates_of("external-evaluation", *five_years) == [date(2021, 12, 31)]
    assert len(dates_of("annual-review", *five_years)) == 5


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        ("monitoring-plan", date(2016, 4, 29)),
        ("annual-review", date(2016, 12, 30)),
        ("mid-term-evaluation", date(2018, 12, 31)),
    ],
)
def test_a_period_that_is_too_short_asks_for_nothing(kind, end):
    assert dates_of(kind, date(2016, 1, 1), end) == []


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2026, 1, 1), 4, date(2026, 4, 30)),
        (date(2026, 3, 15), 12, date(2027, 3, 14)),
        (date(2026, 10, 31), 4, date(2027, 2, 28)),
        (date(2027, 10, 31), 4, date(2028, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2026, 3, 1), 12, date(2027, 2, 28)),
    ],
)
def test_a_period_of_months_ends_on_the_day_before_the_next_one_begins(start, months, last):
    assert last_day(start, months) == last


def test_a_year_after_29_february_is_28_february():
    assert dates_of("external-evaluation", date(2020, 1, 1), date(2024, 2, 29)) == [date(2025, 2, 28)]


def test_a_plan_ends_after_it_begins():
    with pytest.raises(Invalid) as refusal:
        dates_of("annual-review", date(2026, 1, 2), date(2026, 1, 1))

    assert refusal.value.code == "invalid-period"


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        (date(2016, 12, 30), date(2016, 12, 30), date(2016, 12, 30)),
        (date(2016, 12, 31), date(2016, 12, 30), date(2017, 1, 2)),
        (date(2017, 1, 1), date(2016, 12, 30), date(2017, 1, 2)),
        (date(2017, 1, 2), date(2017, 1, 2), date(2017, 1, 2)),
    ],
)
def test_a_date_on_a_weekend_is_met_on_the_weekday_before_or_after(day, before, after):
    assert (weekday_up_to(day), weekday_from(day)) == (before, after)
