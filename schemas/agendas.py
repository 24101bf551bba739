"""Agendas of meetings, their minutes, decisions and action items, and the summary of a meeting."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from schemas.catalogue import Day
from schemas.fields import NO_NUL, Incoming, Iso3, Outgoing, Reason, Unique
from schemas.meetings import Line, Meeting, TimeZone, must_change

PaperLanguage = Literal["en", "fr", "es"]
"""In which agendas, summaries and handover packs are written."""

WorkKind = Literal[
    "decisions", "action-items", "overdue-obligations", "findings-awaiting-review", "information-requests",
    "idle-activities",
]  # fmt: skip
PointKind = Literal["standing", "added"] | WorkKind
PointStatus = Literal["planned", "treated", "postponed", "dropped"]
DecisionStatus = Literal["taken", "carried-out", "superseded"]
ActionStatus = Literal["open", "done", "cancelled"]

Minutes = Annotated[int, Field(ge=1, le=14 * 24 * 60, description="how long it is to take")]
Note = Reason
Ordinal = Annotated[int, Field(ge=1, le=100_000)]


class PointSource(Outgoing):
    """Where a point of an agenda, or a group of open work, comes from."""

    kind: str = Field(examples=["obligations"])
    path: str = Field(examples=["/v1/obligations?framework=ccm&status=overdue"])


class OpenThing(Outgoing):
    """One thing that is open, as a list below a point shows it."""

    title: str
    path: str
    state: str | None
    due_on: date | None
    owner: UUID | None
    carried: int | None = Field(description="of an action item: on how many agendas it stood before")


class AgendaPoint(Outgoing):
    """A point of an agenda."""

    id: UUID
    position: int | None = Field(description="from 1; null for what was dropped")
    title: str
    kind: PointKind
    source: PointSource | None
    note: str | None
    presenter: UUID | None
    minutes: int | None
    status: PointStatus
    edited: bool = Field(description="a person has said something of it, which drafting again leaves alone")
    below: list[OpenThing] = Field(description="what is open, as it was when the agenda was last drafted")


class Agenda(Outgoing):
    """What a meeting is to treat, in order."""

    meeting: UUID
    language: PaperLanguage
    items: list[AgendaPoint]
    dropped: list[AgendaPoint] = Field(description="what people took off; drafting does not bring it back")
    drafted_at: datetime = Field(description="when drafting last changed it")
    updated_at: datetime


class PointFacts(Incoming):
    """What people say of a point; null takes away."""

    note: Note | None = None
    presenter: UUID | None = Field(None, description="id of a person")
    minutes: Minutes | None = None


class PointDraft(PointFacts):
    """A point that people add."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"title": "Side event in November", "minutes": 15}]}
    )

    title: Line
    after: UUID | None = Field(
        None, description="the point behind which it stands; before the closing points when left out"
    )


class PointChange(PointFacts):
    """What may change about a point; what is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"title": "Late reports", "minutes": 20}, {"position": 2}]}
    )

    title: Line | None = Field(None, description="null: as it is drafted")
    status: PointStatus | None = None
    position: Ordinal | None = Field(None, description="from 1; beyond the last it is the last")

    @model_validator(mode="after")
    def change_something(self) -> Self:
        return must_change(self, kept={"status", "position"})


class ListedPoint(PointFacts):
    """A point in its place: one that is there, by its id, or a new one with a title."""

    id: UUID | None = None
    title: Line | None = None
    status: Literal["planned", "treated", "postponed"] | None = None

    @model_validator(mode="after")
    def name_it(self) -> Self:
        if self.id is None and self.title is None:
            raise ValueError("a new point needs a `title`, one that is there its `id`")
        return self


class AgendaEdit(Incoming):
    """The whole agenda in its order. Points that are not listed are dropped; a dropped one that is listed
    stands on it again. What is left out of a listed point stays as it is.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {"id": "0198c0de-0000-7000-8000-000000000001", "minutes": 5},
                        {"title": "Side event in November", "minutes": 15},
                    ]
                }
            ]
        }
    )

    items: list[ListedPoint] = Field(max_length=500)

    @model_validator(mode="after")
    def name_each_once(self) -> Self:
        ids = [item.id for item in self.items if item.id is not None]
        if len(set(ids)) < len(ids):
            raise ValueError("a point is listed twice")
        return self


class Attendance(Incoming):
    """Who took part."""

    persons: Unique[UUID] = Field([], max_length=1_000, description="ids of persons")
    states: Unique[Iso3] = Field([], max_length=250)
    others: Unique[Line] = Field([], max_length=1_000, description="by name: guests, organisations")

    @model_validator(mode="after")
    def name_each_once(self) -> Self:
        for name, values in (("persons", self.persons), ("states", self.states), ("others", self.others)):
            if len(set(values)) < len(values):
                raise ValueError(f"`{name}` names one twice")
        return self


