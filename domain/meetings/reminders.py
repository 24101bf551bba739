"""The ledger of reminders: planned with the meeting, claimed when due, recorded before and after sending."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased, selectinload

from domain.base import new_id
from domain.jobs.actions import promise
from domain.jobs.models import Job
from domain.meetings import queries, rules
from domain.meetings.models import Delivery, Meeting, ReminderRule
from schemas.jobs import SendReminder
from schemas.meetings import ReminderRuleDraft

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

MAIL_DOMAIN = "focalpoint"
SUPERSEDED = "A later reminder of the same rule was due by then."
CALLED_OFF = "The meeting was called off."
MOVED = "The meeting was moved; the new time is told instead."
AT_ONCE = 500
LINES_AT_ONCE = 1_000
"""PostgreSQL takes 32,767 parameters in one statement."""


async def make_rule(session: AsyncSession, draft: ReminderRuleDraft) -> ReminderRule:
    """A rule, and a line in the ledger for every message that it asks for."""
    meeting_id = series_id = None
    if draft.subject.kind == "meeting":
        meeting_id = (await queries.find(session, draft.subject.id)).id
    else:
        series_id = (await queries.find_series(session, draft.subject.id)).id
    rule = ReminderRule(
        id=new_id(),
        meeting_id=meeting_id,
        series_id=series_id,
        offsets=draft.offsets,
        recipients=[recipient.model_dump() for recipient in draft.recipients],
        channel=draft.channel,
    )
    session.add(rule)
    await session.flush()
    about = Meeting.id == meeting_id if meeting_id else Meeting.series == series_id
    for meeting in await session.scalars(select(Meeting).where(about).order_by(Meeting.start)):
        await _plan_by(session, rule, meeting)
    await session.refresh(rule)
    return rule


async def plan(session: AsyncSession, meeting: Meeting) -> None:
    """Enter what all rules ask for about this meeting. What is entered already stays as it is."""
    for rule in await queries.rules_about(session, meeting):
        await _plan_by(session, rule, meeting)


async def _plan_by(session: AsyncSession, rule: ReminderRule, meeting: Meeting) -> None:
    if meeting.status == "cancelled":
        return
    for lines in batched(_lines(rule, meeting), LINES_AT_ONCE):
        entry = insert(Delivery).values(lines)
        # A meeting that was moved away and back again: what was not told then is to be told after all.
        told_after_all = and_(Delivery.status == "skipped", Delivery.detail == MOVED)
        await session.execute(
            entry.on_conflict_do_update(
                constraint="uq_deliveries_ledger",
                set_={"status": "scheduled", "detail": None},
                where=told_after_all,
            )
        )


def _lines(rule: ReminderRule, meeting: Meeting) -> list[dict[str, Any]]:
    return [
        {
            "id": new_id(),
            "rule": rule.id,
            "meeting": meeting.id,
            "occurrence": meeting.start,
            "offset": moment.offset,
            "recipient": recipient["email"],
            "name": recipient["name"],
            "language": recipient["language"],
            "channel": rule.channel,
            "due_at": moment.due_at,
            "status": "scheduled",
            "attempts": 0,
            "message_id": rules.message_id(
                rules.DeliveryKey(
                    rule.id, meeting.id, meeting.start, moment.offset, recipient["email"], "email"
                ),
                MAIL_DOMAIN,
            ),
        }
        for moment in rules.reminder_moments(meeting.start, rule.offsets, meeting.time_zone)
        for recipient in rule.recipients
    ]


def batched(lines: list[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    """Consecutive pieces of at most `size`."""
    for start in range(0, len(lines), size):
        yield lines[start : start + size]


async def replan(session: AsyncSession, meeting: Meeting) -> None:
    """After a change: what is unsent moves with the meeting, or is taken back with it."""
    unsent = (Delivery.meeting == meeting.id, Delivery.status == "scheduled")
    if meeting.status == "cancelled":
        await session.execute(update(Delivery).where(*unsent).values(status="skipped", detail=CALLED_OFF))
        return
    await session.execute(delete(Delivery).where(*unsent, Delivery.occurrence != meeting.start))
    await plan(session, meeting)


async def promise_due(session: AsyncSession, *, now: datetime) -> int:
    """Promise the sending of what is due; what has come too late is recorded as skipped, with the reason.

    Returns how many were looked at. Several may run at once: each line is claimed by one of them.
    """
    due = (
        select(Delivery)
        .where(Delivery.status == "scheduled", Delivery.due_at <= now)
        .order_by(Delivery.due_at, Delivery.id)
        .limit(AT_ONCE)
        .options(selectinload(Delivery.of))
        .with_for_update(of=Delivery, skip_locked=True)
    )
    found: Sequence[Delivery] = (await session.scalars(due)).all()
    superseded = await _superseded(session, found, now=now)
    for delivery in found:
        reason = rules.too_late(delivery.occurrence, delivery.due_at, now=now)
        if reason is None and delivery.id in superseded:
            reason = SUPERSEDED
        if reason is not None:
            delivery.status, delivery.detail = "skipped", reason
        else:
            delivery.status = "sending"
            order = SendReminder(delivery=delivery.id)
            delivery.job = promise(session, order, subject=str(delivery.id)).id
    return len(found)


async def _superseded(session: AsyncSession, found: Sequence[Delivery], *, now: datetime) -> set[Any]:
    """Those of them for which a later reminder of the same rule to the same person is due, too."""
    later = aliased(Delivery)
    rows = await session.scalars(
        select(Delivery.id).where(
            Delivery.id.in_([delivery.id for delivery in found]),
            exists().where(
                later.rule == Delivery.rule,
                later.meeting == Delivery.meeting,
                later.occurrence == Delivery.occurrence,
                later.recipient == Delivery.recipient,
                later.due_at > Delivery.due_at,
                later.due_at <= now,
            ),
        )
    )
    return set(rows)


async def begin_sending(session: AsyncSession, delivery: Delivery, *, now: datetime) -> bool:
    """Record the attempt before it is made. False when nothing is to be sent any more."""
    if delivery.status != "sending":
        return False
    reason = CALLED_OFF if delivery.of.status == "cancelled" else None
    if delivery.of.start != delivery.occurrence:
        reason = MOVED
    reason = reason or rules.too_late(delivery.occurrence, delivery.due_at, now=now)
    if reason is not None:
        delivery.status, delivery.detail = "skipped", reason
        return False
    delivery.attempts += 1
    return True


def note_sent(delivery: Delivery, *, now: datetime) -> None:
    delivery.status, delivery.sent_at, delivery.detail = "sent", now, None


def note_failed(delivery: Delivery, reason: str) -> None:
    delivery.status, delivery.detail = "failed", reason


async def note_given_up(session: AsyncSession) -> None:
    """Deliveries whose job has ended without them: failed, with the job's reason."""
    ended = select(Job.id).where(Job.status.in_(["failed", "cancelled"]))
    await session.execute(
        update(Delivery)
        .where(Delivery.status == "sending", Delivery.job.in_(ended))
        .values(status="failed", detail="Sending was given up; see the job.")
    )
