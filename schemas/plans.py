"""What crosses the wire about plans, who changed what of them, and mandates."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, model_validator

from schemas.catalogue import Day
from schemas.fields import EditionKey, FrameworkKey, Incoming, Iso3, LocalReference, Outgoing, Unique
from schemas.meetings import Line
from schemas.plan_items import check_evidence
from schemas.plan_progress import RollUp

Owner = Annotated[
    Line,
    Field(
        description="ISO 3166-1 alpha-3 code of a State, or the name of an organisation",
        examples=["OAS", "HRV"],
    ),
]


def _in_order(first: date | None, last: date | None, *, name: str, after: str) -> None:
    if first is not None and last is not None and last < first:
        raise ValueError(f"`{name}` must not lie before `{after}`")


class Origin(Incoming, Outgoing):
    """What a plan follows from: another plan, perhaps an item of it; an assessment; or a document."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"document": "Participatory gender audit, Ministry of Labour, 2026"}]}
    )

    plan: UUID | None = None
    item: LocalReference | None = Field(None, description="of that plan")
    assessment: UUID | None = None
    document: Annotated[Line, AfterValidator(check_evidence)] | None = Field(
        None, description="address of a page, or what the document is called"
    )

    @model_validator(mode="after")
    def name_one(self) -> Self:
        if sum(one is not None for one in (self.plan, self.assessment, self.document)) != 1:
            raise ValueError("name one of plan, assessment and document")
        if self.item is not None and self.plan is None:
            raise ValueError("an item is one of a plan: name the plan")
        return self


class PlanDraft(Incoming):
    """That an owner carries out an edition of a framework, from a day until another; both are included."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"framework": "cim-plan", "owner": "OAS", "start": "2016-01-01", "end": "2021-12-31"}
            ]
        }
    )

    framework: FrameworkKey
    edition: EditionKey | None = Field(None, description="the latest published one when left out")
    owner: Owner
    title: Line | None = Field(None, description="that of the framework when left out")
    start: Day
    end: Day
    rollup: RollUp = Field("leaves", description="by which rule its progress is rolled up")
    origin: Origin | None = Field(None, alias="from", description="what it follows from")

    @model_validator(mode="after")
    def end_after_the_start(self) -> Self:
        _in_order(self.start, self.end, name="end", after="start")
        return self


class PlanChange(Incoming):
    """What may change about a plan; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"end": "2022-06-30"}]})

    title: Line | None = None
    start: Day | None = None
    end: Day | None = None
    rollup: RollUp | None = None

    @model_validator(mode="after")
    def change_something(self) -> Self:
        """A change of nothing is a mistake, and nothing here can be taken away."""
        if not self.model_fields_set:
            raise ValueError("name at least one thing to change")
        if any(getattr(self, name) is None for name in self.model_fields_set):
            raise ValueError("a plan always has a title, a start, an end and a rule; null is not possible")
        return self


class Plan(Outgoing):
    """A framework's tree being carried out by an owner."""

    id: UUID
    framework: str
    edition: str
    title: str
    owner: str
    """Of the plan of a mandate: the States that hold the mandate."""
    state: str | None
    """The owner's code, where the owner was recognised as a State."""
    mandate: UUID | None
    start: date
    end: date | None
    """Null in the plan of a mandate whose end is not known yet."""
    rollup: RollUp
    """The rule by which its progress is rolled up."""
    origin: Origin | None = Field(serialization_alias="from")
    """What it follows from; null for a plan of its own."""
    created_at: AwareDatetime
    updated_at: AwareDatetime


class ChangedField(Outgoing):
    field: str
    before: Any
    after: Any


class RecordedChange(Outgoing):
    """Who changed what, and when."""

    id: UUID
    at: AwareDatetime
    by: str
    changes: list[ChangedField]


RecordedKind = Literal["plan", "mandate", "set-up", "data-source", "intervention", "forum"]


class RecordedPlanChange(RecordedChange):
    """Who changed what of a plan beside its items."""

    kind: RecordedKind
    thing: UUID
    """Id of what was changed: the plan or mandate itself, or something that belongs to it."""


class HolderDraft(Incoming):
    """A State that holds a mandate, and who acts for it."""

    state: Iso3
    persons: Unique[UUID] = Field([], max_length=20, description="ids of persons")
    role: Line | None = Field(None, examples=["Coordinator on General Status and Operation"])


def _each_state_once(holders: list[HolderDraft]) -> list[HolderDraft]:
    if len({holder.state for holder in holders}) < len(holders):
        raise ValueError("a State is named twice")
    if any(len(set(holder.persons)) < len(holder.persons) for holder in holders):
        raise ValueError("a person is named twice")
    return holders


Holders = Annotated[list[HolderDraft], Field(min_length=1, max_length=20), AfterValidator(_each_state_once)]
Overlapping = Annotated[
    bool, Field(description="that it runs beside another mandate for a time is meant, as in a handover")
]


class MandateDraft(Incoming):
    """Terms of reference given to States, from a day until another; both days are included."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "framework": "ccm",
                    "terms": "ccm-gfp-tor",
                    "holders": [{"state": "XAA"}, {"state": "XBB"}],
                    "from": "2026-09-01",
                    "until": "2028-08-31",
                }
            ]
        }
    )

    framework: FrameworkKey = Field(examples=["ccm"])
    terms: FrameworkKey = Field(
        description="the terms of reference, as a framework", examples=["ccm-gfp-tor"]
    )
    edition: EditionKey | None = Field(None, description="of the terms; the latest when left out")
    holders: Holders
    since: Day = Field(alias="from")
    until: Day | None = Field(None, description="null while the end is not known")
    overlapping: Overlapping = False

    @model_validator(mode="after")
    def end_after_the_start(self) -> Self:
        _in_order(self.since, self.until, name="until", after="from")
        return self


class MandateChange(Incoming):
    """What may change about a mandate; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"until": "2028-08-31"}]})

    holders: Holders | None = None
    since: Day | None = Field(None, alias="from")
    until: Day | None = Field(None, description="null: the end is not known")
    overlapping: Overlapping = False

    @model_validator(mode="after")
    def change_something(self) -> Self:
        if not self.model_fields_set - {"overlapping"}:
            raise ValueError("name at least one thing to change")
        if any(getattr(self, name) is None for name in self.model_fields_set - {"until"}):
            raise ValueError("a mandate always has holders and a first day; null is not possible")
        return self


class Holder(Outgoing):
    state: str
    persons: list[UUID]
    role: str | None


class Mandate(Outgoing):
    """Terms of reference in force from a day, and who holds them."""

    id: UUID
    framework: str
    terms: str
    holders: list[Holder]
    since: date = Field(serialization_alias="from")
    until: date | None
    plan: UUID
    """The plan of the activities that the terms ask for."""
    created_at: AwareDatetime
    updated_at: AwareDatetime
