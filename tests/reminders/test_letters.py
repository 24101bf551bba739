"""Letters about dated things, as a mail program reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from string import Formatter
from typing import Any

import pytest
from icalendar import Calendar

from domain.reminders.letters.composing import Letter, WaysOut, compose
from domain.reminders.letters.wordings import KINDS, OCCASIONS, OF_MEETINGS, VARIABLES, WORDINGS, offered
from domain.reminders.lines import Line
from tests.reminders.given import MEETING, MESSAGE_ID, OBLIGATION, line, of_kind

DATE = datetime(2026, 2, 25, 9, tzinfo=UTC)
SENDER = "Secretariat <calendar@focalpoint.example>"
PAGE = "https://focalpoint.example/v1/unsubscribe/abc"
NB = "\N{NO-BREAK SPACE}"


def letter(*lines: Line, **details: Any) -> Letter:
    return compose(lines or [line()], **{"sender": SENDER, "date": DATE, **details})


def received(made: Letter) -> EmailMessage:
    return message_from_bytes(made.content, policy=default)


def body(made: Letter, kind: str = "plain") -> str:
    part = received(made).get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


def attachments(made: Letter) -> list[EmailMessage]:
    return list(received(made).iter_attachments()) if received(made).get_content_subtype() == "mixed" else []


def test_a_letter_carries_the_headers_of_an_automatic_message():
    made = letter(line(name="Zoë Müller, MFA"))
    headers = received(made)

    assert headers["From"].addresses[0].addr_spec == made.sender == "calendar@focalpoint.example"
    assert headers["From"].addresses[0].display_name == "Secretariat"
    assert headers["To"].addresses[0].display_name == "Zoë Müller, MFA"
    assert headers["To"].addresses[0].addr_spec == made.recipient == "focal.point@example.org"
    assert headers["Message-ID"] == made.message_id == MESSAGE_ID
    assert headers["Date"].datetime == DATE
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Content-Language"] == "en"
    assert not headers.defects


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
            f"Rappel{NB}: GFP quarterly meeting, mercredi 4{NB}mars 2026, 10{NB}h{NB}00",
            f"mercredi 4{NB}mars 2026, de 10{NB}h{NB}00 à 11{NB}h{NB}30 (Europe/Zurich, UTC+01:00)",
        ),
        (
            "es",
            "Recordatorio: GFP quarterly meeting, miércoles 4 de marzo de 2026, 10.00 horas",
            "miércoles 4 de marzo de 2026, de 10.00 a 11.30 horas (Europe/Zurich, UTC+01:00)",
        ),
    ],
)
def test_a_letter_is_in_the_recipients_language_and_the_meetings_time(language, subject, span):
    made = letter(line(language=language))

    assert received(made)["Subject"] == made.subject == subject
    assert received(made)["Content-Language"] == language
    assert span in body(made)
    assert span in body(made, "html")


@pytest.mark.parametrize(
    ("asked", "given"), [("fr-CA", "fr"), ("es-419", "es"), ("de", "en"), ("fra", "en"), (None, "en")]
)
def test_a_language_that_is_not_offered_falls_back_to_its_main_one_or_english(asked, given):
    made = letter(line(language=asked))

    assert offered(asked) == received(made)["Content-Language"] == given
    assert body(made) == body(letter(line(language=given)))


@pytest.mark.parametrize("language", WORDINGS)
def test_every_kind_and_occasion_has_words_that_name_listed_variables_only(language):
    words = WORDINGS[language]

    assert set(words.templates) == set(KINDS)
    for kind in KINDS:
        of_others = set(OCCASIONS) - set(OF_MEETINGS)
        assert set(words.templates[kind]) == (set(OCCASIONS) if kind == "meeting" else of_others)
        for template in words.templates[kind].values():
            assert "title" in _named(template.subject)
            assert _named(template.subject) | _named(template.lead) <= {"title", "day"} <= VARIABLES.keys()
    others = (words.greeting_by_name, words.theirs, words.theirs_until, words.place, words.stop)
    assert set().union(*map(_named, others)) <= VARIABLES.keys()


def _named(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_all_languages_have_the_same_pages_and_attachments():
    assert len({frozenset(words.page) for words in WORDINGS.values()}) == 1
    assert len({frozenset(words.attached) for words in WORDINGS.values()}) == 1


def test_french_has_no_break_spaces_before_what_stands_apart():
    words = WORDINGS["fr"]
    said = [
        part for kind in words.templates.values() for one in kind.values() for part in (one.subject, one.lead)
    ]
    for text in (*said, *words.page.values(), words.stop, words.place, words.theirs, words.digest.lead):
        assert not any(f" {mark}" in text for mark in ":;?!»"), text


def test_a_recipient_is_greeted_by_name_where_it_is_known():
    assert body(letter(line(language="fr", name="Inès"))).startswith("Bonjour Inès,\n")
    assert body(letter(line(language="fr"))).startswith("Bonjour,\n")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("meeting", "review")])
def test_a_deadline_is_due_until_its_day_is_over_and_was_due_after(kind):
    of = of_kind(kind)
    ahead = letter(line(of), date=of.over - timedelta(minutes=1))
    past = letter(line(of, offset="P2D"), date=of.over)

    assert ahead.subject == f"Due on Friday 30 April 2027: {of.title}"
    assert "is due on Friday 30 April 2027:" in body(ahead)
    assert past.subject == f"Was due on Friday 30 April 2027: {of.title}"
    assert "was due on Friday 30 April 2027 and has not been" in body(past)
    assert "by the end of Friday 30 April 2027 (Europe/Zurich, UTC+02:00)" in body(ahead)


def test_a_review_waits_from_its_start():
    of = of_kind("review", due_on=None, over=OBLIGATION.over + timedelta(days=366))
    made = letter(line(of, offset="P2D"), date=of.start + timedelta(days=2))

    assert made.subject == f"Awaiting review since Friday 30 April 2027: {of.title}"
    assert attachments(made) == []


def test_a_meeting_whose_time_has_passed_is_not_announced():
    made = letter(line(offset="P1D"), date=MEETING.start + timedelta(days=1))

    assert "has passed" in body(made)
    assert attachments(made) == []


@pytest.mark.parametrize("language", WORDINGS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cause", ["reminder", "moved", "cancelled", "escalation"])
def test_every_letter_says_what_it_is_about_in_text_and_in_html(language, kind, cause):
    made = letter(line(of_kind(kind, title="Title & <more>"), language=language, cause=cause))

    assert "Title & <more>" in made.subject
    assert "Title & <more>" in body(made)
    assert "Title &amp; &lt;more&gt;</h1>" in body(made, "html")
    assert "{" not in body(made) + made.subject


def test_a_reader_in_another_zone_is_told_the_time_there_too():
    made = letter(line(time_zone="America/New_York"))

    assert "In your time zone: Wednesday 4 March 2026, 04:00 – 05:30 (America/New_York, UTC-05:00)" in body(
        made
    )
    assert "In your time zone" not in body(letter(line(time_zone="Europe/Paris")))


def test_a_reader_in_another_zone_is_told_when_the_day_ends_there():
    made = letter(line(OBLIGATION, time_zone="America/New_York"))

    assert "In your time zone, by Friday 30 April 2027, 17:59 (America/New_York, UTC-04:00)" in body(made)


def test_a_meeting_over_several_days_says_when_each_ends():
    of = replace(MEETING, start=datetime(2026, 11, 30, 9, tzinfo=UTC), duration_minutes=24 * 60 + 30)

    assert f"lundi 30{NB}novembre 2026, 10{NB}h{NB}00 – mardi 1er{NB}décembre 2026, 10{NB}h{NB}30" in body(
        letter(line(of, language="fr"))
    )


def test_a_meeting_across_a_clock_change_ends_when_it_really_ends():
    of = replace(MEETING, start=datetime(2026, 3, 29, 0, 30, tzinfo=UTC), duration_minutes=60)

    assert "01:30 – 03:30 (Europe/Zurich, UTC+01:00)" in body(letter(line(of)))


def test_the_place_is_told():
    assert "Place: Room XXIV" in body(letter(line(replace(MEETING, location="Room XXIV"))))


def test_the_way_on_the_web_and_what_to_know_are_told_beside_the_place():
    link = "https://meet.example.org/gfp"
    of = replace(MEETING, location="Room XXIV", url=link, notes="Bring figures.\nTea <served>.")
    made = letter(line(of))

    assert f"Place: Room XXIV\nOn the web: {link}\n\nBring figures.\nTea <served>.\n" in body(made)
    assert "Tea &lt;served&gt;." in body(made, "html")


@pytest.mark.parametrize(
    ("of", "cause", "method", "component"),
    [
        (MEETING, "reminder", "REQUEST", "VEVENT"),
        (replace(MEETING, sequence=1), "moved", "REQUEST", "VEVENT"),
        (replace(MEETING, sequence=2, status="cancelled"), "cancelled", "CANCEL", "VEVENT"),
        (OBLIGATION, "reminder", "PUBLISH", "VTODO"),
        (OBLIGATION, "escalation", "PUBLISH", "VTODO"),
    ],
)
def test_what_a_calendar_can_do_is_attached(of, cause, method, component):
    [attachment] = attachments(letter(line(of, cause=cause)))
    calendar = Calendar.from_ical(attachment.get_payload(decode=True))
    [entry] = [item for item in calendar.subcomponents if item.name == component]

    assert attachment.get_content_type() == "text/calendar"
    assert attachment["Content-Type"].params["method"] == calendar["METHOD"] == method
    assert attachment["Content-Type"].params["component"] == component
    assert entry["ORGANIZER"] == "mailto:calendar@focalpoint.example"
    assert (entry["UID"], entry["SEQUENCE"]) == (of.uid, of.sequence)
    if component == "VEVENT":
        assert entry["ATTENDEE"] == "mailto:focal.point@example.org"
        assert entry.start == of.start


@pytest.mark.parametrize("cause", ["reminder", "escalation"])
def test_nobody_is_invited_to_a_meeting_that_has_begun(cause):
    made = letter(line(cause=cause), date=MEETING.start)

    assert attachments(made) == []
    assert "calendar" not in body(made)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Instead of: Tuesday 3 March 2026, 10:00"),
        ("fr", f"Au lieu de{NB}: mardi 3{NB}mars 2026, 10{NB}h{NB}00"),
        ("es", "En lugar de: martes 3 de marzo de 2026, 10.00 horas"),
    ],
)
def test_the_news_of_a_move_says_from_when(language, said):
    told = line(cause="moved", language=language, previous_start=datetime(2026, 3, 3, 9, tzinfo=UTC))

    assert said in body(letter(told))
    assert said not in body(letter(replace(told, previous_start=None)))


def test_a_deadline_that_was_called_off_leaves_nothing_to_attach():
    assert attachments(letter(line(replace(OBLIGATION, status="cancelled"), cause="cancelled"))) == []


def test_several_things_are_one_letter_with_a_list():
    made = letter(line(OBLIGATION), line(replace(OBLIGATION, title="Another")), line(MEETING))

    assert made.subject == "Reminders: 3 items"
    assert [item for item in body(made).split("\n") if item.startswith("* ")] == [
        "* Reminder: GFP quarterly meeting, Wednesday 4 March 2026, 10:00",
        "* Due on Friday 30 April 2027: Article 7 report for 2026: Croatia",
        "* Due on Friday 30 April 2027: Another",
    ]
    assert body(made, "html").count("<li>") == 3
    assert attachments(made) == []


def test_a_letter_says_how_to_stop_letters_like_it():
    made = letter(ways_out=WaysOut(PAGE, "stop@focalpoint.example"))

    assert received(made)["List-Unsubscribe"] == (
        f"<{PAGE}>, <mailto:stop@focalpoint.example?subject=unsubscribe>"
    )
    assert received(made)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert PAGE in body(made)
    assert f'href="{PAGE}"' in body(made, "html")


def test_one_click_is_offered_over_https_only():
    made = letter(ways_out=WaysOut(PAGE.replace("https", "http")))

    assert received(made)["List-Unsubscribe"]
    assert "List-Unsubscribe-Post" not in received(made)


def test_the_same_letter_made_twice_is_the_same_to_the_byte():
    assert letter(line(name="Inés", language="es")) == letter(line(name="Inés", language="es"))


@pytest.mark.parametrize("title", ["Égalité " * 37, "x" * 300, "会議" * 150, "اجتماع " * 42, "word " * 60])
def test_a_letter_travels_in_seven_bits_and_short_lines(title):
    raw = letter(line(replace(MEETING, title=title.strip()), name=title[:300], language="fr")).content

    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.count(b"\n") == raw.count(b"\r") == raw.count(b"\r\n")
    assert title.strip() in _without_isolates(str(message_from_bytes(raw, policy=default)["Subject"]))


def _without_isolates(text: str) -> str:
    return text.translate(dict.fromkeys(map(ord, "\u2068\u2069")))


@pytest.mark.parametrize(
    "harm", ["Meeting\r\nBcc: everyone@example.org", "Meeting\u2028Bcc: everyone@example.org"]
)
def test_neither_title_nor_name_nor_place_can_add_a_header(harm):
    made = letter(line(replace(MEETING, title=harm, location=harm), name=harm))
    headers = received(made)

    assert "Bcc" not in headers
    assert headers["Subject"].startswith("Reminder: Meeting Bcc: everyone@example.org, Wednesday")
    assert [address.addr_spec for address in headers["To"].addresses] == ["focal.point@example.org"]


def test_what_only_looks_encoded_stays_as_it_is():
    title = "=?utf-8?q?Bcc=3A?= <script>"

    assert title in received(letter(line(replace(MEETING, title=title))))["Subject"]


def test_braces_in_a_title_are_left_alone():
    assert "{name} 100 %" in body(letter(line(replace(MEETING, title="{name} 100 %"))))


def test_a_title_from_right_to_left_stands_by_itself_and_turns_nothing_else():
    title = "اجتماع جهات الاتصال"
    made = letter(line(replace(MEETING, title=f"\u202e{title}\u202c")))

    assert made.subject == f"Reminder: \u2068{title}\u2069, Wednesday 4 March 2026, 10:00"
    assert f'<h1 dir="auto" style="font-size:1.25em">{title}</h1>' in body(made, "html")


class Outline(HTMLParser):
    """Checks that what is opened is closed, and keeps what is there."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: dict[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes.update(attrs)
        if tag not in ("meta", "br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("several", [False, True])
def test_the_html_can_be_read_aloud(several):
    lines = [line(language="es"), line(OBLIGATION, language="es")] if several else [line(language="es")]
    outline = Outline()
    outline.feed(body(letter(*lines, ways_out=WaysOut(PAGE)), "html"))

    assert outline.open == []
    assert outline.attributes["lang"] == "es"
    assert "title" in outline.seen
    assert not {"img", "table", "script", "link"} & set(outline.seen)


def test_utc_is_not_explained_by_itself():
    made = letter(line(of=replace(MEETING, time_zone="UTC"), time_zone=None))

    assert "09:00 – 10:30 (UTC)" in body(made)
