"""Periods, and how a submission may move from one status to the next. Pure."""

from __future__ import annotations

import calendar
from datetime import date

from domain.errors import Conflict
from schemas.submissions import SubmissionStatus as Status

UNDER_REVIEW = (Status.SUBMITTED, Status.ASSESSED)
"""Handed in and not concluded: what is assessed, and what reviewers look at."""

MONTHS_OF = {"S1": (1, 6), "S2": (7, 12), "Q1": (1, 3), "Q2": (4, 6), "Q3": (7, 9), "Q4": (10, 12)}


def bounds(period: str) -> tuple[date, date]:
    """First and last day of a period in SDMX notation (`2024`, `2024-S1`, `2024-Q1`, `2024-03`)."""
    year, _, part = period.partition("-")
    if not part:
        first, last = 1, 12
    elif part in MONTHS_OF:
        first, last = MONTHS_OF[part]
    else:
        first = last = int(part)
    days = calendar.monthrange(int(year), last)[1]
    return date(int(year), first, 1), date(int(year), last, days)


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
