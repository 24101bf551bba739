"""What crosses the wire about the calendar: series, meetings, reminder rules, deliveries."""

from __future__ import annotations

import unicodedata
from collections.abc import Set
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Annotated, Literal, Self, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    computed_field,
    model_validator,
)

from schemas.fields import Incoming, Iso3, Key, Label, Outgoing, refuse_nul

Change = TypeVar("Change", bound=BaseModel)

MeetingKind = Literal[
    "gfp-quarterly", "additional", "coordination-committee", "meeting-of-states-parties", "side-event",
    "plenary-summary", "intersessional", "dialogue", "bilateral", "mesecvi-conference", "mesecvi-experts",
    "mesecvi-organ", "monitoring-plan", "annual-review", "mid-term-evaluation", "external-evaluation",
    "evaluation", "other",
]  # fmt: skip
PlanKind = Literal["monitoring-plan", "annual-review", "mid-term-evaluation", "external-evaluation"]
Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
MeetingStatus = Literal["scheduled", "moved", "cancelled", "held"]
OfSeries = Literal["title", "framework", "committee", "duration_minutes", "location", "url", "notes"]


@cache
def _time_zones() -> frozenset[str]:
    # `localtime` is whatever the machine is set to, and `Factory` is no place.
    return frozenset(available_timezones() - {"localtime", "Factory"})


def check_time_zone(name: str) -> str:
    """The name, if the IANA time zone database has it in exactly this spelling."""
    if name not in _time_zones():
        raise ValueError(f"{name!r} is not a time zone of the IANA database")
    return name


def check_line(text: str) -> str:
    """The text, if it is one line: it becomes a header of a letter and a line of a calendar."""
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in text):
        raise ValueError("must be one line, without control characters")
    return text


def check_moment(moment: datetime) -> datetime:
    """iCalendar has no fractions of a second, and a calendar no use for far-off centuries."""
    if moment.microsecond:
        raise ValueError("the time must be given in whole seconds")
    if not 1900 <= moment.year < 2200:
        raise ValueError("the year must lie between 1900 and 2199")
    return moment


def must_change(change: Change, *, kept: Set[str]) -> Change:
    """The change, if it names something and takes away none of what is always `kept`."""
    if not change.model_fields_set:
        raise ValueError("name at least one thing to change")
    for name in sorted(change.model_fields_set & kept):
        if getattr(change, name) is None:
            raise ValueError(f"`{name}` cannot be null")
    return change


Line = Annotated[Label, Field(max_length=300), AfterValidator(check_line)]
TimeZone = Annotated[
    str,
    Field(max_length=80, description="IANA time zone", examples=["Europe/Zurich"]),
    AfterValidator(check_time_zone),
]
Minutes = Annotated[int, Field(ge=1, le=14 * 24 * 60)]
Address = Annotated[
    str,
    Field(
        pattern=r"^https?://[^\s\x00-\x1f]+$",
        max_length=2_000,
        description="where it takes place, or is described, on the web",
        examples=["https://meet.example.org/gfp"],
    ),
]
Notes = Annotated[Label, Field(max_length=10_000, description="what those invited should know")]
Email = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        max_length=254,
        description="e-mail address; international domains in their ASCII form",
    ),
    AfterValidator(refuse_nul),
]


Offset = Annotated[
    str,
    Field(
        pattern=r"^[+-]?P([0-9]{1,2}W|[0-9]{1,3}D)$",
        description="ISO 8601 duration in weeks or days, negative before the other meeting",
        examples=["-P3W"],
    ),
]


class Distance(Incoming):
    """How far a meeting lies from another, by the calendar of the other one's zone."""

    offset: Offset
    weekday: Weekday | None = Field(
        None, description="that day of the week, from Monday to Sunday, into which the offset leads"
    )
    time: Annotated[
        str | None,
        Field(
            pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
            description="local time of day; that of the other meeting when left out",
            examples=["10:00"],
        ),
    ] = None


class DistanceFromMeeting(Distance):
    meeting: UUID


