"""Entering lines in the ledger, and taking out what is unsent and not asked for any more."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    Text,
    Uuid,
    and_,
    case,
    cast,
    column,
    delete,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on, insert

from domain.calendar.models import Entry
from domain.reminders import optouts
from domain.reminders.ledger.planned import Only, Planned
from domain.reminders.models import Delivery, ReminderRule

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

NO_LONGER_ASKED_FOR = "The date was moved, or the rule no longer asks for this."
OPTED_OUT = "The recipient wants no such letters."
UNSEEN = {"synchronize_session": False}
LINES_AT_ONCE = 10_000
PASSED = ("superseded", "too-late", "opted-out", "left", "not-taken")
"""Why a line was skipped that is not to be sent after all once its time has passed."""

UNKNOWN = (None, "unanswered", "given-back")
"""Outcomes of attempts after which a letter may have arrived: the worker was lost or stopped in it, or the
mail server did not say."""

TOLD = ("sent", "sending", "bounced")
NOT_TAKEN = Delivery.reason == "not-taken"
ASKED_FOR = ("reminder", "escalation")
"""What rules ask for; the rest is news, of which they say only whether it is told."""


async def told(
    session: AsyncSession, rules: Sequence[ReminderRule], entries: Sequence[Entry], *, only: Only
) -> dict[UUID, list[Delivery]]:
    """By meeting: for each person, address or endpoint the last line that told them, or is telling them now.

    An endpoint that takes no reminders counts as told when it would have been; so does a letter that came
    back, of which a reader behind a list may have had a copy.
    """
    meetings = [entry.id for entry in entries if entry.kind == "meeting" and entry.sequence > 0]
    if not meetings:
        return {}
    perhaps = or_(*(Delivery.history.contains([{"outcome": outcome}]) for outcome in UNKNOWN))
    whoever = func.coalesce(cast(Delivery.person, Text), func.lower(Delivery.recipient))
    one = (Delivery.entry, Delivery.rule, whoever, Delivery.channel)
    passed = case((NOT_TAKEN, Delivery.due_at))
    last = cast(Delivery.history[-1]["at"].astext, DateTime(timezone=True))
    when = func.coalesce(last, Delivery.sent_at, passed)
    rows = (
        select(Delivery)
        .where(Delivery.rule.in_([rule.id for rule in rules if rule.notices]))
        .where(Delivery.entry.in_(meetings), or_(Delivery.status.in_(TOLD), perhaps, NOT_TAKEN))
        .ext(distinct_on(*one))
        .order_by(*one, when.desc().nulls_first(), Delivery.id.desc())
    )
    if only is not None:
        rows = rows.where(Delivery.person.in_(only))
    found: dict[UUID, list[Delivery]] = {}
    for line in await session.scalars(rows):
        found.setdefault(line.entry, []).append(line)
    return found


async def take_out(
    session: AsyncSession,
    rules: Sequence[ReminderRule],
    entries: Sequence[Entry],
    kept: Container[str],
    *,
    only: Only,
    news: bool,
    now: datetime,
) -> Settled:
    """Take out what is unsent of these rules about these entries, but for what is `kept` (by `Message-ID`).

    A line that was attempted stays, as skipped: nobody knows whether its recipient was told. Returns what is
    settled among the rest.
    """
    present = select(*_FACTS, _unsent(now).label("unsent")).where(
        Delivery.entry.in_([entry.id for entry in entries]),
        Delivery.rule.in_([rule.id for rule in rules]),
    )
    if not news:
        present = present.where(Delivery.cause.in_(ASKED_FOR))
    if only is not None:
        present = present.where(Delivery.person.in_(only))
    rows = (await session.execute(present)).all()
    surplus = [row for row in rows if row.unsent and row.line_id not in kept]
    never, once = ([row.id for row in surplus if bool(row.attempts) is tried] for tried in (False, True))
    if never:
        await session.execute(delete(Delivery).where(*_still_unsent(never, now)), execution_options=UNSEEN)
    if once:
        skip = {"status": "skipped", "reason": "moved", "detail": NO_LONGER_ASKED_FOR}
        await session.execute(
            update(Delivery).where(*_still_unsent(once, now)).values(skip), execution_options=UNSEEN
        )
    return Settled.by(rows, now=now)


_FACTS = (
    Delivery.id, Delivery.line_id, Delivery.attempts, Delivery.status, Delivery.reason, Delivery.due_at,
    Delivery.rule, Delivery.entry, Delivery.occurrence, Delivery.cause, Delivery.step, Delivery.person,
    Delivery.recipient,
)  # fmt: skip


@dataclass(frozen=True)
class Settled:
    """What the ledger says already about some entries: `lines` (by `Message-ID`) that have come to an end or
    are being sent, and what persons were told, or were not in time, at one address or another."""

    lines: set[str] = field(default_factory=set)
    told: dict[tuple[Any, ...], list[tuple[datetime, str]]] = field(default_factory=dict)
    passed: dict[tuple[Any, ...], set[str]] = field(default_factory=dict)

    @classmethod
    def by(cls, rows: Iterable[Any], *, now: datetime) -> Self:
        made = cls()
        for row in rows:
            if row.status not in ("scheduled", "skipped"):
                made.lines.add(row.line_id)
            if row.person is None:
                continue
            about, at = (row.rule, row.entry, row.occurrence, row.cause, row.person), row.recipient.lower()
            if row.status in ("sent", "sending"):
                made.told.setdefault(about, []).append((row.due_at, at))
            elif row.status == "skipped" and row.reason in PASSED and row.due_at <= now:
                made.passed.setdefault((*about, row.step), set()).add(at)
        return made

    def settles(self, line: Planned) -> bool:
        """Whether nothing is to be done about a line: it stands, or its reader had it, or a later one, at
        another address."""
        if line.message_id in self.lines:
            return True
        about = (line.rule, line.meeting, line.occurrence, line.cause, line.person)
        at = line.recipient.lower()
        elsewhere = self.passed.get((*about, line.offset), set()) - {at}
        told = (due for due, address in self.told.get(about, ()) if address != at)
        return bool(elsewhere) or any(line.due_at <= due for due in told)


def _unsent(now: datetime) -> ColumnElement[bool]:
    """Whether a line lies ahead: to be sent, or left out because its recipient does not want it."""
    left_out = and_(Delivery.status == "skipped", Delivery.reason == "opted-out", Delivery.due_at > now)
    return or_(Delivery.status == "scheduled", func.coalesce(left_out, false()))


def _still_unsent(lines: list[UUID], now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Somebody may have begun to send them meanwhile."""
    return Delivery.id == func.any(literal(lines, ARRAY(Uuid))), _unsent(now)


