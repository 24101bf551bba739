from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, any_, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import contains_eager, selectinload

from domain.errors import Invalid, NotFound, Problem
from domain.frameworks import rules
from domain.frameworks.models import Claim, Edition, Framework, Indicator, Instrument, Provision, Theme
from domain.frameworks.models import Deprecation as DeprecationRow
from schemas.libraries import (
    Deprecation,
    EditionHeader,
    Library,
    LibraryClaim,
    LibraryIndicator,
    LibraryProvision,
)  # fmt: skip

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def themes(session: AsyncSession) -> Sequence[Theme]:
    return (await session.scalars(select(Theme).order_by(Theme.position))).all()


async def theme_keys(session: AsyncSession) -> set[str]:
    return set(await session.scalars(select(Theme.key)))


def _is_published() -> ColumnElement[bool]:
    """A framework of which there are drafts alone is not to be seen yet."""
    editions = select(Edition.id).where(Edition.framework_key == Framework.key, Edition.status == "published")
    return editions.exists()


async def find(session: AsyncSession, key: str, *, lock: bool = False) -> Framework:
    """Raises NotFound for a framework without a published edition.

    With `lock`, whoever else asks for it with a lock waits; what refers to it may still be written.
    """
    rows = select(Framework).where(Framework.key == key, _is_published())
    if lock:
        rows = rows.with_for_update(key_share=True)
    framework: Framework | None = await session.scalar(rows)
    if framework is None:
        raise NotFound(f"There is no framework `{key}`.", framework=key)
    return framework


async def known(session: AsyncSession, key: str, *, pointer: str = "/framework") -> Framework:
    """The framework that a request names. Raises Invalid `unknown-framework` when there is none."""
    try:
        return await find(session, key)
    except NotFound as missing:
        problem = Problem(pointer, "unknown-framework", f"`{key}` is not a framework known here.")
        raise Invalid(missing.message, [problem], code="unknown-framework") from None


async def page(session: AsyncSession, *, after: str | None, limit: int) -> Sequence[Framework]:
    """Frameworks with a published edition, by key."""
    rows = select(Framework).where(_is_published()).order_by(Framework.key).limit(limit)
    if after is not None:
        rows = rows.where(Framework.key > after)
    return (await session.scalars(rows)).all()


async def adopted(session: AsyncSession) -> dict[str, date]:
    """The day on which each framework was adopted; where it does not say, that of its first edition."""
    day = func.coalesce(Framework.adopted, func.min(Edition.published))
    rows = await session.execute(
        select(Framework.key, day)
        .join(Edition, Edition.framework_key == Framework.key)
        .where(Edition.status == "published")
        .group_by(Framework.key)
    )
    return dict(rows.all())


def _newest_first() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """By the day of publication; on one day, by what the key's numbers say. Never by the time of loading."""
    return Edition.published.desc(), Edition.order_key.desc()


def latest_published(*columns: Any) -> Select[Any]:
    """The latest published edition of each framework."""
    return (
        select(*columns)
        .where(Edition.status == "published")
        .ext(distinct_on(Edition.framework_key))
        .order_by(Edition.framework_key, *_newest_first())
    )


async def latest_id(session: AsyncSession, framework: str) -> UUID | None:
    """Of the latest published edition, if there is one."""
    rows = latest_published(Edition.id).where(Edition.framework_key == framework)
    found: UUID | None = await session.scalar(rows)
    return found


async def latest_editions(session: AsyncSession) -> dict[str, Edition]:
    """By framework key."""
    return {edition.framework_key: edition for edition in await session.scalars(latest_published(Edition))}


async def edition(
    session: AsyncSession, framework: str, key: str | None = None, *, drafts: bool = False
) -> Edition:
    """The edition asked for, a draft if drafts may be seen, or the latest published one."""
    wanted = latest_published(Edition).where(Edition.framework_key == framework)
    if key is not None:
        statuses = ("published", "draft") if drafts else ("published",)
        wanted = select(Edition).where(
            Edition.framework_key == framework, Edition.key == key, Edition.status.in_(statuses)
        )
    found: Edition | None = await session.scalar(wanted)
    if found is None:
        await find(session, framework)
        raise NotFound(
            f"`{framework}` has no published edition{f' `{key}`' if key else ''}.", framework=framework
        )
    return found


async def editions(session: AsyncSession, framework: str) -> Sequence[Edition]:
    """Those published, newest first."""
    await find(session, framework)
    return await history(session, framework)


async def history(session: AsyncSession, framework: str, *drafts: Edition) -> Sequence[Edition]:
    """What was published, newest first, and these drafts where they would stand."""
    shown = or_(Edition.status == "published", Edition.id.in_([draft.id for draft in drafts]))
    rows = select(Edition).where(Edition.framework_key == framework, shown).order_by(*_newest_first())
    return (await session.scalars(rows)).all()


