"""How much of a framework another one covers, by the mappings between them."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from schemas.fields import Outgoing

CoverageWord = Literal["full", "partial", "indication", "gap", "no-counterpart"]


class CoverageCounts(Outgoing):
    """How many assessable provisions are covered how far."""

    full: int
    partial: int
    indication: int
    gap: int
    no_counterpart: int


class CoveragePath(Outgoing):
    """One way to the provision from the other framework."""

    via: list[str]
    relations: list[str]
    mappings: list[UUID]
    confidence: float = Field(description="product along the path, 0 to 1")
    says: CoverageWord = Field(description="what it would come to by itself")
    jointly: str | None = Field(
        description="the whole that it leads to, together with other paths, a part each"
    )


class CoveredProvision(Outgoing):
    provision: str
    coverage: CoverageWord
    paths: list[CoveragePath] = Field(description="all that lead here from the other framework")
    mappings: list[UUID] = Field(description="on those paths, each once; or those that state the absence")


class CoverageSide(Outgoing):
    """The assessable provisions of one framework, in tree order, as the other one covers them.

    What would be established of each if the whole other framework were fully addressed: full is `full`,
    at least partly `partial`, a mere overlap an `indication`, and nothing a `gap`; `no-counterpart` is a
    gap that an accepted mapping states.
    """

    framework: str
    by: str
    counts: CoverageCounts
    provisions: list[CoveredProvision]


class Coverage(Outgoing):
    """Both sides: what of the other framework this one covers, and what of this one the other covers."""

    framework: str
    to: str
    sides: list[CoverageSide] = Field(description="first the other framework's provisions, then this one's")
