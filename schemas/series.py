"""Series of meetings: by a rule from an anchor, or each at a distance from one of another series."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, NaiveDatetime, model_validator

from schemas.fields import Incoming, IsoDate, Key, Outgoing, Part
from schemas.meetings import (
    Address,
    Distance,
    Line,
    MeetingKind,
    Minutes,
    Notes,
    Offset,
    TimeZone,
    Weekday,
    check_moment,
    must_change,
)
from schemas.recurrence import RecurrenceRule

LocalMoment = Annotated[NaiveDatetime, AfterValidator(check_moment)]
Exceptions = Annotated[
    list[IsoDate],
    Field(max_length=500, description="local dates on which it does not meet, whatever the rule says"),
]
Additions = Annotated[
    list[LocalMoment],
    Field(
        max_length=500,
        description="local dates and times at which it meets beside the rule; on a day that the rule names,"
        " in place of the rule's time",
    ),
]
ClockTime = Annotated[
    str,
    Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="local time of day", examples=["10:00"]),
]
HolidayPolicy = Literal["warn", "skip", "next-working-day", "previous-working-day"]


Country = Annotated[
    str,
    Field(
        pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$",
        description="ISO 3166-1 alpha-2, or ISO 3166-2 for a part of a country",
        examples=["CH", "CH-GE"],
    ),
]
Countries = Annotated[list[Country], Field(min_length=1, max_length=20)]


class Holidays(Incoming):
    """What becomes of a meeting that falls on a public holiday of any of these countries."""

    countries: Countries
    policy: HolidayPolicy = "warn"


class HolidaysChange(Part):
    """What may change about holidays; what is left out stays."""

    whole = Holidays

    countries: Countries | None = None
    policy: HolidayPolicy | None = None


class DistanceFromSeries(Distance):
    series: UUID


class DistanceChange(Part):
    """Another distance from the same series; what is left out stays."""

    whole = DistanceFromSeries

    offset: Offset | None = None
    weekday: Weekday | None = None
    time: ClockTime | None = None


class SeriesDraft(Incoming):
    """Meetings that recur, computed from the anchor in the local time of one zone; or `relative_to` another
    series, each at a distance from one meeting of it.

    What is left out of a series of a stated `kind` is filled in from the template of the kind.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "GFP quarterly meeting",
                    "framework": "ccm",
                    "rrule": "FREQ=MONTHLY;INTERVAL=3;BYDAY=1WE",
                    "time_zone": "Europe/Zurich",
                    "anchor": "2026-03-04T10:00:00",
                    "duration_minutes": 90,
                },
                {
                    "kind": "gfp-quarterly",
                    "time_zone": "Europe/Zurich",
                    "anchor": "2026-03-04T10:00:00",
                    "holidays": {"countries": ["CH", "CH-GE"], "policy": "next-working-day"},
                },
                {
                    "title": "Preparation of the quarterly meeting",
                    "framework": "ccm",
                    "relative_to": {
                        "series": "0198c0de-0000-7000-8000-000000000000",
                        "offset": "-P3W",
                        "weekday": "WE",
                    },
                    "duration_minutes": 30,
                },
            ]
        }
    )

    kind: MeetingKind = "gfp-quarterly"
    title: Line | None = None
    framework: Key | None = None
    rrule: RecurrenceRule | None = None
    relative_to: DistanceFromSeries | None = None
    time_zone: TimeZone | None = None
    anchor: LocalMoment | None = Field(
        None, description="local date and time from which the rule counts; gives the time of day"
    )
    duration_minutes: Minutes | None = None
    committee: Key | None = Field(None, description="key of the committee that meets")
    location: Line | None = None
    url: Address | None = None
    notes: Notes | None = None
    exceptions: Exceptions = Field(default_factory=list)
    additions: Additions = Field(default_factory=list)
    holidays: Holidays | None = None
    ends_on: IsoDate | None = Field(None, description="the last local date on which it may meet")

    @model_validator(mode="after")
    def be_of_one_sort(self) -> Self:
        """A series by distance has no dates of its own."""
        if self.relative_to is not None:
            own = [name for name in BY_RULE if getattr(self, name)]
            if own:
                raise ValueError(f"a series relative to another takes no {', '.join(own)}")
        return self


BY_RULE = ("rrule", "anchor", "exceptions", "additions", "holidays")
"""What a series has that is computed from a rule, and one that goes with another has not."""


class Series(Outgoing):
    id: UUID
    title: str
    framework: str
    kind: MeetingKind
    rrule: str | None
    """Null for a series that goes with another."""
    relative_to: DistanceFromSeries | None
    time_zone: str
    anchor: NaiveDatetime | None
    duration_minutes: int
    committee: str | None
    location: str | None
    url: str | None
    notes: str | None
    exceptions: list[date]
    additions: list[NaiveDatetime]
    holidays: Holidays | None
    ends_on: date | None
    rule_from: AwareDatetime | None
    """Earlier meetings were named by another rule, before the series was changed."""
    created_at: AwareDatetime


class SeriesChange(Incoming):
    """What may change about a series, from a day on; what is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"time": "14:00", "from": "2027-01-01"},
                {"rrule": "FREQ=MONTHLY;INTERVAL=3;BYDAY=3WE"},
                {"ends_on": "2027-06-30"},
            ]
        }
    )

    begins: IsoDate | None = Field(
        None,
        alias="from",
        description="local date from which the change holds; at once when left out. The past never changes",
    )
    title: Line | None = None
    rrule: RecurrenceRule | None = None
    anchor: LocalMoment | None = None
    time: ClockTime | None = None
    time_zone: TimeZone | None = None
    relative_to: DistanceChange | None = None
    duration_minutes: Minutes | None = None
    committee: Key | None = None
    location: Line | None = None
    url: Address | None = None
    notes: Notes | None = None
    exceptions: Exceptions | None = None
    additions: Additions | None = None
    holidays: HolidaysChange | None = None
    ends_on: IsoDate | None = None

    @model_validator(mode="after")
    def change_something(self) -> Self:
        """A change of nothing is a mistake, and not everything can be taken away."""
        if self.model_fields_set == {"begins"}:
            raise ValueError("name at least one thing to change")
        return must_change(self, kept=NEVER_NULL)


NEVER_NULL = frozenset(
    {"begins", "title", "rrule", "anchor", "time", "time_zone", "relative_to", "duration_minutes"}
    | {"exceptions", "additions"}
)


class HolidayMet(Outgoing):
    """A public holiday on which a meeting falls, by its name in English where there is one."""

    country: str
    name: str


class PreviewItem(Outgoing):
    """One date of a series."""

    start: AwareDatetime
    """With the offset that the series' zone has on that day."""
    named: AwareDatetime
    """What the rule names; another than `start` where a holiday moves it."""
    holidays: list[HolidayMet]
    left_out: Literal["exception", "holiday"] | None
    """Why the series does not meet then, if it does not."""


class RuleWarning(Outgoing):
    """What a rule does that its author may not expect."""

    code: Literal["months-skipped", "anchor-not-met", "on-holidays"]
    detail: str
    rrule: str | None
    """The rule that does not do it, where there is one."""


class Preview(Outgoing):
    items: list[PreviewItem]
    warnings: list[RuleWarning]
