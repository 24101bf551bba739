from __future__ import annotations

from domain.reminders.ledger import claiming, planning
from schemas.jobs import PlanReminders, SendReminder
from services.worker.runner import Run


async def plan_reminders(run: Run, order: PlanReminders) -> None:
    """As many as fit one transaction; the rest is promised anew. Done twice, it plans each once."""
    async with run.record() as session:
        await planning.go_on(session, order.entries, now=run.tools.now())


async def send_reminder(run: Run, order: SendReminder) -> None:
    """The release before promised a job for each reminder. The line goes back to the ledger, to be sent from
    there as all others are."""
    async with run.record() as session:
        await claiming.take_over(session, order.delivery)