class MinutesDraft(Incoming):
    """What was said, and who took part."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "text": "## Opening\n\nThe Chair opened the meeting at ten.",
                    "language": "en",
                    "attendees": {"states": ["XAA", "XBB"], "others": ["Survivors' network"]},
                }
            ]
        }
    )

    text: Annotated[str, StringConstraints(max_length=100_000), NO_NUL] = Field(description="Markdown")
    language: PaperLanguage = "en"
    attendees: Attendance = Field(default_factory=Attendance)


class MeetingMinutes(Outgoing):
    """The minutes of a meeting."""

    meeting: UUID
    text: str
    language: PaperLanguage
    attendees: Attendance
    by: str
    """The name of the key that wrote them last."""
    created_at: datetime
    updated_at: datetime


class DecisionDraft(Incoming):
    """What a meeting decided."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "meeting": "0198c0de-0000-7000-8000-000000000000",
                    "text": "The side event is held on the second day.",
                }
            ]
        }
    )

    meeting: UUID
    number: Ordinal | None = Field(None, description="within the meeting; the next one when left out")
    text: Reason
    status: DecisionStatus = "taken"


class DecisionChange(Incoming):
    """What may change about a decision; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "carried-out"}]})

    number: Ordinal | None = None
    text: Reason | None = None
    status: DecisionStatus | None = None

    @model_validator(mode="after")
    def change_something(self) -> Self:
        return must_change(self, kept={"number", "text", "status"})


class MeetingDecision(Outgoing):
    """A decision of a meeting."""

    id: UUID
    meeting: UUID
    framework: str
    state: str | None = Field(description="the State that the meeting concerns")
    number: int
    text: str
    status: DecisionStatus
    created_at: datetime
    updated_at: datetime


class ActionItemDraft(Incoming):
    """What somebody is to do after a meeting, by a day."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "meeting": "0198c0de-0000-7000-8000-000000000000",
                    "text": "Ask the three States for figures by sex and age.",
                    "owner": "0198c0de-0000-7000-8000-000000000002",
                    "due_on": "2026-06-30",
                }
            ]
        }
    )

    meeting: UUID
    decision: UUID | None = Field(None, description="the decision of that meeting that it carries out")
    text: Reason
    owner: UUID | None = Field(None, description="the person who does it; null while nobody is named")
    due_on: Day | None = Field(None, description="the last day; without one it is in no calendar")
    time_zone: TimeZone | None = Field(
        None, description="by whose clocks the day ends; that of the meeting when left out"
    )


class ActionItemChange(Incoming):
    """What may change about an action item; what is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"status": "done", "done_on": "2026-06-12"}, {"due_on": "2026-07-31"}]
        }
    )

    decision: UUID | None = None
    text: Reason | None = None
    owner: UUID | None = None
    due_on: Day | None = None
    time_zone: TimeZone | None = None
    status: ActionStatus | None = None
    done_on: Day | None = Field(None, description="goes with `done`; today when left out")

    @model_validator(mode="after")
    def change_something(self) -> Self:
        return must_change(self, kept={"text", "time_zone", "status", "done_on"})


class ActionItem(Outgoing):
    """What somebody is to do after a meeting."""

    id: UUID
    meeting: UUID
    framework: str
    state: str | None = Field(description="the State that the meeting concerns")
    decision: UUID | None
    text: str
    owner: UUID | None
    due_on: date | None
    time_zone: str
    status: ActionStatus
    done_on: date | None
    overdue: bool = Field(description="open, and its day has passed")
    carried: int = Field(description="on how many agendas of later meetings that have begun it has stood")
    created_at: datetime
    updated_at: datetime


class NamedPerson(Outgoing):
    id: UUID
    name: str
    state: str | None
    organisation: str | None


class NamedState(Outgoing):
    iso3: str
    name: str


class TookPart(Outgoing):
    persons: list[NamedPerson]
    states: list[NamedState]
    others: list[str]


class ActionTold(ActionItem):
    """An action item, with the name of its owner."""

    owner_name: str | None


class MeetingSummary(Outgoing):
    """What came of a meeting, for those who were not there."""

    meeting: Meeting
    language: PaperLanguage
    as_of: datetime
    took_part: TookPart
    agenda: list[AgendaPoint]
    minutes: str | None = Field(description="Markdown")
    decisions: list[MeetingDecision]
    action_items: list[ActionTold]
    next_meeting: Meeting | None
