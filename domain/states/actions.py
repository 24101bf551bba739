from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from domain.errors import Invalid, Problem
from domain.states.models import Membership, State
from schemas.catalogue import MembershipList, StateList

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

MEMBERSHIP_FACTS = ("signed", "consent", "action", "withdrawal", "confidence", "source")
STATE_FACTS = ("name", "m49", "region", "subregion", "un_member", "kind", "sample")


async def load_states(session: AsyncSession, document: StateList) -> None:
    """Make these States known, or correct what is known of them."""
    statement = insert(State).values([state.model_dump() for state in document.states])
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[State.iso3],
            set_={name: statement.excluded[name] for name in STATE_FACTS},
        )
    )


async def load_memberships(session: AsyncSession, document: MembershipList) -> None:
    """Record what these States did under the framework. Raises Invalid for States not known."""
    known = set(await session.scalars(select(State.iso3)))
    unknown = [
        Problem(f"/memberships/{number}/state", "unknown-state", f"There is no State `{entry.state}`.")
        for number, entry in enumerate(document.memberships)
        if entry.state not in known
    ]
    if unknown:
        raise Invalid("The memberships name unknown States.", unknown, code="unknown-state")
    rows = [{"framework": document.framework, **entry.model_dump()} for entry in document.memberships]
    statement = insert(Membership).values(rows)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Membership.framework, Membership.state],
            set_={name: statement.excluded[name] for name in MEMBERSHIP_FACTS},
        )
    )
