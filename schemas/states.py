"""States, what they are party to, and where the memberships of frameworks overlap."""

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


class PartyBy(StrEnum):
    """From which day a State counts as party."""

    DEPOSIT = "deposit"
    ENTRY_INTO_FORCE = "entry-into-force"


class State(Outgoing):
    iso3: str
    name: dict[str, str]
    m49: str | None
    region: str | None
    subregion: str | None
    un_member: bool
    kind: str = Field(description="`state`, `organisation` or `territory`")
    administered_by: str | None = Field(description="territories only: the State that administers it")
    sample: bool = Field(description="fictional; in no total, overlap or rate")


class Membership(Outgoing):
    """A State's standing under a framework on a date."""

    framework: str
    state: str
    status: MembershipStatus
    signed: date | None
    consent: date | None = Field(description="deposit of ratification, accession, …")
    action: str | None
    entry_into_force: date | None = Field(
        description="for this State, by the treaty's rule; null: no consent yet, or the day is not known"
    )
    withdrawal: date | None
    confidence: str
    source: str | None


class StateDetail(State):
    memberships: list[Membership]


class Period(Outgoing):
    """Days from the first to the last, both included."""

    first: date = Field(serialization_alias="from")
    last: date | None = Field(serialization_alias="to", description="null: still so after the last change")


class ClaimCheck(Outgoing):
    """A figure that a document states, beside what the memberships say."""

    figure: int
    source: str
    statement: str
    as_of: date | None = Field(description="the day of which the document speaks, if it says")
    holds: bool = Field(description="whether the figure equals what is computed for the day asked for")
    held: list[Period] = Field(description="when the figure was what is computed, since the first party")


class Overlap(Outgoing):
    """How many of a framework's parties are party to another one too."""

    framework: str = Field(description="the other framework")
    parties: int = Field(description="parties of the other framework, whether or not party to this one")
    organisations: list[str] = Field(description="those of its parties that are not States")
    shared: int = Field(description="parties of both")
    missing: list[str] = Field(description="parties of this framework that are not party to the other")
    signatories_shared: int = Field(description="signatories of this framework that are party to the other")
    claims: list[ClaimCheck] = Field(
        description="none when a region is asked for: documents state figures of all regions together"
    )


class Overlaps(Outgoing):
    framework: str
    as_of: date
    party_by: PartyBy
    region: str | None
    parties: int
    organisations: list[str] = Field(description="those of the parties that are not States")
    signatories: int
    items: list[Overlap]


class Parties(Outgoing):
    """Parties, counted and named."""

    parties: int
    states: list[str]


class Combination(Outgoing):
    """The parties of exactly these frameworks among those asked for."""

    frameworks: list[str]
    parties: int
    states: list[str]


class RegionalParties(Outgoing):
    """How many parties each framework has in a region, and how many are party to all of them."""

    region: str
    parties: dict[str, int]
    shared: int


class Intersections(Outgoing):
    """The parties of several frameworks: of each, of all, and of every combination that occurs."""

    frameworks: list[str]
    as_of: date
    party_by: PartyBy
    region: str | None
    parties: dict[str, int] = Field(description="by framework")
    organisations: dict[str, list[str]] = Field(description="by framework, those that are not States")
    shared: Parties = Field(description="parties of all the frameworks")
    combinations: list[Combination] = Field(description="the most numerous first; together every party once")
    regions: list[RegionalParties] = Field(description="parties without a region (organisations) are in none")
