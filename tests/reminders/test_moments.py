"""When reminders fall due, when they have lost their use, when they are tried again, and their ids."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar.times import localised, offset_from
from domain.reminders import rules
from domain.reminders.rules import Manner, WorkingHours

ZURICH, NEW_YORK, APIA = "Europe/Zurich", "America/New_York", "Pacific/Apia"
OFFICE = WorkingHours(time(9), time(17), ("MO", "TU", "WE", "TH", "FR"))

bounded = settings(max_examples=150, deadline=None, derandomize=True)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def due(start: str, offset: str, time_zone: str = ZURICH, **manner: object) -> datetime:
    told = Manner(**{"time_zone": time_zone, **manner})
    [moment] = rules.moments(at(start).astimezone(UTC), [offset], time_zone, told)
    assert moment.due_at.tzinfo is UTC
    return moment.due_at


@pytest.mark.parametrize(
    ("time_zone", "start", "offset", "expected"),
    [
        (ZURICH, "2026-04-02T10:00+02:00", "-P7D", "2026-03-26T10:00+01:00"),
        (ZURICH, "2026-04-02T10:00+02:00", "-P1W", "2026-03-26T10:00+01:00"),
        (ZURICH, "2026-04-02T10:00+02:00", "-PT168H", "2026-03-26T09:00+01:00"),
        (ZURICH, "2026-03-29T10:00+02:00", "-PT12H", "2026-03-28T21:00+01:00"),
        (ZURICH, "2026-10-28T10:00+01:00", "-P7DT1H", "2026-10-21T09:00+02:00"),
        (ZURICH, "2026-03-30T02:30+02:00", "-P1D", "2026-03-29T03:30+02:00"),
        (NEW_YORK, "2026-03-10T09:00-04:00", "-P7D", "2026-03-03T09:00-05:00"),
        (NEW_YORK, "2026-10-31T09:00-04:00", "P1D", "2026-11-01T09:00-05:00"),
        (APIA, "2012-01-01T10:00+14:00", "-P3D", "2011-12-29T10:00-10:00"),
        (ZURICH, "2026-10-25T02:30+01:00", "P0D", "2026-10-25T02:30+01:00"),
    ],
)
def test_days_are_counted_by_the_local_calendar_and_hours_exactly(time_zone, start, offset, expected):
    assert due(start, offset, time_zone) == at(expected)


def test_the_offsets_of_a_rule_fall_due_in_order_of_time():
    start = at("2026-03-04T10:00+01:00")

    found = rules.moments(start, ["-PT1H", "P1D", "-P7D"], ZURICH, Manner(ZURICH))

    assert [(moment.offset, moment.superseded) for moment in found] == [
        ("-P7D", False),
        ("-PT1H", False),
        ("P1D", False),
    ]


def test_what_is_no_offset_has_no_moment():
    with pytest.raises(ValueError, match="not an offset"):
        due("2026-03-04T10:00+01:00", "-P1Y")


@pytest.mark.parametrize(
    ("start", "offset", "expected", "why"),
    [
        ("2026-03-04T10:00+01:00", "-P2D", "2026-03-02T10:00+01:00", "it is within hours"),
        ("2026-03-04T20:00+01:00", "-P2D", "2026-03-03T09:00+01:00", "in the evening: next morning"),
        ("2026-03-04T07:00+01:00", "-P2D", "2026-03-02T09:00+01:00", "in the night: that morning"),
        ("2026-03-11T10:00+01:00", "-P3D", "2026-03-09T09:00+01:00", "on Sunday: on Monday"),
        ("2026-03-09T08:00+01:00", "-PT1H", "2026-03-06T17:00+01:00", "Monday's opening is too late: Friday"),
        ("2026-03-09T09:00+01:00", "-PT1H", "2026-03-06T17:00+01:00", "at the very opening: Friday"),
        ("2026-03-06T19:00+01:00", "-PT1H", "2026-03-06T17:00+01:00", "the evening itself: before closing"),
        ("2026-03-06T19:00+01:00", "PT1H", "2026-03-09T09:00+01:00", "after it: forward only"),
        ("2026-03-04T17:00+01:00", "P0D", "2026-03-04T17:00+01:00", "the end of the hours is within them"),
    ],
)
def test_outside_working_hours_it_waits_for_them_unless_that_were_too_late(start, offset, expected, why):
    assert due(start, offset, hours=OFFICE) == at(expected), why


def test_working_hours_are_those_of_the_readers_clocks():
    start = at("2026-03-04T10:00+01:00")

    [moment] = rules.moments(start, ["-P2D"], ZURICH, Manner(NEW_YORK, OFFICE))

    assert moment.due_at == at("2026-03-02T09:00-05:00")


@pytest.mark.parametrize(
    ("start", "offset", "hours", "expected"),
    [
        ("2026-03-04T14:00+01:00", "-P2D", None, "2026-03-02T09:00+01:00"),
        ("2026-03-04T14:00+01:00", "-PT2H", None, "2026-03-04T09:00+01:00"),
        ("2026-03-04T08:00+01:00", "-PT1H", None, "2026-03-03T09:00+01:00"),
        ("2026-03-04T14:00+01:00", "PT1H", None, "2026-03-05T09:00+01:00"),
        ("2026-03-11T14:00+01:00", "-P3D", OFFICE, "2026-03-09T09:00+01:00"),
        ("2026-03-09T08:00+01:00", "-P1D", OFFICE, "2026-03-06T09:00+01:00"),
    ],
)
def test_a_digest_goes_out_in_the_morning_of_the_day_on_the_same_side_of_the_thing(
    start, offset, hours, expected
):
    assert due(start, offset, hours=hours, digest=True) == at(expected)


def test_of_two_offsets_that_fall_on_one_moment_the_later_is_told():
    start = at("2026-03-09T08:00+01:00")

    found = rules.moments(start, ["-PT1H", "-PT2H"], ZURICH, Manner(ZURICH, OFFICE))

    assert [(moment.offset, moment.superseded) for moment in found] == [("-PT2H", True), ("-PT1H", False)]


OFFSETS = st.builds("{}P{}DT{}H".format, st.sampled_from(["", "-"]), st.integers(0, 30), st.integers(0, 40))
STARTS = st.integers(1_262_304_000, 1_893_456_000).map(lambda second: datetime.fromtimestamp(second, UTC))
ZONES = st.sampled_from([ZURICH, NEW_YORK, APIA, "Asia/Kathmandu", "America/St_Johns", "UTC"])
DAYS = st.sets(st.sampled_from(rules.WEEKDAYS), min_size=1).map(lambda days: tuple(sorted(days)))


@st.composite
def hours(draw: st.DrawFn) -> WorkingHours:
    first, last = sorted(draw(st.lists(st.integers(0, 47), min_size=2, max_size=2, unique=True)))
    return WorkingHours(*(time(half // 2, 30 * (half % 2)) for half in (first, last)), draw(DAYS))


MANNERS = st.builds(Manner, ZONES, st.none() | hours(), st.booleans())


def is_open(moment: datetime, manner: Manner) -> bool:
    """Whether the reader is at work, by clocks that skip hours and days now and then."""
    zone = ZoneInfo(manner.time_zone)
    work = manner.hours or WorkingHours(time(0), time(23, 59, 59))
    day = moment.astimezone(zone).date()
    opens, closes = (localised(datetime.combine(day, one), zone) for one in (work.start, work.end))
    return rules.WEEKDAYS[day.weekday()] in work.weekdays and opens <= moment <= closes.astimezone(UTC)


@bounded
@given(STARTS, OFFSETS, ZONES, MANNERS)
def test_nobody_is_told_outside_their_working_hours(start, offset, zone, manner):
    if manner.hours is not None:
        assert is_open(rules.told_at(offset_from(start, offset, zone), start, manner), manner)


@bounded
@given(STARTS, OFFSETS, ZONES, MANNERS)
def test_what_is_told_before_a_thing_stays_before_it_and_what_comes_after_stays_after(
    start, offset, zone, manner
):
    moment = offset_from(start, offset, zone)

    assert (rules.told_at(moment, start, manner) < start) is (moment < start)


@bounded
@given(STARTS, OFFSETS, OFFSETS, ZONES, MANNERS)
def test_what_is_asked_for_earlier_is_never_told_later(start, one, other, zone, manner):
    earlier, later = sorted(offset_from(start, offset, zone) for offset in (one, other))

    assert rules.told_at(earlier, start, manner) <= rules.told_at(later, start, manner)


BEFORE, OVER = at("2026-03-04T09:00+01:00"), at("2026-03-04T10:00+01:00")


@pytest.mark.parametrize(
    ("cause", "due_at", "now", "late"),
    [
        ("reminder", BEFORE, "2026-03-04T09:59+01:00", False),
        ("reminder", BEFORE, "2026-03-04T10:00+01:00", True),
        ("escalation", BEFORE, "2026-03-04T10:00+01:00", True),
        ("reminder", OVER, "2026-03-04T10:00+01:00", False),
        ("reminder", OVER + timedelta(days=1), "2026-03-08T09:59+01:00", False),
        ("reminder", OVER + timedelta(days=1), "2026-03-08T10:00+01:00", True),
        ("moved", BEFORE - timedelta(days=90), "2026-03-04T09:59+01:00", False),
        ("cancelled", OVER + timedelta(days=1), "2026-03-04T10:00+01:00", True),
    ],
)
def test_a_line_is_too_late_when_nobody_has_use_of_it(cause, due_at, now, late):
    assert (rules.too_late(cause, due_at, OVER, now=at(now)) is not None) is late


@pytest.mark.parametrize(
    ("due_at", "now", "wait", "again"),
    [
        (BEFORE, "2026-03-04T09:10+01:00", timedelta(minutes=49), "2026-03-04T09:59+01:00"),
        (BEFORE, "2026-03-04T09:10+01:00", timedelta(days=1), "2026-03-04T09:55+01:00"),
        (BEFORE, "2026-03-04T09:50+01:00", timedelta(days=1), "2026-03-04T09:55+01:00"),
        (BEFORE, "2026-03-04T09:54+01:00", timedelta(days=1), "2026-03-04T09:57+01:00"),
        (BEFORE, "2026-03-04T09:55+01:00", timedelta(minutes=7), "2026-03-04T09:57:30+01:00"),
        (BEFORE, "2026-03-04T09:58+01:00", timedelta(days=1), "2026-03-04T09:59+01:00"),
        (BEFORE, "2026-03-04T09:59+01:00", timedelta(days=1), None),
        (BEFORE, "2026-03-04T09:59+01:00", timedelta(seconds=59), "2026-03-04T09:59:59+01:00"),
        (BEFORE, "2026-03-04T10:00+01:00", timedelta(seconds=2), None),
        (OVER, "2026-03-06T12:00+01:00", timedelta(days=1), "2026-03-07T09:55+01:00"),
        (OVER, "2026-03-07T09:56+01:00", timedelta(days=1), "2026-03-07T09:58+01:00"),
    ],
)
def test_a_wait_beyond_its_use_ends_a_little_before_that_or_halfway_there(due_at, now, wait, again):
    expected = at(again) if again else None

    assert rules.next_attempt("reminder", due_at, OVER, now=at(now), wait=wait) == expected


def test_in_its_last_minutes_it_is_tried_a_few_times_more():
    now, attempts = OVER - rules.LAST_CHANCE, []
    while now is not None:
        attempts.append(now)
        now = rules.next_attempt("reminder", BEFORE, OVER, now=now, wait=timedelta(days=1))

    assert len(attempts) == 3, "and whoever asked to be left alone is not flooded"
    assert OVER - attempts[-1] < timedelta(minutes=2)


def test_attempts_come_at_growing_distances_up_to_five_minutes():
    waits = [rules.wait_before(attempt, jitter=1.0).total_seconds() for attempt in (1, 2, 3, 8, 9, 10_000)]

    assert waits == [2, 4, 8, 256, 300, 300]


def test_while_nothing_can_be_sent_attempts_stay_close_and_what_may_have_arrived_waits_long():
    for pace, expected in (
        (rules.FOR_ALL, [2, 4, 16, 30, 30]),
        (rules.PERHAPS_TAKEN, [20, 40, 160, 81_920, 86_400]),
    ):
        waits = [rules.wait_before(attempt, pace, jitter=1.0) for attempt in (1, 2, 4, 13, 10_000)]
        assert [wait.total_seconds() for wait in waits] == expected


KEY = rules.DeliveryKey(
    rule=UUID(int=1),
    entry=UUID(int=2),
    occurrence=datetime(2026, 3, 4, 9, tzinfo=UTC),
    offset="-P7D",
    recipient="focal.point@example.org",
    channel="email",
)


def test_a_delivery_has_one_message_id_however_its_time_and_address_are_written():
    same = replace(KEY, occurrence=at("2026-03-04T10:00+01:00"), recipient="Focal.Point@example.org")

    assert rules.message_id(same, "focalpoint.example") == rules.message_id(KEY, "focalpoint.example")


def test_reminders_have_the_ids_that_the_first_release_gave_them():
    assert rules.message_id(KEY, "focalpoint.example") == (
        "<726eaafd4527455958173647496688989035fc3f@focalpoint.example>"
    )


@pytest.mark.parametrize(
    "other",
    [
        {"rule": UUID(int=3)},
        {"entry": UUID(int=3)},
        {"occurrence": datetime(2026, 3, 11, 9, tzinfo=UTC)},
        {"offset": "-PT1H"},
        {"recipient": "other@example.org"},
        {"cause": "escalation"},
        {"channel": "webhook"},
    ],
)
def test_another_delivery_has_another_message_id(other):
    assert rules.message_id(replace(KEY, **other), "a.example") != rules.message_id(KEY, "a.example")


def test_a_letter_of_several_lines_has_an_id_of_its_own_in_whichever_order_they_come():
    both = rules.letter_id(["<1@a>", "<2@a>"], "a")

    assert both == rules.letter_id(["<2@a>", "<1@a>"], "a")
    assert both not in ("<1@a>", "<2@a>", rules.letter_id(["<1@a>", "<3@a>"], "a"))
