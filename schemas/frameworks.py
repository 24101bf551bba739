"""Frameworks, their editions, provisions, indicators and themes, as clients read them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from schemas.fields import Outgoing
from schemas.libraries import Counting, Growth, Scale, ScaleLevel, StatedValue


class Theme(Outgoing):
    """A concept of the controlled vocabulary that cuts across frameworks."""

    key: str
    facet: str
    title: dict[str, str]


class Instrument(Outgoing):
    """An instrument that the source documents of the catalogue name."""

    key: str
    title: dict[str, str]
    kind: str
    year: int | None = Field(description="null: the documents name none")
    body: str
    source: str = Field(description="where it is named")
    note: str | None
    framework: str | None = Field(description="the framework in which its provisions are, if they are here")


class Edition(Outgoing):
    """An edition is immutable once published."""

    framework: str
    key: str
    status: Literal["draft", "published"]
    published: date
    languages: list[str]
    source: str
    fingerprint: str = Field(
        description=(
            "SHA-256 of the library document's canonical JSON. Of an edition that an earlier release "
            "published, as that release wrote it, until the document comes again."
        )
    )
    scale: Scale | None = Field(description="the ordinal scale that the edition defines, if it does")
    created: datetime


class Framework(Outgoing):
    """A treaty, action plan, agenda or another instrument that States answer to."""

    key: str
    kind: str
    title: dict[str, str]
    short_title: str | None
    body: str | None
    adopted: date | None
    parent: str | None
    edition: Edition | None = Field(description="the latest published edition, or the one asked for")


class Deprecated(Outgoing):
    """The latest edition no longer holds it. What was said about it stands."""

    edition: str = Field(description="the first edition without it")
    successors: list[str] = Field(description="references that take its place; none: it was dropped")
    note: str | None


class Provision(Outgoing):
    """A node of an edition's tree, in reading order."""

    reference: str = Field(examples=["ccm:art-7"])
    framework: str
    edition: str
    ref: str
    parent: str | None = Field(description="reference of the parent within the framework")
    depth: int
    position: int
    kind: str
    title: dict[str, str]
    summary: dict[str, str] | None
    assessable: bool
    themes: list[str]
    source: str | None
    verified: bool = Field(description="false: not yet checked against the official text")
    title_source: str
    deprecated: Deprecated | None = Field(None, description="null: the latest edition holds it")


class Indicator(Outgoing):
    """What is counted for a provision."""

    reference: str = Field(examples=["sdg:5.2.1"])
    framework: str
    edition: str
    ref: str
    provision: str
    title: dict[str, str]
    kind: str
    unit: str | None
    direction: str | None
    scale: list[ScaleLevel] | None = Field(description="of an ordinal one: its own levels, lowest first")
    growth: Growth | None = Field(description="the way from baseline to target; null: `linear`")
    counting: Counting | None = Field(
        description="whether values are `running` totals or states (null), or add up `by-period`"
    )
    disaggregation: list[str]
    baselines: list[StatedValue] = Field(description="as printed, value by value")
    targets: list[StatedValue] = Field(description="as printed, value by value")
    data_sources: list[str]
    responsible: list[str]
    source: str | None
    verified: bool
    deprecated: Deprecated | None = Field(None, description="null: the latest edition holds it")


class Tree(Outgoing):
    """One edition whole."""

    framework: str
    edition: str
    provisions: list[Provision] = Field(description="in reading order; `parent` and `depth` make the tree")
    indicators: list[Indicator] = Field(description="in reading order; each names its provision")


class PublishedEdition(Outgoing):
    """What became of a library document."""

    edition: Edition
    status: Literal["published", "draft", "unchanged"]
    latest: bool = Field(description="whether this is now the latest published edition of its framework")
    provisions: int
    indicators: int
    undeclared: list[str] = Field(
        description="references of the edition before that are neither here nor `deprecated`: dropped in "
        "silence, or misspelt"
    )