async def provisions(
    session: AsyncSession,
    of: Edition,
    *,
    theme: str | None = None,
    under: str | None = None,
    after: int | None = None,
    limit: int | None = None,
) -> Sequence[Provision]:
    """The tree, flat in reading order: all of it, those with a theme, or what stands under a node."""
    rows = select(Provision).where(Provision.edition_id == of.id).order_by(Provision.position)
    if theme is not None:
        rows = rows.where(literal(theme) == any_(Provision.themes))
    if under is not None:
        rows = rows.where(Provision.ref.in_(_subtree(of, under)))
    if after is not None:
        rows = rows.where(Provision.position > after)
    if limit is not None:
        rows = rows.limit(limit)
    return (await session.scalars(rows.options(selectinload(Provision.of)))).all()


def _subtree(of: Edition, root: str) -> Select[Any]:
    top = (
        select(Provision.ref)
        .where(Provision.edition_id == of.id, Provision.ref == root)
        .cte("subtree", recursive=True)
    )
    below = select(Provision.ref).where(Provision.edition_id == of.id, Provision.parent == top.c.ref)
    return select(top.union_all(below).c.ref)


async def provision(session: AsyncSession, reference: str) -> Provision:
    """By reference; without `@edition` in the latest published edition that holds it."""
    found: Provision = await _node(session, Provision, reference)
    return found


async def assessable(session: AsyncSession) -> dict[str, bool]:
    """Every provision of the latest editions in reading order, and whether it can be assessed."""
    latest = latest_published(Edition.id).subquery()
    rows = await session.execute(
        select(Edition.framework_key, Provision.ref, Provision.assessable)
        .join(Edition, Edition.id == Provision.edition_id)
        .where(Edition.id.in_(select(latest.c.id)))
        .order_by(Edition.framework_key, Provision.position)
    )
    return {f"{framework}:{ref}": assessable for framework, ref, assessable in rows}


async def titles(session: AsyncSession, language: str) -> dict[str, str]:
    """What the provisions of the latest editions are called in a language, by reference."""
    latest = latest_published(Edition.id).subquery()
    title = Provision.title[language].astext
    rows = await session.execute(
        select(Edition.framework_key, Provision.ref, title)
        .join(Edition, Edition.id == Provision.edition_id)
        .where(Edition.id.in_(select(latest.c.id)), title.is_not(None))
    )
    return {f"{framework}:{ref}": said for framework, ref, said in rows}


async def subject_themes(session: AsyncSession) -> frozenset[str]:
    """Keys of the themes that say what something is about, not whom it is about."""
    return frozenset(await session.scalars(select(Theme.key).where(Theme.facet == "about-what")))


async def subjects(session: AsyncSession) -> dict[str, frozenset[str]]:
    """What the provisions of the latest editions are about, by reference, where that is known."""
    latest = latest_published(Edition.id).subquery()
    rows = await session.execute(
        select(Edition.framework_key, Provision.ref, Provision.themes)
        .join(Edition, Edition.id == Provision.edition_id)
        .where(Edition.id.in_(select(latest.c.id)), Provision.themes != [])
    )
    known = await subject_themes(session)
    about = {f"{framework}:{ref}": known.intersection(themes) for framework, ref, themes in rows}
    return {reference: themes for reference, themes in about.items() if themes}


async def people(session: AsyncSession, keys: Collection[str]) -> dict[str, frozenset[str]]:
    """Whom each assessable provision of these frameworks is about in their latest editions, by reference."""
    latest = latest_published(Edition.id).subquery()
    rows = await session.execute(
        select(Edition.framework_key, Provision.ref, Provision.themes)
        .join(Edition, Edition.id == Provision.edition_id)
        .where(Edition.id.in_(select(latest.c.id)), Edition.framework_key.in_(keys), Provision.assessable)
    )
    subjects = await subject_themes(session)
    return {f"{framework}:{ref}": frozenset(themes) - subjects for framework, ref, themes in rows}


async def standing(session: AsyncSession, references: Collection[str]) -> set[str]:
    """Those of the references that the latest editions hold as provisions."""
    pairs = [reference.partition(":")[::2] for reference in references]
    latest = latest_published(Edition.id).subquery()
    rows = await session.execute(
        select(Edition.framework_key, Provision.ref)
        .join(Edition, Edition.id == Provision.edition_id)
        .where(Edition.id.in_(select(latest.c.id)))
        .where(tuple_(Edition.framework_key, Provision.ref).in_(pairs))
    )
    return {f"{framework}:{ref}" for framework, ref in rows}


