from __future__ import annotations

from email.message import EmailMessage

from domain.meetings import letters, queries, reminders
from schemas.jobs import SendReminder
from schemas.meetings import Recipient
from services.worker.post import PostUnavailable, Undeliverable
from services.worker.runner import NotNow, Run


async def send_reminder(run: Run, order: SendReminder) -> None:
    """Send one delivery. The attempt is recorded before, the outcome after; the Message-ID stays the same."""
    letter = await _begin(run, order)
    if letter is None:
        return
    try:
        await run.tools.post.send(letter)
    except PostUnavailable as away:
        raise NotNow(str(away)) from None
    except Undeliverable as refusal:
        async with run.record() as session:
            delivery = await queries.delivery(session, order.delivery)
            if delivery is not None:
                reminders.note_failed(delivery, str(refusal))
        return
    async with run.record() as session:
        delivery = await queries.delivery(session, order.delivery)
        if delivery is not None:
            reminders.note_sent(delivery, now=run.tools.now())


async def _begin(run: Run, order: SendReminder) -> EmailMessage | None:
    now = run.tools.now()
    async with run.tools.sessions.begin() as session:
        delivery = await queries.delivery(session, order.delivery)
        if delivery is None or not await reminders.begin_sending(session, delivery, now=now):
            return None
        recipient = Recipient(email=delivery.recipient, name=delivery.name, language=delivery.language)
        return letters.reminder(
            delivery.of,
            recipient,
            sender=run.tools.settings.mail_from,
            message_id=delivery.message_id,
            date=now,
        )
