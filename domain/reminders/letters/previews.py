"""What a letter would say, without a line of the ledger."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING
from uuid import UUID

from domain.calendar.models import Entry
from domain.errors import NotFound
from domain.reminders.letters.composing import compose
from domain.reminders.letters.wordings import offered
from domain.reminders.lines import Line, Subject

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Preview:
    language: str
    subject: str
    text: str
    html: str


async def preview(
    session: AsyncSession, entry_id: UUID, *, language: str, sender: str, now: datetime
) -> Preview:
    """A reminder of the entry to a reader without a name in the entry's own zone, sent at `now`."""
    entry = await session.get(Entry, entry_id)
    if entry is None:
        raise NotFound(f"There is nothing with the id {entry_id} in the calendar.")
    of = Subject(**{field.name: getattr(entry, field.name) for field in fields(Subject)})
    letter = compose([_line(of, language)], sender=sender, date=now)
    message = message_from_bytes(letter.content, policy=default)
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    return Preview(offered(language), letter.subject, text.get_content(), html.get_content())


def _line(of: Subject, language: str) -> Line:
    return Line(
        id=NOBODY,
        rule=NOBODY,
        of=of,
        cause="cancelled" if of.status == "cancelled" else "reminder",
        offset=None,
        occurrence=of.start,
        due_at=of.start,
        channel="email",
        recipient="reader@example.org",
        name=None,
        language=language,
        time_zone=None,
        message_id="<preview@focalpoint>",
    )
