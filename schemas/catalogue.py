"""The lists that the catalogue is made of beside its frameworks: themes, instruments, States, memberships."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from schemas.fields import Incoming, Iso3, Key, Label, Translations

Confidence = Literal["high", "medium", "low"]


class ThemeEntry(Incoming):
    key: Key
    facet: Literal["about-whom", "about-what"]
    title: Translations


class ThemeList(Incoming):
    themes: list[ThemeEntry]


class InstrumentEntry(Incoming):
    """An instrument that the source documents name, whether or not its provisions are here."""

    key: Key
    title: Translations
    kind: Key = Field(examples=["treaty", "resolution", "marker"])
    year: Annotated[int, Field(ge=1800, le=2200)] | None
    body: Label
    source: Label
    note: Label | None = None
    framework: Key | None = Field(None, description="the framework in which its provisions are")


class InstrumentList(Incoming):
    instruments: list[InstrumentEntry]


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
