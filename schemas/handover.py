"""What the holders of a mandate hand over to those who come after them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from schemas.agendas import MeetingSummary, OpenThing, PaperLanguage, PointSource, WorkKind
from schemas.assessments import Score
from schemas.fields import Outgoing
from schemas.plan_items import ItemStatus
from schemas.plans import Mandate

AheadKind = Literal["meeting", "milestone", "reporting-cycle"]


class Contact(Outgoing):
    """A person who can be asked."""

    id: UUID
    name: str
    email: str
    telephone: str | None
    language: str | None
    state: str | None
    organisation: str | None
    role: str | None


class HolderContacts(Outgoing):
    state: str
    name: str
    role: str | None
    persons: list[Contact]


class CommitteeContacts(Outgoing):
    key: str
    title: str
    members: list[Contact]


class HandedActivity(Outgoing):
    """An activity that the terms ask for, as it stands."""

    ref: str
    title: str
    status: ItemStatus
    responsible: list[str] = Field(description="by name")
    due: date | None
    note: str | None
    idle: bool = Field(description="not done, and not heard of since the last meeting, or ever")


class OpenGroup(Outgoing):
    """Open work of one kind."""

    kind: WorkKind
    title: str
    source: PointSource
    items: list[OpenThing]


class Ahead(Outgoing):
    """One thing that the calendar has in the next twelve months."""

    kind: AheadKind
    title: str
    start: datetime
    due_on: date | None = Field(description="where it is due on a day; without a time of day")
    time_zone: str
    path: str


class LevelCounts(Outgoing):
    """How many findings are at each level, as decided, else as proposed."""

    level_0: int
    level_1: int
    level_2: int
    level_3: int
    not_applicable: int
    not_assessed: int


class PublishedFigures(Outgoing):
    """A published assessment, in figures."""

    id: UUID
    submission: UUID
    state: str
    name: str
    period: str
    rubric: str
    levels: LevelCounts
    score: Score | None


class LastAnalysis(Outgoing):
    """What was last made of it all: the last meeting, and the assessments published last."""

    meeting: MeetingSummary | None
    period: str | None = Field(description="the latest for which assessments are published")
    assessments: list[PublishedFigures]
    total: LevelCounts = Field(description="over these assessments; sample States are in none of this")


class Handover(Outgoing):
    """All that the holders of a mandate hand over, as it was at one moment."""

    as_of: datetime
    language: PaperLanguage
    framework: str
    framework_title: str
    terms: str
    terms_title: str
    mandate: Mandate
    in_force: bool = Field(
        description="on the day of `as_of`, by the clocks of those who take the framework's reports in"
    )
    successors: list[Mandate] = Field(description="by the same terms, the next first")
    activities: list[HandedActivity]
    open_work: list[OpenGroup]
    calendar: list[Ahead] = Field(description="meetings, milestones and reporting cycles that are to come")
    calendar_ends: datetime | None = Field(
        description="where the calendar has more than 500 lines, the last one that is listed; else null"
    )
    holders: list[HolderContacts]
    committees: list[CommitteeContacts]
    last_analysis: LastAnalysis
