"""Letters that came back: found in the ledger by their Message-ID, and noted there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from domain.errors import Invalid
from domain.reminders import queries
from domain.reminders.letters.notifications import Notification
from domain.reminders.models import Delivery

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def note(session: AsyncSession, notification: Notification, *, now: datetime) -> Sequence[Delivery]:
    """The lines that the letter told. A failure for good marks them as bounced, a delay is written beside.

    Raises Invalid for a letter that is not in the ledger.
    """
    lines = await queries.lines_of_letter(session, notification.message_id)
    if not lines:
        raise Invalid(
            "No letter with this `Message-ID` was sent from here.",
            code="unknown-letter",
            message_id=notification.message_id,
        )
    for line in lines:
        if notification.outcome == "failed":
            line.status = "bounced"
            line.bounced_at = line.bounced_at or now
            line.detail = notification.diagnostic
        elif notification.outcome == "delayed" and line.status == "sent":
            line.detail = f"Delayed: {notification.diagnostic}"
    await session.flush()
    return lines