class MeetingDraft(Incoming):
    """A meeting that stands by itself, beside a series, or at a distance from another meeting.

    What is left out of a meeting of a stated `kind` is filled in from the template of the kind.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Bilateral on the gender action plan",
                    "framework": "ccm",
                    "start": "2026-03-04T10:00:00+01:00",
                    "time_zone": "Europe/Zurich",
                    "duration_minutes": 60,
                },
                {
                    "kind": "side-event",
                    "relative_to": {
                        "meeting": "0198c0de-0000-7000-8000-000000000000",
                        "offset": "P1D",
                        "time": "13:15",
                    },
                },
            ]
        }
    )

    kind: MeetingKind | None = None
    title: Line | None = None
    framework: Key | None = None
    series: UUID | None = Field(
        None, description="the series beside which it stands, as a meeting of kind `additional`"
    )
    start: Annotated[AwareDatetime, AfterValidator(check_moment)] | None = None
    relative_to: DistanceFromMeeting | None = Field(
        None, description="in place of `start`: it goes with the other meeting until it is moved by itself"
    )
    time_zone: TimeZone | None = None
    duration_minutes: Minutes | None = None
    committee: Key | None = Field(None, description="key of the committee that meets")
    state: Iso3 | None = Field(
        None, description="the State that it concerns; the keys of other States do not see it"
    )
    location: Line | None = None
    url: Address | None = None
    notes: Notes | None = None
    companions: bool = Field(
        False, description="also call the meetings that go with one of its kind (`GET /v1/meeting-kinds`)"
    )

    @model_validator(mode="after")
    def begin_once(self) -> Self:
        if (self.start is None) == (self.relative_to is None):
            raise ValueError("give either `start` or `relative_to`")
        return self


class Meeting(Outgoing):
    """One meeting; its times carry the offset of its own zone, however they were stored."""

    id: UUID
    kind: MeetingKind
    series: UUID | None
    title: str
    framework: str
    committee: str | None
    state: str | None
    start: AwareDatetime
    time_zone: str
    duration_minutes: int
    location: str | None
    url: str | None
    notes: str | None
    own: list[OfSeries] = Field(
        description="which of these it was given by itself: a change of its series leaves them alone until"
        " it is given what the series says",
        examples=[["location", "notes"]],
    )
    status: MeetingStatus
    relative_to: DistanceFromMeeting | None
    """The meeting that it goes with, until it is moved by itself."""
    plan: UUID | None
    """The plan from whose period its date follows, until it is moved by itself."""
    sequence: int
    """Goes up with every change that those invited must learn of (RFC 5545), in feeds and letters too."""
    uid: str
    """The same in every feed and letter, for the life of the meeting."""

    @model_validator(mode="after")
    def localise(self) -> Self:
        self.start = self.start.astimezone(ZoneInfo(self.time_zone))
        return self

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated property
    @property
    def end(self) -> AwareDatetime:
        """`duration_minutes` of real time after the start, across a clock change too."""
        end = self.start.astimezone(UTC) + timedelta(minutes=self.duration_minutes)
        return end.astimezone(ZoneInfo(self.time_zone))


class MeetingChange(Incoming):
    """What may change about a meeting; what is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"start": "2026-03-11T10:00:00+01:00"}, {"status": "cancelled"}]}
    )

    title: Line | None = None
    start: Annotated[AwareDatetime, AfterValidator(check_moment)] | None = None
    duration_minutes: Minutes | None = None
    committee: Key | None = None
    location: Line | None = None
    url: Address | None = None
    notes: Notes | None = None
    status: Literal["cancelled", "held"] | None = None

    @model_validator(mode="after")
    def change_something(self) -> Self:
        """A change of nothing is a mistake, and not everything can be taken away."""
        return must_change(self, kept={"title", "start", "duration_minutes", "status"})


class StandingPoint(Outgoing):
    key: str
    title: dict[str, str]


class KindSource(Outgoing):
    text: str
    provision: str | None
    """Where the catalogue has it."""


class Companion(Outgoing):
    kind: MeetingKind
    offset: str
    time: time
    per_committee: bool
    """One for each committee of the framework."""


class KindOfMeeting(Outgoing):
    """A template: what a meeting or series of this kind is, when nothing else is said."""

    key: MeetingKind
    title: dict[str, str]
    source: KindSource | None
    """What asks for such meetings."""
    framework: str | None
    rrule: str | None
    """The usual rule; null where nothing says how often."""
    duration_minutes: int
    agenda: list[StandingPoint]
    first_of_year: list[StandingPoint]
    """Added to the agenda of a year's first meeting."""
    companions: list[Companion]
    from_plan: bool
    """Whether its dates follow from the period of a plan (`POST /v1/plans/{id}/calendar`)."""


class PlanCalendarRequest(Incoming):
    """How the meetings that a plan's period asks for are entered."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"time_zone": "America/New_York", "time": "10:00"}]}
    )

    time_zone: TimeZone
    time: Annotated[
        str,
        Field(
            pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="local time of day", examples=["10:00"]
        ),
    ] = "10:00"
    kinds: list[PlanKind] | None = Field(
        None, min_length=1, max_length=4, description="all that follow from a period when left out"
    )
    committee: Key | None = None


class PlanDate(Outgoing):
    """One date that a plan's period asks for."""

    kind: PlanKind
    ordinal: int
    """Which of its kind, from 1: the first annual review, the second, …"""
    date: date
    """By the rule; the meeting is held on a weekday near it."""
    meeting: UUID | None
    """Null where the date had passed before it was entered."""


class PlanCalendar(Outgoing):
    """The meetings that follow from a plan's period, in order."""

    dates: list[PlanDate]
    items: list[Meeting]
    made: int
    moved: int
    """Brought to where the plan's period now leads."""
    cancelled: int
    """The period no longer asks for them."""
