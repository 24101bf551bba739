"""On which dates a series meets once exceptions, additions and holidays have had their say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.meetings import course, workdays
from domain.meetings.course import Named


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass(frozen=True)
class Series:
    rrule: str = "FREQ=MONTHLY;BYMONTHDAY=25"
    anchor: datetime = field(default_factory=lambda: at("2026-01-25T10:00"))
    time_zone: str = "Europe/Zurich"
    exceptions: list[date] = field(default_factory=list)
    additions: list[datetime] = field(default_factory=list)
    holidays: dict[str, Any] | None = None
    ends_on: date | None = None


def on_holidays(policy: str, *countries: str) -> dict[str, Any]:
    return {"policy": policy, "countries": list(countries or ["CH"])}


def days(found: list[Named]) -> list[str]:
    return [item.start.strftime("%m-%d") for item in found if item.left_out is None]


def test_an_exception_is_shown_as_left_out_and_the_others_stay_where_they_were():
    found = course.named(Series(exceptions=[date(2026, 3, 25)]), count=4)

    assert days(found) == ["01-25", "02-25", "04-25"]
    assert [item.left_out for item in found] == [None, None, "exception", None]


def test_an_addition_stands_in_order_among_the_others():
    series = Series(additions=[at("2026-03-02T14:30")])

    found = course.named(series, count=4)

    assert [item.start.isoformat(timespec="minutes") for item in found] == [
        "2026-01-25T10:00+01:00",
        "2026-02-25T10:00+01:00",
        "2026-03-02T14:30+01:00",
        "2026-03-25T10:00+01:00",
    ]


def test_an_addition_on_a_day_of_the_rule_gives_that_day_another_time():
    [item] = course.named(Series(additions=[at("2026-01-25T15:00")]), count=1)

    assert item.start.hour == 15


def test_a_series_that_ends_meets_on_its_last_day_and_never_after():
    found = course.named(Series(ends_on=date(2026, 3, 25), additions=[at("2026-05-01T10:00")]), count=9)

    assert days(found) == ["01-25", "02-25", "03-25"]


@pytest.mark.parametrize(
    ("policy", "december"),
    [
        ("warn", ["12-25"]),
        ("skip", []),
        # 25 December 2026 is a Friday; 24 December is a working day, 26 and 27 are a weekend.
        ("next-working-day", ["12-28"]),
        ("previous-working-day", ["12-24"]),
    ],
)
def test_a_date_on_a_holiday_is_warned_of_left_out_or_moved(policy: str, december: list[str]):
    found = course.named(
        Series(holidays=on_holidays(policy)),
        after=datetime(2026, 12, 1, tzinfo=UTC),
        until=datetime(2026, 12, 31, tzinfo=UTC),
    )

    assert days(found) == december
    assert [item.holidays for item in found] == [(("CH", "Christmas Day"),)]
    assert found[0].named.day == 25


def test_a_working_day_is_one_in_all_the_countries():
    """1 August 2026, Switzerland's national day, is a Saturday. The Monday after is a holiday in Iceland."""
    august = Series(rrule="FREQ=YEARLY", anchor=at("2026-08-01T10:00"))

    swiss = course.named(Series(**vars(august) | {"holidays": on_holidays("next-working-day")}), count=1)
    both = course.named(
        Series(**vars(august) | {"holidays": on_holidays("next-working-day", "CH", "IS")}), count=1
    )

    assert (days(swiss), days(both)) == (["08-03"], ["08-04"])


def test_a_part_of_a_country_has_holidays_of_its_own():
    """The Genevan fast is on the Thursday after the first Sunday of September."""
    assert workdays.holidays_on(date(2026, 9, 10), ["CH"]) == []
    [(place, _)] = workdays.holidays_on(date(2026, 9, 10), ["CH", "CH-GE"])
    assert place == "CH-GE"


@pytest.mark.parametrize("policy", ["next-working-day", "previous-working-day"])
def test_a_daily_series_never_meets_twice_on_the_day_to_which_a_holiday_moves_it(policy: str):
    daily = Series(
        rrule="FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
        anchor=at("2026-12-21T10:00"),
        holidays=on_holidays(policy),
    )

    found = course.named(daily, count=12)

    starts = [item.start for item in found if item.left_out is None]
    assert starts == sorted(set(starts))
    assert "12-25" not in days(found)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.sampled_from(["skip", "next-working-day", "previous-working-day"]),
    st.sampled_from(["FREQ=WEEKLY", "FREQ=DAILY", "FREQ=MONTHLY;BYMONTHDAY=1", "FREQ=YEARLY;BYMONTHDAY=25"]),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.lists(st.sampled_from(["CH", "CH-GE", "FR", "US", "WS"]), min_size=1, max_size=3, unique=True),
    st.integers(1, 40),
)
def test_no_meeting_is_on_a_holiday_and_pieces_make_the_whole(policy, rrule, day, countries, split):
    series = Series(
        rrule=rrule,
        anchor=at(f"{day}T10:00"),
        holidays=on_holidays(policy, *countries),
    )
    whole = course.named(series, count=60)
    cut = whole[min(split, len(whole) - 1)].named

    before = course.named(series, until=cut)
    after = course.named(series, after=cut, until=whole[-1].named)

    assert before + after == whole
    held = [item for item in whole if item.left_out is None]
    assert not any(workdays.holidays_on(item.start.date(), countries) for item in held)
    assert len({item.start for item in held}) == len(held)
    assert all(abs(item.start - item.named) < timedelta(days=workdays.MOST_MOVED) for item in held)


def test_the_preview_says_how_many_dates_are_holidays_and_which_is_the_first():
    series = Series(holidays=on_holidays("warn"))

    [said] = course.warnings(series, course.named(series, count=12))

    assert said.code == "on-holidays"
    assert said.detail == "1 of 12 dates are public holidays; the first is 2026-12-25, Christmas Day (CH)."


def test_countries_without_a_calendar_are_named():
    assert workdays.unknown(["CH", "CH-GE", "QQ", "CH-XX", "FR"]) == ["QQ", "CH-XX"]
