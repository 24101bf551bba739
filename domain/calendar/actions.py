"""Keeping the entries of the calendar, and the feeds that show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, cast, func, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from domain.calendar.models import Entry
from domain.calendar.times import due_on

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


LEARNT = ("title", "start", "due_on", "time_zone", "duration_minutes", "location", "url", "notes", "status")
"""What those invited are told of a thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """What the owner of a dated thing says of it. `path` is the address of the thing under the API.

    `start` is the moment from which the offsets of reminders count, `over` the one after which telling
    people beforehand has no use; `reason` says why the thing is no longer open ("submitted", "accepted").
    What belongs to a `plan` is seen by the States that see the plan, `seen_by`.
    """

    id: UUID
    kind: str
    title: str
    start: datetime
    over: datetime
    time_zone: str
    path: str
    due_on: date | None = None
    duration_minutes: int | None = None
    location: str | None = None
    url: str | None = None
    notes: str | None = None
    framework: str | None = None
    state: str | None = None
    committee: str | None = None
    owner: UUID | None = None
    series: UUID | None = None
    plan: UUID | None = None
    seen_by: list[str] | None = None
    status: str = "open"
    reason: str | None = None


def due(
    *,
    id: UUID,
    kind: str,
    title: str,
    day: date,
    time_zone: str,
    path: str,
    **more: object,
) -> Dated:
    """Something due on a date; `more` are further fields of `Dated`."""
    start, over = due_on(day, time_zone)
    return Dated(
        id=id, kind=kind, title=title, start=start, over=over, due_on=day, time_zone=time_zone,
        path=path, **more,  # type: ignore[arg-type]  # the dataclass names and types what more there is
    )  # fmt: skip


async def put(session: AsyncSession, dated: Dated) -> tuple[Entry, bool]:
    """Enter the thing, or bring its entry up to date; whether anything changed.

    `sequence` goes up with every change that those invited must learn of (RFC 5545 §3.8.7.4). Who sees what
    is there already, `show_to` says.
    """
    entry = await session.get(Entry, dated.id, with_for_update=True)
    facts = asdict(dated)
    if entry is None:
        entry = Entry(**facts)
        session.add(entry)
        await session.flush()
        await session.refresh(entry)
        return entry, True
    del facts["seen_by"]
    changes = {name: value for name, value in facts.items() if getattr(entry, name) != value}
    if not changes:
        return entry, False
    for name, value in changes.items():
        setattr(entry, name, value)
    entry.sequence += any(name in LEARNT for name in changes)
    entry.updated_at = func.now()
    await session.flush()
    await session.refresh(entry)
    return entry, True


AT_ONCE = 1_000


async def put_all(session: AsyncSession, several: Sequence[Dated]) -> list[Entry]:
    """The same for many things at once, each named once; returns the entries that are new or changed."""
    changed: list[Entry] = []
    ordered = sorted(several, key=lambda dated: dated.id)
    for first in range(0, len(ordered), AT_ONCE):
        rows = [asdict(dated) for dated in ordered[first : first + AT_ONCE]]
        statement = insert(Entry).values(rows)
        new = {name: statement.excluded[name] for name in rows[0] if name != "seen_by"}
        counts = cast(_differ({name: new[name] for name in LEARNT}), Integer)
        written = statement.on_conflict_do_update(
            index_elements=[Entry.id],
            set_=new | {"sequence": Entry.sequence + counts, "updated_at": func.now()},
            where=_differ(new),
        ).returning(Entry)
        changed += await session.scalars(written, execution_options={"populate_existing": True})
    return changed


def _differ(new: Mapping[str, ColumnElement[Any]]) -> ColumnElement[bool]:
    """Whether an entry says something else than this."""
    return tuple_(*(getattr(Entry, name) for name in new)).is_distinct_from(tuple_(*new.values()))


async def show_to(session: AsyncSession, plan: UUID, states: Sequence[str]) -> list[Entry]:
    """Let what belongs to a plan be seen by these States; returns the entries that were seen by others."""
    shown = (
        update(Entry)
        .where(Entry.plan == plan, Entry.seen_by.is_distinct_from(list(states)))
        .values(seen_by=list(states), updated_at=func.now())
        .returning(Entry)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return list(await session.scalars(shown))
