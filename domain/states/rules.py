"""Standing under a framework on a day, and what two memberships share. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from schemas.states import MembershipStatus


def status(
    as_of: date, *, signed: date | None, consent: date | None, withdrawal: date | None
) -> MembershipStatus:
    """A State is party from the day it deposited its consent until its withdrawal takes effect."""
    if consent is not None and consent <= as_of:
        withdrawn = withdrawal is not None and withdrawal <= as_of
        return MembershipStatus.WITHDRAWN if withdrawn else MembershipStatus.PARTY
    if signed is not None and signed <= as_of:
        return MembershipStatus.SIGNATORY
    return MembershipStatus.NONE


@dataclass(frozen=True, slots=True)
class Standing:
    """The States of a framework on a day."""

    parties: frozenset[str]
    signatories: frozenset[str]


def standing(statuses: Iterable[tuple[str, MembershipStatus]]) -> Standing:
    pairs = list(statuses)
    return Standing(
        frozenset(state for state, standing in pairs if standing is MembershipStatus.PARTY),
        frozenset(state for state, standing in pairs if standing is MembershipStatus.SIGNATORY),
    )
