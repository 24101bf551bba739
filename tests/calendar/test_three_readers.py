"""Feeds as three programs read them that are not ours: the same instants, to the second."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest

from domain.calendar.ical import Manner, feed
from tests.calendar.given import MEETING, Entry, deadline

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what two of them say of their own dependencies when they are imported
    import ics
    import vobject

Day = date | datetime
Found = dict[str, tuple[Day | None, Day | None, str]]
"""By UID: start and end of an event, or when a to-do is due and None; and the status."""


def by_icalendar(calendar: bytes) -> Found:
    read = icalendar.Calendar.from_ical(calendar)
    events = {str(one["UID"]): (one.start, one.end, str(one["STATUS"])) for one in read.events}
    due = {str(one["UID"]): (one["DUE"].dt, None, str(one["STATUS"])) for one in read.todos}
    return events | due


def by_vobject(calendar: bytes) -> Found:
    read = vobject.readOne(calendar.decode())
    events = {
        one.uid.value: (one.dtstart.value, one.dtend.value, one.status.value)
        for one in read.contents.get("vevent", [])
    }
    due = {one.uid.value: (one.due.value, None, one.status.value) for one in read.contents.get("vtodo", [])}
    return events | due


def by_ics(calendar: bytes) -> Found:
    """It gives a date as its midnight in UTC."""
    read = ics.Calendar(calendar.decode())
    events = {one.uid: (_day(one, one.begin), _day(one, one.end), one.status) for one in read.events}
    due = {one.uid: (one.due.datetime, None, one.status) for one in read.todos}
    return events | due


def _day(event: ics.Event, moment: object) -> Day:
    return moment.date() if event.all_day else moment.datetime


READERS = [by_icalendar, by_vobject, by_ics]
Reader = Callable[[bytes], Found]

TIMES = [
    ("Europe/Zurich", "2026-03-29T00:30Z"),
    ("Europe/Zurich", "2026-03-29T01:30Z"),
    ("Europe/Zurich", "2026-10-25T00:30Z"),  # 02:30, for the first time
    ("Europe/Zurich", "2026-10-25T01:30Z"),  # 02:30 again
    ("America/New_York", "2026-03-08T06:30Z"),
    ("America/New_York", "2026-03-08T07:30Z"),
    ("America/New_York", "2026-11-01T05:30Z"),
    ("America/New_York", "2026-11-01T06:30Z"),
    ("Pacific/Apia", "2011-12-29T21:00Z"),
    ("Pacific/Apia", "2011-12-30T09:30Z"),  # the last hour before 30 December, which there was none of
    ("Pacific/Apia", "2011-12-30T10:30Z"),
    ("Pacific/Apia", "2026-06-03T21:00Z"),
    ("Asia/Kathmandu", "2026-06-03T04:15Z"),
    ("UTC", "2026-06-03T09:00Z"),
]


@pytest.mark.parametrize("read", READERS)
def test_meetings_begin_and_end_when_they_do(read: Reader):
    meetings = [
        replace(MEETING, uid=f"{number}@test", start=datetime.fromisoformat(start), time_zone=zone)
        for number, (zone, start) in enumerate(TIMES)
    ]

    found = read(feed("All", meetings))

    assert {uid: (_utc(start), _utc(end)) for uid, (start, end, _) in found.items()} == {
        meeting.uid: (meeting.start, meeting.start + timedelta(minutes=90)) for meeting in meetings
    }


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(("zone", "start"), TIMES)
def test_each_is_read_alike_from_a_calendar_of_its_own(read: Reader, zone: str, start: str):
    moment = datetime.fromisoformat(start)

    [(begins, ends, _)] = read(feed("All", [replace(MEETING, start=moment, time_zone=zone)])).values()

    assert (_utc(begins), _utc(ends)) == (moment, moment + timedelta(minutes=90))


@pytest.mark.parametrize("read", READERS)
def test_a_quarterly_meeting_at_ten_is_at_ten_in_summer_and_winter(read: Reader):
    months = [datetime(2026, month, 4, 10, tzinfo=ZoneInfo("Europe/Zurich")) for month in (3, 6, 9, 12)]
    meetings = [replace(MEETING, uid=f"{start.month}@test", start=start.astimezone(UTC)) for start in months]

    found = read(feed("All", meetings))

    assert {_clock(start) for start, _, _ in found.values()} == {"10:00"}


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("status", "said"), [("open", "NEEDS-ACTION"), ("done", "COMPLETED"), ("cancelled", "CANCELLED")]
)
def test_deadlines_are_due_on_their_day(read: Reader, status: str, said: str):
    zones = ["Europe/Zurich", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"]
    due = [deadline(uid=f"{zone}@test", time_zone=zone, status=status) for zone in zones]

    found = read(feed("All", due))

    assert {uid: (_date(day), word) for uid, (day, _, word) in found.items()} == {
        entry.uid: (date(2026, 4, 30), said) for entry in due
    }


@pytest.mark.parametrize("read", READERS)
def test_deadlines_as_events_last_their_day(read: Reader):
    found = read(feed("All", [deadline()], Manner(deadlines_as_events=True)))

    [(start, end, status)] = found.values()
    assert (_date(start), _date(end), status) == (date(2026, 4, 30), date(2026, 5, 1), "CONFIRMED")


@pytest.mark.parametrize("read", READERS)
def test_a_cancelled_meeting_is_still_there_as_cancelled(read: Reader):
    off = replace(MEETING, status="cancelled", sequence=1)

    [(start, _, status)] = read(feed("All", [off])).values()

    assert (_utc(start), status) == (MEETING.start, "CANCELLED")


@pytest.mark.parametrize("read", READERS)
def test_titles_of_any_script_and_length_do_not_disturb_the_times(read: Reader):
    titles = ["Réunion; égalité, diversité \\ suite " * 8, "اجتماع نقاط الاتصال المعنية " * 8, "会议" * 100]
    meetings: list[Entry] = [
        replace(MEETING, uid=f"{number}@test", title=title) for number, title in enumerate(titles)
    ]

    found = read(feed("Réunions", meetings))

    assert [_utc(start) for start, _, _ in found.values()] == [MEETING.start] * 3


def _utc(moment: Day | None) -> datetime:
    assert isinstance(moment, datetime)
    assert moment.tzinfo is not None
    return moment.astimezone(UTC)


def _clock(moment: Day | None) -> str:
    assert isinstance(moment, datetime)
    return f"{moment:%H:%M}"


def _date(day: Day | None) -> date:
    return day.date() if isinstance(day, datetime) else day or date.min
