"""What States owe: reporting schedules and cycles, obligations, and the rates at which they are met."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from schemas.catalogue import Day
from schemas.fields import FrameworkKey, Incoming, Iso3, Label, Outgoing, Reason, Unique
from schemas.meetings import Line, TimeZone

ObligationStatus = Literal["open", "extended", "overdue", "met", "waived"]
Report = Literal["periodic", "initial"]


def check_month_and_day(text: str) -> str:
    """The text, if every year has that day."""
    try:
        date.fromisoformat(f"2023-{text}")
    except ValueError:
        raise ValueError("must be a day that every year has, as MM-DD") from None
    return text


MonthAndDay = Annotated[str, Field(pattern=r"^\d{2}-\d{2}$"), AfterValidator(check_month_and_day)]


class ReportingSchedule(Incoming):
    """The rule of a treaty by which its parties report every year, and for the first time."""

    framework: FrameworkKey
    report: Line = Field(description="what the report is called", examples=["Article 7 report"])
    due: MonthAndDay = Field(description="in the year after the one reported on", examples=["04-30"])
    initial_days: Annotated[int, Field(ge=1, le=1_000)] | None = Field(
        None,
        description="days after the entry into force for a State by which its first report is due",
    )
    time_zone: TimeZone = Field(description="by whose clocks a day ends: those of whoever takes reports in")
    first: Annotated[int, Field(ge=1950, le=2099)] = Field(
        description="no year before is asked for, nor one whose report was due before this was first loaded"
    )
    source: Label = Field(examples=["CCM, article 7(2)"])


class ReportingSchedules(Incoming):
    reporting_schedules: list[ReportingSchedule] = Field(min_length=1)


class CycleDraft(Incoming):
    """What a framework asks of its parties for a period, and by when."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "report": "National report",
                    "covers_from": "2024-01-01",
                    "covers_to": "2025-12-31",
                    "due_on": "2026-06-30",
                    "time_zone": "America/New_York",
                    "locked_on": "2026-12-31",
                    "source": "Fourth Round, decision of the Committee of Experts",
                }
            ]
        }
    )

    report: Line | None = Field(
        None, description="what the report is called; left out: `CRPD report`, by the framework's short title"
    )
    covers_from: Day | None = Field(None, description="left out: the first day of the period")
    covers_to: Day | None = Field(None, description="left out: the last day of the period")
    due_on: Day = Field(description="the last day on which a report is on time")
    time_zone: TimeZone = Field("UTC", description="by whose clocks that day ends")
    locked_on: Day | None = Field(
        None, description="reports that are handed in from this day on no longer count for the cycle"
    )
    states: Unique[Iso3] | None = Field(
        None,
        description="who is to report, of the parties; left out: all of them. Of a framework that nobody can "
        "join, exactly these",
    )
    source: Label = Field(description="where it says so")

    @model_validator(mode="after")
    def _locked_after_it_is_due(self) -> Self:
        if self.locked_on is not None and self.locked_on <= self.due_on:
            raise ValueError("a cycle is locked after the day on which reports are due")
        return self


class Cycle(Outgoing):
    """A reporting cycle of a framework."""

    framework: str
    period: str
    report: str
    covers_from: date
    covers_to: date
    due_on: date
    time_zone: str
    locked_on: date | None
    states: list[str] | None = Field(description="null: all parties")
    source: str
    created_at: datetime
    updated_at: datetime


class ObligationChange(Incoming):
    """An extension, a waiver, a report that was handed in elsewhere, or the end of one of the last two.

    The reason stays with the obligation.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"due_on": "2026-07-31", "reason": "Granted on request: change of government."},
                {"status": "waived", "reason": "No obligation: report of the predecessor State accepted."},
                {"status": "met", "met_on": "2025-04-12", "reason": "In the database of UNODA."},
            ]
        }
    )

    due_on: Day | None = Field(None, description="a later day than the cycle's, or the cycle's again")
    status: Literal["waived", "met", "open"] | None = Field(
        None,
        description="`met`: a report was handed in elsewhere; `open` ends a waiver, or takes that back",
    )
    met_on: Day | None = Field(
        None, description="with `met`: when it was handed in, by the clocks of the obligation's `time_zone`"
    )
    reason: Reason

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.due_on is None) == (self.status is None):
            raise ValueError("change either `due_on` or `status`")
        if (self.status == "met") != (self.met_on is not None):
            raise ValueError("`met_on` goes with the status `met`, which needs it")
        return self


class Obligation(Outgoing):
    """That a State owes a report under a framework for a period."""

    id: UUID
    framework: str
    state: str
    period: str
    report: str
    kind: Report = Field(
        description="`initial`: the first report after entry into force; its period is that month"
    )
    first_due_on: date = Field(description="as the cycle has it")
    due_on: date = Field(description="as extended")
    time_zone: str
    status: ObligationStatus = Field(description="by the clock: `overdue` once `due_on` has passed there")
    reason: str | None = Field(
        description="of what people decided last: extension, waiver, met elsewhere, its end"
    )
    submission: UUID | None = Field(description="the report that was handed in here first and counts")
    elsewhere_on: date | None = Field(
        description="when one was handed in elsewhere, as people say; null if nobody does"
    )
    met_on: date | None = Field(
        description="when a report was first handed in, here or elsewhere, by the clocks of `time_zone`"
    )
    on_time: bool | None = Field(description="null until it is met")
    created_at: datetime
    updated_at: datetime


class Rates(Outgoing):
    """How many of the reports that were owed came in. Sample States and voluntary reports are not counted."""

    expected: int = Field(description="obligations, without those that were waived")
    actual: int = Field(description="of these, met")
    on_time: int = Field(description="of these, by the day on which they were due, extensions included")
    rate: float | None = Field(description="actual of expected, 0 to 1; null when nothing was expected")
    rate_on_time: float | None = Field(description="on time of expected, 0 to 1")


class CycleRates(Rates):
    cycle: str
    due_on: date


class ReportingRates(Rates):
    """For one cycle, or over all cycles whose day has passed."""

    framework: str
    cycle: str | None
    cycles: list[CycleRates] = Field(
        description="each cycle, those still running included; empty when one was asked for"
    )
