from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from domain.base import new_id
from domain.errors import Conflict, Invalid, Problem
from domain.frameworks import queries, rules
from domain.frameworks.models import Claim, Edition, Framework, Indicator, Provision, Theme
from schemas.catalogue import FrameworkHeader, Library, ThemeList

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

Outcome = Literal["published", "draft", "unchanged"]


async def load_themes(session: AsyncSession, document: ThemeList) -> None:
    """Make the vocabulary hold these themes; a theme once used is never taken away."""
    rows = [{"position": position, **theme.model_dump()} for position, theme in enumerate(document.themes)]
    statement = upsert(Theme).values(rows)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Theme.key],
            set_={name: statement.excluded[name] for name in ("facet", "title", "position")},
        )
    )


async def publish(session: AsyncSession, library: Library, *, draft: bool = False) -> tuple[Edition, Outcome]:
    """Publish an edition, whole or not at all. The same document again changes nothing.

    Raises Invalid with every problem at once, and Conflict when a published edition would change.
    """
    found = rules.problems(library, await queries.theme_keys(session))
    if found:
        raise Invalid("The library document has problems.", found, code="invalid-library")
    mark = rules.fingerprint(library)
    await _know(session, library.framework)
    before = await session.scalar(
        select(Edition)
        .where(Edition.framework_key == library.framework.key, Edition.key == library.edition.key)
        .with_for_update()
    )
    if before is not None and before.status == "published":
        return _compare(before, mark), "unchanged"
    if before is not None:
        await session.execute(delete(Edition).where(Edition.id == before.id))
    edition = Edition(
        id=new_id(),
        framework_key=library.framework.key,
        status="draft" if draft else "published",
        fingerprint=mark,
        **library.edition.model_dump(),
    )
    session.add(edition)
    await session.flush()
    await _save_tree(session, edition, library)
    if not draft and (await queries.edition(session, edition.framework_key)).id == edition.id:
        await _describe(session, library.framework)
    await session.refresh(edition)
    return edition, "draft" if draft else "published"


def _compare(before: Edition, mark: str) -> Edition:
    if before.fingerprint != mark:
        raise Conflict(
            f"Edition {before.key} of `{before.framework_key}` is published; "
            "a changed document needs a new edition.",
            code="edition-published",
        )
    return before


async def _know(session: AsyncSession, header: FrameworkHeader) -> None:
    """Make the framework known by its key. One that is known keeps its description."""
    if header.parent is not None and await session.get(Framework, header.parent) is None:
        raise Invalid(
            "The library document has problems.",
            [Problem("/framework/parent", "unknown-framework", f"There is no framework `{header.parent}`.")],
            code="invalid-library",
        )
    known = upsert(Framework).values(**header.model_dump())
    await session.execute(known.on_conflict_do_nothing())


async def _describe(session: AsyncSession, header: FrameworkHeader) -> None:
    """The latest published edition says what the framework is called."""
    facts = header.model_dump(exclude={"key"})
    await session.execute(update(Framework).where(Framework.key == header.key).values(**facts))


async def _save_tree(session: AsyncSession, edition: Edition, library: Library) -> None:
    depth = rules.depths(library)
    provisions = [
        {"id": new_id(), "edition_id": edition.id, "position": position, "depth": depth[item.ref]}
        | item.model_dump()
        for position, item in enumerate(library.provisions)
    ]
    indicators = [
        {"id": new_id(), "edition_id": edition.id, "position": position, "provision_ref": item.provision}
        | item.model_dump(exclude={"provision"})
        for position, item in enumerate(library.indicators)
    ]
    claims = [{"id": new_id(), "edition_id": edition.id} | item.model_dump() for item in library.claims]
    for table, rows in ((Provision, provisions), (Indicator, indicators), (Claim, claims)):
        if rows:
            await session.execute(insert(table), rows)
