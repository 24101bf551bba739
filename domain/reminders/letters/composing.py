"""Letters about dated things: what is made of lines of the ledger. Pure: nothing is sent here.

A letter is text and the same as HTML, with a calendar file where it is about one thing. The same arguments
give the same bytes, so a letter that must be sent again is the same letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr
from functools import lru_cache

from domain.calendar.ical import Mailbox, cancellation, publication, request
from domain.reminders.letters import layout, mime
from domain.reminders.letters.layout import one_line
from domain.reminders.letters.mime import Attachment
from domain.reminders.letters.telling import Told, occasion_of, tell
from domain.reminders.letters.wordings import WORDINGS, Wording, offered
from domain.reminders.lines import Line, by_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter as it goes over the wire, and what the envelope and the log need of it."""

    sender: str
    recipient: str
    subject: str
    message_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class WaysOut:
    """How a reader stops letters like this one: a page that also takes RFC 8058's one click, and perhaps an
    e-mail address that people look after."""

    page: str
    mailto: str | None = None


def compose(
    lines: Sequence[Line],
    *,
    sender: str,
    date: datetime,
    ways_out: WaysOut | None = None,
    address: str = "",
) -> Letter:
    """The letter that says what the lines say; several of one recipient and one `message_id` are a digest.

    `sender` is a mailbox (`Name <address>` or the address alone), `date` the moment of sending, by which a
    deadline is still ahead or past. `address` is where the service is found; calendar files link to it.
    """
    first = lines[0]
    words = WORDINGS[offered(first.language)]
    told = [tell(line, words, now=date) for line in sorted(lines, key=by_date)]
    attached = _attachment(first, sender, address, now=date) if len(lines) == 1 else None
    page = _page(first, told, words, attached=attached, ways_out=ways_out)
    return Letter(
        sender=mailbox_of(sender).email,
        recipient=first.recipient,
        subject=page.subject,
        message_id=first.message_id,
        content=mime.letter(
            _headers(first, page, sender=sender, date=date, ways_out=ways_out),
            text=layout.as_text(page),
            html=layout.as_html(page),
            attached=attached,
            seed=first.message_id,
        ),
    )


def _page(
    line: Line,
    told: Sequence[Told],
    words: Wording,
    *,
    attached: Attachment | None,
    ways_out: WaysOut | None,
) -> layout.Page:
    name, several = one_line(line.name or ""), len(told) > 1
    return layout.Page(
        language=offered(line.language),
        subject=words.digest.subject.format(count=len(told)) if several else told[0].subject,
        greeting=words.greeting_by_name.format(name=name) if name else words.greeting,
        told=told,
        digest=words.digest.lead.format(count=len(told)) if several else None,
        attached=words.attached[attached.method] if attached else None,
        automatic=words.automatic,
        stop=words.stop,
        stop_link=words.stop_link,
        way_out=ways_out.page if ways_out else None,
    )


def _headers(
    line: Line, page: layout.Page, *, sender: str, date: datetime, ways_out: WaysOut | None
) -> list[tuple[str, str]]:
    author = mailbox_of(sender)
    headers = [
        ("From", mime.mailbox("From", author.name, author.email)),
        ("To", mime.mailbox("To", one_line(line.name or ""), line.recipient)),
        ("Subject", mime.words("Subject", page.subject)),
        ("Date", format_datetime(date)),
        ("Message-ID", line.message_id),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", page.language),
    ]
    if ways_out is None:
        return headers
    mailto = [f"mailto:{ways_out.mailto}?subject=unsubscribe"] if ways_out.mailto else []
    ways = f",{mime.LINE} ".join(f"<{way}>" for way in (ways_out.page, *mailto))
    headers.append(("List-Unsubscribe", ways))
    if ways_out.page.startswith(
        "https://"
    ):  # one click is for pages that nobody can listen to (RFC 8058 §3.1)
        headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return headers


@lru_cache(maxsize=16)
def mailbox_of(sender: str) -> Mailbox:
    """Name and address of a mailbox as settings write it."""
    name, email = parseaddr(one_line(sender))
    return Mailbox(email, name or None)


def _attachment(line: Line, sender: str, address: str, *, now: datetime) -> Attachment | None:
    """An invitation, its end, or a task; nothing where a calendar would have no use for it.

    The same invitation again has the same UID, SEQUENCE and DTSTAMP, and changes nothing in a calendar.
    """
    of, organizer, occasion = line.of, mailbox_of(sender), occasion_of(line, now=now)
    if of.kind == "meeting" and now < of.over:
        attendee = Mailbox(line.recipient, one_line(line.name or "") or None)
        if occasion == "cancelled":
            content = cancellation(of, organizer=organizer, attendee=attendee, address=address)
            return Attachment("CANCEL", "VEVENT", "cancelled.ics", content)
        content = request(of, organizer=organizer, attendee=attendee, address=address)
        return Attachment("REQUEST", "VEVENT", "meeting.ics", content)
    if of.kind in ("meeting", "review") or occasion == "cancelled":
        return None
    content = publication(of, organizer=organizer, address=address)
    return Attachment("PUBLISH", "VTODO", "task.ics", content)
