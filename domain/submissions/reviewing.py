"""That a report awaits its review, in the calendar like everything that has a date."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from domain.calendar.actions import Dated
from domain.calendar.models import Entry
from domain.frameworks.models import Framework
from domain.reminders.announcing import announce
from domain.states.models import State
from domain.submissions.models import Submission

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

LONGEST = timedelta(days=366)
"""As far as a reminder can lie from its subject: a review is reminded of while it is pending."""


async def await_review(
    session: AsyncSession, submission: Submission, assessment: UUID, *, since: datetime
) -> None:
    """An assessment was proposed and awaits decisions from then on, in the place of one before."""
    await end_review(session, submission, "superseded")
    framework = await session.get_one(Framework, submission.framework)
    state = await session.get_one(State, submission.state)
    await announce(
        session,
        Dated(
            id=assessment,
            kind="review",
            title=f"Review of {framework.short_title or framework.key} report {submission.period}: "
            f"{state.name.get('en', state.iso3)}",
            start=since,
            over=since + LONGEST,
            time_zone="UTC",
            path=_place(submission),
            framework=submission.framework,
            state=submission.state,
        ),
    )


async def end_review(session: AsyncSession, submission: Submission, reason: str) -> None:
    """Nobody is awaited any more: `decided`, `published`, `changes-requested`; or, as called off,
    `superseded`, `revised`, `withdrawn`.
    """
    pending = await session.scalars(
        select(Entry).where(
            Entry.kind == "review",
            Entry.state == submission.state,
            Entry.path == _place(submission),
            Entry.status == "open",
        )
    )
    status = "done" if reason in ("decided", "published", "changes-requested") else "cancelled"
    for entry in pending.all():
        standing = Dated(**{name: getattr(entry, name) for name in Dated.__dataclass_fields__})
        await announce(session, replace(standing, status=status, reason=reason))


def _place(submission: Submission) -> str:
    return f"/v1/submissions/{submission.id}/assessment"
