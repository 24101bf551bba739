"""A document as headings, paragraphs, lists and tables. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look. A line break in it is one on the page."""

    text: str
    strong: bool = False
    emphasis: bool = False


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 stands below the title of the paper, 5 is the lowest."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: Runs


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list; one of `depth` 1 or 2 stands below the one before it of a lesser depth."""

    runs: Runs
    depth: int = 0
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list; the numbers of neighbours go on."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Every row has as many cells as the head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block: TypeAlias = Heading | Paragraph | Items | Table

LOWEST_HEADING, DEEPEST_ITEM = 5, 2


@dataclass(frozen=True, slots=True)
class Paper:
    """`language` is one of BCP 47, `made` when it was written."""

    title: str
    language: str
    made: datetime
    blocks: tuple[Block, ...]


def said(text: str, *, strong: bool = False, emphasis: bool = False) -> Paragraph:
    """A paragraph of one look."""
    return Paragraph((Run(text, strong, emphasis),))


def listed(texts: Iterable[str]) -> Items:
    """A plain list."""
    return Items(tuple(Item((Run(text),)) for text in texts))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    return Table(tuple(head), tuple(tuple(row) for row in rows))
