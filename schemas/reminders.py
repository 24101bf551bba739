"""What crosses the wire about reminders: rules, and the ledger of what was planned and sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, TypeAdapter, model_validator

from schemas.fields import FrameworkKey, Incoming, Iso3, Key, Language, Outgoing
from schemas.meetings import Email, Line, TimeZone
from schemas.people import WorkingHours, WorkingHoursChange

EntryKind = Literal["meeting", "obligation", "information-request", "action-item", "review", "milestone"]
AllOfAKind = Literal[
    "meetings", "obligations", "information-requests", "action-items", "reviews", "milestones"
]
SubjectKind = Literal[EntryKind, "meeting-series", AllOfAKind]
Channel = Literal["email", "webhook"]
Cause = Literal["reminder", "escalation", "moved", "changed", "cancelled", "restored"]
DeliveryStatus = Literal["scheduled", "sending", "sent", "failed", "skipped", "bounced"]
SkipReason = Literal[
    "moved",
    "closed",
    "too-late",
    "superseded",
    "opted-out",
    "left",
    "not-taken",
    "withdrawn",
    "refused",
    "given-up",
]

_ALL = ("meetings", "obligations", "information-requests", "action-items", "reviews", "milestones")
_WAYS = ("email", "person", "committee", "role", "webhook")
_BY_EMAIL = ("name", "language", "time_zone")
_durations = TypeAdapter(timedelta)


def check_offset(offset: str) -> str:
    """A reminder further than a year (366 days) from its thing is a mistake."""
    if abs(_durations.validate_python(offset)) > timedelta(days=366):
        raise ValueError("a reminder may lie at most 366 days before or after the date")
    return offset


Offset = Annotated[
    str,
    Field(
        pattern=r"^[+-]?P([0-9]{1,2}W|[0-9]{1,3}D|([0-9]{1,3}D)?T([0-9]{1,4}H([0-9]{1,2}M)?|[0-9]{1,5}M))$",
        description="ISO 8601 duration from the start of a meeting, or from 09:00 of the day on which"
        " something is due; negative before it. Weeks and days by the local calendar, hours and minutes"
        " exactly",
        examples=["-P7D", "-PT1H", "P2D"],
    ),
    AfterValidator(check_offset),
]


def refuse_same_moment(offsets: list[str]) -> list[str]:
    """Nobody is told the same thing twice: `-P7D` and `-P1W` are one offset."""
    if len({_durations.validate_python(offset) for offset in offsets}) < len(offsets):
        raise ValueError("two offsets name the same moment")
    return offsets


class Recipient(Incoming):
    """Who is told: an address, a person, a committee as it is composed then, whoever owns the thing, or a
    webhook."""

    email: Email | None = None
    person: UUID | None = None
    committee: Key | None = None
    role: Literal["owner"] | None = None
    webhook: UUID | None = None
    name: Line | None = Field(None, description="goes with `email`")
    language: Language | None = Field(
        None, max_length=35, description="goes with `email`: of the letter; English where it is not offered"
    )
    time_zone: TimeZone | None = Field(None, description="goes with `email`; that of the thing when left out")

    @model_validator(mode="after")
    def name_one(self) -> Self:
        """One way of saying who, and what belongs to it."""
        if len(self.named()) != 1:
            raise ValueError(f"name one of {', '.join(_WAYS)}")
        if self.email is None and any(getattr(self, name) is not None for name in _BY_EMAIL):
            raise ValueError(f"{', '.join(_BY_EMAIL)} go with `email`")
        return self

    def as_kept(self) -> dict[str, str | None]:
        """As a rule keeps it: what goes with an address also when it is null, as the first release did."""
        always = {"email", "name", "language"} if self.email is not None else set()
        facts: dict[str, str | None] = self.model_dump(mode="json")
        return {name: value for name, value in facts.items() if value is not None or name in always}

    def named(self) -> list[tuple[str, str]]:
        return [(way, str(value).casefold()) for way in _WAYS if (value := getattr(self, way)) is not None]


def refuse_repetition(recipients: list[Recipient]) -> list[Recipient]:
    ways = [way for recipient in recipients for way in recipient.named()]
    if len(set(ways)) < len(ways):
        raise ValueError("a recipient is named twice")
    return recipients


Offsets = Annotated[list[Offset], Field(min_length=1, max_length=20), AfterValidator(refuse_same_moment)]
Recipients = Annotated[
    list[Recipient], Field(min_length=1, max_length=1_000), AfterValidator(refuse_repetition)
]


class Escalation(Incoming):
    """Who else is told, and when, while nothing has been done."""

    offset: Offset
    recipients: Recipients


Escalations = Annotated[list[Escalation], Field(max_length=10)]


def check_channel(channel: str, told: Iterable[Recipient]) -> None:
    """Webhooks are called, people are written to."""
    if any((recipient.webhook is None) == (channel == "webhook") for recipient in told):
        raise ValueError("the channel `webhook` goes with recipients that are webhooks, and with no others")


class ReminderSubject(Incoming):
    """One thing by its id, the meetings of a series, or all things of a kind, those to come among them."""

    kind: SubjectKind
    id: UUID | None = None
    framework: FrameworkKey | None = Field(None, description="with all of a kind: only those under it")
    state: Iso3 | None = Field(None, description="with all of a kind: only those that this State owes")

    @model_validator(mode="after")
    def name_what_it_needs(self) -> Self:
        of_all = self.kind in _ALL
        if of_all == (self.id is not None):
            raise ValueError("all of a kind have no `id`" if of_all else f"the {self.kind} needs an `id`")
        if not of_all and (self.framework or self.state):
            raise ValueError("`framework` and `state` go with all of a kind")
        return self


class ReminderRuleDraft(Incoming):
    """That some people be told of something, before or after its date."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "subject": {"kind": "meeting-series", "id": "0198c0de-0000-7000-8000-000000000000"},
                    "offsets": ["-P7D", "-PT1H"],
                    "recipients": [{"email": "focal.point@example.org", "name": "Ana", "language": "es"}],
                },
                {
                    "subject": {"kind": "obligations", "framework": "ccm"},
                    "offsets": ["-P30D", "-P7D", "P2D"],
                    "recipients": [{"role": "owner"}],
                    "escalations": [
                        {"offset": "P14D", "recipients": [{"committee": "coordination-committee"}]}
                    ],
                    "working_hours": {"start": "09:00", "end": "17:00"},
                    "digest": True,
                },
            ]
        }
    )

    subject: ReminderSubject
    offsets: Offsets
    recipients: Recipients
    channel: Channel = "email"
    digest: bool = Field(
        False, description="what is due for one recipient on one day goes out in one letter that morning"
    )
    working_hours: WorkingHours | None = Field(
        None, description="of recipients who have none of their own; reminders go out at any hour without"
    )
    escalations: Escalations = Field([], description="who is told when nothing has been done by then")
    notices: bool = Field(
        True, description="whoever was told of a meeting is told at once when it is moved or called off"
    )

    @model_validator(mode="after")
    def fit_the_channel(self) -> Self:
        check_channel(self.channel, self.told())
        return self

    def told(self) -> list[Recipient]:
        """All recipients, those of escalations among them."""
        return [*self.recipients, *(one for step in self.escalations for one in step.recipients)]


