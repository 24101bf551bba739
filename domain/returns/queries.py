from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import contains_eager

from domain.access.rules import Actor
from domain.errors import NotFound
from domain.frameworks import queries as frameworks
from domain.frameworks.models import Indicator
from domain.returns import rules
from domain.returns.models import IndicatorReturn, ReturnChange, Round
from domain.states import queries as states
from domain.states.rules import Basis
from schemas import returns as shapes
from schemas.access import Scope
from schemas.states import MembershipStatus, PartyBy

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

MOST_STATES = 1_000


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """A State's key sees what its State returned; other keys see all."""
    if actor.state is None or actor.may(Scope.ADMIN):
        return true()
    return IndicatorReturn.state == actor.state


async def round_of(session: AsyncSession, framework: str, key: str, *, lock: bool = False) -> Round | None:
    wanted = select(Round).where(Round.framework == framework, Round.key == key)
    found: Round | None = await session.scalar(wanted.with_for_update() if lock else wanted)
    return found


async def find_round(session: AsyncSession, framework: str, key: str) -> Round:
    found = await round_of(session, framework, key)
    if found is None:
        raise NotFound(f"There is no round `{key}` of `{framework}`.", framework=framework, round=key)
    return found


async def rounds(
    session: AsyncSession, *, framework: str | None, before: UUID | None, limit: int
) -> Sequence[Round]:
    """Newest first."""
    rows = select(Round).order_by(Round.id.desc()).limit(limit)
    if framework is not None:
        rows = rows.where(Round.framework == framework)
    if before is not None:
        rows = rows.where(Round.id < before)
    return (await session.scalars(rows)).all()


async def find(
    session: AsyncSession, return_id: UUID, *, actor: Actor, lock: bool = False
) -> IndicatorReturn:
    wanted = (
        select(IndicatorReturn)
        .join(IndicatorReturn.of)
        .where(IndicatorReturn.id == return_id, visible_to(actor))
        .options(contains_eager(IndicatorReturn.of))
    )
    found = await session.scalar(wanted.with_for_update(of=IndicatorReturn) if lock else wanted)
    if found is None:
        raise NotFound(f"There is no return {return_id}.")
    return found


async def page(
    session: AsyncSession,
    *,
    actor: Actor,
    framework: str | None,
    round_key: str | None,
    state: str | None,
    before: UUID | None,
    limit: int,
) -> Sequence[IndicatorReturn]:
    """Newest first."""
    rows = (
        select(IndicatorReturn)
        .join(IndicatorReturn.of)
        .where(visible_to(actor))
        .options(contains_eager(IndicatorReturn.of))
        .order_by(IndicatorReturn.id.desc())
        .limit(limit)
    )
    for column, wanted in (
        (Round.framework, framework),
        (Round.key, round_key),
        (IndicatorReturn.state, state),
    ):
        if wanted is not None:
            rows = rows.where(column == wanted)
    if before is not None:
        rows = rows.where(IndicatorReturn.id < before)
    return (await session.scalars(rows)).all()


async def of_state(session: AsyncSession, of: Round, state: str) -> IndicatorReturn | None:
    found: IndicatorReturn | None = await session.scalar(
        select(IndicatorReturn).where(IndicatorReturn.round_id == of.id, IndicatorReturn.state == state)
    )
    return found


async def changes(
    session: AsyncSession, of: Round | IndicatorReturn, *, before: UUID | None, limit: int
) -> Sequence[ReturnChange]:
    """Of the round or return. The latest first."""
    subject = ReturnChange.round_id if isinstance(of, Round) else ReturnChange.return_id
    rows = select(ReturnChange).where(subject == of.id).order_by(ReturnChange.id.desc()).limit(limit)
    if before is not None:
        rows = rows.where(ReturnChange.id < before)
    return (await session.scalars(rows)).all()


async def table(session: AsyncSession, of: Round, *, as_of: date) -> shapes.RoundTable:
    rows = await session.scalars(select(IndicatorReturn).where(IndicatorReturn.round_id == of.id))
    return rules.table(of, rows.all(), as_of=as_of)


def told(row: IndicatorReturn, *, today: date) -> dict[str, Any]:
    """The return as it stands on a day."""
    of = row.of
    made = {"framework", "round", "expected", "timeliness"}
    stated = {name: getattr(row, name) for name in shapes.IndicatorReturn.model_fields if name not in made}
    expected = row.state in of.expected
    return stated | {
        "framework": of.framework,
        "round": of.key,
        "expected": expected,
        "timeliness": rules.timeliness(row.submitted_on, of.due, expected=expected, as_of=today),
    }


async def all_indicators(session: AsyncSession, framework: str) -> list[str]:
    """Those of the latest edition, in reading order."""
    latest = await frameworks.latest_id(session, framework)
    rows = select(Indicator.ref).where(Indicator.edition_id == latest).order_by(Indicator.position)
    return [f"{framework}:{ref}" for ref in await session.scalars(rows)]


async def parties(session: AsyncSession, framework: str, *, as_of: date) -> list[str]:
    """Parties to the framework, or to the treaty that it serves, on a day. No sample States."""
    found = await frameworks.find(session, framework)
    basis = Basis(as_of=as_of, party_by=PartyBy.DEPOSIT)
    for key in (found.key, found.parent):
        if key is None:
            continue
        held = await states.memberships(
            session, key, basis=basis, status=MembershipStatus.PARTY, after=None, limit=MOST_STATES
        )
        if held:
            return [membership.state for membership in held]
    return []
