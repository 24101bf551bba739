from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from domain.assessments import queries as assessments
from domain.errors import Conflict, Invalid, NotFound
from domain.frameworks import queries as frameworks
from domain.frameworks.models import Edition, Indicator, Provision
from domain.mappings.graph import framework_of
from domain.mappings.models import SUGGESTED_SETS, Mapping, MappingSet
from domain.mappings.rules import NO_TERM_FOUND
from domain.suggestions.tasks import Known, Pair, Task
from domain.suggestions.texts import Entry, Side
from schemas.jobs import SuggestMappings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


def set_key(source: str, target: str) -> str:
    """The set that keeps what was suggested between two frameworks, and what became of it."""
    return f"{SUGGESTED_SETS}{source}-{target}"


async def must_be_possible(session: AsyncSession, source: str, target: str, only: str | None) -> None:
    """Raises NotFound or Invalid unless mappings can be suggested so."""
    if source == target:
        raise Invalid("Mappings connect two frameworks; these are the same.", code="same-framework")
    for key in (source, target):
        await frameworks.find(session, key)
    if only is not None and not (await frameworks.assessable(session)).get(only, False):
        await _explain(session, only)


async def _explain(session: AsyncSession, reference: str) -> None:
    """Why a provision cannot be mapped."""
    provision = await frameworks.provision(session, reference)
    if provision.reference == reference and not provision.assessable:
        raise Invalid(f"`{reference}` is a heading; nothing is mapped to it.", code="not-assessable")
    raise NotFound(f"The latest edition of `{provision.framework}` has no provision `{reference}`.")


async def task(session: AsyncSession, order: SuggestMappings, *, encoder: bool) -> Task:
    """What is to be compared, as it is now, and whether the sentence encoder may be used.

    Raises NotFound when one of the frameworks is gone.
    """
    rows = await _between(session, order.source, order.target)
    return Task(
        source=await _side(session, order.source, headings=order.headings in ("both", "from")),
        target=await _side(session, order.target, headings=order.headings in ("both", "to")),
        thesaurus=await _thesaurus(session),
        only=order.only,
        most=order.most,
        passed_over=frozenset(_decided_pairs(rows, order)),
        without=await _without_counterpart(session, order),
        known=[Known(str(row.id), _turned(row, order.source)) for row in rows if row.status == "accepted"],
        encoder=encoder,
    )


async def _thesaurus(session: AsyncSession) -> str | None:
    """The newest, as JSON; without any, provisions are compared by themes alone."""
    try:
        return json.dumps((await assessments.latest_thesaurus(session)).document)
    except Conflict:
        return None


async def decided_pairs(session: AsyncSession, order: SuggestMappings) -> set[Pair]:
    """Pairs that are not to be proposed: somebody rejected them, or accepted them already."""
    return _decided_pairs(await _between(session, order.source, order.target), order)


def _decided_pairs(rows: Iterable[Mapping], order: SuggestMappings) -> set[Pair]:
    """A set holds a pair once, so what was accepted in it is not proposed in it again even if asked for."""
    own = set_key(order.source, order.target)
    return {
        _turned(row, order.source)
        for row in rows
        if not (order.mapped and row.status == "accepted" and row.set != own)
    }


def _turned(row: Mapping, source: str) -> Pair:
    if framework_of(row.subject) == source:
        return row.subject, row.object
    return row.object, row.subject


async def _between(session: AsyncSession, source: str, target: str) -> Sequence[Mapping]:
    """Mappings between two frameworks that somebody has decided on, whichever way they run."""
    rows = select(Mapping).where(
        or_(Mapping.status != "suggested", Mapping.decided_at.is_not(None)),
        or_(_leads(source, target), _leads(target, source)),
    )
    return (await session.scalars(rows.order_by(Mapping.set, Mapping.position, Mapping.id))).all()


def _leads(source: str, target: str) -> ColumnElement[bool]:
    return and_(
        func.split_part(Mapping.subject, ":", 1) == source, func.split_part(Mapping.object, ":", 1) == target
    )


async def _without_counterpart(session: AsyncSession, order: SuggestMappings) -> frozenset[str]:
    """Provisions of either framework of which it is accepted that the other, or any, has no counterpart."""
    rows = await session.execute(
        select(Mapping.subject, Mapping.object, Mapping.absent_from).where(
            Mapping.status == "accepted",
            or_(Mapping.subject == NO_TERM_FOUND, Mapping.object == NO_TERM_FOUND),
        )
    )
    other = {order.source: order.target, order.target: order.source}
    return frozenset(
        reference
        for subject, object_, absent_from in rows
        for reference in (subject, object_)
        if framework_of(reference) in other and absent_from in (None, other[framework_of(reference)])
    )


async def _side(session: AsyncSession, framework: str, *, headings: bool) -> Side:
    edition = await frameworks.edition(session, framework)
    provisions = await frameworks.provisions(session, edition)
    counted = await _indicators(session, edition)
    titles = {provision.ref: provision.title for provision in provisions}
    entries = [
        _entry(provision, titles.get(provision.parent or "", {}) if headings else {}, counted)
        for provision in provisions
        if provision.assessable
    ]
    return Side(framework, tuple(edition.languages), entries)


def _entry(provision: Provision, heading: dict[str, str], counted: dict[str, list[dict[str, str]]]) -> Entry:
    return Entry(
        reference=provision.reference,
        title=provision.title,
        summary=provision.summary or {},
        heading=heading,
        counted=counted.get(provision.ref, []),
        themes=frozenset(provision.themes),
    )


async def _indicators(session: AsyncSession, edition: Edition) -> dict[str, list[dict[str, str]]]:
    """The titles of the indicators of each provision."""
    rows = await session.execute(
        select(Indicator.provision_ref, Indicator.title)
        .where(Indicator.edition_id == edition.id)
        .order_by(Indicator.position)
    )
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for ref, title in rows:
        found[ref].append(title)
    return found


async def find_set(session: AsyncSession, source: str, target: str) -> MappingSet:
    """Raises NotFound when nothing has been suggested between the two yet."""
    key = set_key(source, target)
    found: MappingSet | None = await session.scalar(select(MappingSet).where(MappingSet.key == key))
    if found is None:
        raise NotFound(
            f"No mappings from `{source}` to `{target}` have been suggested; ask for them.",
            code="nothing-suggested",
        )
    return found


async def page(
    session: AsyncSession, of: MappingSet, *, provision: str | None, after: int | None, limit: int
) -> Sequence[Mapping]:
    """Open suggestions, the best first."""
    rows = select(Mapping).where(Mapping.set_id == of.id, Mapping.status == "suggested")
    if provision is not None:
        rows = rows.where(or_(Mapping.subject == provision, Mapping.object == provision))
    if after is not None:
        rows = rows.where(Mapping.position > after)
    return (await session.scalars(rows.order_by(Mapping.position).limit(limit))).all()


async def mappings(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Mapping]:
    """Those of them that are still there."""
    rows = await session.scalars(select(Mapping).where(Mapping.id.in_(list(ids))))
    return {row.id: row for row in rows}
