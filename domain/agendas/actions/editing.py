"""People edit agendas: they add, drop, rename, reorder, and say who presents what and how long it takes.

Whoever calls these holds the agenda.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func

from domain.agendas import queries, rules
from domain.agendas.actions.drafting import number
from domain.agendas.models import Agenda, AgendaItem
from domain.base import new_id
from domain.errors import Conflict, Invalid, Problem
from domain.people import queries as people
from schemas.agendas import AgendaEdit, ListedPoint, PointChange, PointDraft

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

MOST_POINTS = 500


async def add(session: AsyncSession, agenda: Agenda, draft: PointDraft) -> AgendaItem:
    """A point of the people's own, behind another or before the closing points."""
    await _must_know(session, draft.presenter, "/presenter")
    items = await _standing(session, agenda)
    if len(items) >= MOST_POINTS:
        raise Conflict(f"An agenda has at most {MOST_POINTS} points.", code="agenda-full")
    place = rules.place_before_closing([item.key for item in items])
    if draft.after is not None:
        place = 1 + _place_of(items, draft.after)
    facts = draft.model_dump(exclude={"title", "after"})
    item = _own(agenda, draft.title, facts)
    session.add(item)
    number([*items[:place], item, *items[place:]])
    await _touch(session, agenda)
    return item


def _own(agenda: Agenda, title: str, facts: dict[str, Any]) -> AgendaItem:
    return AgendaItem(
        id=new_id(), meeting=agenda.meeting, kind="added", title={}, renamed=title, below=[], edited=True,
        **({"status": "planned"} | facts),
    )  # fmt: skip


def _place_of(items: Sequence[AgendaItem], point: UUID) -> int:
    for place, item in enumerate(items):
        if item.id == point:
            return place
    raise Invalid(
        f"This agenda has no point {point}.",
        [Problem("/after", "unknown-point", "No point with this id stands on this agenda.")],
        code="unknown-point",
    )


async def _standing(session: AsyncSession, agenda: Agenda) -> list[AgendaItem]:
    return [item for item in await queries.points(session, agenda.meeting) if item.status != "dropped"]


async def _touch(session: AsyncSession, agenda: Agenda) -> None:
    """Another version, for whoever edits at the same time."""
    agenda.updated_at = func.now()
    await session.flush()
    await session.refresh(agenda)


async def _must_know(session: AsyncSession, presenter: UUID | None, pointer: str) -> None:
    if presenter is not None:
        await people.known_person(session, presenter, pointer=pointer)


async def change(session: AsyncSession, agenda: Agenda, item: AgendaItem, wanted: PointChange) -> AgendaItem:
    """Say otherwise what a point is called, who presents it, how it stands, or where."""
    facts = wanted.given()
    position = facts.pop("position", None)
    await _must_know(session, facts.get("presenter"), "/presenter")
    others = [other for other in await _standing(session, agenda) if other.id != item.id]
    _say(item, facts)
    if item.status == "dropped":
        item.position = None
        number(others)
    else:
        last = rules.place_before_closing([other.key for other in others]) + 1
        place = (position or item.position or last) - 1
        number([*others[:place], item, *others[place:]])
    await _touch(session, agenda)
    return item


def _say(item: AgendaItem, facts: dict[str, Any]) -> None:
    """What people say of a point. One of their own keeps a title: there is no other."""
    if "title" in facts:
        facts["renamed"] = facts.pop("title")
        if facts["renamed"] is None and item.key is None:
            raise Invalid(
                "A point that people added has no other title.",
                [Problem("/title", "title-needed", "Give it another title, or leave this out.")],
                code="title-needed",
            )
    for name, value in facts.items():
        if getattr(item, name) != value:
            setattr(item, name, value)
            item.edited = True


async def drop(session: AsyncSession, agenda: Agenda, item: AgendaItem) -> None:
    """Take a point off. Drafting again does not bring it back."""
    await change(session, agenda, item, PointChange(status="dropped"))


async def put(session: AsyncSession, agenda: Agenda, edit: AgendaEdit) -> None:
    """Have the agenda hold these points in this order."""
    known = {item.id: item for item in await queries.points(session, agenda.meeting)}
    _refuse_unknown(edit.items, known)
    for place, listed in enumerate(edit.items):
        await _must_know(session, listed.presenter, f"/items/{place}/presenter")
    placed = [_listed(agenda, known, listed) for listed in edit.items]
    listed_ids = {item.id for item in placed}
    for item in known.values():
        if item.id not in listed_ids and item.status != "dropped":
            _say(item, {"status": "dropped"})
            item.position = None
    session.add_all(item for item in placed if item.id not in known)
    number(placed)
    await _touch(session, agenda)


def _listed(agenda: Agenda, known: dict[UUID, AgendaItem], listed: ListedPoint) -> AgendaItem:
    facts = listed.given(without={"id"})
    if facts.get("status", "") is None:
        del facts["status"]
    if listed.id is None:
        return _own(agenda, facts.pop("title"), facts)
    item = known[listed.id]
    if item.status == "dropped":
        facts = {"status": "planned"} | facts
    _say(item, facts)
    return item


def _refuse_unknown(listed: Sequence[ListedPoint], known: dict[UUID, AgendaItem]) -> None:
    problems = [
        Problem(f"/items/{place}/id", "unknown-point", f"This agenda has no point {point.id}.")
        for place, point in enumerate(listed)
        if point.id is not None and point.id not in known
    ]
    problems += [
        Problem(f"/items/{place}/title", "title-needed", "A point that people added has no other title.")
        for place, point in enumerate(listed)
        if point.id in known
        and point.title is None
        and "title" in point.model_fields_set
        and known[point.id].key is None
    ]
    if problems:
        raise Invalid("Some of the points cannot be as they are listed.", problems, code=problems[0].code)
