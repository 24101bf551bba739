"""What crosses the wire about plans: items, changes, notes of progress; and mandates."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, model_validator

from schemas.catalogue import Day
from schemas.fields import EditionKey, FrameworkKey, Incoming, Iso3, Outgoing, Reason, Unique
from schemas.meetings import Line

ItemStatus = Literal["not-started", "under-way", "done", "dropped"]

UUID_TEXT = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
EXECUTABLE = ("javascript:", "data:", "vbscript:", "file:")


def person_of(responsible: str) -> UUID | None:
    """The person that an entry names by id; None for a name."""
    return UUID(responsible) if UUID_TEXT.fullmatch(responsible) else None


def _one_spelling(responsible: str) -> str:
    person = person_of(responsible)
    return responsible if person is None else str(person)


def check_evidence(evidence: str) -> str:
    """Front ends make links of it: an address leads to a page, and never runs anything."""
    text = evidence.lower()
    if text.startswith(EXECUTABLE) or ("://" in text and not text.startswith(("http://", "https://"))):
        raise ValueError("an address begins with https:// or http://")
    return evidence


def refuse_repetition(entries: list[str]) -> list[str]:
    if len(set(entries)) < len(entries):
        raise ValueError("an entry is named twice")
    return entries


Owner = Annotated[
    Line,
    Field(
        description="ISO 3166-1 alpha-3 code of a State, or the name of an organisation",
        examples=["OAS", "HRV"],
    ),
]
Responsible = Annotated[
    Unique[Annotated[Line, AfterValidator(_one_spelling)]],
    Field(max_length=50, description="names, or ids of persons"),
    AfterValidator(refuse_repetition),
]
Evidence = Annotated[
    Unique[Annotated[Line, Field(max_length=2_000), AfterValidator(check_evidence)]],
    Field(max_length=100, description="addresses of pages, or references to documents"),
    AfterValidator(refuse_repetition),
]


def _in_order(first: date | None, last: date | None, *, name: str, after: str) -> None:
    if first is not None and last is not None and last < first:
        raise ValueError(f"`{name}` must not lie before `{after}`")


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

    @model_validator(mode="after")
    def change_something(self) -> Self:
        """A change of nothing is a mistake, and nothing here can be taken away."""
        if not self.model_fields_set:
            raise ValueError("name at least one thing to change")
        if any(getattr(self, name) is None for name in self.model_fields_set):
            raise ValueError("a plan always has a title, a start and an end; null is not possible")
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
    created_at: AwareDatetime
    updated_at: AwareDatetime


class PlanItem(Outgoing):
    """A provision as the owner carries it out."""

    ref: str
    parent: str | None
    depth: int
    kind: str
    title: dict[str, str]
    counts: bool
    """Whether the progress counts it: a leaf of the tree that is no heading."""
    status: ItemStatus
    responsible: list[str]
    note: str | None
    start: date | None
    due: date | None
    evidence: list[str]
    updated_at: AwareDatetime
    etag: str
    """What `If-Match` takes, so that an item can be changed out of a list."""


class ItemChange(Incoming):
    """What may change about an item; what is left out stays. A note and dates can be taken away by null."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"status": "under-way", "responsible": ["Ministry of Labour"], "note": "First draft."},
                {"due": "2027-06-30"},
            ]
        }
    )

    status: ItemStatus | None = None
    responsible: Responsible | None = None
    note: Reason | None = None
    start: Day | None = None
    due: Day | None = None
    evidence: Evidence | None = None

    @model_validator(mode="after")
    def change_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name at least one thing to change")
        if any(getattr(self, name) is None for name in self.model_fields_set - {"note", "start", "due"}):
            raise ValueError("status, responsible and evidence cannot be null; an empty list takes all away")
        return self


class ChangedField(Outgoing):
    field: str
    before: Any
    after: Any


class RecordedChange(Outgoing):
    """Who changed what of an item, and when."""

    id: UUID
    at: AwareDatetime
    by: str
    changes: list[ChangedField]


class NoteDraft(Incoming):
    """What was done for an item on a day. A note stays as it was entered."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"text": "Asked three States for casualty data by sex.", "on": "2026-03-04", "evidence": []}
            ]
        }
    )

    text: Reason
    on: Day = Field(description="the day on which it was done, not later than today")
    evidence: Evidence = Field([])


class Note(Outgoing):
    id: UUID
    on: date
    text: str
    evidence: list[str]
    by: str
    at: AwareDatetime


class ProgressFigures(Outgoing):
    """Counts of the items below, by status. Dropped ones are in no share."""

    not_started: int
    under_way: int
    done: int
    dropped: int
    counted: int
    """All but the dropped ones: what `share_done` is a share of."""
    share_done: float | None
    """From 0 to 1; null when nothing is counted."""


class ItemProgress(ProgressFigures):
    ref: str
    parent: str | None
    depth: int
    title: dict[str, str]


class PlanProgress(ProgressFigures):
    """How far a plan is, as a whole and under each item, by a rule that is stated."""

    plan: UUID
    rule: Literal["leaves"]
    """`leaves`: each leaf of the tree that is no heading counts as one, whatever its weight; the status of
    an item with others below it is not counted; dropped items are taken out of the denominator."""
    reason: Literal["nothing-counted"] | None
    """Why there is no share: there are no items to count, or all of them were dropped."""
    items: list[ItemProgress]


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
