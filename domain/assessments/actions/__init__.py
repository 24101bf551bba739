"""What can be done with assessments. Each verb runs inside its caller's transaction."""

from __future__ import annotations

from domain.assessments.actions.bring import bring_rubric, bring_thesaurus
from domain.assessments.actions.conclude import publish, request_changes
from domain.assessments.actions.record import record
from domain.assessments.actions.renewal import assess_cycle, retire_outdated
from domain.assessments.actions.review import adopt, decide

__all__ = [
    "adopt",
    "assess_cycle",
    "bring_rubric",
    "bring_thesaurus",
    "decide",
    "publish",
    "record",
    "request_changes",
    "retire_outdated",
]
