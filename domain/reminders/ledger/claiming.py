"""Taking lines of the ledger to be sent, and recording what became of them.

Each line is held by one worker at a time, under a lease by the clock of the database. Nobody is told an old
time after a new one: a line is taken only while its entry stands at the time that it names, the entry cannot
move before that is committed, and while one line to somebody about an entry is under way no other is taken.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Interval,
    Row,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    func,
    not_,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy import update as change
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import aliased

from domain.calendar.models import Entry
from domain.reminders import optouts, rules
from domain.reminders.ledger import conditions
from domain.reminders.ledger.conditions import NOW
from domain.reminders.ledger.keeping import OPTED_OUT
from domain.reminders.ledger.planned import MAIL_DOMAIN, SUPERSEDED, SUPERSEDED_BY_NEWS, told_of
from domain.reminders.lines import Line, Subject
from domain.reminders.models import DUE, Delivery, ReminderRule
from domain.reminders.webhooks.events import TYPES

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

CHANNELS = ("email", "webhook")
MOST_IN_A_LETTER = 100
MOVED = {True: "The meeting was moved; the new time is told instead.",
         False: "The date was moved; the new one is told instead."}  # fmt: skip

_LINE = ("id", "rule", "cause", "occurrence", "due_at", "channel", "recipient", "name", "language",
         "time_zone", "previous_start")  # fmt: skip
_OF = tuple(one.name for one in fields(Subject))
ATTEMPTS_KEPT = 20

HOLD = text("""
UPDATE deliveries AS d
SET status = 'sending', attempts = attempts + 1, owner = :owner, leased_until = now() + :lease,
    retry_at = NULL, letter = taken.letter, told = taken.told,
    history = CASE WHEN jsonb_array_length(history) < :kept THEN history ELSE history - 0 END
        || CAST(:attempt AS jsonb)
FROM unnest(CAST(:ids AS uuid[]), CAST(:letters AS text[]), CAST(:told AS text[]))
    AS taken (id, letter, told)
WHERE d.id = taken.id
""").bindparams(bindparam("lease", type_=Interval), bindparam("attempt", type_=JSONB))

RECORD = text("""
UPDATE deliveries AS d
SET status = ended.status, reason = ended.reason, detail = ended.detail, retry_at = ended.retry_at,
    sent_at = ended.sent_at, owner = NULL, leased_until = NULL,
    history = jsonb_set(history, '{-1}', CAST(ended.last AS jsonb))
