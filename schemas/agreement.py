"""How far people's decisions agree with what the engine proposed."""

from __future__ import annotations

from pydantic import Field

from schemas.fields import Outgoing


class Agreement(Outgoing):
    """Figures over findings that were decided on, each decision once."""

    n: int = Field(description="decided findings")
    raw: float | None = Field(
        description="share in which the decision is what was proposed; null when n is 0"
    )
    kappa: float | None = Field(description="Cohen's kappa, unweighted; null where it is not defined")
    why_no_kappa: str | None


class Table(Agreement):
    matrix: list[list[int]] = Field(
        description="rows: proposed, columns: decided, both in the order of `categories`"
    )


class CriterionAgreement(Table):
    criterion: str


class GroupAgreement(Agreement):
    value: str


class RubricAgreement(Outgoing):
    """Agreement under a rubric, over what the caller may read and the query selects."""

    rubric: str
    edition: str | None
    engine: str | None
    language: str | None
    framework: str | None
    categories: list[str]
    overall: Table
    criteria: list[CriterionAgreement] = Field(description="by key")
    editions: list[GroupAgreement]
    engines: list[GroupAgreement]
    languages: list[GroupAgreement] = Field(description="by the language that most of the report is in")
