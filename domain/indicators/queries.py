from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, or_, select

from domain.access.rules import Actor
from domain.base import Json
from domain.errors import NotFound
from domain.frameworks import queries as frameworks
from domain.frameworks.models import Edition, Indicator
from domain.frameworks.queries import latest_published
from domain.indicators import periods
from domain.indicators.codes import BUILT_IN, CodeList, area_code
from domain.indicators.intake.cells import Context
from domain.indicators.intake.columns import refused, written_as
from domain.indicators.intake.files import CSV, TSV
from domain.indicators.models import Area, CodeListRow, Import, Series
from domain.indicators.periods import MonthDay
from domain.indicators.rules import Measure
from domain.states.models import State
from schemas.access import Scope
from schemas.observations import ImportWishes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def code_lists(session: AsyncSession) -> Mapping[str, CodeList]:
    """All breakdowns, SDMX's and those declared here, by column."""
    declared = await session.scalars(select(CodeListRow).order_by(CodeListRow.key))
    lists = [*BUILT_IN.values(), *map(_as_list, declared)]
    return {one.column: one for one in lists}


def _as_list(row: CodeListRow) -> CodeList:
    titles = {item["code"]: _title(item["title"]) for item in row.codes}
    others = {
        name: item["code"]
        for item in row.codes
        for name in [*item.get("aliases", []), *item["title"].values()]
    }
    concept = row.key.upper().replace("-", "_")
    return CodeList(concept, _title(row.title), titles, others, frozenset(row.parts))


def _title(titles: Mapping[str, str]) -> str:
    return titles.get("en") or next(iter(titles.values()))


async def declared_list(session: AsyncSession, key: str, *, lock: bool = False) -> CodeListRow | None:
    return await session.get(CodeListRow, key, with_for_update=lock or None)


async def area(session: AsyncSession, key: str, *, lock: bool = False) -> Area | None:
    return await session.get(Area, key, with_for_update=lock or None)


async def means_state(session: AsyncSession, key: str) -> bool:
    """Whether a file with it as its area would mean a State: by its code in any case, or by its number."""
    states = select(State.iso3).where(or_(State.iso3 == key.upper(), State.m49 == key.zfill(3)))
    return await session.scalar(states.limit(1)) is not None


async def areas(session: AsyncSession, *, after: str | None, limit: int) -> Sequence[Area]:
    rows = select(Area).order_by(Area.key).limit(limit)
    return (await session.scalars(rows if after is None else rows.where(Area.key > after))).all()


async def areas_of(session: AsyncSession, state: str) -> list[str]:
    """The State, and its declared areas."""
    return [state, *await session.scalars(select(Area.key).where(Area.state == state))]


async def areas_meant(session: AsyncSession, asked: Sequence[str]) -> dict[str, str]:
    """What each text means where a file has it as its area; those that mean none are left out."""
    codes = {text: text.strip() for text in asked}
    numbers = [code.zfill(3) for code in codes.values() if code.isdecimal()]
    named = select(State.iso3, State.m49).where(or_(State.iso3.in_(codes.values()), State.m49.in_(numbers)))
    states = (await session.execute(named)).all()
    known = {row.iso3 for row in states}
    known.update(await session.scalars(select(Area.key).where(Area.key.in_(codes.values()))))
    numeric = {row.m49: row.iso3 for row in states if row.m49}
    meant = {text: area_code(code, numeric) for text, code in codes.items()}
    return {text: code for text, code in meant.items() if code in known}


async def measures(session: AsyncSession) -> dict[str, Measure]:
    """How each indicator of a latest edition is measured, by reference."""
    latest = latest_published(Edition.id).subquery()
    found = await session.execute(
        select(
            Edition.framework_key,
            Indicator.ref,
            Indicator.kind,
            Indicator.unit,
            Indicator.scale.label("levels"),
            Edition.scale,
        )
        .join(Indicator.of)
        .where(Edition.id.in_(select(latest.c.id)))
    )
    return {
        f"{row.framework_key}:{row.ref}": measure(row.kind, row.unit, row.levels, row.scale) for row in found
    }


