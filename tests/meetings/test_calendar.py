"""Calendars, read back by parsers that did not write them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from io import StringIO
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from domain.meetings.calendar import feed, publication

bounded = settings(max_examples=40, deadline=None, derandomize=True)


@dataclass(frozen=True, slots=True)
class Entry:
    """A meeting as a calendar sees it."""

    uid: str = "0198a000@focalpoint.example"
    title: str = "GFP quarterly meeting"
    framework: str = "ccm"
    start: datetime = datetime(2026, 3, 4, 9, tzinfo=UTC)
    duration_minutes: int = 90
    time_zone: str = "Europe/Zurich"
    status: str = "scheduled"
    sequence: int = 0
    updated_at: datetime = datetime(2026, 1, 5, 12, 30, tzinfo=UTC)


MEETING = Entry()


def lines(calendar: bytes) -> list[str]:
    return calendar.decode().replace("\r\n ", "").split("\r\n")


def only_event(calendar: bytes) -> Event:
    [event] = Calendar.from_ical(calendar).events
    return event


def test_a_meeting_is_an_event_in_its_own_zone():
    written = lines(feed("Cluster munitions", [MEETING]))

    assert {
        "VERSION:2.0",
        "PRODID:-//focalpoint//calendar//EN",
        "NAME:Cluster munitions",
        "X-WR-CALNAME:Cluster munitions",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "UID:0198a000@focalpoint.example",
        "DTSTAMP:20260105T123000Z",
        "LAST-MODIFIED:20260105T123000Z",
        "SEQUENCE:0",
        "DTSTART;TZID=Europe/Zurich:20260304T100000",
        "DTEND;TZID=Europe/Zurich:20260304T113000",
        "SUMMARY:GFP quarterly meeting",
        "CATEGORIES:ccm",
        "STATUS:CONFIRMED",
        "ACTION:DISPLAY",
        "TRIGGER:-P1D",
    } <= set(written)
    assert not any(line.startswith("METHOD") for line in written)


def test_the_same_meetings_in_any_order_give_the_same_bytes():
    later = replace(MEETING, uid="2@focalpoint.example", start=MEETING.start + timedelta(days=91))

    assert feed("All", [later, MEETING]) == feed("All", [MEETING, later])


def test_lines_end_in_crlf_and_are_folded_at_75_octets_without_breaking_characters():
    title = "Réunion trimestrielle; égalité, diversité " * 5
    calendar = feed("Réunions, séances; dialogues", [replace(MEETING, title=title)])

    assert calendar.count(b"\n") == calendar.count(b"\r\n")
    assert max(map(len, calendar.split(b"\r\n"))) <= 75
    assert str(only_event(calendar)["SUMMARY"]) == title
    assert r"NAME:Réunions\, séances\; dialogues" in lines(calendar)


def test_a_cancelled_meeting_stays_as_cancelled_and_rings_no_alarm():
    event = only_event(feed("All", [replace(MEETING, status="cancelled", sequence=2)]))

    assert (event["STATUS"], event["SEQUENCE"], event.subcomponents) == ("CANCELLED", 2, [])


@pytest.mark.parametrize("status", ["scheduled", "moved", "held"])
def test_every_other_meeting_is_confirmed(status):
    assert only_event(feed("All", [replace(MEETING, status=status)]))["STATUS"] == "CONFIRMED"


def test_a_feed_without_meetings_is_still_a_calendar():
    assert Calendar.from_ical(feed("Nothing yet", [])).events == []


def test_a_meeting_in_a_letter_is_published_by_an_organizer():
    calendar = Calendar.from_ical(publication(MEETING, organizer="isu@example.org"))

    assert calendar["METHOD"] == "PUBLISH"
    assert [event["ORGANIZER"] for event in calendar.events] == ["mailto:isu@example.org"]


def test_each_zone_that_is_used_is_described_once_and_utc_needs_no_description():
    zones = ["Europe/Zurich", "Pacific/Apia", "Europe/Zurich", "UTC", "Etc/UTC"]
    calendar = Calendar.from_ical(feed("All", [replace(MEETING, time_zone=zone) for zone in zones]))

    assert [str(zone["TZID"]) for zone in calendar.timezones] == ["Europe/Zurich", "Pacific/Apia"]


def test_summer_time_begins_when_the_old_clocks_say_so():
    written = lines(feed("All", [MEETING]))
    onset = written.index("DTSTART:20260329T020000")

    assert written[onset - 1 : onset + 5] == [
        "BEGIN:DAYLIGHT",
        "DTSTART:20260329T020000",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
    ]


@pytest.mark.parametrize(
    ("time_zone", "change"),
    [
        ("Europe/Zurich", "2026-03-29T01:00Z"),
        ("Europe/Zurich", "2026-10-25T01:00Z"),
        ("America/New_York", "2026-03-08T07:00Z"),
        ("America/New_York", "2026-11-01T06:00Z"),
        ("Pacific/Apia", "2011-12-30T10:00Z"),
        ("Pacific/Apia", "2012-03-31T14:00Z"),
        ("Africa/Casablanca", "2026-02-15T02:00Z"),
    ],
)
def test_the_description_of_a_zone_says_what_its_clocks_say_around_a_change(time_zone, change):
    moment = datetime.fromisoformat(change)
    described = zone_described_in(feed("All", [replace(MEETING, start=moment, time_zone=time_zone)]))

    for hours in (-30, -2, -1, 1, 2, 30):
        instant = moment + timedelta(hours=hours)
        local = instant.astimezone(ZoneInfo(time_zone))
        assert local.replace(tzinfo=described).utcoffset() == local.utcoffset()


def zone_described_in(calendar: bytes) -> tzinfo:
    """The zone as dateutil reads it from the calendar alone, whatever its name means elsewhere."""
    text = calendar.decode().replace("\r\n", "\n")
    return tzical(StringIO(text[: text.index("BEGIN:VEVENT")] + "END:VCALENDAR\n")).get()


@bounded
@given(
    st.datetimes(datetime.fromisoformat("2005-01-01"), datetime.fromisoformat("2037-01-01")),
    st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"})),
    st.integers(1, 5_000),
)
def test_what_is_read_back_is_the_same_instant(moment, time_zone, minutes):
    start = moment.replace(microsecond=0, tzinfo=UTC)

    event = only_event(
        feed("All", [replace(MEETING, start=start, time_zone=time_zone, duration_minutes=minutes)])
    )

    assert event.start.astimezone(UTC) == start
    assert event.end.astimezone(UTC) == start + timedelta(minutes=minutes)


def test_a_time_that_the_clocks_show_twice_is_read_back_as_the_one_that_was_meant():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    for start in (first, first + timedelta(hours=1)):
        assert only_event(feed("All", [replace(MEETING, start=start)])).start.astimezone(UTC) == start
