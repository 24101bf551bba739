"""Periods, and how a submission may move from one status to the next. Pure."""

from __future__ import annotations

from datetime import date

from domain.errors import Conflict
from domain.obligations.rules import bounds
from schemas.submissions import SubmissionStatus as Status

UNDER_REVIEW = (Status.SUBMITTED, Status.ASSESSED)
"""Handed in and not concluded: what is assessed, and what reviewers look at."""


def lies_ahead(period: str, *, today: date) -> bool:
    """Whether the period has not even begun. A report on a running period may be filed early."""
    return bounds(period)[0] > today


NEXT: dict[Status, set[Status]] = {
    Status.DRAFT: {Status.SUBMITTED, Status.WITHDRAWN},
    Status.SUBMITTED: {Status.ASSESSED, Status.RETURNED, Status.WITHDRAWN, Status.DRAFT},
    Status.ASSESSED: {Status.PUBLISHED, Status.RETURNED, Status.WITHDRAWN, Status.DRAFT, Status.ASSESSED},
    Status.RETURNED: {Status.DRAFT, Status.WITHDRAWN},
    Status.PUBLISHED: {Status.RETURNED},
    Status.WITHDRAWN: set(),
}
"""DRAFT is reached again by a new revision only. What is published stays so until a reviewer returns it."""


def move(now: str, to: Status) -> Status:
    """The new status. Raises Conflict when the present one does not lead there."""
    if to not in NEXT[Status(now)]:
        raise Conflict(
            f"A submission that is {now} cannot become {to}.", code="wrong-status", submission_status=now
        )
    return to