FROM unnest(
    CAST(:ids AS uuid[]), CAST(:attempts AS integer[]), CAST(:statuses AS text[]), CAST(:reasons AS text[]),
    CAST(:details AS text[]), CAST(:retries AS timestamptz[]), CAST(:sent AS timestamptz[]),
    CAST(:last AS text[])
) AS ended (id, attempt, status, reason, detail, retry_at, sent_at, last)
WHERE d.id = ended.id AND d.status = 'sending' AND d.owner = :owner AND d.attempts = ended.attempt
""")
"""Of those who claimed a line one after the other only the last may record."""

_place = case(
    (Delivery.channel == "email", func.split_part(func.lower(Delivery.recipient), "@", 2)),
    else_=Delivery.recipient,
)
Candidate: TypeAlias = Row[Any]


def _candidates() -> Select[Any]:
    """What is due and may be told now, with what is needed to tell it; locked, and their entries too."""
    other = aliased(Delivery)
    under_way = select(other.id).where(
        other.status == "sending",
        other.entry == Delivery.entry,
        or_(func.lower(other.recipient) == func.lower(Delivery.recipient), other.person == Delivery.person),
        other.channel == Delivery.channel,
    )
    return (
        select(
            *(getattr(Delivery, name) for name in _LINE),
            Delivery.step,
            Delivery.line_id,
            Delivery.letter,
            Delivery.attempts,
            Delivery.digest,
            _place.label("place"),
            *(getattr(Entry, name).label(f"of_{name}") for name in _OF),
            ReminderRule.withdrawn_at.is_not(None).label("withdrawn"),
            conditions.superseded().label("superseded"),
            conditions.superseded_by_news().label("superseded_by_news"),
            conditions.has_left().label("left"),
            conditions.not_taken().label("not_taken"),
            and_(Delivery.channel == "email", optouts.unwanted(Delivery, Delivery.rule, Entry.kind)).label(
                "unwanted"
            ),
        )
        .join(Entry, Delivery.entry == Entry.id)
        .join(ReminderRule, Delivery.rule == ReminderRule.id)
        .where(Delivery.status == "scheduled", DUE <= NOW, not_(under_way.exists()))
        .order_by(DUE, Delivery.id)
        .with_for_update(of=Delivery, skip_locked=True)
        .suffix_with(text("FOR SHARE OF calendar_entries SKIP LOCKED"))
    )


def _of_one_letter(other: type[Delivery]) -> list[ColumnElement[bool]]:
    """What is due with a line in one letter: on the first attempt, or as it was composed then."""
    return [
        func.lower(other.recipient) == func.lower(Delivery.recipient),
        other.rule == Delivery.rule,
        other.channel == Delivery.channel,
        other.letter.is_not_distinct_from(Delivery.letter),
        other.digest.is_(True),
        other.status == "scheduled",
        func.coalesce(other.retry_at, other.due_at) <= NOW,
    ]


def _first_of_its_letter() -> ColumnElement[bool]:
    """Of the lines of one letter the first is taken, and the rest with it: by one worker therefore."""
    other = aliased(Delivery)
    place = tuple_(func.coalesce(other.retry_at, other.due_at), other.id)
    earlier = select(other.id).where(*_of_one_letter(other), place < tuple_(DUE, Delivery.id))
    return or_(not_(Delivery.digest), not_(earlier.exists()))


FIRST = (
    _candidates()
    .where(
        Delivery.channel == any_(bindparam("channels", type_=ARRAY(Text))),
        not_(_place == any_(bindparam("full", type_=ARRAY(Text)))),
        _first_of_its_letter(),
    )
    .limit(bindparam("most", type_=Integer))
)
"""The lines that are due, and of those that are one letter the first."""

REST = (
    _candidates()
    .where(
        Delivery.digest,
        Delivery.id != bindparam("id", type_=Uuid),
        func.lower(Delivery.recipient) == func.lower(bindparam("recipient", type_=Text)),
        Delivery.rule == bindparam("rule", type_=Uuid),
        Delivery.channel == bindparam("channel", type_=Text),
        Delivery.letter.is_not_distinct_from(bindparam("letter", type_=Text)),
    )
    .limit(MOST_IN_A_LETTER - 1)
)
"""The other lines of a letter."""


@dataclass(frozen=True, slots=True)
class Held:
    """Lines that one letter tells, held by this worker for one attempt. `place`: where the letter goes, as
    far as its coming through depends on that."""

    lines: tuple[Line, ...]
    attempts: tuple[int, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Claimed:
    letters: list[Held]
    skipped: int
    """How many lines had lost their use."""


async def claim(
    session: AsyncSession,
    *,
    owner: str,
    lease: timedelta,
    most: int,
    now: datetime,
    channels: Collection[str] = CHANNELS,
    full: Collection[str] = (),
    room: Callable[[str], int] = lambda _: 1_000_000,
) -> Claimed:
    """Take up to `most` letters that are due, the longest due first, and record that they are attempted.

    Only what goes by one of the `channels` is taken, nothing that goes to a place that is `full`, nor more to
    any place than it has `room` for. What has lost its use is skipped, with the reason. The `lease` is longer
    than any attempt may take.
    """
    asked = {"now": now, "channels": list(channels), "full": list(full), "most": most}
    rows = (await session.execute(FIRST, asked)).all()
    taken: list[list[Candidate]] = []
    skipped: list[tuple[Candidate, str, str]] = []
    going: Counter[str] = Counter()
    for row in rows:
        if _useless(row, now=now) is None and going[row.place] >= room(row.place):
            continue
        letter = await _with_the_rest(session, row, now=now) if row.digest else [row]
        useful = [one for one in letter if _useless(one, now=now) is None]
        skipped += [(one, *reason) for one in letter if (reason := _useless(one, now=now))]
        if useful:
            taken.append(sorted(useful, key=_as_planned))
            going[row.place] += 1
    await _skip(session, skipped)
    return Claimed(await _hold(session, taken, owner=owner, lease=lease, now=now), len(skipped))


async def _with_the_rest(session: AsyncSession, first: Candidate, *, now: datetime) -> list[Candidate]:
    """The lines that one letter tells."""
    facts = {name: getattr(first, name) for name in ("id", "recipient", "rule", "channel", "letter")}
    return [first, *(await session.execute(REST, facts | {"now": now})).all()]


def _as_planned(row: Candidate) -> tuple[datetime, UUID]:
    """The order of the lines of a letter, the same at each attempt."""
    return row.due_at, row.id


def _useless(row: Candidate, *, now: datetime) -> tuple[str, str] | None:
    """Why the line is not to be sent: in a word, and in a sentence."""
    wanted = "cancelled" if row.cause == "cancelled" else "open"
    if row.withdrawn:
        return "withdrawn", "The rule was withdrawn."
    if row.of_status != wanted:
        return "closed", rules.closed(row.of_kind, row.of_status, row.of_reason)
    if row.occurrence != row.of_start:
        return "moved", MOVED[row.of_kind == "meeting"]
    late = rules.too_late(row.cause, row.due_at, row.of_over, now=now)
    if late is not None:
        return "too-late", late
    if row.superseded or row.superseded_by_news:
        return "superseded", SUPERSEDED if row.superseded else SUPERSEDED_BY_NEWS
    return _unwelcome(row)


def _unwelcome(row: Candidate) -> tuple[str, str] | None:
    """Why the recipient is not to be told."""
    if row.left:
        return "left", "The recipient has left."
    if row.not_taken:
        return "not-taken", f"The webhook does not take {TYPES[row.cause]}."
    return ("opted-out", OPTED_OUT) if row.unwanted else None


async def _skip(session: AsyncSession, skipped: Sequence[tuple[Candidate, str, str]]) -> None:
    for row, reason, detail in skipped:
        await session.execute(
            change(Delivery)
            .where(Delivery.id == row.id)
            .values(
                status="skipped", reason=reason, detail=detail, retry_at=None, told=told_of(_subject(row))
            )
            .execution_options(synchronize_session=False)
        )


async def _hold(
    session: AsyncSession,
    taken: Sequence[Sequence[Candidate]],
    *,
    owner: str,
    lease: timedelta,
    now: datetime,
) -> list[Held]:
    letters = [_held(rows) for rows in taken]
    if letters:
        rows = [row for rows in taken for row in rows]
        shared = {line.id: line.message_id for one in letters if len(one.lines) > 1 for line in one.lines}
        await session.execute(
            HOLD,
            {
                "ids": [row.id for row in rows],
                "letters": [shared.get(row.id, row.letter) for row in rows],
                "told": [told_of(line.of) for one in letters for line in one.lines],
                "owner": owner,
                "kept": ATTEMPTS_KEPT,
                "lease": lease,
                "attempt": _attempt(now),
            },
        )
    return letters


def _held(rows: Sequence[Candidate]) -> Held:
    message_id = rows[0].letter or rows[0].line_id
    if len(rows) > 1 and rows[0].letter is None:
        message_id = rules.letter_id([row.line_id for row in rows], MAIL_DOMAIN)
    lines = tuple(_line(row, message_id) for row in rows)
    return Held(lines, tuple(row.attempts + 1 for row in rows), rows[0].place)


def _line(row: Candidate, message_id: str) -> Line:
    return Line(
        of=_subject(row),
        offset=None if row.cause in rules.NEWS else row.step,
        message_id=message_id,
        **{name: getattr(row, name) for name in _LINE},
    )


def _subject(row: Candidate) -> Subject:
    return Subject(**{name: getattr(row, f"of_{name}") for name in _OF})


def _attempt(at: datetime, outcome: str | None = None, answer: str | None = None) -> dict[str, Any]:
    return {"at": at.astimezone(UTC).isoformat(), "outcome": outcome, "answer": answer}


Outcome: TypeAlias = Literal["sent", "postponed", "unanswered", "refused", "given-back"]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an attempt: `at` when it ended, `answer` what the other side said if it refused, and
    `wait` how long it is to be left alone."""

    held: Held
    outcome: Outcome
    at: datetime
    answer: str | None = None
    wait: timedelta = timedelta()


