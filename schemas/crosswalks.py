"""What a submission's findings establish under other frameworks, with its provenance."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from schemas.fields import FrameworkKey, Incoming, Outgoing, Reason

Decidable = Literal["full", "partly", "none", "at-least-partly", "at-most-partly", "unknown"]
"""What a person may say. An indication and a conflict are what the machine calls its own doubts."""

EstablishedWord = Literal[Decidable, "indication", "conflict"]


class Bounds(Outgoing):
    """How far the provision's gender and diversity side is addressed: between none (0) and full (1)."""

    low: float
    low_open: bool
    high: float
    high_open: bool


class CrosswalkPath(Outgoing):
    """One way from what was reported on to the provision."""

    via: list[str]
    relations: list[str]
    mappings: list[UUID]
    confidence: float = Field(description="product along the path, 0 to 1")
    from_findings: list[str] = Field(description="criteria whose findings it carries over")
    says: EstablishedWord | None = Field(
        None, description="what would be established if there were nothing else"
    )
    jointly: str | None = Field(
        None,
        description="the whole that this path leads to a part of: it says what it says together with the "
        "other paths to parts of the same whole",
    )


class Override(Outgoing):
    """A person's word on a provision. It holds, whatever is derived, until it is taken back."""

    established: Decidable
    reason: str
    by: str
    at: datetime
    revision: int = Field(description="of the report, when it was given")
    derived_then: EstablishedWord = Field(description="what was derived when it was given")
    differs_now: bool = Field(description="something else is derived since")


class Denial(Outgoing):
    """That two provisions, by an accepted mapping, have nothing to do with each other."""

    subject: str
    object: str
    mapping: UUID
    set: str


class CrosswalkItem(Outgoing):
    provision: str
    established: EstablishedWord = Field(description="as derived; an `override` stands beside it")
    bounds: Bounds | None = Field(description="null in a conflict")
    confidence: float = Field(description="that what is established holds, 0 to 1; 0 where nothing is")
    statement: str
    level: int | None = Field(
        None,
        description="the level of the findings: it crosses only between provisions that are equal, and where "
        "the other framework's rubric has the same scale",
    )
    paths: list[CrosswalkPath]
    conflict: bool
    stale: bool = Field(
        False, description="findings or mappings have changed since; it is being derived anew"
    )
    override: Override | None = None
    denied: list[Denial] = Field(
        default_factory=list,
        description="accepted mappings of other sets that deny a link of the paths: nothing is inferred from "
        "them, and a person should read both",
    )
    reuse: list[str] = Field(
        description="ids of the evidence to quote in the other report: what shares a subject with the "
        "provision and is about those whom its whole framework is about, and all of what was said on one "
        "that asks for the same"
    )


class Absence(Outgoing):
    """That one of the two frameworks, by an accepted mapping, has no counterpart of a provision."""

    provision: str
    absent_from: str | None = Field(description="null: no framework has one")
    mapping: UUID
    set: str


class Crosswalk(Outgoing):
    """How far the report addresses another framework's provisions. Never whether the State complies."""

    submission: UUID
    to: str
    party: bool = Field(
        description="whether the framework speaks to the State at the period's end, and was adopted by then"
    )
    stale: bool = Field(
        description="findings or mappings have changed since it was derived; it is being derived anew"
    )
    items: list[CrosswalkItem]
    unmapped: list[str] = Field(description="assessable provisions that no mapping leads to")
    no_counterpart: list[Absence] = Field(description="what is stated to have none")


class CrosswalkList(Outgoing):
    items: list[Crosswalk]


class CrosswalkOrder(Incoming):
    """To which framework a crosswalk is derived."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"to": "crpd"}]})

    to: FrameworkKey
    all: bool = Field(False, description="also when the framework does not bind the State")


class OverrideDraft(Incoming):
    """What a reviewer puts beside what is derived."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"established": "partly", "reason": "Only rehabilitation is covered."}]
        }
    )

    established: Decidable
    reason: Reason
