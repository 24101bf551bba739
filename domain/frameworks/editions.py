"""Reading across the editions of a framework: what changed, what was dropped, where references go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from domain.errors import Invalid, NotFound, Problem
from domain.frameworks import changes, queries, rules
from domain.frameworks.changes import Outline
from domain.frameworks.models import Deprecation as DeprecationRow
from domain.frameworks.models import Edition, Indicator, Provision
from schemas.editions import CarryOver, CarryOverRequest, EditionDiff, NodeKind
from schemas.frameworks import Deprecated
from schemas.libraries import Deprecation, Library

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def diff(session: AsyncSession, old: Edition, new: Edition) -> EditionDiff:
    """Of two editions of one framework, published or not, whichever came first."""
    between = await _outlines(session, await _between(session, old, new))
    return changes.diff(await queries.library(session, old), await queries.library(session, new), between)


async def carry_over(session: AsyncSession, framework: str, to: str, request: CarryOverRequest) -> CarryOver:
    """Where references of an earlier edition go in this one. Writes nothing.

    Raises NotFound for an unknown edition in the address, Invalid with everything that is wrong with the
    request.
    """
    new = await queries.edition(session, framework, to)
    old = await _asked_for(session, framework, request.from_)
    between = await _between(session, old, new)
    if not between:
        detail = f"Edition {old.key} was not published before edition {new.key}."
        raise _refused([Problem("/from", "not-earlier", detail)])
    document = await queries.library(session, old)
    refs = None if request.references is None else _local(document, request.references)
    return changes.carry_over(
        document, await queries.library(session, new), await _outlines(session, between), refs
    )


async def later(session: AsyncSession, of: Edition) -> list[Outline]:
    """The editions published after this one, oldest first; none for the latest."""
    return await _outlines(session, await _between(session, of, None))


async def dropped(session: AsyncSession) -> dict[str, Deprecated]:
    """By reference, every provision that some published edition held and the latest does not."""
    rows = await session.scalars(
        select(Edition)
        .where(Edition.status == "published")
        .order_by(Edition.framework_key, Edition.published, Edition.order_key)
    )
    histories: dict[str, list[Edition]] = defaultdict(list)
    for row in rows:
        histories[row.framework_key].append(row)
    found: dict[str, Deprecated] = {}
    for framework, history in histories.items():
        if len(history) > 1:
            found |= _dropped(framework, await _outlines(session, history))
    return found


async def undeclared(session: AsyncSession, edition: Edition, library: Library) -> list[str]:
    """References of the published edition before this one that its document does not account for."""
    history = list(await queries.history(session, edition.framework_key, edition))
    before = history[[row.id for row in history].index(edition.id) + 1 :]
    outlines = await _outlines(session, [row for row in before if row.status == "published"][:1])
    return rules.undeclared(library, sorted(ref for outline in outlines for ref in outline.holds))


def _dropped(framework: str, history: Sequence[Outline]) -> dict[str, Deprecated]:
    refs = {ref for edition in history for ref, node in edition.holds.items() if node == "provision"}
    gone = ((ref, changes.dropped(framework, "provision", ref, history)) for ref in sorted(refs))
    return {f"{framework}:{ref}": deprecated for ref, deprecated in gone if deprecated is not None}


async def _asked_for(session: AsyncSession, framework: str, key: str) -> Edition:
    try:
        return await queries.edition(session, framework, key)
    except NotFound as refusal:
        raise _refused([Problem("/from", "unknown-edition", refusal.message)]) from None


def _refused(problems: list[Problem]) -> Invalid:
    return Invalid("This cannot be carried over.", problems, code="invalid-carry-over")


def _local(document: Library, references: Sequence[str]) -> list[str]:
    """The references as the document names its nodes, each once. Raises Invalid naming all it has not."""
    problems = list(_unknown(document, references))
    if problems:
        raise _refused(problems)
    return list(dict.fromkeys(_split(reference)[1] for reference in references))


def _unknown(document: Library, references: Sequence[str]) -> Iterator[Problem]:
    framework, edition = document.framework.key, document.edition.key
    held = {item.ref for item in document.provisions} | {item.ref for item in document.indicators}
    for number, reference in enumerate(references):
        of, ref, pinned = _split(reference)
        if of not in (framework, "") or pinned not in (edition, None) or ref not in held:
            detail = f"Edition {edition} of `{framework}` has no `{reference}`."
            yield Problem(f"/references/{number}", "unknown-reference", detail)


def _split(reference: str) -> tuple[str, str, str | None]:
    """The framework is empty where the reference names none."""
    return rules.split_reference(reference if ":" in reference else f":{reference}")


async def _between(session: AsyncSession, old: Edition, new: Edition | None) -> list[Edition]:
    """Published after `old` and up to `new`, oldest first; without `new` up to the latest.

    None when `new` is not later than `old`.
    """
    asked = [old] if new is None else [old, new]
    history = list(reversed(await queries.history(session, old.framework_key, *asked)))
    keys = [edition.id for edition in history]
    return history[keys.index(old.id) + 1 : keys.index(new.id) + 1 if new else None]


async def _outlines(session: AsyncSession, editions: Sequence[Edition]) -> list[Outline]:
    if not editions:
        return []
    keys = [edition.id for edition in editions]
    holds: dict[UUID, dict[str, NodeKind]] = {key: {} for key in keys}
    for edition, ref in await _held(session, Provision, keys):
        holds[edition][ref] = "provision"
    for edition, ref in await _held(session, Indicator, keys):
        holds[edition][ref] = "indicator"
    deprecated: dict[UUID, dict[str, Deprecation]] = {key: {} for key in keys}
    for row in await session.scalars(select(DeprecationRow).where(DeprecationRow.edition_id.in_(keys))):
        declared = Deprecation(ref=row.ref, successors=row.successors, note=row.note)
        deprecated[row.edition_id][row.ref] = declared
    return [Outline(edition.key, holds[edition.id], deprecated[edition.id]) for edition in editions]


async def _held(session: AsyncSession, table: Any, editions: Sequence[UUID]) -> Any:
    return await session.execute(select(table.edition_id, table.ref).where(table.edition_id.in_(editions)))
