"""Information requests: what States are asked after their reports were assessed, and what they answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from schemas.catalogue import Day
from schemas.fields import FrameworkKey, Incoming, Iso3, Key, Language, Outgoing, Reason
from schemas.meetings import TimeZone

RequestStatus = Literal["draft", "open", "answered", "closed", "withdrawn"]


class Question(Incoming):
    text: Reason
    language: Language = Field("en", examples=["fr"])


class AnswerDraft(Incoming):
    """What the State answers, in words or by a revision of its report."""

    text: Reason | None = None
    language: Language = "en"
    revision: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        None, description="of the submission that was asked about, where the answer is to be found"
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and self.revision is None:
            raise ValueError("answer in `text`, by a `revision`, or both")
        return self


class Answer(Outgoing):
    text: str | None
    language: str
    revision: int | None
    by: str
    at: datetime


Questions = Annotated[list[Question], Field(min_length=1, max_length=50)]


class RequestDraft(Incoming):
    """What a State is to be asked. A draft is not shown to it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "framework": "ccm",
                    "state": "HRV",
                    "questions": [{"text": "How many of those trained were women?", "language": "en"}],
                    "due_on": "2026-09-30",
                    "time_zone": "Europe/Zurich",
                }
            ]
        }
    )

    framework: FrameworkKey
    state: Iso3
    submission: UUID | None = Field(None, description="the report that is asked about")
    criterion: Key | None = Field(None, description="the finding of its assessment that gives rise to this")
    questions: Questions
    due_on: Day | None = Field(None, description="the last day for an answer; needed to ask")
    time_zone: TimeZone = "UTC"
    owner: UUID | None = Field(None, description="the person who follows it up")
    status: Literal["draft", "open"] = Field("draft", description="`open` asks at once")


class DraftingOrder(Incoming):
    """How requests that are drafted from gaps begin; all of it may be changed in each."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"due_on": "2026-09-30", "time_zone": "Europe/Zurich"}]}
    )

    due_on: Day | None = None
    time_zone: TimeZone = "UTC"
    owner: UUID | None = None


class RequestChange(Incoming):
    """What may change; what is left out stays. A State's key may answer, and nothing else."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"status": "open", "due_on": "2026-09-30"},
                {"answer": {"text": "Of the 40 who were trained, 22 were women.", "revision": 2}},
            ]
        }
    )

    questions: Questions | None = Field(None, description="of a draft")
    due_on: Day | None = None
    time_zone: TimeZone | None = None
    owner: UUID | None = Field(None, description="null: nobody")
    status: Literal["open", "closed", "withdrawn"] | None = Field(
        None, description="`open` asks, or asks again; `closed` accepts the answer, or does without"
    )
    answer: AnswerDraft | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name at least one thing to change")
        if any(getattr(self, name) is None for name in self.model_fields_set - {"owner"}):
            raise ValueError("only the owner can be taken away")
        if self.answer is not None and len(self.model_fields_set) > 1:
            raise ValueError("an answer comes alone")
        return self


class InformationRequest(Outgoing):
    """What a State is asked, and what it answers."""

    id: UUID
    framework: str
    state: str
    submission: UUID | None
    revision: int | None = Field(description="of the submission, as it was when this was drafted")
    criterion: str | None
    questions: list[Question]
    asked_on: date | None = Field(description="null while it is a draft")
    due_on: date | None
    time_zone: str
    owner: UUID | None
    status: RequestStatus
    overdue: bool = Field(description="open, and its day has passed")
    answer: Answer | None
    created_at: datetime
    updated_at: datetime


class Drafted(Outgoing):
    """What there is to ask of a report, criterion by criterion."""

    drafted: int = Field(description="how many of them are new")
    items: list[InformationRequest]
