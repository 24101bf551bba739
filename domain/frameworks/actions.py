from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.base import new_id
from domain.errors import Conflict, Invalid, NotFound, Problem
from domain.frameworks import former, queries, rules
from domain.frameworks.models import (
    Claim,
    Deprecation,
    Edition,
    Framework,
    Indicator,
    Instrument,
    Provision,
    Theme,
)  # fmt: skip
from schemas.catalogue import InstrumentList, ThemeList
from schemas.libraries import FrameworkHeader, Library, LibraryIndicator

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

Outcome = Literal["published", "draft", "unchanged"]


async def load_themes(session: AsyncSession, document: ThemeList) -> None:
    """Make the vocabulary hold these themes; a theme once used is never taken away.

    Raises Invalid naming those that stand in the list again.
    """
    _each_once((theme.key for theme in document.themes), "/themes/{}/key", code="invalid-themes")
    rows = [{"position": position, **theme.model_dump()} for position, theme in enumerate(document.themes)]
    statement = upsert(Theme)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Theme.key],
            set_={name: statement.excluded[name] for name in ("facet", "title", "position")},
        ),
        rows,
    )


async def load_instruments(session: AsyncSession, document: InstrumentList) -> None:
    """Make these instruments known, or correct what is known of them.

    Raises Invalid naming those that stand in the list again.
    """
    _each_once((item.key for item in document.instruments), "/instruments/{}/key", code="invalid-instruments")
    rows = [{"position": number, **item.model_dump()} for number, item in enumerate(document.instruments)]
    statement = upsert(Instrument)
    facts = ("title", "kind", "year", "body", "source", "note", "framework", "position")
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Instrument.key], set_={name: statement.excluded[name] for name in facts}
        ),
        rows,
    )


def _each_once(keys: Iterable[str], place: str, *, code: str) -> None:
    found = list(rules.repeated(keys, place))
    if found:
        raise Invalid("The list has problems.", found, code=code)


async def publish(session: AsyncSession, library: Library, *, draft: bool = False) -> tuple[Edition, Outcome]:
    """Publish an edition, whole or not at all. The same document again changes nothing.

    Raises Invalid with every problem at once, or Conflict when the only one is that a published
    edition would change.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(library.framework.key, 0))))
    before = await session.scalar(
        select(Edition)
        .where(Edition.framework_key == library.framework.key, Edition.key == library.edition.key)
        .with_for_update()
    )
    published = before is not None and before.status == "published"
    found = await problems(session, library)
    mark = await asyncio.to_thread(rules.fingerprint, library)
    if before is not None and published:
        return await _compare(session, before, library, mark, found), "unchanged"
    if found:
        raise Invalid("The library document has problems.", found, code="invalid-library")
    await _know(session, library.framework)
    if before is not None:
        await session.execute(delete(Edition).where(Edition.id == before.id))
    return await _save(session, library, mark, draft=draft), "draft" if draft else "published"


async def _save(session: AsyncSession, library: Library, mark: str, *, draft: bool) -> Edition:
    edition = Edition(
        id=new_id(),
        framework_key=library.framework.key,
        status="draft" if draft else "published",
        fingerprint=mark,
        header=_header(library),
        scale=library.scale.model_dump(mode="json") if library.scale else None,
        **library.edition.model_dump(),
    )
    session.add(edition)
    await session.flush()
    await _save_tree(session, edition, library)
    if not draft:
        await session.execute(select(func.make_search_entries(edition.id)))
    await _describe(session, edition, library.framework)
    await session.refresh(edition)
    return edition


async def problems(session: AsyncSession, library: Library) -> list[Problem]:
    """Everything that is wrong with the document, but for what the edition says that is published already."""
    found = await asyncio.to_thread(rules.problems, library, await queries.theme_keys(session))
    return found + await _unknown_parent(session, library.framework)


def _header(library: Library) -> dict[str, Any]:
    return library.framework.model_dump(mode="json", exclude_defaults=True)


async def _compare(
    session: AsyncSession, before: Edition, library: Library, mark: str, found: list[Problem]
) -> Edition:
    """The published edition, when this document is the one that it was made from."""
    was_made_of_it = before.fingerprint == mark or before.fingerprint == await asyncio.to_thread(
        former.fingerprint, library
    )
    if not was_made_of_it and await queries.library(session, before) != library:
        detail = (
            f"Edition {before.key} of `{before.framework_key}` is published; "
            "a changed document needs a new edition."
        )
        changed = Problem("/edition/key", "edition-published", detail)
        if not found:
            raise Conflict(detail, [changed], code="edition-published")
        found = [*found, changed]
    if found:
        raise Invalid("The library document has problems.", found, code="invalid-library")
    if was_made_of_it and before.fingerprint != mark:
        await _renew(session, before, library, mark)
    return before


async def _renew(session: AsyncSession, edition: Edition, library: Library, mark: str) -> None:
    """Take from its document what the release that published the edition did not keep of it."""
    edition.fingerprint, edition.header = mark, _header(library)
    await session.flush()
    await session.execute(select(func.make_search_entries(edition.id)))
    await _describe(session, edition, library.framework)


async def _unknown_parent(session: AsyncSession, header: FrameworkHeader) -> list[Problem]:
    if header.parent is None:
        return []
    try:
        await queries.find(session, header.parent)
    except NotFound as missing:
        return [Problem("/framework/parent", "unknown-framework", missing.message)]
    return []


async def _know(session: AsyncSession, header: FrameworkHeader) -> None:
    """Make the framework known by its key."""
    known = upsert(Framework).values(**header.model_dump())
    await session.execute(known.on_conflict_do_nothing())


async def _describe(session: AsyncSession, edition: Edition, header: FrameworkHeader) -> None:
    """The latest published edition says what the framework is called; before there is one, the last draft."""
    if await queries.latest_id(session, edition.framework_key) not in (None, edition.id):
        return
    facts = header.model_dump(exclude={"key"})
    await session.execute(update(Framework).where(Framework.key == header.key).values(**facts))


async def _save_tree(session: AsyncSession, edition: Edition, library: Library) -> None:
    depth = rules.depths(library)
    for table, rows in (
        (Provision, [item.model_dump() | {"depth": depth[item.ref]} for item in library.provisions]),
        (Indicator, [_indicator_row(item) for item in library.indicators]),
        (Claim, [item.model_dump() for item in library.claims]),
        (Deprecation, [item.model_dump() for item in library.deprecated]),
    ):
        if rows:
            placed = [
                {"id": new_id(), "edition_id": edition.id, "position": number} | row
                for number, row in enumerate(rows)
            ]
            await session.execute(insert(table), placed)


def _indicator_row(item: LibraryIndicator) -> dict[str, object]:
    return {"provision_ref": item.provision} | item.model_dump(exclude={"provision"})
