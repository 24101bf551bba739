"""Dates that were worked out by hand, and the same rules as dateutil reads them when it is asked directly."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.meetings import rules
from schemas.recurrence import check_rule
from tests.meetings.test_rules import anchors, recurrence_rules

bounded = settings(max_examples=60, deadline=None, derandomize=True)

Row = dict[str, str]


def checked_dates() -> list[Row]:
    lines = (Path(__file__).parent / "dates.tsv").read_text().splitlines()
    return list(csv.DictReader((line for line in lines if line[0] != "#"), delimiter="\t"))


def series_of(row: Row) -> tuple[str, str, str, str]:
    return row["what"], row["rule"], row["zone"], row["anchor"]


SERIES = [(key, [row["start"] for row in rows]) for key, rows in groupby(checked_dates(), series_of)]


def test_at_least_two_hundred_dates_were_checked_in_three_zones():
    assert len(checked_dates()) >= 200
    assert {row["zone"] for row in checked_dates()} == {"Europe/Zurich", "America/New_York", "Pacific/Apia"}


@pytest.mark.parametrize(
    ("series", "expected"), SERIES, ids=[f"{key[0]}, {key[2]}, {key[3]}" for key, _ in SERIES]
)
def test_a_series_is_on_the_dates_that_were_worked_out_by_hand(
    series: tuple[str, str, str, str], expected: list[str]
):
    _, rule, zone, anchor = series

    found = rules.occurrences(check_rule(rule), datetime.fromisoformat(anchor), zone, count=len(expected))

    assert [start.isoformat(timespec="minutes") for start in found] == expected


@pytest.mark.parametrize(
    "series", [key for key, _ in SERIES], ids=[f"{key[0]}, {key[2]}" for key, _ in SERIES]
)
def test_a_series_asked_for_piece_by_piece_is_the_same_series(series: tuple[str, str, str, str]):
    """Scheduling asks from where it left off: nothing is computed from the meeting before."""
    _, rule, zone, anchor = series
    at = datetime.fromisoformat(anchor)
    whole = rules.occurrences(rule, at, zone, count=9)

    pieces, after = [], None
    while len(pieces) < len(whole):
        pieces += rules.occurrences(rule, at, zone, after=after, count=2)
        after = pieces[-1]

    assert pieces[: len(whole)] == whole


zones = st.sampled_from(["Europe/Zurich", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"])


@bounded
@given(recurrence_rules(), anchors, zones)
def test_every_start_is_the_instant_that_dateutil_gives_to_the_local_time(rrule, anchor, zone):
    """The oracle evaluates the rule on local times and asks dateutil's own reading of the zone."""
    until = anchor + timedelta(days=900)
    endless = check_rule(rrule.partition(";COUNT")[0])

    found = rules.occurrences(endless, anchor, zone, until=until.replace(tzinfo=UTC))

    oracle = rrulestr(endless, dtstart=anchor).replace(until=until + timedelta(days=2))
    instants = [instant(local, zone) for local in oracle]
    expected = [start for start, _ in groupby(instants) if start <= until.replace(tzinfo=UTC)]
    assert [start.astimezone(UTC) for start in found] == expected


def instant(local: datetime, zone: str) -> datetime:
    """By dateutil: a time that does not exist is moved forward by what the clocks skip."""
    place = tz.gettz(zone)
    resolved = tz.resolve_imaginary(local.replace(tzinfo=place))
    return resolved.astimezone(UTC)


@bounded
@given(anchors, zones, st.integers(1, 60))
def test_ten_o_clock_is_ten_o_clock_on_every_day_of_a_year(anchor, zone, interval):
    """At an hour that the clocks never skip, whatever they do: the local time of day holds."""
    at_ten = anchor.replace(hour=10, minute=0, second=0)

    found = rules.occurrences(
        f"FREQ=DAILY;INTERVAL={interval}",
        at_ten,
        zone,
        until=(at_ten + timedelta(days=366)).replace(tzinfo=UTC),
    )

    assert {(start.hour, start.minute) for start in found} == {(10, 0)}
    assert {start.tzinfo for start in found} == {ZoneInfo(zone)}
