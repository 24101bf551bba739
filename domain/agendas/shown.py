"""Agendas, decisions and action items as callers see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from domain.agendas import queries, wording
from domain.agendas.models import ActionItem, Agenda, AgendaItem
from domain.agendas.rules import Sight
from schemas import agendas as shapes
from schemas.agendas import PaperLanguage

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


def point(item: AgendaItem, language: PaperLanguage, *, sight: Sight) -> shapes.AgendaPoint:
    """Of the list below, what the caller sees."""
    stored = ("id", "position", "kind", "note", "presenter", "minutes", "status", "edited")
    return shapes.AgendaPoint(
        **{name: getattr(item, name) for name in stored},
        title=item.renamed or wording.spoken(item.title, language),
        source=shapes.PointSource(**item.source) if item.source else None,
        below=[
            open_thing(listed, language)
            for listed in item.below
            if sight.reaches(listed["state"], listed.get("plan"))
        ],
    )


def open_thing(listed: dict[str, Any], language: PaperLanguage) -> shapes.OpenThing:
    facts = {name: listed[name] for name in ("path", "state", "due_on", "owner", "carried")}
    return shapes.OpenThing(title=wording.spoken(listed["title"], language), **facts)


def agenda(
    found: Agenda, items: Sequence[AgendaItem], language: PaperLanguage, *, sight: Sight
) -> shapes.Agenda:
    points = [point(item, language, sight=sight) for item in items]
    return shapes.Agenda(
        meeting=found.meeting,
        language=language,
        items=[item for item in points if item.status != "dropped"],
        dropped=[item for item in points if item.status == "dropped"],
        drafted_at=found.drafted_at,
        updated_at=found.updated_at,
    )


def action_item(item: ActionItem, *, carried: int, now: datetime) -> shapes.ActionItem:
    """The action item as it stands at a moment."""
    computed = {"overdue": item.overdue(now), "carried": carried}
    stored = {name: getattr(item, name) for name in shapes.ActionItem.model_fields if name not in computed}
    return shapes.ActionItem(**stored, **computed)


async def action_items(
    session: AsyncSession, items: Iterable[ActionItem], *, now: datetime
) -> list[shapes.ActionItem]:
    """The same of several at once."""
    found = list(items)
    carried = await queries.carried(session, [item.id for item in found], now=now)
    return [action_item(item, carried=carried.get(item.id, 0), now=now) for item in found]


def etags(item: shapes.ActionItem, version: int) -> list[str]:
    """That of an answer first; each of the others guards a change as well.

    It is another one once the item is overdue or has been carried further, though nobody changed it: that
    does not stand in anyone's way.
    """
    found = [
        f'"{item.id}.{version}.{carried}{overdue}"'
        for carried in range(item.carried, -1, -1)
        for overdue in ("", ".overdue")
    ]
    return [found[1], found[0], *found[2:]] if item.overdue else found
