"""The lists that the catalogue is made of beside its frameworks: themes, instruments, States, memberships."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.fields import FrameworkKey, Incoming, Iso3, IsoDate, Key, Label, Translations

Confidence = Literal["high", "medium", "low"]
ConsentAction = Literal[
    "ratification", "acceptance", "approval", "accession", "succession", "formal confirmation",
    "definitive signature",
]  # fmt: skip
Day = Annotated[IsoDate, Field(ge=date(1800, 1, 1), lt=date(2200, 1, 1))]


class ThemeEntry(Incoming):
    key: Key
    facet: Literal["about-whom", "about-what"]
    title: Translations


class ThemeList(Incoming):
    themes: list[ThemeEntry] = Field(min_length=1)


class InstrumentEntry(Incoming):
    """An instrument that the source documents name, whether or not its provisions are here."""

    key: Key
    title: Translations
    kind: Key = Field(examples=["treaty", "resolution", "marker"])
    year: Annotated[int, Field(ge=1800, le=2200)] | None
    body: Label
    source: Label
    note: Label | None = None
    framework: FrameworkKey | None = Field(
        None,
        description="the framework in which its provisions are. A provision there that has the instrument's "
        "key is the instrument itself, and as old as it.",
    )


class InstrumentList(Incoming):
    instruments: list[InstrumentEntry] = Field(min_length=1)


class StateEntry(Incoming):
    """A State, an organisation that can be party to treaties, or a territory, which cannot."""

    iso3: Iso3
    name: Translations
    m49: Annotated[str, Field(pattern=r"^\d{3}$")] | None = None
    region: Label | None = None
    subregion: Label | None = None
    un_member: bool = Field(False, description="of the United Nations; States alone can be")
    kind: Literal["state", "organisation", "territory"] = "state"
    administered_by: Iso3 | None = Field(
        None, description="territories only: the State that administers it; null where none is recognised"
    )
    sample: bool = Field(False, description="fictional; in no total, overlap or rate")

    @model_validator(mode="after")
    def _is_what_its_kind_allows(self) -> Self:
        if self.administered_by is not None and self.kind != "territory":
            raise ValueError("only a territory is administered by a State")
        if self.un_member and self.kind != "state":
            raise ValueError("only States are members of the United Nations")
        return self


class StateList(Incoming):
    states: list[StateEntry] = Field(min_length=1)


class EntryIntoForce(Incoming):
    """When a treaty binds a State that consents to it: some days later, or at the beginning of a month."""

    convention: Day = Field(description="the day on which the treaty itself entered into force")
    days: Annotated[int, Field(ge=0, le=1_000)] | None = Field(
        None, description="the n-th day after that of the deposit"
    )
    first_of_month: Annotated[int, Field(ge=1, le=60)] | None = Field(
        None, description="the first day of the n-th month after that of the deposit"
    )
    source: Label = Field(examples=["CCM, article 17"])

    @model_validator(mode="after")
    def _counts_in_days_or_in_months(self) -> Self:
        if (self.days is None) == (self.first_of_month is None):
            raise ValueError("it counts either in `days` or to the `first_of_month`")
        return self


class MembershipEntry(Incoming):
    """What a State did under a framework. One that left and joined again: its last spell."""

    state: Iso3
    signed: Day | None = None
    consent: Day | None = Field(None, description="deposit of ratification, accession, …")
    action: ConsentAction | None = Field(None, description="how it consented; left out: not known")
    entry_into_force: Day | None = Field(
        None,
        description="for this State, where the rule of the list does not give the day. By the rule a "
        "succession binds from the day of its deposit: at the latest then, often from independence.",
    )
    withdrawal: Day | None = Field(None, description="the day a withdrawal took effect")
    confidence: Confidence = "high"
    source: Label | None = None


class MembershipList(Incoming):
    framework: FrameworkKey
    entry_into_force: EntryIntoForce | None = Field(
        None, description="left out: the day is known where an entry states it, and nowhere else"
    )
    memberships: list[MembershipEntry] = Field(min_length=1)


class MembershipLists(Incoming):
    """Memberships of several frameworks in one file."""

    memberships_of: list[MembershipList] = Field(min_length=1)
