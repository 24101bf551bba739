"""Feeds of the calendar: addresses that calendar programs subscribe to and that can be revoked."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from schemas.fields import Incoming, Key, Language, Outgoing
from schemas.reminders import Offset, refuse_same_moment

FeedKind = Literal["person", "committee", "framework", "all"]
Deadlines = Literal["to-dos", "events"]

NAMED_BY: dict[str, str | None] = {"person": "id", "committee": "key", "framework": "key", "all": None}


class FeedSubject(BaseModel):
    """What a feed shows: of a person by `id`, of a committee or framework by `key`, or all."""

    model_config = ConfigDict(extra="forbid")

    kind: FeedKind
    id: UUID | None = None
    key: Key | None = None

    @model_validator(mode="after")
    def name_one(self) -> Self:
        given = {name for name in ("id", "key") if getattr(self, name) is not None}
        needed = NAMED_BY[self.kind]
        if given != ({needed} if needed else set()):
            named = f"by `{needed}` alone" if needed else "by nothing more"
            raise ValueError(f"a subject of kind `{self.kind}` is named {named}")
        return self


class FeedDraft(Incoming):
    """A feed to subscribe to."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "subject": {"kind": "committee", "key": "coordination-committee"},
                    "alarms": ["-P1D", "-PT1H"],
                },
                {"subject": {"kind": "framework", "key": "ccm"}, "deadlines": "events", "language": "fr"},
            ]
        }
    )

    subject: FeedSubject
    alarms: Annotated[list[Offset], Field(max_length=5), AfterValidator(refuse_same_moment)] = Field(
        default=["-P1D"], description="when calendar programs ring; never if empty"
    )
    deadlines: Deadlines = Field(
        "to-dos",
        description="how deadlines are shown: `events` of a whole day, where programs show no to-dos",
    )
    language: Language | None = Field(None, max_length=35, description="of the feed's name")


class Feed(Outgoing):
    """A feed, without its token."""

    id: UUID
    subject: FeedSubject
    state: str | None
    """Set by the key that made it: what concerns other States is not shown."""
    alarms: list[str]
    deadlines: Deadlines
    language: str | None
    made_by: str
    """Name of the key."""
    created_at: AwareDatetime
    revoked_at: AwareDatetime | None


class NewFeed(Feed):
    """A feed just made."""

    address: str | None
    """With its token. Shown this once, for only a hash is kept: null when the same request comes again."""