async def close(session: AsyncSession, entry: Entry, detail: str, *, now: datetime) -> None:
    """What is unsent about an entry that is no longer open is skipped."""
    await session.execute(
        update(Delivery)
        .where(Delivery.entry == entry.id, _unsent(now))
        .values(status="skipped", reason="closed", detail=detail)
        .execution_options(synchronize_session=False)
    )


async def enter(session: AsyncSession, lines: Sequence[Planned], *, now: datetime) -> None:
    """Enter lines, each with another `Message-ID`. What is there already is brought up to date, if it is
    unsent; what was skipped is to be sent after all, unless its time has passed."""
    for first in range(0, len(lines), LINES_AT_ONCE):
        await _enter(session, lines[first : first + LINES_AT_ONCE], now=now)


_TYPES: dict[str, type[Any]] = {
    "id": Uuid, "rule": Uuid, "meeting": Uuid, "person": Uuid, "digest": Boolean,
}  # fmt: skip


def _type(name: str) -> Any:
    if name in ("occurrence", "due_at", "previous_start"):
        return DateTime(timezone=True)
    return _TYPES.get(name, Text)()


async def _enter(session: AsyncSession, lines: Sequence[Planned], *, now: datetime) -> None:
    columns: list[Any] = [Delivery.__table__.c[name] for name in Planned._fields]
    arrays = [
        literal(list(values), ARRAY(_type(name)))
        for name, values in zip(Planned._fields, zip(*lines, strict=True), strict=True)
    ]
    given = (
        func.unnest(*arrays)
        .table_valued(*(column(name, _type(name)) for name in Planned._fields))
        .render_derived()
    )
    statement = insert(Delivery).from_select(columns, select(*given.c))
    new = statement.excluded
    facts = ("name", "language", "time_zone", "person", "digest", "due_at", "status", "reason", "detail")
    differs = tuple_(*(Delivery.__table__.c[name] for name in facts)).is_distinct_from(
        tuple_(*(new[name] for name in facts))
    )
    missed = and_(Delivery.due_at <= now, Delivery.reason.in_(PASSED))
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Delivery.line_id],
            set_={name: new[name] for name in facts}
            | {"retry_at": case((Delivery.due_at == new.due_at, Delivery.retry_at))},
            where=and_(
                differs,
                or_(
                    Delivery.status == "scheduled",
                    and_(Delivery.status == "skipped", or_(Delivery.reason.is_(None), ~missed)),
                ),
            ),
        )
    )


async def skip_unwanted(
    session: AsyncSession, rules: Sequence[ReminderRule], entries: Sequence[Entry], *, only: Only
) -> None:
    """What recipients do not want stands in the ledger, but is not sent."""
    skipped = (
        update(Delivery)
        .where(
            Delivery.entry == Entry.id,
            Entry.id.in_([entry.id for entry in entries]),
            Delivery.rule.in_([rule.id for rule in rules]),
            Delivery.status == "scheduled",
            Delivery.channel == "email",
            optouts.unwanted(Delivery, Delivery.rule, Entry.kind),
        )
        .values(status="skipped", reason="opted-out", detail=OPTED_OUT)
        .execution_options(synchronize_session=False)
    )
    if only is not None:
        skipped = skipped.where(Delivery.person.in_(only))
    await session.execute(skipped)
