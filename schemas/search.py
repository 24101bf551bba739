"""What a search finds."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from schemas.fields import Outgoing

Match = Literal["words", "spelling", "some-words"]


class Node(StrEnum):
    FRAMEWORK = "framework"
    PROVISION = "provision"
    INDICATOR = "indicator"


class Highlights(Outgoing):
    """HTML in which only `<mark>` is markup: the text in the language of the match."""

    title: str = Field(examples=["Reproductive <mark>health</mark>"])
    summary: str | None = Field(description="null: what was asked for is not in it, or there is none")


class SearchHit(Outgoing):
    """A framework, provision or indicator of a latest edition, in the language in which it fits best."""

    match: Match = Field(
        description="`spelling`: nothing has all the words, this is spelt alike; `some-words`: nothing is"
    )
    node: Node
    reference: str = Field(examples=["ccm:art-7"], description="of a framework: its key")
    framework: str
    edition: str
    kind: str
    title: dict[str, str]
    language: str = Field(description="in which it was found")
    rank: float = Field(description="higher fits better; comparable within one answer only")
    highlights: Highlights
