"""When a meeting takes place that is reckoned from another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from domain.meetings.distances import reckoned


def distance(offset: str, weekday: str | None = None, time: str | None = None) -> dict[str, Any]:
    return {"offset": offset, "weekday": weekday, "time": time}


@pytest.mark.parametrize(
    ("lead", "how_far", "expected"),
    [
        # 16 November 2026 is a Monday, and summer time ends on 25 October.
        ("2026-11-16T10:00+01:00", distance("-P3W"), "2026-10-26T10:00+01:00"),
        ("2026-11-16T10:00+01:00", distance("-P4W"), "2026-10-19T10:00+02:00"),
        ("2026-11-16T10:00+01:00", distance("-P3W", "WE"), "2026-10-28T10:00+01:00"),
        ("2026-11-20T10:00+01:00", distance("-P3W", "MO"), "2026-10-26T10:00+01:00"),
        ("2026-11-16T10:00+01:00", distance("P1D", None, "13:15"), "2026-11-17T13:15+01:00"),
        ("2026-11-16T10:00+01:00", distance("P0D", "SU"), "2026-11-22T10:00+01:00"),
        ("2026-03-29T03:30+02:00", distance("P1D"), "2026-03-30T03:30+02:00"),
        # The clocks skip half past two.
        ("2026-03-28T02:30+01:00", distance("P1D"), "2026-03-29T03:30+02:00"),
    ],
)
def test_days_are_counted_by_the_calendar_and_the_time_of_day_is_kept(lead, how_far, expected):
    found = reckoned(datetime.fromisoformat(lead), "Europe/Zurich", how_far, "Europe/Zurich")

    assert found.isoformat(timespec="minutes") == expected


def test_the_day_is_that_of_the_other_meeting_and_the_clock_ones_own():
    """In Apia the other meeting, at 23:00 in Geneva, is on the next day already."""
    lead = datetime.fromisoformat("2026-03-03T23:00+01:00")

    found = reckoned(lead, "Europe/Zurich", distance("-P1W", None, "09:00"), "Pacific/Apia")

    assert found.isoformat(timespec="minutes") == "2026-02-24T09:00+13:00"
