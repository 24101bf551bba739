"""What the worker can do: one function for every order."""

from __future__ import annotations

from schemas.jobs import AssessSubmission, Order, SendReminder
from services.worker.jobs.assessments import assess_submission
from services.worker.jobs.meetings import send_reminder
from services.worker.runner import Work

JOBS: dict[str, tuple[type[Order], Work]] = {
    AssessSubmission.kind: (AssessSubmission, assess_submission),
    SendReminder.kind: (SendReminder, send_reminder),
}
