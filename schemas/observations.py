"""Observations of indicators: what is sent, what comes of it, and what is read again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.fields import Incoming, Iso3, Label, Outgoing, Reference, Translations, Unique

Code = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_@$-]{1,60}$", description="as SDMX allows it", examples=["F", "Y15T49"])
]
AreaKey = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*$",
        max_length=40,
        description="code of an area that is no State",
        examples=["WORLD", "HRV-21"],
    ),
]
CodeListKey = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$",
        max_length=60,
        description="key of a code list; its column is the same with underscores, its concept in capitals",
        examples=["partner-abuse"],
    ),
]


class AreaDraft(Incoming):
    """An area that is no State: a region, a group of States, a part of one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": {"en": "Zagreb"}, "state": "HRV"}]})

    title: Translations
    state: Iso3 | None = Field(None, description="the State that it is a part of")


class Area(Outgoing):
    key: str
    title: dict[str, str]
    state: str | None


class ListedCode(BaseModel):
    """A code, and how files may write it beside its title."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    code: Code
    title: Translations
    aliases: Unique[Label] = Field(default_factory=list)


class CodeListDraft(Incoming):
    """A breakdown that SDMX's common lists do not have."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": {"en": "Kind of abuse"},
                    "codes": [
                        {"code": "SEXUAL", "title": {"en": "Sexual"}, "aliases": ["Sexual (with attempts)"]},
                        {"code": "OTHER", "title": {"en": "Other than sexual"}, "aliases": ["Non-sexual"]},
                    ],
                    "parts": ["SEXUAL", "OTHER"],
                }
            ]
        }
    )

    title: Translations
    codes: list[ListedCode] = Field(min_length=1, max_length=5_000)
    parts: Unique[Code] = Field(
        default_factory=list, description="codes that together make up the total, which is then checked"
    )


class CodeList(Outgoing):
    key: str
    column: str = Field(description="its name in files and selections")
    title: dict[str, str]
    codes: list[ListedCode]
    parts: list[str]
    declared: bool = Field(description="false: one of SDMX's, which stays as it is")


class ImportWishes(BaseModel):
    """How a file is to be read. The worker is given the same as the API was."""

    model_config = ConfigDict(frozen=True)

    kind: str
    """Media type."""

    charset: str | None = None
    indicator: str | None = None
    framework: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    codes: dict[str, dict[str, str]] = Field(default_factory=dict)
    """What cells of a breakdown mean, by its column."""

    year_starts: str | None = None
    decimal_comma: bool = False
    beyond_100: bool = False
    dry_run: bool = False
    atomic: bool = False


class ProblemGroup(Outgoing):
    """Rows with the same mistake."""

    code: str
    detail: str = Field(description="of the first of them")
    pointer: str = Field(description="the field in question, as a JSON pointer into the row")
    count: int
    rows: list[int] = Field(description="numbers of rows, from 1, the header not counted; 1,000 at most")


class ImportAnswer(Outgoing):
    """What became of a file. `received` is the sum of the next five."""

    id: UUID | None = Field(description="of the import; null when nothing was kept")
    status: Literal["imported", "partly-imported", "refused"]
    dry_run: bool = Field(description="true: this is what would have been, and nothing is kept")
    received: int
    imported: int = Field(description="observations that were not known")
    updated: int = Field(description="observations that replaced others, which are kept as former ones")
    unchanged: int = Field(description="said again what is known; or deleted what was not there")
    deleted: int = Field(description="observations that are kept as former ones only")
    rejected: int
    problems: list[ProblemGroup]
    warnings: list[ProblemGroup] = Field(description="what is in, and looks wrong: totals unlike their parts")
    ignored_columns: list[str]


class Deletion(Outgoing):
    """What was deleted."""

    id: UUID | None = Field(description="of the import that records it; null when nothing was deleted")
    dry_run: bool = Field(description="true: this is what would be deleted, and it is there still")
    deleted: int


class Observation(Outgoing):
    """One value of an indicator for an area, a period and a breakdown."""

    indicator: Reference
    state: str = Field(description="the area: a State, or a declared area")
    period: str = Field(description="as SDMX writes it", examples=["2012", "2012-Q1", "2010-01-01/P3Y"])
    start: date
    end: date = Field(description="included")
    value: float | str | None = Field(description="in the digits that were sent; null when missing")
    breakdown: dict[str, str] = Field(description="codes by SDMX concept; a concept that is not here is `_T`")
    status: str = Field(description="OBS_STATUS", examples=["A"])
    nature: str | None
    unit_multiplier: int | None = Field(description="power of ten; null: units")
    proxy: bool = Field(description="true: not by the definition of the indicator, but close to it")
    source: str | None
    note: str | None
    revision: int = Field(description="from 1, one more each time that it changed")
    recorded: datetime
    by: str


class FormerObservation(Observation):
    """An observation as it was until another took its place, or somebody deleted it."""

    replaced: datetime = Field(description="or deleted")
    replaced_by: str
    deleted: bool = Field(description="true: nothing took its place")


class ObservedSeries(Outgoing):
    """An area and a breakdown for which there are observations of an indicator."""

    state: str
    breakdown: dict[str, str]
    observations: int
    first: str
    last: str


class SeriesOf(Outgoing):
    """A page of what an indicator is observed for, and its expected breakdowns against actual ones."""

    items: list[ObservedSeries]
    next: str | None
    expected: list[str] = Field(
        description="breakdowns that the indicator's definition asks for, by the keys of code lists; those"
        " that nobody has declared by the words of the definition",
        examples=[["sex", "disability-status"]],
    )
    observed: list[str] = Field(
        description="breakdowns that the selected observations have", examples=[["sex"]]
    )
    missing: list[str] = Field(
        description="what is expected and not observed", examples=[["disability-status"]]
    )
