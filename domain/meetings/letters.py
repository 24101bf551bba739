"""The letters that remind people of a meeting, in English, French and Spanish. Pure: nothing is sent here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from domain.meetings.calendar import CalendarMeeting, local_times, publication
from schemas.meetings import Recipient

VARIABLES = frozenset({"name", "title", "day", "when"})
"""What a template may name: the recipient's name, the meeting's title, the local date and time of its
start, and the whole span with the name of the zone."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A letter's words in one language; subject, greetings and body name `VARIABLES` in braces."""

    subject: str
    greeting: str
    greeting_by_name: str
    body: str
    date: str
    clock: str
    first_of_month: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]


def wording(language: str | None) -> Wording:
    """The words for a BCP 47 language, by its first subtag; English where there are none."""
    return WORDINGS[offered(language)]


def offered(language: str | None) -> str:
    """The language in which a letter to a reader of `language` is written."""
    primary = (language or "").partition("-")[0]
    return primary if primary in WORDINGS else "en"


def reminder(
    meeting: CalendarMeeting, recipient: Recipient, *, sender: str, message_id: str, date: datetime
) -> EmailMessage:
    """A letter of plain text with the meeting attached as a calendar file.

    Times are those of the meeting's zone, whose name stands beside them. `sender` is a mailbox (`Name
    <address>` or the address alone). The same arguments give the same bytes, so a letter that must be
    sent again is the same letter.
    """
    words = wording(recipient.language)
    variables = _variables(meeting, recipient, words)
    greeting = words.greeting_by_name if recipient.name else words.greeting

    letter = EmailMessage(policy=SMTP)
    letter["From"] = sender
    letter["To"] = Address(_one_line(recipient.name or ""), addr_spec=recipient.email)
    letter["Subject"] = words.subject.format(**variables)
    letter["Date"] = date
    letter["Message-ID"] = message_id
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(f"{greeting}\n\n{words.body}".format(**variables), cte="quoted-printable")
    letter.add_attachment(
        publication(meeting, organizer=letter["From"].addresses[0].addr_spec),
        maintype="text",
        subtype="calendar",
        filename="meeting.ics",
        params={"method": "PUBLISH", "charset": "utf-8"},
    )
    # Set last: adding a part takes the headers that describe content away from the whole.
    letter["Content-Language"] = offered(recipient.language)
    letter.set_boundary(hashlib.sha256(message_id.encode()).hexdigest()[:40])
    return letter


def _variables(meeting: CalendarMeeting, recipient: Recipient, words: Wording) -> dict[str, str]:
    start, end = local_times(meeting)
    end_in_words = _clock(end, words) if start.date() == end.date() else _day_and_clock(end, words)
    zone = f"{meeting.time_zone}, UTC{start.isoformat()[-6:]}"
    return {
        "name": _one_line(recipient.name or ""),
        "title": _one_line(meeting.title),
        "day": _day_and_clock(start, words),
        "when": f"{_day_and_clock(start, words)} – {end_in_words} ({zone})",
    }


def _day_and_clock(moment: datetime, words: Wording) -> str:
    day = words.date.format(
        weekday=words.weekdays[moment.weekday()],
        day=words.first_of_month if moment.day == 1 else moment.day,
        month=words.months[moment.month - 1],
        year=moment.year,
    )
    return f"{day}, {_clock(moment, words)}"


def _clock(moment: datetime, words: Wording) -> str:
    return words.clock.format(hour=moment.hour, minute=moment.minute)


def _one_line(text: str) -> str:
    """Headers must not break, whatever a title contains."""
    return " ".join(text.split())


_MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"),
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin",
           "juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio",
           "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
}  # fmt: skip

WORDINGS = {
    "en": Wording(
        subject="Reminder: {title}, {day}",
        greeting="Hello,",
        greeting_by_name="Dear {name},",
        body="""\
This is a reminder of the following meeting:

{title}
{when}

The attached file adds it to your calendar.

This message was sent automatically.
""",
        date="{weekday} {day} {month} {year}",
        clock="{hour:02}:{minute:02}",
        first_of_month="1",
        weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        months=_MONTHS["en"],
    ),
    "fr": Wording(
        subject="Rappel : {title}, {day}",
        greeting="Bonjour,",
        greeting_by_name="Bonjour {name},",
        body="""\
Ceci est un rappel de la réunion suivante :

{title}
{when}

Le fichier joint l’ajoute à votre agenda.

Ce message a été envoyé automatiquement.
""",
        date="{weekday} {day} {month} {year}",
        clock="{hour} h {minute:02}",
        first_of_month="1er",
        weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
        months=_MONTHS["fr"],
    ),
    "es": Wording(
        subject="Recordatorio: {title}, {day}",
        greeting="Buenos días:",
        greeting_by_name="Buenos días, {name}:",
        body="""\
Le recordamos la siguiente reunión:

{title}
{when}

El archivo adjunto la añade a su calendario.

Este mensaje se ha enviado automáticamente.
""",
        date="{weekday} {day} de {month} de {year}",
        clock="{hour:02}:{minute:02}",
        first_of_month="1",
        weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
        months=_MONTHS["es"],
    ),
}
