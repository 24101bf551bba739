"""What can be done with meetings and series. Each verb runs inside its caller's transaction."""

from domain.meetings.actions.calling import call, call_off, change
from domain.meetings.actions.editing import edit
from domain.meetings.actions.periods import amend_plan, enter_period
from domain.meetings.actions.scheduling import HORIZON, all_series_ahead, drafted, found_series, preview

__all__ = [
    "HORIZON",
    "all_series_ahead",
    "amend_plan",
    "call",
    "call_off",
    "change",
    "drafted",
    "edit",
    "enter_period",
    "found_series",
    "preview",
]
