"""What crosses the wire about the six steps: set-up, data sources, interventions, markers, forums."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, model_validator

from schemas.catalogue import Day
from schemas.fields import Incoming, Key, Outgoing, Reason, Reference, Unique
from schemas.meetings import Line
from schemas.money import Budget, BudgetLine
from schemas.plan_items import (
    Evidence,
    ItemStatus,
    Stakeholder,
    StakeholderKind,
    Stakeholders,
    check_evidence,
    refuse_repetition,
)

Considered = Literal["existing-processes", "national-context", "institutional-capacities"]
References = Annotated[Unique[Reference], Field(max_length=100), AfterValidator(refuse_repetition)]
Breakdowns = Annotated[Unique[Key], Field(max_length=50), AfterValidator(refuse_repetition)]


class Check(Outgoing):
    """Something that the guide asks, whether it is met, and why it is or is not."""

    code: str
    met: bool
    why: str
    provision: str
    """The measure of the guide that asks it."""
    source: str


class Member(Incoming, Outgoing):
    """A ministry or body that takes part in the institutional set-up."""

    name: Line
    kind: StakeholderKind = "government"


class SetUpDraft(Incoming):
    """Which body carries the implementation, and who is in it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "option": 1,
                    "body": "National Migration Council",
                    "members": [{"name": "Ministry of Women", "kind": "gender-ministry"}],
                    "considered": ["existing-processes", "national-context"],
                }
            ]
        }
    )

    option: Literal[1, 2] = Field(description="1: an existing body is charged with it; 2: a new one is made")
    body: Line
    since: Day | None = None
    members: list[Member] = Field([], max_length=100)
    considered: Unique[Considered] = Field(
        [], max_length=3, description="what was borne in mind when the set-up was chosen"
    )
    note: Reason | None = None


class SetUp(Outgoing):
    """The institutional set-up, with what the guide asks of the option that was chosen."""

    option: Literal[1, 2]
    body: str
    since: date | None
    members: list[Member]
    considered: list[Considered]
    note: str | None
    checks: list[Check]
    updated_at: AwareDatetime


DataSourceKind = Literal[
    "intergovernmental-database", "census", "survey", "administrative-registry", "womens-organization",
    "community", "academia", "other",
]  # fmt: skip


class DataSourceDraft(Incoming):
    """A source of data on migration, and by what its data are broken down."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Register of work permits",
                    "producer": "Ministry of Labour",
                    "kind": "administrative-registry",
                    "disaggregations": ["sex", "age"],
                    "sex_is_required": True,
                }
            ]
        }
    )

    title: Line
    producer: Line | None = None
    kind: DataSourceKind
    address: Annotated[Line, AfterValidator(check_evidence)] | None = None
    objectives: References = Field([], description="provisions for which it is relevant")
    indicators: References = Field([], description="whose expected breakdowns it is to serve")
    expected: Breakdowns = Field(
        ["sex", "age", "nationality"],
        description="breakdowns that are wanted; those of the indicators are wanted besides",
    )
    disaggregations: Breakdowns = Field([], description="breakdowns that it has")
    sex_is_required: bool | None = Field(
        None, description="whether sex or gender is a required category; null: nobody looked"
    )
    is_protected: bool | None = Field(
        None, description="whether personal data are protected as international standards ask"
    )
    note: Reason | None = None


GapCode = Literal[
    "missing-disaggregation", "sex-not-required", "sex-required-unknown", "not-protected",
    "protection-unknown",
]  # fmt: skip


class Gap(Outgoing):
    """What a source lacks."""

    code: GapCode
    disaggregation: str | None
    provision: str
    source: str


class DataSource(Outgoing):
    id: UUID
    title: str
    producer: str | None
    kind: DataSourceKind
    address: str | None
    objectives: list[str]
    indicators: list[str]
    expected: list[str]
    """Those that were named, and those that the indicators expect."""
    disaggregations: list[str]
    sex_is_required: bool | None
    is_protected: bool | None
    note: str | None
    gaps: list[Gap]
    created_at: AwareDatetime
    updated_at: AwareDatetime
    etag: str


class Coverage(Outgoing):
    """Which of the sources that should break their data down in a way do."""

    disaggregation: str
    available_in: list[UUID]
    missing_in: list[UUID]


class ObjectiveData(Outgoing):
    """What is known for one objective, over all its sources."""

    objective: str
    sources: list[UUID]
    disaggregations: list[str]
    missing: list[str]
    """Expected of its sources, and in none of them."""


class DataGaps(Outgoing):
    """What the mapping of data shows: each wanted breakdown, and each objective."""

    plan: UUID
    sources: int
    disaggregations: list[Coverage]
    objectives: list[ObjectiveData]


class InterventionIndicator(Incoming, Outgoing):
    """By what an intervention is measured: an indicator of a framework, or one in words of its own."""

    indicator: Reference | None = None
    text: Line | None = None
    gender_specific: bool = Field(
        False, description="that it measures a gender gap or what changes for women"
    )

    @model_validator(mode="after")
    def name_one(self) -> Self:
        if (self.indicator is None) == (self.text is None):
            raise ValueError("name an indicator, or say in words what is measured")
        return self


Aim = Literal["principal", "significant", "none"]
Category = Literal["A", "B", "C"]


class InterventionDraft(Incoming):
    """What is done for objectives of the framework, for whom, measured how, and at what cost."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Complaints mechanism for domestic workers",
                    "objectives": ["gcm:obj-6"],
                    "aim": "principal",
                    "analysis": "Most domestic workers are women; no complaint came from one.",
                    "needs": "Hearings on Sundays, interpreters, childcare.",
                    "stakeholders": [{"role": "beneficiary", "organisation": "Migrant domestic workers"}],
                    "indicators": [{"text": "Complaints by women settled", "gender_specific": True}],
                }
            ]
        }
    )

    title: Line
    description: Reason | None = None
    objectives: References = Field([], description="provisions that it serves")
    status: ItemStatus = "not-started"
    start: Day | None = None
    end: Day | None = None
    aim: Aim = Field("none", description="whether gender equality is its principal aim, or a significant one")
    analysis: Reason | None = Field(None, description="what the gender analysis found")
    needs: Reason | None = Field(
        None, description="how the needs of migrant women and girls are built into its design"
    )
    stakeholders: Stakeholders = Field([])
    indicators: list[InterventionIndicator] = Field([], max_length=50)
    budget: Budget = Field([])


