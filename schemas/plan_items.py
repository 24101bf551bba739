"""What crosses the wire about the items of plans: how they stand, who is responsible, what they cost."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, model_validator

from schemas.catalogue import Day
from schemas.fields import Incoming, Iso3, Outgoing, Reason, Unique
from schemas.meetings import Line
from schemas.money import Budget, BudgetLine, BudgetTotal

ItemStatus = Literal["not-started", "under-way", "done", "dropped"]

UUID_TEXT = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
EXECUTABLE = ("javascript:", "data:", "vbscript:", "file:")
HERE = "/v1/"
"""How the address of something that is kept here begins."""


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


Responsible = Annotated[
    Unique[Annotated[Line, AfterValidator(_one_spelling)]],
    Field(max_length=50, description="names, or ids of persons"),
    AfterValidator(refuse_repetition),
]
Evidence = Annotated[
    Unique[Annotated[Line, Field(max_length=2_000), AfterValidator(check_evidence)]],
    Field(
        max_length=100,
        description=(
            "addresses of pages, references to documents, or paths of what is kept here: "
            "`/v1/submissions/{id}`, `…/documents/{n}/text`, `/v1/indicators/{ref}/observations?…`"
        ),
    ),
    AfterValidator(refuse_repetition),
]

Role = Literal[
    "accountable", "lead", "implementing-partner", "support", "consulted", "informed", "beneficiary",
    "funder",
]  # fmt: skip
StakeholderKind = Literal[
    "gender-ministry", "gender-expertise", "government", "parliament", "migrant-women-and-girls",
    "womens-organization", "migrant-womens-organization", "lgbtiq-organization", "private-sector", "academia",
    "recruitment-agency", "trade-union", "employers-organization", "media", "human-rights-institution",
    "un-agency", "intergovernmental-organization", "community", "other",
]  # fmt: skip
Weight = Annotated[
    Decimal, Field(ge=0, le=1_000_000, decimal_places=4, description="against those beside it; 0: none")
]


class Stakeholder(Incoming, Outgoing):
    """Who has a part in it, and which: an organisation by name, a person by id, or a State by code."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"role": "lead", "organisation": "Ministry of Women", "kind": "gender-ministry"}]
        }
    )

    role: Role
    organisation: Line | None = None
    person: UUID | None = None
    state: Iso3 | None = None
    kind: StakeholderKind | None = Field(None, description="what the six-step guide would call it")

    @model_validator(mode="after")
    def name_one(self) -> Self:
        if sum(one is not None for one in (self.organisation, self.person, self.state)) != 1:
            raise ValueError("name one of organisation, person and state")
        return self


def _each_once(stakeholders: list[Stakeholder]) -> list[Stakeholder]:
    if len({(one.role, one.organisation, one.person, one.state) for one in stakeholders}) < len(stakeholders):
        raise ValueError("somebody is named twice in the same role")
    return stakeholders


Stakeholders = Annotated[list[Stakeholder], Field(max_length=100), AfterValidator(_each_once)]


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
    weight: float
    """Against those beside it, where the plan rolls up by weights."""
    responsible: list[str]
    stakeholders: list[Stakeholder]
    budget: list[BudgetLine]
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
                {"budget": [{"amount": "25000", "currency": "USD", "stage": "planned", "year": 2026}]},
            ]
        }
    )

    status: ItemStatus | None = None
    weight: Weight | None = None
    responsible: Responsible | None = None
    stakeholders: Stakeholders | None = Field(None, description="in the place of all before")
    budget: Budget | None = Field(None, description="in the place of all lines before")
    note: Reason | None = None
    start: Day | None = None
    due: Day | None = None
    evidence: Evidence | None = None

    @model_validator(mode="after")
    def change_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name at least one thing to change")
        if any(getattr(self, name) is None for name in self.model_fields_set - {"note", "start", "due"}):
            raise ValueError("only a note and dates can be null; an empty list takes all away")
        return self


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


class ItemBudget(Outgoing):
    """The lines of one item."""

    ref: str
    title: dict[str, str]
    lines: list[BudgetLine]


class PlanBudget(Outgoing):
    """What the items of a plan cost, line by line, and what that comes to by currency and year."""

    plan: UUID
    totals: list[BudgetTotal]
    items: list[ItemBudget]
