"""What the worker can do: one function for every order."""

from __future__ import annotations

from schemas.jobs import (
    AssessCycle,
    AssessSubmission,
    DeriveCrosswalk,
    DeriveCrosswalks,
    HearSecondReader,
    ImportObservations,
    Order,
    PlanReminders,
    SendReminder,
    SuggestMappings,
)
from services.worker.jobs.assessments import assess_cycle, assess_submission
from services.worker.jobs.crosswalks import derive_crosswalk, derive_crosswalks
from services.worker.jobs.observations import import_observations
from services.worker.jobs.reminders import plan_reminders, send_reminder
from services.worker.jobs.second_readings import hear_second_reader
from services.worker.jobs.suggestions import suggest_mappings
from services.worker.runner import Work

JOBS: dict[str, tuple[type[Order], Work]] = {
    AssessCycle.kind: (AssessCycle, assess_cycle),
    AssessSubmission.kind: (AssessSubmission, assess_submission),
    DeriveCrosswalk.kind: (DeriveCrosswalk, derive_crosswalk),
    DeriveCrosswalks.kind: (DeriveCrosswalks, derive_crosswalks),
    HearSecondReader.kind: (HearSecondReader, hear_second_reader),
    ImportObservations.kind: (ImportObservations, import_observations),
    PlanReminders.kind: (PlanReminders, plan_reminders),
    SendReminder.kind: (SendReminder, send_reminder),
    SuggestMappings.kind: (SuggestMappings, suggest_mappings),
}
