"""What reading a document yields, how far it goes, and why it may refuse."""

from __future__ import annotations

import re
from dataclasses import dataclass

UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Unreadable(Exception):
    """A document that cannot be read: a stable code, and a sentence for whoever sent it."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Limits:
    """Where reading stops, so that no document can take a worker's time or memory away."""

    pages: int = 1_000
    characters: int = 2_000_000
    unpacked_bytes: int = 200_000_000
    unpacked_ratio: int = 200
    entries: int = 5_000


@dataclass(frozen=True, slots=True)
class Page:
    """Page `number` (from 1) is `text[start:end]` of its document."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a document, with lines ended by U+000A; only formats that have pages have `pages`."""

    text: str
    pages: tuple[Page, ...] = ()


def storable(text: str) -> str:
    """The same text with one kind of line end, and without what a database or JSON cannot carry."""
    return UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def check_length(characters: int, limits: Limits) -> None:
    if characters > limits.characters:
        raise Unreadable(
            "document-too-long",
            f"The document has more than {limits.characters:,} characters; send it in parts.",
        )


def check_pages(pages: int, limits: Limits) -> None:
    if pages > limits.pages:
        raise Unreadable(
            "document-too-long",
            f"The document has {pages:,} pages; at most {limits.pages:,} are read. Send it in parts.",
        )
