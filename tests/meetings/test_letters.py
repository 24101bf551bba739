"""The letters that remind people of a meeting, as a mail program reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from string import Formatter

import pytest
from icalendar import Calendar

from domain.meetings.letters import VARIABLES, WORDINGS, offered, reminder
from schemas.meetings import Recipient
from tests.meetings.test_calendar import MEETING, Entry

MESSAGE_ID = "<9b74c9897bac770ffc029102a200c5de9b74c989@focalpoint.example>"
DATE = datetime(2026, 2, 25, 9, tzinfo=UTC)


def letter_to(
    language: str | None = None, *, name: str | None = None, meeting: Entry = MEETING
) -> EmailMessage:
    recipient = Recipient(email="focal.point@example.org", name=name, language=language)
    return reminder(
        meeting,
        recipient,
        sender="Secretariat <calendar@focalpoint.example>",
        message_id=MESSAGE_ID,
        date=DATE,
    )


def received(letter: EmailMessage) -> EmailMessage:
    return message_from_bytes(letter.as_bytes(policy=SMTP), policy=default)


def text_of(letter: EmailMessage) -> str:
    body = received(letter).get_body(("plain",))
    assert body is not None
    return body.get_content().replace("\r\n", "\n")


def test_a_letter_carries_the_headers_of_an_automatic_message():
    letter = received(letter_to(name="Zoë Müller, MFA"))

    assert letter["From"] == "Secretariat <calendar@focalpoint.example>"
    assert letter["To"].addresses[0].display_name == "Zoë Müller, MFA"
    assert letter["To"].addresses[0].addr_spec == "focal.point@example.org"
    assert letter["Message-ID"] == MESSAGE_ID
    assert letter["Date"].datetime == DATE
    assert letter["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("language", "subject", "span"),
    [
        (
            "en",
            "Reminder: GFP quarterly meeting, Wednesday 4 March 2026, 10:00",
            "Wednesday 4 March 2026, 10:00 – 11:30 (Europe/Zurich, UTC+01:00)",
        ),
        (
            "fr",
            "Rappel : GFP quarterly meeting, mercredi 4 mars 2026, 10 h 00",
            "mercredi 4 mars 2026, 10 h 00 – 11 h 30 (Europe/Zurich, UTC+01:00)",
        ),
        (
            "es",
            "Recordatorio: GFP quarterly meeting, miércoles 4 de marzo de 2026, 10:00",
            "miércoles 4 de marzo de 2026, 10:00 – 11:30 (Europe/Zurich, UTC+01:00)",
        ),
    ],
)
def test_a_letter_is_in_the_recipients_language_and_the_meetings_time(language, subject, span):
    letter = letter_to(language)

    assert received(letter)["Subject"] == subject
    assert received(letter)["Content-Language"] == language
    assert span in text_of(letter)


@pytest.mark.parametrize(
    ("asked", "given"),
    [("fr-CA", "fr"), ("es-419", "es"), ("de", "en"), ("fra", "en"), (None, "en")],
)
def test_a_language_that_is_not_offered_falls_back_to_its_main_one_or_english(asked, given):
    assert offered(asked) == given
    assert text_of(letter_to(asked)) == text_of(letter_to(given))


@pytest.mark.parametrize("language", WORDINGS)
def test_every_template_names_listed_variables_only_and_says_what_and_when(language):
    words = WORDINGS[language]
    templates = (words.subject, words.greeting, words.greeting_by_name, words.body)
    named = [{name for _, name, _, _ in Formatter().parse(template) if name} for template in templates]

    assert named == [{"title", "day"}, set(), {"name"}, {"title", "when"}]
    assert set().union(*named) == VARIABLES


def test_a_recipient_is_greeted_by_name_where_it_is_known():
    assert text_of(letter_to("fr", name="Inès")).startswith("Bonjour Inès,\n")
    assert text_of(letter_to("fr")).startswith("Bonjour,\n")


def test_a_meeting_over_several_days_says_when_each_ends():
    meeting = replace(MEETING, start=datetime(2026, 11, 30, 9, tzinfo=UTC), duration_minutes=24 * 60 + 30)

    assert "lundi 30 novembre 2026, 10 h 00 – mardi 1er décembre 2026, 10 h 30" in text_of(
        letter_to("fr", meeting=meeting)
    )


def test_a_meeting_across_a_clock_change_ends_when_it_really_ends():
    meeting = replace(MEETING, start=datetime(2026, 3, 29, 0, 30, tzinfo=UTC), duration_minutes=60)

    assert "01:30 – 03:30 (Europe/Zurich, UTC+01:00)" in text_of(letter_to(meeting=meeting))


def test_the_meeting_is_attached_as_a_published_calendar():
    [attachment] = received(letter_to()).iter_attachments()
    calendar = Calendar.from_ical(attachment.get_payload(decode=True))

    assert attachment.get_content_type() == "text/calendar"
    assert attachment["Content-Type"].params["method"] == calendar["METHOD"] == "PUBLISH"
    assert attachment.get_filename() == "meeting.ics"
    assert [event.start for event in calendar.events] == [MEETING.start]
    assert [event["ORGANIZER"] for event in calendar.events] == ["mailto:calendar@focalpoint.example"]


def test_the_same_letter_made_twice_is_the_same_to_the_byte():
    assert letter_to("es", name="Inés").as_bytes() == letter_to("es", name="Inés").as_bytes()


def test_a_letter_travels_in_seven_bits_and_short_lines():
    raw = letter_to("fr", meeting=replace(MEETING, title="Égalité " * 30)).as_bytes()

    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_a_title_cannot_add_a_header():
    letter = received(letter_to(meeting=replace(MEETING, title="Meeting\r\nBcc: everyone@example.org")))

    assert "Bcc" not in letter
    assert letter["Subject"].strip().startswith("Reminder: Meeting Bcc: everyone@example.org, Wednesday")


def test_braces_in_a_title_are_left_alone():
    assert "{name} 100 %" in text_of(letter_to(meeting=replace(MEETING, title="{name} 100 %")))
