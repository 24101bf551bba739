"""How submissions are judged: a rubric edition. The engine is general, everything about a subject is here."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from schemas.fields import Incoming, Key, Label, Language, Reference, Translations

Reach = Literal["clause", "sentence", "paragraph"]
AnyOf = Annotated[list[Key], Field(min_length=1, description="any one of these concepts or their children")]


def is_empty(value: object) -> bool:
    """Left out of documents, so that rubrics of before there were scores keep their fingerprint."""
    return not value


class Conjunction(Incoming):
    """Concepts that must meet in one clause."""

    all: list[Key | AnyOf] = Field(min_length=1, description="each must be there, near the first of them")
    topic: list[Key] = Field(
        default_factory=list,
        description="the subject matter, any one of these: in the clause, or else in the heading above, "
        "the sentence before, or the key of the section",
    )
    within: int = Field(90, ge=0, le=1_000, description="characters between the first concept and another")
    without: list[Key] = Field(
        default_factory=list,
        description="concepts that must not be as near to these as they are to each other; "
        "where only one is named, not in the clause",
    )


Alternative = Key | Conjunction


class LevelRule(Incoming):
    """When a statement of the State's own about the criterion is at a level.

    Statements that are denied or are others' never reach a level above 0.
    """

    concepts: list[Alternative] | None = Field(
        None, description="what the statement is about; left out: the criterion's concepts"
    )
    signals: list[Key | AnyOf] = Field(
        default_factory=list, description="what its clause must also tell; each item must be there"
    )
    beside: list[Key | AnyOf] = Field(
        default_factory=list, description="what must be told within `reach`, and not as a plan"
    )
    reach: Reach = Field(
        "paragraph", description="`paragraph`: the sentence itself and the one that follows it"
    )
    realised: bool = Field(True, description="plans, promises and possibilities do not count")


class Criterion(Incoming):
    key: Key
    title: Translations
    provisions: list[Reference] = Field(min_length=1)
    themes: list[Key] = Field(default_factory=list)
    concepts: list[Alternative] = Field(min_length=1, description="any one makes a statement relevant")
    levels: dict[Literal["1", "2", "3"], list[LevelRule]] = Field(
        default_factory=dict, description="alternatives per level; a level left out keeps the default rule"
    )
    not_applicable_when: list[Alternative] = Field(
        default_factory=list,
        description="statements by which the State says that it has no such obligation; "
        "they count only when nothing on the criterion is reported as done",
    )
    gap: Translations | None = Field(None, description="what to ask for, as a sentence of a letter")


class LevelName(Incoming):
    """What a level is called where the rubric does not use the usual names."""

    title: Translations
    lead: dict[Language, Label] = Field(
        default_factory=dict, description="how a letter about a gap at this level begins"
    )


class Grade(Incoming):
    """A value of the overall score, and what it takes."""

    value: Label = Field(examples=["2"])
    title: Translations
    needs: dict[Key, Literal[1, 2, 3]] = Field(
        default_factory=dict,
        description="the level that each of these criteria must reach; one not applicable is passed over",
    )


class Graded(Incoming):
    """The score is the first of the grades that all its criteria reach."""

    grades: list[Grade] = Field(min_length=1)
    otherwise: Grade = Field(description="when none is reached; it needs nothing")

    @model_validator(mode="after")
    def only_the_last_needs_nothing(self) -> Self:
        if self.otherwise.needs or not all(grade.needs for grade in self.grades):
            raise ValueError("each grade needs something, and `otherwise` nothing")
        return self


class Tally(Incoming):
    """The score is the number of criteria at this level or higher."""

    level: Literal[1, 2, 3]


class Rubric(Incoming):
    """What submissions under a framework are judged by, criterion by criterion."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "key": "ccm-short",
                    "edition": "2026",
                    "framework": "ccm",
                    "title": {"en": "Victim assistance"},
                    "criteria": [
                        {
                            "key": "victim-assistance",
                            "title": {"en": "Assistance reaches women and girls"},
                            "provisions": ["ccm:art-5"],
                            "concepts": [{"all": ["survivors", "women"]}],
                        }
                    ],
                }
            ]
        }
    )

    key: Key
    edition: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+$", max_length=40)]
    framework: Key
    title: Translations
    scale: dict[Literal["0", "1", "2", "3"], LevelName] = Field(
        default_factory=dict,
        exclude_if=is_empty,
        description="names of the levels; those left out keep theirs",
    )
    score: Graded | Tally | None = Field(
        None, exclude_if=is_empty, description="what the levels of all criteria come to"
    )
    criteria: list[Criterion] = Field(min_length=1)

    @model_validator(mode="after")
    def grades_ask_for_what_exists(self) -> Self:
        grades = self.score.grades if isinstance(self.score, Graded) else []
        known = {criterion.key for criterion in self.criteria}
        unknown = sorted({key for grade in grades for key in grade.needs} - known)
        if unknown:
            raise ValueError(f"the score needs unknown criteria: {', '.join(unknown)}")
        return self

    @model_validator(mode="after")
    def criteria_are_unique(self) -> Self:
        repeated = [key for key, count in Counter(c.key for c in self.criteria).items() if count > 1]
        if repeated:
            raise ValueError(f"criteria listed twice: {', '.join(repeated)}")
        return self
