"""How far each criterion is addressed, where the report says so, and what a person decided."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from schemas.fields import Incoming, Outgoing, Reason

AssessmentStatus = Literal["proposed", "in-review", "published"]
FindingStatus = Literal["proposed", "confirmed", "changed"]


class Evidence(Outgoing):
    """A passage that a finding rests on: exactly `[start:end]` of the text it came from."""

    id: str = Field(description="the document's number or the section's key, and the offsets")
    document: UUID | None
    section: str | None
    page: int | None
    start: int = Field(description="Unicode code points")
    end: int
    language: str
    text: str
    signals: list[str]


class Review(Outgoing):
    """A person's decision, beside the proposal and never instead of it."""

    level: int | None
    applicable: bool
    reason: str | None
    by: str
    at: datetime


class Finding(Outgoing):
    """What is proposed for a criterion, and why; then what was decided."""

    criterion: str
    level: int | None = Field(description="0 to 3 as proposed; null when not applicable")
    applicable: bool
    status: FindingStatus
    why: str
    why_not_higher: str | None
    evidence: list[Evidence] = Field(description="best first")
    gap: str | None = Field(description="what to ask for, in words for a letter")
    review: Review | None
    obsolete: bool = Field(
        description="a newer rubric, thesaurus or engine has judged since, before anyone decided on this"
    )


class Assessment(Outgoing):
    """The judgement of one revision of a submission by one edition of a rubric."""

    id: UUID
    submission: UUID
    revision: int
    status: AssessmentStatus
    rubric: str = Field(examples=["ccm-gender@2022"])
    thesaurus: str
    engine: str
    state: str
    framework: str
    period: str
    languages: list[str]
    findings: list[Finding]
    created: datetime


class Decision(Incoming):
    """A reviewer's decision on a finding. A level that differs from the proposal needs a reason."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"level": 2, "reason": "Measures are described on page 7, results are not."}]
        }
    )

    level: Annotated[int, Field(ge=0, le=3)] | None = None
    applicable: bool = True
    reason: Reason | None = None

    @model_validator(mode="after")
    def decides_one_thing(self) -> Self:
        if self.applicable == (self.level is None):
            raise ValueError("give a `level`, or `applicable: false` without one")
        return self


class RubricSummary(Outgoing):
    """A rubric edition that submissions are judged by."""

    key: str
    edition: str
    framework: str
    title: dict[str, str]
    criteria: list[str]
    created: datetime
