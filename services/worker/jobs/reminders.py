from __future__ import annotations

from domain.reminders.ledger import claiming
from schemas.jobs import SendReminder
from services.worker.runner import Run


async def send_reminder(run: Run, order: SendReminder) -> None:
    """The release before promised a job for each reminder. The line goes back to the ledger, to be sent from
    there as all others are."""
    async with run.record() as session:
        await claiming.take_over(session, order.delivery)