def measure(
    kind: str,
    unit: str | None,
    levels: Sequence[Mapping[str, Any]] | None = None,
    scale: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> Measure:
    """Its levels are its own, else those of the scale that its edition defines."""
    steps = (levels or (scale or {}).get("levels", ())) if kind == "ordinal" else ()
    named = tuple((str(level["value"]), *map(str, level["title"].values())) for level in steps)
    return Measure(kind, unit, named)


async def context(session: AsyncSession, wishes: ImportWishes, *, writes_for: str | None) -> Context:
    """What is known when a file is read. Raises NotFound when its indicator or framework is not."""
    known = await session.execute(select(State.iso3, State.m49))
    states = {row.iso3: row.m49 for row in known}
    declared = await session.execute(select(Area.key, Area.state))
    return Context(
        measures=await _measures_for(session, wishes),
        areas={row.key: row.state for row in declared} | {iso3: iso3 for iso3 in states},
        numeric={m49: iso3 for iso3, m49 in states.items() if m49},
        lists=written_as(await code_lists(session), wishes.codes),
        indicator=wishes.indicator,
        framework=wishes.framework,
        writes_for=writes_for,
        year_starts=month_day(wishes.year_starts) if wishes.year_starts else None,
        decimal_comma=wishes.decimal_comma,
        beyond_hundred=wishes.beyond_100,
        spreadsheet=wishes.kind in (CSV, TSV),
    )


async def _measures_for(session: AsyncSession, wishes: ImportWishes) -> dict[str, Measure]:
    if wishes.indicator is None:
        if wishes.framework is not None:
            await frameworks.find(session, wishes.framework)
        return await measures(session)
    found = await frameworks.indicator(session, wishes.indicator)
    return {wishes.indicator: measure(found.kind, found.unit, found.scale, found.of.scale)}


def month_day(text: str) -> MonthDay:
    """`04-01`. Raises Invalid for what is no day of every year."""
    try:
        day = periods.read(f"2001-{text}").starts
    except periods.Unreadable:
        day = None
    if day is None or len(text) != len("04-01"):
        raise refused(
            "?year_starts", "invalid-year-start", f"`{text[:40]}` is no day of the year; write 04-01."
        )
    return MonthDay(day.month, day.day)


def additive(known: Mapping[str, Measure]) -> list[str]:
    """Indicators whose parts sum to their totals."""
    return [reference for reference, measure in known.items() if measure.additive]


async def same_file(session: AsyncSession, fingerprint: str, indicator: str | None) -> Json | None:
    """What was answered when the same file was last read, if nobody has written observations of the indicator
    since: reading it again would change nothing."""
    last = await session.scalar(
        select(Import).where(Import.fingerprint == fingerprint).order_by(Import.number.desc()).limit(1)
    )
    if last is None:
        return None
    later = select(Import.number).where(Import.number > last.number, Import.wrote)
    if indicator is not None:
        later = later.where(or_(Import.indicator == indicator, Import.indicator.is_(None)))
    return None if await session.scalar(later.limit(1)) is not None else last.answer


def visible_to(found: Import, actor: Actor) -> bool:
    return actor.state in (None, found.state) or found.key == actor.id or actor.may(Scope.ADMIN)


async def find_import(session: AsyncSession, import_id: UUID, *, actor: Actor) -> Import:
    found = await session.scalar(select(Import).where(Import.id == import_id))
    if found is None or not visible_to(found, actor):
        raise NotFound(f"There is no import {import_id}.")
    return found


async def codes_in_use(session: AsyncSession, concept: str) -> set[str]:
    """Codes of a breakdown that observations have."""
    code = Series.breakdown[concept].astext
    rows = select(code).where(func.jsonb_exists(Series.breakdown, concept)).distinct()
    return {found for found in await session.scalars(rows) if found is not None}
