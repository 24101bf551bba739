"""What reading a document yields, how far it goes, and why it may refuse."""

from __future__ import annotations

import re
from dataclasses import dataclass

UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Unreadable(Exception):
    """A document that cannot be read: a stable code, and a sentence for whoever sent it.

    `limit` is the figure that it passes, where it passes one.
    """

    def __init__(self, code: str, detail: str, limit: float | None = None) -> None:
        super().__init__(code, detail, limit)
        self.code = code
        self.detail = detail
        self.limit = limit

    @property
    def facts(self) -> dict[str, float]:
        """What a problem says beside code and detail."""
        return {} if self.limit is None else {"limit": self.limit}

    def within(self, place: str) -> Unreadable:
        """The same, said of one of several: `Document 2`."""
        return Unreadable(self.code, f"{place}: {self.detail}", self.limit)

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Limits:
    """Where reading stops, so that no document can take a worker's time or memory away."""

    pages: int = 1_000
    characters: int = 2_000_000
    unpacked_bytes: int = 200_000_000
    markup_bytes: int = 30_000_000
    unpacked_ratio: int = 200
    entries: int = 5_000


LONGEST_REPORT = 8_000_000
MOST_SENTENCES = 100_000
"""Of a report, all its documents and sections together. One document alone has less by far."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is to be judged, in a document or in several."""

    characters: int = 0
    sentences: int = 0

    def __add__(self, other: Extent) -> Extent:
        return Extent(self.characters + other.characters, self.sentences + other.sentences)


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on page `number` (from 1), or at its foot, is `text[start:end]` of its document."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a document, with lines ended by U+000A; only formats that have pages have `pages`.

    Footnotes stand at the end of the text, each beginning with its mark, so that they break no sentence:
    a page that has some is there twice.
    """

    text: str
    pages: tuple[Page, ...] = ()


def storable(text: str) -> str:
    """The same text with one kind of line end, and without what a database or JSON cannot carry."""
    return UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def check_length(characters: int, limits: Limits) -> None:
    if characters > limits.characters:
        raise too_long("characters", limits.characters)


def check_pages(pages: int, limits: Limits) -> None:
    if pages > limits.pages:
        raise too_long("pages", limits.pages)


def check_report(extent: Extent) -> None:
    """Raises Unreadable, `report-too-long`, for more than can be judged together."""
    for unit, count, most in (
        ("characters", extent.characters, LONGEST_REPORT),
        ("sentences", extent.sentences, MOST_SENTENCES),
    ):
        if count > most:
            raise Unreadable("report-too-long", f"The report has more than {most:,} {unit} in all.", most)


def too_long(unit: str, limit: int) -> Unreadable:
    return Unreadable(
        "document-too-long", f"The document has more than {limit:,} {unit}; send it in parts.", limit
    )
