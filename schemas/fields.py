"""Constrained values that several shapes share, each named once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints


def refuse_nul(text: str) -> str:
    """PostgreSQL cannot store U+0000 in text, so no field accepts it."""
    if "\x00" in text:
        raise ValueError("text must not contain the character U+0000")
    return text


NO_NUL = AfterValidator(refuse_nul)
"""Stands last: a length that is measured after it would be that of the text before blanks are stripped."""

Label = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True), NO_NUL]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=5_000, strip_whitespace=True), NO_NUL]
Key = Annotated[
    str,
    Field(pattern=r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$", max_length=80, description="kebab-case key"),
]
Iso3 = Annotated[
    str, Field(pattern=r"^[A-Z]{2,3}$", description="ISO 3166-1 alpha-3 (`EU` for the European Union)")
]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$", description="BCP 47")]
LocalReference = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*$",
        max_length=120,
        description="reference of a provision or indicator within its framework",
        examples=["art-7", "5.2.1"],
    ),
]
Reference = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9-]+:[A-Za-z0-9.-]+(?:@[A-Za-z0-9.-]+)?$",
        max_length=240,
        description="framework and reference; `@edition` pins one edition",
        examples=["ccm:art-7", "sdg:5.2.1", "ccm:art-7@2008"],
    ),
]
Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(1900, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC)),
]
Translations = Annotated[dict[Language, Label], Field(min_length=1, description="text by language")]


class Incoming(BaseModel):
    """What a client sends. A field that is not known is refused, never dropped."""

    model_config = ConfigDict(extra="forbid")


class Outgoing(BaseModel):
    """What a client receives. Every key is always there."""

    model_config = ConfigDict(from_attributes=True, use_attribute_docstrings=True)
