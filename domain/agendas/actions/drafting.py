"""An agenda drafts itself from the standing points of its kind and from open work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import func

from domain.agendas import queries, rules, wording, work
from domain.agendas.models import Agenda, AgendaItem
from domain.base import new_id
from domain.meetings.kinds import standing_points
from domain.meetings.models import Meeting
from domain.plans import queries as plans
from schemas.agendas import WorkKind

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

EVER = datetime(1900, 1, 1, tzinfo=UTC)
DRAFTED = ("title", "source", "below")
"""What drafting says of a point, and drafting again says anew."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A point as it is drafted now."""

    key: str
    kind: str
    facts: dict[str, Any]


async def draft(session: AsyncSession, meeting: Meeting, *, now: datetime) -> tuple[Agenda, bool]:
    """The agenda, drafted for the first time or again; whether it is the first time.

    Drafting again brings in new open work and brings the rest up to date. It leaves alone what people said
    and their order, brings back nothing that they dropped, and takes off only what has been settled and
    nobody said anything of. The caller holds the meeting.
    """
    rules.must_be_ahead(meeting.status)
    found = await session.get(Agenda, meeting.id, with_for_update=True)
    agenda = found or Agenda(meeting=meeting.id, drafted_at=now)
    if found is None:
        session.add(agenda)
        await session.flush()
    order, points = await _wanted(session, meeting, now=now)
    changed = await _bring(session, agenda, order, points)
    if found is not None and changed:
        agenda.drafted_at, agenda.updated_at = now, func.now()
    await session.flush()
    await session.refresh(agenda)
    return agenda, found is None


async def _wanted(
    session: AsyncSession, meeting: Meeting, *, now: datetime
) -> tuple[list[str], dict[str, Wanted]]:
    """The keys in their order, and the points by key."""
    day = meeting.start.astimezone(ZoneInfo(meeting.time_zone)).date()
    standing = standing_points(meeting.kind, day, await queries.earlier_days(session, meeting))
    groups = await _open_work(session, meeting, now=now)
    source = {"kind": "meeting-kind", "path": "/v1/meeting-kinds"}
    points = [
        Wanted(rules.standing_key(point.key), "standing", _facts(point.title, source, []))
        for point in standing
    ]
    points += [
        Wanted(group.key, group.kind, _facts(group.title, group.source, group.below)) for group in groups
    ]
    order = rules.drafted_order([point.key for point in standing], groups)
    return order, {point.key: point for point in points}


def _facts(title: dict[str, str], source: dict[str, str], below: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": title, "source": source, "below": below}


async def _open_work(session: AsyncSession, meeting: Meeting, *, now: datetime) -> list[work.Group]:
    """What is open under the meeting's framework; of its State alone, where it concerns one."""
    if meeting.kind in rules.EVENTS:
        return []
    framework, state = meeting.framework, meeting.state
    left = await work.left_by_meetings(session, framework, state=state, before=meeting.start, now=now)
    owed = await work.owed_by_states(session, framework, state=state, now=now)
    if state is not None:
        return [*left, *owed]
    before = await queries.meeting_before(session, meeting, now=now)
    day = meeting.start.astimezone(ZoneInfo(meeting.time_zone)).date()
    idle = await plans.idle_activities(session, framework, before.start if before else EVER, on=day)
    return [*left, *owed, *work.idle(idle, met=before is not None)]


async def _bring(
    session: AsyncSession, agenda: Agenda, order: Sequence[str], wanted: dict[str, Wanted]
) -> bool:
    """Have the agenda hold what is wanted, as far as people left it open; whether that changed anything."""
    items = await queries.points(session, agenda.meeting)
    settled = [item for item in items if rules.is_settled(item, wanted)]
    for item in settled:
        await session.delete(item)
    kept = [item for item in items if item not in settled]
    renewed = [_renew(item, wanted.get(item.key, _done(item))) for item in kept if item.key is not None]
    known = {item.key for item in kept}
    new = [_new(agenda, point) for key, point in wanted.items() if key not in known]
    session.add_all(new)
    _arrange(kept, new, order)
    return bool(settled or new or any(renewed))


def _new(agenda: Agenda, point: Wanted) -> AgendaItem:
    return AgendaItem(
        id=new_id(), meeting=agenda.meeting, key=point.key, kind=point.kind, status="planned", **point.facts
    )


def _done(item: AgendaItem) -> Wanted:
    """A point that people have said something of, and of whose work nothing is open any more."""
    assert item.key is not None
    title = item.title
    if item.kind != "standing":
        title = wording.group(cast("WorkKind", item.kind), 0, report=item.key.partition(":")[2])
    return Wanted(item.key, item.kind, {"title": title, "source": item.source, "below": []})


def _renew(item: AgendaItem, point: Wanted) -> bool:
    """Say anew what is drafted of a point; whether it has changed."""
    changed = [name for name in DRAFTED if getattr(item, name) != point.facts[name]]
    for name in changed:
        setattr(item, name, point.facts[name])
    return bool(changed)


def _arrange(kept: Iterable[AgendaItem], new: Iterable[AgendaItem], order: Sequence[str]) -> None:
    """Number the points that stand: those kept in their order, new ones where they are wanted."""
    present = {_name(item): item for item in kept if item.status != "dropped"}
    added = {_name(item): item for item in new}
    wanted = [key for key in order if key in present or key in added]
    standing = present | added
    number(standing[name] for name in rules.merged_order(list(present), wanted))


def _name(item: AgendaItem) -> str:
    return item.key or str(item.id)


def number(items: Iterable[AgendaItem]) -> None:
    for position, item in enumerate(items, 1):
        item.position = position
