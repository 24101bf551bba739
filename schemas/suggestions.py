"""Proposed mappings: how they are asked for, and what speaks for each."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from schemas.fields import FrameworkKey, Incoming, Key, Outgoing, Reference
from schemas.mappings import RelationName

Headings = Literal["both", "from", "to", "none"]
MOST = 20


class SuggestionRequest(Incoming):
    """Between which editions, always the latest, mappings are to be proposed; or for which provision."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"from": "ccm", "to": "crpd"}, {"provision": "ccm:art-5", "to": "crpd", "most": 10}]
        }
    )

    from_: Annotated[FrameworkKey | None, Field(alias="from", description="for all of its provisions")] = None
    provision: Reference | None = Field(None, description="instead: for this one alone")
    to: FrameworkKey
    most: int = Field(5, ge=1, le=MOST, description="proposals for one provision")
    headings: Headings = Field(
        "both", description="the framework whose provisions are read together with the title of their parent"
    )
    mapped: bool = Field(False, description="whether pairs are proposed that an accepted mapping connects")

    @model_validator(mode="after")
    def names_one_source(self) -> Self:
        if (self.from_ is None) == (self.provision is None):
            raise ValueError("give either `from` or `provision`")
        return self


class Closest(Outgoing):
    """The accepted mapping that is most like a proposed one, in both of its ends."""

    mapping: UUID
    set: Key
    subject: str
    relation: RelationName | None
    object: str


class Suggestion(Outgoing):
    """A proposed mapping. It is accepted, changed or rejected by `PATCH /v1/mappings/{id}`."""

    id: UUID
    """Of the mapping."""
    etag: str
    """Of the mapping, for `If-Match`."""
    subject: str
    subject_label: str | None
    relation: RelationName
    """Where nobody has said otherwise, the weakest: which one it is, is for the expert to say."""
    object: str
    object_label: str | None
    score: float | None
    """0 to 1: 1 where every way of comparing puts it before all others; null where nothing was compared. It
    compares the candidates of one subject; scores of different subjects say little of each other."""
    ranks: dict[str, float]
    """Its place among the candidates for its subject by way of comparing, where that sees anything in common:
    `words`, `letters`, `themes`, `meaning`. Candidates that are equal share the mean of their places."""
    words: list[str]
    """What both say, the weightiest first; across languages, words that are spelled alike."""
    themes: list[str]
    """Themes and concepts that both have."""
    closest: Closest | None


class Suggestions(Outgoing):
    """Open suggestions, the best first."""

    set: Key
    note: str | None
    """How the editions were compared when this was last done, and what was left out."""
    items: list[Suggestion]
    next: str | None
