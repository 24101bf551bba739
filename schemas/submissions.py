"""What a State files: sections and documents, and the passages read from them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from schemas.fields import NO_NUL, Incoming, Iso3, Key, Outgoing, Reason

Period = Annotated[
    str,
    Field(
        pattern=r"^(?:19|20)\d{2}(?:-(?:S[12]|Q[1-4]|0[1-9]|1[0-2]))?$",
        description="a year, half-year (S1), quarter (Q1) or month, in SDMX notation",
        examples=["2024", "2024-Q3"],
    ),
]


class SubmissionStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ASSESSED = "assessed"
    RETURNED = "returned"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class SectionDraft(Incoming):
    """A part of a report that is filed as text. It keeps its key in passages and evidence."""

    key: Key = Field(examples=["victim-assistance"])
    text: Annotated[str, StringConstraints(min_length=1, max_length=2_000_000), NO_NUL]


class SubmissionMetadata(Incoming):
    """What is filed, by whom, for which period: the part `metadata` of a multipart filing."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"framework": "ccm", "state": "HRV", "period": "2024"}]}
    )

    framework: Key = Field(examples=["ccm"])
    state: Iso3 = Field(examples=["HRV"])
    period: Period


class SubmissionDraft(SubmissionMetadata):
    """A report filed as text. Documents are filed as multipart instead."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "framework": "ccm",
                    "state": "HRV",
                    "period": "2024",
                    "sections": [
                        {
                            "key": "victim-assistance",
                            "text": "In 2024, 112 women and 96 men received rehabilitation services.",
                        }
                    ],
                }
            ]
        }
    )

    sections: list[SectionDraft] = Field(min_length=1, max_length=200)


class SubmissionChange(Incoming):
    """What may be changed while a submission is a draft."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"sections": [{"key": "risk-education", "text": "Sessions reached 1,200 girls and boys."}]}
            ]
        }
    )

    sections: list[SectionDraft] = Field(min_length=1, max_length=200)


class ReturnNote(Incoming):
    """Why a submission goes back to the State."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "Please give the casualty figures by sex and age."}]}
    )

    reason: Reason


class Document(Outgoing):
    id: UUID
    number: int = Field(description="from 1, in the order filed")
    name: str
    media_type: str
    size: int = Field(description="bytes")
    sha256: str
    pages: int | None = Field(description="null until the document has been read")
    language: str | None = Field(description="the language of most of its text; null until read")


class Section(Outgoing):
    key: str
    length: int = Field(description="Unicode code points")


class Submission(Outgoing):
    """A State's report under a framework for a period. It is revised, never overwritten."""

    id: UUID
    framework: str
    edition: str = Field(description="the edition that it answers to, for good")
    state: str
    period: str
    period_start: date
    period_end: date
    revision: int
    status: SubmissionStatus
    voluntary: bool = Field(description="the State was not party at the end of the period")
    return_reason: str | None
    sections: list[Section]
    documents: list[Document]
    created: datetime
    updated: datetime
    submitted: datetime | None


class Passage(Outgoing):
    """A sentence or item of a document or section; `text` is exactly `[start:end]` of its text."""

    document: UUID | None
    section: str | None
    page: int | None
    paragraph: str | None = Field(description="the printed number of the paragraph")
    start: int = Field(description="Unicode code points into the document's text")
    end: int
    language: str
    text: str
    themes: list[str]
    signals: list[str]
