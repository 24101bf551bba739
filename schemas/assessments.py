"""How far each criterion is addressed, where the report says so, and what a person decided."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from schemas.fields import NO_NUL, Incoming, Key, Outgoing, Reason
from schemas.submissions import Period
from schemas.verdicts import SecondOpinion, SecondReading

AssessmentStatus = Literal["proposed", "in-review", "changes-requested", "published"]
FindingStatus = Literal["proposed", "confirmed", "changed"]
Undecided = Literal["as-proposed", "refused"]
EvidenceId = Annotated[str, StringConstraints(min_length=1, max_length=160), NO_NUL]

LONGEST_PICK = 5_000
"""Code points; a passage is rarely longer than a few hundred."""


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
    evidence: list[Evidence] = Field(description="what the decision rests on, best first")
    by: str
    at: datetime
    carried_from: UUID | None = Field(
        description="the assessment in which this was decided, when it was not in this one"
    )


class Earlier(Outgoing):
    """What was decided on the same criterion for an earlier revision."""

    assessment: UUID
    revision: int
    level: int | None
    applicable: bool
    reason: str | None
    by: str
    at: datetime
    unchanged: bool = Field(
        description="the proposal and the passages that it and the decision rest on are the same again"
    )


class Finding(Outgoing):
    """What is proposed for a criterion, and why; then what was decided."""

    criterion: str
    level: int | None = Field(
        description="0 to 3 as proposed; null when not applicable, and when `applicable` but not assessed: "
        "most of it is in languages that are not read, and nothing was found in the rest"
    )
    applicable: bool
    status: FindingStatus
    why: str
    why_not_higher: str | None
    evidence: list[Evidence] = Field(description="best first")
    gap: str | None = Field(description="what to ask for, in words for a letter")
    confidence: float | None = Field(
        description="0 to 1: how sure the engine is of the level; null when not assessed, and from engines "
        "before 1.1.0"
    )
    doubts: list[str] = Field(description="why a doubtful level is doubtful")
    second_opinion: SecondOpinion | None = Field(
        description="beside the proposal, for those who review; null where no second reader has been heard"
    )
    second_reading: SecondReading | None
    review: Review | None
    before: Earlier | None = Field(description="for those concerned")
    obsolete: bool = Field(
        description="there is a newer rubric, thesaurus or engine, and nobody has decided on this"
    )


class Score(Outgoing):
    """What the levels come to by the rubric's own scale."""

    value: str
    why: str


class ChangeAsked(Outgoing):
    criterion: str
    reason: str


class ChangesAsked(Outgoing):
    """Why the report went back to the State."""

    reason: str | None
    criteria: list[ChangeAsked]
    by: str
    at: datetime


class Assessment(Outgoing):
    """The judgement of one revision of a submission by one edition of a rubric."""

    id: UUID
    submission: UUID
    revision: int
    status: AssessmentStatus
    rubric: str = Field(examples=["ccm-gender@2022.2"])
    thesaurus: str
    engine: str
    state: str
    framework: str
    period: str
    languages: list[str] = Field(description="of the report, that first in which most of its text is")
    score: Score | None = Field(
        description="as proposed; null where the rubric has no score, or nothing was assessed"
    )
    decided_score: Score | None = Field(description="with what was decided so far; null before the first")
    findings: list[Finding]
    disputed: list[str] = Field(description="criteria on which a second opinion differs from the proposal")
    changes: ChangesAsked | None
    created: datetime


class AssessmentSummary(Outgoing):
    """The current assessment of a submission, and how far its review is."""

    id: UUID
    submission: UUID
    revision: int
    status: AssessmentStatus
    rubric: str
    thesaurus: str
    engine: str
    state: str
    framework: str
    period: str
    languages: list[str]
    score: Score | None
    decided_score: Score | None
    criteria: int
    decided: int = Field(description="findings that a person has decided on")
    obsolete: int = Field(description="findings whose proposal is of an older rubric, thesaurus or engine")
    created: datetime


class QueuedFinding(Outgoing):
    """A finding in the list of what needs a person most."""

    assessment: UUID
    submission: UUID
    state: str
    framework: str
    period: str
    criterion: str
    level: int | None
    applicable: bool
    status: FindingStatus
    confidence: float | None
    doubts: list[str]
    why: str
    obsolete: bool


class Place(Incoming):
    """A stretch of a document's or a section's text."""

    document: UUID | None = None
    section: Key | None = None
    start: int = Field(ge=0, description="Unicode code points")
    end: int = Field(ge=1, description="at most 5,000 after `start`")

    @model_validator(mode="after")
    def lies_in_one_text(self) -> Self:
        if (self.document is None) == (self.section is None):
            raise ValueError("give a `document` or a `section`")
        if not 0 < self.end - self.start <= LONGEST_PICK:
            raise ValueError(f"`end` comes after `start`, by at most {LONGEST_PICK:,}")
        return self


class Decision(Incoming):
    """A reviewer's decision on a finding. A level that differs from the proposal needs a reason.

    What is left out stays as it was decided before, or as it is proposed.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"level": 2, "reason": "Measures are described on page 7, results are not."},
                {"applicable": False, "reason": "No contaminated areas."},
                {
                    "level": 3,
                    "evidence": [
                        "d1:10233-10391",
                        {"document": "01980000-0000-7000-8000-000000000000", "start": 12044, "end": 12190},
                    ],
                },
            ]
        }
    )

    level: Annotated[int, Field(ge=0, le=3, strict=True)] | None = None
    applicable: bool = True
    reason: Reason | None = None
    evidence: list[EvidenceId | Place] | None = Field(
        default=None,
        max_length=50,
        description="what the decision rests on, best first: ids of evidence that the finding shows, or "
        "places in the texts of the revision",
    )

    @model_validator(mode="after")
    def decides_one_thing(self) -> Self:
        of_evidence_alone = self.evidence is not None and self.applicable and self.level is None
        if self.applicable == (self.level is None) and not of_evidence_alone:
            raise ValueError("give a `level`, `applicable: false` without one, or `evidence`")
        return self


class DecisionTaken(Review):
    """One of the decisions on a finding; the last is the one that holds."""

    id: UUID


class ChangeWanted(Incoming):
    criterion: Key
    reason: Reason | None = Field(default=None, description="the finding's gap when left out")


class ChangeRequest(Incoming):
    """What the State is asked to change: in general, per criterion, or both."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "reason": "Thank you for the report. Two points are open.",
                    "criteria": [
                        {
                            "criterion": "disaggregated-data",
                            "reason": "Please give casualties by sex and age.",
                        },
                        {"criterion": "budget"},
                    ],
                }
            ]
        }
    )

    reason: Reason | None = None
    criteria: list[ChangeWanted] = Field(default_factory=list, max_length=100)

    @model_validator(mode="after")
    def asks_for_something(self) -> Self:
        if self.reason is None and not self.criteria:
            raise ValueError("give a `reason`, or `criteria`")
        return self


class Publication(Incoming):
    """How to publish. Without it, what nobody has decided on is published as proposed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"undecided": "refused"}]})

    undecided: Undecided = Field(
        default="as-proposed",
        description="whether findings that nobody has decided on are published, each with the status "
        "`proposed`, or stand in the way",
    )


class CycleRequest(Incoming):
    """Which reports of a framework to assess again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"period": "2024"}]})

    period: Period | None = Field(default=None, description="all periods when left out")


class RubricSummary(Outgoing):
    """A rubric edition that submissions are judged by."""

    key: str
    edition: str
    framework: str
    title: dict[str, str]
    criteria: list[str]
    created: datetime