async def record(session: AsyncSession, results: Iterable[Result], *, owner: str) -> None:
    """Record what became of letters, of those that this worker still holds."""
    rows = [
        _end(result, line, attempt)
        for result in results
        for line, attempt in zip(result.held.lines, result.held.attempts, strict=True)
    ]
    if rows:
        names = ("ids", "attempts", "statuses", "reasons", "details", "retries", "sent", "last")
        arrays = dict(zip(names, (list(values) for values in zip(*rows, strict=True)), strict=True))
        await session.execute(RECORD, arrays | {"owner": owner})


def _end(result: Result, line: Line, attempt: int) -> tuple[Any, ...]:
    """The columns of a line after an attempt, in the order of `RECORD`."""
    last = json.dumps(_attempt(result.at, result.outcome, result.answer))
    if result.outcome == "sent":
        return line.id, attempt, "sent", None, None, None, result.at, last
    if result.outcome == "refused":
        return line.id, attempt, "failed", "refused", result.answer, None, None, last
    if result.outcome == "given-back":
        return line.id, attempt, "scheduled", None, result.answer, result.at, None, last
    of = line.cause, line.due_at, line.of.over
    retry_at = rules.next_attempt(*of, now=result.at, wait=result.wait)
    if retry_at is None:
        detail = f"{rules.why_given_up(*of, now=result.at)} The last answer: {result.answer}"
        return line.id, attempt, "failed", "given-up", detail, None, None, last
    return line.id, attempt, "scheduled", None, result.answer, retry_at, None, last


async def take_back_expired(session: AsyncSession) -> int:
    """Lines whose worker has not said for a lease what became of them are due again. Returns how many."""
    expired = await session.execute(
        change(Delivery)
        .where(Delivery.status == "sending", Delivery.leased_until < func.now())
        .values(status="scheduled", owner=None, leased_until=None)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(expired.all())


async def take_over(session: AsyncSession, delivery: UUID) -> None:
    """A line that the release before had promised as a job is sent like all others."""
    await session.execute(
        change(Delivery)
        .where(Delivery.id == delivery, Delivery.status == "sending", Delivery.leased_until.is_(None))
        .values(status="scheduled", job=None)
        .execution_options(synchronize_session=False)
    )
