from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.base import new_id
from domain.errors import Conflict, Invalid, Problem
from domain.frameworks import queries, rules
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
    """Make the vocabulary hold these themes; a theme once used is never taken away."""
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
    """Make these instruments known, or correct what is known of them."""
    rows = [{"position": number, **item.model_dump()} for number, item in enumerate(document.instruments)]
    statement = upsert(Instrument)
    facts = ("title", "kind", "year", "body", "source", "note", "framework", "position")
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Instrument.key], set_={name: statement.excluded[name] for name in facts}
        ),
        rows,
    )


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
    found = rules.problems(library, await queries.theme_keys(session))
    found += await _unknown_parent(session, library.framework)
    mark = rules.fingerprint(library)
    if before is not None and published:
        return await _compare(session, before, library, mark, found), "unchanged"
    if found:
        raise Invalid("The library document has problems.", found, code="invalid-library")
    await _know(session, library.framework)
    if before is not None:
        await session.execute(delete(Edition).where(Edition.id == before.id))
    edition = Edition(
        id=new_id(),
        framework_key=library.framework.key,
        status="draft" if draft else "published",
        fingerprint=mark,
        header=library.framework.model_dump(mode="json", exclude_defaults=True),
        scale=library.scale.model_dump(mode="json") if library.scale else None,
        **library.edition.model_dump(),
    )
    session.add(edition)
    await session.flush()
    await _save_tree(session, edition, library)
    if not draft:
        await session.execute(select(func.make_search_entries(edition.id)))
    if not draft and (await queries.edition(session, edition.framework_key)).id == edition.id:
        await _describe(session, library.framework)
    await session.refresh(edition)
    return edition, "draft" if draft else "published"


async def _compare(
    session: AsyncSession, before: Edition, library: Library, mark: str, found: list[Problem]
) -> Edition:
    """The published edition, when this document is the one that it was made from."""
    if before.fingerprint != mark and await queries.library(session, before) != library:
        detail = (
            f"Edition {before.key} of `{before.framework_key}` is published; "
            "a changed document needs a new edition."
        )
        if not found:
            raise Conflict(detail, code="edition-published")
        found = [*found, Problem("/edition/key", "edition-published", detail)]
    if found:
        raise Invalid("The library document has problems.", found, code="invalid-library")
    before.fingerprint = mark
    return before


async def _unknown_parent(session: AsyncSession, header: FrameworkHeader) -> list[Problem]:
    if header.parent is None or await session.get(Framework, header.parent) is not None:
        return []
    detail = f"There is no framework `{header.parent}`."
    return [Problem("/framework/parent", "unknown-framework", detail)]


async def _know(session: AsyncSession, header: FrameworkHeader) -> None:
    """Make the framework known by its key. One that is known keeps its description."""
    known = upsert(Framework).values(**header.model_dump())
    await session.execute(known.on_conflict_do_nothing())


async def _describe(session: AsyncSession, header: FrameworkHeader) -> None:
    """The latest published edition says what the framework is called."""
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
