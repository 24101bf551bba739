"""The lines that a rule asks for about an entry, and the news of a change. Nothing is written here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.base import new_id
from domain.calendar.models import Entry
from domain.reminders import rules
from domain.reminders.lines import Subject
from domain.reminders.models import Delivery, ReminderRule
from domain.reminders.recipients import Directory, Reader, reader_of
from domain.reminders.rules import Manner, ReminderMoment, hours_of, message_ids

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

MAIL_DOMAIN = "focalpoint"
SUPERSEDED = "A later reminder of the same rule was due by then."
SUPERSEDED_BY_NEWS = "The news of a change was due by then."


Only: TypeAlias = frozenset[UUID] | None
"""These persons, or everybody."""

Step: TypeAlias = tuple[str, list[str], list[dict[str, Any]]]
"""Cause, offsets and recipients of what a rule asks for."""


def steps_of(rule: ReminderRule) -> list[Step]:
    """What the rule asks for, escalations included."""
    return [
        ("reminder", rule.offsets, rule.recipients),
        *(("escalation", [step["offset"]], step["recipients"]) for step in rule.escalations),
    ]


class Planned(NamedTuple):
    """A line as it is to stand in the ledger; the names are those of the columns."""

    id: UUID
    rule: UUID
    meeting: UUID
    occurrence: datetime
    cause: str
    offset: str
    recipient: str
    name: str | None
    language: str | None
    time_zone: str | None
    person: UUID | None
    channel: str
    digest: bool
    due_at: datetime
    status: str
    reason: str | None
    detail: str | None
    message_id: str
    previous_start: datetime | None


class Planner:
    """Makes lines; whoever is looked up is looked up once."""

    def __init__(self, session: AsyncSession, only: Only) -> None:
        self._directory = Directory(session)
        self._only = only

    async def lines(self, rule: ReminderRule, entry: Entry) -> list[Planned]:
        """What the rule asks for about the entry."""
        found: list[Planned] = []
        for cause, offsets, recipients in steps_of(rule):
            readers = await self._directory.readers(recipients, entry)
            wanted = [reader for reader in readers if self._only is None or reader.person in self._only]
            found += _lines(rule, entry, cause, offsets, wanted)
        return _each_once(found)

    async def number(self, steps: Sequence[Step], entry: Entry) -> int:
        """How many lines these steps of a rule ask for about the entry."""
        return sum(
            [len(offsets) * len(await self._directory.readers(told, entry)) for _, offsets, told in steps]
        )

    async def news(self, entry: Entry, told: Sequence[Delivery], *, now: datetime) -> list[Planned]:
        """To whom a meeting that lies ahead was told otherwise than it is now, where they are found now."""
        if entry.status == "done" or entry.over <= now:
            return []
        changes = [(line, cause) for line in told if (cause := _change(entry, line)) is not None]
        return [_notice(entry, line, cause, await self._now(line), now=now) for line, cause in changes]

    async def _now(self, told: Delivery) -> Reader:
        person = await self._directory.person(told.person) if told.person else None
        if person is not None:
            return reader_of(person)
        return Reader(told.recipient, told.name, told.language, told.time_zone)


def _each_once(lines: Sequence[Planned]) -> list[Planned]:
    """Nobody is told of a thing by a reminder and an escalation of one moment."""
    reminded = {(line.recipient.casefold(), line.due_at) for line in lines if line.cause == "reminder"}
    return [
        line
        for line in lines
        if line.cause == "reminder" or (line.recipient.casefold(), line.due_at) not in reminded
    ]


def _lines(
    rule: ReminderRule, entry: Entry, cause: str, offsets: Sequence[str], readers: Sequence[Reader]
) -> Iterator[Planned]:
    identify = message_ids(rule.id, entry.id, entry.start, rule.channel, MAIL_DOMAIN)
    hours = hours_of(rule.working_hours)
    known: dict[Manner, list[ReminderMoment]] = {}
    for reader in readers:
        manner = Manner(reader.time_zone or entry.time_zone, reader.hours or hours, rule.digest)
        if manner not in known:
            known[manner] = rules.moments(entry.start, offsets, entry.time_zone, manner)
        for moment in known[manner]:
            if _has_left(reader, moment, manner):
                continue
            skipped = moment.superseded
            yield Planned(
                id=new_id(),
                rule=rule.id,
                meeting=entry.id,
                occurrence=entry.start,
                cause=cause,
                offset=moment.offset,
                recipient=reader.address,
                name=reader.name,
                language=reader.language,
                time_zone=reader.time_zone,
                person=reader.person,
                channel=rule.channel,
                digest=rule.digest,
                due_at=moment.due_at,
                status="skipped" if skipped else "scheduled",
                reason="superseded" if skipped else None,
                detail=SUPERSEDED if skipped else None,
                message_id=identify(cause, moment.offset, reader.address),
                previous_start=None,
            )


def _has_left(reader: Reader, moment: ReminderMoment, manner: Manner) -> bool:
    return (
        reader.left is not None and reader.left <= moment.due_at.astimezone(ZoneInfo(manner.time_zone)).date()
    )


def told_of(of: Entry | Subject) -> str:
    """Time, place and length in one word: whoever was told another is to be told of a change."""
    facts = (of.start.astimezone(UTC).isoformat(), of.duration_minutes, of.location, of.url)
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:40]


def _change(entry: Entry, told: Delivery) -> str | None:
    """What is new to whoever was told by this line."""
    if entry.status == "cancelled":
        return None if told.cause == "cancelled" else "cancelled"
    if told.cause == "cancelled":
        return "restored"
    if told.occurrence != entry.start:
        return "moved"
    # The release before kept only the time.
    return None if told.told in (None, told_of(entry)) else "changed"


def unanswered(entry: Entry, told: Sequence[Delivery]) -> set[str]:
    """The news (by `Message-ID`) of which nobody knows whether they arrived, and which are true still."""
    return {
        line.line_id
        for line in told
        if line.status == "scheduled" and line.cause in rules.NEWS and _change(entry, line) is None
    }


def _notice(entry: Entry, told: Delivery, cause: str, reader: Reader, *, now: datetime) -> Planned:
    offset = str(entry.sequence)
    identify = message_ids(told.rule, entry.id, entry.start, told.channel, MAIL_DOMAIN)
    return Planned(
        id=new_id(),
        rule=told.rule,
        meeting=entry.id,
        occurrence=entry.start,
        cause=cause,
        offset=offset,
        recipient=reader.address,
        name=reader.name,
        language=reader.language,
        time_zone=reader.time_zone,
        person=told.person,
        channel=told.channel,
        digest=False,
        due_at=now.astimezone(UTC),
        status="scheduled",
        reason=None,
        detail=None,
        message_id=identify(cause, offset, reader.address),
        previous_start=told.occurrence if cause == "moved" else None,
    )
