from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from domain.errors import Invalid, Problem
from domain.frameworks import rules as frameworks
from domain.frameworks.models import Framework
from domain.states import rules
from domain.states.models import Membership, State
from schemas.catalogue import MembershipList, StateList

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

MEMBERSHIP_FACTS = (
    "signed", "consent", "action", "entry_into_force", "withdrawal", "confidence", "source",
)  # fmt: skip
STATE_FACTS = (
    "name", "m49", "region", "subregion", "un_member", "kind", "administered_by", "sample",
)  # fmt: skip


async def load_states(session: AsyncSession, document: StateList) -> None:
    """Make these States known, or correct what is known of them.

    Raises Invalid with every problem at once: States named twice, territories whose administering State is
    not known.
    """
    known = set(await session.scalars(select(State.iso3))) | {entry.iso3 for entry in document.states}
    found = list(frameworks.repeated((entry.iso3 for entry in document.states), "/states/{}/iso3"))
    found += [
        Problem(
            f"/states/{number}/administered_by",
            "unknown-state",
            f"There is no State `{entry.administered_by}`.",
        )
        for number, entry in enumerate(document.states)
        if entry.administered_by is not None and entry.administered_by not in known
    ]
    if found:
        raise Invalid("The States have problems.", found, code="invalid-states")
    rows = [state.model_dump() for state in document.states]
    rows.sort(key=lambda row: row["administered_by"] is not None)  # States before their territories
    statement = insert(State)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[State.iso3],
            set_={name: statement.excluded[name] for name in STATE_FACTS},
        ),
        rows,
    )


async def load_memberships(session: AsyncSession, document: MembershipList) -> None:
    """Record what these States did under the framework, and from when it binds each.

    Raises Invalid with every problem at once: a framework or States that are not known, territories,
    States named twice, dates out of order.
    """
    known = await session.execute(select(State.iso3, State.kind))
    kinds = {row.iso3: row.kind for row in known}
    found = rules.problems(document, kinds, set(await session.scalars(select(Framework.key))))
    if found:
        raise Invalid("The memberships have problems.", found, code="invalid-memberships")
    rows = [
        entry.model_dump()
        | {
            "framework": document.framework,
            "entry_into_force": rules.entry_into_force(document.entry_into_force, entry),
        }
        for entry in document.memberships
    ]
    statement = insert(Membership)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[Membership.framework, Membership.state],
            set_={name: statement.excluded[name] for name in MEMBERSHIP_FACTS},
        ),
        rows,
    )
