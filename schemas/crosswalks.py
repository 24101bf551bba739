"""What a submission's findings establish under other frameworks, with its provenance."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from schemas.fields import Outgoing

EstablishedWord = Literal[
    "full", "partly", "none", "at-least-partly", "at-most-partly", "indication", "unknown", "conflict"
]


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


class CrosswalkItem(Outgoing):
    provision: str
    established: EstablishedWord
    bounds: Bounds | None = Field(description="null in a conflict")
    confidence: float = Field(description="that at least one path holds, 0 to 1")
    statement: str
    paths: list[CrosswalkPath]
    conflict: bool
    stale: bool = Field(description="something it rests on has changed since")
    override: str | None = Field(None, description="a person's word, where it was given")
    reuse: list[str] = Field(description="ids of the evidence to quote in the other report")


class Crosswalk(Outgoing):
    """How far the report addresses another framework's provisions. Never whether the State complies."""

    submission: UUID
    to: str
    party: bool = Field(description="whether the State is bound by the framework at the period's end")
    items: list[CrosswalkItem]
    unmapped: list[str] = Field(description="assessable provisions that no mapping leads to")


class CrosswalkList(Outgoing):
    items: list[Crosswalk]