async def indicators(
    session: AsyncSession, *, framework: str | None, theme: str | None, after: str | None, limit: int
) -> Sequence[Indicator]:
    """Of the latest editions, in the order of their references."""
    latest = latest_published(Edition.id).subquery()
    place = Edition.framework_key + ":" + Indicator.ref
    rows = (
        select(Indicator)
        .join(Indicator.of)
        .where(Edition.id.in_(select(latest.c.id)))
        .options(contains_eager(Indicator.of))
        .order_by(place)
        .limit(limit)
    )
    if framework is not None:
        rows = rows.where(Edition.framework_key == framework)
    if theme is not None:
        rows = rows.join(
            Provision,
            (Provision.edition_id == Indicator.edition_id) & (Provision.ref == Indicator.provision_ref),
        ).where(literal(theme) == any_(Provision.themes))
    if after is not None:
        rows = rows.where(place > after)
    return (await session.scalars(rows)).all()


async def indicator(session: AsyncSession, reference: str) -> Indicator:
    """By reference; without `@edition` in the latest published edition that holds it."""
    found: Indicator = await _node(session, Indicator, reference)
    return found


async def indicators_named(session: AsyncSession, references: Collection[str]) -> dict[str, Indicator]:
    """Those of the references that name an indicator, each as `indicator` finds it, in one question."""
    named = {reference: rules.split_reference(reference) for reference in references}
    pairs = {(framework, ref) for framework, ref, _ in named.values()}
    rows = (
        select(Indicator)
        .join(Indicator.of)
        .where(tuple_(Edition.framework_key, Indicator.ref).in_(pairs), Edition.status == "published")
        .options(contains_eager(Indicator.of))
        .order_by(*_newest_first())
    )
    held: dict[tuple[str, str, str | None], Indicator] = {}
    for found in await session.scalars(rows):
        for key in (None, found.of.key):
            held.setdefault((found.of.framework_key, found.ref, key), found)
    return {reference: held[parts] for reference, parts in named.items() if parts in held}


async def _node(session: AsyncSession, table: Any, reference: str) -> Any:
    framework, ref, key = rules.split_reference(reference)
    rows = (
        select(table)
        .join(table.of)
        .where(Edition.framework_key == framework, Edition.status == "published", table.ref == ref)
        .options(contains_eager(table.of))
        .order_by(*_newest_first())
        .limit(1)
    )
    found = await session.scalar(rows if key is None else rows.where(Edition.key == key))
    if found is None:
        await edition(session, framework, key)
        raise NotFound(f"There is no {table.__name__.lower()} `{reference}`.", reference=reference)
    return found


async def years(session: AsyncSession) -> dict[str, int]:
    """When provisions were adopted that are instruments of their own, as resolutions of an agenda are.

    By reference: an instrument and its provision have the same key.
    """
    rows = await session.execute(
        select(Instrument.framework, Instrument.key, Instrument.year).where(Instrument.framework.is_not(None))
    )
    return {f"{framework}:{key}": year for framework, key, year in rows if year is not None}


async def instruments(session: AsyncSession) -> Sequence[Instrument]:
    return (await session.scalars(select(Instrument).order_by(Instrument.position))).all()


async def library(session: AsyncSession, of: Edition) -> Library:
    """The document that the edition was made from."""
    return Library.model_validate(
        {
            "framework": of.header,
            "edition": _facts(of, EditionHeader),
            "provisions": [_facts(row, LibraryProvision) for row in await provisions(session, of)],
            "indicators": [
                _facts(row, LibraryIndicator) | {"provision": row.provision_ref}
                for row in await _rows(session, Indicator, of)
            ],
            "scale": of.scale,
            "deprecated": [_facts(row, Deprecation) for row in await _rows(session, DeprecationRow, of)],
            "claims": [_facts(row, LibraryClaim) for row in await _rows(session, Claim, of)],
        }
    )


async def _rows(session: AsyncSession, table: Any, of: Edition) -> Sequence[Any]:
    rows = select(table).where(table.edition_id == of.id).order_by(table.position, table.id)
    return (await session.scalars(rows)).all()


def _facts(row: Any, shape: type[BaseModel]) -> dict[str, Any]:
    """What a row says of the fields that a part of a document has."""
    return {name: getattr(row, name) for name in shape.model_fields if name != "provision"}


async def claims(session: AsyncSession, framework: str) -> Sequence[Claim]:
    """Figures that the framework's latest edition states about memberships."""
    latest = latest_published(Edition.id).where(Edition.framework_key == framework).subquery()
    rows = select(Claim).where(Claim.edition_id.in_(select(latest.c.id))).order_by(Claim.position, Claim.id)
    return (await session.scalars(rows)).all()
