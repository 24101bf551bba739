"""When meetings take place, and which rules are refused."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.errors import Invalid
from domain.meetings import rules
from schemas.meetings import Meeting, MeetingDraft
from schemas.recurrence import check_rule
from schemas.series import SeriesDraft

ZURICH = "Europe/Zurich"
NEW_YORK = "America/New_York"
APIA = "Pacific/Apia"

bounded = settings(max_examples=80, deadline=None, derandomize=True)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def starts(rrule: str, anchor: str, time_zone: str = ZURICH, **limits: Any) -> list[str]:
    found = rules.occurrences(check_rule(rrule), at(anchor), time_zone, **limits)
    return [start.isoformat(timespec="minutes") for start in found]


def series(**changes: object) -> dict[str, object]:
    draft = {
        "title": "GFP quarterly meeting",
        "framework": "ccm",
        "rrule": "FREQ=MONTHLY;INTERVAL=3;BYDAY=1WE",
        "time_zone": ZURICH,
        "anchor": "2026-03-04T10:00:00",
        "duration_minutes": 90,
    }
    return draft | changes


# Series


def test_a_quarterly_meeting_keeps_its_local_time_across_clock_changes():
    assert starts("FREQ=MONTHLY;INTERVAL=3;BYDAY=1WE", "2026-03-04T10:00", count=5) == [
        "2026-03-04T10:00+01:00",
        "2026-06-03T10:00+02:00",
        "2026-09-02T10:00+02:00",
        "2026-12-02T10:00+01:00",
        "2027-03-03T10:00+01:00",
    ]


@pytest.mark.parametrize(
    ("time_zone", "anchor", "expected"),
    [
        (ZURICH, "2026-03-28T10:00", ["2026-03-28T10:00+01:00", "2026-03-29T10:00+02:00"]),
        (ZURICH, "2026-10-24T10:00", ["2026-10-24T10:00+02:00", "2026-10-25T10:00+01:00"]),
        (NEW_YORK, "2026-03-07T10:00", ["2026-03-07T10:00-05:00", "2026-03-08T10:00-04:00"]),
        (NEW_YORK, "2026-10-31T10:00", ["2026-10-31T10:00-04:00", "2026-11-01T10:00-05:00"]),
        (APIA, "2012-03-31T10:00", ["2012-03-31T10:00+14:00", "2012-04-01T10:00+13:00"]),
        (APIA, "2026-03-31T10:00", ["2026-03-31T10:00+13:00", "2026-04-01T10:00+13:00"]),
    ],
)
def test_the_clock_on_the_wall_shows_the_same_time_on_both_sides(time_zone, anchor, expected):
    assert starts("FREQ=DAILY", anchor, time_zone, count=2) == expected


@pytest.mark.parametrize(
    ("time_zone", "anchor", "second"),
    [
        (ZURICH, "2026-03-28T02:30", "2026-03-29T03:30+02:00"),
        (NEW_YORK, "2026-03-07T02:15", "2026-03-08T03:15-04:00"),
        ("Australia/Lord_Howe", "2026-10-03T02:10", "2026-10-04T02:40+11:00"),
    ],
)
def test_a_time_that_the_clocks_skip_moves_forward_by_what_they_skip(time_zone, anchor, second):
    assert starts("FREQ=DAILY", anchor, time_zone, count=2)[1] == second


@pytest.mark.parametrize(
    ("time_zone", "anchor", "second"),
    [
        (ZURICH, "2026-10-24T02:30", "2026-10-25T02:30+02:00"),
        (NEW_YORK, "2026-10-31T01:30", "2026-11-01T01:30-04:00"),
    ],
)
def test_a_time_that_the_clocks_show_twice_is_the_first(time_zone, anchor, second):
    assert starts("FREQ=DAILY", anchor, time_zone, count=2)[1] == second


def test_a_day_that_a_zone_left_out_gives_no_second_meeting_on_the_next():
    """Samoa had no 30 December 2011."""
    assert starts("FREQ=DAILY", "2011-12-29T10:00", APIA, count=3) == [
        "2011-12-29T10:00-10:00",
        "2011-12-31T10:00+14:00",
        "2012-01-01T10:00+14:00",
    ]


def test_a_series_does_not_drift_at_the_end_of_the_month():
    monthly = starts("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-31T10:00", "UTC", count=5)
    quarterly = starts("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1", "2026-11-30T10:00", "UTC", count=6)

    assert [day[:10] for day in monthly] == [
        "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31",
    ]  # fmt: skip
    assert [day[:10] for day in quarterly] == [
        "2026-11-30", "2027-02-28", "2027-05-31", "2027-08-31", "2027-11-30", "2028-02-29",
    ]  # fmt: skip


def test_a_day_that_a_month_does_not_have_is_left_out_and_not_moved():
    quarterly = starts("FREQ=MONTHLY;INTERVAL=3", "2026-11-30T10:00", "UTC", count=4)
    yearly = starts("FREQ=YEARLY", "2024-02-29T10:00", "UTC", count=2)

    assert [day[:10] for day in quarterly] == ["2026-11-30", "2027-05-30", "2027-08-30", "2027-11-30"]
    assert [day[:10] for day in yearly] == ["2024-02-29", "2028-02-29"]


@pytest.mark.parametrize(
    ("rrule", "expected"),
    [
        ("FREQ=MONTHLY;BYDAY=3WE", ["2026-01-21", "2026-02-18", "2026-03-18", "2026-04-15"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["2026-01-30", "2026-02-27", "2026-03-27", "2026-04-24"]),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            ["2026-01-30", "2026-02-27", "2026-03-31", "2026-04-30"],
        ),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", ["2026-01-13", "2026-01-27", "2026-02-10", "2026-02-24"]),
        ("FREQ=YEARLY;BYMONTH=9;BYDAY=1MO", ["2026-09-07", "2027-09-06", "2028-09-04", "2029-09-03"]),
    ],
)
def test_the_usual_rules_name_the_days_one_expects(rrule, expected):
    assert [day[:10] for day in starts(rrule, "2026-01-01T10:00", "UTC", count=4)] == expected


def test_an_anchor_that_the_rule_does_not_name_is_no_meeting_but_gives_phase_and_time():
    assert starts("FREQ=MONTHLY;INTERVAL=3;BYDAY=3WE;COUNT=2", "2026-03-04T10:00", count=9) == [
        "2026-03-18T10:00+01:00",
        "2026-06-17T10:00+02:00",
    ]


def test_asking_from_a_later_moment_gives_the_tail_of_the_same_series():
    rule, anchor = "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1", "2026-11-30T10:00"
    everything = starts(rule, anchor, count=12)

    assert starts(rule, anchor, count=4, after=at(everything[7])) == everything[8:12]
    assert starts(rule, anchor, after=at(everything[2]), until=at(everything[5])) == everything[3:6]


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20260601T080000Z", "2026-06-01T10:00+02:00"),
        ("20260601T075959Z", "2026-05-01T10:00+02:00"),
        ("20260601T100000", "2026-06-01T10:00+02:00"),
        ("20260601T095959", "2026-05-01T10:00+02:00"),
        ("20260601", "2026-06-01T10:00+02:00"),
        ("20260531", "2026-05-01T10:00+02:00"),
    ],
)
def test_until_is_read_in_utc_in_local_time_or_as_a_whole_day_and_is_included(until, last):
    assert starts(f"FREQ=MONTHLY;UNTIL={until}", "2026-01-01T10:00")[-1] == last


def test_a_series_ends_at_the_horizon_and_not_at_the_end_of_time():
    last = rules.occurrences("FREQ=YEARLY", at("2026-03-04T10:00"), "UTC")[-1]

    assert last == datetime(2125, 3, 4, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=4",
        "FREQ=DAILY;UNTIL=20260101",
    ],
)
def test_a_rule_that_names_no_date_is_refused(rrule):
    with pytest.raises(Invalid, match="No date on or after 2026-03-04") as refusal:
        rules.refuse_empty(rrule, at("2026-03-04T10:00"), ZURICH)

    assert refusal.value.code == "rule-without-date"


def test_a_rule_that_names_a_date_is_not_refused():
    rules.refuse_empty("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", at("2026-03-04T10:00"), ZURICH)


days = st.lists(st.integers(-31, 31).filter(bool), min_size=1, max_size=3, unique=True)
weekdays = st.lists(st.sampled_from(["MO", "WE", "FR", "1TU", "3WE", "-1FR", "5SA"]), min_size=1, max_size=3)


def joined(values: list[Any]) -> str:
    return ",".join(map(str, values))


@st.composite
def recurrence_rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 14))}"]
    if frequency != "WEEKLY" and draw(st.booleans()):
        parts.append(f"BYMONTHDAY={joined(draw(days))}")
    if frequency in {"MONTHLY", "YEARLY"} and draw(st.booleans()):
        parts.append(f"BYDAY={joined(draw(weekdays))}")
    if frequency != "YEARLY" and draw(st.booleans()):
        parts.append(f"BYMONTH={joined(draw(st.lists(st.integers(1, 12), min_size=6, unique=True)))}")
    if len(parts) > 2 and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from([1, 2, -1]))}")
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 9))}")
    return ";".join(parts)


anchors = st.datetimes(at("1990-01-01"), at("2090-01-01")).map(lambda day: day.replace(microsecond=0))


@settings(bounded, max_examples=50)
@given(recurrence_rules(), anchors)
def test_a_series_is_what_dateutil_makes_of_its_rule(rrule, anchor):
    until = anchor + timedelta(days=1500)

    found = rules.occurrences(rrule, anchor, "UTC", until=until.replace(tzinfo=UTC))

    oracle = rrulestr(check_rule(rrule), dtstart=anchor).between(anchor, until, inc=True)
    assert [day.replace(tzinfo=None) for day in found] == oracle


@bounded
@given(recurrence_rules(), anchors, st.sampled_from([ZURICH, NEW_YORK, APIA]))
def test_every_start_shows_the_local_time_of_its_anchor_unless_the_clocks_skip_it(rrule, anchor, time_zone):
    found = rules.occurrences(rrule, anchor, time_zone, count=12)

    assert found == sorted(set(found), key=lambda day: day.astimezone(UTC))
    for day in found:
        assert day.time() == anchor.time() or not exists(day.replace(tzinfo=None), anchor, time_zone)


def exists(day: datetime, anchor: datetime, time_zone: str) -> bool:
    wanted = datetime.combine(day.date(), anchor.time(), ZoneInfo(time_zone))
    return wanted.astimezone(UTC).astimezone(wanted.tzinfo).replace(tzinfo=None) == wanted.replace(
        tzinfo=None
    )


# Warnings


@pytest.mark.parametrize(
    ("rrule", "anchor", "better"),
    [
        ("FREQ=MONTHLY;INTERVAL=3", "2026-11-30T10:00", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1"),
        ("FREQ=MONTHLY;BYMONTHDAY=15,31", "2026-01-15T10:00", "FREQ=MONTHLY;BYMONTHDAY=15,-1"),
        ("FREQ=MONTHLY;BYMONTHDAY=-31;COUNT=4", "2026-01-01T10:00", "FREQ=MONTHLY;BYMONTHDAY=1;COUNT=4"),
        ("FREQ=MONTHLY;BYDAY=5FR", "2026-01-30T10:00", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("FREQ=YEARLY", "2024-02-29T10:00", "FREQ=YEARLY;BYMONTHDAY=-1;BYMONTH=2"),
        ("FREQ=YEARLY;BYMONTHDAY=31", "2026-01-31T10:00", "FREQ=YEARLY;BYMONTHDAY=-1"),
        ("FREQ=MONTHLY;BYDAY=FR;BYSETPOS=5", "2026-01-30T10:00", None),
    ],
)
def test_a_rule_that_skips_short_months_is_warned_of_with_the_rule_that_does_not(rrule, anchor, better):
    [warning] = rules.warnings(check_rule(rrule), at(anchor))

    assert (warning.code, warning.rrule) == ("months-skipped", better)
    assert better is None or better in warning.detail


@pytest.mark.parametrize(
    ("rrule", "anchor"),
    [
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1", "2026-11-30T10:00"),
        ("FREQ=MONTHLY;INTERVAL=3", "2026-11-28T10:00"),
        ("FREQ=MONTHLY;INTERVAL=2", "2026-01-30T10:00"),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", "2026-01-30T10:00"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-01-30T10:00"),
        ("FREQ=MONTHLY;BYDAY=FR", "2026-01-30T10:00"),
        ("FREQ=MONTHLY;BYDAY=3WE", "2026-01-21T10:00"),
        ("FREQ=YEARLY;BYMONTH=1,7", "2026-01-31T10:00"),
        ("FREQ=WEEKLY", "2026-01-31T10:00"),
        ("FREQ=MONTHLY;INTERVAL=9999", "2026-01-31T10:00"),
    ],
)
def test_a_rule_that_skips_nothing_is_not_warned_of(rrule, anchor):
    assert rules.warnings(check_rule(rrule), at(anchor)) == []


@bounded
@given(st.integers(1, 31), st.integers(1, 15), st.integers(1, 12))
def test_a_warning_comes_exactly_when_some_month_is_too_short(day, interval, month):
    anchor = at("2023-01-01T10:00").replace(month=month)
    visited = [12 * 2023 + month - 1 + interval * visit for visit in range(60)]
    lengths = [calendar.monthrange(number // 12, number % 12 + 1)[1] for number in visited]

    warnings = rules.warnings(f"FREQ=MONTHLY;INTERVAL={interval};BYMONTHDAY={day}", anchor)

    assert ("months-skipped" in {warning.code for warning in warnings}) == (min(lengths[1:]) < day)


def test_an_anchor_that_the_rule_does_not_name_is_warned_of_with_the_first_meeting():
    [warning] = rules.warnings("FREQ=MONTHLY;BYDAY=3WE", at("2026-03-04T10:00"))

    assert warning.code == "anchor-not-met"
    assert "2026-03-18 at 10:00" in warning.detail


# What is accepted


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=MONTHLY;INTERVAL=3;BYDAY=1WE",
        "freq=monthly;bymonthday=-1",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;WKST=MO",
        "FREQ=YEARLY;BYYEARDAY=1,-1",
        "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10",
        "FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0;UNTIL=20261231T235959Z",
    ],
)
def test_a_rule_of_the_standard_is_kept_in_capitals(rrule):
    assert check_rule(rrule) == rrule.upper()


@pytest.mark.parametrize(
    "rrule",
    [
        "",
        "every month",
        "INTERVAL=3",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=3",
        "FREQ=HOURLY",
        "FREQ=FORTNIGHTLY",
        "RRULE:FREQ=MONTHLY",
        "FREQ=MONTHLY;",
        "FREQ=MONTHLY;FREQ=DAILY",
        "DTSTART=20260101T100000;FREQ=MONTHLY",
        "DTSTART:20260101T100000\nRRULE:FREQ=MONTHLY",
        "FREQ=MONTHLY;INTERVAL=0",
        "FREQ=MONTHLY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=10000",
        "FREQ=MONTHLY;COUNT=0",
        "FREQ=MONTHLY;COUNT=3;UNTIL=20261231",
        "FREQ=MONTHLY;UNTIL=20260230",
        "FREQ=MONTHLY;UNTIL=2026-12-31",
        "FREQ=MONTHLY;UNTIL=tomorrow",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=",
        "FREQ=MONTHLY;BYMONTHDAY=١",
        "FREQ=MONTHLY;BYMONTH=-1",
        "FREQ=MONTHLY;BYMONTH=13",
        "FREQ=MONTHLY;BYDAY=MO(+1)",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYDAY=54MO",
        "FREQ=MONTHLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=YEARLY;BYWEEKNO=3;BYDAY=1MO",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYYEARDAY=1",
        "FREQ=MONTHLY;BYWEEKNO=1",
        "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=YEARLY;BYEASTER=0",
        "FREQ=DAILY;BYHOUR=9,15",
        "FREQ=DAILY;BYHOUR=24",
    ],
)
def test_what_the_standard_does_not_allow_or_meets_more_than_once_a_day_is_refused(rrule):
    with pytest.raises(ValidationError, match="rrule"):
        SeriesDraft.model_validate(series(rrule=rrule))


@pytest.mark.parametrize("time_zone", ["Europe/Bern", "europe/zurich", "America", "../UTC", "localtime", ""])
def test_a_time_zone_must_exist(time_zone):
    with pytest.raises(ValidationError, match="time_zone"):
        SeriesDraft.model_validate(series(time_zone=time_zone))


@pytest.mark.parametrize(
    "anchor", ["2026-03-04T10:00:00+01:00", "2026-03-04T10:00:00.5", "0026-03-04T10:00:00"]
)
def test_an_anchor_is_a_local_time_in_whole_seconds_and_this_age(anchor):
    with pytest.raises(ValidationError, match="anchor"):
        SeriesDraft.model_validate(series(anchor=anchor))


def test_a_title_is_one_line():
    with pytest.raises(ValidationError, match="one line"):
        SeriesDraft.model_validate(series(title="Meeting\r\nBcc: everyone@example.org"))


def test_a_meeting_alone_needs_a_start_with_an_offset():
    draft = {"title": "Bilateral", "framework": "ccm", "time_zone": ZURICH, "duration_minutes": 60}

    assert MeetingDraft.model_validate(draft | {"start": "2026-03-04T10:00:00+01:00"}).start.tzinfo
    with pytest.raises(ValidationError, match="start"):
        MeetingDraft.model_validate(draft | {"start": "2026-03-04T10:00:00"})


def test_a_meeting_is_told_in_the_offset_of_its_own_zone_and_ends_after_its_real_duration():
    meeting = Meeting(
        id=UUID(int=1),
        kind="other",
        series=None,
        title="Night session",
        framework="ccm",
        committee=None,
        state=None,
        location=None,
        url=None,
        notes=None,
        own=[],
        relative_to=None,
        plan=None,
        start=datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
        time_zone=ZURICH,
        duration_minutes=60,
        status="scheduled",
        sequence=0,
        uid="1@example.org",
    )

    told = meeting.model_dump(mode="json")
    assert (told["start"], told["end"]) == ("2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00")
