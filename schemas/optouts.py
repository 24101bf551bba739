"""Opt-outs: who wants no letters, of which rule or kind, or none at all."""

from __future__ import annotations

from typing import Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field, model_validator

from schemas.fields import Incoming, Outgoing
from schemas.meetings import Email

OptOutScope = Literal["rule", "kind", "all"]
EntryKind = Literal["meeting", "obligation", "information-request", "action-item", "review", "milestone"]


class OptOutDraft(Incoming):
    """That an address wants no letters, as somebody said by another way than the link in a letter."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"address": "focal.point@example.org", "scope": "all"}]}
    )

    address: Email
    scope: OptOutScope
    rule: UUID | None = Field(None, description="with scope `rule`: letters of this reminder rule")
    kind: EntryKind | None = Field(None, description="with scope `kind`: letters about things of this kind")

    @model_validator(mode="after")
    def name_the_subject(self) -> Self:
        """A scope says of what, and of nothing else."""
        if (self.scope == "rule") != (self.rule is not None):
            raise ValueError("`rule` goes with scope `rule`, and with no other")
        if (self.scope == "kind") != (self.kind is not None):
            raise ValueError("`kind` goes with scope `kind`, and with no other")
        return self


class OptOut(Outgoing):
    id: UUID
    person: UUID | None
    """Whose it is, at any address; an address's by itself where this is null."""
    address: str | None
    """At which it was said, and where nobody wants such letters; of a person, as long as they have it."""
    scope: OptOutScope
    rule: UUID | None
    kind: EntryKind | None
    by: Literal["letter", "key"]
    """By the link in a letter, or by somebody with a key."""
    created_at: AwareDatetime
