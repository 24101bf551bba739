"""What crosses the wire about returns of national indicators: rounds, returns, and the table of a round."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, model_validator

from schemas.catalogue import Day
from schemas.fields import EditionKey, FrameworkKey, Incoming, Iso3, Outgoing, Reason, Reference, Unique
from schemas.meetings import Line
from schemas.plan_items import Evidence, refuse_repetition

References = Annotated[Unique[Reference], Field(max_length=500), AfterValidator(refuse_repetition)]
States = Annotated[Unique[Iso3], Field(max_length=250), AfterValidator(refuse_repetition)]
FormatReason = Literal[
    "template-not-used", "incomplete", "not-machine-readable", "other-language", "definitions-changed",
    "sources-missing", "other",
]  # fmt: skip
WhyNotComparable = Literal[
    "other-definition", "other-population", "other-period", "other-unit", "missing-disaggregation",
    "source-not-stated", "method-not-stated", "sample-too-small", "series-broken", "other",
]  # fmt: skip
Timeliness = Literal["on-time", "late", "missing", "awaited", "not-asked"]


class RoundDraft(Incoming):
    """By when States return which indicators, and who is asked."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"due": "2026-06-30", "indicators": ["mesecvi-indicators:national-plans.process.i1"]}
            ]
        }
    )

    title: Line | None = None
    due: Day
    indicators: References | None = Field(
        None, description="those of the latest edition of the framework when left out", min_length=1
    )
    expected: States | None = Field(
        None,
        description=(
            "States that are asked; when left out the parties to the framework, or to the treaty that it "
            "serves, on the day on which the returns are due"
        ),
    )


class Round(Outgoing):
    framework: str
    round: str
    title: str | None
    due: date
    indicators: list[str]
    expected: list[str]
    created_at: AwareDatetime
    updated_at: AwareDatetime


class NotComparable(Incoming, Outgoing):
    """Why data cannot be compared with those of other States."""

    code: WhyNotComparable
    detail: Line | None = None


def in_any_edition(reference: str) -> str:
    """Rounds ask for an indicator, and not for what one edition says of it."""
    return reference.partition("@")[0]


class Answer(Incoming, Outgoing):
    """What was found of the data that a State returned for an indicator."""

    indicator: Annotated[Reference, AfterValidator(in_any_edition)]
    comparable: bool | None = Field(None, description="null: nobody has judged it yet")
    reasons: list[NotComparable] = Field([], max_length=20)

    @model_validator(mode="after")
    def give_reasons(self) -> Self:
        if self.comparable is False and not self.reasons:
            raise ValueError("say why the data are not comparable")
        if self.comparable is not False and self.reasons:
            raise ValueError("only what is not comparable has reasons")
        return self


def _each_once(answers: list[Answer]) -> list[Answer]:
    if len({answer.indicator for answer in answers}) < len(answers):
        raise ValueError("an indicator is answered twice")
    return answers


Answers = Annotated[list[Answer], Field(max_length=500), AfterValidator(_each_once)]


class _Facts(Incoming):
    submitted_on: Day | None = Field(None, description="null: nothing came in")
    in_proper_format: bool | None = Field(None, description="null: nobody has judged it yet")
    format_reasons: Unique[FormatReason] = Field([], max_length=7, description="why it is not")
    answers: Answers = Field([], description="indicators for which data came in")
    evidence: Evidence = Field([])
    note: Reason | None = None

    @model_validator(mode="after")
    def agree_with_itself(self) -> Self:
        if self.submitted_on is None and (self.in_proper_format is not None or self.answers):
            raise ValueError("what was not submitted has no format and no answers")
        if self.in_proper_format is False and not self.format_reasons:
            raise ValueError("say why it is not in the proper format")
        if self.in_proper_format is not False and self.format_reasons:
            raise ValueError("only what is not in the proper format has reasons for it")
        return self


class ReturnDraft(_Facts):
    """What a State returned for a round."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "framework": "mesecvi-indicators",
                    "round": "2026",
                    "state": "PAN",
                    "submitted_on": "2026-06-12",
                    "in_proper_format": True,
                    "answers": [
                        {
                            "indicator": "mesecvi-indicators:national-plans.process.i1",
                            "comparable": False,
                            "reasons": [{"code": "other-period", "detail": "Two fiscal years together"}],
                        }
                    ],
                }
            ]
        }
    )

    framework: FrameworkKey
    round: EditionKey
    state: Iso3


class ReturnFacts(_Facts):
    """What is known of a return, in the place of what was."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "submitted_on": "2026-07-02",
                    "in_proper_format": False,
                    "format_reasons": ["template-not-used"],
                }
            ]
        }
    )


class IndicatorReturn(Outgoing):
    id: UUID
    framework: str
    round: str
    state: str
    expected: bool
    submitted_on: date | None
    timeliness: Timeliness
    """`missing`: the day has passed, and nothing came in; `not-asked`: nothing came in, and nobody asked."""
    in_proper_format: bool | None
    format_reasons: list[FormatReason]
    answers: list[Answer]
    evidence: list[str]
    note: str | None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    etag: str


class StateInRound(Outgoing):
    """One line of the table: how the return of a State came in, and what can be compared."""

    state: str
    expected: bool
    submitted_on: date | None
    timeliness: Timeliness
    in_proper_format: bool | None
    format_reasons: list[FormatReason]
    comparable: int
    not_comparable: int
    not_judged: int
    not_answered: int


class NotComparableState(Outgoing):
    state: str
    reasons: list[NotComparable]


class IndicatorInRound(Outgoing):
    """Which States' data can be compared for an indicator, and why those of others cannot."""

    indicator: str
    comparable: list[str]
    not_comparable: list[NotComparableState]
    not_judged: list[str]
    not_answered: list[str]
    """Asked, and returned nothing for it."""


class RoundCounts(Outgoing):
    """Of the States that were asked."""

    expected: int
    submitted: int
    on_time: int
    in_proper_format: int
    on_time_and_in_proper_format: int
    comparable: int
    """Their data can be compared for at least one indicator."""
    wholly_comparable: int
    """Their data can be compared for every indicator of the round."""
    unasked: int
    """Returned something without having been asked; in no other count."""


class RoundTable(Outgoing):
    """Who returned the indicators on time and in the proper format, and whose data can be compared."""

    framework: str
    round: str
    due: date
    as_of: date
    """What came in later is in no line and no count."""
    counts: RoundCounts
    states: list[StateInRound]
    indicators: list[IndicatorInRound]