class ReminderRuleChange(Incoming):
    """What may change about a rule; what is left out stays. What is not sent yet follows."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"offsets": ["-P14D", "-P1D"]}]})

    offsets: Offsets | None = None
    recipients: Recipients | None = None
    digest: bool | None = None
    working_hours: WorkingHoursChange | None = Field(None, description="null takes them away")
    escalations: Escalations | None = None
    notices: bool | None = None

    @model_validator(mode="after")
    def change_something(self) -> Self:
        """A change of nothing is a mistake, and only working hours can be taken away."""
        if not self.model_fields_set:
            raise ValueError("name at least one thing to change")
        if any(getattr(self, name) is None for name in self.model_fields_set - {"working_hours"}):
            raise ValueError("only `working_hours` may be null")
        return self

    def told(self) -> list[Recipient]:
        """All recipients that the change names."""
        steps = self.escalations or []
        return [*(self.recipients or []), *(one for step in steps for one in step.recipients)]


def as_kept(asked: ReminderRuleDraft | ReminderRuleChange, of: object = None) -> dict[str, Any]:
    """What a rule keeps of a draft, or of a change `of` it as far as that goes; not its subject."""
    named = isinstance(asked, ReminderRuleChange)
    facts = asked.given(of, mode="json") if named else asked.model_dump(mode="json", exclude={"subject"})
    if "recipients" in facts:
        facts["recipients"] = [recipient.as_kept() for recipient in asked.recipients or []]
    if "escalations" in facts:
        facts["escalations"] = [
            {"offset": step.offset, "recipients": [recipient.as_kept() for recipient in step.recipients]}
            for step in asked.escalations or []
        ]
    return facts


class ReminderRule(Outgoing):
    id: UUID
    subject: ReminderSubject
    offsets: list[str]
    recipients: list[Recipient]
    channel: Channel
    digest: bool
    working_hours: WorkingHours | None
    escalations: list[Escalation]
    notices: bool
    withdrawn_at: AwareDatetime | None
    created_at: AwareDatetime
    updated_at: AwareDatetime


class Delivery(Outgoing):
    """One line of the ledger: that one recipient was, or will be, told of one thing."""

    id: UUID
    rule: UUID
    entry: UUID
    """What is told of: the id of the meeting, obligation or other dated thing."""
    meeting: UUID | None
    """The same, of a meeting."""
    occurrence: AwareDatetime
    """The start or due date that the letter names."""
    cause: Cause
    """Why: as the rule asks, because nothing was done by then, or because what was told has changed."""
    offset: str | None
    """Of the rule; none where a change is told."""
    recipient: str
    """E-mail address, or the id of a webhook."""
    person: UUID | None
    channel: Channel
    due_at: AwareDatetime
    status: DeliveryStatus
    message_id: str | None
    """The same each time this letter is sent; shared by the lines that one letter told."""
    attempts: int
    retry_at: AwareDatetime | None
    """When it is tried again, after an attempt that failed for now."""
    sent_at: AwareDatetime | None
    bounced_at: AwareDatetime | None
    reason: SkipReason | None
    """Why it was skipped or failed, in a word."""
    detail: str | None
    """Why it failed or was skipped, and what the server said."""


class Attempt(Outgoing):
    """One attempt to send."""

    at: AwareDatetime
    outcome: Literal["sent", "postponed", "unanswered", "refused", "given-back"] | None
    """`unanswered` when the server had the letter and did not say what became of it. Null while it is under
    way, or when the worker was lost in it."""
    answer: str | None
    """What the server said, if it refused."""


class DeliveryRecord(Delivery):
    """One line of the ledger with its attempts, oldest first; the latest twenty are kept."""

    history: list[Attempt]
