"""The documents that the catalogue is made of: one framework edition, States, memberships, themes.

The same shapes are read from YAML files and from `PUT /v1/frameworks/{key}/editions/{edition}`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from schemas.fields import Incoming, Iso3, Key, Label, Language, LocalReference, Translations

FrameworkKind = Literal[
    "treaty", "action-plan", "agenda", "goals", "compact", "resolution-series", "strategic-plan",
    "terms-of-reference", "guidance", "working-paper", "indicator-system", "scale",
]  # fmt: skip
IndicatorKind = Literal["number", "ratio", "ordinal", "yes-no", "text"]
Direction = Literal["up", "down"]
TitleSource = Literal["official", "conventional", "reconstructed", "paraphrased"]
Confidence = Literal["high", "medium", "low"]


class FrameworkHeader(Incoming):
    """The framework itself: what all its editions share."""

    key: Key
    kind: FrameworkKind
    title: Translations
    short_title: Label | None = None
    body: Label | None = Field(None, description="the body that adopted it or meets under it")
    adopted: date | None = None
    parent: Key | None = Field(None, description="the framework under which this one was adopted")


class EditionHeader(Incoming):
    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+$", max_length=40)]
    published: date
    languages: list[Language] = Field(min_length=1)
    source: Label = Field(description="the document that this edition was taken from")


class LibraryProvision(Incoming):
    """A node of the edition's tree, in reading order; a parent stands before its children."""

    ref: LocalReference
    parent: LocalReference | None = None
    kind: Key = Field(examples=["article", "action", "goal", "target", "pillar", "activity"])
    title: Translations
    summary: Translations | None = Field(None, description="what it asks, paraphrased")
    assessable: bool = True
    themes: list[Key] = Field(default_factory=list)
    source: Label | None = Field(None, description="paragraph of the source that this rests on")
    verified: bool = Field(True, description="false: not yet checked against the official text")
    title_source: TitleSource = "official"


class LibraryIndicator(Incoming):
    ref: LocalReference
    provision: LocalReference
    title: Translations
    kind: IndicatorKind
    unit: Label | None = None
    direction: Direction | None = None
    disaggregation: list[Key] = Field(default_factory=list, description="expected breakdowns")
    source: Label | None = None
    verified: bool = True


class LibraryClaim(Incoming):
    """A figure that a document states about memberships, kept beside what is computed."""

    other: Key = Field(description="the framework whose parties are counted among this one's")
    figure: Annotated[int, Field(ge=0, le=1_000_000)]
    as_of: date | None = None
    statement: Label
    source: Label


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
    claims: list[LibraryClaim] = Field(default_factory=list)


class ThemeEntry(Incoming):
    key: Key
    facet: Literal["about-whom", "about-what"]
    title: Translations


class ThemeList(Incoming):
    themes: list[ThemeEntry]


class StateEntry(Incoming):
    iso3: Iso3
    name: Translations
    m49: Annotated[str, Field(pattern=r"^\d{3}$")] | None = None
    region: Label | None = None
    subregion: Label | None = None
    un_member: bool = False
    kind: Literal["state", "organisation"] = "state"
    sample: bool = Field(False, description="fictional; in no total, overlap or rate")


class StateList(Incoming):
    states: list[StateEntry]


class MembershipEntry(Incoming):
    state: Iso3
    signed: date | None = None
    consent: date | None = Field(None, description="deposit of ratification, accession, …")
    action: Label | None = Field(None, description="ratification, accession, acceptance, …")
    withdrawal: date | None = Field(None, description="the day a withdrawal took effect")
    confidence: Confidence = "high"
    source: Label | None = None


class MembershipList(Incoming):
    framework: Key
    memberships: list[MembershipEntry]
