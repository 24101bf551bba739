"""How far an indicator is, as it is computed and as a person assigned it."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from schemas.fields import Incoming, Label, Outgoing, Reason
from schemas.libraries import Counting, Direction, Growth

Status = Literal[
    "achieved", "on-track", "behind", "off-track", "under-way", "no-change", "regressed", "not-computable",
]  # fmt: skip
AssignedStatus = Literal["achieved", "on-track", "behind", "off-track", "under-way", "no-change", "regressed"]
Method = Literal[
    "linear", "compound", "milestone", "incremental", "count", "per-period", "ordinal", "yes-no",
]  # fmt: skip
Obstacle = Literal[
    "no-target", "target-tbd", "target-text", "several-targets", "target-of-each-country",
    "no-baseline", "baseline-tbd", "baseline-text", "several-baselines", "baseline-is-target",
    "no-direction", "against-direction", "unit-mismatch",
    "no-observation", "not-applicable", "value-not-a-number", "zero-under-compound",
    "negative-under-compound", "no-increment",
    "overlapping-periods", "period-mismatch", "no-scale", "not-on-scale", "not-yes-or-no", "text-indicator",
]  # fmt: skip
Figure = int | float | str


class ProgressInputs(Outgoing):
    """What the status was computed from. Null: nobody stated it. What is printed and no number is text."""

    baseline: Figure | None = None
    baseline_printed: str | None = None
    target: Figure | None = None
    target_printed: str | None = None
    direction: Direction | None = None
    unit: str | None = None
    currency: str | None = None
    latest: Figure | None = None
    latest_period: str | None = None
    latest_status: str | None = Field(
        None,
        description="OBS_STATUS of the latest value; of one that parts make, that of a part that is not `A`",
        examples=["A"],
    )
    latest_proxy: bool | None = Field(
        None, description="whether the latest value, or a part that makes it, is a proxy"
    )
    observations: int = Field(0, description="how many values lie in the period")
    total: Figure | None = Field(None, description="where values add up: what they make with the baseline")
    starts: date | None = Field(None, description="the day from which progress is expected")
    ends: date | None = Field(None, description="the day by which the target is to be met")
    required_rate: float | None = Field(
        None, description="`compound`: growth per year that leads to the target; null: in less than a year"
    )
    actual_rate: float | None = Field(
        None, description="`compound`: growth per year so far; null: in less than a year"
    )
    periods_met: int | None = Field(
        None, description="`per-period`: years, quarters or months that met the target"
    )
    periods_observed: int | None = Field(
        None, description="`per-period`: of those of which each day was observed"
    )
    periods_wanted: int | None = Field(
        None,
        description="`per-period`: that lie in the period, until the target falls due; null: it is unknown",
    )


class AgreedTermsDraft(Incoming):
    """What a plan's owner or a State agreed on where the framework prints nothing, TBD, or something else.

    Baseline and target are written as documents print them. What is left out is what the framework says.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "baseline": "12 (2019)",
                    "target": "At least 40 people trained by 2023",
                    "direction": "up",
                    "reason": "Agreed at the annual review.",
                }
            ]
        }
    )

    baseline: Label | None = Field(
        None, description="a cell, several values parted by semicolons", examples=["12 (2019)", "3 countries"]
    )
    target: Label | None = Field(
        None,
        description="a cell, several values parted by semicolons",
        examples=["At least 40 people trained by 2023", "2 additional countries", "10 by 2018; 20 by 2021"],
    )
    direction: Direction | None = None
    growth: Growth | None = None
    counting: Counting | None = None
    reason: Reason | None = Field(None, description="who agreed on it, where")


class Stated(Outgoing):
    """Who stated something, about which indicator of which plan or State, and when."""

    id: UUID
    indicator: str
    plan: UUID | None
    state: str | None
    number: int = Field(description="from 1, one more each time; the last one counts")
    reason: str | None
    by: str
    at: AwareDatetime


class AgreedTerms(Stated):
    """What takes the place of what the framework prints. Null: it says nothing else than the framework."""

    baseline: str | None
    target: str | None
    direction: Direction | None
    growth: Growth | None
    counting: Counting | None


class AssignedProgressDraft(Incoming):
    """How far a person says the indicator is, and why. It stands beside what is computed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "under-way",
                    "reason": "Two of the three trainings were held; the figures are due in March.",
                }
            ]
        }
    )

    status: AssignedStatus | None = Field(description="null: what was assigned is withdrawn")
    reason: Reason


class AssignedProgress(Stated):
    period: str = Field(description="at the end of which it was so", examples=["2018"])
    status: AssignedStatus | None = Field(description="null: withdrawn")


class IndicatorProgress(Outgoing):
    """How far an indicator is: computed, with what it was computed from; and assigned, if a person did so."""

    indicator: str
    title: dict[str, str]
    edition: str
    plan: UUID | None
    state: str | None
    area: str = Field(description="whose observations it was computed from")
    as_of: date | None = Field(description="only values of periods that ended by then; null: all")
    status: Status
    method: Method | None = Field(description="null: the indicator is text, for which there is none")
    code: Obstacle | None = Field(description="why it is not computable; null: it is")
    reason: str = Field(description="a sentence: how far it is, or why nobody can say")
    value: float | None = Field(
        description="share of the way from baseline to target, below 0 and above 1 as they are; null: unknown"
        " or too large"
    )
    expected: float | None = Field(
        description="share that is due at the end of `latest_period`, 0 to 1; null: nothing says by when"
    )
    met: bool | None = Field(description="whether the latest value meets the target; null: unknown")
    inputs: ProgressInputs
    terms: AgreedTerms | None = Field(description="what was agreed in place of what the framework prints")
    assigned: AssignedProgress | None = Field(
        description="for the latest period for which a person assigned progress"
    )
