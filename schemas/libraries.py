"""A library document: one edition of one framework, as it is loaded, published and exported.

The same shape is read from YAML files and from `PUT /v1/frameworks/{key}/editions/{edition}`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, FiniteFloat

from schemas.fields import (
    EditionKey,
    FrameworkKey,
    Incoming,
    IsoDate,
    Key,
    Label,
    Language,
    LocalReference,
    Translations,
    Unique,
)

FrameworkKind = Literal[
    "treaty", "action-plan", "agenda", "goals", "compact", "resolution-series", "strategic-plan",
    "terms-of-reference", "guidance", "working-paper", "indicator-system", "scale",
]  # fmt: skip
IndicatorKind = Literal["number", "ratio", "ordinal", "yes-no", "text"]
Direction = Literal["up", "down"]
Growth = Literal["linear", "compound"]
Counting = Literal["running", "by-period"]
TitleSource = Literal["official", "conventional", "reconstructed", "paraphrased"]
StatedKind = Literal["number", "text", "tbd", "increment", "at-least", "per-period", "currency", "percent"]


class FrameworkHeader(Incoming):
    """The framework itself, as this edition describes it."""

    key: FrameworkKey
    kind: FrameworkKind
    title: Translations
    short_title: Label | None = None
    body: Label | None = Field(None, description="the body that adopted it or meets under it")
    adopted: IsoDate | None = None
    parent: FrameworkKey | None = Field(None, description="the framework under which this one was adopted")


class EditionHeader(Incoming):
    key: EditionKey
    published: IsoDate
    languages: Unique[Language] = Field(min_length=1)
    source: Label = Field(description="the document that this edition was taken from")


class LibraryProvision(Incoming):
    """A node of the edition's tree, in reading order; a parent stands before its children."""

    ref: LocalReference
    parent: LocalReference | None = None
    kind: Key = Field(examples=["article", "action", "goal", "target", "pillar", "activity"])
    title: Translations
    summary: Translations | None = Field(None, description="what it asks, paraphrased")
    assessable: bool = True
    themes: Unique[Key] = Field(default_factory=list)
    source: Label | None = Field(None, description="paragraph of the source that this rests on")
    verified: bool = Field(True, description="false: not yet checked against the official text")
    title_source: TitleSource = "official"


class StatedValue(Incoming):
    """A baseline or target as it is printed, and what can be read out of it."""

    model_config = ConfigDict(from_attributes=True)

    printed: Label = Field(examples=["2 additional countries", "TBD", "US$ 50,000"])
    kind: StatedKind
    number: FiniteFloat | None = None
    unit: Label | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217")] | None = None


class ScaleLevel(Incoming):
    """A step of an ordinal scale, lowest first."""

    model_config = ConfigDict(from_attributes=True)

    value: Label = Field(examples=["0", "A"])
    title: Translations
    meaning: Translations
    counts_as: Label | None = Field(None, description="the group in which the owner of the scale counts it")
    verified: bool = True


class LibraryIndicator(Incoming):
    ref: LocalReference
    provision: LocalReference
    title: Translations
    kind: IndicatorKind
    unit: Label | None = None
    direction: Direction | None = None
    scale: Annotated[list[ScaleLevel], Field(min_length=2)] | None = Field(
        None, description="of an ordinal indicator: its own levels, lowest first"
    )
    growth: Growth | None = Field(
        None, description="the way from baseline to target; left out: `linear`, the same amount every year"
    )
    counting: Counting | None = Field(
        None,
        description="`by-period`: a value counts what happened in its period, and values add up; left out: "
        "`running`, a value says how things stood at the end of its period",
    )
    disaggregation: Unique[Key] = Field(default_factory=list, description="expected breakdowns")
    baselines: list[StatedValue] = Field(
        default_factory=list, description="the cell of the document, value by value"
    )
    targets: list[StatedValue] = Field(
        default_factory=list, description="the cell of the document, value by value"
    )
    data_sources: list[Label] = Field(default_factory=list)
    responsible: Unique[Label] = Field(default_factory=list, description="who answers for it")
    source: Label | None = None
    verified: bool = True


class LibraryClaim(Incoming):
    """A figure that a document states about memberships, kept beside what is computed.

    The other framework may be loaded later; until its memberships are known, the claim is shown nowhere.
    """

    other: FrameworkKey = Field(description="the framework whose parties are counted among this one's")
    figure: Annotated[int, Field(ge=0, le=1_000_000)]
    as_of: IsoDate | None = None
    statement: Label
    source: Label


class Scale(Incoming):
    """The ordinal scale that the edition defines."""

    model_config = ConfigDict(from_attributes=True)

    levels: list[ScaleLevel] = Field(min_length=2)
    criteria: list[LocalReference] = Field(
        default_factory=list, description="provisions that decide which level it is"
    )


class Deprecation(Incoming):
    """A provision or indicator of an earlier edition that this one no longer holds."""

    ref: LocalReference
    successors: list[LocalReference] = Field(
        default_factory=list, description="what takes its place in this edition; none: it was dropped"
    )
    note: Label | None = None


class Library(Incoming):
    """One edition of one framework: the unit of loading, publishing and exporting."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "framework": {"key": "ccm-plan", "kind": "action-plan", "title": {"en": "A plan"}},
                    "edition": {
                        "key": "2026",
                        "published": "2026-01-31",
                        "languages": ["en"],
                        "source": "CCM/MSP/2026/1",
                    },
                    "provisions": [
                        {
                            "ref": "action-1",
                            "kind": "action",
                            "title": {"en": "Collect data by sex, age and disability"},
                            "themes": ["disaggregated-data"],
                        }
                    ],
                }
            ]
        }
    )

    framework: FrameworkHeader
    edition: EditionHeader
    provisions: list[LibraryProvision]
    indicators: list[LibraryIndicator] = Field(default_factory=list)
    scale: Scale | None = None
    deprecated: list[Deprecation] = Field(
        default_factory=list, description="what earlier editions held and this one does not"
    )
    claims: list[LibraryClaim] = Field(default_factory=list)
