"""Constrained values that several shapes share, each named once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

Item = TypeVar("Item")
Mode: TypeAlias = Literal["python", "json"]


def refuse_nul(text: str) -> str:
    """PostgreSQL cannot store U+0000 in text, so no field accepts it."""
    if "\x00" in text:
        raise ValueError("text must not contain the character U+0000")
    return text


def refuse_other_days(day: object) -> object:
    """A number would be taken for seconds since 1970, and a moment for its day."""
    written = isinstance(day, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day) is not None
    if written or (isinstance(day, date) and not isinstance(day, datetime)):
        return day
    raise ValueError("a day is written YYYY-MM-DD")


NO_NUL = AfterValidator(refuse_nul)
"""Stands last: a length that is measured after it would be that of the text before blanks are stripped."""

Label = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True), NO_NUL]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=5_000, strip_whitespace=True), NO_NUL]
Key = Annotated[
    str,
    Field(pattern=r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$", max_length=80, description="kebab-case key"),
]
FrameworkKey = Annotated[
    str,
    Field(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80, description="kebab-case key of a framework"),
]
Iso3 = Annotated[
    str, Field(pattern=r"^[A-Z]{2,3}$", description="ISO 3166-1 alpha-3 (`EU` for the European Union)")
]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$", description="BCP 47")]
EditionKey = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*$",
        max_length=40,
        description="key of an edition",
        examples=["2008", "2026-rev.1"],
    ),
]
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
        pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*"
        r":[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*"
        r"(?:@[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*)?$",
        max_length=240,
        description="framework and reference; `@edition` pins one edition",
        examples=["ccm:art-7", "sdg:5.2.1", "ccm:art-7@2008"],
    ),
]
Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(1900, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC)),
]
IsoDate = Annotated[date, BeforeValidator(refuse_other_days)]
Unique = Annotated[list[Item], Field(json_schema_extra={"uniqueItems": True})]
"""Each item once, which the rules of the subject see to: they name the item that repeats another."""

Translations = Annotated[dict[Language, Label], Field(min_length=1, description="text by language")]


class Incoming(BaseModel):
    """What a client sends. A field that is not known is refused, never dropped."""

    model_config = ConfigDict(extra="forbid")

    def given(
        self, of: object = None, *, without: Set[str] = frozenset(), mode: Mode = "python"
    ) -> dict[str, Any]:
        """What the client named, each value whole: with what it has when nothing is said of it.

        A `Part` is merged into what is there: the attribute `of` this name. Raises Unfit.
        """
        facts = self.model_dump(mode=mode, include=self.model_fields_set - without)
        for name in facts:
            part = getattr(self, name)
            if isinstance(part, Part):
                facts[name] = part.merged(getattr(of, name), name, mode=mode)
        return facts


class Part(Incoming):
    """Members of an object inside what a client changes. Those left out stay, and null takes one away: it is
    then what it is when nothing is said of it (RFC 7396).
    """

    whole: ClassVar[type[BaseModel]]
    """What there must be of it in the end."""

    def merged(self, stored: Mapping[str, Any] | None, name: str, *, mode: Mode) -> dict[str, Any]:
        """The whole, if the object called `name` is one with these members. Raises Unfit."""
        members = {**(stored or {}), **self.given()}
        present = {member: value for member, value in members.items() if value is not None}
        try:
            return self.whole.model_validate(present).model_dump(mode=mode)
        except ValidationError as error:
            raise Unfit(name, error) from None


class Unfit(ValueError):
    """A change makes of an object what that cannot be; `problems` as pydantic lists them."""

    def __init__(self, name: str, error: ValidationError) -> None:
        super().__init__(f"`{name}` would not be as it must be")
        self.problems = [item | {"loc": ("body", name, *item["loc"])} for item in error.errors()]


class Outgoing(BaseModel):
    """What a client receives. Every key is always there."""

    model_config = ConfigDict(from_attributes=True, use_attribute_docstrings=True)
