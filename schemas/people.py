"""Persons who are written to, and the committees that they belong to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from schemas.fields import FrameworkKey, Incoming, Iso3, IsoDate, Key, Language, Outgoing, Part, Translations
from schemas.meetings import Email, Line, TimeZone, Weekday

WORKING_WEEK: tuple[Weekday, ...] = ("MO", "TU", "WE", "TH", "FR")


def check_telephone(number: str) -> str:
    """The number, if there is something in it to dial."""
    if sum(character.isdigit() for character in number) < 3:
        raise ValueError("a telephone number has digits")
    return number


Clock = Annotated[
    str,
    Field(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="local time of day, HH:MM", examples=["09:00"]
    ),
]
Telephone = Annotated[
    str,
    Field(pattern=r"^\+?[0-9 ()./-]+$", max_length=40, examples=["+41 22 307 33 33"]),
    AfterValidator(check_telephone),
]


Weekdays = Annotated[list[Weekday], Field(min_length=1, max_length=7)]


class WorkingHours(BaseModel):
    """When somebody is at work, by the clocks of their own time zone."""

    model_config = ConfigDict(extra="forbid")

    start: Clock = "09:00"
    end: Clock = "17:00"
    weekdays: Weekdays = list(WORKING_WEEK)

    @model_validator(mode="after")
    def open_some_time(self) -> Self:
        """Hours that cross midnight would belong to two weekdays."""
        if self.end <= self.start:
            raise ValueError("working hours end after they start, on the same day")
        if len(set(self.weekdays)) < len(self.weekdays):
            raise ValueError("a weekday is named twice")
        return self


class WorkingHoursChange(Part):
    """What may change about working hours; what is left out stays."""

    whole = WorkingHours

    start: Clock | None = None
    end: Clock | None = None
    weekdays: Weekdays | None = None


class PersonFacts(Incoming):
    """What may be left out about a person."""

    language: Language | None = Field(None, max_length=35, description="in which to write to them (BCP 47)")
    time_zone: TimeZone | None = Field(None, description="whose clocks they live by")
    state: Iso3 | None = Field(None, description="the State that they work for")
    organisation: Line | None = None
    role: Line | None = None
    telephone: Telephone | None = None
    left: IsoDate | None = Field(None, description="from this day on they are not written to any more")


class PersonDraft(PersonFacts):
    """A person to be written to."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Ana Horvat",
                    "email": "ana.horvat@example.org",
                    "language": "en",
                    "time_zone": "Europe/Zagreb",
                    "working_hours": {"start": "08:30", "end": "16:30", "weekdays": ["MO", "TU", "WE", "TH"]},
                    "state": "HRV",
                    "role": "Gender focal point",
                }
            ]
        }
    )

    name: Line
    email: Email
    working_hours: WorkingHours | None = Field(None, description="letters wait for them")


class PersonChange(PersonFacts):
    """What may change about a person; what is left out stays, and null takes away."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"time_zone": "America/New_York"}, {"left": "2027-07-01"}]}
    )

    name: Line | None = None
    email: Email | None = None
    working_hours: WorkingHoursChange | None = Field(None, description="letters wait for them")

    @model_validator(mode="after")
    def change_something(self) -> Self:
        """A change of nothing is a mistake."""
        if not self.model_fields_set:
            raise ValueError("name at least one thing to change")
        if any(getattr(self, name) is None for name in self.model_fields_set & {"name", "email"}):
            raise ValueError("a person always has a name and an e-mail address; null is not possible")
        return self


class Person(Outgoing):
    """Somebody who is written to."""

    id: UUID
    name: str
    email: str
    language: str | None
    time_zone: str | None
    working_hours: WorkingHours | None
    state: str | None
    organisation: str | None
    role: str | None
    telephone: str | None
    left: date | None
    """From this day on they are not written to any more."""
    created_at: datetime
    updated_at: datetime


class CommitteeDraft(Incoming):
    """Persons who meet and are written to together."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": {"en": "Coordination Committee", "fr": "Comité de coordination"},
                    "framework": "ccm",
                }
            ]
        }
    )

    title: Translations
    framework: FrameworkKey | None = Field(None, description="under which it meets; none if beside all")


class Committee(Outgoing):
    key: str
    title: dict[str, str]
    framework: str | None
    created_at: datetime


class MemberDraft(Incoming):
    """That a person belongs to a committee, from a day until another; both days are included."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "person": "01981a2e-7c41-7a53-9c6e-3a1d5f0b2c44",
                    "role": "Coordinator",
                    "since": "2026-09-01",
                    "until": "2027-08-31",
                }
            ]
        }
    )

    person: UUID
    role: Line | None = None
    since: IsoDate
    until: IsoDate | None = Field(None, description="the last day; null while it is not known")

    @model_validator(mode="after")
    def end_after_beginning(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise ValueError("the membership ends before it begins")
        return self


class MemberChange(Incoming):
    """What may change about a membership; what is left out stays, and null takes away."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"until": "2027-06-30"}]})

    role: Line | None = None
    since: IsoDate | None = None
    until: IsoDate | None = None

    @model_validator(mode="after")
    def change_something(self) -> Self:
        """A change of nothing is a mistake."""
        if not self.model_fields_set:
            raise ValueError("name at least one thing to change")
        if "since" in self.model_fields_set and self.since is None:
            raise ValueError("a membership always has a first day; null is not possible")
        return self


class Member(Outgoing):
    """A person's membership of a committee."""

    id: UUID
    committee: Key
    person: Person
    role: str | None
    since: date
    until: date | None
    """The last day; null while it is not known."""