class AssignedMarker(Outgoing):
    category: Category
    reason: str
    by: str
    at: AwareDatetime


class Marker(Outgoing):
    """The category of the gender marker, as it is computed and as a person assigned it."""

    computed: Category
    criteria: list[Check]
    why_not_higher: list[str]
    """Codes of the criteria that stand between this and the next category."""
    rule: str
    """How the criteria make a category, and whose rule that is."""
    assigned: AssignedMarker | None


class MarkerDraft(Incoming):
    """A person's judgement beside the computed category; null withdraws it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"category": "A", "reason": "Agreed with the Fund."}]}
    )

    category: Category | None
    reason: Reason | None = None

    @model_validator(mode="after")
    def give_a_reason(self) -> Self:
        if self.category is not None and self.reason is None:
            raise ValueError("say why")
        return self


class Intervention(Outgoing):
    id: UUID
    title: str
    description: str | None
    objectives: list[str]
    status: ItemStatus
    start: date | None
    end: date | None
    aim: Aim
    analysis: str | None
    needs: str | None
    stakeholders: list[Stakeholder]
    indicators: list[InterventionIndicator]
    budget: list[BudgetLine]
    marker: Marker
    created_at: AwareDatetime
    updated_at: AwareDatetime
    etag: str


Forum = Literal["imrf", "regional-review", "secretary-general-report"]


class Preparation(Outgoing):
    """A measure that prepares for a forum, and how it stands in the plan."""

    ref: str
    status: ItemStatus


class ForumReportDraft(Incoming):
    """When a forum meets, by when the report to it is due, and when it was submitted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2026-05-05", "due": "2026-03-31"}]})

    on: Day | None = Field(None, description="first day of the forum")
    due: Day | None = Field(None, description="day by which the report is to be submitted")
    submitted_on: Day | None = None
    evidence: Evidence = Field([])


class ForumReport(Outgoing):
    """A review under the Global Compact in the years of the plan, and the report to it."""

    forum: Forum
    year: int
    source: str
    on: date | None
    due: date | None
    submitted_on: date | None
    on_time: bool | None
    """Null until it is submitted, or while no day is due."""
    evidence: list[str]
    preparation: list[Preparation]
    etag: str | None
    """Null until something is known of it."""


class ForumReports(Outgoing):
    items: list[ForumReport]
