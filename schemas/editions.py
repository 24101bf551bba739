"""What differs between two editions of a framework, and where references of one go in another."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from schemas.fields import Incoming, Outgoing

NodeKind = Literal["provision", "indicator"]
Change = Literal["moved", "retitled", "retargeted", "changed"]
Way = Literal["reference", "successor", "unresolved"]

AnyReference = Annotated[
    str,
    Field(
        pattern=r"^(?:[a-z0-9-]+:)?[A-Za-z0-9.-]+(?:@[A-Za-z0-9.-]+)?$",
        max_length=240,
        description="a reference, or what follows the colon in one",
        examples=["ccm:art-7", "art-7"],
    ),
]


class DiffNode(Outgoing):
    """A provision or indicator that one of the two editions holds, or both."""

    node: NodeKind
    ref: str
    title: dict[str, str] = Field(description="in the edition compared to; where it was removed, as it was")


class RemovedNode(DiffNode):
    successors: list[str] = Field(description="refs that take its place, as later editions declare")
    note: str | None = Field(description="what those editions say about it")


class AlteredNode(DiffNode):
    before: dict[str, JsonValue] = Field(
        description="by name, only what changed: `parent`, `provision` or `follows` (the nearest sibling "
        "ahead that kept its place) where it moved, languages where it was retitled, else fields"
    )
    after: dict[str, JsonValue]


class DiffCounts(Outgoing):
    added: int
    removed: int
    moved: int
    retitled: int
    retargeted: int
    changed: int


class EditionDiff(Outgoing):
    """What becomes of the edition `from` in the edition `to`, in reading order.

    A node can stand in several lists.
    """

    model_config = ConfigDict(populate_by_name=True)

    framework: str
    from_: str = Field(alias="from")
    to: str
    added: list[DiffNode]
    removed: list[RemovedNode]
    moved: list[AlteredNode] = Field(description="under another node, or to another place among its siblings")
    retitled: list[AlteredNode]
    retargeted: list[AlteredNode] = Field(description="indicators with other targets or baselines")
    changed: list[AlteredNode] = Field(description="in anything else")
    counts: DiffCounts


class CarryOverRequest(Incoming):
    """Which references of which edition are to be carried over."""

    model_config = ConfigDict(
        populate_by_name=True,
        json_schema_extra={"examples": [{"from": "2008", "references": ["ccm:art-7", "art-5"]}]},
    )

    from_: str = Field(
        alias="from", pattern=r"^[A-Za-z0-9.-]+$", max_length=40, description="key of an earlier edition"
    )
    references: list[AnyReference] | None = Field(
        None, max_length=10_000, description="left out: everything that the edition holds"
    )


class CarriedReference(Outgoing):
    """Where one reference goes. A proposal: nothing has been changed."""

    reference: str = Field(examples=["ccm:art-7@2008"])
    node: NodeKind
    title: dict[str, str] = Field(description="in the edition that it comes from")
    by: Way = Field(
        description="still held under its reference, replaced by successors, or for a person to decide"
    )
    proposed: list[str] = Field(description="references in the edition carried over to")
    note: str | None = Field(description="what the editions on the way say about it")
    changes: list[Change] = Field(description="what else happened to one that is still held")


class CarryOverCounts(Outgoing):
    reference: int
    successor: int
    unresolved: int


class CarryOver(Outgoing):
    """Where the references of the edition `from` go in the edition `to`."""

    model_config = ConfigDict(populate_by_name=True)

    framework: str
    from_: str = Field(alias="from")
    to: str
    items: list[CarriedReference]
    counts: CarryOverCounts
