"""What crosses the wire about the calendar: series, meetings, reminder rules, deliveries."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated, Literal, Self
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    AwareDatetime,
    ConfigDict,
    Field,
    NaiveDatetime,
    TypeAdapter,
    computed_field,
    model_validator,
)

from schemas.fields import Incoming, Key, Label, Language, Outgoing, refuse_nul
from schemas.recurrence import RecurrenceRule

MeetingKind = Literal[
    "gfp-quarterly", "additional", "coordination-committee", "meeting-of-states-parties", "side-event",
    "intersessional", "dialogue", "bilateral", "mesecvi-organ", "annual-review", "evaluation", "other",
]  # fmt: skip
MeetingStatus = Literal["scheduled", "moved", "cancelled", "held"]
SubjectKind = Literal["meeting", "meeting-series"]
Channel = Literal["email"]
DeliveryStatus = Literal["scheduled", "sending", "sent", "failed", "skipped"]


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


def check_offset(offset: str) -> str:
    """A reminder further than a year (366 days) from its meeting is a mistake."""
    if abs(_durations.validate_python(offset)) > timedelta(days=366):
        raise ValueError("a reminder may lie at most 366 days before or after the meeting")
    return offset


_durations = TypeAdapter(timedelta)

Line = Annotated[Label, Field(max_length=300), AfterValidator(check_line)]
TimeZone = Annotated[
    str,
    Field(max_length=80, description="IANA time zone", examples=["Europe/Zurich"]),
    AfterValidator(check_time_zone),
]
Minutes = Annotated[int, Field(ge=1, le=14 * 24 * 60)]
Offset = Annotated[
    str,
    Field(
        pattern=r"^[+-]?P([0-9]{1,2}W|[0-9]{1,3}D|([0-9]{1,3}D)?T([0-9]{1,4}H([0-9]{1,2}M)?|[0-9]{1,5}M))$",
        description="ISO 8601 duration from the start of the meeting, negative before it: weeks and days"
        " by the local calendar, hours and minutes exactly",
        examples=["-P7D", "-PT1H"],
    ),
    AfterValidator(check_offset),
]
Email = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        max_length=254,
        description="e-mail address; international domains in their ASCII form",
    ),
    AfterValidator(refuse_nul),
]


class SeriesDraft(Incoming):
    """Meetings that recur, computed from the anchor in the local time of one zone."""

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
                }
            ]
        }
    )

    title: Line
    framework: Key
    kind: MeetingKind = "gfp-quarterly"
    rrule: RecurrenceRule
    time_zone: TimeZone
    anchor: Annotated[NaiveDatetime, AfterValidator(check_moment)] = Field(
        description="local date and time from which the rule counts; gives the time of day"
    )
    duration_minutes: Minutes


class Series(Outgoing):
    id: UUID
    title: str
    framework: str
    kind: MeetingKind
    rrule: str
    time_zone: str
    anchor: NaiveDatetime
    duration_minutes: int
    created_at: AwareDatetime


class PreviewItem(Outgoing):
    start: AwareDatetime
    """With the offset that the series' zone has on that day."""


class RuleWarning(Outgoing):
    """What a rule does that its author may not expect."""

    code: Literal["months-skipped", "anchor-not-met"]
    detail: str
    rrule: str | None
    """The rule that does not do it, where there is one."""


class Preview(Outgoing):
    items: list[PreviewItem]
    warnings: list[RuleWarning]


class MeetingDraft(Incoming):
    """A meeting that stands by itself, beside any series."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Bilateral on the gender action plan",
                    "framework": "ccm",
                    "start": "2026-03-04T10:00:00+01:00",
                    "time_zone": "Europe/Zurich",
                    "duration_minutes": 60,
                }
            ]
        }
    )

    title: Line
    framework: Key
    start: Annotated[AwareDatetime, AfterValidator(check_moment)]
    time_zone: TimeZone
    duration_minutes: Minutes


class Meeting(Outgoing):
    """One meeting; its times carry the offset of its own zone, however they were stored."""

    id: UUID
    series: UUID | None
    title: str
    framework: str
    start: AwareDatetime
    time_zone: str
    duration_minutes: int
    status: MeetingStatus
    sequence: int
    """Goes up with every change that those invited must learn of (RFC 5545)."""
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


class ReminderSubject(Incoming):
    kind: SubjectKind
    id: UUID


class Recipient(Incoming):
    email: Email
    name: Line | None = None
    language: Language | None = Field(None, description="of the letter; English where it is not offered")


class ReminderRuleDraft(Incoming):
    """That some people be told, at some times, of a meeting or of every meeting of a series."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "subject": {"kind": "meeting-series", "id": "0198c0de-0000-7000-8000-000000000000"},
                    "offsets": ["-P7D", "-PT1H"],
                    "recipients": [{"email": "focal.point@example.org", "name": "Ana", "language": "es"}],
                }
            ]
        }
    )

    subject: ReminderSubject
    offsets: list[Offset] = Field(min_length=1, max_length=20)
    recipients: list[Recipient] = Field(min_length=1, max_length=1_000)
    channel: Channel = "email"
    digest: Literal[False] = Field(False, description="every reminder is a message of its own")
    working_hours: None = Field(None, description="reminders go out at any hour")

    @model_validator(mode="after")
    def refuse_repetition(self) -> Self:
        """Nobody is told the same thing twice: `-P7D` and `-P1W` are one offset."""
        if len({_durations.validate_python(offset) for offset in self.offsets}) < len(self.offsets):
            raise ValueError("two offsets name the same moment")
        if len({recipient.email.casefold() for recipient in self.recipients}) < len(self.recipients):
            raise ValueError("a recipient is named twice")
        return self


class ReminderRule(Outgoing):
    id: UUID
    subject: ReminderSubject
    offsets: list[str]
    recipients: list[Recipient]
    channel: Channel
    digest: Literal[False]
    working_hours: None
    created_at: AwareDatetime


class Delivery(Outgoing):
    """One line of the ledger: that one recipient was, or will be, told of one meeting."""

    id: UUID
    rule: UUID
    meeting: UUID
    occurrence: AwareDatetime
    """The start that the letter names."""
    offset: str
    recipient: str
    channel: Channel
    due_at: AwareDatetime
    status: DeliveryStatus
    message_id: str | None
    """The same each time this letter is sent."""
    attempts: int
    sent_at: AwareDatetime | None
    detail: str | None
    """Why it failed or was skipped."""


class MeetingChange(Incoming):
    """What may change about a meeting; what is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"start": "2026-03-11T10:00:00+01:00"}, {"status": "cancelled"}]}
    )

    title: Line | None = None
    start: Annotated[AwareDatetime, AfterValidator(check_moment)] | None = None
    duration_minutes: Minutes | None = None
    status: Literal["cancelled", "held"] | None = None

    @model_validator(mode="after")
    def change_something(self) -> Self:
        """A change of nothing is a mistake, and nothing here can be taken away."""
        if not self.model_fields_set:
            raise ValueError("name at least one thing to change")
        if any(getattr(self, name) is None for name in self.model_fields_set):
            raise ValueError("a meeting always has a title, a start and a duration; null is not possible")
        return self
