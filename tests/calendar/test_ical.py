"""Calendars: what each dated thing is in them, and that its times are what was meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from io import StringIO
from zoneinfo import ZoneInfo, available_timezones

import pytest
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event, Todo

from domain.calendar.ical import Mailbox, Manner, cancellation, feed, publication, request
from tests.calendar.given import MEETING, deadline

GENEVA = ZoneInfo("Europe/Zurich")
ORGANIZER = Mailbox("isu@example.org", "Secretariat")

bounded = settings(max_examples=40, deadline=None, derandomize=True)


def lines(calendar: bytes) -> list[str]:
    return calendar.decode().replace("\r\n ", "").split("\r\n")


def only_todo(calendar: bytes) -> Todo:
    [todo] = Calendar.from_ical(calendar).todos
    return todo


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
        "CATEGORIES:meeting,ccm",
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


def test_a_meeting_that_was_held_is_confirmed_and_rings_no_alarm():
    event = only_event(feed("All", [replace(MEETING, status="done")]))

    assert (event["STATUS"], event.subcomponents) == ("CONFIRMED", [])


def test_a_meeting_of_unknown_length_has_no_end():
    event = only_event(feed("All", [replace(MEETING, duration_minutes=None)]))

    assert "DTEND" not in event


def test_where_a_meeting_takes_place_and_where_it_is_described():
    written = lines(
        feed(
            "All", [replace(MEETING, location="Room XVI, Palais")], Manner(address="https://gfp.example.org")
        )
    )

    assert {r"LOCATION:Room XVI\, Palais", "URL:https://gfp.example.org/v1/meetings/0198a000"} <= set(written)


def test_a_deadline_is_a_to_do_that_is_due_on_a_date():
    written = lines(feed("All", [deadline()]))

    assert written[written.index("BEGIN:VTODO") :] == [
        "BEGIN:VTODO",
        "UID:0198b000@focalpoint.example",
        "DTSTAMP:20260105T123000Z",
        "LAST-MODIFIED:20260105T123000Z",
        "SEQUENCE:0",
        "SUMMARY:Article 7 report for 2025: Croatia",
        "CATEGORIES:obligation,ccm,HRV",
        "DUE;VALUE=DATE:20260430",
        "STATUS:NEEDS-ACTION",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Article 7 report for 2025: Croatia",
        "TRIGGER;VALUE=DATE-TIME:20260429T070000Z",
        "END:VALARM",
        "END:VTODO",
        "END:VCALENDAR",
        "",
    ]
    assert not any("VTIMEZONE" in line for line in written)


@pytest.mark.parametrize(
    ("status", "said"), [("open", "NEEDS-ACTION"), ("done", "COMPLETED"), ("cancelled", "CANCELLED")]
)
def test_a_deadline_says_whether_it_was_met(status: str, said: str):
    todo = only_todo(feed("All", [deadline(status=status)]))

    assert todo["STATUS"] == said
    assert (todo.get("PERCENT-COMPLETE") == 100) == (status == "done")
    assert bool(todo.subcomponents) == (status == "open")


def test_a_deadline_at_a_time_is_due_at_that_time_in_its_zone():
    todo = only_todo(feed("All", [deadline(kind="milestone", due_on=None)]))

    assert todo["DUE"].dt == datetime(2026, 4, 30, 9, tzinfo=GENEVA)


def test_a_review_waits_since_its_start_and_rings_no_alarm():
    todo = only_todo(feed("All", [deadline(kind="review", due_on=None)]))

    assert todo["DTSTART"].dt == datetime(2026, 4, 30, 9, tzinfo=GENEVA)
    assert ("DUE" in todo, todo.subcomponents) == (False, [])


def test_deadlines_may_be_events_of_a_whole_day_on_which_nobody_is_busy():
    event = only_event(feed("All", [deadline()], Manner(deadlines_as_events=True)))

    assert (event.start, event.end) == (date(2026, 4, 30), date(2026, 5, 1))
    assert (event["TRANSP"], event["STATUS"]) == ("TRANSPARENT", "CONFIRMED")
    assert event["UID"] == only_todo(feed("All", [deadline()]))["UID"]


def test_a_feed_rings_the_alarms_that_it_was_made_with():
    calendar = feed("All", [MEETING, deadline()], Manner(alarms=("-P1W", "-PT1H")))

    assert [line for line in lines(calendar) if line.startswith("TRIGGER")] == [
        "TRIGGER:-P1W",
        "TRIGGER:-PT1H",
        "TRIGGER;VALUE=DATE-TIME:20260423T070000Z",
        "TRIGGER;VALUE=DATE-TIME:20260430T060000Z",
    ]
    assert b"VALARM" not in feed("All", [MEETING, deadline()], Manner(alarms=()))


def test_a_feed_that_does_not_show_all_says_so():
    written = lines(feed("All", [], note="The first 5000, by date."))

    assert {"DESCRIPTION:The first 5000\\, by date.", "X-WR-CALDESC:The first 5000\\, by date."} <= set(
        written
    )


def test_a_feed_without_entries_is_still_a_calendar():
    assert Calendar.from_ical(feed("Nothing yet", [])).events == []


def test_a_deadline_in_a_letter_is_published_by_an_organizer():
    calendar = Calendar.from_ical(publication(deadline(), organizer=ORGANIZER))

    assert calendar["METHOD"] == "PUBLISH"
    assert [todo["ORGANIZER"] for todo in calendar.todos] == ["mailto:isu@example.org"]


def test_an_invitation_asks_one_person_to_answer():
    invited = Mailbox("ana@example.org", 'Horvat, "Ana"')
    written = lines(
        request(MEETING, organizer=ORGANIZER, attendee=invited, address="https://gfp.example.org")
    )

    assert {
        "METHOD:REQUEST",
        "SEQUENCE:0",
        'ORGANIZER;CN="Secretariat":mailto:isu@example.org',
        "ATTENDEE;CN=\"Horvat, 'Ana'\";PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:ana@example.org",
        "URL:https://gfp.example.org/v1/meetings/0198a000",
    } <= set(written)


def test_a_cancellation_takes_back_the_same_meeting():
    off = replace(MEETING, status="cancelled", sequence=1)
    calendar = Calendar.from_ical(cancellation(off, organizer=ORGANIZER, attendee=Mailbox("ana@example.org")))
    event = calendar.events[0]

    assert calendar["METHOD"] == "CANCEL"
    assert (event["UID"], event["STATUS"], event["SEQUENCE"]) == (MEETING.uid, "CANCELLED", 1)
    assert event["ATTENDEE"] == "mailto:ana@example.org"


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
