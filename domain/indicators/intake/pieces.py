"""What readers of files share: rows as they come out, text as it goes in, and how much is held. Pure."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.errors import Invalid

LARGEST_ROW = 1024 * 1024
"""Characters after which the end of a row, a quotation or an object is not waited for any more."""

BEGINNING = 200
"""Bytes that are waited for before a file is taken for one in this or that encoding."""

TOO_LONG = f"is longer than {LARGEST_ROW:,} characters"
ENCODINGS = {"utf-8", "utf-16", "cp1252", "iso8859-1", "ascii"}
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under one header. `numbers` are theirs in the file, from 1; `damaged`: some are not all text."""

    header: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int]
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """The same by column, where all rows are whole and nothing is damaged."""

    header: tuple[str, ...]
    cells: Sequence[Sequence[str]]
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Objects:
    """Rows that name their fields themselves, each in its own way."""

    rows: Sequence[Mapping[str, str]]
    numbers: Sequence[int]
    damaged: bool = False


class Reader(Protocol):
    """Takes a file piece by piece."""

    received: int
    """Rows so far, those that could not be read among them."""

    unreadable: int
    """Of those, the ones that could not be read."""

    def feed(self, content: bytes, *, last: bool = False) -> Iterator[Table | Columns | Objects]: ...


class Text:
    """Bytes as text: UTF-8, UTF-16 with its mark, or what the sender says. Raises Invalid otherwise.

    Bytes that are no UTF-8 are kept as lone surrogates, so that the rows with them can be named.
    """

    def __init__(self, charset: str | None) -> None:
        self._charset = _known(charset) if charset else None
        self._decoder: codecs.IncrementalDecoder | None = None
        self._begun = b""
        self.damaged = False
        """Whether some bytes of the last piece were no text."""

    def decode(self, content: bytes, *, last: bool) -> str:
        if self._decoder is None:
            content = self._begun = self._begun + content
            if not content or (len(content) < BEGINNING and not last):
                return ""
            self._decoder, self._begun = self._for(content), b""
        try:
            text = self._decoder.decode(content, last)
        except UnicodeDecodeError as error:
            raise Invalid(f"The file is not {error.encoding}.", code="text-damaged") from None
        self.damaged = "\x00" in text or (not text.isascii() and _has_surrogates(text))
        return text

    def _for(self, content: bytes) -> codecs.IncrementalDecoder:
        for mark, marked in MARKS.items():
            if content.startswith(mark):
                errors = "strict" if marked == "utf-16" else "surrogateescape"
                return codecs.getincrementaldecoder(marked)(errors)
        beginning = content[:BEGINNING]
        if self._charset is None and beginning.count(0) > len(beginning) // 4:
            raise Invalid(
                "The file looks like UTF-16 without a mark; save it as UTF-8, or say"
                " `Content-Type: text/csv; charset=utf-16-le`.",
                code="text-not-utf-8",
            )
        encoding = self._charset or "utf-8"
        errors = "strict" if encoding.startswith("utf-16") else "surrogateescape"
        return codecs.getincrementaldecoder(encoding)(errors)


def _known(charset: str) -> str:
    try:
        name = codecs.lookup(charset).name
    except LookupError:
        name = ""
    if name.removesuffix("-le").removesuffix("-be") not in ENCODINGS:
        raise Invalid(f"Files in `{charset[:40]}` are not read here; send UTF-8.", code="unknown-charset")
    return name


def _has_surrogates(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


class Held:
    """Text that waits for the end of its row. A row without end is dropped, up to where the next begins."""

    def __init__(self) -> None:
        self.text = ""
        self._dropping = False

    def add(self, text: str) -> None:
        if self._dropping:
            _, end, text = text.partition("\n")
            self._dropping = not end
        self.text += text

    def take(self, cut: int) -> str:
        """What stands before `cut`; the rest waits on."""
        ready, self.text = self.text[:cut], self.text[cut:]
        return ready

    def put_back(self, text: str) -> None:
        """What was taken too early waits on, before the rest."""
        self.text = text + self.text

    def drop_endless(self) -> bool:
        """Whether what waits has grown beyond any row, and is dropped therefore."""
        endless = len(self.text) > LARGEST_ROW
        if endless:
            self.text, self._dropping = "", True
        return endless


def presentable(text: str) -> str:
    """The beginning of what somebody sent, as it can be told: without what is no text."""
    return text[:80].encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
