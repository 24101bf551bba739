"""A second reader's verdicts: what it is asked, what it must answer, what reviewers see of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from schemas.fields import NO_NUL, Incoming, Key, Label, Outgoing

ReadingStatus = Literal["given", "refused", "malformed", "unavailable", "over-limit"]
Level = Annotated[int, Field(ge=0, le=3)]
Why = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True), NO_NUL]


class SecondOpinion(Outgoing):
    """What a language model holds of a criterion: beside the proposal, never instead of it."""

    level: int | None
    applicable: bool
    why: str = Field(description="plain text by a model that has read the report: show it as text")
    cites: list[str] = Field(description="ids of passages, formed like those of evidence")
    model: str
    prompt: str = Field(examples=["second-reader@2026.1"])
    agrees: bool = Field(description="false: it differs from the proposal, in level or applicability")
    at: datetime


class SecondReading(Outgoing):
    """How the latest second reading of a finding ended."""

    status: ReadingStatus
    problem: str | None = Field(description="why there is no opinion")


class JudgePrompt(Incoming):
    """What a second reader is told before it is shown a criterion and its passages."""

    key: Key
    edition: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+$", max_length=40)]
    instructions: str
    levels: dict[Literal["0", "1", "2", "3"], Label]

    @property
    def version(self) -> str:
        return f"{self.key}@{self.edition}"


class JudgeAnswer(BaseModel):
    """What a second reader must answer, before it is known whether the passages that it cites exist."""

    model_config = ConfigDict(extra="forbid", strict=True)

    level: Level | None
    applicable: bool
    why: Why
    cites: list[str] = Field(max_length=100)

    @model_validator(mode="after")
    def says_one_thing(self) -> Self:
        if self.applicable == (self.level is None):
            raise ValueError("a level, or not applicable without one")
        if not self.cites and self.level != 0:
            raise ValueError("whatever is not level 0 rests on a passage")
        return self
