"""A draft of another report: what this one says already, by provision of the other framework."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from schemas.crosswalks import EstablishedWord, Override
from schemas.fields import Outgoing

Basis = Literal["proof", "indication", "conflict", "person", "nothing"]
ApartBecause = Literal["other-subjects", "other-people"]


class Supports(Outgoing):
    """A finding that a quotation is evidence of."""

    criterion: str
    level: int | None = Field(description="0 to 3 as decided, else as proposed; at 0 the report states a gap")


class Quotation(Outgoing):
    """A passage, word for word: exactly `[start:end]` of the text it stands in."""

    evidence: str
    text: str
    language: str
    document: UUID | None
    name: str | None = Field(description="of the document")
    section: str | None
    page: int | None
    paragraph: str | None = Field(description="the number that the document gives it")
    start: int
    end: int
    themes: list[str] = Field(
        description="of the passage, and of the criteria that it is evidence of; those shared with the "
        "provision say what to quote first"
    )
    supports: list[Supports]


class Heading(Outgoing):
    provision: str
    title: dict[str, str]


class QuotedElsewhere(Outgoing):
    """Quotations that answer to a provision, and that stand under another where they fit better."""

    provision: str
    title: dict[str, str]
    evidence: list[str]


class DraftSection(Outgoing):
    """What the other report can take over on one provision."""

    provision: str
    title: dict[str, str]
    under: list[Heading] = Field(description="what it stands under, outermost first")
    established: EstablishedWord
    basis: Basis = Field(
        description="whether what is established is proven, merely indicated, in conflict, a person's word "
        "(`override`), or nothing: then the quotations are on a related matter and prove nothing"
    )
    statement: str
    override: Override | None
    unrecognised: list[str] = Field(
        description="the subjects of the provision, where no passage of any report would be recognised as "
        "being on one of them, and none fits otherwise: that nothing is quoted then says nothing about this "
        "report"
    )
    elsewhere: list[QuotedElsewhere] = Field(description="what answers to it and is quoted under others")
    unfitting: list[str] = Field(
        description="ids of the other evidence behind what crosses to the provision: on other subjects or "
        "about other people, it is quoted under others or stands in `apart`"
    )
    quotations: list[Quotation] = Field(
        description="those that share most themes with the provision first, stated gaps last; none where "
        "the evidence is of other subjects"
    )


class QuotedApart(Outgoing):
    """Quotations that fit no provision that a mapping leads to."""

    reason: ApartBecause = Field(
        description="whether they are on other subjects than all sections, or not about those whom the whole "
        "framework is about"
    )
    near: list[Heading] = Field(
        description="provisions without mapping that they share most themes with, a subject among them: a "
        "pointer for whoever drafts, and no claim"
    )
    quotations: list[Quotation]


class Reuse(Outgoing):
    """Sections in the order of the other framework: what is quoted, and statements on what it establishes."""

    submission: UUID
    revision: int
    framework: str
    state: str
    period: str
    to: str
    edition: str
    title: dict[str, str]
    party: bool = Field(description="whether the State is bound by the framework at the period's end")
    stale: bool = Field(description="findings or mappings have changed since it was derived")
    languages: list[str]
    sections: list[DraftSection]
    apart: list[QuotedApart] = Field(
        description="all the rest of the evidence behind what crosses, by the reason why it fits no section"
    )
    unanswered: list[Heading] = Field(description="assessable provisions that no mapping leads to")
