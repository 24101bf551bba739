"""What the words of one language must have, and how dates and times are said in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

Occasion = Literal["ahead", "past", "moved", "changed", "cancelled", "restored", "escalation"]
"""Why a letter is written: before the date, after it, or because something happened."""

OCCASIONS: tuple[Occasion, ...] = get_args(Occasion)
OF_MEETINGS: tuple[Occasion, ...] = ("changed", "restored")
"""What is told of meetings only."""

KINDS = ("meeting", "obligation", "information-request", "action-item", "review", "milestone")

VARIABLES = {
    "name": "the recipient's name",
    "title": "the title of the meeting, or of what is due",
    "day": "its date, for a meeting with the time of day, in its own zone",
    "when": "all of its time, with the name of its zone",
    "theirs": "the same in the recipient's zone, where clocks there differ",
    "place": "where a meeting takes place",
    "count": "how many things a letter lists",
    "address": "where the recipient can unsubscribe, or a meeting is found on the web",
}
"""What a template may name in braces."""


@dataclass(frozen=True, slots=True)
class Template:
    """A letter's subject and the sentence above the facts."""

    subject: str
    lead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How a language says dates and times."""

    dates: str
    times: str
    moments: str
    spans: str
    first_of_month: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]

    def day(self, day: date) -> str:
        return self.dates.format(
            weekday=self.weekdays[day.weekday()],
            day=self.first_of_month if day.day == 1 else day.day,
            month=self.months[day.month - 1],
            year=day.year,
        )

    def at(self, moment: datetime) -> str:
        return self.moments.format(day=self.day(moment), time=self.hour(moment))

    def hour(self, moment: datetime) -> str:
        return self.times.format(hour=moment.hour, minute=moment.minute)

    def between(self, start: datetime, end: datetime) -> str:
        if start.date() != end.date():
            return f"{self.at(start)} – {self.at(end)}"
        return self.spans.format(day=self.day(start), start=self.hour(start), end=self.hour(end))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """All words of letters in one language. Templates name `VARIABLES` in braces."""

    greeting: str
    greeting_by_name: str
    templates: Mapping[str, Mapping[Occasion, Template]]
    digest: Template
    until_the_end: str
    instead_of: str
    theirs: str
    theirs_until: str
    place: str
    link: str
    attached: Mapping[str, str]
    automatic: str
    stop: str
    stop_link: str
    clock: Clock
    page: Mapping[str, str]
