"""States, what they are party to, and where the memberships of two frameworks overlap."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import Field

from schemas.fields import Outgoing


class MembershipStatus(StrEnum):
    PARTY = "party"
    SIGNATORY = "signatory"
    WITHDRAWN = "withdrawn"
    NONE = "none"


class State(Outgoing):
    iso3: str
    name: dict[str, str]
    m49: str | None
    region: str | None
    subregion: str | None
    un_member: bool
    kind: str
    sample: bool = Field(description="fictional; in no total, overlap or rate")


class Membership(Outgoing):
    """A State's standing under a framework on a date."""

    framework: str
    state: str
    status: MembershipStatus
    signed: date | None
    consent: date | None = Field(description="deposit of ratification, accession, …")
    action: str | None
    withdrawal: date | None
    confidence: str
    source: str | None


class StateDetail(State):
    memberships: list[Membership]


class ClaimCheck(Outgoing):
    """A figure that a document states, beside what the memberships say."""

    figure: int
    source: str
    statement: str
    holds: bool = Field(description="whether the figure equals what is computed for this date")


class Overlap(Outgoing):
    """How many of a framework's parties are party to another one too."""

    framework: str = Field(description="the other framework")
    parties: int = Field(description="parties of the other framework, whether or not party to this one")
    shared: int = Field(description="parties of both")
    missing: list[str] = Field(description="parties of this framework that are not party to the other")
    signatories_shared: int = Field(description="signatories of this framework that are party to the other")
    claims: list[ClaimCheck]


class Overlaps(Outgoing):
    framework: str
    as_of: date
    parties: int
    signatories: int
    items: list[Overlap]
